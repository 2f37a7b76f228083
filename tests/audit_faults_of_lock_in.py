"""Faults against the rules of lock-in: floors, what is owed, terms, expiries, second sources, and what they name."""

from typing import Any

from catalog.footprint import Answer
from optimizer.plan import Plan
from optimizer.plan_contracts import Right
from scenarios.policy import (
    ConcentrationCap,
    Grouping,
    OutstandingCap,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
    SourcingRule,
)
from tests.audit_lines import FEB, usd
from tests.audit_lock_in_plans import (
    an_outstanding,
    minimums_bound_plan,
    rights_bound_plan,
    spending_bound_plan,
    tokens_shared_plan,
)
from tests.audit_plans import small_plan
from tests.audit_planting import fault, on, swap, under, under_unread, with_terms, without


def ruled(plan: Plan, field: str, index: int, **changes: Any) -> Plan:
    """One rule of the policy changed."""
    rows = list(getattr(plan.scenario.policy, field))
    rows[index] = rows[index].model_copy(update=changes)
    return under(plan, **{field: tuple(rows)})


def with_api(plan: Plan, **changes: Any) -> Plan:
    first, *others = plan.scenario.api_offers
    return on(plan, api_offers=(first.model_copy(update=changes), *others))


def a_floor(**overrides: Any) -> ShareFloor:
    fields: dict[str, Any] = {
        "rule": "floor",
        "measure": ShareMeasure.TOKENS,
        "by": Grouping.PROVIDER,
        "group": "cloud-a",
        "floor_share": 0.5,
    }
    return ShareFloor(**(fields | overrides))


# What rules name.


@fault("inputs.groups", small_plan)
def cap_on_a_contract_that_is_not_there(plan: Plan) -> Plan:
    cap = ConcentrationCap(rule="cap", measure=ShareMeasure.SPEND, by=Grouping.CONTRACT, group="res-z", cap_share=0.5)
    return under(plan, concentration=(cap,))


@fault("inputs.groups", small_plan)
def floor_of_every_group(plan: Plan) -> Plan:
    return under_unread(plan, share_floors=(a_floor().model_copy(update={"group": "*"}),))


@fault("inputs.groups", small_plan)
def floor_of_a_locality_that_is_none(plan: Plan) -> Plan:
    return under(plan, share_floors=(a_floor(by=Grouping.LOCALITY, group="site"),))


@fault("inputs.groups", small_plan)
def tokens_by_contract(plan: Plan) -> Plan:
    unread = {"by": Grouping.CONTRACT, "group": "res-a"}
    return under_unread(plan, share_floors=(a_floor().model_copy(update=unread),))


@fault("inputs.groups", small_plan)
def floor_of_a_provider_that_is_not_there(plan: Plan) -> Plan:
    return under(plan, share_floors=(a_floor(group="cloud-z", floor_share=0.0),))


@fault("inputs.groups", small_plan)
def contract_that_is_not_there(plan: Plan) -> Plan:
    floor = a_floor(measure=ShareMeasure.CAPACITY, by=Grouping.CONTRACT, group="res-z", floor_share=0.0)
    return under(plan, share_floors=(floor,))


@fault("inputs.groups", small_plan)
def owed_to_nobody(plan: Plan) -> Plan:
    return under(plan, outstanding=(OutstandingCap(rule="owed", provider="cloud-z", limit_usd=usd(0)),))


@fault("inputs.groups", small_plan)
def terms_of_nobody(plan: Plan) -> Plan:
    return under(plan, remaining_terms=(RemainingTermCap(rule="term", provider="cloud-z", limit_months=9),))


@fault("inputs.sources", small_plan)
def parts_that_leave_no_room(plan: Plan) -> Plan:
    rule = SourcingRule(rule="three", workload="chat", providers_at_least=3, share_at_least=0.33)
    return under_unread(plan, sourcing=(rule.model_copy(update={"share_at_least": 0.34}),))


@fault("inputs.sources", small_plan)
def sources_of_no_workload(plan: Plan) -> Plan:
    return under(plan, sourcing=(SourcingRule(rule="one", workload="search", providers_at_least=1),))


# Floors.


@fault("policy.floor_tokens", tokens_shared_plan)
def floor_above_what_can_be_moved(plan: Plan) -> Plan:
    return ruled(plan, "share_floors", 0, floor_share=0.5001)


@fault("policy.floor_tokens", tokens_shared_plan)
def api_that_nobody_says_can_be_moved(plan: Plan) -> Plan:
    return with_api(plan, portable_in_24_hours=Answer.UNKNOWN)


@fault("policy.floor_tokens", tokens_shared_plan)
def floor_of_a_locality_without_tokens(plan: Plan) -> Plan:
    return ruled(plan, "share_floors", 1, group="local", floor_share=0.01)


@fault("policy.floor_spend", tokens_shared_plan)
def floor_above_the_spend_on_chips(plan: Plan) -> Plan:
    return ruled(plan, "share_floors", 3, floor_share=0.265)


@fault("policy.floor_spend", tokens_shared_plan)
def floor_above_the_spend_by_the_token(plan: Plan) -> Plan:
    return ruled(plan, "share_floors", 4, floor_share=0.2775)


@fault("policy.floor_spend", tokens_shared_plan)
def spend_elsewhere(plan: Plan) -> Plan:
    return with_api(plan, region="region-b")


@fault("policy.concentration_spend", tokens_shared_plan)
def cap_below_the_units(plan: Plan) -> Plan:
    return ruled(plan, "concentration", 4, cap_share=0.4375)


@fault("policy.concentration_tokens", tokens_shared_plan)
def cap_below_what_cannot_be_moved(plan: Plan) -> Plan:
    return ruled(plan, "concentration", 3, cap_share=0.4999)


# What is owed.


@fault("policy.outstanding", rights_bound_plan)
def more_is_owed_than_the_cap(plan: Plan) -> Plan:
    return ruled(plan, "outstanding", 0, limit_usd=usd(49373))


@fault("policy.outstanding", rights_bound_plan)
def renewal_is_owed_from_its_notice_on(plan: Plan) -> Plan:
    """17,856 without the renewal of the storm."""
    return ruled(plan, "outstanding", 1, limit_usd=usd(27517))


@fault("policy.outstanding", rights_bound_plan)
def dearer_exit(plan: Plan) -> Plan:
    """A fee of one half and not a quarter: 3,186 more."""
    return with_terms(plan, "res-a", termination_fee_share=0.5)


@fault("policy.outstanding", rights_bound_plan)
def exit_that_is_too_late_to_declare(plan: Plan) -> Plan:
    """With 29 days of notice nobody may leave with February after January: 14,418 and not 9,882."""
    return with_terms(plan, "res-a", termination_notice_days=29)


@fault("policy.outstanding", minimums_bound_plan)
def more_minimum_than_the_cap(plan: Plan) -> Plan:
    return ruled(plan, "outstanding", 0, limit_usd=usd(23749))


@fault("policy.outstanding", minimums_bound_plan)
def no_ramp_of_the_minimum(plan: Plan) -> Plan:
    """January owes 5,000 and the first window 10,000, half of it after January."""
    return with_terms(plan, "top-a", ramp_shares=())


@fault("policy.outstanding", spending_bound_plan)
def more_committed_than_the_cap(plan: Plan) -> Plan:
    return ruled(plan, "outstanding", 0, limit_usd=usd(23069))


@fault("policy.outstanding", tokens_shared_plan)
def more_units_than_the_cap(plan: Plan) -> Plan:
    return ruled(plan, "outstanding", 0, limit_usd=usd(14639))


# Terms and expiries.


@fault("policy.remaining_term", rights_bound_plan)
def longer_terms_than_the_cap(plan: Plan) -> Plan:
    return ruled(plan, "remaining_terms", 0, limit_months=2.4285)


@fault("policy.remaining_term", rights_bound_plan)
def longer_terms_in_the_storm(plan: Plan) -> Plan:
    return ruled(plan, "remaining_terms", 1, limit_months=1.79)


@fault("policy.remaining_term", rights_bound_plan)
def nodes_that_cannot_leave(plan: Plan) -> Plan:
    """The two of res-a have three months left in January, not one."""
    return with_terms(plan, "res-a", terminable_after_months=None, termination_fee_share=0.0)


@fault("policy.remaining_term", rights_bound_plan)
def another_renewal(plan: Plan) -> Plan:
    return swap(plan, "rights", 2, renewals=3)


@fault("policy.remaining_term", minimums_bound_plan)
def half_a_year_under_take_or_pay(plan: Plan) -> Plan:
    return ruled(plan, "remaining_terms", 0, limit_months=5.99)


@fault("policy.expiries", rights_bound_plan)
def more_ends_than_the_cap(plan: Plan) -> Plan:
    return ruled(plan, "expiries", 0, cap_share=0.57)


@fault("policy.expiries", rights_bound_plan)
def everything_ends_in_the_second_quarter(plan: Plan) -> Plan:
    return ruled(plan, "expiries", 1, cap_share=0.99)


@fault("policy.expiries", rights_bound_plan)
def held_node_that_is_not_renewed(plan: Plan) -> Plan:
    """It ends in March with the others: 5 of 7."""
    assert plan.rights[2].right is Right.RENEW
    return without(plan, "rights", 2)


# Second sources.


@fault("policy.sourcing", tokens_shared_plan)
def second_source_too_small(plan: Plan) -> Plan:
    return ruled(plan, "sourcing", 0, share_at_least=0.42)


@fault("policy.sourcing", tokens_shared_plan)
def third_source_is_missing(plan: Plan) -> Plan:
    return ruled(plan, "sourcing", 0, providers_at_least=3, share_at_least=0.05)


@fault("policy.sourcing", tokens_shared_plan)
def two_sources_of_one_provider(plan: Plan) -> Plan:
    return with_api(plan, provider="cloud-a")


@fault("policy.sourcing", tokens_shared_plan)
def second_source_missing_in_a_month(plan: Plan) -> Plan:
    """What nodes serve in February is not served."""
    return without(plan, "placements", *(i for i, row in enumerate(plan.placements) if row.month == FEB))


@fault("policy.outstanding", small_plan)
def nothing_may_be_owed(plan: Plan) -> Plan:
    """February of the reserved node, 4,032 USD, is owed after January."""
    return under(plan, outstanding=(an_outstanding("owed", "4031"),))
