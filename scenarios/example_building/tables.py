"""Records -> the CSV files of a scenario folder."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from pathlib import Path

from pydantic import BaseModel

LAST = ("fictitious", "pricing_rule", "quote", "source", "as_of", "evidence", "licence")
"""Columns that say where a row comes from stand at the end."""
SHARE_ALIKE = "CC-BY-SA-4.0"


def write_table(folder: Path, name: str, records: Sequence[BaseModel], first: Sequence[str] = ()) -> None:
    """`name`.csv with public rows, .quotes.csv with fictitious ones, .cc-by-sa.csv with rows under that licence."""
    parts: dict[str, list[BaseModel]] = {"": [], ".quotes": [], ".cc-by-sa": []}
    for record in records:
        parts[_part(record)].append(record)
    for tag, rows in parts.items():
        if rows:
            write_csv(folder / f"{name}{tag}.csv", rows, first)


def _part(record: BaseModel) -> str:
    if getattr(record, "fictitious", False):
        return ".quotes"
    return ".cc-by-sa" if getattr(record, "licence", "") == SHARE_ALIKE else ""


def write_csv(path: Path, records: Sequence[BaseModel], first: Sequence[str] = ()) -> None:
    """One row a record; the columns of all their kinds that some row must fill or fills with more than the default."""
    columns = _columns(records, first)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_written(record, column) for column in columns] for record in records)
    path.write_bytes(buffer.getvalue().encode())


def _written(record: BaseModel, column: str) -> str:
    """The text of a column of a record; a price in another currency leaves the dollars to the reader of the file."""
    if column == "price_usd_per_node_hour" and getattr(record, "currency", "USD") != "USD":
        return ""
    return cell(getattr(record, column, None))


def _columns(records: Iterable[BaseModel], first: Sequence[str]) -> list[str]:
    known: dict[str, bool] = dict.fromkeys(first, True)
    for record in records:
        for name, field in type(record).model_fields.items():
            filled = field.is_required() or getattr(record, name) != field.default
            known[name] = known.get(name, False) or filled
    names = [name for name, filled in known.items() if filled]
    return [name for name in names if name not in LAST] + [name for name in LAST if name in names]


def cell(value: object) -> str:
    """A value as the text of a cell.

    >>> cell(None), cell(0.25), cell(24.0), cell(True), cell(("a", "b")), cell(Decimal("10.4900"))
    ('', '0.25', '24', 'true', 'a;b', '10.49')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, tuple):
        return ";".join(map(cell, value))
    return str(value.value) if isinstance(value, Enum) else str(value)
