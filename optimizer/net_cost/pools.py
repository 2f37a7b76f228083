"""Pools: nodes (or provisioned units) that are there in each block, and who keeps how many of them busy.

there[b]   nodes used by the hour (spot: productive ones) + nodes under contract; at least those that are busy
busy[u,b]  nodes of the placements of user u, headroom included
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from contracts.calendar import hours_between
from contracts.money import exact
from contracts.terms.common import Nature
from optimizer.net_cost.bookings import NOTHING, Column, Moment, User
from optimizer.net_cost.stated import Stated, user_of
from optimizer.net_cost.token_costs import units_per_s
from optimizer.plan import CostLine, Placement, Pool
from optimizer.plan_splits import SplitPlacement

PLAIN_RECURRING = frozenset({Nature.HELD_RECURRING, Nature.RESERVED_RECURRING})
NODE_HOURS = PLAIN_RECURRING | {Nature.SWAPPED_RECURRING, Nature.RENEWED_RECURRING, Nature.CAPACITY_BLOCK}
"""Fees whose quantity is the node-hours that are there."""
UPFRONT = frozenset({Nature.HELD_UPFRONT, Nature.RESERVED_UPFRONT})
"""Fees whose quantity is that, too, and of no account where the rest is paid month by month."""


class PoolKey(NamedTuple):
    """A pool of an offering, or the units of a provisioned contract."""

    kind: Literal["base", "spot", "units"]
    name: str

    def column(self, stated: Stated) -> Column:
        """What its users are served by."""
        if self.kind == "units":
            return Column(api=stated.provisioned[self.name].api)
        return Column(offering=self.name)


@dataclass(frozen=True)
class PoolUse:
    """A pool in one month and outlook: shares of its nodes by block."""

    busy: Mapping[str, Mapping[User, Decimal]]
    """By block, the share of the nodes there that each user keeps busy, headroom included."""
    at_work: Mapping[str, Mapping[User, Decimal]]
    """The same without headroom."""
    idle: Mapping[str, Decimal]
    """By block, the share that nobody keeps busy."""


Place = tuple[PoolKey, Moment]


@dataclass(frozen=True)
class Pools:
    """All pools of a plan."""

    stated: Stated

    @cached_property
    def busy(self) -> Mapping[Place, Mapping[str, Mapping[User, Decimal]]]:
        """Busy nodes (or units) by block and user."""
        found: dict[Place, dict[str, dict[User, Decimal]]] = defaultdict(_by_block_and_user)
        for row in self.stated.plan.placements:
            found[_place(row, row.offering, row.pool)][row.block][user_of(row)] += exact(row.nodes)
        for split in self.stated.plan.split_placements:
            for role in self.stated.roles(split):
                found[_place(split, role.offering, role.pool)][split.block][user_of(split)] += role.busy
        for by_unit in self.stated.plan.api_placements:
            if by_unit.contract is not None:
                place = PoolKey("units", by_unit.contract), Moment(by_unit.outlook, by_unit.month)
                found[place][by_unit.block][user_of(by_unit)] += units_per_s(self.stated, by_unit)
        return found

    @cached_property
    def at_work(self) -> Mapping[Place, Mapping[str, Mapping[User, Decimal]]]:
        """Busy nodes without headroom; units have none."""
        found: dict[Place, dict[str, dict[User, Decimal]]] = defaultdict(_by_block_and_user)
        for row in self.stated.plan.placements:
            place = _place(row, row.offering, row.pool)
            found[place][row.block][user_of(row)] += self.stated.nodes_at_work(row)
        for split in self.stated.plan.split_placements:
            for role in self.stated.roles(split):
                found[_place(split, role.offering, role.pool)][split.block][user_of(split)] += role.at_work
        units = {place: blocks for place, blocks in self.busy.items() if place[0].kind == "units"}
        return {**found, **units}

    @cached_property
    def there(self) -> Mapping[Place, Mapping[str, Decimal]]:
        """Nodes (or units) there by block."""
        found: dict[Place, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for line in self.stated.plan.cost_lines:
            for place, node_hours in self._under_contract(line):
                month = place[1].month
                for block in self.stated.block_hours[month]:
                    found[place][block] += node_hours / month.hours
        for used, by_block in self.stated.used.items():
            spot = self.stated.spot.get(used.contract)
            key = PoolKey("base" if spot is None else "spot", self.stated.offering_of[used.contract])
            productive = Decimal(1) if spot is None else exact(spot.productive_share)
            for block, node_hours in by_block.items():
                hours = self.stated.block_hours[used.moment.month][block]
                found[key, used.moment][block] += node_hours * productive / hours
        return found

    def _under_contract(self, line: CostLine) -> Iterator[tuple[Place, Decimal]]:
        """Node-hours (unit-hours) of each month that a line is for; none where it is for no nodes of its own."""
        hours = hours_between(line.service_first, line.service_end)
        if line.nature is Nature.PROVISIONED_RECURRING:
            key, whole = PoolKey("units", line.source), line.quantity
        elif line.offering is None:
            return
        elif line.nature in NODE_HOURS | UPFRONT:
            key, whole = PoolKey("base", line.offering), line.quantity
        elif line.nature is Nature.OWNED_CAPEX:
            key, whole = PoolKey("base", line.offering), line.quantity * hours
        else:
            return
        for moment, _ in self.stated.moments(line):
            if not (line.nature in UPFRONT and self._is_also_monthly(line, moment.outlook)):
                yield (key, moment), whole * moment.month.hours / hours

    def _is_also_monthly(self, line: CostLine, outlook: str) -> bool:
        """Whether an order is paid month by month in any outlook; of what is held, in this one."""
        paid_in = self._monthly.get((line.source, line.order), set())
        return bool(paid_in if line.order is not None else paid_in & {outlook, None})

    @cached_property
    def _monthly(self) -> Mapping[tuple[str, str | None], set[str | None]]:
        """Outlooks in which months are paid as they come, by contract and order; None: in all."""
        found: dict[tuple[str, str | None], set[str | None]] = defaultdict(set)
        for line in self.stated.plan.cost_lines:
            if line.nature in PLAIN_RECURRING:
                found[line.source, line.order].add(line.outlook)
        return found

    def use(self, key: PoolKey, moment: Moment) -> PoolUse:
        """Shares of the nodes of a pool that are busy and idle in a month and outlook."""
        if (key, moment) not in self._use:
            self._use[key, moment] = self._measured(key, moment)
        return self._use[key, moment]

    @cached_property
    def _use(self) -> dict[Place, PoolUse]:
        """What `use` has told: every line of a pool asks again."""
        return {}

    def _measured(self, key: PoolKey, moment: Moment) -> PoolUse:
        busy, there = self.busy.get((key, moment), {}), self.there.get((key, moment), {})
        at_work = self.at_work.get((key, moment), {})
        shares: dict[str, dict[User, Decimal]] = {}
        working: dict[str, dict[User, Decimal]] = {}
        idle: dict[str, Decimal] = {}
        for block in self.stated.block_hours[moment.month]:
            users = busy.get(block, {})
            needed = sum(users.values(), NOTHING)
            nodes = max(there.get(block, NOTHING), needed)
            shares[block] = {user: n / nodes for user, n in users.items() if n}
            working[block] = {user: n / nodes for user, n in at_work.get(block, {}).items() if n}
            idle[block] = 1 - needed / nodes if nodes else Decimal(1)
        return PoolUse(shares, working, idle)

    def bearers(self, key: PoolKey, moment: Moment) -> Mapping[User, Decimal]:
        """Shares in which the users of a pool bear what it leaves idle: by busy node-hours of the month, else of all.

        A pool that nobody ever uses is borne by no workload.
        """
        hours = self._node_hours.get((key, moment)) or self._expected_hours.get(key)
        if not hours:
            return {User(None, None, key.column(self.stated)): Decimal(1)}
        whole = sum(hours.values(), NOTHING)
        return {user: used / whole for user, used in hours.items()}

    @cached_property
    def _node_hours(self) -> Mapping[Place, Mapping[User, Decimal]]:
        found: dict[Place, dict[User, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for place, blocks in self.busy.items():
            for block, users in blocks.items():
                hours = self.stated.block_hours[place[1].month].get(block, 0)
                for user, nodes in users.items():
                    if nodes and hours:
                        found[place][user] += nodes * hours
        return found

    @cached_property
    def _expected_hours(self) -> Mapping[PoolKey, Mapping[User, Decimal]]:
        found: dict[PoolKey, dict[User, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for (key, moment), users in self._node_hours.items():
            for user, hours in users.items():
                found[key][user] += hours * self.stated.probability[moment.outlook]
        return found


def _place(row: Placement | SplitPlacement, offering: str, pool: Pool) -> Place:
    return PoolKey("spot" if pool is Pool.SPOT else "base", offering), Moment(row.outlook, row.month)


def _by_block_and_user() -> dict[str, dict[User, Decimal]]:
    return defaultdict(lambda: defaultdict(Decimal))
