"""The only variables that families share."""

from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.problem import Problem


@dataclass(frozen=True)
class Decisions:
    """Shared variables of the model.

    symbol                      | unit  | meaning
    route[w,c,o,pool,t,b,s]     | share | of the class's demand in the block that the pool serves
    shortfall[w,c,t,b,s]        | share | of the class's demand in the block that is not served
    order_lots[k,t]             | lots  | ordered under reserved contract k for service from month t (whole)
    sign[k,t]                   | 0/1   | whether there is such an order; only where there is a minimum order
    active[k,t]                 | nodes | under reserved contract k in month t
    """

    route: Any
    shortfall: Any
    order_lots: Any
    sign: Any
    active: Any


def decide(model: pyo.ConcreteModel, problem: Problem) -> Decisions:
    """Declare the shared variables; impossible ones are not created."""
    model.route = pyo.Var(_routes(problem), bounds=(0.0, 1.0))
    model.shortfall = pyo.Var(_shortfalls(problem), bounds=(0.0, 1.0))
    starts = [(k, t) for k, months in problem.starts.items() for t in months]
    model.order_lots = pyo.Var(
        starts, domain=pyo.NonNegativeIntegers, bounds=lambda _, k, t: (0, most_lots(problem, k))
    )
    model.sign = pyo.Var([(k, t) for k, t in starts if _has_minimum(problem, k)], domain=pyo.Binary)
    model.active_nodes = pyo.Var(
        [(k, t) for k in problem.reserved for t in problem.month_indices if problem.active_starts(k, t)],
        domain=pyo.NonNegativeReals,
    )
    return Decisions(model.route, model.shortfall, model.order_lots, model.sign, model.active_nodes)


def most_lots(problem: Problem, contract: str) -> int:
    """Most lots of one order: by its own maximum and by the stock."""
    terms = problem.reserved[contract]
    most = problem.stock_nodes(terms.offering)
    if terms.maximum_order_nodes is not None:
        most = min(most, terms.maximum_order_nodes)
    return most // terms.lot_nodes


def _has_minimum(problem: Problem, contract: str) -> bool:
    terms = problem.reserved[contract]
    return terms.minimum_order_nodes > terms.lot_nodes


def _routes(problem: Problem) -> list[tuple[str, str, str, str, int, str, str]]:
    return [
        (*key, pool.offering, pool.pool.value, t, b, s)
        for (key, t, b) in problem.tok_per_s
        for pool in problem.pools_of[key]
        for s in problem.outlooks
    ]


def _shortfalls(problem: Problem) -> list[tuple[str, str, int, str, str]]:
    return [
        (*key, t, b, s)
        for (key, t, b) in problem.tok_per_s
        if problem.workload[key.workload].shortfall_limit_share > 0
        for s in problem.outlooks
    ]
