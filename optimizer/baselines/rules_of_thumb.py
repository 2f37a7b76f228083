"""All on demand, and the three ways to reserve part of it: the peak, the floor, and what a console recommends.

One model serves all four: orders are fixed in it, the routing and the nodes on demand are optimised again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contracts.options import Terms
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved
from optimizer.baselines.answering import STOPPED, Answer, Question, Start, asked, unanswered
from optimizer.baselines.judging import Judge
from optimizer.baselines.lifting import LIFTED, LIFTED_WITH_SIZES, lifted, no_api, unserved, without_commitments
from optimizer.baselines.reserving import (
    Used,
    reserve_as_recommended,
    reserve_the_floor,
    reserve_the_peak,
    used_on_demand,
)
from optimizer.plan import Baseline
from optimizer.problem import Problem
from optimizer.solve import Session

ALL_ON_DEMAND = "all on demand"


@dataclass(frozen=True)
class _Way:
    """A rule that reserves, and its words."""

    name: str
    reserve: Callable[[Used], Mapping[Start, int]]
    words: str


WAYS = (
    _Way("reserve the peak", reserve_the_peak, "the most that all on demand uses of each"),
    _Way("reserve the floor", reserve_the_floor, "the fewest that all on demand uses of each"),
    _Way("the recommender's way", reserve_as_recommended, "those that would have paid in the first month"),
)


def on_demand_ways(problem: Problem, judge: Judge, session: Session) -> tuple[Baseline, ...]:
    """The four baselines, each judged by the rules of the scenario."""
    keep = _on_demand_or_its_reservation(problem)
    tokens = ", nothing by the token" if problem.token_offers.offer else ""
    note = f"no reservations, no spot{tokens}; {LIFTED}"
    only_by_token = unserved(problem, keep, no_api)
    if only_by_token:
        note = f"nothing by the hour may serve {', '.join(only_by_token)}; {note}"[:900]
    try:
        question = asked(lifted(without_commitments(problem), keep, no_api, single_nodes=True), session)
        first = question.solve_with_orders({})
    except STOPPED as stopped:
        return tuple(unanswered(name, note, stopped) for name in (ALL_ON_DEMAND, *(way.name for way in WAYS)))
    used = used_on_demand(question.problem, first.decided)
    return (
        judge.baseline(ALL_ON_DEMAND, note, first),
        *(_reserving(way, question, used, first, judge) for way in WAYS),
    )


def _on_demand_or_its_reservation(problem: Problem) -> Callable[[Terms], bool]:
    offered = {terms.offering for terms in problem.on_demand.values()}
    return lambda terms: isinstance(terms, OnDemand) or (isinstance(terms, Reserved) and terms.offering in offered)


def _reserving(way: _Way, question: Question, used: Used, first: Answer, judge: Judge) -> Baseline:
    orders = way.reserve(used)
    if not orders:
        return judge.baseline(way.name, f"nothing to reserve, so the same as {ALL_ON_DEMAND}; {LIFTED}", first)
    note = f"{_size(question, orders)} reserved, {way.words}; {LIFTED_WITH_SIZES}"
    try:
        answer = question.solve_with_orders(orders)
    except STOPPED as stopped:
        return unanswered(way.name, note, stopped)
    return judge.baseline(way.name, note, answer)


def _size(question: Question, orders: Mapping[Start, int]) -> str:
    """The most nodes that the orders of each offering hold, added up."""
    most: dict[str, int] = {}
    for (contract, _), nodes in orders.items():
        offering = question.problem.reserved[contract].offering
        most[offering] = max(nodes, most.get(offering, 0))
    total = sum(most.values())
    return f"{total:,} node{'' if total == 1 else 's'} of {len(most)} offering{'' if len(most) == 1 else 's'}"
