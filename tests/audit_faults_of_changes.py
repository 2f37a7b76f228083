"""Faults in what is told of orders against approved ones, in its value, and in what policy counts for it."""

from typing import Any

from contracts.approved import ApprovedOrder
from contracts.terms.common import Nature
from optimizer.plan import Plan
from optimizer.plan_changes import OrderChange
from tests.audit_change_plans import changes_plan
from tests.audit_lines import FEB, JAN, usd
from tests.audit_plans import small_plan
from tests.audit_planting import fault, line_of, on, swap, total, under, with_terms, without

PRICE = Nature.STABILITY_PRICE


def told(plan: Plan, contract: str, **changes: Any) -> Plan:
    """Other words about the last change of a contract."""
    index = max(i for i, row in enumerate(plan.changes_of_orders) if row.contract == contract)
    return swap(plan, "changes_of_orders", index, **changes)


def ruled(plan: Plan, **changes: Any) -> Plan:
    stability = plan.scenario.policy.stability
    assert stability is not None
    return under(plan, stability=stability.model_copy(update=changes))


def more_told(plan: Plan, contract: str, **fields: Any) -> Plan:
    row = {"contract": contract, "start": JAN, "approved": usd(5), "planned": usd(0), "changed_usd": usd(0)}
    return plan.model_copy(update={"changes_of_orders": (*plan.changes_of_orders, OrderChange(**(row | fields)))})


def approving(plan: Plan, *more: ApprovedOrder) -> Plan:
    return on(plan, approved_orders=(*plan.scenario.approved_orders, *more))


# What is compared


@fault("inputs.approved", changes_plan)
def an_order_approved_twice(plan: Plan) -> Plan:
    return approving(plan, *plan.scenario.approved_orders[:1])


@fault("inputs.approved", changes_plan)
def an_order_approved_in_two_sizes(plan: Plan) -> Plan:
    return approving(plan, ApprovedOrder(contract="res-old", start=JAN, quantity=usd(1)))


@fault("stability.told", changes_plan)
def an_order_that_did_not_change_is_left_out(plan: Plan) -> Plan:
    return without(plan, "changes_of_orders", 2)


@fault("stability.told", changes_plan)
def an_order_that_was_taken_out_is_left_out(plan: Plan) -> Plan:
    return without(plan, "changes_of_orders", 0)


@fault("stability.told", changes_plan)
def an_order_that_cannot_be_had_any_more(plan: Plan) -> Plan:
    return more_told(plan, "res-lapsed", changed_usd=usd("42480.00"))


@fault("stability.told", changes_plan)
def an_order_off_the_lattice(plan: Plan) -> Plan:
    return more_told(plan, "res-a", start=FEB)


@fault("stability.told", changes_plan)
def an_order_that_nobody_approved(plan: Plan) -> Plan:
    return told(plan, "res-a", approved=usd(2), changed_usd=usd("0.00"))


@fault("stability.told", changes_plan)
def another_order_than_the_plans(plan: Plan) -> Plan:
    return told(plan, "res-a", planned=usd(1), changed_usd=usd("0.00"))


@fault("stability.told", small_plan)
def a_change_where_nothing_was_approved(plan: Plan) -> Plan:
    return more_told(plan, "res-a", approved=usd(0), planned=usd(1), changed_usd=usd("8496.00"))


@fault("records.ids", changes_plan)
def a_change_of_what_is_on_demand(plan: Plan) -> Plan:
    return more_told(plan, "od-a")


@fault("records.unique", changes_plan)
def a_change_told_twice(plan: Plan) -> Plan:
    return plan.model_copy(update={"changes_of_orders": (*plan.changes_of_orders, *plan.changes_of_orders[:1])})


@fault("records.not_negative", changes_plan)
def a_change_that_is_worth_less_than_nothing(plan: Plan) -> Plan:
    return told(plan, "units-a", changed_usd=usd("-2832.00"))


# What it is worth


@fault("stability.value", changes_plan)
def all_of_an_order_for_its_second_node(plan: Plan) -> Plan:
    return told(plan, "res-a", changed_usd=usd("114717.60"))


@fault("stability.value", changes_plan)
def an_order_without_what_is_paid_upfront(plan: Plan) -> Plan:
    return told(plan, "res-a", changed_usd=usd("43102.80"))


@fault("stability.value", changes_plan)
def an_order_at_its_first_price(plan: Plan) -> Plan:
    """9,504 h at 6 USD, without ten per cent more in the thirteenth month."""
    return told(plan, "res-a", changed_usd=usd("57024.00"))


@fault("stability.value", changes_plan)
def an_order_as_far_as_the_horizon(plan: Plan) -> Plan:
    return told(plan, "top-a", changed_usd=usd("11250.00"))


@fault("stability.value", changes_plan)
def a_minimum_for_each_node(plan: Plan) -> Plan:
    return told(plan, "top-a", changed_usd=usd("82500.00"))


@fault("stability.value", changes_plan)
def a_minimum_without_its_ramp(plan: Plan) -> Plan:
    return told(plan, "top-a", changed_usd=usd("45000.00"))


@fault("stability.value", changes_plan)
def hardware_with_its_upkeep(plan: Plan) -> Plan:
    return told(plan, "own-a", changed_usd=usd("12400.00"))


@fault("stability.value", changes_plan)
def units_for_one_month(plan: Plan) -> Plan:
    return told(plan, "units-a", changed_usd=usd("1344.00"))


@fault("stability.value", changes_plan)
def half_a_dollar_for_nothing(plan: Plan) -> Plan:
    return told(plan, "plan-a", changed_usd=usd("0.00"))


# Limits and price


@fault("stability.changed_usd", changes_plan)
def more_changed_than_allowed(plan: Plan) -> Plan:
    return ruled(plan, changed_usd_at_most=usd("120000.00"))


@fault("stability.changed_usd", changes_plan)
def less_told_than_changed(plan: Plan) -> Plan:
    """What is told does not matter: the limit is on the orders."""
    return told(ruled(plan, changed_usd_at_most=usd("117268.80")), "units-a", changed_usd=usd("0.00"))


@fault("stability.changed_usd", changes_plan)
def no_change_allowed_at_all(plan: Plan) -> Plan:
    return ruled(plan, changed_usd_at_most=usd(0), changed_orders_at_most=None)


@fault("stability.changed_orders", changes_plan)
def more_orders_than_allowed(plan: Plan) -> Plan:
    return ruled(plan, changed_orders_at_most=5)


@fault("stability.changed_orders", changes_plan)
def new_orders_are_no_changes(plan: Plan) -> Plan:
    """With nothing approved each of the two orders of the plan is one."""
    return ruled(on(plan, approved_orders=()), changed_orders_at_most=1)


@fault("totals.stability_price", changes_plan)
def changes_without_a_price_in_the_totals(plan: Plan) -> Plan:
    return total(plan, stability_price_usd=usd(0))


@fault("totals.stability_price", changes_plan)
def changed_dollars_for_their_price(plan: Plan) -> Plan:
    return total(plan, stability_price_usd=usd("120100.80"))


@fault("totals.effective", changes_plan)
def a_price_of_the_policy_taken_as_cost(plan: Plan) -> Plan:
    return total(plan, effective_usd=usd("22441.01"))


@fault("totals.cash", changes_plan)
def a_price_of_the_policy_taken_as_cash(plan: Plan) -> Plan:
    return total(plan, cash_usd=usd("46705.01"))


@fault("bill.missing", changes_plan)
def a_change_without_its_line(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, PRICE, JAN, "units-a"))


@fault("bill.superfluous", changes_plan)
def a_line_where_changes_have_no_price(plan: Plan) -> Plan:
    return ruled(plan, price_per_changed_usd=usd(0))


@fault("bill.quantity", changes_plan)
def changed_dollars_to_the_dollar(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, PRICE, JAN, "res-a"), quantity=usd(57359), amount_usd=usd("573.59"))


@fault("bill.price", changes_plan)
def a_price_of_two_cents(plan: Plan) -> Plan:
    index = line_of(plan, PRICE, JAN, "top-a")
    return swap(plan, "cost_lines", index, unit_price_usd=usd("0.02"), amount_usd=usd("825.00"))


@fault("bill.service", changes_plan)
def changes_spread_over_the_term(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, PRICE, JAN, "block-a"), service_end=FEB + 11)


@fault("bill.payee", changes_plan)
def a_change_paid_to_the_node(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, PRICE, JAN, "plan-a"), offering="node-a")


@fault("stability.value", changes_plan)
def the_value_at_yesterdays_price(plan: Plan) -> Plan:
    return with_terms(plan, "block-a", price_usd_per_node_hour=usd(5))
