"""Faults in rights: which nodes, when, declared by when, in which outlook, and what they cost."""

from datetime import date
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.outlooks import Effect, OutlookEffect
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import fault, line_of, on, swap, with_cap, with_terms, without
from tests.audit_right_plans import rights_plan
from tests.audit_rights import APR, CALM, MAY, STORM

LEAVES, SWAPS, STAYS, CALM_LEAVES, STORM_STAYS, ORDER_SWAPS = range(6)
"""The rights of the plan, in its order."""


def right(plan: Plan, index: int, **changes: Any) -> Plan:
    return swap(plan, "rights", index, **changes)


def with_held(plan: Plan, **changes: Any) -> Plan:
    return on(plan, held_contracts=(plan.scenario.held_contracts[0].model_copy(update=changes),))


def with_node_b(plan: Plan, **changes: Any) -> Plan:
    node_a, node_b = plan.scenario.catalog.offerings
    offerings = (node_a, node_b.model_copy(update=changes))
    return on(plan, catalog=plan.scenario.catalog.model_copy(update={"offerings": offerings}))


# Which, and how many


@fault("records.ids", rights_plan)
def a_right_of_nothing(plan: Plan) -> Plan:
    return right(plan, LEAVES, held=None)


@fault("records.ids", rights_plan)
def a_right_of_an_order_that_is_not_there(plan: Plan) -> Plan:
    return right(plan, ORDER_SWAPS, order="res-b 2027-02")


@fault("records.ids", rights_plan)
def a_right_of_two(plan: Plan) -> Plan:
    return right(plan, ORDER_SWAPS, held="held-a")


@fault("records.unique", rights_plan)
def a_right_used_twice(plan: Plan) -> Plan:
    return plan.model_copy(update={"rights": (*plan.rights, plan.rights[LEAVES])})


@fault("rights.granted", rights_plan)
def a_right_that_is_not_in_the_terms(plan: Plan) -> Plan:
    return with_terms(plan, "res-a", terminable_after_months=None, termination_fee_share=0.0)


@fault("rights.granted", rights_plan)
def a_renewal_that_is_not_in_the_terms(plan: Plan) -> Plan:
    return with_terms(plan, "res-a", renewal_months=None, renewal_price_factor=usd(1), renewal_notice_days=0)


@fault("rights.nodes", rights_plan)
def half_a_lot_swapped(plan: Plan) -> Plan:
    return right(plan, ORDER_SWAPS, nodes=1)


@fault("rights.nodes", rights_plan)
def a_right_of_no_node(plan: Plan) -> Plan:
    return right(plan, LEAVES, nodes=0)


@fault("rights.once", rights_plan)
def a_node_that_leaves_and_is_renewed(plan: Plan) -> Plan:
    return right(plan, LEAVES, nodes=2)


@fault("rights.forced", rights_plan)
def a_renewal_that_can_no_longer_be_refused(plan: Plan) -> Plan:
    return without(plan, "rights", STAYS)


# When


@fault("rights.month", rights_plan)
def gone_before_the_terms_allow(plan: Plan) -> Plan:
    return with_terms(plan, "res-a", term_months=4, terminable_after_months=3)


@fault("rights.month", rights_plan)
def gone_at_the_end_of_the_term(plan: Plan) -> Plan:
    return right(plan, CALM_LEAVES, month=APR)


@fault("rights.month", rights_plan)
def swapped_before_the_terms_allow(plan: Plan) -> Plan:
    return with_held(plan, end=APR, swap_after_months=8)


@fault("rights.month", rights_plan)
def swapped_after_the_horizon(plan: Plan) -> Plan:
    return right(with_terms(plan, "res-b", term_months=6), ORDER_SWAPS, month=MAY)


@fault("rights.month", rights_plan)
def renewed_before_the_end(plan: Plan) -> Plan:
    return right(plan, STAYS, month=FEB)


@fault("rights.month", rights_plan)
def renewed_at_the_end_of_the_horizon(plan: Plan) -> Plan:
    return right(with_terms(plan, "res-a", term_months=4), STORM_STAYS, month=MAY)


@fault("rights.delivered", rights_plan)
def swapped_before_it_is_delivered(plan: Plan) -> Plan:
    late = OutlookEffect(outlook=STORM, effect=Effect.DELIVERY_DELAY, value=2)
    return on(plan, outlook_effects=(*plan.scenario.outlook_effects, late))


@fault("rights.renewals", rights_plan)
def renewed_once_too_often(plan: Plan) -> Plan:
    return right(plan, STAYS, renewals=4)


@fault("rights.renewals", rights_plan)
def renewed_not_at_all(plan: Plan) -> Plan:
    return right(plan, STAYS, renewals=0)


@fault("rights.renewals", rights_plan)
def left_and_renewed(plan: Plan) -> Plan:
    return right(plan, LEAVES, renewals=1)


@fault("rights.notice", rights_plan)
def notice_on_the_day_itself(plan: Plan) -> Plan:
    return right(plan, LEAVES, notice_by=date(2027, 2, 1))


@fault("rights.notice", rights_plan)
def a_swap_without_the_lead_time(plan: Plan) -> Plan:
    return with_node_b(plan, lead_time_days=0)


@fault("rights.past", rights_plan)
def a_notice_that_is_past(plan: Plan) -> Plan:
    return with_held(plan, termination_notice_days=63)


@fault("rights.past", rights_plan)
def a_renewal_that_is_too_late(plan: Plan) -> Plan:
    return with_held(plan, auto_renews=False)


@fault("rights.stage", rights_plan)
def decided_early_without_need(plan: Plan) -> Plan:
    return right(plan, CALM_LEAVES, outlook=None)


@fault("rights.stage", rights_plan)
def decided_later_than_possible(plan: Plan) -> Plan:
    return right(plan, LEAVES, outlook=CALM)


@fault("rights.stage", rights_plan)
def of_another_outlook_than_the_order(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, outlook=CALM)


# Swaps


@fault("rights.swapped", rights_plan)
def swapped_for_nothing(plan: Plan) -> Plan:
    return right(plan, SWAPS, to_nodes=0)


@fault("rights.swapped", rights_plan)
def swapped_to_another_offering(plan: Plan) -> Plan:
    return right(plan, SWAPS, to_offering="node-a")


@fault("rights.swapped", rights_plan)
def left_with_something_in_return(plan: Plan) -> Plan:
    return right(plan, LEAVES, to_offering="node-b", to_nodes=1)


@fault("rights.swap_value", rights_plan)
def swapped_below_the_remaining_value(plan: Plan) -> Plan:
    return right(plan, ORDER_SWAPS, to_nodes=1)


@fault("inputs.clauses", rights_plan)
def a_swap_to_an_unknown_offering(plan: Plan) -> Plan:
    return with_terms(plan, "res-b", swap_to="node-z")


@fault("inputs.clauses", rights_plan)
def a_swap_to_itself(plan: Plan) -> Plan:
    return with_held(plan, swap_to="node-a")


@fault("inputs.clauses", rights_plan)
def a_swap_to_another_provider(plan: Plan) -> Plan:
    return with_node_b(plan, provider="cloud-b")


@fault("orders.stock", rights_plan)
def swapped_to_more_than_there_is(plan: Plan) -> Plan:
    """Two of an order and one of a held contract."""
    return with_node_b(plan, stock_nodes=2)


@fault("serving.refused", rights_plan)
def an_offering_to_swap_to_refused_for_want_of_terms(plan: Plan) -> Plan:
    plan = with_held(plan, swap_to=None, swap_after_months=None, swap_price_usd_per_node_hour=None)
    return with_terms(plan, "res-b", swap_to=None, swap_after_months=None, swap_price_usd_per_node_hour=None)


# What serves


@fault("capacity.base", rights_plan)
def served_by_a_node_that_has_left(plan: Plan) -> Plan:
    return right(with_held(plan, terminable_after_months=5), LEAVES, month=JAN)


@fault("capacity.base", rights_plan)
def served_by_a_node_that_is_not_renewed_in_this_outlook(plan: Plan) -> Plan:
    return without(plan, "rights", STORM_STAYS)


@fault("capacity.base", rights_plan)
def served_by_a_node_that_is_not_swapped_yet(plan: Plan) -> Plan:
    return right(plan, ORDER_SWAPS, month=MAR)


@fault("contingency.capacity", rights_plan)
def renewed_for_too_short_a_time(plan: Plan) -> Plan:
    return right(plan, STAYS, renewals=1)


@fault("contingency.capacity", rights_plan)
def swapped_nodes_that_survive_their_contract(plan: Plan) -> Plan:
    row = plan.contingencies[1].placements[1]
    more = row.model_copy(update={"accepted_tok_per_s": 3000.0, "nodes": 3.0})
    return swap(plan, "contingencies", 1, placements=(plan.contingencies[1].placements[0], more))


@fault("contingency.capacity", rights_plan)
def swapped_nodes_that_are_firmer_than_their_contract(plan: Plan) -> Plan:
    return with_held(plan, firm=False)


@fault("policy.concentration_capacity", rights_plan)
def swapped_nodes_in_their_old_place(plan: Plan) -> Plan:
    return with_cap(plan, 0, 0.34)


# What it costs


def _without_line(plan: Plan, nature: Nature, paid: Month, source: str, outlook: str | None = None) -> Plan:
    return without(plan, "cost_lines", line_of(plan, nature, paid, source, outlook))


@fault("bill.missing", rights_plan)
def a_fee_forgotten(plan: Plan) -> Plan:
    return _without_line(plan, Nature.TERMINATION_FEE, JAN, "held-a")


@fault("bill.price", rights_plan)
def a_fee_on_what_was_paid_upfront(plan: Plan) -> Plan:
    index = line_of(plan, Nature.TERMINATION_FEE, FEB, "res-a")
    return swap(plan, "cost_lines", index, unit_price_usd=usd("1.5"), amount_usd=usd("1116.00"))


@fault("bill.quantity", rights_plan)
def a_fee_for_the_month_that_is_served(plan: Plan) -> Plan:
    index = line_of(plan, Nature.TERMINATION_FEE, FEB, "res-a")
    return swap(plan, "cost_lines", index, quantity=usd(1416), amount_usd=usd("1593.00"))


@fault("bill.paid", rights_plan)
def a_fee_with_net_days(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.TERMINATION_FEE, FEB, "res-a"), paid_month=MAR)


@fault("bill.quantity", rights_plan)
def a_node_that_left_billed_on(plan: Plan) -> Plan:
    index = line_of(plan, Nature.HELD_RECURRING, FEB)
    return swap(plan, "cost_lines", index, quantity=usd(1344), amount_usd=usd("6720.00"))


@fault("bill.superfluous", rights_plan)
def swapped_nodes_billed_twice(plan: Plan) -> Plan:
    row = plan.cost_lines[line_of(plan, Nature.RESERVED_RECURRING, JAN, "res-b")]
    extra = row.model_copy(
        update={"line": "extra", "paid_month": FEB, "service_first": FEB, "service_end": MAR, "quantity": usd(1344)}
    )
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, extra)})


@fault("bill.price", rights_plan)
def swapped_at_the_old_price(plan: Plan) -> Plan:
    index = line_of(plan, Nature.SWAPPED_RECURRING, FEB, "held-a")
    return swap(plan, "cost_lines", index, unit_price_usd=usd(5), amount_usd=usd("3360.00"))


@fault("bill.payee", rights_plan)
def a_swapped_line_of_the_old_offering(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.SWAPPED_RECURRING, FEB, "held-a"), offering="node-a")


@fault("bill.price", rights_plan)
def renewed_at_the_signed_price(plan: Plan) -> Plan:
    index = line_of(plan, Nature.RENEWED_RECURRING, MAY, "res-a")
    return swap(plan, "cost_lines", index, unit_price_usd=usd(6), amount_usd=usd("4320.00"))


@fault("bill.missing", rights_plan)
def a_renewal_cut_by_the_horizon(plan: Plan) -> Plan:
    return _without_line(plan, Nature.RENEWED_RECURRING, MAY + 1, "res-a")


@fault("bill.paid", rights_plan)
def a_renewal_without_net_days(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.RENEWED_RECURRING, MAY, "res-a"), paid_month=APR)


@fault("bill.missing", rights_plan)
def upfront_once_where_the_outlooks_differ(plan: Plan) -> Plan:
    plan = _without_line(plan, Nature.RESERVED_UPFRONT, JAN, "res-a", STORM)
    return swap(plan, "cost_lines", line_of(plan, Nature.RESERVED_UPFRONT, JAN, "res-a"), outlook=None)


@fault("bill.missing", rights_plan)
def a_right_of_one_outlook_billed_in_none(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.TERMINATION_FEE, FEB, "res-a"), outlook=None)
