"""Faults in service by the token and in provisioned throughput."""

from datetime import date
from typing import Any

from contracts.terms.common import Nature
from optimizer.plan import Plan
from optimizer.plan_contracts import ApiReason, ApiRefusal
from tests.audit_commitments import APR, MAY
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_outlooks import CALM, STORM
from tests.audit_planting import fault, line_of, on, swap, total, with_cap, with_workload, without
from tests.audit_token_plans import tokens_plan

USAGE, UNITS = Nature.API_USAGE, Nature.PROVISIONED_RECURRING


def with_api(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    rows = list(plan.scenario.api_offers)
    rows[index] = rows[index].model_copy(update=changes)
    return on(plan, api_offers=tuple(rows))


def with_units(plan: Plan, **changes: Any) -> Plan:
    return on(plan, provisioned=(plan.scenario.provisioned[0].model_copy(update=changes),))


def placed_on(plan: Plan, **where: Any) -> int:
    """The first placement by the token with these fields."""
    return next(
        i
        for i, row in enumerate(plan.api_placements)
        if all(getattr(row, name) == value for name, value in where.items())
    )


# Who may serve


@fault("api.refused", tokens_plan)
def a_refusal_of_an_api_left_out(plan: Plan) -> Plan:
    return without(plan, "api_refusals", 0)


@fault("api.refused", tokens_plan)
def an_api_refused_that_can_serve(plan: Plan) -> Plan:
    row = ApiRefusal(workload="chat", size_class="short", api="api-x", reason=ApiReason.TTFT)
    return plan.model_copy(update={"api_refusals": (*plan.api_refusals, row)})


@fault("api.refused", tokens_plan)
def a_median_held_against_a_percentile(plan: Plan) -> Plan:
    """151 ms in the median would be within 300 ms if it did not count twice."""
    return without(plan, "api_refusals", 4)


@fault("records.ids", tokens_plan)
def an_api_of_another_model_refused(plan: Plan) -> Plan:
    return swap(plan, "api_refusals", 0, api="api-other")


@fault("api.refusal_reason", tokens_plan)
def the_second_reason(plan: Plan) -> Plan:
    return swap(plan, "api_refusals", 0, reason=ApiReason.QUALITY)


@fault("api.refusal_reason", tokens_plan)
def latency_before_length(plan: Plan) -> Plan:
    return swap(plan, "api_refusals", 5, reason=ApiReason.TTFT)


@fault("api.allowed", tokens_plan)
def tokens_where_they_may_not_be(plan: Plan) -> Plan:
    return swap(plan, "api_placements", placed_on(plan, contract=None), api="api-slow")


@fault("api.allowed", tokens_plan)
def units_of_an_api_below_the_bar(plan: Plan) -> Plan:
    return with_api(plan, quality_score=89.9)


@fault("api.allowed", tokens_plan)
def a_percentile_above_the_limits(plan: Plan) -> Plan:
    """40 ms at the limit's own percentile are within 50; in the median they are not."""
    return with_api(plan, tpot_ms=40.0)


@fault("records.ids", tokens_plan)
def tokens_on_an_api_of_another_model(plan: Plan) -> Plan:
    return swap(plan, "api_placements", 0, api="api-other")


@fault("records.ids", tokens_plan)
def units_of_another_api(plan: Plan) -> Plan:
    return swap(plan, "api_placements", placed_on(plan, contract="ptu-x"), api="api-length")


@fault("demand.met", tokens_plan)
def tokens_served_twice(plan: Plan) -> Plan:
    return swap(plan, "api_placements", 0, accepted_tok_per_s=401.0)


# Rate limits


@fault("api.input_limit", tokens_plan)
def cached_input_without_limit(plan: Plan) -> Plan:
    return with_api(plan, input_tok_per_s_limit=4999.0)


@fault("api.output_limit", tokens_plan)
def output_counted_as_accepted(plan: Plan) -> Plan:
    return with_api(plan, output_tok_per_s_limit=1249.0)


@fault("api.output_limit", tokens_plan)
def a_limit_for_each_class(plan: Plan) -> Plan:
    """Long ones alone would be within the limit."""
    index = placed_on(plan, outlook=STORM, month=JAN, size_class="short")
    return swap(plan, "api_placements", index, accepted_tok_per_s=201.0)


# Provisioned throughput


@fault("provisioned.step", tokens_plan)
def half_a_step_of_units(plan: Plan) -> Plan:
    return swap(plan, "provisioned", 0, units=3)


@fault("provisioned.limits", tokens_plan)
def too_few_units(plan: Plan) -> Plan:
    return with_units(plan, minimum_units=4)


@fault("provisioned.limits", tokens_plan)
def too_many_units(plan: Plan) -> Plan:
    return with_units(plan, maximum_units=3)


@fault("provisioned.one_per_start", tokens_plan)
def units_ordered_twice(plan: Plan) -> Plan:
    again = plan.provisioned[0].model_copy(update={"order": "again"})
    return plan.model_copy(update={"provisioned": (*plan.provisioned, again)})


@fault("provisioned.start", tokens_plan)
def units_off_their_lattice(plan: Plan) -> Plan:
    return swap(plan, "provisioned", 0, start=FEB, end=APR)


@fault("provisioned.start", tokens_plan)
def units_after_their_window(plan: Plan) -> Plan:
    return with_units(plan, latest_start=FEB)


@fault("provisioned.start", tokens_plan)
def units_on_a_lapsed_quote(plan: Plan) -> Plan:
    return with_units(plan, quote_valid_until=date(2026, 11, 30))


@fault("provisioned.start", tokens_plan)
def units_signed_on_the_day_they_start(plan: Plan) -> Plan:
    return on(plan, run=plan.scenario.run.model_copy(update={"order_date": date(2027, 1, 1)}))


@fault("provisioned.end", tokens_plan)
def units_to_the_end_of_the_horizon(plan: Plan) -> Plan:
    return swap(plan, "provisioned", 1, end=APR)


@fault("provisioned.order_by", tokens_plan)
def units_signed_on_the_first_day(plan: Plan) -> Plan:
    return swap(plan, "provisioned", 1, order_by=date(2027, 3, 1))


@fault("provisioned.stage", tokens_plan)
def units_that_could_wait(plan: Plan) -> Plan:
    return swap(plan, "provisioned", 1, outlook=None)


@fault("provisioned.stage", tokens_plan)
def units_of_an_outlook_before_it_is_known(plan: Plan) -> Plan:
    return swap(plan, "provisioned", 0, outlook=CALM)


@fault("provisioned.capacity", tokens_plan)
def units_that_carry_both_at_once(plan: Plan) -> Plan:
    """Input alone keeps two units busy, output alone two."""
    return swap(plan, "provisioned", 0, units=2)


@fault("provisioned.capacity", tokens_plan)
def units_of_another_outlook(plan: Plan) -> Plan:
    return swap(plan, "provisioned", 1, outlook=CALM)


@fault("provisioned.capacity", tokens_plan)
def units_after_their_term(plan: Plan) -> Plan:
    return with_units(plan, term_months=1)


@fault("provisioned.capacity", tokens_plan)
def input_that_no_cache_has(plan: Plan) -> Plan:
    """Without hits a token keeps 0.015 units busy."""
    return with_workload(plan, cache_hit_share=0.0)


# Lines


@fault("bill.missing", tokens_plan)
def cached_input_not_billed(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{CALM}-cached-{JAN}")
    return without(plan, "cost_lines", index)


@fault("bill.price", tokens_plan)
def cached_input_at_the_full_price(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{CALM}-cached-{JAN}")
    return swap(plan, "cost_lines", index, unit_price_usd=usd("0.4"), amount_usd=usd("1607.04"))


@fault("bill.quantity", tokens_plan)
def accepted_tokens_billed(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{CALM}-output-{JAN}")
    return swap(plan, "cost_lines", index, quantity=usd("1607.04"), amount_usd=usd("2571.26"))


@fault("bill.amount", tokens_plan)
def tokens_billed_to_the_dollar(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{CALM}-output-{JAN}")
    return swap(plan, "cost_lines", index, amount_usd=usd("3214.00"))


@fault("bill.superfluous", tokens_plan)
def provisioned_tokens_billed_too(plan: Plan) -> Plan:
    row = plan.cost_lines[line_of(plan, USAGE, JAN)].model_copy(update={"line": "again"})
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, row)})


@fault("bill.missing", tokens_plan)
def units_paid_to_the_end_of_the_horizon(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, UNITS, APR))


@fault("bill.quantity", tokens_plan)
def units_of_730_hours(plan: Plan) -> Plan:
    index = line_of(plan, UNITS, JAN)
    return swap(plan, "cost_lines", index, quantity=usd(2920), amount_usd=usd("14600.00"))


@fault("bill.price", tokens_plan)
def units_in_node_hours(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, UNITS, MAR), unit="node_hour")


@fault("bill.service", tokens_plan)
def units_served_for_two_months_on_one_line(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, UNITS, MAR), service_end=MAY)


# Shares and totals


@fault("policy.concentration_tokens", tokens_plan)
def a_provider_without_offerings_above_its_share(plan: Plan) -> Plan:
    """In the storm it serves 1,400 of 2,400 tok/s."""
    return with_cap(plan, 0, 0.58)


@fault("policy.concentration_tokens", tokens_plan)
def a_share_of_nodes_alone_above_its_cap(plan: Plan) -> Plan:
    return with_cap(plan, 1, 0.49)


@fault("policy.concentration_tokens", tokens_plan)
def tokens_of_no_coast(plan: Plan) -> Plan:
    return with_cap(plan, 2, 0.99)


@fault("totals.list", tokens_plan)
def units_without_a_list_price(plan: Plan) -> Plan:
    return total(plan, list_usd=usd("40661.58"))


@fault("totals.served", tokens_plan)
def tokens_of_nodes_alone(plan: Plan) -> Plan:
    return total(plan, served_mtok=usd("7905.0816"))
