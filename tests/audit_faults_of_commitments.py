"""Faults in take-or-pay: use, windows, lines, and what its nodes count for."""

from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import Plan
from tests.audit_commitment_plans import commitments_plan
from tests.audit_commitments import APR, JUL, JUN, MAY
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import fault, line_of, swap, with_cap, with_terms, without

# Orders and use


@fault("orders.lot", commitments_plan)
def half_a_lot_of_take_or_pay(plan: Plan) -> Plan:
    return with_terms(plan, "top-a", lot_nodes=4)


@fault("orders.end", commitments_plan)
def take_or_pay_that_ends_with_the_horizon(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, end=JUN)


@fault("orders.stock", commitments_plan)
def take_or_pay_beyond_the_stock(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, nodes=102)


@fault("usage.order", commitments_plan)
def use_of_no_order(plan: Plan) -> Plan:
    return swap(plan, "usages", 0, order=None)


@fault("usage.order", commitments_plan)
def on_demand_that_names_an_order(plan: Plan) -> Plan:
    return swap(plan, "usages", 5, order=plan.orders[0].order)


@fault("usage.order", commitments_plan)
def use_after_the_term(plan: Plan) -> Plan:
    return with_terms(plan, "top-a", term_months=4)


@fault("usage.order_nodes", commitments_plan)
def more_used_than_ordered(plan: Plan) -> Plan:
    return swap(plan, "usages", 2, nodes=2.5)


@fault("capacity.base", commitments_plan)
def take_or_pay_that_serves_without_use(plan: Plan) -> Plan:
    return swap(plan, "usages", 0, nodes=0.5)


@fault("contingency.capacity", commitments_plan)
def take_or_pay_that_is_not_firm(plan: Plan) -> Plan:
    return with_terms(plan, "top-a", firm=False)


@fault("policy.concentration_capacity", commitments_plan)
def only_the_used_nodes_counted(plan: Plan) -> Plan:
    """Of what is used cloud-a has 85.7 %, of what is under contract 90.8 %."""
    return with_cap(plan, 0, 0.9)


# Windows


@fault("take_or_pay.windows", commitments_plan)
def a_window_left_out(plan: Plan) -> Plan:
    return without(plan, "take_or_pay", 1)


@fault("take_or_pay.windows", commitments_plan)
def a_window_beyond_the_horizon(plan: Plan) -> Plan:
    return swap(plan, "take_or_pay", 2, end=JUL)


@fault("take_or_pay.windows", commitments_plan)
def a_window_of_no_order(plan: Plan) -> Plan:
    row = plan.take_or_pay[0].model_copy(update={"order": "another"})
    return plan.model_copy(update={"take_or_pay": (*plan.take_or_pay, row)})


@fault("take_or_pay.minimum", commitments_plan)
def the_ramp_forgotten(plan: Plan) -> Plan:
    return swap(plan, "take_or_pay", 0, minimum=usd(2000))


@fault("take_or_pay.minimum", commitments_plan)
def a_cut_window_in_full(plan: Plan) -> Plan:
    return swap(plan, "take_or_pay", 2, minimum=usd(2000))


@fault("take_or_pay.minimum", commitments_plan)
def dollars_for_node_hours(plan: Plan) -> Plan:
    return swap(plan, "take_or_pay", 0, unit="usd")


@fault("take_or_pay.minimum", commitments_plan)
def a_minimum_per_node(plan: Plan) -> Plan:
    """One lot of two nodes owes 500 and 1,000 node-hours, not twice as much."""
    return swap(plan, "take_or_pay", 0, minimum=usd(3000))


@fault("take_or_pay.used", commitments_plan)
def months_of_730_hours(plan: Plan) -> Plan:
    return swap(plan, "take_or_pay", 0, used=usd(1095))


@fault("take_or_pay.true_up", commitments_plan)
def a_true_up_forgotten(plan: Plan) -> Plan:
    return swap(plan, "take_or_pay", 0, true_up=Decimal(0))


@fault("take_or_pay.true_up", commitments_plan)
def windows_of_three_months(plan: Plan) -> Plan:
    return with_terms(plan, "top-a", window_months=3)


@fault("take_or_pay.made_up", commitments_plan)
def made_up_without_the_right(plan: Plan) -> Plan:
    return with_terms(plan, "top-a", make_up_right=False)


@fault("take_or_pay.carried", commitments_plan)
def carried_forward_without_the_clause(plan: Plan) -> Plan:
    return with_terms(plan, "top-a", excess_carries_forward=False)


@fault("take_or_pay.carried", commitments_plan)
def made_up_and_carried_forward(plan: Plan) -> Plan:
    """What was made up does not count again."""
    return swap(plan, "take_or_pay", 1, carried_out=usd(928))


@fault("take_or_pay.bank", commitments_plan)
def a_right_that_is_lost(plan: Plan) -> Plan:
    return swap(plan, "take_or_pay", 2, bank_out=Decimal(0))


# Lines


def _without_line(plan: Plan, nature: Nature, paid: Month) -> Plan:
    return without(plan, "cost_lines", line_of(plan, nature, paid))


@fault("bill.missing", commitments_plan)
def use_not_billed(plan: Plan) -> Plan:
    return _without_line(plan, Nature.TAKE_OR_PAY_USAGE, MAR)


@fault("bill.missing", commitments_plan)
def a_true_up_not_billed(plan: Plan) -> Plan:
    return _without_line(plan, Nature.TAKE_OR_PAY_TRUE_UP, FEB)


@fault("bill.missing", commitments_plan)
def a_make_up_not_credited(plan: Plan) -> Plan:
    return _without_line(plan, Nature.TAKE_OR_PAY_MAKE_UP, APR)


@fault("bill.missing", commitments_plan)
def the_obligation_after_the_horizon_forgotten(plan: Plan) -> Plan:
    return _without_line(plan, Nature.TAKE_OR_PAY_OBLIGATION, JUN)


@fault("bill.missing", commitments_plan)
def an_obligation_of_an_outlook(plan: Plan) -> Plan:
    index = line_of(plan, Nature.TAKE_OR_PAY_OBLIGATION, JUN)
    return swap(plan, "cost_lines", index, outlook="base")


@fault("bill.superfluous", commitments_plan)
def a_true_up_where_the_minimum_was_used(plan: Plan) -> Plan:
    row = plan.cost_lines[line_of(plan, Nature.TAKE_OR_PAY_TRUE_UP, FEB)]
    extra = row.model_copy(update={"line": "extra", "paid_month": APR, "service_first": MAR, "service_end": MAY})
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, extra)})


@fault("bill.price", commitments_plan)
def a_make_up_that_is_charged(plan: Plan) -> Plan:
    index = line_of(plan, Nature.TAKE_OR_PAY_MAKE_UP, APR)
    return swap(plan, "cost_lines", index, unit_price_usd=usd(5), amount_usd=usd("2100.00"))


@fault("bill.quantity", commitments_plan)
def a_minimum_billed_for_a_true_up(plan: Plan) -> Plan:
    index = line_of(plan, Nature.TAKE_OR_PAY_TRUE_UP, FEB)
    return swap(plan, "cost_lines", index, quantity=usd(1500), amount_usd=usd("7500.00"))


@fault("bill.service", commitments_plan)
def a_true_up_for_its_first_month_only(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.TAKE_OR_PAY_TRUE_UP, FEB), service_end=FEB)


@fault("bill.paid", commitments_plan)
def a_true_up_paid_when_the_window_opens(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.TAKE_OR_PAY_TRUE_UP, FEB), paid_month=JAN)


@fault("records.not_negative", commitments_plan)
def a_negative_bill_that_is_no_make_up(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.TAKE_OR_PAY_USAGE, JAN), amount_usd=usd("-3720.00"))
