"""Enterprise agreements: which tier is signed, what it takes off, and what is paid for what was not bought."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from contracts.terms.agreement import AgreementTier, Charge
from contracts.terms.common import Nature
from optimizer.faults import Impossible
from optimizer.plan import CostLine, Plan
from optimizer.run import PlanOptions, plan_fleet
from scenarios.outlooks import Effect
from scenarios.policy import Grouping, ShareMeasure, Window
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_held,
    a_reserved,
    a_scenario,
    a_tier,
    an_agreement,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import JANUARY_HOURS, a_cap, binding, never_cheaper, planned, with_policy

TWO_NODES_USD = (14880, 13440)
"""Two nodes on demand at 10 USD in the 744 hours of January and the 672 of February."""


def on_demand(*tiers: AgreementTier, **overrides: Any) -> Scenario:
    """Two nodes of load at cloud-a, on demand only; 28,320 USD in two months."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "demand": nodes_of_load(2),
        "agreements": (an_agreement(),),
        "agreement_tiers": tiers,
    }
    return a_scenario(**(fields | overrides))


def lines(plan: Plan, nature: Nature) -> list[CostLine]:
    return [line for line in plan.cost_lines if line.nature is nature]


def test_a_tier_that_saves_is_signed_and_its_discount_is_a_line_of_every_month() -> None:
    """10 % of 14,880.00 and of 13,440.00 for 12,000 a year, of which two months, 2,000, are held against 25,488.

    What is owed for the ten months after the horizon, 1,000 each, is free in this scenario.
    """
    plan = planned(on_demand(a_tier()))
    (signed,) = plan.agreements
    assert (signed.agreement, signed.tier, str(signed.order_by)) == ("edp", "small", "2026-12-31")
    assert [line.amount_usd for line in lines(plan, Nature.AGREEMENT_DISCOUNT)] == [Decimal("-1488"), Decimal("-1344")]
    (year,) = plan.agreement_years
    assert (year.first, year.end) == (FIRST, FIRST + 2)
    assert (year.eligible_usd, year.discount_usd) == (Decimal(28320), Decimal(2832))
    assert (year.commitment_usd, year.shortfall_usd) == (Decimal(2000), Decimal(0))
    assert [line.amount_usd for line in lines(plan, Nature.AGREEMENT_OBLIGATION)] == [Decimal(1000)] * 10
    assert (plan.totals.cash_usd, plan.totals.beyond_horizon_usd) == (Decimal(25488), Decimal(10000))
    assert plan.bound_usd == pytest.approx(25488)


def test_the_higher_tier_is_signed_only_where_its_shortfall_leaves_more() -> None:
    """30 % leaves 19,824.00 of 28,320. For 138,000 a year (23,000 in two months) 3,176.00 are missing: cheaper than
    10 % (25,488). For 156,000 (26,000) it is dearer.
    """
    small = a_tier()
    large = a_tier("large", commitment_usd_per_year=Decimal(138000), discount_share=0.3)
    plan = planned(on_demand(small, large))
    assert [row.tier for row in plan.agreements] == ["large"]
    (missing,) = lines(plan, Nature.AGREEMENT_SHORTFALL)
    assert (missing.amount_usd, missing.paid_month) == (Decimal(3176), FIRST + 1)
    assert (missing.service_first, missing.service_end) == (FIRST, FIRST + 2)
    assert plan.totals.cash_usd == Decimal(23000)
    assert "commitment of edp in the year from 2027-01 no more than met" in binding(plan)
    dearer = planned(on_demand(small, large.model_copy(update={"commitment_usd_per_year": Decimal(156000)})))
    assert [row.tier for row in dearer.agreements] == ["small"]


def test_what_is_owed_after_the_horizon_weighs_as_the_scenario_says() -> None:
    """2,832 are saved in the horizon; ten months at 1,000 count at a quarter (2,500) or at a third (3,333)."""
    for weight, signed in (("0.25", 1), ("0.3333", 0)):
        run = run_settings(beyond_horizon_weight=Decimal(weight))
        assert len(planned(on_demand(a_tier(), run=run)).agreements) == signed


def test_an_agreement_in_force_has_no_choice() -> None:
    """120,000 a year from July 2026 on: 20,000 in two months. One node of load leaves 12,744 of them discounted."""
    agreement = an_agreement(start=FIRST + -6, in_force=True)
    tier = a_tier(commitment_usd_per_year=Decimal(120000))
    plan = planned(on_demand(tier, agreements=(agreement,), demand=nodes_of_load(1)))
    (signed,) = plan.agreements
    assert (signed.order_by, signed.start, signed.end) == (None, FIRST + -6, FIRST + 6)
    (year,) = plan.agreement_years
    assert (year.first, year.eligible_usd, year.shortfall_usd) == (FIRST, Decimal(14160), Decimal("7256"))
    assert len(lines(plan, Nature.AGREEMENT_OBLIGATION)) == 4
    assert plan.totals.cash_usd == Decimal(20000)


def test_two_contract_years_are_held_apart() -> None:
    """From February 2026: January 2027 closes its first year (1,000 of 12,000), February opens the next."""
    plan = planned(on_demand(a_tier(), agreements=(an_agreement(start=FIRST + -11, years=2, in_force=True),)))
    assert [(y.first, y.end, y.commitment_usd) for y in plan.agreement_years] == [
        (FIRST, FIRST + 1, Decimal(1000)),
        (FIRST + 1, FIRST + 2, Decimal(1000)),
    ]


def test_only_what_is_named_is_eligible_and_upfront_parts_never_are() -> None:
    """Held (1 node at 5 USD) and reserved (half upfront) beside on demand: each charge alone, January only."""
    january = {
        Charge.HELD: 5 * JANUARY_HOURS,
        Charge.RESERVED: 3 * JANUARY_HOURS,
        Charge.ON_DEMAND: 10 * JANUARY_HOURS,
    }
    shares = {"upfront": "partial", "upfront_share": 0.5}
    catalog = ten_requests_a_node(offerings=(an_offering(stock_nodes=1),))
    for charge, usd in january.items():
        plan = planned(
            on_demand(
                a_tier(commitment_usd_per_year=Decimal(0)),
                catalog=catalog,
                contracts=(an_on_demand(), a_reserved(**shares)),
                held_contracts=(a_held(),),
                demand=nodes_of_load(3),
                agreements=(an_agreement(eligible=(charge,)),),
            )
        )
        assert lines(plan, Nature.AGREEMENT_DISCOUNT)[0].quantity == usd


def test_a_commitment_draws_load_to_the_provider_that_has_it() -> None:
    """cloud-b is 5 % cheaper (9.50); 10 % off makes cloud-a cheaper, and without it nothing is bought there."""
    fields = {
        "catalog": two_clouds({"region": "region-a"}),
        "contracts": (
            an_on_demand(),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal("9.50")),
        ),
    }
    agreed, free = planned(on_demand(a_tier(), **fields)), planned(on_demand(**(fields | {"agreements": ()})))
    assert {usage.contract for usage in agreed.usages} == {"od-a"}
    assert {usage.contract for usage in free.usages} == {"od-b"}


def test_no_node_is_run_for_the_sake_of_a_commitment() -> None:
    """In force for more than is needed: what is missing is paid, and two nodes of load take two nodes."""
    tier = a_tier(commitment_usd_per_year=Decimal(500000))
    plan = planned(on_demand(tier, agreements=(an_agreement(in_force=True),)))
    assert {usage.nodes for usage in plan.usages} == {2.0}


def test_a_budget_sees_the_discount_in_its_month() -> None:
    """January takes 14,880; a monthly budget of 14,000 is kept because 1,488 are taken off, and not without."""
    budget = {"budgets": (a_budget(limit_usd=Decimal(14000)),)}
    assert planned(with_policy(on_demand(a_tier()), **budget)).totals.cash_usd == Decimal(25488)
    with pytest.raises(Impossible, match="budget cash"):
        planned(with_policy(on_demand(agreements=()), **budget))


def test_nothing_is_paid_for_what_is_not_missing_to_dilute_a_share_of_spend() -> None:
    """node-b may have 40 % of spend, and must serve half. To pay cloud-a for nothing would keep the cap; it is refused.

    Without the agreement cloud-b has exactly half; with it, held to its terms, a discount makes that worse.
    """
    cap = a_cap(measure=ShareMeasure.SPEND, by=Grouping.PROVIDER, group="cloud-b", cap_share=0.4, window=Window.HORIZON)
    scenario = on_demand(
        a_tier(commitment_usd_per_year=Decimal(1200000)),
        catalog=two_clouds({"region": "region-a"}, quota_nodes=1),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal("10"))),
    )
    with pytest.raises(Impossible, match="cap"):
        planned(with_policy(scenario.model_copy(update={"agreement_tiers": (a_tier(),)}), concentration=(cap,)))
    kept = planned(with_policy(scenario, concentration=(cap,)))
    (year,) = kept.agreement_years
    assert year.shortfall_usd == year.commitment_usd - year.eligible_usd + year.discount_usd


def test_the_discount_counts_in_each_outlook_and_the_tier_is_one_for_all() -> None:
    """Twice the demand in one of two outlooks: 28,320 and 56,640 eligible, 10 % of each."""
    outlooks = (an_outlook(), an_outlook("high"))
    plan = planned(on_demand(a_tier(), outlooks=outlooks, outlook_effects=(an_effect(effect=Effect.DEMAND),)))
    assert len(plan.agreements) == 1
    assert {y.outlook: y.discount_usd for y in plan.agreement_years} == {"base": Decimal(2832), "high": Decimal(5664)}


def test_dropping_the_minimum_never_raises_the_cost() -> None:
    tiers = [a_tier(commitment_usd_per_year=Decimal(usd)) for usd in (0, 60000, 120000, 180000, 400000)]
    plans = [planned(on_demand(tier, demand=nodes_of_load(1.5))) for tier in tiers]
    assert all(never_cheaper(harder, easier) for easier, harder in pairwise(plans))
    assert plans[0].incumbent_usd < plans[-1].incumbent_usd


def test_fictitious_agreements_are_left_out_of_public_prices() -> None:
    quoted = (an_agreement(fictitious=True, pricing_rule="list"),)
    plan = plan_fleet(on_demand(a_tier(), agreements=quoted), PlanOptions())
    (public,) = [row for row in plan.baselines if row.name == "without fictitious quotes"]
    assert public.objective_usd == Decimal(28320)


def test_a_discount_counts_in_the_share_of_the_provider_that_grants_it() -> None:
    """14,160 at each of two clouds; 10 % off leaves cloud-a 12,744 of 26,904 (47.4 %) and cloud-b 52.6 %."""
    cap = a_cap(measure=ShareMeasure.SPEND, by=Grouping.PROVIDER, group="cloud-b", window=Window.HORIZON)
    scenario = on_demand(
        a_tier(commitment_usd_per_year=Decimal(0)),
        catalog=two_clouds({"region": "region-a"}, quota_nodes=1),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b")),
        agreements=(an_agreement(in_force=True),),
    )
    for share, is_kept in ((0.53, True), (0.52, False)):
        capped = with_policy(scenario, concentration=(cap.model_copy(update={"cap_share": share}),))
        if is_kept:
            assert planned(capped).totals.cash_usd == Decimal(26904)
        else:
            with pytest.raises(Impossible, match="cap"):
                planned(capped)


def test_the_model_has_no_tiny_coefficients_for_large_commitments() -> None:
    """Forty million dollars a year for two nodes: in force, and paid for nothing; no warning of scale."""
    tier = a_tier(commitment_usd_per_year=Decimal(40_000_000))
    plan = planned(on_demand(tier, agreements=(an_agreement(in_force=True),)))
    assert plan.totals.cash_usd == Decimal("6666666.67")
    assert not [note for note in plan.notes if "coefficient" in note]
