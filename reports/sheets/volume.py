"""Volume: what is bought under volume tiers in every window, tier by tier.

part by part:  part of a tier = what is bought between its threshold and the next
all units:     all that is bought, at the price of the highest tier that is reached
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.terms.common import Nature
from contracts.terms.volume import TieredWindow, TierRule, volume_windows
from optimizer.plan import CostLine, Usage
from optimizer.plan_contracts import VolumeWindow
from reports.facts import Facts
from reports.formulas import ZERO, Expr, Where
from reports.functions import compared, greatest, least, looked_up, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charge_bills import BillCells, Bills
from reports.sheets.inputs import Inputs

NO_LINE = "(none)"


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier of a window in which something is bought."""

    window: VolumeWindow
    rule: TierRule
    number: int
    threshold: Decimal
    next: Decimal | None
    """Threshold of the next tier; None for the last."""
    price_usd: Decimal
    line: str
    """The bill line of its part, if it has one."""


def volume_sheet(facts: Facts, inputs: Inputs, usage: Records[Usage]) -> Records[TierRow]:
    """One line per outlook, contract, window and tier."""
    return write_records(
        Grid("Volume", "decisions"),
        "tblVolume",
        [*_which(), *_bought(usage), *_part(), *_cost(inputs)],
        list(_rows(facts)),
        "Volume tiers: what is bought in each window, and at which price",
        "Thresholds of a window that the horizon cuts count by its months. Under one price for all units it can be"
        " cheaper to buy up to a threshold than to buy what is used.",
    )


def volume_bills(volume: Records[TierRow]) -> Bills:
    """The part of a tier at its price."""

    def part(_: CostLine, at: Line) -> Expr:
        return looked_up(at["Line"], volume.column("Bill line"), volume.column("Part at this price"))

    def price(_: CostLine, at: Line) -> Expr:
        return looked_up(at["Line"], volume.column("Bill line"), volume.column("Price USD per node hour"))

    return {Nature.VOLUME_USAGE: BillCells(part, price)}


def _rows(facts: Facts) -> Iterator[TierRow]:
    scenario = facts.scenario
    terms = {row.contract: row for row in scenario.volume}
    for row in sorted(facts.plan.volume, key=lambda w: (w.contract, w.outlook, w.first)):
        tiers = (tier for tier in scenario.volume_tiers if tier.contract == row.contract)
        windows = volume_windows(terms[row.contract], tiers, scenario.horizon)
        window = next(w for w in windows if w.first == row.first)
        rule = terms[row.contract].tier_rule
        lines = _lines(facts, row)
        for i, tier in enumerate(window.tiers):
            above = window.tiers[i + 1].from_node_hours if i + 1 < len(window.tiers) else None
            line = lines.pop(0) if lines and _has_part(rule, window, i, row.bought_node_hours) else NO_LINE
            yield TierRow(row, rule, i + 1, tier.from_node_hours, above, tier.price_usd_per_node_hour, line)


def _lines(facts: Facts, row: VolumeWindow) -> list[str]:
    return [
        line.line
        for line in facts.plan.cost_lines
        if line.nature is Nature.VOLUME_USAGE
        and (line.source, line.outlook, line.service_first) == (row.contract, row.outlook, row.first)
    ]


def _has_part(rule: TierRule, window: TieredWindow, position: int, bought: Decimal) -> bool:
    if rule is TierRule.ALL_UNITS:
        return window.reached(bought) is window.tiers[position]
    return bought > window.tiers[position].from_node_hours


def _which() -> list[Field[TierRow]]:
    given = Kind.INPUT
    return [
        Field("Contract", lambda r, _: r.window.contract),
        Field("Outlook", lambda r, _: r.window.outlook),
        Field("From", lambda r, _: r.window.first.first_day, fmt=Fmt.DATE),
        Field("Until", lambda r, _: r.window.end.first_day, fmt=Fmt.DATE),
        Field("Tier", lambda r, _: r.number, fmt=Fmt.WHOLE),
        Field("Prices", lambda r, _: "part by part" if r.rule is TierRule.INCREMENTAL else "one for all units", given),
        Field("From node hours", lambda r, _: r.threshold, given, Fmt.QUANTITY),
        Field("Until node hours", lambda r, _: r.next, given, Fmt.QUANTITY),
        Field("Price USD per node hour", lambda r, _: r.price_usd, given, Fmt.PRICE),
    ]


def _bought(usage: Records[Usage]) -> list[Field[TierRow]]:
    def used(_: TierRow, at: Line) -> Expr:
        return sum_where(
            usage.column("Node hours"),
            Where(usage.column("Contract"), "=", at["Contract"]),
            Where(usage.column("Outlook"), "=", at["Outlook"]),
            Where(usage.column("Month"), ">=", at["From"]),
            Where(usage.column("Month"), "<", at["Until"]),
        )

    def bought(row: TierRow, at: Line) -> Expr | Decimal:
        return at["Used node hours"] if row.rule is TierRule.INCREMENTAL else row.window.bought_node_hours

    def origin(_: TierRow, what: object) -> Kind:
        return Kind.CALC if isinstance(what, Expr) else Kind.DECISION

    calc, number = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Used node hours", used, calc, number),
        Field("Bought node hours", bought, calc, number, kind_of=origin),
        Field("Bought and not used", lambda _, at: at["Bought node hours"] - at["Used node hours"], calc, number),
    ]


def _part() -> list[Field[TierRow]]:
    def part(row: TierRow, at: Line) -> Expr:
        bought = at["Bought node hours"]
        if row.rule is TierRule.INCREMENTAL:
            upper = bought if row.next is None else least(bought, at["Until node hours"])
            return greatest(ZERO, upper - at["From node hours"])
        reached = when(compared(bought, ">=", at["From node hours"]), bought, ZERO)
        if row.next is None:
            return reached
        return when(compared(bought, "<", at["Until node hours"]), reached, ZERO)

    return [Field("Part at this price", part, Kind.CALC, Fmt.QUANTITY)]


def _cost(inputs: Inputs) -> list[Field[TierRow]]:
    calc = Kind.CALC
    return [
        Field("Cost USD", lambda _, at: at["Part at this price"] * at["Price USD per node hour"], calc, Fmt.CENTS),
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        Field("Expected cost USD", lambda _, at: at["Cost USD"] * at["Probability"], calc, Fmt.CENTS, total=True),
        Field("Bill line", lambda r, _: r.line),
    ]
