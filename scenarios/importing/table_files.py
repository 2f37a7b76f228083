"""The files of a table as they were typed, with rows taken out, put in and set, and everything else left alone."""

import csv
import hashlib
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from catalog.loading import TableSpec
from catalog.reading_fields import fields_of
from catalog.reading_text import ReadText
from catalog.records import Record, Sourced
from catalog.writing_csv import cell, table_text
from scenarios.changing_rows import key_of_row

Cells = dict[str, str]
_PROVENANCE = tuple(Sourced.model_fields)


@dataclass
class TableFile:
    """One file: its columns and rows, as text."""

    name: str
    columns: list[str]
    rows: list[Cells] = field(default_factory=list)
    fits_its_header: bool = True
    """False if a row has too many or too few cells, or two columns have one name: written anew, it would say less."""

    @classmethod
    def of(cls, text: ReadText) -> "TableFile":
        """The file as it was typed; rows without content are dropped."""
        lines = csv.reader(io.StringIO(text.text, newline="\n"))
        columns = next(lines, [])
        typed = [line for line in lines if any(part.strip() for part in line)]
        fits = len(set(columns)) == len(columns) and all(len(line) == len(columns) for line in typed)
        return cls(text.name, columns, [dict(zip(columns, line, strict=False)) for line in typed], fits)

    def read(self) -> ReadText:
        """The file as it would be read."""
        rows = ([row.get(column, "") for column in self.columns] for row in self.rows)
        text = table_text(self.columns, rows)
        return ReadText(self.name, text, hashlib.sha256(text.encode()).hexdigest())

    def put(self, spec: TableSpec[Record], rows: Sequence[Cells]) -> tuple[list[int], int]:
        """Put rows in: where each now stands, counted as spreadsheets do, and how many took the place of one before."""
        self._widen(spec, {column for row in rows for column, text in row.items() if text})
        places = {key_of_row(spec, row): number for number, row in enumerate(self.rows)}
        put, before = [], len(self.rows)
        for row in rows:
            number = places.setdefault(key_of_row(spec, row), len(self.rows))
            self.rows[number : number + 1] = [row]
            put.append(number + 2)
        return put, sum(number - 2 < before for number in put)

    def _widen(self, spec: TableSpec[Record], columns: Collection[str]) -> None:
        """Add columns that are not there yet; those of a file without rows stand in the table's own order."""
        if not self.rows:
            self.columns = [*self.columns, *columns]
            self.columns = [column for column in in_reading_order(spec) if column in self.columns]
        else:
            self.columns += [column for column in in_reading_order(spec) if column in set(columns) - set(self.columns)]


def in_reading_order(spec: TableSpec[Record]) -> list[str]:
    """The columns of a table, where rows come from last."""
    return sorted(spec.columns, key=lambda column: column in _PROVENANCE)


def cells_of(spec: TableSpec[Record], record: Record) -> Cells:
    """A record as cells; what is at its default is left blank, but for the key, the kind and where it comes from."""
    fields = fields_of(type(record))
    kept = {*spec.key, spec.kind_column, *_PROVENANCE}
    cells = {}
    for column in in_reading_order(spec):
        if column not in fields:
            continue
        value = getattr(record, column)
        is_default = not fields[column].required and value == fields[column].default
        cells[column] = "" if is_default and column not in kept else cell(value)
    return cells
