"""What a reader of another program's file hands over: new rows, each with its place there, and what cannot be used."""

from dataclasses import dataclass

from catalog.findings import Finding, Location
from catalog.loading import Key
from catalog.records import Record


@dataclass(frozen=True)
class NewRow:
    """A row for a table. Rows with the same place in the source stand or fall together."""

    table: str
    record: Record
    where: Location
    """Where the source states it."""


@dataclass(frozen=True)
class RowsReplaced:
    """Every row of a table with a value in a column makes room for the new rows of that table."""

    table: str
    column: str
    value: str


@dataclass(frozen=True)
class CellSet:
    """A cell of a row that is there."""

    table: str
    key: Key
    """The texts of the row's key columns."""
    column: str
    value: object
    """As the record of the table holds it; None for a blank cell."""


@dataclass(frozen=True)
class Harvest:
    """All that was read from a file."""

    read: int
    """Rows, entries or requests of the file."""
    rows: tuple[NewRow, ...]
    refused: tuple[Finding, ...] = ()
    left_out: int = 0
    """Rows that were not asked for."""
    repeated: int = 0
    """Rows that say the same as one before."""
    notes: tuple[str, ...] = ()
    """Sentences for the reader."""
    replaced: tuple[RowsReplaced, ...] = ()
    cells: tuple[CellSet, ...] = ()
