"""The tables of a scenario from the texts of its files: read once, and built anew only where a change touches them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.findings import Code, Finding, Location
from catalog.loading import Filling, ReadRow, Table, TypedRows, nothing_to_fill, read_row, table_of, typed_rows
from catalog.reading_csv import RawRow
from scenarios.change_log import ChangeLog
from scenarios.changes import Change
from scenarios.changing_rows import ChangedRows
from scenarios.loading_currencies import priced_in_dollars
from scenarios.loading_files import TableTexts
from scenarios.loading_tables import CONTRACTS, EXCHANGE_RATES, OPTIONAL, SPECS, Tables

Texts = Mapping[str, TableTexts]
NO_TEXTS = TableTexts((), ())


@dataclass(frozen=True)
class TypedTable:
    """A table as its files have it, and what is wrong with it."""

    rows: TypedRows
    read: tuple[ReadRow[Any], ...]
    table: Table[Any]
    file_findings: tuple[Finding, ...]
    """Of the files and of rows that are no rows."""
    row_findings: tuple[Finding, ...]
    """Of what stands in the rows."""


@dataclass(frozen=True)
class TypedTables:
    """Tables as their files have them, kept for the next time."""

    _kept: dict[tuple[TableTexts, ...], TypedTable] = field(default_factory=dict, repr=False)

    def of(self, name: str, texts: Texts) -> TypedTable:
        """A table without changes; an empty one where there is no file."""
        if name not in texts:
            table = Table(SPECS[name], whole=name in OPTIONAL)
            return TypedTable(TypedRows(whole=table.whole), (), table, (), ())
        made_from = (texts[name], *([texts.get(EXCHANGE_RATES.name, NO_TEXTS)] if name == CONTRACTS.name else []))
        if made_from not in self._kept:
            self._kept[made_from] = self._read(name, texts)
        return self._kept[made_from]

    def _read(self, name: str, texts: Texts) -> TypedTable:
        spec = SPECS[name]
        file_findings = list(texts[name].findings)
        rows = typed_rows(spec, texts[name].texts, file_findings)
        if texts[name].findings:
            rows = replace(rows, whole=False)
        fill = self._filling(name, texts)
        read = tuple(read_row(spec, row, fill) for row in rows.rows)
        row_findings: list[Finding] = []
        table = table_of(spec, rows, read, row_findings)
        return TypedTable(rows, read, table, tuple(file_findings), tuple(row_findings))

    def _filling(self, name: str, texts: Texts) -> Filling:
        if name != CONTRACTS.name:
            return nothing_to_fill
        return priced_in_dollars(self.of(EXCHANGE_RATES.name, texts).table)


def changed_tables(
    typed: TypedTables, texts: Texts, changes: Sequence[Change], log: ChangeLog, findings: list[Finding]
) -> Tables:
    """All tables with the changes made that are of tables; what is wrong with the rows is reported."""
    changed: dict[str, ChangedRows] = {}
    for change in changes:
        name = change.path.partition(".")[0]
        if name in SPECS:
            if name not in changed:
                before = typed.of(name, texts)
                changed[name] = ChangedRows(SPECS[name], before.rows, before.read, log)
            changed[name].apply(change)
    tables = Tables()
    for name in SPECS:
        before = typed.of(name, texts)
        findings += before.file_findings
        rates_changed = name == CONTRACTS.name and EXCHANGE_RATES.name in changed
        if name in changed or rates_changed:
            rows = changed[name].rows if name in changed else before.rows.rows
            fill = priced_in_dollars(tables.exchange_rates) if name == CONTRACTS.name else nothing_to_fill
            table = _rebuilt(before, rows, fill, findings, anew=rates_changed)
        else:
            findings += before.row_findings
            table = before.table
        setattr(tables, name, table)
    return tables


def _rebuilt(
    before: TypedTable, rows: Sequence[RawRow], fill: Filling, findings: list[Finding], *, anew: bool
) -> Table[Any]:
    """The table of changed rows; those that are as they were need not be read again unless all must be."""
    spec = before.table.spec
    known = {} if anew else {id(each.row): each for each in before.read}
    if not rows and before.rows.rows and spec.name not in OPTIONAL:
        where, hint = Location(f"{spec.name}.csv"), "leave a row in the table"
        findings.append(Finding(Code.NO_ROWS, where, "all rows taken out", "at least one row", hint))
    read = [known.get(id(row)) or read_row(spec, row, fill) for row in rows]
    return table_of(spec, before.rows, read, findings)
