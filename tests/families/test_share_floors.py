"""Floors and groupings of shares, worked by hand: cloud-a costs 10 an hour on demand, cloud-b 12; two nodes of load."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.book import Catalog
from catalog.footprint import Answer, Locality, RatedScope, SovereigntyRating
from optimizer.faults import Impossible
from scenarios.policy import Grouping, ShareMeasure, UnknownFigures, Window
from tests.builders import (
    FIRST,
    SOURCED,
    a_held,
    a_reserved,
    a_site,
    a_workload,
    an_api_offer,
    an_on_demand,
    an_owned,
    nodes_of_load,
    two_clouds,
)
from tests.families.test_split import by_split
from tests.lock_in_cases import HOURS, OD_B, a_bound_fleet, two_clouds_plan
from tests.proving import a_cap, a_floor, binding, decided, objective, planned, with_policy
from tests.split_cases import a_split_fleet

FREE = 20 * HOURS
ONE_EACH = 22 * HOURS
QUARTER = 21 * HOURS
"""Half a node of two at cloud-b."""
EVERYWHERE = a_workload(geographies=("geo-a", "geo-b"))


def a_rating(name: str, answer: Answer = Answer.YES) -> SovereigntyRating:
    scores = {"ip_ownership": 0.0, "fabrication_diversity": 0.0, "compiler_openness": 0.0, "energy_integration": 0.0}
    fields: dict[str, Any] = {"scope": RatedScope.OFFERING, "name": name, "portable_in_24_hours": answer}
    return SovereigntyRating(**(SOURCED | scores | fields))


def in_two_regions() -> Catalog:
    return two_clouds(node_b={"region": "region-b"})


def test_a_floor_that_is_reached_anyway_binds_nobody() -> None:
    plan = two_clouds_plan({"share_floors": (a_floor(floor_share=0.9),)})
    assert objective(plan) == FREE
    assert binding(plan) == set()


def test_a_group_holds_at_least_its_share_of_the_tokens() -> None:
    """A quarter of two nodes at cloud-b: 15 + 6 an hour."""
    plan = two_clouds_plan({"share_floors": (a_floor(group="cloud-b", floor_share=0.25),)})
    assert objective(plan) == QUARTER
    assert "floor: cloud-b at its floor" in binding(plan)


def test_a_local_minimum_is_a_floor_on_local() -> None:
    """node-b stands at an edge: local, as an own site would be, and not in a cloud."""
    catalog = two_clouds(node_b={"locality": Locality.EDGE})
    for group in ("local", "edge"):
        floor = a_floor(by=Grouping.LOCALITY, group=group, floor_share=0.25)
        assert objective(two_clouds_plan({"share_floors": (floor,)}, catalog=catalog)) == QUARTER
    cloud = a_floor(by=Grouping.LOCALITY, group="cloud", floor_share=0.25)
    assert objective(two_clouds_plan({"share_floors": (cloud,)}, catalog=catalog)) == FREE
    with pytest.raises(Impossible):
        two_clouds_plan({"share_floors": (a_floor(by=Grouping.LOCALITY, group="own_site"),)}, catalog=catalog)


def test_every_locality_may_have_half_and_local_is_none_of_them() -> None:
    """Half in the cloud, half at an edge; local is not counted once more."""
    catalog = two_clouds(node_b={"locality": Locality.EDGE})
    cap = a_cap(by=Grouping.LOCALITY)
    assert objective(two_clouds_plan({"concentration": (cap,)}, catalog=catalog)) == ONE_EACH
    local = a_cap(by=Grouping.LOCALITY, group="local", cap_share=0.0)
    assert objective(two_clouds_plan({"concentration": (local,)}, catalog=catalog)) == FREE


def test_a_floor_holds_in_its_months_only() -> None:
    """In February alone: 672 hours with half a node at cloud-b, half a dollar more each; all of it if for the horizon.

    Over the horizon the months of the rule are added up, which is February again.
    """
    for window in (Window.MONTH, Window.HORIZON):
        floor = a_floor(group="cloud-b", floor_share=0.25, first_month=FIRST + 1, window=window)
        assert objective(two_clouds_plan({"share_floors": (floor,)})) == FREE + 672
    after = a_floor(group="cloud-b", floor_share=0.25, first_month=FIRST + 2)
    assert objective(two_clouds_plan({"share_floors": (after,)})) == FREE


def test_a_cap_holds_in_its_months_only() -> None:
    """January alone: one node of each for 744 hours."""
    cap = a_cap(last_month=FIRST)
    assert objective(two_clouds_plan({"concentration": (cap,)})) == FREE + 2 * 744


def test_a_month_with_nothing_in_it_asks_for_nothing() -> None:
    plan = two_clouds_plan({"share_floors": (a_floor(group="cloud-b"),)}, demand=nodes_of_load(0.0))
    assert objective(plan) == 0


@pytest.mark.parametrize("group", ["region-a", "region-b"])
def test_shares_by_region(group: str) -> None:
    """No region above half: one node each. A quarter in region-b: half a node."""
    fields: dict[str, Any] = {"catalog": in_two_regions(), "workloads": (EVERYWHERE,)}
    cap = a_cap(by=Grouping.REGION, group=group)
    capped = ONE_EACH if group == "region-a" else FREE
    assert objective(two_clouds_plan({"concentration": (cap,)}, **fields)) == capped
    floor = a_floor(by=Grouping.REGION, group="region-b", floor_share=0.25)
    assert objective(two_clouds_plan({"share_floors": (floor,)}, **fields)) == QUARTER


def test_what_cannot_be_moved_is_capped() -> None:
    """Unknown counts as no: with nothing rated all of it cannot be moved. With node-b rated it takes its half."""
    rigid = a_cap(by=Grouping.PORTABILITY, group="not_portable")
    with pytest.raises(Impossible):
        two_clouds_plan({"concentration": (rigid,)})
    catalog = two_clouds().model_copy(update={"sovereignty": (a_rating("node-b"), a_rating("node-a", Answer.NO))})
    assert objective(two_clouds_plan({"concentration": (rigid,)}, catalog=catalog)) == ONE_EACH
    floor = a_floor(by=Grouping.PORTABILITY, group="portable", floor_share=0.25)
    assert objective(two_clouds_plan({"share_floors": (floor,)}, catalog=catalog)) == QUARTER


def test_an_api_is_portable_by_its_own_answer_and_stands_in_a_cloud() -> None:
    """A token costs 7.20 an hour of a node, in a region of its own; portable it may have all, else half."""
    fields: dict[str, Any] = {"workloads": (EVERYWHERE,)}
    rigid = a_cap(by=Grouping.PORTABILITY, group="not_portable", cap_share=0.5)
    movable = an_api_offer(portable_in_24_hours=Answer.YES, region="region-b")
    assert objective(two_clouds_plan({"concentration": (rigid,)}, api_offers=(movable,), **fields)) == Decimal(
        "14.4"
    ) * HOURS
    cap = a_cap(by=Grouping.REGION, group="region-b")
    half = Decimal("17.2") * HOURS
    assert objective(two_clouds_plan({"concentration": (cap,)}, api_offers=(movable,), **fields)) == half
    cloud = a_floor(by=Grouping.LOCALITY, group="cloud", floor_share=1.0)
    assert objective(two_clouds_plan({"share_floors": (cloud,)}, api_offers=(movable,), **fields)) == Decimal(
        "14.4"
    ) * HOURS


def test_no_contract_bills_more_than_its_share_of_the_spend() -> None:
    """Two nodes of load, reserved at 6 or on demand at 10. One reserved is 6 of 16; as a fifth it would cost 30."""
    free = a_bound_fleet(a_reserved(), nodes=2.0)
    assert objective(planned(free)) == 12 * HOURS
    cap = a_cap(by=Grouping.CONTRACT, measure=ShareMeasure.SPEND, group="res-a")
    assert objective(planned(with_policy(free, concentration=(cap,)))) == 16 * HOURS
    low = a_cap(by=Grouping.CONTRACT, measure=ShareMeasure.SPEND, group="res-a", cap_share=0.2)
    assert objective(planned(with_policy(free, concentration=(low,)))) == 20 * HOURS


def test_no_contract_has_more_than_its_share_of_the_capacity() -> None:
    """Reserved and on demand on one offering: one node each. A node that is held counts under its own name."""
    free = a_bound_fleet(a_reserved(), nodes=2.0)
    cap = a_cap(by=Grouping.CONTRACT, measure=ShareMeasure.CAPACITY)
    assert objective(planned(with_policy(free, concentration=(cap,)))) == 16 * HOURS
    held = with_policy(a_bound_fleet(a_reserved(), nodes=2.0, held_contracts=(a_held(),)), concentration=(cap,))
    assert objective(planned(held)) == 11 * HOURS


def test_nodes_that_are_swapped_stay_with_their_contract() -> None:
    """held-a is swapped to node-b at its own price: still all of the capacity is its own."""
    rights = a_held(nodes=2, swap_to="node-b", swap_after_months=1, swap_price_usd_per_node_hour=Decimal(5))
    catalog = two_clouds(node_b={"provider": "cloud-a"})
    fields: dict[str, Any] = {"catalog": catalog, "held_contracts": (rights,), "nodes": 2.0}
    away = a_cap(by=Grouping.CHIP_VENDOR, measure=ShareMeasure.CAPACITY, group="vendor-a", cap_share=0.5)
    own = a_floor(by=Grouping.CONTRACT, measure=ShareMeasure.CAPACITY, group="held-a", floor_share=1.0)
    fleet = a_bound_fleet(OD_B, policy={"concentration": (away,), "share_floors": (own,)}, **fields)
    assert objective(planned(fleet)) == 10 * HOURS


def test_shares_of_power_weigh_nodes_with_what_their_site_draws() -> None:
    """node-b has three chips, so draws three times as much: one node of it beside two of node-a is 60 %.

    Half of the power: 1.5 of node-a, 0.5 of node-b.
    """
    catalog = two_clouds(node_b={"accelerators_per_node": 3})
    points = tuple(
        row.model_copy(update={"accelerators_per_replica": 3 if row.accelerator == "gpu-b" else 1})
        for row in catalog.goodput_points
    )
    figures = UnknownFigures(power_kw_per_accelerator=1.0, pue=1.5)
    cap = a_cap(measure=ShareMeasure.POWER)
    plan = two_clouds_plan(
        {"concentration": (cap,), "unknown_figures": figures},
        catalog=catalog.model_copy(update={"goodput_points": points}),
    )
    assert objective(plan) == QUARTER


def test_owned_nodes_draw_what_their_terms_say() -> None:
    """Of node-a there are owned terms with 3 kW; node-b draws 1 kW. Half a node of the one is 1.5 of the other."""
    owned = an_owned(power_kw_per_node=3.0, earliest_start=FIRST + 1, latest_start=FIRST + 1)
    figures = UnknownFigures(power_kw_per_accelerator=1.0, pue=1.0)
    cap = a_cap(measure=ShareMeasure.POWER)
    plan = two_clouds_plan(
        {"concentration": (cap,), "unknown_figures": figures},
        contracts=(an_on_demand(), OD_B, owned),
        sites=(a_site(),),
    )
    assert objective(plan) == Decimal(5 + 18) * HOURS


def test_a_floor_counts_a_split_only_where_both_offerings_are() -> None:
    """All by split: for a cap either cloud has all of it, for a floor neither has any; their geography has all."""
    fleet = a_split_fleet()
    assert by_split(decided(fleet)) == 2000.0
    both = a_floor(by=Grouping.GEOGRAPHY, group="geo-a", floor_share=1.0)
    assert by_split(decided(with_policy(fleet, share_floors=(both,)))) == 2000.0
    one = a_floor(group="cloud-a", floor_share=0.1)
    assert by_split(decided(with_policy(fleet, share_floors=(one,)))) == pytest.approx(1800.0)


def test_a_split_can_be_moved_only_if_both_of_its_offerings_can() -> None:
    """node-a can, node-b cannot: a tenth must go without the split, on node-a."""
    fleet = a_split_fleet()
    rated = fleet.catalog.model_copy(update={"sovereignty": (a_rating("node-a"),)})
    fleet = fleet.model_copy(update={"catalog": rated})
    rigid = a_cap(by=Grouping.PORTABILITY, group="not_portable", cap_share=0.9)
    assert by_split(decided(with_policy(fleet, concentration=(rigid,)))) == pytest.approx(1800.0)
    movable = a_cap(by=Grouping.PORTABILITY, group="portable", cap_share=0.0)
    assert by_split(decided(with_policy(fleet, concentration=(movable,)))) == 2000.0
