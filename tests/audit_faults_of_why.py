"""Faults in what is told of why and why not."""

from typing import Any

from optimizer.plan import Plan
from optimizer.plan_why import NotTakenReason, Why
from tests.audit_commitments import MAY
from tests.audit_lines import usd
from tests.audit_planting import fault
from tests.audit_why_plans import insured_plan, why_plan


def told(plan: Plan) -> Why:
    assert plan.why is not None
    return plan.why


def saying(plan: Plan, **changes: Any) -> Plan:
    return plan.model_copy(update={"why": told(plan).model_copy(update=changes)})


def having(plan: Plan, part: str, index: int = 0, **changes: Any) -> Plan:
    """One row of a part told otherwise."""
    rows = list(getattr(told(plan), part))
    rows[index] = rows[index].model_copy(update=changes)
    return saying(plan, **{part: tuple(rows)})


def differing(plan: Plan, part: str, field: str, **changes: Any) -> Plan:
    """The difference in the first row of a part told otherwise."""
    worth = getattr(getattr(told(plan), part)[0], field)
    return having(plan, part, **{field: worth.model_copy(update=changes)})


@fault("why.names", why_plan)
def an_event_left_out(plan: Plan) -> Plan:
    return saying(plan, insurance=told(plan).insurance[:1])


@fault("why.names", why_plan)
def the_payback_of_nothing(plan: Plan) -> Plan:
    return having(plan, "paybacks", migration="ghost")


@fault("why.names", why_plan)
def the_worth_of_a_rule_that_does_not_bind(plan: Plan) -> Plan:
    return having(plan, "rules", place="on-demand quota of node-a used up")


@fault("why.names", why_plan)
def fewer_solves_than_answers(plan: Plan) -> Plan:
    return saying(plan, solves=2)


@fault("why.outcome", why_plan)
def a_premium_without_the_other_plan(plan: Plan) -> Plan:
    return having(plan, "insurance", without_usd=None)


@fault("why.outcome", why_plan)
def not_solved_and_no_reason(plan: Plan) -> Plan:
    return having(plan, "insurance", 1, reason="")


@fault("why.outcome", why_plan)
def a_unit_that_changes_nothing(plan: Plan) -> Plan:
    return having(plan, "rules", after="10")


@fault("why.outcome", why_plan)
def a_path_of_a_rule_that_has_no_unit(plan: Plan) -> Plan:
    return having(plan, "rules", 1, path="contracts.top-a.minimum", unit="one", before="1", after="2")


@fault("why.bounds", why_plan)
def a_plan_without_that_beats_its_bound(plan: Plan) -> Plan:
    worse = differing(plan, "insurance", "premium", at_most_usd=456.0)
    return having(worse, "insurance", without_bound_usd=31600.0)


@fault("why.difference", why_plan)
def another_premium_than_was_found(plan: Plan) -> Plan:
    return differing(plan, "insurance", "premium", usd=usd("500.01"))


@fault("why.difference", why_plan)
def incumbents_taken_for_bounds(plan: Plan) -> Plan:
    return differing(plan, "paybacks", "saves", at_least_usd=44.0, at_most_usd=44.0)


@fault("why.difference", why_plan)
def a_saving_that_is_a_loss(plan: Plan) -> Plan:
    return differing(plan, "rules", "saves", usd=usd("-6.00"))


@fault("why.difference", why_plan)
def another_cost_of_this_plan(plan: Plan) -> Plan:
    return having(plan, "insurance", 1, with_usd=32000.0)


@fault("why.difference", why_plan)
def a_premium_by_months_of_a_year(plan: Plan) -> Plan:
    return having(plan, "insurance", premium_usd_per_month=usd("41.67"))


@fault("records.finite", why_plan)
def a_plan_without_a_bound(plan: Plan) -> Plan:
    return having(plan, "insurance", without_bound_usd=float("-inf"))


@fault("why.sign", why_plan)
def a_sign_within_the_gaps_of_a_rule(plan: Plan) -> Plan:
    return differing(plan, "rules", "saves", distinguishable=True)


@fault("why.loss", insured_plan)
def hours_of_a_year(plan: Plan) -> Plan:
    return having(plan, "insurance", expected_hours=12.0, expected_loss_usd=usd("51.84"))


@fault("why.loss", insured_plan)
def all_demand_lost_and_not_the_floor(plan: Plan) -> Plan:
    return having(plan, "insurance", loss_usd_per_hour=usd("8.64"), expected_loss_usd=usd("17.28"))


@fault("why.loss", insured_plan)
def a_loss_of_one_hour(plan: Plan) -> Plan:
    return having(plan, "insurance", expected_loss_usd=usd("4.32"))


@fault("why.cash", why_plan)
def cash_of_the_month_and_not_so_far(plan: Plan) -> Plan:
    rows = list(told(plan).paybacks[0].cash)
    rows[1] = rows[1].model_copy(update={"with_usd": usd("4113.33")})
    return having(plan, "paybacks", cash=tuple(rows))


@fault("why.cash", why_plan)
def a_month_without_cash(plan: Plan) -> Plan:
    return having(plan, "paybacks", cash=told(plan).paybacks[0].cash[1:])


@fault("why.payback", why_plan)
def paid_back_only_when_less_was_paid(plan: Plan) -> Plan:
    return having(plan, "paybacks", payback_month=MAY)


@fault("why_not.names", why_plan)
def an_offer_that_is_taken(plan: Plan) -> Plan:
    return having(plan, "not_taken", offer="od-b")


@fault("why_not.names", why_plan)
def an_idle_offer_left_out(plan: Plan) -> Plan:
    return saying(plan, not_taken=())


@fault("why_not.price", why_plan)
def another_price_than_is_asked(plan: Plan) -> Plan:
    return having(plan, "not_taken", price_now=usd("9"))


@fault("why_not.price", why_plan)
def an_offer_that_pays_when_it_is_paid_to_be_taken(plan: Plan) -> Plan:
    return having(plan, "not_taken", entering_price=usd("-1.000"))


@fault("why_not.price", why_plan)
def a_price_where_that_is_not_the_reason(plan: Plan) -> Plan:
    return having(plan, "not_taken", reason=NotTakenReason.GATE)


@fault("why_not.expired", why_plan)
def expired_without_a_date(plan: Plan) -> Plan:
    blank: dict[str, Any] = {"price_now": None, "price_unit": "", "entering_price": None, "command": ""}
    return having(plan, "not_taken", reason=NotTakenReason.EXPIRED, **blank)


@fault("why_not.dominated", why_plan)
def dominated_by_other_nodes(plan: Plan) -> Plan:
    blank: dict[str, Any] = {"price_now": None, "price_unit": "", "entering_price": None, "command": ""}
    return having(plan, "not_taken", reason=NotTakenReason.DOMINATED, other="od-b", **blank)


@fault("why_not.dominated", why_plan)
def dominated_by_nobody(plan: Plan) -> Plan:
    blank: dict[str, Any] = {"price_now": None, "price_unit": "", "entering_price": None, "command": ""}
    return having(plan, "not_taken", reason=NotTakenReason.DOMINATED, **blank)
