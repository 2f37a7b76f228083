"""The only variables that families share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.agreed import UNSIGNED
from optimizer.course_calendar import CourseKey
from optimizer.linear import Term
from optimizer.problem import Problem
from optimizer.split_routes import SplitRoute, split_routes

WHOLE_MONTH = "month"
"""In place of a block, for dollars of a month: large models are merged by month, block and outlook."""


@dataclass(frozen=True)
class Decisions:
    """Shared variables of the model.

    symbol                      | unit  | meaning
    route[w,c,o,pool,t,b,s]     | share | of the class's demand in the block that the pool serves
    by_token[w,c,a,t,b,s]       | share | of it that API offer a serves, paid by the token
    by_unit[w,c,k,t,b,s]        | share | of it that provisioned throughput k serves
    by_split[w,c,x,p,d,t,b,s]   | share | of it that split x serves: prefill in pool p of its one offering, decode in
                                |       | pool d of its other
    shortfall[w,c,t,b,s]        | share | of the class's demand in the block that is not served
    order_lots[k,u,f]           | lots  | ordered under contract k for service from month u (whole)
    sign[k,u,f]                 | 0/1   | whether there is such an order; only where there is a minimum order
    active[k,t,s]               | nodes | under contract k in month t; of a held contract, too, where it has rights
    course[k,u,e,n,v,r,f]       | lots  | that take right r from month e (n renewals) instead of their plain term, of
                                |       | the order (k,u,v) or the held contract k (whole; nodes of what is held)
    swapped[k,u,e,n,v,r,f]      | nodes | of the other offering, for those that are swapped (whole)
    bought[k,n,f]               | 0/1   | whether n nodes of capacity block k are bought
    begin[m,u,f]                | 0/1   | whether migration m is begun in month u
    tier[a,i]                   | 0/1   | whether agreement a is signed at tier i; none for one in force
    under[a,i,e,t,b,s]          | units | of dollars: eligible charges of month t if tier i (blank: none) holds, else 0

    e is the part that credits may pay, or the other; b stands for the whole month.

    s is an outlook. f is the future for which something is decided: blank for what is signed before the outlook is
    known, else the outlook itself (decision 0008). active is one variable for all outlooks with the same orders: the
    index is the first of them.
    """

    route: Any
    by_token: Any
    by_unit: Any
    by_split: Any
    shortfall: Any
    order_lots: Any
    sign: Any
    active_nodes: Any
    course: Any
    swapped: Any
    bought: Any
    begin: Any
    tier: Any
    under: Any
    like: Mapping[tuple[str, int, str], str]

    @property
    def split_routes(self) -> Iterator[tuple[SplitRoute, Any]]:
        """Every index of by_split with its variable."""
        return ((SplitRoute(*index), share) for index, share in self.by_split.items())

    def active(self, contract: str, t: int, outlook: str) -> Any | None:
        """Nodes of a contract in a month and outlook; None where no order could serve it."""
        first = self.like.get((contract, t, outlook))
        return None if first is None else self.active_nodes[contract, t, first]


def decide(model: pyo.ConcreteModel, problem: Problem) -> Decisions:
    """Declare the shared variables; impossible ones are not created."""
    calendar = problem.calendar
    like = {**calendar.like, **problem.courses.like}
    model.route = pyo.Var(_routes(problem), bounds=(0.0, 1.0))
    model.by_token = pyo.Var(problem.token_offers.by_token, bounds=(0.0, 1.0))
    model.by_unit = pyo.Var(problem.token_offers.by_unit, bounds=(0.0, 1.0))
    model.by_split = pyo.Var(split_routes(problem), bounds=(0.0, 1.0))
    model.shortfall = pyo.Var(_shortfalls(problem), bounds=(0.0, 1.0))
    model.order_lots = pyo.Var(
        list(calendar.keys), domain=pyo.NonNegativeIntegers, bounds=lambda _, k, u, f: (0, most_lots(problem, k))
    )
    model.sign = pyo.Var([key for key in calendar.keys if _has_minimum(problem, key.contract)], domain=pyo.Binary)
    model.active_nodes = pyo.Var(
        sorted({(k, t, first) for (k, t, _), first in like.items()}), domain=pyo.NonNegativeReals
    )
    model.course = pyo.Var(
        list(problem.courses.keys),
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, *key: (0, most_of_course(problem, CourseKey(*key))),
    )
    model.swapped = pyo.Var(
        list(problem.courses.swaps),
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, *key: (0, most_swapped(problem, CourseKey(*key))),
    )
    model.bought = pyo.Var(list(problem.dated.keys), domain=pyo.Binary)
    model.begin = pyo.Var(list(problem.migrations.keys), domain=pyo.Binary)
    model.tier = pyo.Var(list(problem.agreed.on_offer), domain=pyo.Binary)
    model.under = pyo.Var(_under(problem), domain=pyo.NonNegativeReals)
    return Decisions(
        route=model.route,
        by_token=model.by_token,
        by_unit=model.by_unit,
        by_split=model.by_split,
        shortfall=model.shortfall,
        order_lots=model.order_lots,
        sign=model.sign,
        active_nodes=model.active_nodes,
        course=model.course,
        swapped=model.swapped,
        bought=model.bought,
        begin=model.begin,
        tier=model.tier,
        under=model.under,
        like=like,
    )


def opened(problem: Problem, decide: Decisions, migration: str, t: int, outlook: str) -> list[Term]:
    """The share of each class that a migration lets its stack serve in a month and outlook."""
    return [(share, decide.begin[key]) for share, key in problem.migrations.openings(migration, t, outlook)]


def most_lots(problem: Problem, contract: str) -> int:
    """Most lots of one order: by its own maximum and by the stock."""
    terms = problem.ordered[contract]
    most = problem.stock_nodes(terms.offering)
    if terms.maximum_order_nodes is not None:
        most = min(most, terms.maximum_order_nodes)
    return most // terms.lot_nodes


def _under(problem: Problem) -> list[tuple[str, str, str, int, str, str]]:
    """Every tier that could hold, and that none does, in the months of its agreement; ends as hours of a block do."""
    agreed = problem.agreed
    tiers = [*agreed.tiers, *((a, UNSIGNED) for a, row in agreed.agreements.items() if not row.in_force)]
    return [
        (a, i, part, problem.scenario.horizon.index(month), WHOLE_MONTH, s)
        for a, i in sorted(tiers)
        for month in agreed.agreements[a].months_in(problem.scenario.horizon)
        for part, _ in agreed.parts(agreed.agreements[a], month)
        for s in problem.outlooks
    ]


def most_of_course(problem: Problem, key: CourseKey) -> int:
    """Most lots (of what is held: nodes) that could take a course."""
    held = problem.held.get(key.name)
    return most_lots(problem, key.name) if held is None else held.nodes


def most_swapped(problem: Problem, key: CourseKey) -> int:
    """Most nodes that could be swapped to: the stock of that offering."""
    offering = problem.courses.terms(key.source).swap_to
    assert offering is not None
    return problem.stock_nodes(offering)


def _has_minimum(problem: Problem, contract: str) -> bool:
    terms = problem.ordered[contract]
    return terms.minimum_order_nodes > terms.lot_nodes


def _routes(problem: Problem) -> list[tuple[str, str, str, str, int, str, str]]:
    return [
        (*key, pool.offering, pool.pool.value, t, b, s)
        for (key, t, b, s) in problem.tok_per_s
        for pool in problem.pools_in(key, t, s)
    ]


def _shortfalls(problem: Problem) -> list[tuple[str, str, int, str, str]]:
    return [
        (*key, t, b, s)
        for (key, t, b, s) in problem.tok_per_s
        if problem.workload[key.workload].shortfall_limit_share > 0
    ]
