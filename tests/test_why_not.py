"""Offers not taken: each reason by a case, and how far a price is from entering. One node of load for 1,416 h."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.clauses import DueDay
from contracts.terms.reserved import Reserved
from optimizer.living.kept import use_of
from optimizer.plan_why import NotTakenReason
from optimizer.run import PlanOptions, plan_fleet
from optimizer.why.asking import WhyOptions
from scenarios.policy_shares import ShareMeasure
from scenarios.scenario import Scenario
from tests.builders import (
    a_budget,
    a_capacity_block,
    a_credit,
    a_migration,
    a_policy,
    a_provisioned,
    a_reserved,
    a_scenario,
    a_size_class,
    a_spend_commitment,
    a_spot,
    a_take_or_pay,
    a_tier,
    a_workload,
    an_agreement,
    an_api_offer,
    an_offering,
    an_on_demand,
    flat_blocks,
    nodes_of_load,
    ten_requests_a_node,
    two_clouds,
)
from tests.random_fleets import a_random_fleet
from tests.stacks import two_stacks
from tests.why_cases import explained, why, why_not

Reason = NotTakenReason
UNEXPLAINED = PlanOptions(with_baselines=False)
ALONE = WhyOptions(most=0, time_limit_s=600.0)
"""Nothing is planned again; the linear program is solved."""


def offered(*contracts: Any, nodes: float = 1.0, **overrides: Any) -> Scenario:
    """On demand at 10 USD, and other offers."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(), *contracts),
        "demand": nodes_of_load(nodes),
    }
    return a_scenario(**(fields | overrides))


def reason(scenario: Scenario, offer: str) -> NotTakenReason:
    return why_not(explained(scenario, ALONE), offer).reason


def test_a_quote_that_was_over_before_the_plan_is_expired() -> None:
    late = a_reserved(quote="q", quote_valid_until=date(2026, 11, 30))
    told = why_not(explained(offered(late), ALONE), "res-a")
    assert told.reason is Reason.EXPIRED
    assert "2026-11-30" in told.words


def test_nodes_that_come_after_the_last_start_are_too_late() -> None:
    slow = ten_requests_a_node(offerings=(an_offering(lead_time_days=90),))
    assert reason(offered(a_reserved(), catalog=slow), "res-a") is Reason.LEAD_TIME


def test_an_offer_is_not_taken_where_no_workload_may_be_served() -> None:
    elsewhere = two_clouds({"region": "region-b"})
    scenario = offered(a_reserved(offering="node-b"), catalog=elsewhere)
    told = why_not(explained(scenario, ALONE), "res-a")
    assert told.reason is Reason.REGION
    assert "region-b is in geo-b" in told.words


def test_of_several_refusals_the_commonest_is_named() -> None:
    """Two request sizes of chat may not go to geo-b; mail may, but asks for better answers than there are."""
    both = ("geo-a", "geo-b")
    workloads = (
        a_workload(),
        a_workload("mail", geographies=both, quality_bar=99.5, shortfall_limit_share=1.0),
    )
    sizes = (
        a_size_class(request_share=0.5),
        a_size_class(size_class="more", request_share=0.5),
        a_size_class("mail"),
    )
    scenario = offered(
        a_reserved(offering="node-b"),
        catalog=two_clouds({"region": "region-b"}),
        workloads=workloads,
        size_classes=sizes,
        demand=(*nodes_of_load(0.5), *nodes_of_load(0.5, workload="mail")),
        blocks=flat_blocks("chat", "mail"),
    )
    told = why_not(explained(scenario, ALONE), "res-a")
    assert told.reason is Reason.REGION
    assert "2 of 3 request sizes" in told.words


@pytest.mark.parametrize(
    ("node_b", "workload", "because"),
    [({}, {"quality_bar": 99.5}, Reason.QUALITY), ({}, {"tpot_limit_ms": 1.0}, Reason.SLO)],
)
def test_the_reason_of_a_refusal_is_told_by_its_kind(
    node_b: dict[str, Any], workload: dict[str, Any], because: NotTakenReason
) -> None:
    """Nothing serves chat then, so all of it falls short at its price."""
    easy = a_workload(**({"shortfall_limit_share": 1.0} | workload))
    assert reason(offered(a_reserved(), catalog=two_clouds(node_b), workloads=(easy,)), "res-a") is because


def test_an_api_is_refused_for_reasons_of_its_own() -> None:
    low = an_api_offer(quality_score=80.0)
    assert reason(offered(api_offers=(low,), workloads=(a_workload(quality_bar=90.0),)), "api-a") is Reason.QUALITY


def test_what_waits_for_a_migration_that_is_not_begun_is_behind_its_gate() -> None:
    """node-b at 9 USD would save 672 USD in February; the work costs 1,000."""
    scenario = offered(
        an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(9)),
        catalog=two_stacks("model-a"),
        migrations=(a_migration(stack="stack-b"),),
    )
    told = why_not(explained(scenario, ALONE), "od-b")
    assert told.reason is Reason.GATE
    assert "mig-a" in told.words


def test_a_dearer_offer_of_the_same_terms_is_dominated() -> None:
    dear = a_reserved("res-dear", price_usd_per_node_hour=Decimal(7))
    told = why_not(explained(offered(a_reserved(), dear), ALONE), "res-dear")
    assert (told.reason, told.other) == (Reason.DOMINATED, "res-a")


@pytest.mark.parametrize(
    "better",
    [
        {"term_months": 1},
        {"minimum_order_nodes": 1},
        {"due_day": DueDay.IN_ADVANCE},
        {"firm": False},
        {"terminable_after_months": 1},
        {"quote": "q", "quote_valid_until": date(2027, 6, 1)},
    ],
)
def test_an_offer_that_differs_in_a_clause_is_not_dominated(better: dict[str, Any]) -> None:
    """Of a clause that may be worth something nobody says that it is not: the cheaper offer asks for two nodes."""
    cheap = a_reserved(
        price_usd_per_node_hour=Decimal(6),
        minimum_order_nodes=2,
        quote="q",
        quote_valid_until=date(2027, 1, 1),
    )
    dear = a_reserved("res-dear", **({"price_usd_per_node_hour": Decimal(11), "minimum_order_nodes": 2} | better))
    assert reason(offered(cheap, dear), "res-dear") is Reason.PRICE


def test_shares_of_spend_make_nobody_dominated() -> None:
    """Who must spend more with somebody else may be glad of a dearer contract."""
    cap = {"rule": "half", "measure": ShareMeasure.SPEND, "by": "provider", "cap_share": 1.0}
    dear = a_reserved("res-dear", price_usd_per_node_hour=Decimal(11))
    policy = a_policy(concentration=(cap,))
    assert reason(offered(a_reserved(), dear, policy=policy), "res-dear") is Reason.PRICE


def test_an_offer_that_a_rule_names_is_not_dominated() -> None:
    event = {
        "contingency": "lose-res-a",
        "lost": "contract",
        "name": "res-a",
        "floor_share": 0.0,
        "probability_per_year": 0.0,
        "duration_hours": 0.0,
    }
    dear = a_reserved("res-dear", price_usd_per_node_hour=Decimal(11))
    assert reason(offered(a_reserved(), dear, policy=a_policy(contingencies=(event,))), "res-dear") is Reason.PRICE


def test_a_rule_that_the_smallest_order_would_break_bars_it() -> None:
    """January costs 7,440 USD on demand, of 7,500 that may be paid; a block at 12 USD an hour is 8,928."""
    budget = a_budget(limit_usd=Decimal(7500))
    block = a_capacity_block(price_usd_per_node_hour=Decimal(12))
    told = why_not(explained(offered(block, policy=a_policy(budgets=(budget,))), ALONE), "block-a")
    assert told.reason is Reason.CAP
    assert "budget cash" in told.words


def test_a_stock_below_the_smallest_order_bars_it() -> None:
    scarce = ten_requests_a_node(offerings=(an_offering(stock_nodes=3),))
    assert reason(offered(a_reserved(minimum_order_nodes=4), catalog=scarce), "res-a") is Reason.CAP


def test_everything_else_is_a_matter_of_price() -> None:
    """11 USD an hour against 10: it would enter at 10, and negotiating proves it."""
    told = why_not(explained(offered(a_reserved(price_usd_per_node_hour=Decimal(11))), ALONE), "res-a")
    assert (told.reason, told.price_now, told.price_unit) == (Reason.PRICE, Decimal(11), "USD per node-hour")
    assert told.entering_price == pytest.approx(Decimal(10), abs=Decimal("0.01"))
    assert told.command == "siliconmix negotiate SCENARIO res-a"


def test_a_node_that_is_used_half_the_time_pays_at_half_the_price() -> None:
    """Half a node of load: a reserved node saves half its hours at 10 USD."""
    told = why_not(explained(offered(a_reserved(), nodes=0.5), ALONE), "res-a")
    assert told.entering_price == pytest.approx(Decimal(5), abs=Decimal("0.02"))


@pytest.mark.parametrize(
    ("offer", "name", "enters"),
    [
        (a_take_or_pay(price_usd_per_node_hour=Decimal(12), minimum_node_hours_per_month=Decimal(600)), "top-a", "10"),
        (a_spot(price_usd_per_node_hour=Decimal(12)), "spot-a", "10"),
        (an_on_demand("od-dear", price_usd_per_node_hour=Decimal(12)), "od-dear", "10"),
    ],
)
def test_offers_of_every_kind_enter_at_what_they_replace(offer: Any, name: str, enters: str) -> None:
    told = why_not(explained(offered(offer, policy=a_policy(spot_share_cap=1.0)), ALONE), name)
    expected = Decimal(enters)
    if told.reason is Reason.PRICE:
        assert told.entering_price == pytest.approx(expected, abs=Decimal("0.02"))
    else:
        assert (told.reason, told.other) == (Reason.DOMINATED, "od-a")


@pytest.mark.parametrize("seed", range(6))
def test_just_below_its_estimate_an_offer_saves_money(seed: int) -> None:
    """One smallest order pays there with nothing else changed: so the plan costs less than it did without the offer.

    In fleets that are solved to the end: a plan within a gap may have passed over what the estimate sees.
    """
    scenario = a_random_fleet(seed)
    dear = tuple(
        terms.model_copy(update={"price_usd_per_node_hour": 3 * terms.price_usd_per_node_hour})
        if isinstance(terms, Reserved)
        else terms
        for terms in scenario.contracts
    )
    scenario = scenario.model_copy(update={"contracts": dear})
    plan = explained(scenario, ALONE)
    estimated = [row for row in why(plan).not_taken if row.entering_price]
    assert any(row.kind == "reserved" for row in estimated)
    for row in estimated:
        assert row.entering_price is not None
        cheaper = at_price(scenario, row.offer, row.entering_price * Decimal("0.999"))
        assert plan_fleet(cheaper, UNEXPLAINED).incumbent_usd < plan.incumbent_usd


def at_price(scenario: Scenario, contract: str, usd: Decimal) -> Scenario:
    """The scenario with one price changed."""
    contracts = tuple(
        terms.model_copy(update={"price_usd_per_node_hour": usd}) if terms.contract == contract else terms
        for terms in scenario.contracts
    )
    return scenario.model_copy(update={"contracts": contracts})


@pytest.mark.parametrize("usd", ["6.01", "7", "9"])
def test_a_dominated_offer_never_enters_however_near_its_price(usd: str) -> None:
    scenario = offered(a_reserved(), a_reserved("res-dear", price_usd_per_node_hour=Decimal(usd)))
    plan = explained(scenario, ALONE)
    assert why_not(plan, "res-dear").reason is Reason.DOMINATED
    assert plan.orders[0].contract == "res-a"


@pytest.mark.parametrize("seed", range(4))
def test_a_dominated_offer_changes_nothing_in_a_random_fleet(seed: int) -> None:
    scenario = a_random_fleet(seed)
    cheap = next(terms for terms in scenario.contracts if isinstance(terms, Reserved))
    copy = {"contract": "res-copy", "price_usd_per_node_hour": cheap.price_usd_per_node_hour + Decimal("0.01")}
    more = scenario.model_copy(update={"contracts": (*scenario.contracts, cheap.model_copy(update=copy))})
    plan = explained(more, ALONE)
    assert why_not(plan, "res-copy").reason is Reason.DOMINATED
    assert plan.incumbent_usd == pytest.approx(plan_fleet(scenario, UNEXPLAINED).incumbent_usd)


def test_without_time_reasons_are_told_and_prices_are_not_estimated() -> None:
    dear = offered(a_reserved(price_usd_per_node_hour=Decimal(11)))
    told = why_not(explained(dear, WhyOptions(time_limit_s=0)), "res-a")
    assert (told.reason, told.price_now, told.entering_price) == (Reason.PRICE, Decimal(11), None)


def test_everything_on_offer_that_is_idle_is_told() -> None:
    scenario = offered(
        a_reserved(price_usd_per_node_hour=Decimal(50)),
        a_spot(price_usd_per_node_hour=Decimal(50)),
        spend_commitments=(a_spend_commitment(),),
        agreements=(an_agreement(),),
        agreement_tiers=(a_tier(),),
        credits=(a_credit("prepaid", price_usd=Decimal(900)),),
        api_offers=(an_api_offer(price_usd_per_mtok_output=Decimal(900)),),
        provisioned=(a_provisioned(price_usd_per_unit_hour=Decimal(900)),),
    )
    plan = explained(scenario, ALONE)
    names = {row.offer for row in why(plan).not_taken}
    assert {"res-a", "spot-a", "plan-a", "api-a", "units-a"} <= names
    assert all(not use_of(plan, name).is_used for name in names)
    assert "od-a" not in names
