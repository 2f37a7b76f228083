"""Faults in contingencies, bills, totals and the proof."""

from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.plan import EmergencyUse, Plan, Status
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import (
    case,
    case_placement,
    fault,
    line_of,
    swap,
    total,
    under,
    with_offering,
    with_reserved,
    without,
)

# Contingencies


@fault("contingency.complete")
def fallback_for_the_first_only(plan: Plan) -> Plan:
    return without(plan, "contingencies", 2, 3, 4, 5)


@fault("contingency.complete")
def a_case_that_nobody_asked_for(plan: Plan) -> Plan:
    return case(plan, 0, block="night")


@fault("contingency.survivors")
def tokens_on_what_is_lost(plan: Plan) -> Plan:
    return case_placement(plan, 0, 0, offering="node-b", nodes=0.084375)


@fault("contingency.stated")
def relaxed_figures_left_out(plan: Plan) -> Plan:
    keep = tuple(row for row in plan.goodput if row.contingency != "lose-held-a")
    return plan.model_copy(update={"goodput": keep})


@fault("contingency.allowed")
def residency_forgotten_in_the_event(plan: Plan) -> Plan:
    return case_placement(plan, 2, 0, offering="node-c")


@fault("contingency.nodes")
def too_few_nodes_in_the_event(plan: Plan) -> Plan:
    return case_placement(plan, 1, 1, nodes=1.3)


@fault("contingency.floor")
def below_the_floor(plan: Plan) -> Plan:
    return case_placement(plan, 1, 0, accepted_tok_per_s=200.0, nodes=0.6)


@fault("contingency.capacity")
def spot_counted_in_a_contingency(plan: Plan) -> Plan:
    return case(plan, 1, emergency=())


@fault("contingency.capacity")
def a_lost_contract_counted(plan: Plan) -> Plan:
    scaled = tuple(
        row.model_copy(update={"nodes": row.nodes * 1.6, "accepted_tok_per_s": row.accepted_tok_per_s * 1.6})
        for row in plan.contingencies[2].placements
    )
    return case(plan, 2, placements=scaled)


@fault("contingency.on_demand_limit")
def the_whole_quota_counted(plan: Plan) -> Plan:
    return with_offering(plan, on_demand_confidence=0.3)


@fault("contingency.not_firm_limit")
def a_firm_contract_leaned_on(plan: Plan) -> Plan:
    use = EmergencyUse(offering="node-a", on_demand_nodes=0.0, not_firm_nodes=0.4875)
    return case(plan, 0, emergency=(use,))


@fault("contingency.capacity")
def a_discount_taken_for_capacity(plan: Plan) -> Plan:
    return with_reserved(plan, firm=False)


@fault("contingency.emergency_share")
def emergency_above_its_share(plan: Plan) -> Plan:
    return under(plan, emergency_share=0.4)


# Money


@fault("bill.missing")
def the_last_month_of_a_bill_dropped(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, Nature.RESERVED_RECURRING, MAR))


@fault("bill.price")
def upfront_treated_as_monthly(plan: Plan) -> Plan:
    plan = without(plan, "cost_lines", line_of(plan, Nature.RESERVED_UPFRONT, JAN))
    index = line_of(plan, Nature.RESERVED_RECURRING, JAN)
    return swap(plan, "cost_lines", index, unit_price_usd=usd(6), amount_usd=usd("8928.00"))


@fault("bill.missing")
def upfront_forgotten(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, Nature.RESERVED_UPFRONT, JAN))


@fault("bill.superfluous")
def a_line_for_nothing(plan: Plan) -> Plan:
    extra = plan.cost_lines[5].model_copy(update={"line": "extra", "contract": None, "source": "od-c"})
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, extra)})


@fault("bill.superfluous")
def a_line_billed_twice(plan: Plan) -> Plan:
    again = plan.cost_lines[5].model_copy(update={"line": "again"})
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, again)})


@fault("bill.held_carried")
def a_held_contract_forgotten(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, Nature.HELD_RECURRING, JAN))


@fault("bill.payee")
def the_wrong_provider_paid(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.ON_DEMAND_USAGE, JAN, "od-b"), payee="cloud-a")


@fault("bill.service")
def upfront_said_to_serve_one_month(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.RESERVED_UPFRONT, JAN), service_end=FEB)


@fault("records.ids")
def a_service_of_no_month(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.RESERVED_UPFRONT, JAN), service_end=JAN)


@fault("bill.quantity")
def a_month_of_730_hours(plan: Plan) -> Plan:
    index = line_of(plan, Nature.RESERVED_RECURRING, JAN)
    return swap(plan, "cost_lines", index, quantity=usd(1460), amount_usd=usd("6570.00"))


@fault("bill.quantity")
def february_with_31_days(plan: Plan) -> Plan:
    index = line_of(plan, Nature.RESERVED_RECURRING, FEB)
    return swap(plan, "cost_lines", index, quantity=usd(1488), amount_usd=usd("6696.00"))


@fault("bill.quantity")
def productive_instead_of_running_spot(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.SPOT_USAGE, JAN), quantity=usd("736.56"))


@fault("bill.quantity")
def start_up_uplift_forgotten(plan: Plan) -> Plan:
    index = line_of(plan, Nature.ON_DEMAND_USAGE, JAN, "od-a")
    return swap(plan, "cost_lines", index, quantity=usd(186), amount_usd=usd("1860.00"))


@fault("bill.amount")
def rounded_up_instead_of_half_even(plan: Plan) -> Plan:
    """56.2464 Mtok at 2 USD is 112.4928; each block rounded up by itself would make it 112.50."""
    return swap(plan, "cost_lines", line_of(plan, Nature.SHORTFALL_PENALTY, JAN), amount_usd=usd("112.50"))


@fault("bill.amount")
def an_emergency_rounded_down(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.EMERGENCY_EXPECTED, JAN), amount_usd=usd("4.87"))


@fault("totals.objective")
def discount_off_by_one_month(plan: Plan) -> Plan:
    objective = float(plan.totals.objective_usd) * 1.1 ** (-1 / 12)
    plan = total(plan, objective_usd=round(Decimal(repr(objective)), 2))
    return plan.model_copy(update={"incumbent_usd": objective, "bound_usd": objective})


@fault("totals.objective")
def the_tail_left_out(plan: Plan) -> Plan:
    return total(plan, objective_usd=plan.totals.objective_usd - usd("4411.24"))


@fault("totals.effective")
def upfront_counted_in_full(plan: Plan) -> Plan:
    return total(plan, effective_usd=usd("45330.30"))


@fault("totals.cash")
def cash_after_the_horizon_counted(plan: Plan) -> Plan:
    return total(plan, cash_usd=usd("52026.30"))


@fault("totals.beyond_horizon")
def the_tail_of_the_upfront_forgotten(plan: Plan) -> Plan:
    return total(plan, beyond_horizon_usd=usd("6696.00"))


@fault("totals.shortfall_penalty")
def penalty_off_by_a_cent(plan: Plan) -> Plan:
    return total(plan, shortfall_penalty_usd=usd("112.50"))


@fault("totals.emergency_expected")
def emergency_summed_before_rounding(plan: Plan) -> Plan:
    return total(plan, emergency_expected_usd=usd("19.75"))


@fault("totals.list")
def node_a_and_node_b_added_as_equal(plan: Plan) -> Plan:
    return total(plan, list_usd=usd("52960.50"))


@fault("totals.served")
def demand_instead_of_served(plan: Plan) -> Plan:
    return total(plan, served_mtok=usd("6117.12"))


@fault("totals.usd_per_mtok")
def cash_per_token(plan: Plan) -> Plan:
    return total(plan, usd_per_mtok=usd("7.479169"))


# The proof


@fault("proof.incumbent")
def an_incumbent_from_nowhere(plan: Plan) -> Plan:
    return plan.model_copy(update={"incumbent_usd": plan.incumbent_usd + 1.0})


@fault("proof.bound")
def a_bound_above_the_incumbent(plan: Plan) -> Plan:
    return plan.model_copy(update={"bound_usd": plan.incumbent_usd + 100.0})


@fault("proof.gap")
def a_gap_over_the_bound(plan: Plan) -> Plan:
    bound = plan.incumbent_usd * 0.9
    changed = {"bound_usd": bound, "gap": 0.1 / 0.9, "asked_gap_share": 0.2}
    return plan.model_copy(update=changed)


@fault("proof.status")
def proven_without_proof(plan: Plan) -> Plan:
    return plan.model_copy(update={"bound_usd": plan.incumbent_usd * 0.9, "gap": 0.1})


@fault("proof.stop_reason")
def stopped_at_a_gap_it_did_not_reach(plan: Plan) -> Plan:
    changed = {"bound_usd": plan.incumbent_usd * 0.9, "gap": 0.1, "status": Status.FEASIBLE}
    return plan.model_copy(update=changed)
