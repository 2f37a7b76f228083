"""Faults in spend commitments: what is signed, what is covered, lines, and whose spend it is."""

from datetime import date
from typing import Any

from contracts.terms.common import Nature
from optimizer.plan import Plan
from tests.audit_commitments import APR, MAY
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_outlooks import CALM, STORM
from tests.audit_planting import fault, line_of, on, swap, with_cap, with_terms, without
from tests.audit_spending_plans import commitments_to_spend_plan

UPFRONT, RECURRING = Nature.SPEND_COMMITMENT_UPFRONT, Nature.SPEND_COMMITMENT_RECURRING
COVERED = Nature.SPEND_COMMITMENT_COVERED


def with_commitment(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    """The same plan under a spend commitment with other terms."""
    rows = list(plan.scenario.spend_commitments)
    rows[index] = rows[index].model_copy(update=changes)
    return on(plan, spend_commitments=tuple(rows))


# Commitments


@fault("spend_commitment.step", commitments_to_spend_plan)
def a_step_and_a_half(plan: Plan) -> Plan:
    return with_commitment(plan, step_usd_per_hour=usd(5))


@fault("spend_commitment.step", commitments_to_spend_plan)
def a_commitment_of_nothing(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 0, usd_per_hour=usd(0))


@fault("spend_commitment.limits", commitments_to_spend_plan)
def a_commitment_below_its_minimum(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 2, usd_per_hour=usd("2.5"))


@fault("spend_commitment.limits", commitments_to_spend_plan)
def a_commitment_above_its_maximum(plan: Plan) -> Plan:
    return with_commitment(plan, maximum_usd_per_hour=usd("7.49"))


@fault("spend_commitment.one_per_start", commitments_to_spend_plan)
def two_commitments_for_one_month(plan: Plan) -> Plan:
    again = plan.committed_spend[0].model_copy(update={"order": "again"})
    return plan.model_copy(update={"committed_spend": (*plan.committed_spend, again)})


@fault("spend_commitment.start", commitments_to_spend_plan)
def a_commitment_off_its_lattice(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 1, start=FEB, end=MAY)


@fault("spend_commitment.start", commitments_to_spend_plan)
def a_commitment_before_its_window(plan: Plan) -> Plan:
    return with_commitment(plan, 1, earliest_start=APR)


@fault("spend_commitment.start", commitments_to_spend_plan)
def a_commitment_after_its_window(plan: Plan) -> Plan:
    return with_commitment(plan, latest_start=FEB)


@fault("spend_commitment.start", commitments_to_spend_plan)
def a_commitment_after_the_horizon(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 2, start=APR, end=MAY)


@fault("spend_commitment.start", commitments_to_spend_plan)
def a_commitment_before_the_order_day(plan: Plan) -> Plan:
    return on(plan, run=plan.scenario.run.model_copy(update={"order_date": date(2027, 1, 2)}))


@fault("spend_commitment.start", commitments_to_spend_plan)
def a_commitment_on_a_lapsed_quote(plan: Plan) -> Plan:
    return on(plan, run=plan.scenario.run.model_copy(update={"order_date": date(2026, 12, 21)}))


@fault("spend_commitment.end", commitments_to_spend_plan)
def a_commitment_that_ends_with_the_horizon(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 1, end=APR)


@fault("spend_commitment.order_by", commitments_to_spend_plan)
def a_commitment_signed_on_the_day_it_starts(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 2, order_by=date(2027, 3, 1))


@fault("spend_commitment.order_by", commitments_to_spend_plan)
def a_quote_forgotten_in_the_day_to_sign(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 0, order_by=date(2026, 12, 31))


@fault("spend_commitment.stage", commitments_to_spend_plan)
def a_commitment_for_one_outlook_before_it_is_known(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 1, outlook=STORM)


@fault("spend_commitment.stage", commitments_to_spend_plan)
def a_commitment_that_could_wait(plan: Plan) -> Plan:
    return swap(plan, "committed_spend", 2, outlook=None)


# Coverage


@fault("records.ids", commitments_to_spend_plan)
def covered_without_a_rate(plan: Plan) -> Plan:
    return swap(plan, "coverage", 0, covers="od-b")


@fault("coverage.use", commitments_to_spend_plan)
def more_covered_than_used(plan: Plan) -> Plan:
    return swap(plan, "usages", 4, nodes=1.9)


@fault("coverage.use", commitments_to_spend_plan)
def the_same_nodes_covered_twice(plan: Plan) -> Plan:
    """Each commitment alone covers less than two nodes."""
    index = next(i for i, row in enumerate(plan.coverage) if row.contract == "late-a")
    return swap(plan, "coverage", index, nodes=0.6)


@fault("coverage.commitment", commitments_to_spend_plan)
def the_uplift_covered_for_nothing(plan: Plan) -> Plan:
    """Without uplift 1.25 nodes were 7.50 USD an hour."""
    return swap(plan, "coverage", 0, nodes=1.25)


@fault("coverage.commitment", commitments_to_spend_plan)
def a_commitment_that_covers_before_it_starts(plan: Plan) -> Plan:
    return swap(plan, "coverage", 0, contract="late-a", nodes=0.1)


@fault("coverage.commitment", commitments_to_spend_plan)
def the_commitment_of_another_outlook(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.coverage) if row.contract == "late-a")
    return swap(plan, "coverage", index, outlook=CALM)


@fault("coverage.commitment", commitments_to_spend_plan)
def a_dearer_rate(plan: Plan) -> Plan:
    rows = plan.scenario.covered_rates
    dearer = rows[0].model_copy(update={"price_usd_per_node_hour": usd("6.01")})
    return on(plan, covered_rates=(dearer, *rows[1:]))


# Lines


@fault("bill.missing", commitments_to_spend_plan)
def an_upfront_part_forgotten(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, UPFRONT, MAR))


@fault("bill.missing", commitments_to_spend_plan)
def a_commitment_owed_to_the_horizon_only(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, RECURRING, APR))


@fault("bill.missing", commitments_to_spend_plan)
def covered_use_charged_twice(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, COVERED, JAN, outlook=STORM))


@fault("bill.superfluous", commitments_to_spend_plan)
def cover_credited_twice(plan: Plan) -> Plan:
    again = plan.cost_lines[line_of(plan, COVERED, JAN)].model_copy(update={"line": "again"})
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, again)})


@fault("bill.price", commitments_to_spend_plan)
def cover_credited_at_its_own_rate(plan: Plan) -> Plan:
    index = line_of(plan, COVERED, JAN, outlook=CALM)
    return swap(plan, "cost_lines", index, unit_price_usd=usd(-6), amount_usd=usd("-5580.00"))


@fault("bill.price", commitments_to_spend_plan)
def cover_credited_at_the_price_of_the_other_outlook(plan: Plan) -> Plan:
    index = line_of(plan, COVERED, JAN, outlook=STORM)
    return swap(plan, "cost_lines", index, unit_price_usd=usd(-10), amount_usd=usd("-9300.00"))


@fault("bill.quantity", commitments_to_spend_plan)
def cover_credited_without_uplift(plan: Plan) -> Plan:
    index = line_of(plan, COVERED, JAN, outlook=CALM)
    return swap(plan, "cost_lines", index, quantity=usd(744), amount_usd=usd("-7440.00"))


@fault("bill.quantity", commitments_to_spend_plan)
def a_term_of_730_hours_a_month(plan: Plan) -> Plan:
    index = line_of(plan, UPFRONT, JAN)
    return swap(plan, "cost_lines", index, quantity=usd("16425"), amount_usd=usd("8212.50"))


@fault("bill.price", commitments_to_spend_plan)
def a_commitment_in_node_hours(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, RECURRING, JAN), unit="node_hour")


@fault("bill.payee", commitments_to_spend_plan)
def a_commitment_to_an_offering(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, RECURRING, JAN), offering="node-a")


@fault("bill.price", commitments_to_spend_plan)
def use_without_uplift_under_other_terms(plan: Plan) -> Plan:
    return with_terms(plan, "od-a", price_usd_per_node_hour=usd(9))


@fault("records.not_negative", commitments_to_spend_plan)
def a_fee_that_is_paid_out(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, RECURRING, JAN), amount_usd=usd("-2790.00"))


# Shares of spend


@fault("policy.concentration_spend", commitments_to_spend_plan)
def commitments_that_count_for_nobody(plan: Plan) -> Plan:
    """Of the lines of offerings alone cloud-a has 53 % in the calm, 57 % in the storm."""
    return with_cap(plan, 0, 0.7)


@fault("policy.concentration_spend", commitments_to_spend_plan)
def a_share_of_the_whole_above_its_cap(plan: Plan) -> Plan:
    return with_cap(plan, 1, 0.3)
