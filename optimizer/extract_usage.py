"""Solver values of what is paid by the hour -> usage rows that cover the published placements."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from numpy.typing import NDArray

from contracts.calendar import Month
from optimizer.model import Model
from optimizer.nodes_there import committed_nodes
from optimizer.plan import QUANTITY_DECIMALS, Order, Pool, Usage
from optimizer.plan_contracts import RightUsed
from optimizer.problem import PoolKey, Problem
from optimizer.solve_arrays import Compiled

NOISE = 1e-9
"""Shares and nodes below this are solver noise."""


class Values:
    """Values by Pyomo variable; 0 for variables that no row or cost mentions."""

    def __init__(self, compiled: Compiled, values: NDArray[Any]) -> None:
        self._by_id = {id(v): float(x) for v, x in zip(compiled.columns, values, strict=True)}

    def __call__(self, variable: Any) -> float:
        """The value of a variable."""
        return self._by_id.get(id(variable), 0.0)


def rounded(value: float) -> float:
    """A quantity as it is published."""
    return round(max(0.0, value), QUANTITY_DECIMALS)


def order_name(contract: str, start: Month, future: str) -> str:
    """Contract and first month of service, and the outlook where it is ordered only in that one."""
    return f"{contract}.{start}.{future}" if future else f"{contract}.{start}"


@dataclass(frozen=True)
class _Bought:
    """Nodes paid by the hour at one moment, as the solver has them."""

    contract: str
    order: str | None
    pool: PoolKey
    productive_share: float
    whole_nodes: bool
    most_nodes: float
    t: int
    block: str
    outlook: str
    nodes: float


def usages(
    problem: Problem,
    model: Model,
    value: Values,
    orders: tuple[Order, ...],
    rights: tuple[RightUsed, ...],
    busy: Iterable[tuple[PoolKey, int, str, str, float]],
) -> tuple[Usage, ...]:
    """Nodes paid by the hour, topped up by the hair that rounding of placements may have left uncovered.

    `busy`: pool, month, block, outlook and the nodes that something served there keeps busy.
    """
    uncovered: dict[tuple[PoolKey, int, str, str], float] = defaultdict(float)
    for pool, t, b, s, nodes in busy:
        uncovered[pool, t, b, s] += nodes
    for (o, t, b, s), committed in committed_nodes(problem, orders, rights).items():
        uncovered[PoolKey(o, Pool.BASE), t, b, s] -= committed
    found = []
    for row in (*_taken(problem, model, value, orders), *_rented(problem, model, value)):
        moment = row.pool, row.t, row.block, row.outlook
        needed = uncovered[moment] / (row.productive_share or 1.0)
        nodes = float(round(row.nodes)) if row.whole_nodes else _topped_up(row.nodes, needed)
        nodes = min(nodes, row.most_nodes)
        uncovered[moment] -= nodes * row.productive_share
        if nodes > NOISE:
            found.append(
                Usage(
                    outlook=row.outlook,
                    contract=row.contract,
                    order=row.order,
                    offering=row.pool.offering,
                    month=problem.months[row.t],
                    block=row.block,
                    nodes=nodes,
                )
            )
    return tuple(found)


def _taken(problem: Problem, model: Model, value: Values, orders: tuple[Order, ...]) -> Iterator[_Bought]:
    """Use of take-or-pay orders."""
    nodes_of = {order.order: order.nodes for order in orders}
    future = {
        (key.contract, str(problem.months[key.start]), s): key.future
        for key in problem.calendar.keys
        for s in problem.calendar.outlooks_of(key)
    }
    for (k, u, t, b, s), variable in model.pyomo.take_or_pay.take.items():
        order = order_name(k, Month.parse(u), future[k, u, s])
        if order in nodes_of:
            pool = PoolKey(problem.take_or_pay[k].offering, Pool.BASE)
            yield _Bought(k, order, pool, 1.0, False, float(nodes_of[order]), t, b, s, value(variable))


def _rented(problem: Problem, model: Model, value: Values) -> Iterator[_Bought]:
    """Nodes under volume tiers, on demand and on spot."""
    for (k, t, b, s), variable in model.pyomo.volume.nodes.items():
        pool = PoolKey(problem.volume[k].offering, Pool.BASE)
        yield _Bought(k, None, pool, 1.0, False, inf, t, b, s, value(variable))
    for (k, t, b, s), variable in model.pyomo.on_demand.nodes.items():
        on_demand = problem.on_demand[k]
        pool = PoolKey(on_demand.offering, Pool.BASE)
        yield _Bought(k, None, pool, 1.0, on_demand.whole_nodes, inf, t, b, s, value(variable))
    for (k, t, b, s), variable in model.pyomo.spot.nodes.items():
        spot = problem.spot[k]
        pool = PoolKey(spot.offering, Pool.SPOT)
        yield _Bought(k, None, pool, spot.productive_share, spot.whole_nodes, inf, t, b, s, value(variable))


def _topped_up(nodes: float, needed: float) -> float:
    """The solver's nodes, lifted by the hair that scaling and rounding may have left uncovered."""
    hair = 1e-6 * max(1.0, needed)
    return rounded(needed + NOISE if NOISE < needed - nodes <= hair else nodes)
