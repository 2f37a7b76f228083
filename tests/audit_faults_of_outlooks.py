"""Faults in what is different in an outlook, in what is decided when, and in the totals of each outlook."""

from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.outlooks import Outlook, Subject
from scenarios.policy import Budget, BudgetWindow
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_outlook_plans import outlooks_plan
from tests.audit_outlooks import CALM, STORM
from tests.audit_planting import case, fault, knowing, line_of, on, swap, under, with_effect, with_offering, without

# What an outlook is


@fault("inputs.outlooks", outlooks_plan)
def probabilities_that_miss_one(plan: Plan) -> Plan:
    calm, storm = plan.scenario.outlooks
    return on(plan, outlooks=(calm, storm.model_copy(update={"probability": 0.2})))


@fault("inputs.outlooks", outlooks_plan)
def an_effect_stated_twice(plan: Plan) -> Plan:
    effects = plan.scenario.outlook_effects
    return on(plan, outlook_effects=(*effects, effects[0].model_copy(update={"value": 2.0})))


@fault("inputs.outlooks", outlooks_plan)
def an_effect_of_no_outlook(plan: Plan) -> Plan:
    effects = plan.scenario.outlook_effects
    return on(plan, outlook_effects=(*effects, effects[0].model_copy(update={"outlook": "flood"})))


@fault("inputs.outlooks", outlooks_plan)
def an_event_in_no_outlook(plan: Plan) -> Plan:
    (event,) = plan.scenario.policy.contingencies
    return under(plan, contingencies=(event.model_copy(update={"outlooks": ("flood",)}),))


@fault("records.ids", outlooks_plan)
def an_order_in_an_outlook_that_is_not_there(plan: Plan) -> Plan:
    return swap(plan, "orders", 1, outlook="flood")


# What is decided when


@fault("orders.stage", outlooks_plan)
def an_order_signed_for_an_outlook_that_is_not_known(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, outlook=CALM)


@fault("orders.stage", outlooks_plan)
def an_order_that_may_wait_signed_in_all_outlooks(plan: Plan) -> Plan:
    return swap(plan, "orders", 1, outlook=None)


@fault("orders.stage", outlooks_plan)
def an_outlook_that_is_never_known(plan: Plan) -> Plan:
    return on(plan, run=plan.scenario.run.model_copy(update={"reveal_month": None}))


@fault("orders.stage", outlooks_plan)
def a_lead_time_that_leaves_no_time_to_wait(plan: Plan) -> Plan:
    """With a day of lead time the order for February is signed on the last of January."""
    return with_offering(plan, lead_time_days=1)


@fault("orders.stage", outlooks_plan)
def orders_for_the_mean_that_may_wait(plan: Plan) -> Plan:
    return knowing(plan, mean_orders=(plan.orders[1].model_copy(update={"outlook": None}),))


@fault("orders.stage", outlooks_plan)
def orders_for_the_mean_in_an_outlook(plan: Plan) -> Plan:
    return knowing(plan, mean_orders=plan.orders[1:])


@fault("orders.one_per_start", outlooks_plan)
def two_orders_of_a_month_in_an_outlook(plan: Plan) -> Plan:
    again = plan.orders[1].model_copy(update={"order": "again"})
    return plan.model_copy(update={"orders": (*plan.orders, again)})


# What is different


@fault("demand.met", outlooks_plan)
def the_second_factor_on_demand_forgotten(plan: Plan) -> Plan:
    return with_effect(plan, 1, 1.0)


@fault("demand.met", outlooks_plan)
def a_factor_from_the_first_month_on(plan: Plan) -> Plan:
    effects = list(plan.scenario.outlook_effects)
    effects[0] = effects[0].model_copy(update={"first_month": JAN})
    return on(plan, outlook_effects=tuple(effects))


@fault("placement.nodes", outlooks_plan)
def goodput_as_measured(plan: Plan) -> Plan:
    return swap(plan, "placements", 7, nodes=1.0)


@fault("contingency.nodes", outlooks_plan)
def goodput_as_measured_after_the_event(plan: Plan) -> Plan:
    rows = tuple(row.model_copy(update={"nodes": 0.8}) for row in plan.contingencies[0].placements)
    return case(plan, 0, placements=rows)


@fault("usage.spot_depth", outlooks_plan)
def a_spot_market_as_deep_as_ever(plan: Plan) -> Plan:
    return swap(plan, "usages", 7, nodes=1.5)


@fault("bill.price", outlooks_plan)
def a_price_as_typed(plan: Plan) -> Plan:
    index = line_of(plan, Nature.ON_DEMAND_USAGE, FEB, "od-a", STORM)
    return swap(plan, "cost_lines", index, unit_price_usd=usd(10), amount_usd=usd("5040.00"))


@fault("bill.price", outlooks_plan)
def a_price_that_is_not_rounded_to_the_millionth(plan: Plan) -> Plan:
    index = line_of(plan, Nature.ON_DEMAND_USAGE, FEB, "od-a", STORM)
    return swap(plan, "cost_lines", index, unit_price_usd=usd("11.5500033"))


@fault("bill.price", outlooks_plan)
def spot_as_cheap_as_ever(plan: Plan) -> Plan:
    index = line_of(plan, Nature.SPOT_USAGE, MAR, "spot-a", STORM)
    return swap(plan, "cost_lines", index, unit_price_usd=usd(4), amount_usd=usd("2976.00"))


@fault("bill.price", outlooks_plan)
def an_emergency_at_the_price_of_the_calm(plan: Plan) -> Plan:
    index = line_of(plan, Nature.EMERGENCY_EXPECTED, JAN)
    return swap(plan, "cost_lines", index, unit_price_usd=usd(10), amount_usd=usd("10.00"))


# Delays


@fault("capacity.base", outlooks_plan)
def a_late_node_used_in_time(plan: Plan) -> Plan:
    return without(plan, "usages", 4)


@fault("contingency.capacity", outlooks_plan)
def a_late_node_counted_after_the_event(plan: Plan) -> Plan:
    return case(plan, 0, emergency=())


@fault("bill.missing", outlooks_plan)
def a_late_order_billed_in_time(plan: Plan) -> Plan:
    index = line_of(plan, Nature.RESERVED_RECURRING, FEB + 2, "res-a", STORM)
    moved = {"paid_month": JAN, "service_first": JAN, "service_end": FEB}
    return swap(plan, "cost_lines", index, **moved)


@fault("bill.superfluous", outlooks_plan)
def one_bill_for_outlooks_that_are_delivered_apart(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.RESERVED_RECURRING, JAN, "res-a", CALM), outlook=None)


@fault("bill.missing", outlooks_plan)
def the_larger_delay_overlooked(plan: Plan) -> Plan:
    """Two months for the family, one for all: the order comes in March."""
    effects = plan.scenario.outlook_effects
    family = {"of": Subject.FAMILY, "name": "gpu-a-family", "value": 2.0}
    return on(plan, outlook_effects=(*effects, effects[8].model_copy(update=family)))


@fault("orders.stock", outlooks_plan)
def more_delivered_than_the_stock(plan: Plan) -> Plan:
    return with_offering(plan, stock_nodes=1)


# Policy


@fault("contingency.complete", outlooks_plan)
def a_case_in_an_outlook_that_is_not_listed(plan: Plan) -> Plan:
    return case(plan, 0, outlook=CALM)


@fault("contingency.complete", outlooks_plan)
def an_outlook_not_survived(plan: Plan) -> Plan:
    (event,) = plan.scenario.policy.contingencies
    return under(plan, contingencies=(event.model_copy(update={"outlooks": ()}),))


@fault("policy.budget", outlooks_plan)
def a_budget_kept_on_average(plan: Plan) -> Plan:
    """30,100.90 expected, but 48,595.60 in the storm."""
    return under(plan, budgets=(Budget(budget="mean", window=BudgetWindow.HORIZON, limit_usd=usd(40000)),))


# Totals


@fault("totals.by_outlook", outlooks_plan)
def totals_weighed_by_probability(plan: Plan) -> Plan:
    weighed = plan.by_outlook[0].totals.model_copy(update={"effective_usd": usd("17952.00")})
    return swap(plan, "by_outlook", 0, totals=weighed)


@fault("totals.by_outlook", outlooks_plan)
def an_outlook_without_totals(plan: Plan) -> Plan:
    return without(plan, "by_outlook", 1)


@fault("totals.by_outlook", outlooks_plan)
def another_probability(plan: Plan) -> Plan:
    return swap(plan, "by_outlook", 1, probability=0.3)


@fault("totals.objective", outlooks_plan)
def outlooks_that_all_weigh_the_same(plan: Plan) -> Plan:
    even = tuple(Outlook(outlook=name, probability=0.5) for name in (CALM, STORM))
    return on(plan, outlooks=even)
