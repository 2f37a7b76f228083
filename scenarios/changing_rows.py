"""Changes of the rows of one table: cells set, rows added and taken out (docs/decisions/0021)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.findings import Code, Location, did_you_mean, shown
from catalog.loading import Key, ReadRow, TableSpec, TypedRows, key_of_cells
from catalog.reading_csv import RawRow
from catalog.reading_fields import Field, fields_of
from catalog.reading_values import Unfit
from catalog.records import Record
from scenarios.change_log import ChangeLog
from scenarios.changes import Change, Given, Verb
from scenarios.changing_values import changed_text, is_relative

KEY_SEPARATOR = "/"
ANY = "*"


def key_text(key: Key) -> str:
    """A key as it stands in a path.

    >>> key_text(("chat", "2027-03"))
    'chat/2027-03'
    """
    return KEY_SEPARATOR.join(key)


@dataclass(eq=False)
class _Line:
    """A row on its way through the changes."""

    row: RawRow
    key: str
    original: RawRow | None
    """What was typed; None for a row that was added."""


class ChangedRows:
    """The rows of a table while changes are made of them, each to what the one before left."""

    def __init__(self, spec: TableSpec[Any], typed: TypedRows, read: Sequence[ReadRow[Any]], log: ChangeLog) -> None:
        self._spec, self._typed, self._log = spec, typed, log
        self._lines = [_Line(each.row, _key(spec, each), each.row) for each in read]
        self._added = 0

    @property
    def rows(self) -> tuple[RawRow, ...]:
        """The rows as they are now."""
        return tuple(line.row for line in self._lines)

    def apply(self, change: Change) -> None:
        """Make a change; what cannot be made is reported to the log and leaves the rows as they are."""
        rest = change.path.partition(".")[2]
        if change.verb is Verb.REMOVE:
            self._remove(change, rest)
        elif change.verb is Verb.ADD:
            self._add(change, rest)
        else:
            self._set(change, *rest.rpartition(".")[::2])

    def _set(self, change: Change, key: str, column: str) -> None:
        if not key:
            expected = f"{self._spec.name}.{KEY_SEPARATOR.join(self._spec.key).upper()}.COLUMN"
            hint = "name the row and the column; siliconmix paths lists them"
            self._log.refuse(change, Code.NO_SUCH_PATH, shown(change.path), expected, hint)
            return
        lines = self._found(change, key)
        fitting = [line for line in lines if column in fields_of_row(self._spec, line.row.cells)]
        if not fitting and (lines or column not in self._spec.columns):
            known = {name for line in lines for name in fields_of_row(self._spec, line.row.cells)}
            self._refuse_column(change, column, known or self._spec.columns)
        blank = [line for line in fitting if not line.row.cells.get(column)]
        if ANY in key and is_relative(change.value) and 0 < len(blank) < len(fitting):
            self._log.pass_over(change, [f"{self._spec.name}.{line.key}.{column}" for line in blank])
            fitting = [line for line in fitting if line not in blank]
        for line in fitting:
            self._set_cell(change, line, column)

    def _refuse_column(self, change: Change, column: str, known: Collection[str]) -> None:
        of = "one that this kind of row has" if column in self._spec.columns else f"a column of {self._spec.name}"
        self._log.refuse(change, Code.NO_SUCH_PATH, f"column {shown(column)}", of, did_you_mean(column, known))

    def _set_cell(self, change: Change, line: _Line, column: str) -> None:
        path = f"{self._spec.name}.{line.key}.{column}"
        before = line.row.cells.get(column, "")
        if self._put(change, path, line, Given(column=column, value=change.value)):
            self._log.put(change, path, before, line.row.cells[column], line.row.at(column))

    def _put(self, change: Change, path: str, line: _Line, cell: Given) -> bool:
        """Put a value into a row; False, and a finding, if it makes no sense there."""
        before = line.row.cells.get(cell.column, "")
        try:
            after = changed_text(before, cell.value, fields_of_row(self._spec, line.row.cells)[cell.column].shape)
        except Unfit as unfit:
            self._log.refuse_unfit(change, path, unfit)
            return False
        line.row = RawRow(line.row.where, {**line.row.cells, cell.column: after})
        if cell.column in self._spec.key:
            line.key = key_text(key_of_row(self._spec, line.row.cells))
        return True

    def _remove(self, change: Change, key: str) -> None:
        for line in self._found(change, key):
            self._lines.remove(line)
            before = None if line.original is None else _in_words(line.original.cells)
            path = f"{self._spec.name}.{line.key}"
            self._log.take_out(change, path, line.key, before, line.row.where)

    def _add(self, change: Change, key: str) -> None:
        parts = key.split(KEY_SEPARATOR)
        if len(parts) != len(self._spec.key) or ANY in key:
            expected = f"{self._spec.name}.{KEY_SEPARATOR.join(self._spec.key).upper()}"
            self._log.refuse(change, Code.NO_SUCH_PATH, shown(change.path), expected, "name the new row by its key")
            return
        line = self._begun(change, dict(zip(self._spec.key, parts, strict=True)))
        if line is None or not self._filled(change, line):
            return
        if any(other.key == line.key for other in self._lines):
            hint = "set its cells, take it out before, or give the new row another name"
            expected = f"a key that no row of {self._spec.name} has"
            self._log.refuse(change, Code.ALREADY_THERE, shown(line.key), expected, hint)
            return
        self._lines.append(line)
        self._log.add(change, f"{self._spec.name}.{line.key}", _in_words(line.row.cells), line.row.where)

    def _begun(self, change: Change, cells: dict[str, str]) -> _Line | None:
        """A new row with its key, and with the other cells of the one that it is like; None if there is none."""
        if change.like:
            like = self._found(change, change.like.removeprefix(f"{self._spec.name}."))
            if len(like) > 1:
                hint = "name the one row that the new one is like"
                found = f"{len(like)} rows like {shown(change.like)}"
                self._log.refuse(change, Code.NOT_A_CHANGE, found, "one row", hint)
            if len(like) != 1:
                return None
            cells = {**like[0].row.cells, **cells}
        cells = dict.fromkeys(self._spec.columns, "") | cells
        self._added += 1
        where = Location(f"{self._spec.name} (added)", self._added)
        return _Line(RawRow(where, cells), key_text(key_of_row(self._spec, cells)), None)

    def _filled(self, change: Change, line: _Line) -> bool:
        """Put what is stated into a new row, its kind first; False, and findings, if something cannot be put."""
        whole = True
        for cell in sorted(change.cells, key=lambda cell: cell.column != self._spec.kind_column):
            known = fields_of_row(self._spec, line.row.cells)
            if cell.column in known:
                whole = self._put(change, f"{change.path}.{cell.column}", line, cell) and whole
            else:
                self._refuse_column(change, cell.column, known)
                whole = False
        return whole

    def _found(self, change: Change, key: str) -> list[_Line]:
        """The rows of a key; none, and a finding, if there is none."""
        lines = self._matching(key)
        if lines or not (self._typed.whole and self._typed.header_is_right):
            return lines
        parts = len(self._spec.key)
        named_by = f", named by {KEY_SEPARATOR.join(self._spec.key)}" if parts > 1 else ""
        expected = f"a row of {self._spec.name}{named_by}"
        hint = did_you_mean(key, (line.key for line in self._lines))
        if ANY in key:
            if key.count(KEY_SEPARATOR) + 1 != parts:
                hint = f"write {self._spec.name}.{KEY_SEPARATOR.join([ANY] * parts)} for all rows"
            self._log.refuse(change, Code.NOTHING_MATCHES, shown(key), expected, hint)
        else:
            self._log.refuse(change, Code.NO_SUCH_PATH, shown(key), expected, hint)
        return []

    def _matching(self, key: str) -> list[_Line]:
        """The rows of this very key, else those that fit a key with *."""
        exact = [line for line in self._lines if line.key == key]
        if exact:
            return exact
        parts = key.split(KEY_SEPARATOR)
        if len(parts) != len(self._spec.key):
            return []
        if ANY not in key:
            canonical = key_text(key_of_cells(self._spec, parts))
            return [line for line in self._lines if line.key == canonical]
        within_one_part = re.escape(key).replace(re.escape(ANY), f"[^{KEY_SEPARATOR}]*")
        fits = re.compile(within_one_part).fullmatch
        return [line for line in self._lines if fits(line.key)]


def fields_of_row(spec: TableSpec[Any], cells: Mapping[str, str]) -> Mapping[str, Field]:
    """The columns that a row of its kind has; all of the table while the kind is unknown."""
    if spec.kind_column is None:
        return _fields(spec.records[0])
    record = spec.kinds.get(cells.get(spec.kind_column, ""))
    if record is not None:
        return _fields(record)
    return {column: spec.field_of(column) for column in spec.columns}


def _fields(record: type[Record]) -> Mapping[str, Field]:
    return fields_of(record)


def key_of_row(spec: TableSpec[Any], cells: Mapping[str, str]) -> Key:
    """The key of a row, whether or not the rest of it can be read."""
    return key_of_cells(spec, [cells.get(column, "") for column in spec.key])


def _key(spec: TableSpec[Any], read: ReadRow[Any]) -> str:
    return key_text(key_of_row(spec, read.row.cells) if read.placed is None else read.placed.key)


def _in_words(cells: Mapping[str, str]) -> str:
    """What a row says: column=value of every cell that is not blank."""
    return ", ".join(f"{column}={text}" for column, text in cells.items() if text)
