"""New rows into the files of a scenario, without a new fault (docs/decisions/0034).

Rows go into TABLE.KIND.csv, or where rows stood that make room for them. The scenario is loaded in memory as it would
be afterwards; rows that bring a finding are refused with it, until none is left.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog.findings import Code, Finding, InputRejected, Location, in_order, shown
from catalog.loading import Key, key_part
from catalog.writing_csv import cell
from scenarios.changing_rows import key_of_row
from scenarios.importing.harvest import Harvest, NewRow
from scenarios.importing.table_files import TableFile, cells_of
from scenarios.inputs import Inputs
from scenarios.loading_files import TableTexts
from scenarios.loading_tables import SPECS

Fault = tuple[Code, str, int | None, str | None, str]


@dataclass(frozen=True)
class Merged:
    """What becomes of a harvest."""

    files: Mapping[str, str]
    """Name -> new text, of every file that changes."""
    rows_in: Mapping[str, int]
    """New rows by file."""
    imported: tuple[NewRow, ...]
    refused: tuple[Finding, ...]
    repeated: int
    """New rows that say what another says."""
    replaced: int
    """Rows that were there and made room."""


def merge(inputs: Inputs, kind: str, harvest: Harvest) -> Merged:
    """The files as they would be; InputRejected if something goes wrong elsewhere than in a new row."""
    rows, repeated, refused = _each_key_once(harvest.rows)
    taken = list(_taken(inputs, kind, harvest, rows))
    rows, refused = _without(rows, taken), [*refused, *taken]
    before = {_fault(finding) for finding in inputs.findings()}
    while True:
        draft = _draft(inputs, kind, harvest, rows)
        found = [finding for finding in draft.inputs.findings() if _fault(finding) not in before]
        faults = [replaced for finding in found if (replaced := draft.in_the_source(finding)) is not None]
        if not faults:
            break
        rows, refused = _without(rows, faults), [*refused, *faults]
    if harvest.rows and not rows:
        return Merged({}, {}, (), in_order([*harvest.refused, *refused]), harvest.repeated + repeated, 0)
    if found:
        raise InputRejected(found)
    return Merged(
        files=draft.texts,
        rows_in=draft.rows_in,
        imported=tuple(rows),
        refused=in_order([*harvest.refused, *refused]),
        repeated=harvest.repeated + repeated,
        replaced=draft.replaced,
    )


@dataclass
class _Draft:
    """The folder as it would be with some of the rows."""

    inputs: Inputs
    texts: dict[str, str] = field(default_factory=dict)
    rows_in: dict[str, int] = field(default_factory=dict)
    origin: dict[tuple[str, int], NewRow] = field(default_factory=dict)
    replaced: int = 0

    def in_the_source(self, finding: Finding) -> Finding | None:
        """A finding of a new row, told of the place where the source states it; None for other findings."""
        where = finding.where
        row = self.origin.get((where.file, where.row or 0))
        if row is None:
            return None
        at = Location(row.where.file, row.where.row, where.column, row.where.subject)
        return Finding(finding.code, at, finding.found, finding.expected, finding.hint)


def _draft(inputs: Inputs, kind: str, harvest: Harvest, rows: Sequence[NewRow]) -> _Draft:
    draft, changed = _Draft(inputs), {}
    names = {row.table for row in rows}
    names |= {each.table for each in harvest.replaced} | {each.table for each in harvest.cells}
    for name in (name for name in SPECS if name in names):
        typed = inputs.files.tables.get(name, TableTexts((), ()))
        files = [TableFile.of(text) for text in typed.texts]
        before = {file.name: file.read().text for file in files}
        own = _make_room(name, kind, files, harvest)
        _set_cells(name, files, harvest)
        _put(name, own, [row for row in rows if row.table == name], draft)
        files = [*(file for file in files if file is not own), *([own] if own.rows else [])]
        texts = [file.read() for file in files]
        new = {text.name: text.text for text in texts if text.text != before.get(text.name)}
        _refuse_what_would_be_lost(file for file in files if file.name in new)
        draft.texts |= new
        changed[name] = TableTexts(tuple(texts), typed.findings)
    draft.inputs = inputs.with_tables(changed)
    return draft


def _refuse_what_would_be_lost(changed: Iterable[TableFile]) -> None:
    hint = "correct it as siliconmix check says, then import again"
    found, expected = "rows or columns that do not fit together", "a cell in every row for each column of the header"
    findings = [
        Finding(Code.RAGGED, Location(file.name), found, expected, hint) for file in changed if not file.fits_its_header
    ]
    if findings:
        raise InputRejected(findings)


def _make_room(name: str, kind: str, files: list[TableFile], harvest: Harvest) -> TableFile:
    """The file for the new rows of a table; rows that are replaced are taken out."""
    home = f"{name}.{kind}.csv"
    for each in (each for each in harvest.replaced if each.table == name):
        for file in files:
            kept = [row for row in file.rows if row.get(each.column, "") != each.value]
            if len(kept) < len(file.rows):
                home, file.rows = file.name, kept
    return next((file for file in files if file.name == home), TableFile(home, []))


def _set_cells(name: str, files: list[TableFile], harvest: Harvest) -> None:
    spec = SPECS[name]
    for each in (each for each in harvest.cells if each.table == name):
        for file in files:
            for row in file.rows:
                if key_of_row(spec, row) == each.key:
                    row[each.column] = cell(each.value)
                    if each.column not in file.columns:
                        file.columns.append(each.column)


def _put(name: str, own: TableFile, rows: Sequence[NewRow], draft: _Draft) -> None:
    spec = SPECS[name]
    numbers, replaced = own.put(spec, [cells_of(spec, row.record) for row in rows])
    draft.replaced += replaced
    draft.origin |= {(own.name, number): row for number, row in zip(numbers, rows, strict=True)}
    if rows:
        draft.rows_in[own.name] = len(rows)


def _key(row: NewRow) -> Key:
    return tuple(key_part(getattr(row.record, column)) for column in SPECS[row.table].key)


def _each_key_once(rows: Iterable[NewRow]) -> tuple[list[NewRow], int, list[Finding]]:
    """New rows of different keys; one that says the same as one before is only counted, another is refused."""
    first: dict[tuple[str, Key], NewRow] = {}
    refused: list[Finding] = []
    repeated = 0
    for row in rows:
        other = first.setdefault((row.table, _key(row)), row)
        if other.record == row.record:
            repeated += other is not row
        elif other is not row:
            hint = "take one of the two out, or leave it out with --where"
            found = f"{shown(' '.join(_key(row)))}, as in row {other.where.row}, with other values"
            refused.append(Finding(Code.REPEATED, row.where, found, "one row for each", hint))
    return _without(first.values(), refused), repeated, refused


def _taken(inputs: Inputs, kind: str, harvest: Harvest, rows: Sequence[NewRow]) -> Iterator[Finding]:
    """New rows whose key stands in a file that is not replaced."""
    made_room = {each.table for each in harvest.replaced}
    for name in {row.table for row in rows} - made_room:
        places = inputs.table(name).places
        for row in (row for row in rows if row.table == name):
            place = places.get(_key(row))
            if place is not None and place.file != f"{name}.{kind}.csv":
                found = f"{shown(' '.join(_key(row)))}, which stands in {place.file}, row {place.row}"
                hint = f"delete that row of {place.file} if this one shall count"
                yield Finding(Code.REPEATED, row.where, found, f"a row that {name} does not have", hint)


def _without(rows: Iterable[NewRow], refused: Iterable[Finding]) -> list[NewRow]:
    """Rows whose place in the source is not that of a finding."""
    gone = {(finding.where.file, finding.where.row) for finding in refused}
    return [row for row in rows if (row.where.file, row.where.row) not in gone]


def _fault(finding: Finding) -> Fault:
    """What makes a finding the same after other rows have come: hints may then name other ways out."""
    where = finding.where
    return finding.code, where.file, where.row or where.line, where.column or where.key_path, finding.found
