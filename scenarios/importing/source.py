"""Rows of a source as text, whatever its form, and the strict reading of their cells.

A row of a CSV is counted as spreadsheets do; an entry of a JSON list from 1; of a JSON object in the order of its keys,
with the key as its subject. Numbers of JSON keep their digits.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from catalog.findings import Code, Finding, InputRejected, Location, did_you_mean, shown
from catalog.reading_csv import RawRow, read_csv
from catalog.reading_fields import Kind, Shape
from catalog.reading_text import UNSEEN, ReadText, Source, read_text
from catalog.reading_values import MOST_DECIMALS, Unfit, parse_value

Where = tuple[tuple[str, str], ...]
"""Columns of the source and the patterns that their cells must fit."""
_NUMBER = Shape(Kind.NUMBER, float)
_DATE = Shape(Kind.DATE, date)
_NOTHING = ("", "NaN", "nan", "null", "None", "N/A")


class Cells:
    """The cells of a row, read one after the other; what is wrong with each is reported."""

    def __init__(self, row: RawRow, findings: list[Finding]) -> None:
        self.row, self.findings = row, findings

    def has(self, column: str) -> bool:
        """Whether something stands there."""
        return self.row.cells.get(column, "").strip() not in _NOTHING

    def wrong(self, column: str, expected: str, hint: str, code: Code = Code.CHOICE) -> None:
        """A cell that is not what it must be."""
        found = shown(self.row.cells[column]) if self.has(column) else "nothing"
        self.findings.append(Finding(code, self.at(column), found, expected, hint))

    def at(self, column: str) -> Location:
        """The place of a cell."""
        return self.row.at(column, self.row.where.subject)

    def text(self, *columns: str) -> str:
        """The text of the first of the columns that has one; without any, a finding."""
        for column in columns:
            if self.has(column):
                return _plain(self.row.cells[column])
        self.wrong(columns[0], "a text", "leave the row out with --where, or complete the file", Code.BLANK)
        return ""

    def text_or(self, default: str, *columns: str) -> str:
        """The text of the first of the columns that has one."""
        return next((_plain(self.row.cells[column]) for column in columns if self.has(column)), default)

    def positive(self, column: str) -> float:
        """A number above 0; else a finding, and 1."""
        value = self.positive_or_none(column)
        if value is None and not self.has(column):
            self.wrong(column, "a number above 0", "leave the row out with --where, or complete the file", Code.BLANK)
        return 1.0 if value is None else value

    def positive_or_none(self, column: str) -> float | None:
        """A number above 0, where something stands there; a finding if it is another text."""
        value = self._parsed(column, _NUMBER) if self.has(column) else None
        if value is not None and value <= 0:
            self.wrong(column, "a number above 0", "check the run; it cannot be planned with", Code.RANGE)
            return None
        return value

    def count(self, column: str) -> int:
        """A whole number above 0; else a finding, and 1."""
        value = self.positive(column)
        if value != int(value):
            self.wrong(column, "a whole number", "check the row", Code.NOT_WHOLE)
            return 1
        return int(value)

    def usd(self, column: str, times: int = 1) -> Decimal:
        """An amount above 0, so many times, to the last decimal that money can have; else a finding, and 1."""
        before = len(self.findings)
        self.positive(column)
        if len(self.findings) > before:
            return Decimal(1)
        exact = Decimal(self.row.cells[column].strip()) * times
        return exact if exact == round(exact, MOST_DECIMALS) else round(exact, MOST_DECIMALS)

    def day(self, column: str) -> date | None:
        """A date; else a finding."""
        found: date | None = self._parsed(column, _DATE)
        return found

    def _parsed(self, column: str, shape: Shape) -> Any:
        text = self.row.cells[column].strip()
        try:
            return parse_value(text, shape)
        except Unfit as unfit:
            self.findings.append(
                Finding(unfit.code, self.at(column), unfit.found or shown(text), unfit.expected, unfit.hint)
            )
            return None


def _plain(text: str) -> str:
    """A text as a cell of ours may hold it: on one line, and nothing that nobody can see.

    >>> _plain(" 8x H200\\n (SXM" + chr(0x200B) + ") ")
    '8x H200 (SXM)'
    """
    return UNSEEN.sub("", " ".join(text.split()))


def csv_rows(path: Path, required: Sequence[str], refused: list[Finding]) -> tuple[RawRow, ...]:
    """The rows of a CSV with any columns; InputRejected if it is none, or a required column is missing."""
    findings: list[Finding] = []
    text = read_text(Source(path, path.name), findings)
    if text is None:
        raise InputRejected(findings)
    table = read_csv(text, columns=None, required=(), findings=findings)
    missing = [column for column in required if column not in table.columns]
    if table.columns and missing:
        found, expected = f"{len(table.columns)} other columns", f"a column {', '.join(missing)}"
        hint = "check that it is the file that is meant (docs/importing.md)"
        raise InputRejected([Finding(Code.MISSING_COLUMN, Location(path.name, 1), found, expected, hint)])
    if not table.rows:
        raise InputRejected(findings)
    refused += findings
    return table.rows


def json_rows(path: Path, refused: list[Finding], *, opened: str = "") -> tuple[RawRow, ...]:
    """The entries of a JSON list, or of an object whose values are objects, or one object; InputRejected for others.

    What an entry holds under the name `opened` counts as its own.
    """
    tree = json_tree(path)
    if isinstance(tree, dict) and tree and all(isinstance(value, dict) for value in tree.values()):
        entries: list[tuple[str | None, Any]] = list(tree.items())
    elif isinstance(tree, dict):
        entries = [(None, tree)]
    else:
        entries = [(None, entry) for entry in tree] if isinstance(tree, list) else []
    rows: list[RawRow] = []
    for number, (key, entry) in enumerate(entries, start=1):
        where = Location(path.name, number, subject=key)
        if isinstance(entry, dict):
            inner = entry.get(opened)
            entry = {**entry, **inner} if isinstance(inner, dict) else entry
            rows.append(RawRow(where, {str(name): _as_text(value) for name, value in entry.items()}))
        else:
            hint = "leave it out of the file"
            refused.append(Finding(Code.SHAPE, where, shown(_as_text(entry)), "an object of names and values", hint))
    if not rows:
        where, hint = Location(path.name), "check that it is the file that is meant"
        raise InputRejected([Finding(Code.NO_ROWS, where, "no entries", "a list of objects", hint)])
    return tuple(rows)


def json_tree(path: Path) -> Any:
    """What a JSON file holds, numbers with their digits; InputRejected if it is none."""
    findings: list[Finding] = []
    text = read_text(Source(path, path.name), findings)
    if text is None:
        raise InputRejected(findings)
    return _parsed_json(text)


def _parsed_json(text: ReadText) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names):
            again = next(name for name in names if names.count(name) > 1)
            hint = "delete the one that is not meant"
            finding = Finding(Code.REPEATED_KEY, Location(text.name), shown(again), "every name once", hint)
            raise InputRejected([finding])
        return dict(pairs)

    try:
        return json.loads(text.text, parse_float=Decimal, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        finding = Finding(Code.SYNTAX, Location(text.name, line=line), str(error), "JSON", "export the file anew")
        raise InputRejected([finding]) from None


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    return str(value)


def wanted(rows: Iterable[RawRow], where: Where) -> tuple[list[RawRow], int]:
    """The rows whose cells fit every pattern, and how many do not; InputRejected for a column that no row has."""
    rows = list(rows)
    columns = {column for row in rows for column in row.cells}
    for column, pattern in where:
        if column not in columns:
            file = rows[0].where.file if rows else ""
            at, found = Location(f"--where {column}={pattern}"), shown(column)
            raise InputRejected(
                [Finding(Code.UNKNOWN_COLUMN, at, found, f"a column of {file}", did_you_mean(column, columns))]
            )
    fitting = [row for row in rows if _fits(row.cells, where)]
    return fitting, len(rows) - len(fitting)


def _fits(cells: Mapping[str, str], where: Where) -> bool:
    return all(fnmatchcase(cells.get(column, "").strip(), pattern) for column, pattern in where)
