"""Rights: nodes may leave before their term is over, be swapped to another offering, or stay after it.

Every lot of an order (k,u,v), and every node of a held contract, takes its plain term or one course c =
(k,u,e,n,v,r,f): right r from month e on, renewed n times, decided for future f. Courses that cannot be had have no
variable: too early, notice past, not yet delivered, after the horizon. Neither has leaving what is held where that
could only cost.

    take_one_course[k,u,v,s]:         sum over courses c of (k,u,v) that exist in outlook s of course[c]
                                          <=  order_lots[k,u,v]  (nodes[k] of what is held)
                                      =   where it renews by itself and the day to refuse is past
    keep_the_value[k,u,e,n,v,r,f]:    swap_price[k] * swapped[c]  >=  price[k] * lot_nodes[k] * course[c]
    swap_what_leaves[k,u,e,n,v,r,f]:  swapped[c]  <=  most_swapped[k] * course[c]

    offered:  swapped[c] to the base pool of the other offering in months e <= t < end + delay, firm as the contract is
    charged:  leaving   course[c] * (fee of a lot - its recurring fees from e on, also after the horizon)
              swapping  swapped[c] * its monthly fees from e on  -  course[c] * recurring fees of a lot from e on
              renewing  course[c] * monthly fees of a lot for the months renewed, also after the horizon

symbol              | V or P | explanation
course[c]           | V      | lots (of what is held: nodes) that take course c
swapped[c]          | V      | nodes of the other offering for those that are swapped
order_lots[k,u,v]   | V      | lots of contract k promised for month u in future v
nodes[k]            | P      | nodes under held contract k
lot_nodes[k]        | P      | nodes in a lot; 1 for what is held
price[k]            | P      | signed price of a node-hour
swap_price[k]       | P      | price of a node-hour of the other offering
most_swapped[k]     | P      | stock of the other offering: the smallest big-M there is
delay               | P      | months by which the order is late in outlook s
"""

from collections.abc import Iterable
from typing import Any

import pyomo.environ as pyo

from contracts.courses import recurring_from, renewed_bill, swapped_bill, termination_bill
from contracts.terms.common import BillLine, Nature
from contracts.terms.held import HeldContract, held_bill
from contracts.terms.reserved import Reserved, reserved_bill
from optimizer.course_calendar import CourseKey, Source
from optimizer.decisions import Decisions, most_swapped
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.order_bills import course_outlooks
from optimizer.plan_contracts import Right
from optimizer.problem import Problem
from optimizer.supply import Commitment, Supply

SENTENCES = {"take_one_course": "every node under {0} takes a course of its own"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Hold courses to what is there, keep the value of a swap, offer what is swapped in, and charge the differences."""
    _take_one_course(block, problem, decide)
    _keep_the_value(block, problem, decide)
    for o in sorted(problem.swapped_to):
        for t in problem.month_indices:
            for s in problem.outlooks:
                for key in problem.courses.swapped_in(o, t, s):
                    firm = problem.courses.terms(key.source).firm
                    supply.commit(o, t, s, Commitment(key.name, firm, ((1.0, decide.swapped[key]),)))
    for key in problem.courses.keys:
        for outlook in course_outlooks(problem, key):
            _charge(problem, decide, ledger, key, outlook)


def _take_one_course(block: Any, problem: Problem, decide: Decisions) -> None:
    courses = problem.courses
    rows: dict[tuple[str, int, str, str], tuple[Source, tuple[CourseKey, ...]]] = {}
    for source, keys in courses.by_source.items():
        told: set[tuple[CourseKey, ...]] = set()
        for s in courses.source_outlooks(source):
            there = tuple(key for key in keys if s in courses.outlooks_of(key))
            if there and there not in told:
                told.add(there)
                rows[(*source, s)] = source, there

    def take_one_course(_: Any, k: str, u: int, v: str, s: str) -> Any:
        source, keys = rows[k, u, v, s]
        order = courses.order(source)
        taken: list[Term] = [(1.0, decide.course[key]) for key in keys]
        most = float(problem.held[k].nodes) if order is None else 0.0
        if order is not None:
            taken.append((-1.0, decide.order_lots[order]))
        total = linear(taken)
        return total == most if courses.must_renew(source) else total <= most

    block.take_one_course = pyo.Constraint(list(rows), rule=take_one_course)


def _keep_the_value(block: Any, problem: Problem, decide: Decisions) -> None:
    def keep_the_value(_: Any, *index: Any) -> Any:
        key = CourseKey(*index)
        terms = problem.courses.terms(key.source)
        assert terms.swap_price_usd_per_node_hour is not None
        left = float(terms.price_usd_per_node_hour * _lot_nodes(terms) / terms.swap_price_usd_per_node_hour)
        return linear([(1.0, decide.swapped[key]), (-left, decide.course[key])]) >= 0.0

    def swap_what_leaves(_: Any, *index: Any) -> Any:
        key = CourseKey(*index)
        return linear([(1.0, decide.swapped[key]), (-float(most_swapped(problem, key)), decide.course[key])]) <= 0.0

    block.keep_the_value = pyo.Constraint(list(decide.swapped), rule=keep_the_value)
    block.swap_what_leaves = pyo.Constraint(list(decide.swapped), rule=swap_what_leaves)


def _lot_nodes(terms: Reserved | HeldContract) -> int:
    return terms.lot_nodes if isinstance(terms, Reserved) else 1


def _charge(problem: Problem, decide: Decisions, ledger: Ledger, key: CourseKey, outlook: str | None) -> None:
    """What a lot costs on its course, less what it costs by its plain term, in an outlook or in all of them."""
    courses, terms = problem.courses, problem.courses.terms(key.source)
    s = outlook or courses.outlooks_of(key)[0]
    end, nodes = courses.delivered_end(key.source, s), _lot_nodes(terms)
    horizon = problem.scenario.horizon
    month = horizon.first + key.month

    def charge(lines: Iterable[BillLine], offering: str, variable: Any, bills: float = 1.0) -> None:
        ledger.charge_bill(
            lines,
            bills=bills,
            offering=offering,
            source=key.name,
            variable=variable,
            outlook=outlook,
            probability=problem.probability[outlook] if outlook else 1.0,
            is_held=isinstance(terms, HeldContract),
        )

    def hold(nature: Nature, offering: str, variable: Any, count: int, months: range) -> None:
        hours = [(t, float(count * problem.months[t].hours)) for t in months]
        ledger.hold(
            nature, offering=offering, source=key.name, variable=variable, node_hours=hours, outlook=outlook
        )

    course = decide.course[key]
    if key.right is Right.RENEW:
        charge(renewed_bill(terms, nodes, end, key.renewals), terms.offering, course)
        hold(Nature.RENEWED_RECURRING, terms.offering, course, nodes, courses.months_more(key, s))
        return
    away = courses.months_away(key, s)
    charge(recurring_from(_plain_bill(problem, key, s), month), terms.offering, course, bills=-1.0)
    hold(Nature.RESERVED_RECURRING, terms.offering, course, -nodes, away)
    if key.right is Right.TERMINATE:
        charge(termination_bill(terms, nodes, month, end, horizon), terms.offering, course)
    elif terms.swap_to is not None:
        charge(swapped_bill(terms, 1, month, end), terms.swap_to, decide.swapped[key])
        hold(Nature.SWAPPED_RECURRING, terms.swap_to, decide.swapped[key], 1, away)


def _plain_bill(problem: Problem, key: CourseKey, outlook: str) -> tuple[BillLine, ...]:
    """The bill of a lot, or of a node that is held, by its plain term in an outlook."""
    terms = problem.courses.terms(key.source)
    if isinstance(terms, HeldContract):
        return held_bill(terms.model_copy(update={"nodes": 1}), problem.scenario.horizon)
    order = problem.courses.order(key.source)
    assert order is not None
    start = problem.calendar.delivered(order, outlook)
    return reserved_bill(terms, terms.lot_nodes, start, problem.price_bounds(terms, start, outlook))
