"""Power caps, worked by hand: two nodes of load; a node draws 1.2 kW at its site; node-a costs 10, node-b 12 USD."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalog.footprint import Locality
from catalog.offerings import Region
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.policy import Grouping, PowerCap, UnknownFigures
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_capacity_block,
    a_held,
    a_power,
    a_site,
    a_spot,
    a_take_or_pay,
    a_volume,
    an_energy,
    an_on_demand,
    an_owned,
    day_and_night,
    nodes_of_load,
    volume_tiers,
)
from tests.footprint_cases import HOURS, known_clouds, nodes_used, two_priced
from tests.proving import binding, objective, ordered, planned, with_policy

NODE_MW = 0.0012


def cap(nodes: float, **overrides: Any) -> PowerCap:
    """So many nodes of 1.2 kW for every region."""
    return PowerCap(**({"rule": "grid", "limit_mw": NODE_MW * nodes} | overrides))


def plan_within(nodes: float, scenario: Scenario | None = None, **overrides: Any) -> Plan:
    return planned(with_policy(scenario or two_priced(), power=(cap(nodes, **overrides),)))


def test_a_cap_of_one_node_sends_the_other_to_the_next_region() -> None:
    plan = plan_within(1)
    assert nodes_used(plan, "node-a") == [1.0, 1.0]
    assert nodes_used(plan, "node-b") == [1.0, 1.0]
    assert objective(plan) == (10 + 12) * HOURS
    assert binding(plan) == {"grid: region-a at its power limit", "grid: region-b at its power limit"}


def test_a_cap_that_all_nodes_fit_under_changes_nothing() -> None:
    plan = plan_within(2.001)
    assert objective(plan) == 2 * 10 * HOURS
    assert binding(plan) == set()


def test_caps_of_all_regions_below_the_need_are_impossible() -> None:
    with pytest.raises(Impossible, match="grid"):
        plan_within(0.9)


def test_a_cap_is_on_what_is_drawn_in_a_block_not_on_the_average() -> None:
    """Three nodes by day and one at night: by day one of the three goes to node-b."""
    scenario = two_priced(blocks=day_and_night("chat"))
    plan = plan_within(2, scenario)
    assert nodes_used(plan, "node-a", "day") == [2.0, 2.0]
    assert nodes_used(plan, "node-b", "day") == [1.0, 1.0]
    assert nodes_used(plan, "node-a", "night") == [1.0, 1.0]
    assert nodes_used(plan, "node-b", "night") == []


@pytest.mark.parametrize(
    ("by", "group"),
    [
        (Grouping.PROVIDER, "cloud-a"),
        (Grouping.REGION, "region-a"),
        (Grouping.GEOGRAPHY, "geo-a"),
        (Grouping.FAMILY, "gpu-a-family"),
        (Grouping.CHIP_VENDOR, "vendor-a"),
    ],
)
def test_a_cap_of_one_group_leaves_the_others_free(by: Grouping, group: str) -> None:
    plan = plan_within(0.5, by=by, group=group)
    assert nodes_used(plan, "node-a") == [0.5, 0.5]
    assert nodes_used(plan, "node-b") == [1.5, 1.5]


def test_all_of_one_stack_or_locality_share_a_cap() -> None:
    """Both nodes have stack-a and stand in a cloud."""
    for by, group in ((Grouping.STACK, "*"), (Grouping.LOCALITY, "cloud")):
        with pytest.raises(Impossible, match="grid"):
            plan_within(1.9, by=by, group=group)
        assert objective(plan_within(2, by=by, group=group)) == 2 * 10 * HOURS


def test_a_cap_on_local_ground_leaves_clouds_alone() -> None:
    catalog = known_clouds()
    edge = catalog.offering["node-a"].model_copy(update={"locality": Locality.EDGE})
    scenario = two_priced(catalog=catalog.model_copy(update={"offerings": (edge, catalog.offering["node-b"])}))
    assert nodes_used(plan_within(0.5, scenario, by=Grouping.LOCALITY, group="local"), "node-a") == [0.5, 0.5]


def test_a_cap_holds_in_its_months_only() -> None:
    plan = plan_within(1, first_month=FIRST + 1)
    assert nodes_used(plan, "node-a") == [2.0, 1.0]
    assert nodes_used(plan, "node-b") == [1.0]


def test_what_includes_the_facility_has_no_pue_on_top() -> None:
    """1.2 kW with the site in it: as much as 1 kW at 1.2."""
    power = (a_power("gpu-a", power_kw=1.2, includes_facility=True), a_power("gpu-b"))
    plan = plan_within(1, two_priced(catalog=known_clouds(accelerator_power=power)))
    assert nodes_used(plan, "node-a") == [1.0, 1.0]


def test_a_node_of_several_chips_draws_for_all_of_them() -> None:
    catalog = known_clouds()
    eight = catalog.offering["node-a"].model_copy(update={"accelerators_per_node": 4})
    goodput = tuple(
        point.model_copy(update={"accelerators_per_replica": 4}) if point.accelerator == "gpu-a" else point
        for point in catalog.goodput_points
    )
    scenario = two_priced(
        catalog=catalog.model_copy(
            update={"offerings": (eight, catalog.offering["node-b"]), "goodput_points": goodput}
        )
    )
    assert nodes_used(plan_within(2, scenario), "node-a") == [0.5, 0.5]


def test_figures_that_are_not_known_are_those_of_the_policy() -> None:
    """Without tables, 2 kW at a PUE of 1.5: a limit of 3 kW is one node."""
    scenario = two_priced(catalog=known_clouds(accelerator_power=(), region_energy=()))
    stated = UnknownFigures(power_kw_per_accelerator=2.0, pue=1.5)
    plan = planned(
        with_policy(scenario, unknown_figures=stated, power=(PowerCap(rule="grid", limit_mw=0.003),))
    )
    assert nodes_used(plan, "node-a") == [1.0, 1.0]
    assert plan.footprint == ()  # of the grids nothing is known, and nothing is needed


def test_owned_terms_say_what_their_node_draws() -> None:
    """12 kW at the site in place of 1.2: a limit of 12 kW is one owned node, and the other is rented elsewhere."""
    money = {"capex_usd_per_node": Decimal(2000), "upkeep_usd_per_node_month": Decimal(0)}
    own = an_owned(power_kw_per_node=10.0, pue=Decimal("1.2"), **money)
    scenario = two_priced(contracts=(own, an_on_demand("od-b", offering="node-b")), sites=(a_site(),))
    assert ordered(planned(scenario)) == {"own-a.2027-01": 2}
    plan = planned(with_policy(scenario, power=(PowerCap(rule="grid", group="region-a", limit_mw=0.012),)))
    assert ordered(plan) == {"own-a.2027-01": 1}
    assert nodes_used(plan, "node-b") == [1.0, 1.0]


def test_take_or_pay_nodes_draw_used_or_not() -> None:
    """Lots of two nodes for a load of one and a half: under a cap of 1.5 nodes none can be ordered."""
    terms = a_take_or_pay(price_usd_per_node_hour=Decimal(1), lot_nodes=2, minimum_node_hours_per_month=Decimal(10))
    dear = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(20))
    scenario = two_priced(contracts=(terms, dear), demand=nodes_of_load(1.5))
    assert ordered(plan_within(2, scenario)) == {"top-a.2027-01": 2}
    assert ordered(plan_within(1.5, scenario)) == {}


def test_a_capacity_block_draws_with_all_of_its_nodes_in_a_month_that_it_touches() -> None:
    """A day in January of one or two nodes: with the node that is held, a cap of two nodes leaves room for one."""
    day = a_capacity_block(first_day=date(2027, 1, 1), days=1, price_usd_per_node_hour=Decimal("0.01"))
    scenario = two_priced(usd_a="20", usd_b="20", held_contracts=(a_held(),))
    scenario = scenario.model_copy(update={"contracts": (*scenario.contracts, day)})
    assert ordered(planned(scenario)) == {"block-a.2027-01": 2}
    assert ordered(plan_within(2, scenario, group="region-a")) == {"block-a.2027-01": 1}


def test_running_spot_nodes_count_with_what_they_lose() -> None:
    """A tenth of the work is lost: 1 running node serves 0.9, so a cap of one node leaves 1.1 to node-b."""
    spot = a_spot(interruption_share_per_month=0.5, recovery_hours=0.1 / (0.693147180559945 / 730))
    scenario = two_priced(contracts=(spot, an_on_demand("od-b", offering="node-b")))
    plan = plan_within(1, scenario, group="region-a")
    assert nodes_used(plan, "node-a") == [1.0, 1.0]
    assert nodes_used(plan, "node-b") == pytest.approx([1.1, 1.1], abs=1e-5)


def test_nodes_under_volume_tiers_count() -> None:
    terms = (a_volume(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(20)))
    scenario = two_priced(contracts=terms, volume_tiers=volume_tiers("vol-a", {0: "10", 100: "9"}))
    assert nodes_used(plan_within(1, scenario), "node-a") == [1.0, 1.0]


def test_what_is_held_counts_and_may_be_too_much_by_itself() -> None:
    held = two_priced(held_contracts=(a_held(),))
    assert nodes_used(plan_within(1.5, held, group="region-a"), "node-a") == [0.5, 0.5]
    with pytest.raises(Impossible, match="grid"):
        plan_within(1.5, two_priced(contracts=(), held_contracts=(a_held(nodes=2),)))


def test_a_limit_of_nothing_leaves_nothing_there() -> None:
    assert nodes_used(plan_within(0, group="region-a"), "node-b") == [2.0, 2.0]


def test_a_tighter_cap_never_costs_less() -> None:
    costs = [objective(plan_within(nodes)) for nodes in (3, 2, 1.7, 1.3, 1)]
    assert costs == sorted(costs)
    assert costs[0] < costs[-1]


def test_regions_of_one_geography_share_a_cap_by_geography() -> None:
    catalog = known_clouds(region_energy=(an_energy("region-a"), an_energy("region-b")))
    one_coast = (Region(region="region-a", geography="geo-a"), Region(region="region-b", geography="geo-a"))
    scenario = two_priced(catalog=catalog.model_copy(update={"regions": one_coast}))
    with pytest.raises(Impossible, match="grid"):
        plan_within(1.9, scenario, by=Grouping.GEOGRAPHY)
