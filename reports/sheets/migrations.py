"""Migrations: engineering work that opens a stack to a model: what is begun, what it costs, what it then serves."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month
from optimizer.plan import CostLine, MigrationStart
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import (
    compared,
    greatest,
    looked_up,
    months_later,
    part_of_date,
    rounded,
    sum_where,
    when,
)
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs
from reports.sheets.migrated import Migrated
from reports.why_words import outcome_word, payback_word
from scenarios.migrations import Migration

NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class MigrationRow:
    """A migration that is begun (in all outlooks or in one), or one that was offered and is not."""

    terms: Migration
    start: MigrationStart | None

    @property
    def outlook(self) -> str:
        """In which outlook it is begun."""
        return NOT_BEGUN if self.start is None else self.start.outlook or ALL_OUTLOOKS


def migrations_sheet(facts: Facts, inputs: Inputs, served: Records[Migrated]) -> Records[MigrationRow]:
    """What is begun first, by start; then what is not."""
    return write_records(
        Grid("Migrations", "decisions"),
        "tblMigrations",
        [*_what(), *_when(), *_cost(facts, inputs), *_use(facts, served), *_worth(facts)],
        migration_rows(facts),
        "Migrations: engineering work that brings a model to a stack",
        "No token is served before the gate. A migration without a start was offered and is not begun: it would cost"
        " more than it saves, or its gate would come too late.",
    )


def migration_rows(facts: Facts) -> list[MigrationRow]:
    """Starts in order of time, then migrations without one."""
    terms = {row.migration: row for row in facts.scenario.migrations}
    starts = sorted(facts.plan.migrations, key=lambda m: (m.start, m.migration, m.outlook or ""))
    begun = {row.migration for row in starts}
    rest = (MigrationRow(row, None) for name, row in sorted(terms.items()) if name not in begun)
    return [*(MigrationRow(terms[m.migration], m) for m in starts), *rest]


def passing(facts: Facts, row: MigrationRow) -> list[str]:
    """Outlooks in which a migration is begun and passes its gate."""
    if row.start is None:
        return []
    among = [row.start.outlook] if row.start.outlook else [o.outlook for o in facts.scenario.outlooks]
    return [name for name in among if facts.futures.passes(row.terms.migration, name)]


def _what() -> list[Field[MigrationRow]]:
    return [
        Field("Migration", lambda r, _: r.terms.migration),
        Field("Begun", lambda r, _: r.start is not None, Kind.DECISION),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Model", lambda r, _: r.terms.model, Kind.INPUT),
        Field("Stack", lambda r, _: r.terms.stack, Kind.INPUT),
    ]


def _when() -> list[Field[MigrationRow]]:
    def day(month: Month | None) -> object:
        return None if month is None else month.first_day

    def gate(row: MigrationRow, at: Line) -> Expr | None:
        return None if row.start is None else months_later(at["Start"], at["Months to the gate"])

    def last(row: MigrationRow, at: Line) -> Expr | None:
        return None if row.start is None else months_later(at["Start"], at["Months of work"] - ONE)

    given = Kind.INPUT
    return [
        Field("Earliest start", lambda r, _: day(r.terms.earliest_start), given, Fmt.DATE),
        Field("Latest start", lambda r, _: day(r.terms.latest_start), given, Fmt.DATE),
        Field("Start", lambda r, _: None if r.start is None else r.start.start.first_day, Kind.DECISION, Fmt.DATE),
        Field("Months of work", lambda r, _: r.terms.engineering_months, given, Fmt.WHOLE),
        Field("Last month of work", last, Kind.CALC, Fmt.MONTH),
        Field("Months to the gate", lambda r, _: r.terms.lead_months, given, Fmt.WHOLE),
        Field("Gate", gate, Kind.CALC, Fmt.DATE),
        Field("Ramp after the gate", lambda r, _: _ramp(r.terms), given),
    ]


def _ramp(terms: Migration) -> str:
    return ", then ".join(f"{share:.0%}" for share in terms.ramp_shares) or "all at once"


def _cost(facts: Facts, inputs: Inputs) -> list[Field[MigrationRow]]:
    def engineering(row: MigrationRow, _: Line) -> Expr:
        return inputs.migrations[row.terms.migration].engineering

    def upkeep(row: MigrationRow, _: Line) -> Expr:
        return inputs.migrations[row.terms.migration].upkeep

    def part(_: MigrationRow, at: Line) -> Expr:
        return rounded(at["Engineering USD"] / at["Months of work"], inputs["CentDecimals"])

    def rest(_: MigrationRow, at: Line) -> Expr:
        return at["Engineering USD"] - at["A month of work USD"] * (at["Months of work"] - ONE)

    def months(row: MigrationRow, at: Line) -> Expr | None:
        if row.start is None:
            return None
        end, gate = inputs["HorizonEnd"], at["Gate"]
        years = part_of_date(end, "YEAR") - part_of_date(gate, "YEAR")
        more = part_of_date(end, "MONTH") - part_of_date(gate, "MONTH")
        return greatest(ZERO, years * inputs["MonthsPerYear"] + more)

    def begun(row: MigrationRow, at: Line) -> Expr | None:
        if row.start is None:
            return None
        return looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities)

    def passed(row: MigrationRow, _: Line) -> Expr | object:
        if row.start is None:
            return None
        chances = [inputs.chance[name] for name in passing(facts, row)]
        return sum(chances[1:], start=chances[0]) if chances else ZERO

    def cost(row: MigrationRow, at: Line) -> Expr | None:
        if row.start is None:
            return None
        upkept = at["Upkeep a month USD"] * at["Months of upkeep"] * at["Chance of upkeep"]
        return at["Engineering USD"] * at["Probability"] + upkept

    calc, link = Kind.CALC, Kind.LINK
    return [
        Field("Spending", lambda r, _: "capex" if r.terms.capitalised else "opex", Kind.INPUT, new_page=True),
        Field("Engineering USD", engineering, link, Fmt.MONEY),
        Field("A month of work USD", part, calc, Fmt.CENTS),
        Field("Last month of work USD", rest, calc, Fmt.CENTS),
        Field("Upkeep a month USD", upkeep, link, Fmt.MONEY),
        Field("Months of upkeep", months, calc, Fmt.WHOLE),
        Field("Probability", begun, link, Fmt.SHARE),
        Field("Passes its gate in", lambda r, _: ", ".join(passing(facts, r)) or "-", Kind.INPUT),
        Field("Chance of upkeep", passed, calc, Fmt.SHARE),
        Field("Expected cost USD", cost, calc, Fmt.MONEY, total=True),
    ]


def _use(facts: Facts, served: Records[Migrated]) -> list[Field[MigrationRow]]:
    def summed(header: str) -> Field[MigrationRow]:
        def amount(_: MigrationRow, at: Line) -> Expr:
            return sum_where(served.column(header), Where(served.column("Migration"), "=", at["Migration"]))

        return Field(f"Served after the gate {header}", amount, Kind.CALC, Fmt.QUANTITY)

    return [
        summed("Mtok"),
        summed("node hours"),
        Field("Source", lambda r, _: facts.source_of(r.terms), Kind.NOTE),
    ]


def _worth(facts: Facts) -> list[Field[MigrationRow]]:
    """What a migration saves and when it has paid back; the working is on sheets Why and Calc_Payback."""
    if facts.plan.why is None:
        return []
    told = {row.migration: row for row in facts.plan.why.paybacks}

    def saves(row: MigrationRow, _: Line) -> object:
        found = told.get(row.terms.migration)
        if row.start is None or found is None:
            return None
        return outcome_word(found.outcome) if found.saves is None else found.saves.usd

    def payback(row: MigrationRow, _: Line) -> str:
        found = told.get(row.terms.migration)
        return "" if row.start is None or found is None else payback_word(found)

    return [
        Field("Saves USD", saves, Kind.DECISION, Fmt.MONEY),
        Field("Paid back in", payback, Kind.DECISION),
    ]


def price_of(migrations: Records[MigrationRow], row: CostLine, at: Line) -> Expr:
    """What a month of a migration's work or upkeep costs."""
    names = migrations.column("Migration")
    if row.nature.value.endswith("upkeep"):
        return looked_up(at["Contract"], names, migrations.column("Upkeep a month USD"))
    place = _row_of(migrations, row)
    last = compared(at["Paid in"], "=", migrations.fixed(place, "Last month of work"))
    month, rest = (migrations.fixed(place, h) for h in ("A month of work USD", "Last month of work USD"))
    return when(last, rest, month)


def _row_of(migrations: Records[MigrationRow], row: CostLine) -> int:
    """The position of the start that a line is for."""
    return next(
        i
        for i, m in enumerate(migrations.rows)
        if m.terms.migration == row.source and m.outlook == (row.outlook or ALL_OUTLOOKS)
    )
