"""The bill of every order that could be made, for the outlooks for which it is stated."""

from collections.abc import Iterator
from typing import NamedTuple

from contracts.terms.common import BillLine
from contracts.terms.owned import owned_bill
from contracts.terms.reserved import recurring_bill, reserved_bill, upfront_bill
from optimizer.course_calendar import CourseKey
from optimizer.order_calendar import ALL_FUTURES, OrderKey
from optimizer.problem import Problem


class OrderBill(NamedTuple):
    """Lines of an order: for one outlook, or (None) for all in which it exists."""

    outlook: str | None
    lines: tuple[BillLine, ...]


def owned_bills(problem: Problem, key: OrderKey, nodes: int) -> Iterator[OrderBill]:
    """One bill for all outlooks of nodes that are delivered on time in all of them, else one for each."""
    for outlook in problem.billed_outlooks(key):
        start = problem.calendar.delivered(key, outlook or problem.calendar.outlooks_of(key)[0])
        yield OrderBill(outlook, owned_bill(problem.owned[key.contract], nodes, start))


def reserved_bills(problem: Problem, key: OrderKey, nodes: int, *, apart: bool = False) -> Iterator[OrderBill]:
    """One bill for all outlooks of an order that is on time in all of them, else (or where `apart`) one for each.

    A most-favoured price follows the on-demand price of an outlook, so what recurs is then stated for each of them.
    """
    terms, calendar = problem.reserved[key.contract], problem.calendar
    for outlook in calendar.outlooks_of(key) if apart else problem.billed_outlooks(key):
        first, *others = calendar.outlooks_of(key) if outlook is None else (outlook,)
        start = calendar.delivered(key, first)
        if not (others and terms.most_favoured_of):
            yield OrderBill(outlook, reserved_bill(terms, nodes, start, problem.price_bounds(terms, start, first)))
            continue
        yield OrderBill(None, upfront_bill(terms, nodes, start))
        for s in (first, *others):
            yield OrderBill(s, recurring_bill(terms, nodes, start, problem.price_bounds(terms, start, s)))


def month_outlooks(problem: Problem, key: OrderKey, *, apart: bool = False) -> tuple[str | None, ...]:
    """The outlooks for which months of a reserved order, and the rights used of it, are stated."""
    moves = key.future == ALL_FUTURES and problem.reserved[key.contract].most_favoured_of is not None
    if apart or (moves and len(problem.outlooks) > 1):
        return problem.calendar.outlooks_of(key)
    return problem.billed_outlooks(key)


def course_outlooks(problem: Problem, key: CourseKey) -> tuple[str | None, ...]:
    """For which outlooks a course is charged: once (its own or None) unless the months of its order differ."""
    order = problem.courses.order(key.source)
    if order is None or len(month_outlooks(problem, order)) == 1:
        return (key.future or None,)
    return problem.courses.outlooks_of(key)
