"""What was approved, beside what can be ordered now (docs/decisions/0038)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from contracts.approved import ApprovedOrder
from optimizer.order_calendar import ALL_FUTURES, OrderKey, OrderPlace
from optimizer.problem import Problem


class Gone(NamedTuple):
    """An approved order that is no change of this plan, and why."""

    order: ApprovedOrder
    why: str


def is_compared(problem: Problem) -> bool:
    """Whether there is anything to compare: approved orders, or a policy that counts changes."""
    return problem.scenario.policy.stability is not None or bool(problem.scenario.approved_orders)


def approved_quantities(problem: Problem) -> dict[OrderPlace, Decimal]:
    """By every order that is decided for all outlooks, what was approved of it; 0 where nothing was. Sorted."""
    approved = {_place(problem, order): order.quantity for order in problem.scenario.approved_orders}
    return {place: approved.get(place, Decimal(0)) for place in sorted(first_stage_places(problem))}


def first_stage_places(problem: Problem) -> frozenset[OrderPlace]:
    """Every order that is decided for all outlooks, or what the problem states in their place."""
    if problem.compared is not None:
        return problem.compared
    return frozenset(OrderPlace(key.contract, key.start) for key in _keys(problem) if key.future == ALL_FUTURES)


def gone(problem: Problem) -> tuple[Gone, ...]:
    """Approved orders that cannot be ordered as approved any more, by contract and start."""
    possible = first_stage_places(problem)
    orders = sorted(problem.scenario.approved_orders, key=lambda order: (order.contract, order.start))
    return tuple(Gone(order, _why_gone(problem, order)) for order in orders if _place(problem, order) not in possible)


def _place(problem: Problem, order: ApprovedOrder) -> OrderPlace:
    return OrderPlace(order.contract, problem.scenario.horizon.index(order.start))


def _keys(problem: Problem) -> Iterator[OrderKey]:
    """Everything that could be ordered."""
    yield from problem.calendar.keys
    for key in problem.dated.keys:
        start = problem.scenario.horizon.index(problem.dated.terms[key.contract].start)
        yield OrderKey(key.contract, start, key.future)
    yield from problem.spend.keys
    yield from problem.token_offers.orders.keys


def _why_gone(problem: Problem, order: ApprovedOrder) -> str:
    """The first reason that there is."""
    contract, horizon, quotes = order.contract, problem.scenario.horizon, _quotes(problem)
    if contract in {row.held for row in problem.scenario.held_contracts}:
        return "held by now"
    if contract not in quotes:
        by_use = contract in {terms.contract for terms in problem.scenario.contracts}
        return "bought as it is used, and not ordered" if by_use else "not in the scenario"
    if order.start < horizon.first:
        return f"starts before the horizon, {horizon.first}"
    if order.start >= horizon.end:
        return f"starts after the horizon, {horizon.months[-1]}"
    if _place(problem, order) in {OrderPlace(key.contract, key.start) for key in _keys(problem)}:
        return "decided only when the outlook is known"
    until = quotes[contract]
    if until is not None and until < problem.scenario.run.order_date:
        return f"quote expired on {until}"
    return "outside its start window, lattice or lead time"


def _quotes(problem: Problem) -> dict[str, date | None]:
    """Last day of the quote of everything that is ordered, by contract."""
    terms = (
        *problem.ordered.values(),
        *problem.dated.terms.values(),
        *problem.spend.terms.values(),
        *problem.token_offers.provisioned.values(),
    )
    return {row.contract: row.quote_valid_until for row in terms}
