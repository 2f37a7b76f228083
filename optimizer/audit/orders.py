"""Orders: lots, starts, terms, the day by which they are signed, and the stock they are delivered from."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, TypeAlias

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.blocks import check_block, last_day_to_sign
from optimizer.audit.checks import Checks, Place
from optimizer.audit.courses import Course, RightsBook, Stay
from optimizer.audit.deliveries import deliveries, held_stays, outlooks_of
from optimizer.audit.figures import Inputs, first_start
from optimizer.audit.statements import Statements
from optimizer.plan import Order

ByTheLot: TypeAlias = Reserved | TakeOrPay | Owned
"""Kinds that are ordered by the lot for a term."""

START_RULES = (
    "orders.horizon",
    "orders.lead_time",
    "orders.window",
    "orders.lattice",
    "orders.quote",
)


def check_orders(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every order against its contract, and all of them against the stock."""
    starts: dict[tuple[str, Month, str], int] = defaultdict(int)
    for order in stated.orders:
        _check_order(inputs, order, ("order", order.order), checks)
        for outlook in outlooks_of(inputs, order.outlook):
            starts[order.contract, order.start, outlook] += 1
    for start, count in starts.items():
        checks.true("orders.one_per_start", start, count == 1, left=count, operator="<=", right=1, unit="orders")
    _check_stock(inputs, stated, checks)
    for order in stated.mean_orders:
        place: Place = ("order of the plan for the mean", order.order)
        _check_order(inputs, order, place, checks)
        checks.same("orders.stage", place, order.outlook, None)


def _check_order(inputs: Inputs, order: Order, place: Place, checks: Checks) -> None:
    terms = inputs.terms[order.contract]
    if isinstance(terms, CapacityBlock):
        check_block(inputs, order, terms, place, checks)
        last_day = last_day_to_sign(inputs, terms)
    else:
        assert isinstance(terms, ByTheLot), "sifted"
        _check_size(order, terms, place, checks)
        _check_start(inputs, order, terms, place, checks)
        last_day = last_day_to_order(inputs, terms, order.start)
    checks.same("orders.order_by", place, order.order_by, last_day)
    check_stage(inputs, ("orders.stage", place), order.outlook, last_day, checks)


def check_stage(inputs: Inputs, at: tuple[str, Place], outlook: str | None, decided_by: date, checks: Checks) -> None:
    """What must be decided before the reveal is there in all outlooks; what may wait is decided for each.

    With a single outlook there is nothing to wait for, and both mean the same.
    """
    if len(inputs.probability) == 1:
        return
    reveal = inputs.run.reveal_month
    checks.true(
        *at,
        may_wait(inputs, decided_by) == (outlook is not None),
        left=f"decided by {decided_by} for outlook {outlook or '(all)'}",
        operator="but",
        right=f"the outlook is known from {reveal.first_day} on" if reveal else "no reveal month is stated",
    )


def may_wait(inputs: Inputs, decided_by: date) -> bool:
    """Whether the outlook is known by then; a single one always is, and nothing waits for it."""
    reveal = inputs.run.reveal_month
    return len(inputs.probability) > 1 and reveal is not None and decided_by >= reveal.first_day


def last_day_to_order(inputs: Inputs, terms: ByTheLot, start: Month) -> date:
    """First day of the promised service less the lead time, and no later than the quote allows."""
    last_day = start.first_day - timedelta(days=inputs.offerings[terms.offering].lead_time_days)
    return last_day if terms.quote_valid_until is None else min(last_day, terms.quote_valid_until)


def _check_size(order: Order, terms: ByTheLot, place: Place, checks: Checks) -> None:
    nodes: Any = order.nodes
    whole = isinstance(nodes, int) and nodes >= 0
    checks.true("orders.whole_nodes", place, whole, left=nodes, operator="is", right="a whole number", unit="nodes")
    checks.true(
        "orders.lot",
        place,
        nodes % terms.lot_nodes == 0,
        left=nodes,
        operator="multiple of",
        right=terms.lot_nodes,
        unit="nodes",
    )
    checks.at_most("orders.minimum", place, terms.minimum_order_nodes, nodes, "nodes", rounded=0)
    if terms.maximum_order_nodes is not None:
        checks.at_most("orders.maximum", place, nodes, terms.maximum_order_nodes, "nodes", rounded=0)


def _check_start(inputs: Inputs, order: Order, terms: ByTheLot, place: Place, checks: Checks) -> None:
    faults = start_faults(inputs, terms, order.start)
    for rule in START_RULES:
        checks.true(
            rule,
            place,
            rule not in faults,
            left=inputs.run.order_date if rule == "orders.quote" else order.start,
            operator="within",
            right=faults.get(rule, ""),
        )
    checks.same("orders.end", place, order.end, order.start + terms.term_months)


def start_faults(inputs: Inputs, terms: ByTheLot, month: Month) -> dict[str, str]:
    """The start rules that an order of the contract would break in a month, with the limit of each."""
    faults: dict[str, str] = {}
    if not inputs.first <= month < inputs.end:
        faults["orders.horizon"] = f"{inputs.first} to {inputs.end + -1}"
    lead = inputs.offerings[terms.offering].lead_time_days
    earliest = first_start(inputs.run.order_date, lead)
    if month < earliest:
        faults["orders.lead_time"] = f"{earliest} or later"
    if (terms.earliest_start and month < terms.earliest_start) or (terms.latest_start and month > terms.latest_start):
        faults["orders.window"] = f"{terms.earliest_start or inputs.first} to {terms.latest_start or '...'}"
    base = terms.earliest_start or inputs.first
    if (month - base) % terms.start_every_months:
        faults["orders.lattice"] = f"{base} and every {terms.start_every_months} months"
    if terms.quote_valid_until and terms.quote_valid_until < inputs.run.order_date:
        faults["orders.quote"] = f"signed by {terms.quote_valid_until}"
    return faults


def _check_stock(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Delivered nodes in every outlook and month."""
    active: dict[tuple[str, str, Month], int] = defaultdict(int)
    for delivered in deliveries(inputs, stated):
        for stay in delivered.stays:
            _take(active, inputs, delivered.outlook, stay)
    for outlook, stay in _swapped_in(inputs, stated):
        _take(active, inputs, outlook, stay)
    for place, nodes in active.items():
        stock = inputs.stock(inputs.offerings[place[1]])
        if is_bound_stated(stock, "orders.stock", place, nodes, checks):
            checks.at_most("orders.stock", place, nodes, stock or 0, "nodes", rounded=0)


def _take(active: dict[tuple[str, str, Month], int], inputs: Inputs, outlook: str, stay: Stay) -> None:
    for month in inputs.months:
        if stay.serves(month):
            active[outlook, stay.offering, month] += stay.nodes


def _swapped_in(inputs: Inputs, stated: Statements) -> Iterator[tuple[str, Stay]]:
    """Nodes that a held contract is swapped to; all else that is held is in no stock."""
    book = RightsBook(stated)
    for held in inputs.held.values():
        for outlook in inputs.probability:
            for stay in held_stays(held, outlook, book):
                if stay.course is Course.SWAPPED:
                    yield outlook, stay


def is_bound_stated(bound: int | None, rule: str, place: Place, nodes: float, checks: Checks) -> bool:
    """Whether there is a bound to compare with; without one nothing may be taken."""
    if bound is not None:
        return True
    return checks.true(
        rule, place, nodes <= 0, left=nodes, operator="<=", right="unknown: no bound is stated", unit="nodes"
    )
