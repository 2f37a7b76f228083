"""Calc_Power: what the nodes of a group draw in the block of a month in which they draw most (docs/decisions/0037)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.offerings import Offering
from contracts.calendar import Month
from optimizer.footprint_figures import FootprintFigures
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.footprint import STANDING, Drawn, not_under_orders, places, standing
from reports.sheets.input_footprint import KW_PER_MW
from reports.sheets.inputs import Inputs
from reports.sheets.offering_figures import SITE_KW
from scenarios.footprint import localities_of
from scenarios.policy import Grouping, PowerCap


@dataclass(frozen=True, slots=True)
class PowerMonth:
    """A group under a power cap in a month of an outlook, and the block in which it draws most."""

    rule: PowerCap
    group: str
    outlook: str
    month: Month
    block: str


@dataclass(frozen=True, slots=True)
class PowerLine:
    """What one offering adds to it."""

    at: PowerMonth
    offering: str


def power_months(facts: Facts) -> list[PowerMonth]:
    """Every group, month and outlook in which a power cap holds, by rule and group."""
    return list(dict.fromkeys(line.at for line in _lines(facts)))


def power_sheet(
    facts: Facts, inputs: Inputs, offerings: Records[Offering], drawn: Drawn
) -> Records[PowerLine] | None:
    """One line per offering of such a group that has nodes; None without a power cap."""
    if not facts.scenario.policy.power:
        return None
    return write_records(
        Grid("Calc_Power", "workings"),
        "tblPower",
        [*_which(), *_nodes(facts, drawn), *_drawn(inputs, offerings)],
        list(_lines(facts)),
        "Power: nodes and what they draw in the fullest block of each month",
        "Committed and held nodes draw in every block, used or not; a capacity block with all of its nodes in every"
        " month that it touches; spot with what it loses.",
    )


def _lines(facts: Facts) -> Iterator[PowerLine]:
    there: dict[tuple[str, Month], list[str]] = defaultdict(list)
    for place in places(facts):
        there[place.outlook, place.month].append(place.offering)
    for rule in facts.scenario.policy.power:
        for (outlook, month), offerings in there.items():
            if not rule.holds_in(month):
                continue
            groups: dict[str, list[str]] = defaultdict(list)
            for offering in offerings:
                if (group := _group(facts, offering, rule)) is not None:
                    groups[group].append(offering)
            for group, members in sorted(groups.items()):
                at = PowerMonth(rule, group, outlook, month, _fullest(facts, members, outlook, month))
                yield from (PowerLine(at, offering) for offering in members)


def _group(facts: Facts, offering: str, rule: PowerCap) -> str | None:
    """The group of the rule that an offering is in; None if it is in none."""
    row = facts.scenario.catalog.offering[offering]
    if rule.by is Grouping.LOCALITY:
        names = localities_of(row.locality)
    else:
        names = (row.region,) if rule.by is Grouping.REGION else (facts.group_of(offering, rule.by),)
    if rule.group == "*":
        return names[0]
    return rule.group if rule.group in names else None


def _fullest(facts: Facts, members: list[str], outlook: str, month: Month) -> str:
    """The block in which nodes by the hour draw most; the others draw in every block alike."""
    figures = FootprintFigures(facts.scenario)
    kw: dict[str, float] = dict.fromkeys(facts.blocks, 0.0)
    for row in facts.plan.usages:
        if row.order is None and row.offering in members and (row.outlook, row.month) == (outlook, month):
            kw[row.block] += row.nodes * float(figures.kwh_per_node_hour(row.offering) or 0)
    return max(facts.blocks, key=lambda block: kw[block])


def _which() -> list[Field[PowerLine]]:
    return [
        Field("Rule", lambda r, _: r.at.rule.rule),
        Field("Group", lambda r, _: r.at.group),
        Field("Outlook", lambda r, _: r.at.outlook),
        Field("Month", lambda r, _: r.at.month.first_day, fmt=Fmt.MONTH),
        Field("Block", lambda r, _: r.at.block),
        Field("Offering", lambda r, _: r.offering),
    ]


def _nodes(facts: Facts, drawn: Drawn) -> list[Field[PowerLine]]:
    usage = drawn.usage

    def by_the_hour(_: PowerLine, at: Line) -> Expr:
        return sum_where(
            usage.column("Nodes"),
            Where(usage.column("Offering"), "=", at["Offering"]),
            Where(usage.column("Month"), "=", at["Month"]),
            Where(usage.column("Block"), "=", at["Block"]),
            Where(usage.column("Outlook"), "=", at["Outlook"]),
            *not_under_orders(facts, usage),
        )

    return [
        *standing(drawn),
        Field("Nodes by the hour", by_the_hour, Kind.CALC, Fmt.QUANTITY),
    ]


def _drawn(inputs: Inputs, offerings: Records[Offering]) -> list[Field[PowerLine]]:
    def site_kw(_: PowerLine, at: Line) -> Expr:
        return looked_up(at["Offering"], offerings.column("Offering"), offerings.column(SITE_KW))

    def mw(_: PowerLine, at: Line) -> Expr:
        return (at[STANDING] + at["Nodes by the hour"]) * at[SITE_KW] / inputs[KW_PER_MW]

    return [Field(SITE_KW, site_kw, Kind.LINK, Fmt.FACTOR), Field("MW", mw, Kind.CALC, Fmt.FACTOR)]
