"""Credits: granted and prepaid, used within their months, their share of an invoice, and what is charged."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from contracts.terms.agreement import Charge
from contracts.terms.common import Nature
from contracts.terms.credit import Credit
from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_credit,
    a_held,
    a_scenario,
    a_tier,
    an_agreement,
    an_effect,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import binding, never_cheaper, planned, with_policy


def on_demand(*credits: Credit, **overrides: Any) -> Scenario:
    """Two nodes of load at cloud-a, on demand at 10 USD: 14,880 USD in January, 13,440 in February."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "demand": nodes_of_load(2),
        "credits": credits,
    }
    return a_scenario(**(fields | overrides))


def used(plan: Plan) -> dict[tuple[str, str], Decimal]:
    return {(use.credit, str(use.month)): use.usd for use in plan.credit_uses}


def test_what_is_granted_is_used_as_far_as_it_goes() -> None:
    plan = planned(on_demand(a_credit()))
    assert [(row.credit, row.lots) for row in plan.credits] == [("grant", 1)]
    assert sum(used(plan).values()) == Decimal(1000)
    assert plan.totals.cash_usd == Decimal(27320)
    assert not [line for line in plan.cost_lines if line.nature is Nature.CREDIT_PURCHASE]
    assert "balance of grant used up" in binding(plan)


def test_no_more_than_its_share_and_its_dollars_of_an_invoice() -> None:
    """10 % of 14,880 is 1,488, cut to 1,400; 10 % of 13,440 is 1,344."""
    plan = planned(on_demand(a_credit(balance_usd=Decimal(9000), invoice_share_cap=0.1, invoice_cap_usd=Decimal(1400))))
    assert used(plan) == {("grant", "2027-01"): Decimal(1400), ("grant", "2027-02"): Decimal(1344)}
    assert plan.totals.cash_usd == Decimal(28320 - 2744)


def test_a_share_that_is_no_whole_cent_is_rounded_down() -> None:
    """A third of 14,880.00 (0.3333 of it: 4,959.504) and of 13,440.00 (4,479.552)."""
    plan = planned(on_demand(a_credit(balance_usd=Decimal(90000), invoice_share_cap=0.3333)))
    assert used(plan) == {("grant", "2027-01"): Decimal("4959.50"), ("grant", "2027-02"): Decimal("4479.55")}


def test_lots_are_bought_while_they_save() -> None:
    """5,000 for 4,500 a lot: five lots save 2,500; a sixth would pay only 3,320."""
    plan = planned(on_demand(a_credit(balance_usd=Decimal(5000), price_usd=Decimal(4500), lots_at_most=9)))
    assert [(row.credit, row.lots) for row in plan.credits] == [("grant", 5)]
    (bought,) = [line for line in plan.cost_lines if line.nature is Nature.CREDIT_PURCHASE]
    assert (bought.quantity, bought.unit, bought.amount_usd) == (Decimal(5), "lot", Decimal(22500))
    assert (bought.paid_month, bought.service_end) == (FIRST, FIRST + 2)
    assert plan.totals.cash_usd == Decimal(22500 + 3320)


def test_what_expires_is_used_first() -> None:
    """One that ends with January and one that goes on, 14,000 each: both are used up, as far as February charges."""
    plan = planned(
        on_demand(
            a_credit("old", balance_usd=Decimal(14000), last_month=FIRST),
            a_credit("new", balance_usd=Decimal(14000)),
        )
    )
    assert used(plan)["old", "2027-01"] == Decimal(14000)
    assert plan.totals.cash_usd == Decimal(320)


def test_a_later_expiry_never_raises_the_cost() -> None:
    plans = [planned(on_demand(a_credit(balance_usd=Decimal(20000), last_month=FIRST + i))) for i in range(3)]
    assert all(never_cheaper(harder, easier) for harder, easier in pairwise(plans))
    assert plans[0].incumbent_usd == pytest.approx(plans[1].incumbent_usd + 5120)


def test_months_after_the_horizon_take_no_part_of_the_price() -> None:
    """5,000 for 5,100 is no bargain, however long it lasts."""
    credit = a_credit(balance_usd=Decimal(5000), price_usd=Decimal(5100), last_month=FIRST + 30)
    assert planned(on_demand(credit)).credits == ()


def test_a_credit_pays_only_what_it_names() -> None:
    """One held node at 5 USD: 3,720 and 3,360 a month."""
    scenario = on_demand(a_credit(balance_usd=Decimal(50000), eligible=(Charge.HELD,)), held_contracts=(a_held(),))
    assert used(planned(scenario)) == {("grant", "2027-01"): Decimal(3720), ("grant", "2027-02"): Decimal(3360)}


def test_all_credits_of_a_provider_pay_no_more_than_its_charges_less_discounts() -> None:
    """13,392 of January and 12,096 of February are left after 10 %; two credits pay them and no cent more."""
    plan = planned(
        on_demand(
            a_credit("one", balance_usd=Decimal(20000)),
            a_credit("two", balance_usd=Decimal(20000)),
            agreements=(an_agreement(in_force=True),),
            agreement_tiers=(a_tier(),),
        )
    )
    assert plan.totals.cash_usd == 0
    (year,) = plan.agreement_years
    assert year.shortfall_usd == 0, "commitments count before credits"


def test_discounts_on_other_charges_leave_credits_their_own() -> None:
    """10 % off held nodes does not touch what the credit may pay on demand."""
    plan = planned(
        on_demand(
            a_credit(balance_usd=Decimal(50000), eligible=(Charge.ON_DEMAND,)),
            held_contracts=(a_held(nodes=20),),
            demand=nodes_of_load(22),
            agreements=(an_agreement(in_force=True, eligible=(Charge.HELD,)),),
            agreement_tiers=(a_tier(discount_share=0.5),),
        )
    )
    assert used(plan) == {("grant", "2027-01"): Decimal(14880), ("grant", "2027-02"): Decimal(13440)}


def test_a_budget_sees_the_credit_where_it_is_used() -> None:
    """14,000 a month: 880 of the grant must be kept for January."""
    scenario = with_policy(on_demand(a_credit()), budgets=(a_budget(limit_usd=Decimal(14000)),))
    assert used(planned(scenario))["grant", "2027-01"] >= Decimal(880)


def test_credits_are_discounted_from_the_month_they_are_used_in() -> None:
    """At 10 % a year a dollar of January is worth more than one of February: all is used at once."""
    run = run_settings(discount_rate_per_year=Decimal("0.1"))
    assert used(planned(on_demand(a_credit(), run=run))) == {("grant", "2027-01"): Decimal(1000)}


def test_lots_are_one_number_for_all_outlooks_and_uses_are_not() -> None:
    """One node or two, 14,160 or 28,320: the third lot of 10,000 pays 8,320 in one of two outlooks, for 4,000."""
    plan = planned(
        on_demand(
            a_credit(balance_usd=Decimal(10000), price_usd=Decimal(4000), lots_at_most=9),
            demand=nodes_of_load(1),
            outlooks=(an_outlook(), an_outlook("high")),
            outlook_effects=(an_effect(),),
        )
    )
    assert [row.lots for row in plan.credits] == [3]
    total = {s: sum(use.usd for use in plan.credit_uses if use.outlook == s) for s in ("base", "high")}
    assert total == {"base": Decimal(14160), "high": Decimal(28320)}
