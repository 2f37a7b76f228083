"""Which rules a way of buying breaks, each by hand; and what a way that breaks none is worth as a choice."""

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from optimizer.audit import audit_plan
from optimizer.plan import Baseline, Plan
from optimizer.run import plan_fleet
from scenarios.loading import load_scenario
from scenarios.outlooks import Outlook
from scenarios.policy import BlockChoice, Grouping, Lost, ShareMeasure, Window, WorkloadFloor
from scenarios.scenario import Scenario
from tests.baseline_cases import HOURS, baselines, compared, one_node_type, two_providers
from tests.builders import (
    FIRST,
    a_contingency,
    a_held,
    a_policy,
    a_reserved,
    a_spot,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    ten_requests_a_node,
    two_clouds,
)
from tests.loading_folder import SMALL
from tests.proving import EXACT_USD, a_cap, changed, planned
from tests.random_fleets import a_random_fleet, with_offering


def node_a(**fields: Any) -> Scenario:
    """`one_node_type` with fields of node-a replaced."""
    return with_offering(one_node_type(), "node-a", **fields)


def terms(**fields: Any) -> Scenario:
    """`one_node_type` with fields of the reserved contract replaced; the plan may rent instead."""
    return one_node_type(contracts=(an_on_demand(), a_reserved(**fields)))


@pytest.mark.parametrize(
    ("scenario", "way", "broken"),
    [
        pytest.param(
            node_a(stock_nodes=2),
            "reserve the peak",
            "stock of node-a: 3 nodes ordered, 2 in stock (2027-01)",
            id="stock",
        ),
        pytest.param(
            node_a(quota_nodes=1),
            "all on demand",
            "quota of node-a: 2.50 nodes on demand, 1 allowed (2027-01, all)",
            id="quota",
        ),
        pytest.param(
            terms(minimum_order_nodes=3),
            "reserve the floor",
            "order of res-a: 2 nodes, at least 3 allowed (2027-01)",
            id="minimum order",
        ),
        pytest.param(
            terms(maximum_order_nodes=2),
            "reserve the peak",
            "order of res-a: 3 nodes, at most 2 allowed (2027-01)",
            id="maximum order",
        ),
        pytest.param(
            terms(lot_nodes=2),
            "reserve the peak",
            "order of res-a: 3 nodes, sold in lots of 2 (2027-01)",
            id="lots",
        ),
    ],
)
def test_each_limit_of_supply_is_named_with_its_numbers(scenario: Scenario, way: str, broken: str) -> None:
    assert compared(scenario)[way].breaks == (broken,)


@pytest.mark.parametrize(
    ("scenario", "way"),
    [
        pytest.param(node_a(stock_nodes=3), "reserve the peak", id="stock"),
        pytest.param(with_offering(one_node_type(3.0), "node-a", quota_nodes=3), "all on demand", id="quota"),
        pytest.param(terms(minimum_order_nodes=2), "reserve the floor", id="minimum order"),
        pytest.param(terms(maximum_order_nodes=3), "reserve the peak", id="maximum order"),
        pytest.param(terms(lot_nodes=3), "reserve the peak", id="lots"),
    ],
)
def test_what_reaches_a_limit_does_not_break_it(scenario: Scenario, way: str) -> None:
    assert compared(scenario)[way].breaks == ()


def test_the_worst_month_and_block_speak_for_a_rule() -> None:
    """Growing: 1.5 times 2 nodes by day in January, 1.5 times 4 in February."""
    demand = (*nodes_of_load(2, 1), nodes_of_load(4)[1])
    scenario = with_offering(one_node_type(demand=demand, blocks=day_and_night("chat")), "node-a", quota_nodes=2)
    broken = compared(scenario)["all on demand"].breaks
    assert broken == ("quota of node-a: 6.00 nodes on demand, 2 allowed (2027-02, day)",)


CAPS = [
    pytest.param({}, "has 100.00% of tokens, 50.00% allowed (2027-01)", id="tokens of a month"),
    pytest.param(
        {"measure": ShareMeasure.SPEND, "window": Window.HORIZON},
        "has 100.00% of spend, 50.00% allowed (horizon)",
        id="spend of the horizon",
    ),
    pytest.param(
        {"measure": ShareMeasure.CAPACITY}, "has 100.00% of capacity, 50.00% allowed (2027-01)", id="capacity"
    ),
]


@pytest.mark.parametrize(("cap", "words"), CAPS)
def test_a_cap_is_named_with_the_group_that_breaks_it(cap: dict[str, Any], words: str) -> None:
    """node-a is cheaper at 10 USD, so all on demand stays with cloud-a."""
    found = compared(two_providers(policy=a_policy(concentration=(a_cap(**cap),))))
    assert found["all on demand"].breaks == (f"cap cap: cloud-a {words}",)


def test_a_cap_on_another_group_is_not_broken() -> None:
    found = compared(two_providers(policy=a_policy(concentration=(a_cap(group="cloud-b"),))))
    assert found["all on demand"].breaks == ()


def test_a_share_counts_what_is_held() -> None:
    """2 held nodes of b, 2.5 more on a: 2.5 / 4.5 of the tokens; all other nodes cost money."""
    held = a_held(offering="node-b", nodes=2)
    found = compared(two_providers(4.5, held_contracts=(held,), policy=a_policy(concentration=(a_cap(),))))
    assert found["all on demand"].breaks == ("cap cap: cloud-a has 55.56% of tokens, 50.00% allowed (2027-01)",)


def test_a_cap_that_idle_nodes_can_keep_is_not_broken() -> None:
    """Two nodes held of either provider and work for two: half and half costs what any other routing costs."""
    held = (a_held(nodes=2), a_held("held-b", offering="node-b", nodes=2))
    found = compared(two_providers(2, held_contracts=held, policy=a_policy(concentration=(a_cap(),))))
    assert found["all on demand"].objective_usd == 4 * 5 * HOURS
    assert found["all on demand"].breaks == ()


def losing_a(**fields: Any) -> Scenario:
    """Loss of cloud-a, an hour a month by chance, and 80 % to be served; policy fields as given."""
    event = {"probability_per_year": 0.12, "duration_hours": 100.0}
    policy = {name: fields.pop(name) for name in ("emergency_share",) if name in fields}
    return two_providers(policy=a_policy(contingencies=(a_contingency(**(event | fields)),), **policy))


def test_an_event_that_can_be_survived_by_renting_is_part_of_the_cost() -> None:
    """0.8 x 2.5 = 2 nodes of b at 12 USD for an expected hour in each of two months, on top of 2.5 of a at 10 USD."""
    found = compared(losing_a())["all on demand"]
    assert found.objective_usd == Decimal(25 * HOURS + 2 * 12 * 2)
    assert found.bound_usd == pytest.approx(25 * HOURS + 48)
    assert found.breaks == ()


def test_an_event_without_enough_left_names_what_can_be_served() -> None:
    """Only half of what is in use may be rented, and nothing else is left: with no firm node that is nothing.

    Reserving two or three nodes of a is no help when a is lost.
    """
    found = compared(losing_a(emergency_share=0.5))
    words = "after lose-cloud-a: 0.00% of every workload can be served at once, floor 80.00% (2027-01, all)"
    for way in ("all on demand", "reserve the peak", "reserve the floor", "the recommender's way"):
        assert found[way].breaks == (words,)


def test_a_quota_bounds_what_can_be_rented_after_an_event() -> None:
    """1 node of b can be had on demand: 1 of 2.5 nodes' work, while the plan reserves."""
    found = compared(with_offering(losing_a(), "node-b", quota_nodes=1))["all on demand"]
    words = "after lose-cloud-a: 40.00% of every workload can be served at once, floor 80.00% (2027-01, all)"
    assert found.breaks == (words,)


def test_floors_of_workloads_are_told_as_shares_of_every_floor() -> None:
    """1 node of b for a floor of 2.25 nodes' work."""
    own = (WorkloadFloor(workload="chat", floor_share=0.9),)
    found = compared(with_offering(losing_a(floors=own), "node-b", quota_nodes=1))["all on demand"]
    assert found.breaks == ("after lose-cloud-a: 44.44% of every floor can be kept at once (2027-01, all)",)


def test_held_nodes_that_are_left_count_while_they_last() -> None:
    """Nothing of b can be rented; 2 nodes are held of it until the end of January, so February is worst."""
    scenario = with_offering(losing_a(floor_share=0.6), "node-b", on_demand_confidence=0.0)
    held = a_held(offering="node-b", nodes=2, end=FIRST + 1)
    found = compared(changed(scenario, held_contracts=(held,)))["all on demand"]
    words = "after lose-cloud-a: 0.00% of every workload can be served at once, floor 60.00% (2027-02, all)"
    assert found.breaks == (words,)


def test_an_order_that_is_not_firm_is_no_fallback() -> None:
    """Spot is lost; nothing may be rented: 3 nodes of reserve the peak carry all if firm, none if only a discount."""
    event = a_contingency("lose-spot", lost=Lost.SPOT, name="*", blocks=BlockChoice.ALL)
    policy = a_policy(contingencies=(event,), emergency_share=0.0)
    dearer = a_reserved("res-firm", price_usd_per_node_hour=7)
    found = {}
    for firm in (True, False):
        contracts = (an_on_demand(), a_reserved(firm=firm), a_spot(), dearer)
        found[firm] = compared(one_node_type(policy=policy, contracts=contracts))
    words = "after lose-spot: 0.00% of every workload can be served at once, floor 80.00% (2027-01, all)"
    assert found[True]["reserve the peak"].breaks == ()
    assert found[False]["reserve the peak"].breaks == (words,)


def test_the_outlook_is_named_where_there_are_several() -> None:
    outlooks = (Outlook(outlook="calm", probability=0.75), Outlook(outlook="busy", probability=0.25))
    found = compared(changed(node_a(quota_nodes=1), outlooks=outlooks))["all on demand"]
    assert found.breaks == ("quota of node-a: 2.50 nodes on demand, 1 allowed (2027-01, all, outlook busy)",)


def test_all_broken_rules_are_named_supply_first() -> None:
    scenario = two_providers(
        policy=a_policy(
            concentration=(a_cap("low"), a_cap("vendor", by=Grouping.CHIP_VENDOR)),
            contingencies=(a_contingency(),),
            emergency_share=0.5,
        ),
        catalog=two_clouds(quota_nodes=2),
    )
    found = compared(scenario)["all on demand"].breaks
    assert [words.split(":")[0] for words in found] == [
        "quota of node-a",
        "cap low",
        "cap vendor",
        "after lose-cloud-a",
    ]


def test_the_audit_finds_the_same_limits_broken() -> None:
    """All on demand as a plan of its own, published under the rules of the scenario: the auditor names the same."""
    strict = two_providers(policy=a_policy(concentration=(a_cap(),)), catalog=two_clouds(quota_nodes=2))
    on_demand_only = (an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=12))
    bought = planned(two_providers(contracts=on_demand_only))
    verdict = audit_plan(bought.model_copy(update={"scenario": strict}))
    broken = {finding.rule for finding in verdict.findings} & {"usage.quota", "policy.concentration_tokens"}
    assert broken == {"usage.quota", "policy.concentration_tokens"}
    found = compared(strict)["all on demand"]
    assert found.objective_usd == bought.totals.objective_usd
    assert [words.split(" ")[0] for words in found.breaks] == ["quota", "cap"]


FEW = range(4)


@cache
def random_plan(seed: int, tight: bool) -> Plan:
    """A random fleet; tight: with a small stock and quota, and an event that must be survived."""
    scenario = a_random_fleet(seed)
    if tight:
        scenario = with_offering(scenario, "node-a", stock_nodes=3, quota_nodes=4)
        event = a_contingency(floor_share=0.3, probability_per_year=0.5, duration_hours=50.0)
        scenario = changed(scenario, policy=a_policy(contingencies=(event,)))
    return plan_fleet(scenario)


@pytest.mark.parametrize("tight", [False, True])
@pytest.mark.parametrize("seed", FEW)
def test_a_way_that_breaks_no_rule_is_never_cheaper_than_the_bound(seed: int, tight: bool) -> None:
    plan = random_plan(seed, tight)
    for row in solved(plan):
        if not row.breaks:
            assert float(row.objective_usd or 0) >= plan.bound_usd - EXACT_USD, row.name


@pytest.mark.parametrize("seed", FEW)
def test_without_limits_no_way_breaks_a_rule(seed: int) -> None:
    assert [row.breaks for row in solved(random_plan(seed, False))] == [()] * 5


def test_tight_fleets_have_ways_of_both_kinds() -> None:
    """Or the relations above would prove nothing."""
    rows = [row for seed in FEW for row in solved(random_plan(seed, True))]
    assert any(row.breaks for row in rows)
    assert any(not row.breaks for row in rows)


@pytest.mark.parametrize("seed", FEW)
def test_the_floor_is_never_dearer_than_all_on_demand_where_reserved_is_cheaper(seed: int) -> None:
    """Terms end with the horizon or before, and every reserved price is below its on-demand price."""
    found = baselines(random_plan(seed, False))
    floor, rented = found["reserve the floor"].objective_usd, found["all on demand"].objective_usd
    assert floor is not None
    assert rented is not None
    assert float(floor) <= float(rented) + EXACT_USD


def solved(plan: Plan) -> list[Baseline]:
    return [row for row in plan.baselines if row.outcome == "solved"]


def test_a_stock_that_is_blank_is_held_against_the_bound_of_the_policy() -> None:
    catalog = ten_requests_a_node().model_copy(
        update={"offerings": (ten_requests_a_node().offerings[0].model_copy(update={"stock_nodes": None}),)}
    )
    found = compared(one_node_type(catalog=catalog, policy=a_policy(unknown_stock_nodes=2)))["reserve the peak"]
    assert found.breaks == ("stock of node-a: 3 nodes ordered, 2 in stock (2027-01)",)


@cache
def small() -> dict[str, Baseline]:
    """Baselines of the small example."""
    return compared(load_scenario(SMALL).scenario)


def test_in_the_small_example_three_reserved_nodes_carry_forty_eight_percent() -> None:
    """Without north-cloud: 3 reserved and 5 x 0.6 = 3 rented nodes, half of what is in use, as the policy allows.

    By day chat needs 9.375 nodes of asic-y and batch 3.125, so 6 / 12.5 of either can be served.
    """
    words = "after north-cloud-down: 48.00% of every workload can be served at once, floor 50.00% (2027-01, b01)"
    for way in ("reserve the floor", "the recommender's way", "cheapest single provider: south-cloud"):
        assert words in small()[way].breaks


def test_in_the_small_example_ten_reserved_nodes_leave_at_best_three_quarters_with_the_south() -> None:
    """10 nodes reserved in the south, 2 held in the north; a node of north carries 1,024 tok/s of chat or 800 of batch.

    By day south is full if b of batch stays in the north: 3.125 (1 - b) + 9.375 - (2 - 2 b) = 10, so b = 4 / 9, and
    north serves 1,600 x 4/9 + 1,024 x 10/9 = 1,848.9 tok/s. By night both its nodes serve chat: 2,048.
    So south has at least 1 - (1,848.9 + 2,048) / 16,000 = 75.64 %.
    """
    assert small()["reserve the peak"].breaks == (
        "cap no-provider-above-70: south-cloud has 75.64% of tokens, 70.00% allowed (2027-01)",
    )
