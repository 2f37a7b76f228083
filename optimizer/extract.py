"""Model values -> the decisions of a Plan: the last code that sees Pyomo.

Whole numbers are rounded, shares that are only solver noise are dropped, routing is scaled to meet demand
exactly, and on-demand and spot nodes are topped up by the same hair, so that the published figures fit together.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from numpy.typing import NDArray

from optimizer.model import Model
from optimizer.plan import (
    QUANTITY_DECIMALS,
    ContingencyCase,
    ContingencyPlacement,
    EmergencyUse,
    Order,
    Placement,
    Pool,
    Shortfall,
    Usage,
)
from optimizer.problem import ClassKey, PoolKey, Problem
from optimizer.solve_arrays import Compiled

NOISE = 1e-9
"""Shares and nodes below this are solver noise."""


@dataclass(frozen=True)
class Extracted:
    """The decisions of a plan, each list in the order of its index."""

    orders: tuple[Order, ...]
    usages: tuple[Usage, ...]
    placements: tuple[Placement, ...]
    shortfalls: tuple[Shortfall, ...]
    contingencies: tuple[ContingencyCase, ...]


def extract(problem: Problem, model: Model, compiled: Compiled, values: NDArray[Any]) -> Extracted:
    """Read the decisions off the solver's values."""
    value = _Values(compiled, values)
    orders = _orders(problem, model, value)
    placements, shortfalls = _routing(problem, model, value)
    usages = _usages(problem, model, value, orders, placements)
    return Extracted(orders, usages, placements, shortfalls, _contingencies(problem, model, value))


class _Values:
    """Values by Pyomo variable; 0 for variables that no row or cost mentions."""

    def __init__(self, compiled: Compiled, values: NDArray[Any]) -> None:
        self._by_id = {id(v): float(x) for v, x in zip(compiled.columns, values, strict=True)}

    def __call__(self, variable: Any) -> float:
        return self._by_id.get(id(variable), 0.0)


def _rounded(value: float) -> float:
    return round(max(0.0, value), QUANTITY_DECIMALS)


def _orders(problem: Problem, model: Model, value: _Values) -> tuple[Order, ...]:
    orders = []
    for (k, t), variable in model.decide.order_lots.items():
        lots = round(value(variable))
        if lots == 0:
            continue
        terms = problem.reserved[k]
        start = problem.months[t]
        lead = timedelta(days=problem.offering[terms.offering].lead_time_days)
        order_by = start.first_day - lead
        if terms.quote_valid_until is not None:
            order_by = min(order_by, terms.quote_valid_until)
        orders.append(
            Order(
                order=f"{k}.{start}",
                contract=k,
                offering=terms.offering,
                nodes=lots * terms.lot_nodes,
                start=start,
                end=start + terms.term_months,
                order_by=order_by,
            )
        )
    return tuple(sorted(orders, key=lambda o: (o.order_by, o.start, o.contract)))


def _routing(
    problem: Problem, model: Model, value: _Values
) -> tuple[tuple[Placement, ...], tuple[Shortfall, ...]]:
    served: dict[tuple[ClassKey, int, str, str], dict[PoolKey, float]] = defaultdict(dict)
    missed: dict[tuple[ClassKey, int, str, str], float] = {}
    for (w, c, o, pool, t, b, s), variable in model.decide.route.items():
        share = value(variable)
        if share > NOISE:
            served[ClassKey(w, c), t, b, s][PoolKey(o, Pool(pool))] = share
    for (w, c, t, b, s), variable in model.decide.shortfall.items():
        share = value(variable)
        if share > NOISE:
            missed[ClassKey(w, c), t, b, s] = share
    placements: list[Placement] = []
    shortfalls: list[Shortfall] = []
    for key, t, b in problem.tok_per_s:
        for s in problem.outlooks:
            shares = served.get((key, t, b, s), {})
            whole = sum(shares.values()) + missed.get((key, t, b, s), 0.0)
            rate = problem.tok_per_s[key, t, b] / whole if whole else 0.0
            placements.extend(_placed(problem, key, t, b, s, pool, x * rate) for pool, x in shares.items())
            if (key, t, b, s) in missed:
                shortfalls.append(
                    Shortfall(
                        outlook=s,
                        month=problem.months[t],
                        block=b,
                        workload=key.workload,
                        size_class=key.size_class,
                        accepted_tok_per_s=_rounded(missed[key, t, b, s] * rate),
                    )
                )
    return tuple(placements), tuple(shortfalls)


def _placed(
    problem: Problem, key: ClassKey, t: int, b: str, s: str, pool: PoolKey, tok_per_s: float
) -> Placement:
    return Placement(
        outlook=s,
        month=problem.months[t],
        block=b,
        workload=key.workload,
        size_class=key.size_class,
        offering=pool.offering,
        pool=pool.pool,
        accepted_tok_per_s=_rounded(tok_per_s),
        nodes=_rounded(tok_per_s * problem.node_seconds[key, pool.offering]),
    )


def _usages(
    problem: Problem,
    model: Model,
    value: _Values,
    orders: tuple[Order, ...],
    placements: tuple[Placement, ...],
) -> tuple[Usage, ...]:
    uncovered: dict[tuple[PoolKey, int, str, str], float] = defaultdict(float)
    for p in placements:
        t = problem.scenario.horizon.index(p.month)
        uncovered[PoolKey(p.offering, p.pool), t, p.block, p.outlook] += p.nodes
    for (o, t, b, s), committed in committed_nodes(problem, orders).items():
        uncovered[PoolKey(o, Pool.BASE), t, b, s] -= committed
    on_demand, spot = problem.on_demand, problem.spot
    bought = [
        (k, on_demand[k].whole_nodes, PoolKey(on_demand[k].offering, Pool.BASE), 1.0, index, variable)
        for (k, *index), variable in model.pyomo.on_demand.nodes.items()
    ] + [
        (k, spot[k].whole_nodes, PoolKey(spot[k].offering, Pool.SPOT), spot[k].productive_share, index, variable)
        for (k, *index), variable in model.pyomo.spot.nodes.items()
    ]
    usages = []
    for k, whole, pool, productive, (t, b, s), variable in bought:
        needed = uncovered[pool, t, b, s] / (productive or 1.0)
        nodes = float(round(value(variable))) if whole else _topped_up(value(variable), needed)
        uncovered[pool, t, b, s] -= nodes * productive
        if nodes > NOISE:
            usages.append(
                Usage(
                    outlook=s, contract=k, offering=pool.offering, month=problem.months[t], block=b, nodes=nodes
                )
            )
    return tuple(usages)


def _topped_up(nodes: float, needed: float) -> float:
    """The solver's nodes, lifted by the hair that scaling and rounding may have left uncovered."""
    hair = 1e-6 * max(1.0, needed)
    return _rounded(needed + NOISE if NOISE < needed - nodes <= hair else nodes)


def committed_nodes(problem: Problem, orders: tuple[Order, ...]) -> dict[tuple[str, int, str, str], int]:
    """Nodes under reserved and held contracts by offering, month, block and outlook."""
    by_month: dict[tuple[str, int], int] = defaultdict(int)
    for order in orders:
        for t, month in enumerate(problem.months):
            if order.start <= month < order.end:
                by_month[order.offering, t] += order.nodes
    for held in problem.held.values():
        for t, month in enumerate(problem.months):
            if held.start <= month < held.end:
                by_month[held.offering, t] += held.nodes
    return {
        (o, t, b, s): nodes
        for (o, t), nodes in by_month.items()
        for b in problem.blocks
        for s in problem.outlooks
    }


def _contingencies(problem: Problem, model: Model, value: _Values) -> tuple[ContingencyCase, ...]:
    block = model.pyomo.fallback
    placements: dict[Any, list[ContingencyPlacement]] = defaultdict(list)
    rented: dict[Any, dict[str, float]] = defaultdict(dict)
    leaned: dict[Any, dict[str, float]] = defaultdict(dict)
    bundles = {
        (q, g.workload, g.name): g for q, event in problem.contingencies.items() for g in problem.bundles(event)
    }
    for (q, w, g, o, t, b, s), variable in block.serve.items():
        share = value(variable)
        if share > NOISE:
            placements[q, s, t, b].extend(
                _fallback_placement(problem, q, key, o, t, b, share)
                for key in bundles[q, w, g].classes
                if (key, t, b) in problem.tok_per_s
            )
    for target, variables in ((rented, block.rent), (leaned, block.lean)):
        for (q, o, t, b, s), variable in variables.items():
            nodes = value(variable)
            if nodes > NOISE:
                target[q, s, t, b][o] = _rounded(nodes)
    return tuple(
        ContingencyCase(
            contingency=q,
            outlook=s,
            month=problem.months[t],
            block=b,
            placements=tuple(placements.get((q, s, t, b), ())),
            emergency=tuple(
                EmergencyUse(
                    offering=o,
                    on_demand_nodes=rented[q, s, t, b].get(o, 0.0),
                    not_firm_nodes=leaned[q, s, t, b].get(o, 0.0),
                )
                for o in sorted({*rented[q, s, t, b], *leaned[q, s, t, b]})
            ),
        )
        for q, event in problem.contingencies.items()
        for s in problem.outlooks
        for t in problem.month_indices
        for b in problem.checked_blocks(event)
        if problem.hours[t, b]
    )


def _fallback_placement(
    problem: Problem, q: str, key: ClassKey, o: str, t: int, b: str, share: float
) -> ContingencyPlacement:
    serving = problem.eligibility.contingency_servings[q][*key, o]
    tok_per_s = share * problem.tok_per_s[key, t, b]
    return ContingencyPlacement(
        workload=key.workload,
        size_class=key.size_class,
        offering=o,
        accepted_tok_per_s=_rounded(tok_per_s),
        nodes=_rounded(tok_per_s * problem.node_seconds_per_token(key, serving)),
    )
