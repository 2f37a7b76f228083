"""Nodes by the hour: kind of terms, quota, depth, whole nodes, and the order whose nodes are used."""

from collections import defaultdict

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import VolumePriced
from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.deliveries import Delivery, deliveries
from optimizer.audit.figures import Inputs
from optimizer.audit.orders import is_bound_stated
from optimizer.audit.statements import Statements, usage_place
from optimizer.plan import Usage

Moment = tuple[str, Month, str]


def check_usages(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every use against its terms, and all of them against quota and orders."""
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        place = usage_place(usage)
        checks.true(
            "usage.kind",
            place,
            isinstance(terms, OnDemand | Spot | TakeOrPay | VolumePriced) and terms.offering == usage.offering,
            left=f"{terms.kind} of {terms.offering}",
            operator="is",
            right=f"by the hour, of {usage.offering}",
        )
        if isinstance(terms, OnDemand | Spot) and terms.whole_nodes:
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
            depth = terms.spot_depth_nodes * inputs.effects.spot_depth(usage.outlook, terms.offering, usage.month)
            checks.at_most("usage.spot_depth", place, usage.nodes, depth, "nodes")
    _check_quota(inputs, stated, checks)
    _check_order_nodes(inputs, stated, checks)


def _check_quota(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """On-demand nodes and those under volume tiers share the quota of their offering."""
    by_hour: dict[tuple[str, Month, str, str], list[float]] = defaultdict(list)
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        if isinstance(terms, OnDemand | VolumePriced):
            by_hour[usage.outlook, usage.month, usage.block, terms.offering].append(usage.nodes)
    for place, nodes in by_hour.items():
        quota = inputs.quota(inputs.offerings[place[3]])
        if is_bound_stated(quota, "usage.quota", place, sum(nodes), checks):
            checks.at_most("usage.quota", place, sum(nodes), quota or 0, "nodes", rounded=len(nodes))


def _check_order_nodes(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Use under take-or-pay names an order that is there, and keeps to its nodes; other use names none."""
    there = {(d.outlook, d.order.order): d for d in deliveries(inputs, stated)}
    used: dict[tuple[Moment, str], list[float]] = defaultdict(list)
    for usage in stated.usages:
        delivered = there.get((usage.outlook, usage.order)) if usage.order is not None else None
        is_take_or_pay = isinstance(inputs.terms[usage.contract], TakeOrPay)
        checks.true(
            "usage.order",
            usage_place(usage),
            _is_there(usage, delivered) if is_take_or_pay else usage.order is None,
            left=f"order {usage.order or '(none)'}",
            operator="is",
            right=f"an order of {usage.contract} in service" if is_take_or_pay else "not named",
        )
        if delivered is not None:
            used[(usage.outlook, usage.month, usage.block), delivered.order.order].append(usage.nodes)
    for (moment, order), nodes in used.items():
        place: Place = (*moment, order)
        most = there[moment[0], order].order.nodes
        checks.at_most("usage.order_nodes", place, sum(nodes), most, "nodes", rounded=len(nodes))


def _is_there(usage: Usage, delivered: Delivery | None) -> bool:
    return delivered is not None and delivered.order.contract == usage.contract and delivered.serves(usage.month)
