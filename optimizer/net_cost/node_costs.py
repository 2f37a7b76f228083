"""Cost of nodes: block by block to those who keep them busy, and what nobody keeps busy to all users of the pool.

used[u]     = sum over b of cost[b] * busy[u,b] / there[b]
headroom[u] = used[u] less the cost of what is at work       idle capacity
failed[u]   = (used[u] - headroom[u]) * (1 - yield)          failed requests
idle        = what is left of the line, by busy node-hours of the pool in the month
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from contracts.calendar import Month, months_between
from contracts.money import exact
from optimizer.net_cost.bookings import NOTHING, Account, Bookings, Cell, Moment, User
from optimizer.net_cost.natures import BEGINS, Rule
from optimizer.net_cost.pools import PoolKey, Pools
from optimizer.net_cost.stated import Blocks, Covered, Stated, UsedUnder
from optimizer.plan import CostLine
from optimizer.plan_unit_cost import Part

Window = tuple[str, str | None, str | None, str | None, Month, Month]
"""Contract, order, offering, outlook, first month and end of lines that share one quantity of use."""


@dataclass(frozen=True)
class NodeCosts:
    """Books lines that pay for nodes or units."""

    stated: Stated
    pools: Pools
    bookings: Bookings

    def book(self, line: CostLine) -> None:
        """Book one line whose rule concerns nodes."""
        begins, key = BEGINS[line.nature], self._pool(line)
        for moment, usd in self.stated.moments(line):
            account = self.stated.account(line, moment)
            if begins.rule is Rule.FOR_NO_USE:
                self.leave_idle(account, key, usd)
            elif begins.rule is Rule.NODES_BY_HOURS:
                self.spread(account, key, begins.part, self.stated.by_hours(moment.month, usd))
            else:
                apart = usd * self._set_apart(line, moment.outlook)
                node_hours = self._node_hours(line, moment)
                self.spread(account, key, begins.part, self.stated.by_use(moment.month, usd - apart, node_hours))
                self.leave_idle(account, key, apart)

    def spread(self, account: Account, key: PoolKey, part: Part, blocks: Blocks) -> None:
        """Book an amount of each block to those who keep the nodes busy, and the rest as idle."""
        use = self.pools.use(key, account.moment)
        used: dict[User, Decimal] = defaultdict(Decimal)
        at_work: dict[User, Decimal] = defaultdict(Decimal)
        idle = NOTHING
        for block, usd in blocks.items():
            idle += usd * use.idle[block]
            for user, share in use.busy[block].items():
                used[user] += usd * share
            for user, share in use.at_work[block].items():
                at_work[user] += usd * share
        for user, usd in used.items():
            self._book_used(account, user, part, usd, at_work.get(user, NOTHING))
        self.leave_idle(account, key, idle)

    def _book_used(self, account: Account, user: User, part: Part, usd: Decimal, at_work: Decimal) -> None:
        self.bookings.book_served(account, Cell(user, part), at_work, self.stated.yield_share(user))
        self.bookings.book(account, Cell(user, Part.IDLE_CAPACITY, is_headroom=True), usd - at_work)

    def leave_idle(self, account: Account, key: PoolKey, usd: Decimal) -> None:
        """Book an amount as idle capacity of a pool."""
        if usd:
            for user, share in self.pools.bearers(key, account.moment).items():
                self.bookings.book(account, Cell(user, Part.IDLE_CAPACITY), usd * share)

    def _pool(self, line: CostLine) -> PoolKey:
        if line.offering is None:
            return PoolKey("units", line.source)
        return PoolKey("spot" if line.source in self.stated.spot else "base", line.offering)

    def _node_hours(self, line: CostLine, moment: Moment) -> Mapping[str, Decimal]:
        """What a line by use is for, block by block."""
        if BEGINS[line.nature].rule is Rule.NODES_BY_USE:
            return self.stated.used.get(UsedUnder(line.source, line.order, moment), {})
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for (place, when), blocks in self.stated.covered.items():
            of_line = place.commitment == line.source and self.stated.offering_of[place.on_demand] == line.offering
            if of_line and when == moment:
                for block, node_hours in blocks.items():
                    sums[block] += node_hours
        return sums

    def _set_apart(self, line: CostLine, outlook: str) -> Decimal:
        """Share of what a line bills that is not in the blocks: start-up, and nodes bought only to reach a tier."""
        window = _window(line)
        if (window, outlook) not in self._apart:
            months = [m for m in months_between(line.service_first, line.service_end) if m in self.stated.months]
            used = sum((sum(self._node_hours(line, Moment(outlook, m)).values(), NOTHING) for m in months), NOTHING)
            billed = self._billed[window]
            self._apart[window, outlook] = 1 - min(used / billed, Decimal(1)) if billed else NOTHING
        return self._apart[window, outlook]

    @cached_property
    def _apart(self) -> dict[tuple[Window, str], Decimal]:
        """What `_set_apart` has told."""
        return {}

    @cached_property
    def _billed(self) -> Mapping[Window, Decimal]:
        sums: dict[Window, Decimal] = defaultdict(Decimal)
        for line in self.stated.plan.cost_lines:
            if BEGINS[line.nature].rule in (Rule.NODES_BY_USE, Rule.COVERED):
                sums[_window(line)] += line.quantity
        return sums


def _window(line: CostLine) -> Window:
    return (line.source, line.order, line.offering, line.outlook, line.service_first, line.service_end)


@dataclass(frozen=True)
class CommitmentCosts:
    """Books dollars committed for every hour: to the on-demand contracts that they cover, and what is lost as idle."""

    stated: Stated
    nodes: NodeCosts

    def book(self, line: CostLine) -> tuple[tuple[Account, Decimal], ...]:
        """Book one line; what covers nothing in the whole horizon is returned, by account."""
        left: list[tuple[Account, Decimal]] = []
        for moment, usd in self.stated.moments(line):
            account = self.stated.account(line, moment)
            taken = self._taken(line.source, moment)
            dollars = self._committed(line.source, moment)
            for place, used in taken.items():
                self._book_covered(account, place, usd * used / dollars)
            idle = usd * (1 - sum(taken.values(), NOTHING) / dollars)
            weights = taken or self._expected(line.source)
            whole = sum(weights.values(), NOTHING)
            if not whole:
                left.append((account, idle))
            for place, used in weights.items():
                self.nodes.leave_idle(account, self._pool(place), idle * used / whole)
        return tuple(left)

    def _book_covered(self, account: Account, place: Covered, usd: Decimal) -> None:
        uplift = self._uplift(place)
        blocks = self.stated.by_use(account.moment.month, usd / uplift, self.stated.covered[place, account.moment])
        self.nodes.spread(account, self._pool(place), Part.ACCELERATOR, blocks)
        self.nodes.leave_idle(account, self._pool(place), usd - usd / uplift)

    def _pool(self, place: Covered) -> PoolKey:
        return PoolKey("base", self.stated.offering_of[place.on_demand])

    def _uplift(self, place: Covered) -> Decimal:
        terms = next(row for row in self.stated.plan.scenario.on_demand if row.contract == place.on_demand)
        return 1 + exact(terms.startup_uplift_share)

    def _taken(self, contract: str, moment: Moment) -> Mapping[Covered, Decimal]:
        """Dollars of the commitment that each on-demand contract takes in a month."""
        return {
            place: sum(blocks.values(), NOTHING) * self._uplift(place) * self._rate[place]
            for (place, when), blocks in self.stated.covered.items()
            if place.commitment == contract and when == moment
        }

    @cached_property
    def _rate(self) -> Mapping[Covered, Decimal]:
        rows = self.stated.plan.scenario.covered_rates
        return {Covered(row.contract, row.covers): row.price_usd_per_node_hour for row in rows}

    def _expected(self, contract: str) -> Mapping[Covered, Decimal]:
        sums: dict[Covered, Decimal] = defaultdict(Decimal)
        for moment in {when for _, when in self.stated.covered}:
            for place, dollars in self._taken(contract, moment).items():
                sums[place] += dollars * self.stated.probability[moment.outlook]
        return sums

    def _committed(self, contract: str, moment: Moment) -> Decimal:
        rows = (
            r for r in self.stated.plan.committed_spend if r.contract == contract and r.start <= moment.month < r.end
        )
        per_hour = (r.usd_per_hour for r in rows if r.outlook in (None, moment.outlook))
        return sum(per_hour, NOTHING) * moment.month.hours
