"""CSV text -> rows of cells with their places. No cell is interpreted here; hostile tables are refused by name.

Accepted: commas, double quotes, LF or CRLF, a byte order mark. Rows without any content are skipped. Row numbers are
those that a spreadsheet shows: the header is row 1.
"""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from catalog.findings import Code, Finding, Location, did_you_mean, shown
from catalog.reading_text import FILE_LIMIT_BYTES, ReadText, unseen_characters
from catalog.records import TEXT_LIMIT

ROW_LIMIT = 200_000
COLUMN_LIMIT = 200
CELL_LIMIT = TEXT_LIMIT
_TOTALS = frozenset({"total", "totals", "grand total", "subtotal", "sum", "sums"})
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True, slots=True)
class RawRow:
    """The cells of one row by column, as text, and its place."""

    where: Location
    cells: Mapping[str, str]

    def at(self, column: str | None, subject: str | None = None) -> Location:
        """The place of a cell."""
        return Location(self.where.file, self.where.row, column, subject)


@dataclass(frozen=True)
class RawTable:
    """The rows of one file."""

    columns: tuple[str, ...]
    rows: tuple[RawRow, ...]
    whole: bool
    """False when rows or required cells of it could not be read."""
    header_is_right: bool
    """False when some column is misspelt, missing or repeated: then what it would say is unknown."""


def read_csv(
    source: ReadText, *, columns: Collection[str] | None, required: Collection[str], findings: list[Finding]
) -> RawTable:
    """The rows of a table with its header checked against the columns it can (None: any) and must have."""
    records = _records(source, findings)
    header_row, header = next(records, (1, []))
    where = Location(source.name, header_row)
    before = len(findings)
    if not _checked_header(header, where, columns=columns, required=required, findings=findings):
        return RawTable((), (), whole=False, header_is_right=False)
    header_is_right = len(findings) == before
    before = len(findings)
    rows = tuple(_rows(source.name, header, records, findings))
    if not rows and len(findings) == before:
        expected = "at least one row below it"
        findings.append(Finding(Code.NO_ROWS, where, "a header and no rows", expected, "add rows, or delete the file"))
    whole = len(findings) == before and set(required) <= set(header)
    return RawTable(tuple(header), rows, whole, header_is_right)


def _records(source: ReadText, findings: list[Finding]) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of every row that has content; comments are reported and left out."""
    start = 1
    with _long_cells():
        reader = csv.reader(io.StringIO(source.text, newline="\n"), strict=True)
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                hint = "put text with commas or quotes inside double quotes, and write quotes inside it twice"
                findings.append(Finding(Code.MALFORMED, Location(source.name, start), str(error), "CSV", hint))
                return
            row, start = start, reader.line_num + 1
            if any(cell.strip() for cell in cells) and not _is_comment(cells, Location(source.name, row), findings):
                yield row, cells


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the csv module return cells of any length, so that too long ones are refused with their place."""
    before = csv.field_size_limit(FILE_LIMIT_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _is_comment(cells: list[str], where: Location, findings: list[Finding]) -> bool:
    if not cells[0].startswith("#"):
        return False
    hint = "delete the row; notes belong in a text file beside the table"
    findings.append(Finding(Code.COMMENT, where, shown(cells[0]), "rows of the table only", hint))
    return True


def _checked_header(
    header: list[str],
    where: Location,
    *,
    columns: Collection[str] | None,
    required: Collection[str],
    findings: list[Finding],
) -> bool:
    """Whether rows can be read under this header; everything wrong with it is reported."""
    before = len(findings)
    if len(header) > COLUMN_LIMIT:
        found = f"{len(header)} columns"
        hint = "keep the columns of the table only"
        findings.append(Finding(Code.TOO_MANY_COLUMNS, where, found, f"at most {COLUMN_LIMIT}", hint))
        return False
    if len(header) == 1 and (separator := _other_separator(header[0])):
        hint = "save the table with commas between the cells"
        findings.append(Finding(Code.SEPARATOR, where, f"cells separated by {separator}", "commas", hint))
        return False
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            found = f"{shown(name)} {header.count(name)} times"
            hint = "delete the column that is not meant"
            findings.append(Finding(Code.REPEATED_COLUMN, where, found, "every column once", hint))
        if columns is not None and name not in columns:
            left = [column for column in columns if column not in header]
            hint = did_you_mean(name, left) if left else "delete the column"
            found = shown(name) if name else "a column without a name"
            findings.append(Finding(Code.UNKNOWN_COLUMN, where, found, "a column of this table", hint))
    missing = [name for name in required if name not in header]
    if missing:
        found = ", ".join(map(shown, header))
        hint = "add the missing columns (docs/inputs.md says what they hold)"
        findings.append(Finding(Code.MISSING_COLUMN, where, found, f"also {', '.join(missing)}", hint))
    repeated = any(finding.code is Code.REPEATED_COLUMN for finding in findings[before:])
    return not repeated and any(columns is None or name in columns for name in header)


def _other_separator(header: str) -> str | None:
    return next((name for mark, name in _OTHER_SEPARATORS.items() if mark in header), None)


def _rows(
    file: str, header: list[str], records: Iterator[tuple[int, list[str]]], findings: list[Finding]
) -> Iterator[RawRow]:
    for count, (number, cells) in enumerate(records, start=1):
        where = Location(file, number)
        if count > ROW_LIMIT:
            hint = "leave out rows that are not planned"
            findings.append(Finding(Code.TOO_MANY_ROWS, where, "more rows", f"at most {ROW_LIMIT:,}", hint))
            return
        if cells[0].strip().casefold() in _TOTALS:
            hint = "delete the row; totals are computed"
            findings.append(Finding(Code.TOTAL, where, shown(cells[0]), "rows of the table only", hint))
        elif len(cells) != len(header):
            hint = "check for a missing comma, or for a comma inside a text without quotes"
            expected = f"{len(header)} cells, as in the header"
            findings.append(Finding(Code.RAGGED, where, f"{len(cells)} cells", expected, hint))
        else:
            row = RawRow(where, dict(zip(header, cells, strict=True)))
            if not _unreadable_cells(row, findings):
                yield row


def _unreadable_cells(row: RawRow, findings: list[Finding]) -> bool:
    """Whether some cell is too long or holds characters that nobody can see; each is reported."""
    before = len(findings)
    for column, text in row.cells.items():
        if len(text) > CELL_LIMIT:
            expected = f"at most {CELL_LIMIT:,} characters"
            findings.append(Finding(Code.LONG_TEXT, row.at(column), shown(text), expected, "shorten the text"))
        elif not (text.isascii() and text.isprintable()) and (unseen := _unseen(text)):
            hint = f"retype the cell; it holds {unseen}"
            findings.append(Finding(Code.CHARACTER, row.at(column), shown(text), "visible characters only", hint))
    return len(findings) > before


def _unseen(text: str) -> str:
    ends = [f"U+{ord(c):04X}" for c in "\t\r\n" if c in text]
    return ", ".join([*ends, *([found] if (found := unseen_characters(text)) else [])])
