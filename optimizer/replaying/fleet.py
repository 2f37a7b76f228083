"""What capacity there is in a month: nodes that are paid anyway, and nodes that can be rented by the hour."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from optimizer.extract import Extracted
from optimizer.keys import PoolKey
from optimizer.nodes_there import committed_nodes, served_months
from optimizer.plan import Plan, Pool
from optimizer.problem import Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rentable:
    """One contract or order whose nodes are paid by the hour, in one month."""

    contract: str
    order: str | None
    productive_share: float
    whole_nodes: bool
    planned_nodes: Floats
    """Running nodes of the plan, by block."""
    most_nodes: float
    """Of this contract alone; what shares a quota is bounded together, too."""
    in_quota: bool


@dataclass(frozen=True)
class MonthPool:
    """One pool in one month. Nodes are productive ones unless they are called running."""

    pool: PoolKey
    paid_nodes: float
    rentable: tuple[Rentable, ...]
    """In the order in which they are taken."""
    quota_nodes: float
    """Of all on-demand and volume contracts together."""

    def planned_rent(self, block: NDArray[np.int64]) -> Floats:
        """Nodes that the plan rents, by hour."""
        rented = np.zeros(len(block))
        for row in self.rentable:
            rented += row.productive_share * row.planned_nodes[block]
        return rented

    def most_rent(self) -> float:
        """Most nodes that can be rented in any hour."""
        apart = sum(row.productive_share * row.most_nodes for row in self.rentable if not row.in_quota)
        return apart + (self.quota_nodes if any(row.in_quota for row in self.rentable) else 0.0)

    def rented(self, needed: Floats, block: NDArray[np.int64]) -> dict[tuple[str, str | None], Floats]:
        """Running nodes by contract and order that give so many nodes in each hour.

        First what the plan rents of each, then whatever there is, in order.
        """
        left, quota = needed.copy(), np.full(len(needed), self.quota_nodes)
        taken = {(row.contract, row.order): np.zeros(len(needed)) for row in self.rentable}
        for most in ("planned", "all"):
            for row in self.rentable:
                so_far = taken[row.contract, row.order]
                bound = row.planned_nodes[block] if most == "planned" else row.most_nodes
                room = np.maximum(bound - so_far, 0.0)
                room = np.minimum(room, quota) if row.in_quota else room
                nodes = np.minimum(room, left / row.productive_share)
                so_far += nodes
                left -= nodes * row.productive_share
                quota -= nodes if row.in_quota else 0.0
        return {
            (row.contract, row.order): _whole(taken[row.contract, row.order])
            if row.whole_nodes
            else taken[row.contract, row.order]
            for row in self.rentable
        }


def _whole(nodes: Floats) -> Floats:
    """Rounded up, but for the hair of a computation."""
    return np.ceil(nodes - 1e-9)


@dataclass(frozen=True)
class Fleet:
    """All pools with capacity, by month."""

    months: tuple[Mapping[PoolKey, MonthPool], ...]


def fleet(problem: Problem, plan: Plan, decided: Extracted, outlook: str) -> Fleet:
    """The capacity of a plan in one outlook."""
    planned: dict[tuple[int, str, str | None], Floats] = defaultdict(lambda: np.zeros(len(problem.blocks)))
    block = {name: index for index, name in enumerate(problem.blocks)}
    for usage in plan.usages:
        if usage.outlook == outlook:
            t = problem.scenario.horizon.index(usage.month)
            planned[t, usage.contract, usage.order][block[usage.block]] = usage.nodes
    paid: dict[tuple[str, int], float] = defaultdict(float)
    for (o, t, b, s), nodes in committed_nodes(problem, decided.orders, decided.rights).items():
        if s == outlook and b == problem.blocks[0]:
            paid[o, t] = nodes
    by_the_hour = _ordered_nodes(problem, decided, outlook)
    return Fleet(
        tuple(
            {
                pool: MonthPool(
                    pool,
                    max(0.0, paid[pool.offering, t]) if pool.pool is Pool.BASE else 0.0,
                    tuple(_rentable(problem, planned, by_the_hour, pool, t, outlook)),
                    _quota(problem, pool),
                )
                for pool in problem.pools
            }
            for t in problem.month_indices
        )
    )


def _quota(problem: Problem, pool: PoolKey) -> float:
    hourly = (*problem.on_demand.values(), *problem.volume.values())
    if pool.pool is Pool.SPOT or not any(terms.offering == pool.offering for terms in hourly):
        return 0.0
    return float(problem.quota_nodes(pool.offering))


Ordered = Mapping[tuple[str, int], tuple[tuple[str, str, float], ...]]
"""Contract, order and nodes of take-or-pay orders by offering and month."""


def _ordered_nodes(problem: Problem, decided: Extracted, outlook: str) -> Ordered:
    found: dict[tuple[str, int], tuple[tuple[str, str, float], ...]] = defaultdict(tuple)
    for order in sorted(decided.orders, key=lambda row: row.order):
        if order.contract in problem.take_or_pay:
            for t, s in served_months(problem, order):
                if s == outlook:
                    found[order.offering, t] += ((order.contract, order.order, float(order.nodes)),)
    return found


def _rentable(
    problem: Problem,
    planned: Mapping[tuple[int, str, str | None], Floats],
    ordered: Ordered,
    pool: PoolKey,
    t: int,
    outlook: str,
) -> Iterator[Rentable]:
    nothing = np.zeros(len(problem.blocks))

    def planned_nodes(contract: str, order: str | None = None) -> Floats:
        return planned.get((t, contract, order), nothing)

    if pool.pool is Pool.SPOT:
        spot = [row for row in problem.spot.values() if row.offering == pool.offering and row.productive_share > 0]
        for row in sorted(
            spot, key=lambda k: (problem.spot_in[k.contract, t, outlook].price_usd_per_node_hour, k.contract)
        ):
            depth = problem.spot_depth_nodes(row.contract, t, outlook)
            yield Rentable(
                row.contract, None, row.productive_share, row.whole_nodes, planned_nodes(row.contract), depth, False
            )
        return
    by_price = sorted(
        ordered.get((pool.offering, t), ()),
        key=lambda row: (problem.take_or_pay[row[0]].price_usd_per_node_hour, row[1]),
    )
    for contract, order, nodes in by_price:
        yield Rentable(contract, order, 1.0, False, planned_nodes(contract, order), nodes, False)
    quota = _quota(problem, pool)
    priced: list[tuple[int, Decimal, str, bool]] = [
        (0, row.price_usd_per_node_hour, k, False) for k, row in problem.volume.items() if row.offering == pool.offering
    ]
    priced += [
        (1, problem.on_demand_in[k, t, outlook].price_usd_per_node_hour, k, row.whole_nodes)
        for k, row in problem.on_demand.items()
        if row.offering == pool.offering
    ]
    for _, _, contract, whole_nodes in sorted(priced):
        yield Rentable(contract, None, 1.0, whole_nodes, planned_nodes(contract), quota, True)
