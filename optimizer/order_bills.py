"""The bill of every order that could be made, for the outlooks for which it is stated."""

from collections.abc import Iterator
from typing import NamedTuple

from contracts.terms.common import BillLine
from contracts.terms.reserved import recurring_bill, reserved_bill, upfront_bill
from optimizer.order_calendar import OrderKey
from optimizer.problem import Problem


class OrderBill(NamedTuple):
    """Lines of an order: for one outlook, or (None) for all in which it exists."""

    outlook: str | None
    lines: tuple[BillLine, ...]


def reserved_bills(problem: Problem, key: OrderKey, nodes: int) -> Iterator[OrderBill]:
    """One bill for all outlooks of an order that is on time in all of them, else one for each.

    A most-favoured price follows the on-demand price of an outlook, so what recurs is then stated for each of them.
    """
    terms, calendar = problem.reserved[key.contract], problem.calendar
    for outlook in problem.billed_outlooks(key):
        first, *others = calendar.outlooks_of(key) if outlook is None else (outlook,)
        start = calendar.delivered(key, first)
        if not (others and terms.most_favoured_of):
            yield OrderBill(outlook, reserved_bill(terms, nodes, start, problem.price_bounds(terms, start, first)))
            continue
        yield OrderBill(None, upfront_bill(terms, nodes, start))
        for s in (first, *others):
            yield OrderBill(s, recurring_bill(terms, nodes, start, problem.price_bounds(terms, start, s)))
