"""Faults in volume tiers, enterprise agreements and credits."""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.calendar import Month
from contracts.terms.agreement import Charge
from contracts.terms.common import Nature
from contracts.terms.volume import TierRule
from optimizer.plan import Plan
from tests.audit_commitments import APR
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_outlooks import CALM, STORM
from tests.audit_planting import case_placement, fault, line_of, on, swap, with_cap, with_offering, with_terms, without
from tests.audit_provider_plans import NEXT_FEB, providers_plan, tiers

VOLUME, DISCOUNT, MISSING = Nature.VOLUME_USAGE, Nature.AGREEMENT_DISCOUNT, Nature.AGREEMENT_SHORTFALL
OWED, BOUGHT, USED = Nature.AGREEMENT_OBLIGATION, Nature.CREDIT_PURCHASE, Nature.CREDIT_USE


def with_row(plan: Plan, field: str, index: int, **changes: Any) -> Plan:
    """The same plan on inputs of which one row is different."""
    rows = list(getattr(plan.scenario, field))
    rows[index] = rows[index].model_copy(update=changes)
    return on(plan, **{field: tuple(rows)})


def with_another(plan: Plan, field: str, row: Any) -> Plan:
    return plan.model_copy(update={field: (*getattr(plan, field), row)})


def charged(plan: Plan, nature: Nature, paid: Month, source: str, quantity: str, amount: str) -> Plan:
    """Another quantity on a line of the calm."""
    index = line_of(plan, nature, paid, source, CALM)
    return swap(plan, "cost_lines", index, quantity=usd(quantity), amount_usd=usd(amount))


# Volume tiers


@fault("usage.quota", providers_plan)
def a_quota_for_each_contract(plan: Plan) -> Plan:
    """1.75 nodes of two contracts."""
    return with_offering(plan, quota_nodes=1)


@fault("usage.order", providers_plan)
def an_order_under_volume_tiers(plan: Plan) -> Plan:
    return swap(plan, "usages", 0, order=plan.orders[0].order)


@fault("capacity.base", providers_plan)
def fewer_nodes_under_volume_tiers(plan: Plan) -> Plan:
    return swap(plan, "usages", 0, nodes=0.9)


@fault("contingency.capacity", providers_plan)
def volume_tiers_counted_after_the_event(plan: Plan) -> Plan:
    return case_placement(plan, 0, 0, accepted_tok_per_s=1500.0, nodes=1.5)


@fault("policy.concentration_capacity", providers_plan)
def volume_tiers_that_hold_no_capacity(plan: Plan) -> Plan:
    return with_cap(plan, 0, 0.33)


@fault("volume.windows", providers_plan)
def a_window_of_purchases_left_out(plan: Plan) -> Plan:
    return without(plan, "volume", 0)


@fault("volume.windows", providers_plan)
def a_window_without_purchases(plan: Plan) -> Plan:
    row = plan.volume[0].model_copy(
        update={"contract": "vol-b", "first": APR, "used_node_hours": Decimal(0), "bought_node_hours": Decimal(0)}
    )
    return with_another(plan, "volume", row)


@fault("volume.windows", providers_plan)
def a_window_that_begins_halfway(plan: Plan) -> Plan:
    row = plan.volume[0].model_copy(update={"first": FEB, "end": MAR})
    return with_another(plan, "volume", row)


@fault("volume.windows", providers_plan)
def a_window_beyond_the_end(plan: Plan) -> Plan:
    return swap(plan, "volume", 1, end=APR + 1)


@fault("volume.used", providers_plan)
def purchases_told_as_use(plan: Plan) -> Plan:
    return swap(plan, "volume", 3, used_node_hours=usd(700))


@fault("volume.bought", providers_plan)
def more_bought_than_used_by_increments(plan: Plan) -> Plan:
    return swap(plan, "volume", 0, bought_node_hours=usd(1500))


@fault("volume.bought", providers_plan)
def less_bought_than_used(plan: Plan) -> Plan:
    return swap(plan, "volume", 3, bought_node_hours=usd("671.999"))


@fault("bill.missing", providers_plan)
def an_increment_not_billed(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{CALM}-v2")
    return without(plan, "cost_lines", index)


@fault("bill.paid", providers_plan)
def volume_paid_without_its_net_days(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{CALM}-v3")
    return swap(plan, "cost_lines", index, paid_month=MAR)


@fault("bill.quantity", providers_plan)
def a_cut_window_at_whole_thresholds(plan: Plan) -> Plan:
    index = next(i for i, row in enumerate(plan.cost_lines) if row.line == f"{CALM}-v3")
    return swap(plan, "cost_lines", index, quantity=usd(744), amount_usd=usd("7440.00"))


@fault("bill.price", providers_plan)
def a_threshold_not_reached(plan: Plan) -> Plan:
    """Of all units, 672 h cost 8 each; at 700 they cost 6."""
    return swap(plan, "volume", 3, bought_node_hours=usd("699.99"))


@fault("bill.price", providers_plan)
def a_threshold_above_what_is_bought(plan: Plan) -> Plan:
    rows = plan.scenario.volume_tiers
    return on(plan, volume_tiers=(*rows[:3], *tiers("vol-b", (0, 8), (701, 6))))


@fault("bill.missing", providers_plan)
def all_units_billed_by_increments(plan: Plan) -> Plan:
    return with_terms(plan, "vol-b", tier_rule=TierRule.INCREMENTAL)


@fault("inputs.tiers", providers_plan)
def node_hours_without_a_price(plan: Plan) -> Plan:
    return with_row(plan, "volume_tiers", 1, from_node_hours=usd(100))


@fault("inputs.tiers", providers_plan)
def node_hours_with_two_prices(plan: Plan) -> Plan:
    return with_row(plan, "volume_tiers", 2, from_node_hours=usd(1000))


# Agreements


@fault("inputs.agreements", providers_plan)
def charges_discounted_twice(plan: Plan) -> Plan:
    return with_row(plan, "agreements", 1, provider="cloud-a")


@fault("inputs.agreements", providers_plan)
def two_tiers_in_force(plan: Plan) -> Plan:
    return with_row(plan, "agreement_tiers", 0, agreement="edp-b")


@fault("agreement.one_tier", providers_plan)
def two_tiers_of_one_agreement(plan: Plan) -> Plan:
    return with_another(plan, "agreements", plan.agreements[0].model_copy(update={"tier": "silver"}))


@fault("agreement.one_tier", providers_plan)
def an_agreement_in_force_left_out(plan: Plan) -> Plan:
    return without(plan, "agreements", 1)


@fault("agreement.one_tier", providers_plan)
def an_agreement_that_is_over(plan: Plan) -> Plan:
    return with_row(plan, "agreements", 1, start=Month(2025, 1))


@fault("agreement.term", providers_plan)
def an_agreement_for_the_horizon_only(plan: Plan) -> Plan:
    return swap(plan, "agreements", 0, end=APR)


@fault("agreement.start", providers_plan)
def an_agreement_on_a_lapsed_quote(plan: Plan) -> Plan:
    return with_row(plan, "agreements", 0, quote_valid_until=date(2026, 11, 30))


@fault("agreement.start", providers_plan)
def an_agreement_signed_for_the_past(plan: Plan) -> Plan:
    return with_row(plan, "agreements", 1, in_force=False)


@fault("agreement.order_by", providers_plan)
def an_agreement_signed_after_its_quote(plan: Plan) -> Plan:
    return swap(plan, "agreements", 0, order_by=date(2027, 1, 31))


@fault("agreement.order_by", providers_plan)
def an_agreement_in_force_to_be_signed(plan: Plan) -> Plan:
    return swap(plan, "agreements", 1, order_by=date(2027, 1, 15))


@fault("agreement.years", providers_plan)
def a_year_left_out(plan: Plan) -> Plan:
    return without(plan, "agreement_years", 2)


@fault("agreement.years", providers_plan)
def calendar_years_for_contract_years(plan: Plan) -> Plan:
    return swap(plan, "agreement_years", 2, end=APR)


@fault("agreement.years", providers_plan)
def a_year_after_the_horizon(plan: Plan) -> Plan:
    row = plan.agreement_years[0].model_copy(update={"first": APR, "end": NEXT_FEB})
    return with_another(plan, "agreement_years", row)


@fault("agreement.eligible", providers_plan)
def what_is_used_for_what_is_paid(plan: Plan) -> Plan:
    """March's volume is paid in April."""
    return swap(plan, "agreement_years", 0, eligible_usd=usd("28776.00"))


@fault("agreement.eligible", providers_plan)
def charges_that_are_not_eligible(plan: Plan) -> Plan:
    return with_row(plan, "agreements", 0, eligible=(Charge.ON_DEMAND, Charge.VOLUME))


@fault("agreement.discount", providers_plan)
def the_discount_of_another_tier(plan: Plan) -> Plan:
    return swap(plan, "agreements", 0, tier="silver")


@fault("agreement.commitment", providers_plan)
def a_year_of_hours(plan: Plan) -> Plan:
    return swap(plan, "agreement_years", 0, commitment_usd=usd("21013.70"))


@fault("agreement.commitment", providers_plan)
def a_cut_year_in_full(plan: Plan) -> Plan:
    return swap(plan, "agreement_years", 0, commitment_usd=usd(130000))


@fault("agreement.shortfall", providers_plan)
def a_commitment_held_against_gross_charges(plan: Plan) -> Plan:
    return swap(plan, "agreement_years", 0, shortfall_usd=Decimal(0))


@fault("agreement.shortfall", providers_plan)
def credits_taken_off_before_the_commitment(plan: Plan) -> Plan:
    return swap(plan, "agreement_years", 0, shortfall_usd=usd("5793.07"))


@fault("bill.missing", providers_plan)
def a_discount_forgotten(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, DISCOUNT, FEB, "edp-a", STORM))


@fault("bill.superfluous", providers_plan)
def a_discount_before_the_agreement(plan: Plan) -> Plan:
    row = plan.cost_lines[line_of(plan, DISCOUNT, FEB, "edp-a", CALM)]
    early = {"line": "early", "paid_month": JAN, "service_first": JAN, "service_end": FEB}
    return with_another(plan, "cost_lines", row.model_copy(update=early))


@fault("bill.quantity", providers_plan)
def lines_of_all_outlooks_left_out_of_the_discount(plan: Plan) -> Plan:
    return charged(plan, DISCOUNT, MAR, "edp-a", "13328", "-1332.80")


@fault("bill.price", providers_plan)
def a_discount_that_is_charged(plan: Plan) -> Plan:
    index = line_of(plan, DISCOUNT, FEB, "edp-a", CALM)
    return swap(plan, "cost_lines", index, unit_price_usd=usd("0.1"), amount_usd=usd("403.20"))


@fault("bill.missing", providers_plan)
def a_missing_commitment_not_billed(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, MISSING, MAR, "edp-a", CALM))


@fault("bill.service", providers_plan)
def a_shortfall_for_its_last_month(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, MISSING, MAR, "edp-a", CALM), service_first=MAR)


@fault("bill.missing", providers_plan)
def an_obligation_of_an_agreement_forgotten(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, OWED, Month(2028, 1), "edp-a"))


@fault("bill.quantity", providers_plan)
def an_obligation_with_parts_of_a_cent(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, OWED, APR, "edp-a"), quantity=usd("10833.3333"))


# Credits


@fault("credit.lots", providers_plan)
def a_grant_left_out(plan: Plan) -> Plan:
    return without(plan, "credits", 0)


@fault("credit.lots", providers_plan)
def more_lots_than_are_sold(plan: Plan) -> Plan:
    return swap(plan, "credits", 1, lots=4)


@fault("credit.lots", providers_plan)
def a_lot_of_nothing(plan: Plan) -> Plan:
    return swap(plan, "credits", 1, lots=0)


@fault("credit.lots", providers_plan)
def a_grant_that_has_expired(plan: Plan) -> Plan:
    return with_row(plan, "credits", 0, last_month=Month(2026, 12))


@fault("credit.purchase", providers_plan)
def credits_on_a_lapsed_quote(plan: Plan) -> Plan:
    return with_row(plan, "credits", 1, quote_valid_until=date(2026, 11, 30))


@fault("credit.purchase", providers_plan)
def credits_bought_for_the_past(plan: Plan) -> Plan:
    return with_row(plan, "credits", 1, first_month=Month(2026, 12))


@fault("credit.months", providers_plan)
def a_credit_used_after_it_expires(plan: Plan) -> Plan:
    return swap(plan, "credit_uses", 1, month=MAR)


@fault("credit.cents", providers_plan)
def parts_of_a_cent(plan: Plan) -> Plan:
    return swap(plan, "credit_uses", 3, usd=usd("139.195"))


@fault("credit.balance", providers_plan)
def a_cent_more_than_the_balance(plan: Plan) -> Plan:
    return swap(plan, "credit_uses", 3, usd=usd("139.21"))


@fault("credit.balance", providers_plan)
def a_balance_of_lots_not_bought(plan: Plan) -> Plan:
    return swap(plan, "credits", 1, lots=2)


@fault("credit.invoice", providers_plan)
def a_credit_above_its_share_of_the_invoice(plan: Plan) -> Plan:
    return with_row(plan, "credits", 0, invoice_share_cap=0.4999)


@fault("credit.invoice", providers_plan)
def a_credit_above_its_cap(plan: Plan) -> Plan:
    return with_row(plan, "credits", 1, invoice_cap_usd=usd("2999.99"))


@fault("credit.invoice", providers_plan)
def a_credit_on_charges_that_are_not_eligible(plan: Plan) -> Plan:
    return with_row(plan, "credits", 1, eligible=(Charge.ON_DEMAND,))


@fault("credit.provider", providers_plan)
def the_discount_paid_by_credits_too(plan: Plan) -> Plan:
    plan = swap(plan, "credit_uses", 2, usd=usd("2860.81"))
    return swap(plan, "credit_uses", 3, usd=usd("139.19"))


@fault("bill.missing", providers_plan)
def credits_bought_and_not_paid(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, BOUGHT, FEB))


@fault("bill.superfluous", providers_plan)
def a_grant_that_is_paid(plan: Plan) -> Plan:
    row = plan.cost_lines[line_of(plan, BOUGHT, FEB)].model_copy(update={"line": "grant", "source": "grant-a"})
    return with_another(plan, "cost_lines", row)


@fault("bill.service", providers_plan)
def credits_that_serve_their_first_month(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, BOUGHT, FEB), service_end=MAR)


@fault("bill.quantity", providers_plan)
def a_credit_larger_on_its_line(plan: Plan) -> Plan:
    return charged(plan, USED, MAR, "pre-a", "239.20", "-239.20")


@fault("bill.missing", providers_plan)
def a_credit_that_pays_nothing(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, USED, JAN, outlook=STORM))
