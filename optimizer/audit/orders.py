"""Orders and nodes by the hour: lots, starts, terms, stock, quota and depth."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved
from contracts.terms.spot import Spot
from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.figures import Inputs, first_start
from optimizer.audit.statements import Statements
from optimizer.plan import Order

START_RULES = (
    "orders.horizon",
    "orders.lead_time",
    "orders.window",
    "orders.lattice",
    "orders.quote",
)


def check_orders(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every order against its contract, and all of them against the stock."""
    starts: dict[tuple[str, Month], int] = defaultdict(int)
    for order in stated.orders:
        terms = inputs.terms[order.contract]
        if isinstance(terms, Reserved):
            _check_size(order, terms, checks)
            _check_start(inputs, order, terms, checks)
        starts[order.contract, order.start] += 1
    for (contract, start), count in starts.items():
        checks.true(
            "orders.one_per_start",
            (contract, start),
            count == 1,
            left=count,
            operator="<=",
            right=1,
            unit="orders",
        )
    _check_stock(inputs, stated, checks)


def _check_size(order: Order, terms: Reserved, checks: Checks) -> None:
    place: Place = ("order", order.order)
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


def _check_start(inputs: Inputs, order: Order, terms: Reserved, checks: Checks) -> None:
    place: Place = ("order", order.order)
    faults = _start_faults(inputs, terms, order.start)
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
    lead = timedelta(days=inputs.offerings[terms.offering].lead_time_days)
    last_day = order.start.first_day - lead
    if terms.quote_valid_until is not None:
        last_day = min(last_day, terms.quote_valid_until)
    checks.same("orders.order_by", place, order.order_by, last_day)


def _start_faults(inputs: Inputs, terms: Reserved, month: Month) -> dict[str, str]:
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
    active: dict[tuple[str, Month], int] = defaultdict(int)
    for order in stated.orders:
        for month in inputs.months:
            if order.start <= month < order.end:
                active[order.offering, month] += order.nodes
    for (offering, month), nodes in active.items():
        stock = inputs.stock(inputs.offerings[offering])
        if _is_stated(stock, "orders.stock", (offering, month), nodes, checks):
            checks.at_most("orders.stock", (offering, month), nodes, stock or 0, "nodes", rounded=0)


def check_usages(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Nodes by the hour against the kind of their terms, quota, depth and wholeness."""
    on_demand: dict[tuple[str, Month, str, str], float] = defaultdict(float)
    count: dict[tuple[str, Month, str, str], int] = defaultdict(int)
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        place = (usage.outlook, usage.month, usage.block, usage.contract)
        checks.true(
            "usage.kind",
            place,
            isinstance(terms, OnDemand | Spot) and terms.offering == usage.offering,
            left=f"{terms.kind} of {terms.offering}",
            operator="is",
            right=f"by the hour, of {usage.offering}",
        )
        if isinstance(terms, Reserved):
            continue
        if terms.whole_nodes:
            checks.true(
                "usage.whole_nodes",
                place,
                abs(usage.nodes - round(usage.nodes)) <= ROUNDING,
                left=usage.nodes,
                operator="is",
                right="whole",
                unit="nodes",
            )
        if isinstance(terms, Spot):
            checks.at_most("usage.spot_depth", place, usage.nodes, terms.spot_depth_nodes, "nodes")
        else:
            key = (usage.outlook, usage.month, usage.block, terms.offering)
            on_demand[key] += usage.nodes
            count[key] += 1
    for key, nodes in on_demand.items():
        quota = inputs.quota(inputs.offerings[key[3]])
        if _is_stated(quota, "usage.quota", key, nodes, checks):
            checks.at_most("usage.quota", key, nodes, quota or 0, "nodes", rounded=count[key])


def _is_stated(bound: int | None, rule: str, place: Place, nodes: float, checks: Checks) -> bool:
    if bound is not None:
        return True
    return checks.true(
        rule, place, nodes <= 0, left=nodes, operator="<=", right="unknown: no bound is stated", unit="nodes"
    )
