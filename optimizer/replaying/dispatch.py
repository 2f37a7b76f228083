"""One month, hour by hour: what goes where the plan sends it, what is moved, rented, squeezed in, or missed.

The steps are those of docs/decisions/0033. All figures are arrays over the hours of the month.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from optimizer.keys import ClassKey, PoolKey
from optimizer.replaying.fleet import MonthPool
from optimizer.replaying.loads import MonthHours
from optimizer.replaying.routes import MonthRoutes

Floats = NDArray[np.float64]
HAIR = 1e-6
"""What published figures are rounded by: a pool that is full to it is not too small."""


@dataclass(frozen=True)
class Busy:
    """What one accepted token a second of a class keeps busy, at the sizes that are replayed."""

    nodes: Mapping[tuple[ClassKey, str], Floats]
    """Nodes by class and offering, headroom included: by block as in `problem.blocks`."""
    usable: Mapping[tuple[ClassKey, str], Floats]
    """The usable share in them, by block."""


Flow = tuple[ClassKey, PoolKey]


@dataclass
class MonthServed:
    """The outcome of a month: accepted output tok/s by hour."""

    hours: MonthHours
    planned: dict[Flow, Floats] = field(default_factory=dict)
    moved: dict[Flow, Floats] = field(default_factory=dict)
    """To idle paid nodes, by the pool that takes it."""
    rented_more: dict[Flow, Floats] = field(default_factory=dict)
    squeezed: dict[Flow, Floats] = field(default_factory=dict)
    """Above the usable share."""
    by_token: dict[tuple[ClassKey, str, str | None], Floats] = field(default_factory=dict)
    missed: dict[ClassKey, Floats] = field(default_factory=dict)
    """Planned shortfall apart."""
    planned_shortfall: dict[ClassKey, Floats] = field(default_factory=dict)
    busy_nodes: dict[PoolKey, Floats] = field(default_factory=dict)
    """Headroom included, what is squeezed in apart."""
    rented: dict[PoolKey, dict[tuple[str, str | None], Floats]] = field(default_factory=dict)
    """Running nodes by contract and order."""

    def on_nodes(self) -> dict[Flow, Floats]:
        """All that is served on nodes."""
        total: dict[Flow, Floats] = {}
        for flows in (self.planned, self.moved, self.rented_more, self.squeezed):
            for flow, rate in flows.items():
                total[flow] = total.get(flow, np.zeros(self.hours.count)) + rate
        return total

    @cached_property
    def asked(self) -> dict[ClassKey, Floats]:
        """All that is asked of each class, whatever becomes of it; to be read once the month is served."""
        total: dict[ClassKey, Floats] = defaultdict(lambda: np.zeros(self.hours.count))
        for (key, _), rate in self.on_nodes().items():
            total[key] = total[key] + rate
        for (key, _, _), rate in self.by_token.items():
            total[key] = total[key] + rate
        for left_out in (self.missed, self.planned_shortfall):
            for key, rate in left_out.items():
                total[key] = total[key] + rate
        return total


TokenCapacity = Callable[[str, str | None, Mapping[ClassKey, Floats]], Floats]
"""The share of what is sent to an API or its units that they carry, by hour."""


def served(
    hours: MonthHours,
    rates: Mapping[ClassKey, Floats],
    routes: MonthRoutes,
    pools: Mapping[PoolKey, MonthPool],
    busy: Busy,
    carried_share: TokenCapacity,
) -> MonthServed:
    """Serve the rates (accepted output tok/s by class and hour) of one month."""
    run = _Run(hours, routes, pools, busy)
    run.as_planned(rates)
    run.by_the_token(rates, carried_share)
    run.move_to_idle()
    run.rent_here()
    run.rent_there()
    run.squeeze_in()
    return run.finished()


class _Run:
    """What is left to serve and what is taken so far."""

    def __init__(self, hours: MonthHours, routes: MonthRoutes, pools: Mapping[PoolKey, MonthPool], busy: Busy) -> None:
        self.out = MonthServed(hours)
        self._routes, self._pools, self._busy = routes, pools, busy
        self._left: dict[Flow, Floats] = {}
        self._used: dict[PoolKey, Floats] = defaultdict(lambda: np.zeros(hours.count))
        self._paid = {pool: np.full(hours.count, row.paid_nodes) for pool, row in pools.items()}
        self._planned_rent = {pool: row.planned_rent(hours.block) for pool, row in pools.items()}

    def as_planned(self, rates: Mapping[ClassKey, Floats]) -> None:
        """Step 1: the plan's shares, up to what the plan has in each pool."""
        asked: dict[Flow, Floats] = {}
        needed: dict[PoolKey, Floats] = defaultdict(lambda: np.zeros(self.out.hours.count))
        routed = {key: np.zeros(self.out.hours.count) for key in rates}
        for route in self._routes.nodes:
            if route.key in rates:
                share = route.share[self.out.hours.block]
                asked[route.key, route.pool] = rates[route.key] * share
                routed[route.key] += share
                needed[route.pool] += asked[route.key, route.pool] * self._nodes(route.key, route.pool)
        for token in self._routes.tokens:
            if token.key in rates:
                routed[token.key] += token.share[self.out.hours.block]
        for key, rate in rates.items():
            self._not_routed(key, rate, routed[key])
        fits = {
            pool: _fitting_share(need, self._paid[pool] + self._planned_rent[pool]) for pool, need in needed.items()
        }
        for (key, pool), rate in asked.items():
            kept = rate * fits[pool]
            self.out.planned[key, pool] = kept
            self._left[key, pool] = rate - kept
            self._used[pool] += kept * self._nodes(key, pool)

    def _not_routed(self, key: ClassKey, rate: Floats, routed: Floats) -> None:
        """Planned shortfall; a class that the block does not know at all is missed."""
        known = self._routes.demand.get(key)
        in_plan = np.zeros(len(rate), dtype=bool) if known is None else known[self.out.hours.block] > 0
        rest = rate * np.maximum(0.0, 1.0 - routed)
        rest[rest <= HAIR * rate] = 0.0
        self.out.planned_shortfall[key] = np.where(in_plan, rest, 0.0)
        self.out.missed[key] = np.where(in_plan, 0.0, rest)

    def by_the_token(self, rates: Mapping[ClassKey, Floats], carried_share: TokenCapacity) -> None:
        """What goes to APIs and provisioned units, up to what they carry."""
        sent: dict[tuple[str, str | None], dict[ClassKey, Floats]] = defaultdict(dict)
        for route in self._routes.tokens:
            if route.key in rates:
                sent[route.api, route.contract][route.key] = rates[route.key] * route.share[self.out.hours.block]
        for (api, contract), by_class in sent.items():
            share = carried_share(api, contract, by_class)
            for key, rate in by_class.items():
                self.out.by_token[key, api, contract] = rate * share
                self.out.missed[key] += rate * (1 - share)

    def move_to_idle(self) -> None:
        """Step 2: to paid nodes that have nothing to do."""
        self._elsewhere(self.out.moved, lambda pool: self._paid[pool])

    def rent_here(self) -> None:
        """Step 3: more nodes by the hour where the plan sends it."""
        needed: dict[PoolKey, Floats] = defaultdict(lambda: np.zeros(self.out.hours.count))
        for (key, pool), rate in self._left.items():
            needed[pool] += rate * self._nodes(key, pool)
        room = {pool: self._paid[pool] + self._pools[pool].most_rent() - self._used[pool] for pool in needed}
        for (key, pool), rate in self._left.items():
            more = rate * _fitting_share(needed[pool], room[pool])
            self._take(self.out.rented_more, (key, pool), more)
            self._left[key, pool] = rate - more

    def rent_there(self) -> None:
        """Step 3, second half: more nodes by the hour elsewhere."""
        self._elsewhere(self.out.rented_more, lambda pool: self._paid[pool] + self._pools[pool].most_rent())

    def squeeze_in(self) -> None:
        """Step 4: into the headroom of what is there by then."""
        there = {
            pool: np.maximum(self._paid[pool], self._used[pool])
            for pool in {pool for _, pool in self._left} | set(self._used)
        }
        at_full: dict[PoolKey, Floats] = defaultdict(lambda: np.zeros(self.out.hours.count))
        needed: dict[PoolKey, Floats] = defaultdict(lambda: np.zeros(self.out.hours.count))
        for (key, pool), rate in self.out.on_nodes().items():
            at_full[pool] += rate * self._at_full_goodput(key, pool)
        for (key, pool), rate in self._left.items():
            needed[pool] += rate * self._at_full_goodput(key, pool)
        for (key, pool), rate in self._left.items():
            more = rate * _fitting_share(needed[pool], np.maximum(0.0, there[pool] - at_full[pool]))
            self.out.squeezed[key, pool] = more
            self.out.missed[key] += rate - more

    def finished(self) -> MonthServed:
        """With what is rented for it."""
        for pool, row in self._pools.items():
            used = self._used[pool]
            self.out.busy_nodes[pool] = used
            if row.rentable:
                self.out.rented[pool] = row.rented(np.maximum(0.0, used - row.paid_nodes), self.out.hours.block)
        return self.out

    def _elsewhere(self, flows: dict[Flow, Floats], most: Callable[[PoolKey], Floats]) -> None:
        """Move what is left of each class to pools of its own in turn, up to `most` nodes in each."""
        for key in sorted({key for key, _ in self._left}):
            own = [flow for flow in self._left if flow[0] == key]
            left: Floats = np.sum([self._left[flow] for flow in own], axis=0)
            asked = left.copy()
            if not left.any():
                continue
            for target in self._routes.targets(key):
                nodes = self._nodes(key, target.pool)
                if not nodes.all():
                    continue
                room = np.maximum(0.0, most(target.pool) - self._used[target.pool]) / nodes
                more = np.minimum(left, room)
                self._take(flows, (key, target.pool), more)
                left = left - more
            stays = np.divide(left, asked, out=np.zeros_like(left), where=asked > 0)
            for flow in own:
                self._left[flow] = self._left[flow] * stays

    def _take(self, flows: dict[Flow, Floats], flow: Flow, rate: Floats) -> None:
        flows[flow] = flows.get(flow, np.zeros(len(rate))) + rate
        self._used[flow[1]] = self._used[flow[1]] + rate * self._nodes(*flow)

    def _nodes(self, key: ClassKey, pool: PoolKey) -> Floats:
        """By hour."""
        return self._busy.nodes[key, pool.offering][self.out.hours.block]

    def _at_full_goodput(self, key: ClassKey, pool: PoolKey) -> Floats:
        """By hour."""
        return self._nodes(key, pool) * self._busy.usable[key, pool.offering][self.out.hours.block]


def _fitting_share(needed: Floats, there: Floats) -> Floats:
    """The share of what is needed that fits; all of it where it is short by a hair only."""
    fits = np.divide(np.maximum(there, 0.0), needed, out=np.ones_like(needed), where=needed > 0)
    return np.where(fits >= 1.0 - HAIR, 1.0, np.minimum(fits, 1.0))
