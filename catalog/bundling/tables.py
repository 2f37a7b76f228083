"""CSV in and out: raw rows as text, records as rows, always in the same order and with the same bytes."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel

from catalog.writing_csv import cell, table_text

RawRow = dict[str, str]
PROVENANCE = frozenset({"source", "as_of", "evidence", "licence"})


def read_rows(path: Path) -> list[RawRow]:
    """All rows of a CSV or CSV.gz as text."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def number(row: RawRow, column: str) -> float | None:
    """The number in a cell; None for a blank cell, which stays unknown."""
    text = row[column].strip()
    return float(text) if text else None


def money(row: RawRow, column: str) -> Decimal | None:
    """The price in a cell, in the digits that the source wrote; None for a blank cell."""
    text = row[column].strip()
    return Decimal(text) if text else None


def write_records(path: Path, kind: type[BaseModel], records: Sequence[BaseModel]) -> None:
    """One row a record, one column a field of `kind`, where it comes from last; None is an empty cell."""
    columns = sorted(kind.model_fields, key=lambda name: name in PROVENANCE)
    write_table(path, columns, ([cell(getattr(row, column)) for column in columns] for row in records))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV with unix line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(table_text(columns, rows).encode())
