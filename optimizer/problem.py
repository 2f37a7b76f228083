"""Problem: the scenario as sorted index sets and coefficients, so that two builds are the same model.

Months are indexed 0 .. T-1; workloads, classes, offerings, blocks, contracts and outlooks go by their ids.
Routing is in shares of a class's demand in a block, capacity in nodes: both are near 1 whatever the
size of the fleet (docs/decisions/0007).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from catalog.offerings import Offering
from contracts.calendar import Month, months_between
from contracts.clauses import Rights
from contracts.money import EXACT
from contracts.options import Ordered
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import VolumePriced
from optimizer.agreed import Agreed
from optimizer.block_calendar import BlockCalendar
from optimizer.course_calendar import CourseCalendar
from optimizer.eligibility import eligibility
from optimizer.events import Events
from optimizer.keys import Bundle, ClassKey, PoolKey
from optimizer.migration_calendar import MigrationCalendar
from optimizer.node_time import NodeTime
from optimizer.order_calendar import OrderCalendar, OrderKey, OrderPlace
from optimizer.plan import Pool
from optimizer.spend_calendar import SpendCalendar
from optimizer.splits import Splits
from optimizer.token_offers import TokenOffers
from scenarios.footprint import Footprint
from scenarios.outlooks import Effect
from scenarios.policy import Contingency, Grouping
from scenarios.scenario import Scenario

__all__ = ["Bundle", "ClassKey", "PoolKey", "Problem", "state"]

Ids = tuple[str, ...]
ByTheHour = TypeVar("ByTheHour", OnDemand, Spot)
Figure = TypeVar("Figure", int, float)


@dataclass(frozen=True)
class Problem(NodeTime):
    """Index sets and coefficients of one scenario. Build it with `state`."""

    settles_as_agreed: bool = False
    """True to hold settlements to what is agreed by binaries: for plans that would pay otherwise to keep a rule."""
    compared: frozenset[OrderPlace] | None = None
    """Orders that are compared with what was approved; None: all that are decided before the outlook is known."""

    @cached_property
    def calendar(self) -> OrderCalendar:
        """What can be ordered, when, and when it is delivered."""
        return OrderCalendar(self.scenario, self.futures, self.ordered, self.outlooks)

    @cached_property
    def spend(self) -> SpendCalendar:
        """Which spend commitments can be signed, when, and what they cover."""
        return SpendCalendar(self.scenario, self.calendar)

    @cached_property
    def courses(self) -> CourseCalendar:
        """Which nodes may leave, be swapped or stay."""
        return CourseCalendar(self.scenario, self.calendar, self.reserved, self.held)

    @cached_property
    def migrations(self) -> MigrationCalendar:
        """What can be migrated, and when."""
        return MigrationCalendar(self.scenario, self.futures, self.calendar)

    @cached_property
    def agreed(self) -> Agreed:
        """Agreements and credits that play a part."""
        return Agreed(self.scenario)

    @cached_property
    def token_offers(self) -> TokenOffers:
        """What may be served by the token, and what units can be ordered for it."""
        return TokenOffers(self, self.calendar)

    @cached_property
    def splits(self) -> Splits:
        """What may be served by prefill on one offering and decode on another."""
        return Splits(self)

    @cached_property
    def offering(self) -> dict[str, Offering]:
        """Offerings that something can be bought of, is held of or can be swapped to, sorted by id."""
        used = {c.offering for c in self.scenario.contracts} | {h.offering for h in self.held.values()}
        used |= self.swapped_to
        return {o: self.scenario.catalog.offering[o] for o in sorted(used)}

    @cached_property
    def pools(self) -> tuple[PoolKey, ...]:
        """Base and spot pools that can have capacity, sorted."""
        bought = (*self.on_demand.values(), *self.volume.values(), *self.ordered.values())
        base = {PoolKey(c.offering, Pool.BASE) for c in bought}
        base |= {PoolKey(h.offering, Pool.BASE) for h in self.held.values()}
        base |= {PoolKey(o, Pool.BASE) for o in self.swapped_to}
        base |= {PoolKey(c.offering, Pool.BASE) for c in self.scenario.capacity_blocks}
        spot = {PoolKey(c.offering, Pool.SPOT) for c in self.spot.values()}
        return tuple(sorted(base | spot))

    @cached_property
    def pools_of(self) -> dict[ClassKey, tuple[PoolKey, ...]]:
        """Pools that may serve a class in normal operation."""
        return {
            key: tuple(p for p in self.pools if (*key, p.offering) in self.eligibility.servings) for key in self.classes
        }

    def pools_in(self, key: ClassKey, t: int, s: str) -> tuple[PoolKey, ...]:
        """Pools that may serve a class in a month and outlook: those of pools_of that could be through their gate."""
        if (key, t, s) not in self._pools_in:
            open_ones = (p for p in self.pools_of[key] if self.may_be_open(key.workload, p.offering, t, s))
            self._pools_in[key, t, s] = tuple(open_ones)
        return self._pools_in[key, t, s]

    @cached_property
    def _pools_in(self) -> dict[tuple[ClassKey, int, str], tuple[PoolKey, ...]]:
        """What `pools_in` has told: it is asked again for every block."""
        return {}

    @cached_property
    def classes_of(self) -> dict[PoolKey, tuple[ClassKey, ...]]:
        """The inverse of pools_of."""
        users: dict[PoolKey, list[ClassKey]] = {pool: [] for pool in self.pools}
        for key, pools in self.pools_of.items():
            for pool in pools:
                users[pool].append(key)
        return {pool: tuple(keys) for pool, keys in users.items()}

    def migration_needed(self, workload: str, offering: str) -> str | None:
        """The migration without which a workload may not be served on an offering."""
        return self.migrations.needed.get((self.workload[workload].model, self._stack[offering]))

    @cached_property
    def _stack(self) -> dict[str, str]:
        catalog = self.scenario.catalog
        return {o: catalog.accelerator_of(row).stack for o, row in catalog.offering.items()}

    def may_be_open(self, workload: str, offering: str, t: int, s: str) -> bool:
        """Whether a workload could be through its gate on an offering by month t in an outlook."""
        migration = self.migration_needed(workload, offering)
        return migration is None or bool(self.migrations.openings(migration, t, s))

    @cached_property
    def on_demand(self) -> dict[str, OnDemand]:
        """On-demand terms by contract, sorted."""
        return {c.contract: c for c in self.scenario.on_demand}

    @cached_property
    def spot(self) -> dict[str, Spot]:
        """Spot terms by contract, sorted."""
        return {c.contract: c for c in self.scenario.spot}

    @cached_property
    def reserved(self) -> dict[str, Reserved]:
        """Reserved terms by contract, sorted."""
        return {c.contract: c for c in self.scenario.reserved}

    @cached_property
    def take_or_pay(self) -> dict[str, TakeOrPay]:
        """Take-or-pay terms by contract, sorted."""
        return {c.contract: c for c in self.scenario.take_or_pay}

    @cached_property
    def owned(self) -> dict[str, Owned]:
        """Terms of owned hardware by contract, sorted."""
        return {c.contract: c for c in self.scenario.owned}

    @cached_property
    def dated(self) -> BlockCalendar:
        """Capacity blocks that could be bought."""
        return BlockCalendar(self.scenario, self.calendar)

    @cached_property
    def volume(self) -> dict[str, VolumePriced]:
        """Terms with volume tiers by contract, sorted."""
        return {c.contract: c for c in self.scenario.volume}

    @cached_property
    def ordered(self) -> dict[str, Ordered]:
        """Everything that is ordered by the lot for a term, by contract, sorted."""
        rows: dict[str, Ordered] = {**self.reserved, **self.take_or_pay, **self.owned}
        return {contract: rows[contract] for contract in sorted(rows)}

    @cached_property
    def swapped_to(self) -> frozenset[str]:
        """Offerings to which nodes under new or held contracts may be moved."""
        carrying: list[Rights] = [*self.reserved.values(), *self.held.values()]
        return frozenset(terms.swap_to for terms in carrying if terms.swap_to is not None)

    def billed_outlooks(self, key: OrderKey) -> tuple[str | None, ...]:
        """For which outlooks the bill of an order is stated: once (the order's own or None) unless it can be late."""
        if self.calendar.is_on_time(key):
            return (key.future or None,)
        return self.calendar.outlooks_of(key)

    def lot_node_hours(self, key: OrderKey, start: Month) -> list[tuple[int, float]]:
        """Node-hours of one lot delivered in a month, by month index, inside the horizon."""
        terms = self.ordered[key.contract]
        first = self.scenario.horizon.index(start)
        served = range(first, min(first + terms.term_months, len(self.months)))
        return [(t, float(terms.lot_nodes * self.months[t].hours)) for t in served]

    @cached_property
    def held(self) -> dict[str, HeldContract]:
        """Held contracts that serve, or could be renewed to serve, a month of the horizon, by id, sorted."""
        rows = {h.held: h for h in self.scenario.held_contracts if h.is_of(self.scenario.horizon)}
        return {held: rows[held] for held in sorted(rows)}

    @cached_property
    def on_demand_in(self) -> dict[tuple[str, int, str], OnDemand]:
        """On-demand terms at the price of month t in outlook s."""
        return {
            (k, t, s): _at_price(terms, self._price(terms, Effect.ON_DEMAND_PRICE, t, s))
            for k, terms in self.on_demand.items()
            for t in self.month_indices
            for s in self.outlooks
        }

    @cached_property
    def spot_in(self) -> dict[tuple[str, int, str], Spot]:
        """Spot terms at the price of month t in outlook s."""
        return {
            (k, t, s): _at_price(terms, self._price(terms, Effect.SPOT_PRICE, t, s))
            for k, terms in self.spot.items()
            for t in self.month_indices
            for s in self.outlooks
        }

    def _price(self, terms: OnDemand | Spot, effect: Effect, t: int, s: str) -> Decimal:
        names = self.futures.offering_names[terms.offering]
        return self.futures.price(terms.price_usd_per_node_hour, effect, s, self.months[t], names)

    def price_bounds(self, terms: Reserved, start: Month, outlook: str) -> Mapping[Month, Decimal]:
        """By month of service, what a most-favoured price of the node-hour is at most; none without the clause.

        After the horizon the on-demand price of its last month holds. A comparison that leaves the on-demand contract
        out leaves the clause out with it.
        """
        if terms.most_favoured_of not in self.on_demand:
            return {}
        last = len(self.months) - 1
        bounds = {}
        for month in months_between(start, start + terms.term_months):
            t = min(self.scenario.horizon.index(month), last)
            on_demand = self.on_demand_in[terms.most_favoured_of, t, outlook]
            bounds[month] = EXACT.multiply(terms.most_favoured_share, on_demand.price_usd_per_node_hour)
        return bounds

    def spot_depth_nodes(self, contract: str, t: int, s: str) -> float:
        """Most running spot nodes of a contract in a month and outlook."""
        terms = self.spot[contract]
        return float(terms.spot_depth_nodes * self.offering_factor(Effect.SPOT_DEPTH, terms.offering, t, s))

    def stock_nodes(self, offering: str) -> int:
        """Most nodes under new commitments; the policy's bound where the row is blank."""
        known = self.offering[offering].stock_nodes
        bound = known if known is not None else self.scenario.policy.unknown_stock_nodes
        return _stated(bound, offering, "stock_nodes")

    def quota_nodes(self, offering: str) -> int:
        """Most nodes on demand; the policy's bound where the row is blank."""
        known = self.offering[offering].quota_nodes
        bound = known if known is not None else self.scenario.policy.unknown_quota_nodes
        return _stated(bound, offering, "quota_nodes")

    @cached_property
    def footprint(self) -> Footprint:
        """What offerings draw, are rated, and where they stand."""
        return Footprint.of(self.scenario)

    def power_kw(self, offering: str) -> float:
        """Power that the site draws for a node; scenarios that lack a figure they need are refused when read."""
        return _stated(self.footprint.site_kw(offering), offering, "power_kw")

    def list_price_usd(self, offering: str) -> float:
        """List price of a node-hour."""
        return float(self.offering[offering].list_price_usd_per_node_hour)

    def group(self, offering: str, by: Grouping) -> str:
        """The group of an offering by anything but contracts; by locality its own, without local."""
        row = self.offering[offering]
        chip = self.scenario.catalog.accelerator_of(row)
        return {
            Grouping.PROVIDER: row.provider,
            Grouping.CHIP_VENDOR: chip.chip_vendor,
            Grouping.STACK: chip.stack,
            Grouping.FAMILY: chip.family,
            Grouping.REGION: row.region,
            Grouping.GEOGRAPHY: self.scenario.catalog.geography(row),
            Grouping.PORTABILITY: self.footprint.portability(offering),
            Grouping.LOCALITY: row.locality.value,
        }[by]

    def groups_of(self, offering: str, by: Grouping) -> tuple[str, ...]:
        """All groups of an offering: of edge and own sites by locality, local too."""
        return self.footprint.localities(offering) if by is Grouping.LOCALITY else (self.group(offering, by),)

    @cached_property
    def paid_under(self) -> frozenset[str]:
        """Ids of all that can be paid under: contracts of every kind, held contracts, API offers and splits."""
        scenario = self.scenario
        contracts = (*scenario.contracts, *scenario.spend_commitments, *scenario.provisioned)
        return frozenset(
            (
                *(row.contract for row in contracts),
                *(row.held for row in scenario.held_contracts),
                *(row.api for row in scenario.api_offers),
                *(row.split for row in scenario.splits),
            )
        )

    def emergency_price(self, event: Contingency, offering: str, t: int, s: str) -> Decimal:
        """Lowest on-demand price of an offering in a month and outlook among the terms left after the event."""
        return min(
            self.on_demand_in[k, t, s].price_usd_per_node_hour
            for k, terms in self.on_demand.items()
            if terms.offering == offering and self.events.keeps(event, k)
        )

    @property
    def contingencies(self) -> dict[str, Contingency]:
        """Contingencies by id, sorted."""
        return self.events.event

    @cached_property
    def events(self) -> Events:
        """What contingencies leave, and where they must be survived."""
        return Events(self, self.calendar, self.migrations)

    def may_be_open_after(self, event: Contingency, workload: str, offering: str, t: int, s: str) -> bool:
        """Whether a workload could count on an offering after an event in month t of an outlook."""
        migration = self.migration_needed(workload, offering)
        return migration is None or bool(self.events.openings(event, migration, t, s))

    def bundles(self, event: Contingency) -> tuple[Bundle, ...]:
        """Bundles of classes for an event, sorted; classes that nothing may serve form bundles without offerings."""
        q = event.contingency
        servings = self.eligibility.contingency_servings[q]
        left = [o for o in self.offering if PoolKey(o, Pool.BASE) in self.pools and self.events.survives(event, o)]
        together: dict[tuple[str, Ids, Ids, Ids], list[ClassKey]] = defaultdict(list)
        for key in self.classes:
            serving = tuple(o for o in left if (*key, o) in servings)
            together[key.workload, serving, self.splits.left(q, key, left), self.apis_left(event, key)].append(key)
        return tuple(
            Bundle(workload, tuple(classes), offerings, splits, apis)
            for (workload, offerings, splits, apis), classes in sorted(together.items(), key=lambda item: item[1])
        )

    def apis_left(self, event: Contingency, key: ClassKey) -> tuple[str, ...]:
        """API offers that may serve a class after an event, and that one may count on."""
        if not event.api_share:
            return ()
        apis = self.token_offers.apis_after[event.contingency][key]
        return tuple(api for api in apis if self.events.api_survives(event, api))

    def bundle_tok_per_s(self, bundle: Bundle, t: int, b: str, s: str) -> float:
        """Demand of all classes of a bundle, accepted output tok/s."""
        return sum(self.tok_per_s.get((key, t, b, s), 0.0) for key in bundle.classes)


def _at_price(terms: ByTheHour, price_usd: Decimal) -> ByTheHour:
    if price_usd == terms.price_usd_per_node_hour:
        return terms
    return terms.model_copy(update={"price_usd_per_node_hour": price_usd})


def _stated(bound: Figure | None, offering: str, field: str) -> Figure:
    if bound is None:
        raise ValueError(f"{field} of {offering} is blank and the policy states no bound for unknown values")
    return bound


def state(scenario: Scenario) -> Problem:
    """The problem of a scenario, goodput evaluated."""
    return Problem(scenario, eligibility(scenario))
