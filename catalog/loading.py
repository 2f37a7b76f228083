"""Strict reading: files -> records and findings, with the place of every row and key kept.

A table is described by a `TableSpec`; it may be split over several files. What is wrong is collected, so that one
run says everything; a row that is refused keeps its key, so that references to it are not refused as well.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial
from itertools import groupby
from typing import Any, Generic, TypeVar

from catalog.findings import Code, Finding, Location, did_you_mean, shown
from catalog.reading_csv import RawRow, read_csv
from catalog.reading_fields import Field, Kind, fields_of
from catalog.reading_records import NOTHING_GIVEN, Given, TreeReader, record_of_row
from catalog.reading_text import ReadText, Source, read_text
from catalog.reading_values import Unfit, has_decimal_comma, has_point_for_thousands, parse_value
from catalog.reading_yaml import YAML_LIMIT_BYTES, read_yaml
from catalog.records import Record

R_co = TypeVar("R_co", bound=Record, covariant=True)
R = TypeVar("R", bound=Record)
Key = tuple[str, ...]
Filling = Callable[[RawRow, str, list[Finding]], Given]
"""What of a row (with its subject) follows from other tables; findings where it cannot."""


def nothing_to_fill(row: RawRow, subject: str, findings: list[Finding]) -> Given:
    """For tables whose rows say everything themselves."""
    return NOTHING_GIVEN



@dataclass(frozen=True)
class TableSpec(Generic[R_co]):
    """One table: the kinds of record that its rows can state, and the columns that make its key."""

    name: str
    records: tuple[type[R_co], ...]
    key: tuple[str, ...]
    kind_column: str | None = None
    """Column whose value chooses among several kinds of record."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order of the records."""
        return tuple(dict.fromkeys(name for record in self.records for name in fields_of(record)))

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that no kind of row can do without."""
        return tuple(name for name in self.columns if name == self.kind_column or self._always_required(name))

    def _always_required(self, name: str) -> bool:
        return all(name in fields_of(record) and fields_of(record)[name].required for record in self.records)

    def field_of(self, column: str) -> Field:
        """A column as the first kind of row that has it understands it."""
        return next(fields_of(record)[column] for record in self.records if column in fields_of(record))

    @property
    def kinds(self) -> dict[str, type[R_co]]:
        """Record by the word in the kind column."""
        assert self.kind_column is not None
        return {str(fields_of(record)[self.kind_column].shape.choices[0]): record for record in self.records}


@dataclass(frozen=True)
class Placed(Generic[R_co]):
    """A record and its row."""

    record: R_co
    row: RawRow
    key: Key

    def at(self, column: str | None = None) -> Location:
        """The place of one of its cells."""
        return self.row.at(column, _subject(self.key))


@dataclass(frozen=True)
class Table(Generic[R_co]):
    """The rows of a table that could be read, and what is known of those that could not."""

    spec: TableSpec[R_co]
    placed: tuple[Placed[R_co], ...] = ()
    refused: tuple[RawRow, ...] = ()
    whole: bool = True
    """False when rows may be missing: then nothing can be said about what is not in the table."""
    header_is_right: bool = True
    """False when a column is misspelt, missing or repeated: then nothing can be said about what is blank."""

    @cached_property
    def records(self) -> tuple[R_co, ...]:
        """The records, sorted by their key columns: in which order they were typed says nothing."""
        records = (placed.record for placed in self.placed)
        return tuple(sorted(records, key=partial(order_of, self.spec)))

    @cached_property
    def places(self) -> dict[Key, Location]:
        """Place of each row by its key."""
        return {placed.key: placed.at() for placed in reversed(self.placed)}

    def names(self, column: str) -> frozenset[str]:
        """Everything that stands in a column, also in refused rows."""
        if column not in self._names:
            stated = {placed.row.cells.get(column, "") for placed in self.placed}
            self._names[column] = frozenset(stated | {row.cells.get(column, "") for row in self.refused})
        return self._names[column]

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        """Names by column, as far as they were asked for."""
        return {}

    def may_hold(self, column: str, name: str) -> bool:
        """Whether a name stands in a column, as far as the table could be read."""
        return not self.whole or name in self.names(column)


@dataclass(frozen=True)
class TypedRows:
    """The rows of a table as they were typed, before records are made of them."""

    rows: tuple[RawRow, ...] = ()
    incomplete: tuple[RawRow, ...] = ()
    """Rows of files that lack a required column; no record is made of them."""
    whole: bool = True
    header_is_right: bool = True
    """Both as in the table that is made of the rows."""


@dataclass(frozen=True)
class ReadRow(Generic[R_co]):
    """What became of a row: a record, or findings."""

    row: RawRow
    placed: Placed[R_co] | None
    findings: tuple[Finding, ...]


def typed_rows(spec: TableSpec[Record], texts: Sequence[ReadText], findings: list[Finding]) -> TypedRows:
    """The rows of a table from the texts of its files."""
    rows: list[RawRow] = []
    incomplete: list[RawRow] = []
    whole = header_is_right = True
    for text in texts:
        raw = read_csv(text, columns=spec.columns, required=spec.required, findings=findings)
        whole = whole and raw.whole
        header_is_right = header_is_right and raw.header_is_right
        (rows if set(spec.required) <= set(raw.columns) else incomplete).extend(raw.rows)
    return TypedRows(tuple(rows), tuple(incomplete), whole, header_is_right)


def read_row(spec: TableSpec[R], row: RawRow, fill: Filling = nothing_to_fill) -> ReadRow[R]:
    """The record that a row states."""
    findings: list[Finding] = []
    record = _record(spec, row, findings, fill)
    placed = None if record is None else Placed(record, row, _key_of(spec, record))
    return ReadRow(row, placed, tuple(findings))


def table_of(spec: TableSpec[R], typed: TypedRows, read: Sequence[ReadRow[R]], findings: list[Finding]) -> Table[R]:
    """The table of rows that were read, `typed` but for what was changed; what is wrong among them is reported."""
    rows = [each.row for each in read]
    for group in _by_file([*rows, *typed.incomplete]):
        findings += _ambiguous_numbers(spec, group)
    for each in read:
        findings += each.findings
    placed = tuple(each.placed for each in read if each.placed is not None)
    refused = tuple(each.row for each in read if each.placed is None)
    _refuse_repeated(placed, findings)
    return Table(spec, placed, (*refused, *typed.incomplete), typed.whole, typed.header_is_right)


def _by_file(rows: Sequence[RawRow]) -> Iterator[list[RawRow]]:
    for _, group in groupby(rows, key=lambda row: row.where.file):
        yield list(group)


def read_table(
    spec: TableSpec[R], sources: Sequence[Source], findings: list[Finding]
) -> tuple[Table[R], list[ReadText]]:
    """One table from its files, and the texts that were read."""
    texts = [read_text(source, findings) for source in sources]
    known = [text for text in texts if text is not None]
    typed = typed_rows(spec, known, findings)
    if len(known) < len(texts):
        typed = replace(typed, whole=False)
    return table_of(spec, typed, [read_row(spec, row) for row in typed.rows], findings), known


def key_of_cells(spec: TableSpec[Record], cells: Sequence[str]) -> Key:
    """The key that the texts of the key columns make, whether or not the rest of the row can be read.

    The texts are in the order of the key columns; one that does not fit its column stands as it is.
    """
    return tuple(_as_key(spec.field_of(column), text) for column, text in zip(spec.key, cells, strict=True))


def _as_key(field: Field, text: str) -> str:
    try:
        return key_part(parse_value(text, field.shape) if text else field.default)
    except Unfit:
        return text


def _key_of(spec: TableSpec[Record], record: Record) -> Key:
    """The key of a record as text: a blank cell and the default that it takes are the same key, as are 5 and 5.0."""
    return tuple(key_part(getattr(record, column)) for column in spec.key)


def key_part(value: object) -> str:
    """A value of a key column as it stands in a key.

    >>> key_part(Decimal("3000.00")), key_part(5), key_part(None)
    ('3000', '5', '')
    """
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return "" if value is None else str(value)


def order_of(spec: TableSpec[Record], record: Record) -> tuple[tuple[bool, Any], ...]:
    """What rows are sorted by: the values of the key columns, blank first."""
    values = (getattr(record, column) for column in spec.key)
    return tuple((value is not None, "" if value is None else value) for value in values)


def _subject(key: Key) -> str:
    return " ".join(part for part in key if part)


def _subject_of_row(spec: TableSpec[Record], row: RawRow) -> str:
    """What a row is about, also if it is refused."""
    return _subject(tuple(row.cells.get(column, "") for column in spec.key))


def _record(spec: TableSpec[R], row: RawRow, findings: list[Finding], fill: Filling) -> R | None:
    subject = _subject_of_row(spec, row)
    if spec.kind_column is None:
        return record_of_row(row, spec.records[0], subject, findings)
    kind = row.cells[spec.kind_column]
    record = spec.kinds.get(kind)
    where = row.at(spec.kind_column, subject)
    if record is None:
        expected = f"one of: {', '.join(spec.kinds)}"
        findings.append(Finding(Code.CHOICE, where, shown(kind), expected, did_you_mean(kind, spec.kinds)))
        return None
    before = len(findings)
    for column in spec.columns:
        if column not in fields_of(record) and row.cells.get(column):
            hint = f"empty the cell, or change the kind; {kind} has no {column}"
            found = shown(row.cells[column])
            findings.append(Finding(Code.OTHER_KIND, row.at(column, subject), found, "a blank cell", hint))
    given = fill(row, subject, findings)
    if len(findings) > before:
        return None
    built = record_of_row(row, record, subject, findings, given)
    return built if len(findings) == before else None


def _ambiguous_numbers(spec: TableSpec[Record], rows: Sequence[RawRow]) -> Iterator[Finding]:
    """In a column with a decimal comma somewhere, 1.234 may be a thousand and some."""
    numbers = {
        name
        for record in spec.records
        for name, field in fields_of(record).items()
        if field.shape.kind in (Kind.NUMBER, Kind.WHOLE, Kind.DECIMAL)
    }
    for column in sorted(numbers):
        comma = next((row for row in rows if has_decimal_comma(row.cells.get(column, ""))), None)
        for row in rows if comma else ():
            text = row.cells.get(column, "")
            if comma and has_point_for_thousands(text):
                found = f"{shown(text)}, beside {shown(comma.cells[column])} in row {comma.where.row}"
                where = row.at(column, _subject_of_row(spec, row))
                hint = "retype the column with decimal points only"
                yield Finding(Code.AMBIGUOUS, where, found, "numbers of one notation", hint)


def _refuse_repeated(placed: Sequence[Placed[Record]], findings: list[Finding]) -> None:
    first: dict[Key, Placed[Record]] = {}
    for row in placed:
        other = first.setdefault(row.key, row)
        if other is not row:
            there = f"row {other.row.where.row}"
            if other.row.where.file != row.row.where.file:
                there += f" of {other.row.where.file}"
            hint = "delete one of the two, or give it a name of its own"
            found = f"the same key as in {there}"
            findings.append(Finding(Code.REPEATED, row.at(), found, "one row for each key", hint))


def read_document(
    source: Source, record: type[R], findings: list[Finding]
) -> tuple[R | None, TreeReader, ReadText | None]:
    """The record that a YAML file states, what is known of its parts, and the text that was read."""
    reader = TreeReader(source.name, findings)
    text = read_text(source, findings, limit_bytes=YAML_LIMIT_BYTES)
    tree = None if text is None else read_yaml(text, findings)
    return (None if tree is None else reader.record(tree, record)), reader, text


def look_alikes(tables: Sequence[Table[Record]], spaces: dict[str, str]) -> Iterator[Finding]:
    """Ids of one name space that differ only by case, by `.`, `_` or `-`, or by O for 0 and l for 1.

    `spaces` names the columns that define names, and the space to which each belongs.
    """
    seen: dict[tuple[str, str], dict[str, Location]] = {}
    known_names: set[tuple[str, str]] = set()
    for table in tables:
        columns = {name for record in table.spec.records for name in fields_of(record) if name in spaces}
        for row in table.placed:
            for column in sorted(columns):
                name = row.row.cells.get(column, "")
                if (spaces[column], name) in known_names:
                    continue
                known_names.add((spaces[column], name))
                alike = seen.setdefault((spaces[column], _to_the_eye(name)), {})
                if alike:
                    other, place = next(iter(alike.items()))
                    found = f"{shown(name)}, and {shown(other)} in {place.file}, row {place.row}"
                    hint = "write both in the same way, or give one of them another name"
                    yield Finding(Code.LOOK_ALIKE, row.at(column), found, "names that the eye can tell apart", hint)
                alike[name] = row.at(column)


_LOOKS = str.maketrans({"_": "-", ".": "-", "o": "0", "l": "1"})


def _to_the_eye(name: str) -> str:
    """
    >>> _to_the_eye("GPU_O1") == _to_the_eye("gpu-0l")
    True
    """
    return name.casefold().translate(_LOOKS)
