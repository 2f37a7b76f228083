"""Which nodes of a plan serve when: orders as they are delivered, held contracts, and the rights used of both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from optimizer.course_calendar import HELD, CourseKey, Source
from optimizer.order_calendar import ALL_FUTURES, OrderKey
from optimizer.plan import Order
from optimizer.plan_contracts import Right, RightUsed
from optimizer.problem import Problem

N = TypeVar("N", int, float)
"""Whole nodes, or nodes on average."""


class Place(NamedTuple):
    """An offering in a month (index) and outlook."""

    offering: str
    month: int
    outlook: str


def order_key(problem: Problem, order: Order) -> OrderKey:
    """The order as the calendar knows it."""
    return OrderKey(order.contract, problem.scenario.horizon.index(order.start), order.outlook or ALL_FUTURES)


def served_months(problem: Problem, order: Order) -> Iterator[tuple[int, str]]:
    """Months (indices) and outlooks in which an order's nodes are there by their plain term."""
    if order.contract in problem.dated.terms:
        outlooks = problem.dated.outlooks_of(order.outlook or ALL_FUTURES)
        yield from ((t, s) for t, _, _ in problem.dated.served(order.contract) for s in outlooks)
        return
    key = order_key(problem, order)
    for s in problem.calendar.outlooks_of(key):
        first = problem.scenario.horizon.index(problem.calendar.delivered(key, s))
        yield from ((t, s) for t in range(first, min(first + (order.end - order.start), len(problem.months))))


def course_key(problem: Problem, orders: Iterable[Order], used: RightUsed) -> CourseKey:
    """The course that a right used is, as the calendar knows it."""
    source = _source(problem, orders, used)
    month = problem.scenario.horizon.index(used.month)
    future = used.outlook or ALL_FUTURES
    return CourseKey(source.name, source.start, month, used.renewals, source.ordered_for, used.right, future)


def _source(problem: Problem, orders: Iterable[Order], used: RightUsed) -> Source:
    if used.held is not None:
        return Source(used.held, problem.scenario.horizon.index(problem.held[used.held].start), HELD)
    return Source(*next(order_key(problem, order) for order in orders if order.order == used.order))


def committed_nodes(
    problem: Problem, orders: tuple[Order, ...], rights: tuple[RightUsed, ...]
) -> dict[tuple[str, int, str, str], float]:
    """Nodes that are paid used or not, by offering, month, block and outlook; a block's on average over the month."""
    paid_by_use = problem.take_or_pay.keys()
    standing = standing_nodes(problem, tuple(order for order in orders if order.contract not in paid_by_use), rights)
    by_month: dict[Place, float] = defaultdict(float, standing)
    for order in orders:
        if order.contract in problem.dated.terms:
            for t, s in served_months(problem, order):
                by_month[Place(order.offering, t, s)] += order.nodes * problem.dated.share_of_month(order.contract, t)
    return {(o, t, b, s): nodes for (o, t, s), nodes in by_month.items() for b in problem.blocks}


def standing_nodes(
    problem: Problem, orders: tuple[Order, ...], rights: tuple[RightUsed, ...]
) -> dict[Place, int]:
    """Nodes that are there all month, used or not: of orders but capacity blocks, held, and as rights change them."""
    lots = tuple(order for order in orders if order.contract not in problem.dated.terms)
    by_month: dict[Place, int] = defaultdict(int, new_nodes(problem, lots, rights))
    for held in problem.held.values():
        for t, month in enumerate(problem.months):
            if held.start <= month < held.end:
                for s in problem.outlooks:
                    by_month[Place(held.offering, t, s)] += held.nodes
    for used in rights:
        if used.held is not None:
            _change(problem, by_month, used, course_key(problem, orders, used), problem.held[used.held].offering)
    return by_month


def new_nodes(problem: Problem, orders: tuple[Order, ...], rights: tuple[RightUsed, ...]) -> dict[Place, int]:
    """Nodes of orders, renewed and swapped ones included, that serve, and nodes swapped in from what is held."""
    by_month: dict[Place, int] = defaultdict(int)
    offering = {order.order: order.offering for order in orders}
    for order in orders:
        for t, s in served_months(problem, order):
            by_month[Place(order.offering, t, s)] += order.nodes
    for used in rights:
        key = course_key(problem, orders, used)
        if used.order is not None:
            _change(problem, by_month, used, key, offering[used.order])
        if used.right is Right.SWAP and used.to_offering is not None:
            for s in problem.courses.outlooks_of(key):
                for t in problem.courses.months_away(key, s):
                    by_month[Place(used.to_offering, t, s)] += used.to_nodes
    return by_month


def _change(problem: Problem, nodes: dict[Place, N], used: RightUsed, key: CourseKey, offering: str) -> None:
    """Take away what has left and add what is renewed."""
    for s in problem.courses.outlooks_of(key):
        for t in problem.courses.months_away(key, s):
            nodes[Place(offering, t, s)] -= used.nodes
        for t in problem.courses.months_more(key, s):
            nodes[Place(offering, t, s)] += used.nodes
