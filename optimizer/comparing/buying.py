"""What is bought in a plan, as lines that can be matched with those of another plan; and what differs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from catalog.records import Record
from contracts.terms.common import Nature
from optimizer.comparing.rights_billed import rights_billed
from optimizer.comparing.weighing import chances, effective_parts
from optimizer.plan import CostLine, MigrationStart, Plan
from optimizer.plan_contracts import RightUsed

SAME_SHARE = Decimal("0.000001")
"""Hours and tokens that differ by less than this share are the same."""


class Way(StrEnum):
    """In which way something is bought, used or declared; what is signed comes first."""

    ORDER = "order"
    RIGHT = "right"
    SPEND_COMMITMENT = "spend commitment"
    PROVISIONED = "provisioned throughput"
    AGREEMENT = "agreement"
    CREDIT = "credit"
    MIGRATION = "migration"
    HELD = "held contract"
    ON_DEMAND = "on demand"
    SPOT = "spot"
    VOLUME = "volume tiers"
    API = "by the token"

    @property
    def is_signed(self) -> bool:
        """Whether somebody has to sign or declare it; the others are held already, or follow from use."""
        return self not in (Way.HELD, Way.ON_DEMAND, Way.SPOT, Way.VOLUME, Way.API)


@dataclass(frozen=True, order=True)
class LineKey:
    """By what a line of one plan is matched with that of another."""

    way: Way
    what: str
    """Contract, or offering where it is bought by the hour; with what a right is used on, or an agreement's tier."""
    start: str = ""
    """First month, YYYY-MM; blank where it has none."""
    outlook: str = ""
    """The outlook in which alone it is signed; blank: whatever comes."""


class Bought(Record):
    """One line: how much of it, and what it costs inside the horizon."""

    quantity: Decimal
    unit: str
    usd: Decimal
    """Expected effective cost of the horizon."""


Status = Literal["added", "dropped", "changed", "same"]


class BuyChange(Record):
    """A line of the base or the variant, beside its twin."""

    status: Status
    """By quantity; a line of the same quantity may cost more."""
    way: Way
    what: str
    start: str
    outlook: str
    unit: str
    base_quantity: Decimal
    variant_quantity: Decimal
    base_usd: Decimal
    variant_usd: Decimal

    @property
    def usd(self) -> Decimal:
        """What it costs more in the variant."""
        return self.variant_usd - self.base_usd


def buy_difference(base: Plan, variant: Plan) -> tuple[BuyChange, ...]:
    """Every line of either plan; together their costs are the two effective costs, to the cent."""
    before, after = bought(base), bought(variant)
    keys = sorted(before.keys() | after.keys(), key=lambda key: (list(Way).index(key.way), key))
    rows = [_change(key, before.get(key), after.get(key)) for key in keys]
    return tuple(row for row in rows if row is not None)


def to_sign_differs(rows: Sequence[BuyChange]) -> bool:
    """Whether the lists of what is to be signed or declared differ."""
    return any(row.status != "same" for row in rows if row.way.is_signed)


def bought(plan: Plan) -> dict[LineKey, Bought]:
    """The lines of a plan by their keys."""
    counted = _Counted(plan)
    usd = effective_parts(plan, counted.key_of)
    keys = sorted({*counted.quantity, *usd})
    return {
        key: Bought(
            quantity=counted.quantity.get(key, Decimal(0)), unit=counted.unit[key.way], usd=usd.get(key, Decimal(0))
        )
        for key in keys
    }


def _change(key: LineKey, before: Bought | None, after: Bought | None) -> BuyChange | None:
    either = before or after
    if either is None:
        return None
    nothing = Bought(quantity=Decimal(0), unit=either.unit, usd=Decimal(0))
    one, other = before or nothing, after or nothing
    return BuyChange(
        status=_status(before, after),
        way=key.way,
        what=key.what,
        start=key.start,
        outlook=key.outlook,
        unit=either.unit,
        base_quantity=one.quantity,
        variant_quantity=other.quantity,
        base_usd=one.usd,
        variant_usd=other.usd,
    )


def _status(before: Bought | None, after: Bought | None) -> Status:
    if before is None:
        return "added"
    if after is None:
        return "dropped"
    apart = abs(after.quantity - before.quantity)
    return "changed" if apart > SAME_SHARE * max(abs(before.quantity), abs(after.quantity)) else "same"


_BY_THE_HOUR = {
    Nature.ON_DEMAND_USAGE: Way.ON_DEMAND,
    Nature.SPEND_COMMITMENT_COVERED: Way.ON_DEMAND,
    Nature.SPOT_USAGE: Way.SPOT,
    Nature.VOLUME_USAGE: Way.VOLUME,
}
_BY_USE = (Nature.ON_DEMAND_USAGE, Nature.SPOT_USAGE, Nature.VOLUME_USAGE, Nature.API_USAGE)
"""Quantities of these lines are what is bought; everything else is decided by the order."""
_BY_SOURCE = {
    Nature.HELD_UPFRONT: Way.HELD,
    Nature.HELD_RECURRING: Way.HELD,
    Nature.CREDIT_PURCHASE: Way.CREDIT,
    Nature.CREDIT_USE: Way.CREDIT,
    Nature.API_USAGE: Way.API,
}
_UNITS = {
    Way.ORDER: "nodes",
    Way.RIGHT: "nodes",
    Way.SPEND_COMMITMENT: "USD/hour",
    Way.PROVISIONED: "units",
    Way.AGREEMENT: "agreements",
    Way.CREDIT: "lots",
    Way.MIGRATION: "migrations",
    Way.HELD: "nodes",
    Way.ON_DEMAND: "node-hours",
    Way.SPOT: "node-hours",
    Way.VOLUME: "node-hours",
    Way.API: "Mtok billed",
}


class _Counted:
    """Quantities of a plan's lines, and to which line each line of cost belongs."""

    unit = _UNITS

    def __init__(self, plan: Plan) -> None:
        self._rights = rights_billed(plan)
        self._signed = dict(_signed(plan))
        self._agreements = {row.agreement: _agreement_key(row.agreement, row.tier) for row in plan.agreements}
        self._migrations = {(row.migration, row.outlook): key for row, key in _migrations(plan)}
        self.quantity: dict[LineKey, Decimal] = defaultdict(Decimal)
        for key, quantity in _decided(plan):
            self.quantity[key] += quantity
        weights = chances(plan)
        for line in plan.cost_lines:
            if line.nature in _BY_USE:
                self.quantity[self.key_of(line)] += weights[line.outlook] * line.quantity

    def key_of(self, line: CostLine) -> LineKey:
        """The line of the buy list that a line of cost belongs to."""
        if line.line in self._rights:
            return _right_key(self._rights[line.line])
        if line.nature in _BY_THE_HOUR:
            return LineKey(_BY_THE_HOUR[line.nature], line.offering or line.source)
        if line.nature in _BY_SOURCE:
            return LineKey(_BY_SOURCE[line.nature], line.source)
        if line.order is not None:
            return self._signed[line.order]
        if line.source in self._agreements:
            return self._agreements[line.source]
        return self._migration_of(line)

    def _migration_of(self, line: CostLine) -> LineKey:
        """A migration begun in all outlooks has upkeep in each."""
        key = (line.source, line.outlook)
        return self._migrations[key if key in self._migrations else (line.source, None)]


def _signed(plan: Plan) -> Iterator[tuple[str, LineKey]]:
    """Every order by its id."""
    for order in plan.orders:
        yield order.order, LineKey(Way.ORDER, order.contract, str(order.start), order.outlook or "")
    for spend in plan.committed_spend:
        yield spend.order, LineKey(Way.SPEND_COMMITMENT, spend.contract, str(spend.start), spend.outlook or "")
    for units in plan.provisioned:
        yield units.order, LineKey(Way.PROVISIONED, units.contract, str(units.start), units.outlook or "")


def _decided(plan: Plan) -> Iterator[tuple[LineKey, Decimal]]:
    """Quantities of what is signed, declared or held."""
    keys = dict(_signed(plan))
    for order in plan.orders:
        yield keys[order.order], Decimal(order.nodes)
    for spend in plan.committed_spend:
        yield keys[spend.order], spend.usd_per_hour
    for units in plan.provisioned:
        yield keys[units.order], Decimal(units.units)
    for right in plan.rights:
        yield _right_key(right), Decimal(right.nodes)
    for agreement in plan.agreements:
        yield _agreement_key(agreement.agreement, agreement.tier), Decimal(1)
    for credit in plan.credits:
        yield LineKey(Way.CREDIT, credit.credit), Decimal(credit.lots)
    for _, key in _migrations(plan):
        yield key, Decimal(1)
    for held in plan.scenario.held_contracts:
        yield LineKey(Way.HELD, held.held), Decimal(held.nodes)


def _right_key(row: RightUsed) -> LineKey:
    to = f" to {row.to_offering}" if row.to_offering else ""
    return LineKey(Way.RIGHT, f"{row.right.value} {row.order or row.held}{to}", str(row.month), row.outlook or "")


def _agreement_key(agreement: str, tier: str) -> LineKey:
    return LineKey(Way.AGREEMENT, f"{agreement}, tier {tier}")


def _migrations(plan: Plan) -> Iterator[tuple[MigrationStart, LineKey]]:
    for row in plan.migrations:
        yield row, LineKey(Way.MIGRATION, row.migration, str(row.start), row.outlook or "")
