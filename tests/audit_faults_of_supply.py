"""Faults in what a plan belongs to, in orders, serving and flows."""

from datetime import date

from catalog.records import Evidence
from catalog.serving import RefusalReason
from contracts.calendar import Month
from optimizer.plan import Plan
from tests.audit_lines import FEB, MAR
from tests.audit_planting import fault, on, swap, under, with_cap, with_offering, with_reserved, with_workload, without

# What the plan belongs to, and what its records say


@fault("identity.fingerprint")
def inputs_changed_after_the_plan(plan: Plan) -> Plan:
    return plan.model_copy(update={"scenario": plan.scenario.model_copy(update={"description": "edited"})})


@fault("identity.input_hashes")
def another_file(plan: Plan) -> Plan:
    return plan.model_copy(update={"input_hashes": plan.input_hashes[:1]})


@fault("inputs.complete")
def a_month_without_demand(plan: Plan) -> Plan:
    return on(plan, demand=plan.scenario.demand[:1])


@fault("records.ids")
def a_block_that_does_not_exist(plan: Plan) -> Plan:
    return swap(plan, "placements", 0, block="noon")


@fault("records.ids")
def an_order_of_an_on_demand_contract(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, contract="od-a")


@fault("records.unique")
def a_placement_stated_twice(plan: Plan) -> Plan:
    return plan.model_copy(update={"placements": plan.placements + plan.placements[:1]})


@fault("records.finite")
def a_number_that_is_none(plan: Plan) -> Plan:
    return swap(plan, "usages", 0, nodes=float("nan"))


@fault("records.finite")
def an_infinite_bound(plan: Plan) -> Plan:
    return plan.model_copy(update={"bound_usd": float("-inf")})


@fault("records.not_negative")
def negative_tokens(plan: Plan) -> Plan:
    return swap(plan, "placements", 0, accepted_tok_per_s=-450.0)


# Orders and nodes by the hour


@fault("orders.whole_nodes")
def half_a_node(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, nodes=2.5)


@fault("orders.lot")
def lot_broken(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, nodes=3)


@fault("orders.minimum")
def below_the_minimum(plan: Plan) -> Plan:
    return with_reserved(plan, minimum_order_nodes=4)


@fault("orders.maximum")
def above_the_maximum(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, nodes=6)


@fault("orders.one_per_start")
def two_orders_in_one_month(plan: Plan) -> Plan:
    second = plan.orders[0].model_copy(update={"order": "again"})
    return plan.model_copy(update={"orders": (*plan.orders, second)})


@fault("orders.horizon")
def start_after_the_horizon(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, start=MAR, end=Month(2027, 6))


@fault("orders.lead_time")
def order_before_the_lead_time(plan: Plan) -> Plan:
    return with_offering(plan, lead_time_days=32)


@fault("orders.window")
def start_outside_the_window(plan: Plan) -> Plan:
    return with_reserved(plan, earliest_start=FEB, latest_start=FEB)


@fault("orders.lattice")
def start_off_the_lattice(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, start=FEB, end=Month(2027, 5))


@fault("orders.quote")
def quote_that_has_lapsed(plan: Plan) -> Plan:
    return with_reserved(plan, quote_valid_until=date(2026, 11, 30))


@fault("orders.end")
def term_off_by_one(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, end=MAR)


@fault("orders.order_by")
def signing_day_without_lead_time(plan: Plan) -> Plan:
    return swap(plan, "orders", 0, order_by=date(2026, 12, 15))


@fault("orders.stock")
def more_than_the_stock(plan: Plan) -> Plan:
    return with_offering(plan, stock_nodes=1)


@fault("orders.stock")
def stock_that_nobody_states(plan: Plan) -> Plan:
    return with_offering(plan, stock_nodes=None)


@fault("usage.kind")
def a_reserved_contract_by_the_hour(plan: Plan) -> Plan:
    return swap(plan, "usages", 0, contract="res-a")


@fault("usage.quota")
def more_than_the_quota(plan: Plan) -> Plan:
    return with_offering(plan, quota_nodes=0)


@fault("usage.spot_depth")
def deeper_than_the_spot_market(plan: Plan) -> Plan:
    return swap(plan, "usages", 2, nodes=3.0)


@fault("usage.whole_nodes")
def a_part_of_a_whole_node(plan: Plan) -> Plan:
    return swap(plan, "usages", 2, nodes=1.95)


# Serving


@fault("serving.stated")
def figures_left_out(plan: Plan) -> Plan:
    return without(plan, "goodput", 0)


@fault("serving.figures")
def one_chip_for_the_node_of_eight(plan: Plan) -> Plan:
    figures = plan.goodput[2].serving.model_copy(update={"node_seconds_per_attempt": 0.105})
    return swap(plan, "goodput", 2, serving=figures)


@fault("serving.figures")
def a_grade_better_than_the_evidence(plan: Plan) -> Plan:
    figures = plan.goodput[1].serving.model_copy(update={"evidence": Evidence.MEASURED})
    return swap(plan, "goodput", 1, serving=figures)


@fault("serving.allowed")
def served_outside_its_geographies(plan: Plan) -> Plan:
    return swap(plan, "placements", 0, offering="node-c")


@fault("serving.refused")
def a_refusal_left_out(plan: Plan) -> Plan:
    return without(plan, "refusals", 0)


@fault("serving.refused")
def a_good_offering_refused(plan: Plan) -> Plan:
    return swap(plan, "refusals", 0, offering="node-b")


@fault("serving.refusal_reason")
def the_wrong_reason(plan: Plan) -> Plan:
    return swap(plan, "refusals", 0, reason=RefusalReason.MEMORY)


# Flows


@fault("placement.nodes")
def the_first_row_is_special(plan: Plan) -> Plan:
    return swap(plan, "placements", 0, nodes=0.0)


@fault("placement.nodes")
def input_tokens_for_output_tokens(plan: Plan) -> Plan:
    return swap(plan, "placements", 1, nodes=2.15 * 300 / 1000)


@fault("placement.nodes")
def usable_share_applied_twice(plan: Plan) -> Plan:
    return swap(plan, "placements", 5, nodes=1.875 / 0.5)


@fault("capacity.base")
def capacity_used_twice(plan: Plan) -> Plan:
    return swap(plan, "placements", 3, offering="node-a", nodes=1.5)


@fault("capacity.base")
def a_node_held_after_its_end(plan: Plan) -> Plan:
    return without(plan, "usages", 1)


@fault("capacity.spot")
def running_nodes_taken_as_productive(plan: Plan) -> Plan:
    return swap(plan, "placements", 2, accepted_tok_per_s=480.0, nodes=2.0)


@fault("demand.met")
def shortfall_hidden(plan: Plan) -> Plan:
    return plan.model_copy(update={"shortfalls": ()})


@fault("demand.met")
def last_month_dropped(plan: Plan) -> Plan:
    return without(plan, "placements", *range(6, 13))


@fault("demand.shortfall_limit")
def shortfall_above_its_limit(plan: Plan) -> Plan:
    return with_workload(plan, shortfall_limit_share=0.02)


@fault("policy.spot_share")
def spot_cap_ignored(plan: Plan) -> Plan:
    return with_workload(plan, spot_share_cap=0.18)


@fault("policy.spot_share")
def the_policys_spot_cap_ignored(plan: Plan) -> Plan:
    return under(with_workload(plan, spot_share_cap=None), spot_share_cap=0.1)


@fault("policy.concentration_tokens")
def a_provider_with_too_many_tokens(plan: Plan) -> Plan:
    return with_cap(plan, 0, 0.84)


@fault("policy.concentration_spend")
def a_geography_with_too_much_spend(plan: Plan) -> Plan:
    return with_cap(plan, 1, 0.716)


@fault("policy.concentration_capacity")
def a_vendor_with_too_much_capacity(plan: Plan) -> Plan:
    return with_cap(plan, 2, 0.797)
