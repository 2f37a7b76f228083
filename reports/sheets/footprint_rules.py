"""Footprint_Rules: floors of the index, caps on power and carbon, each against what the plan has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.calendar import Month
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, part_of_date, quoted, ratio, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.budgets import window_of
from reports.sheets.footprint import CAPACITY, TONNES, WEIGHED, Place
from reports.sheets.inputs import Inputs
from reports.sheets.power import PowerLine, power_months
from scenarios.policy import BudgetWindow, CarbonCap, PowerCap, SovereigntyFloor, Window

_WORDS = {SovereigntyFloor: "lowest index", PowerCap: "most power", CarbonCap: "most emissions"}
_UNITS = {SovereigntyFloor: "points", PowerCap: "MW", CarbonCap: "t CO2e"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in one of its windows and in one outlook; a power cap for one of its groups."""

    rule: SovereigntyFloor | PowerCap | CarbonCap
    outlook: str
    first: Month
    end: Month
    """First month that no longer counts."""
    group: str = ""
    block: str = ""

    @property
    def is_floor(self) -> bool:
        """Whether more is better."""
        return isinstance(self.rule, SovereigntyFloor)


def footprint_rules_sheet(
    facts: Facts, inputs: Inputs, footprint: Records[Place], power: Records[PowerLine] | None
) -> Records[RuleRow] | None:
    """One line per rule, window, group and outlook; None without such rules."""
    rows = list(rule_rows(facts))
    if not rows:
        return None
    return write_records(
        Grid("Footprint_Rules", "decisions"),
        "tblFootprintRules",
        [*_which(), *_limits(inputs), *_amounts(footprint, power), *_kept(inputs)],
        rows,
        "Rules on sovereignty, power and carbon, against the plan",
        "The index is weighed with capacity (node-hours x list price); a window without capacity is exempt. Power is"
        " that of the fullest block of the month (Calc_Power). A window that the horizon cuts may emit its part, by"
        " months.",
    )


def rule_rows(facts: Facts) -> Iterator[RuleRow]:
    """Floors, caps on power and caps on carbon, each in order of time."""
    policy, outlooks = facts.scenario.policy, [row.outlook for row in facts.scenario.outlooks]
    for floor in policy.sovereignty:
        months = [month for month in facts.months if floor.holds_in(month)]
        windows = [months] if floor.window is Window.HORIZON else [[month] for month in months]
        yield from (RuleRow(floor, s, w[0], w[-1] + 1) for w in windows if w for s in outlooks)
    for at in power_months(facts):
        yield RuleRow(at.rule, at.outlook, at.month, at.month + 1, at.group, at.block)
    for cap in policy.carbon:
        found: dict[object, list[Month]] = {}
        for month in facts.months:
            found.setdefault(window_of(cap.window, month), []).append(month)
        yield from (RuleRow(cap, s, w[0], w[-1] + 1) for w in found.values() for s in outlooks)


def _which() -> list[Field[RuleRow]]:
    return [
        Field("Rule", lambda r, _: r.rule.rule),
        Field("About", lambda r, _: _WORDS[type(r.rule)]),
        Field("Group", lambda r, _: r.group or "-"),
        Field("Outlook", lambda r, _: r.outlook),
        Field("From", lambda r, _: r.first.first_day, fmt=Fmt.DATE),
        Field("Until", lambda r, _: r.end.first_day, fmt=Fmt.DATE),
        Field("Block", lambda r, _: r.block or "-"),
    ]


def _limits(inputs: Inputs) -> list[Field[RuleRow]]:
    def months(row: RuleRow, at: Line) -> Expr | None:
        if not isinstance(row.rule, CarbonCap):
            return None
        years = part_of_date(at["Until"], "YEAR") - part_of_date(at["From"], "YEAR")
        return years * inputs["MonthsPerYear"] + part_of_date(at["Until"], "MONTH") - part_of_date(at["From"], "MONTH")

    def whole(row: RuleRow, _: Line) -> Expr | None:
        if not isinstance(row.rule, CarbonCap):
            return None
        names = {BudgetWindow.QUARTER: "MonthsPerQuarter", BudgetWindow.YEAR: "MonthsPerYear"}
        names[BudgetWindow.HORIZON] = "HorizonMonths"
        return ONE if row.rule.window is BudgetWindow.MONTH else inputs[names[row.rule.window]]

    def limit(row: RuleRow, at: Line) -> Expr:
        if not isinstance(row.rule, CarbonCap):
            return at["Stated limit"]
        return at["Stated limit"] * at["Months that count"] / at["Months of a whole window"]

    link, calc = Kind.LINK, Kind.CALC
    return [
        Field("Stated limit", lambda r, _: inputs.footprint[r.rule.rule], link, Fmt.FACTOR),
        Field("Months that count", months, calc, Fmt.WHOLE),
        Field("Months of a whole window", whole, link, Fmt.WHOLE),
        Field("Limit", limit, calc, Fmt.FACTOR),
    ]


def _amounts(footprint: Records[Place], power: Records[PowerLine] | None) -> list[Field[RuleRow]]:
    def summed(at: Line, header: str) -> Expr:
        return sum_where(
            footprint.column(header),
            Where(footprint.column("Outlook"), "=", at["Outlook"]),
            Where(footprint.column("Month"), ">=", at["From"]),
            Where(footprint.column("Month"), "<", at["Until"]),
        )

    def drawn(at: Line) -> Expr:
        assert power is not None
        return sum_where(
            power.column("MW"),
            Where(power.column("Rule"), "=", at["Rule"]),
            Where(power.column("Group"), "=", at["Group"]),
            Where(power.column("Outlook"), "=", at["Outlook"]),
            Where(power.column("Month"), "=", at["From"]),
        )

    def capacity(row: RuleRow, at: Line) -> Expr | None:
        return summed(at, CAPACITY) if row.is_floor else None

    def amount(row: RuleRow, at: Line) -> Expr:
        if isinstance(row.rule, SovereigntyFloor):
            return ratio(summed(at, WEIGHED), at[CAPACITY])
        return drawn(at) if isinstance(row.rule, PowerCap) else summed(at, TONNES)

    floors = Field[RuleRow](CAPACITY, capacity, Kind.CALC, Fmt.MONEY)
    return [
        floors,
        Field("Amount", amount, Kind.CALC, Fmt.FACTOR),
        Field("Unit", lambda r, _: _UNITS[type(r.rule)]),
    ]


def _kept(inputs: Inputs) -> list[Field[RuleRow]]:
    def slack(row: RuleRow, at: Line) -> Expr:
        return at["Amount"] - at["Limit"] if row.is_floor else at["Limit"] - at["Amount"]

    def verdict(row: RuleRow, at: Line) -> Expr:
        """Within a millionth of the limit; what is in binary digits below that counts as nothing."""
        near = at["Limit"] * inputs["ToleranceUnits"] + inputs["ToleranceShare"]
        kept = when(compared(at["Slack"] + near, ">=", ZERO), quoted("OK"), quoted("FAIL"))
        return when(compared(at[CAPACITY], ">", ZERO), kept, quoted("OK")) if row.is_floor else kept

    return [
        Field("Slack", slack, Kind.CALC, Fmt.FACTOR),
        Field("Kept", verdict, Kind.CALC),
    ]
