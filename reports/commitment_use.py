"""How much of what ran was under commitment, how much of the commitments was used, and what that saved.

Meanings: docs/decisions/0020. Node-hours of an offering in a month, expected over the outlooks:

    needed      kept busy in the base pool (spot can be under no commitment and is left out)
    by_hour     bought on demand or under volume tiers; what is bought by the hour is taken as used
    committed   nodes under contract x hours, used or not
    used        min(committed, max(0, needed - by_hour))

Nodes of different offerings do not add up; sums over offerings are valued at list price.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.on_demand import OnDemand
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import VolumePriced
from optimizer.futures import Futures
from optimizer.plan import CostLine, Plan, Pool

Place = tuple[str, Month]
"""An offering and a month."""

RECURRING = frozenset(
    {
        Nature.HELD_RECURRING,
        Nature.RESERVED_RECURRING,
        Nature.SWAPPED_RECURRING,
        Nature.RENEWED_RECURRING,
        Nature.CAPACITY_BLOCK,
    }
)
"""Fees whose quantity is node-hours; each node of a month is in one of them ..."""
UPFRONT = frozenset({Nature.HELD_UPFRONT, Nature.RESERVED_UPFRONT})
"""... or, where all is paid upfront, in one of these."""
IN_HOUSE = frozenset({Nature.MIGRATION_ENGINEERING, Nature.MIGRATION_CAPITALISED, Nature.MIGRATION_UPKEEP})
"""Billed by no provider, so no price list has anything to say of it."""


@dataclass(frozen=True)
class CommitmentUse:
    """The measures of a plan."""

    plan: Plan

    @cached_property
    def probability(self) -> Mapping[str, float]:
        """Of each outlook."""
        return {row.outlook: row.probability for row in self.plan.scenario.outlooks}

    @cached_property
    def _hours(self) -> Mapping[tuple[str, Month], int]:
        months = self.plan.scenario.horizon.months
        return {(b.block, m): b.hours_in(m) for b in self.plan.scenario.blocks.blocks for m in months}

    @cached_property
    def needed(self) -> Mapping[Place, float]:
        """Node-hours kept busy, spot apart."""
        return self._busy(Pool.BASE)

    @cached_property
    def on_spot(self) -> Mapping[Place, float]:
        """Node-hours kept busy on spot."""
        return self._busy(Pool.SPOT)

    def _busy(self, pool: Pool) -> Mapping[Place, float]:
        sums: dict[Place, float] = defaultdict(float)
        for p in self.plan.placements:
            if p.pool is pool:
                sums[p.offering, p.month] += p.nodes * self._hours[p.block, p.month] * self.probability[p.outlook]
        return sums

    @cached_property
    def by_hour(self) -> Mapping[Place, float]:
        """Node-hours bought on demand and under volume tiers."""
        terms = {c.contract: c for c in self.plan.scenario.contracts}
        sums: dict[Place, float] = defaultdict(float)
        for u in self.plan.usages:
            if isinstance(terms[u.contract], OnDemand | VolumePriced):
                sums[u.offering, u.month] += u.nodes * self._hours[u.block, u.month] * self.probability[u.outlook]
        return sums

    @cached_property
    def covered_by_spend(self) -> Mapping[Place, float]:
        """Node-hours on demand that spend commitments pay for."""
        offering = {c.contract: c.offering for c in self.plan.scenario.contracts}
        sums: dict[Place, float] = defaultdict(float)
        for c in self.plan.coverage:
            hours = self._hours[c.block, c.month]
            sums[offering[c.covers], c.month] += c.nodes * hours * self.probability[c.outlook]
        return sums

    @cached_property
    def committed(self) -> Mapping[Place, float]:
        """Node-hours under contract, used or not."""
        sums: dict[Place, float] = defaultdict(float)
        monthly = {_commitment(line) for line in self.plan.cost_lines if line.nature in RECURRING}
        for line in self.plan.cost_lines:
            alone = line.nature in UPFRONT and _commitment(line) not in monthly
            if line.nature in RECURRING or alone:
                self._spread(line, float(line.quantity), sums)
            elif line.nature is Nature.OWNED_UPKEEP:
                self._spread(line, float(line.quantity) * line.service_first.hours, sums)
        self._under_take_or_pay(sums)
        return sums

    def _spread(self, line: CostLine, node_hours: float, sums: dict[Place, float]) -> None:
        weight = 1.0 if line.outlook is None else self.probability[line.outlook]
        for month, share in shares_of_service(line, self.plan):
            sums[line.offering or "", month] += node_hours * share * weight

    def _under_take_or_pay(self, sums: dict[Place, float]) -> None:
        futures = Futures(self.plan.scenario)
        contracts = {c.contract for c in self.plan.scenario.contracts if isinstance(c, TakeOrPay)}
        for order in (o for o in self.plan.orders if o.contract in contracts):
            names = futures.offering_names[order.offering]
            for outlook in [order.outlook] if order.outlook else self.probability:
                late = futures.delay_months(outlook, order.start, names)
                for month in self.plan.scenario.horizon.months:
                    if order.start + late <= month < order.end + late:
                        sums[order.offering, month] += order.nodes * month.hours * self.probability[outlook]

    def used(self, place: Place) -> float:
        """Node-hours under contract that are kept busy."""
        needed = self.needed.get(place, 0.0) - self.by_hour.get(place, 0.0)
        return min(self.committed.get(place, 0.0), max(0.0, needed))

    def utilisation_of(self, place: Place) -> float:
        """Share of the node-hours under contract that is used; 0 where there are none."""
        committed = self.committed.get(place, 0.0)
        return self.used(place) / committed if committed else 0.0

    @cached_property
    def utilisation(self) -> float | None:
        """Share of the commitments used, at list price, over the horizon; None without any."""
        committed = self._at_list(self.committed.items())
        return self._at_list((place, self.used(place)) for place in self.committed) / committed if committed else None

    @cached_property
    def coverage(self) -> float | None:
        """Share of the use (spot apart) that is under commitment, at list price; None without any use."""
        needed = self._at_list(self.needed.items())
        under = {place: self.used(place) + self.covered_by_spend.get(place, 0.0) for place in self.needed}
        return self._at_list(under.items()) / needed if needed else None

    @cached_property
    def effective_usd(self) -> float:
        """What providers are paid for the service of the horizon."""
        ours = sum(self._effective(line) for line in self.plan.cost_lines if line.nature in IN_HOUSE)
        return float(self.plan.totals.effective_usd) - ours

    def _effective(self, line: CostLine) -> float:
        weight = 1.0 if line.outlook is None else self.probability[line.outlook]
        return float(line.amount_usd) * weight * sum(share for _, share in shares_of_service(line, self.plan))

    @cached_property
    def negotiated_usd(self) -> float:
        """What ran, at the lowest on-demand price offered for it, else at list price."""
        busy = [*self.needed.items(), *self.on_spot.items()]
        less = sum(hours * (self._list(o) - self.negotiated_price(o)) for (o, _), hours in busy)
        return float(self.plan.totals.list_usd) - less

    def negotiated_price(self, offering: str) -> float:
        """The lowest on-demand price of an offering, as signed; its list price where there is none."""
        offers = (c for c in self.plan.scenario.contracts if isinstance(c, OnDemand) and c.offering == offering)
        return min((float(c.price_usd_per_node_hour) for c in offers), default=self._list(offering))

    @cached_property
    def saved_over_list(self) -> float | None:
        """Effective savings rate over list prices; None where nothing ran."""
        whole = float(self.plan.totals.list_usd)
        return 1 - self.effective_usd / whole if whole else None

    @cached_property
    def saved_over_negotiated(self) -> float | None:
        """Effective savings rate over negotiated on-demand prices; None where nothing ran."""
        return 1 - self.effective_usd / self.negotiated_usd if self.negotiated_usd else None

    def _list(self, offering: str) -> float:
        return float(self.plan.scenario.catalog.offering[offering].list_price_usd_per_node_hour)

    def _at_list(self, hours: Iterable[tuple[Place, float]]) -> float:
        return sum(amount * self._list(offering) for (offering, _), amount in hours)


def _commitment(line: CostLine) -> str:
    return line.order or line.source


def shares_of_service(line: CostLine, plan: Plan) -> Iterable[tuple[Month, float]]:
    """Months of the horizon that a line serves, each with its share of the hours of the service."""
    horizon = plan.scenario.horizon
    payment_hours = sum((line.service_first + i).hours for i in range(line.service_end - line.service_first))
    for month in horizon.months:
        if line.service_first <= month < line.service_end:
            yield month, month.hours / payment_hours
