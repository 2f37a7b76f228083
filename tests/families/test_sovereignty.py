"""Floors of the index, worked by hand: two nodes of load; node-a (40) costs 10 USD an hour, node-b (80) 12."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.footprint import RatedScope
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.policy import SovereigntyFloor, SovereigntyWeights, Window
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_held,
    a_rating,
    a_workload,
    an_accelerator,
    an_api_offer,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    nodes_of_load,
)
from tests.footprint_cases import HOURS, known_clouds, nodes_used, two_priced
from tests.proving import binding, objective, planned, with_policy


def floor(at_least: float, **overrides: Any) -> SovereigntyFloor:
    return SovereigntyFloor(**({"rule": "sovereign", "index_at_least": at_least} | overrides))


def plan_above(at_least: float, scenario: Scenario | None = None, **overrides: Any) -> Plan:
    return planned(with_policy(scenario or two_priced(), sovereignty=(floor(at_least, **overrides),)))


def test_a_floor_between_two_indices_mixes_the_nodes() -> None:
    """40 x + 80 (2 - x) = 2 * 60 at x = 1: one node of each."""
    plan = plan_above(60)
    assert nodes_used(plan, "node-a") == [1.0, 1.0]
    assert nodes_used(plan, "node-b") == [1.0, 1.0]
    assert objective(plan) == (10 + 12) * HOURS
    assert binding(plan) == {"sovereign: the index of the fleet at its floor"}
    assert [row.index for row in plan.sovereignty] == pytest.approx([60.0, 60.0])


def test_a_floor_that_the_cheapest_node_meets_changes_nothing() -> None:
    plan = plan_above(39)
    assert objective(plan) == 2 * 10 * HOURS
    assert binding(plan) == set()
    assert [row.index for row in plan.sovereignty] == [40.0, 40.0]


def test_a_floor_above_every_index_is_impossible() -> None:
    with pytest.raises(Impossible, match="sovereign"):
        plan_above(81)


def test_capacity_weighs_by_list_price() -> None:
    """node-b lists at 30: (60 - 40) * 10 * a = (80 - 60) * 30 * b, so a = 3 b: 1.5 and 0.5 nodes."""
    catalog = known_clouds()
    dear = catalog.offering["node-b"].model_copy(update={"list_price_usd_per_node_hour": Decimal(30)})
    scenario = two_priced(catalog=catalog.model_copy(update={"offerings": (catalog.offering["node-a"], dear)}))
    plan = plan_above(60, scenario)
    assert nodes_used(plan, "node-a") == [1.5, 1.5]
    assert nodes_used(plan, "node-b") == [0.5, 0.5]


def test_the_weights_of_the_four_parts_are_the_policys() -> None:
    """Fabrication speaks for node-a, energy for node-b: both have 25 of 100; with all weight on energy 0 and 100."""
    parts = {"ip_ownership": 0.0, "compiler_openness": 0.0}
    ratings = (
        a_rating("node-a", 0, **parts | {"fabrication_diversity": 100.0}),
        a_rating("node-b", 0, **parts | {"energy_integration": 100.0}),
    )
    scenario = two_priced(catalog=known_clouds(sovereignty=ratings))
    assert objective(plan_above(25, scenario)) == 2 * 10 * HOURS
    on_energy = SovereigntyWeights(
        ip_ownership=0, fabrication_diversity=0, compiler_openness=0, energy_integration=100
    )
    plan = plan_above(50, with_policy(scenario, sovereignty_weights=on_energy))
    assert nodes_used(plan, "node-b") == [1.0, 1.0]


def test_the_rating_of_an_offering_stands_before_that_of_its_accelerator_and_none_counts_as_0() -> None:
    """gpu-b is rated 80, its offering node-b 20; node-a is not rated: nothing reaches 21."""
    of_chip = a_rating("gpu-b", 80, scope=RatedScope.ACCELERATOR)
    by_chip = two_priced(catalog=known_clouds(sovereignty=(of_chip,)))
    assert nodes_used(plan_above(40, by_chip), "node-b") == [1.0, 1.0]
    by_offering = two_priced(catalog=known_clouds(sovereignty=(of_chip, a_rating("node-b", 20))))
    with pytest.raises(Impossible, match="sovereign"):
        plan_above(21, by_offering)


def test_a_floor_over_the_horizon_is_met_where_it_costs_least() -> None:
    """An index of 50 over both months is a quarter of node-b; in each month of its own half a node."""
    plan = plan_above(50, window=Window.HORIZON)
    assert objective(plan) == pytest.approx(Decimal(2 * 10 * HOURS + 2 * HOURS // 2))
    assert objective(plan_above(50)) == objective(plan)


def test_a_floor_holds_in_its_months_only() -> None:
    plan = plan_above(80, first_month=FIRST + 1)
    assert nodes_used(plan, "node-a") == [2.0]
    assert nodes_used(plan, "node-b") == [2.0]
    assert [row.index for row in plan.sovereignty] == [40.0, 80.0]


def test_what_is_served_by_the_token_has_no_capacity_and_an_empty_window_is_exempt() -> None:
    """Tokens cost 7.20 USD where a node costs 10: nothing is left for nodes, nor for a floor of 100."""
    api = an_api_offer()
    plan = plan_above(100, two_priced(api_offers=(api,)))
    assert plan.usages == ()
    assert [row.index for row in plan.sovereignty] == [None, None]


def test_what_is_held_counts_used_or_not() -> None:
    """One idle node of node-a (40) and two of node-b (80): 200 / 3 = 66.7."""
    held = two_priced(usd_a="20", held_contracts=(a_held(),), demand=nodes_of_load(3.0))
    plan = plan_above(66.66, held)
    assert [row.index for row in plan.sovereignty] == pytest.approx([200 / 3, 200 / 3])
    with pytest.raises(Impossible, match="sovereign"):
        plan_above(70, two_priced(contracts=(), held_contracts=(a_held(nodes=2),)))


def test_a_floor_holds_in_every_outlook() -> None:
    """With twice the load in one outlook, half of the nodes are node-b in both."""
    outlooks = {"outlooks": (an_outlook(), an_outlook("high")), "outlook_effects": (an_effect(),)}
    plan = plan_above(60, two_priced(**outlooks))
    used = {row.outlook: row.nodes for row in plan.usages if row.offering == "node-b" and row.month == FIRST}
    assert used == pytest.approx({"base": 1.0, "high": 2.0})
    assert {(row.outlook, round(row.index or 0, 6)) for row in plan.sovereignty} == {("base", 60.0), ("high", 60.0)}


def test_a_higher_floor_never_costs_less() -> None:
    costs = [objective(plan_above(at_least)) for at_least in (0, 30, 45, 60, 75, 80)]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]


def test_nothing_is_told_of_the_index_where_nothing_is_rated_or_asked() -> None:
    assert planned(two_priced(catalog=known_clouds(sovereignty=()))).sovereignty == ()
    workload = a_workload(geographies=("geo-b",))
    fleet = two_priced(workloads=(workload,), catalog=known_clouds(sovereignty=(a_rating("node-a"),)))
    assert [row.index for row in planned(fleet).sovereignty] == [0.0, 0.0]


def test_three_nodes_of_one_chip_share_its_rating() -> None:
    """node-c has no rating of its own, but its chip has."""
    catalog = known_clouds(
        accelerators=(an_accelerator(), an_accelerator("gpu-b", chip_vendor="vendor-b")),
        offerings=(an_offering(), an_offering("node-c", provider="cloud-c")),
        sovereignty=(a_rating("node-a", 10), a_rating("gpu-a", 90, scope=RatedScope.ACCELERATOR)),
    )
    terms = (an_on_demand("od-a"), an_on_demand("od-c", offering="node-c", price_usd_per_node_hour=Decimal(11)))
    plan = plan_above(50, two_priced(catalog=catalog, contracts=terms))
    assert nodes_used(plan, "node-c") == [1.0, 1.0]
