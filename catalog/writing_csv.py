"""Records -> the text of a table: always the same columns, the same bytes, and nothing that our own reader refuses."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal


def table_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A CSV with unix line ends."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue()


def cell(value: object) -> str:
    """A value as the text of a cell.

    >>> cell(None), cell(0.25), cell(100.0), cell(True), cell(Decimal("10.4926400")), cell(("a", "b"))
    ('', '0.25', '100', 'true', '10.49264', 'a;b')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, tuple):
        return ";".join(cell(item) for item in value)
    return str(value)
