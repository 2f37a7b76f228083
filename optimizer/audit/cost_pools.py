"""What nodes cost block by block, who keeps them busy, and what is left idle (docs/decisions/0032)."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from contracts.calendar import Month
from optimizer.audit.cost_ledger import HEADROOM, IDLE, Booked, Ledger, User
from optimizer.audit.figures import Inputs


class Pool(NamedTuple):
    """Base or spot nodes of an offering, or the units of a contract for provisioned throughput."""

    kind: str
    name: str


class When(NamedTuple):
    """A month as it comes in an outlook."""

    outlook: str
    month: Month


@dataclass
class Use:
    """Nodes that a user keeps busy in a block, and those of them that are at work, without headroom."""

    busy: float = 0.0
    at_work: float = 0.0


Cost = tuple[Booked, str]
"""A line and the part of cost that it begins in."""


@dataclass
class PoolMonth:
    """A pool in a month."""

    users: dict[str, dict[User, Use]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Use)))
    """By block."""
    by_use: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Nodes there by the hour, by block."""
    under_contract: float = 0.0
    cost: dict[str, dict[Cost, float]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))
    """By block."""
    apart: dict[Cost, float] = field(default_factory=lambda: defaultdict(float))
    """Paid without nodes that could be used."""


class Pools:
    """All pools in all months."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._months: dict[tuple[Pool, When], PoolMonth] = defaultdict(PoolMonth)

    def at(self, pool: Pool, when: When) -> PoolMonth:
        """A pool in a month."""
        return self._months[pool, when]

    def spread(self, pool: Pool, when: When, cost: Cost, usd: float) -> None:
        """A cost of the month, to its blocks by hours."""
        hours = self._inputs.block_hours[when.month]
        for block, of_block in hours.items():
            self.at(pool, when).cost[block][cost] += usd * of_block / self._inputs.hours[when.month]

    def book(self, ledger: Ledger) -> None:
        """Book all costs to users."""
        horizon = self._node_hours_of_horizon()
        for (pool, when), at in list(self._months.items()):
            idle = dict(at.apart)
            for block, costs in at.cost.items():
                self._settle_block(at, block, costs, idle, ledger)
            weights = self.node_hours(pool, when) or horizon.get(pool, {}) or {self._nobody(pool): 1.0}
            total = sum(weights.values())
            for (line, _), usd in idle.items():
                for user, weight in weights.items():
                    ledger.book(line, user, IDLE, usd * weight / total)

    def _settle_block(
        self, at: PoolMonth, block: str, costs: dict[Cost, float], idle: dict[Cost, float], ledger: Ledger
    ) -> None:
        users = at.users.get(block, {})
        busy = sum(use.busy for use in users.values())
        there = max(at.by_use.get(block, 0.0) + at.under_contract, busy)
        for cost, usd in costs.items():
            line, part = cost
            idle[cost] = idle.get(cost, 0.0) + usd * (1.0 - busy / there if there else 1.0)
            for user, use in users.items():
                if use.busy:
                    ledger.book_served(line, user, part, usd * use.at_work / there)
                    ledger.book(line, user, HEADROOM, usd * (use.busy - use.at_work) / there)

    def node_hours(self, pool: Pool, when: When) -> dict[User, float]:
        """Busy node-hours of the month by user."""
        if (pool, when) not in self._months:
            return {}
        sums: dict[User, float] = defaultdict(float)
        for block, users in self._months[pool, when].users.items():
            for user, use in users.items():
                sums[user] += use.busy * self._inputs.block_hours[when.month][block]
        return {user: hours for user, hours in sums.items() if hours}

    def _node_hours_of_horizon(self) -> dict[Pool, dict[User, float]]:
        sums: dict[Pool, dict[User, float]] = defaultdict(lambda: defaultdict(float))
        for pool, when in self._months:
            weight = float(self._inputs.probability[when.outlook])
            for user, hours in self.node_hours(pool, when).items():
                sums[pool][user] += weight * hours
        return sums

    def _nobody(self, pool: Pool) -> User:
        if pool.kind == "units":
            return User(None, None, "api", self._inputs.provisioned[pool.name].api)
        return User(None, None, "offering", pool.name)
