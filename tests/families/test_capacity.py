"""Capacity, worked by hand: a node carries 10 requests/s of 100 + 100 tokens; 10 an hour on demand, 6 reserved."""

from typing import Any

from optimizer.plan import Plan
from scenarios.blocks import BlockLoad, BlockModel
from tests.builders import (
    a_held,
    a_reserved,
    a_scenario,
    a_size_class,
    a_spot,
    a_workload,
    an_offering,
    an_on_demand,
    day_and_night,
    flat_blocks,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import objective, ordered, planned


def plan_with(**overrides: Any) -> Plan:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "demand": nodes_of_load(1.0),
    }
    return planned(a_scenario(**(fields | overrides)))


def of_two(first: float, second: float) -> dict[str, Any]:
    """Two workloads with so many nodes of load."""
    return {
        "workloads": (a_workload(), a_workload("code")),
        "size_classes": (a_size_class(), a_size_class("code")),
        "demand": (*nodes_of_load(first), *nodes_of_load(second, workload="code")),
        "blocks": flat_blocks("chat", "code"),
    }


def test_headroom_is_kept_on_every_node() -> None:
    """Half of a node usable: two for one of load."""
    assert objective(plan_with(run=run_settings(usable_share=0.5))) == 28320


def test_workloads_share_a_node() -> None:
    """0.5 + 0.5 on one reserved node: 8,496; on demand it would be 14,160."""
    plan = plan_with(contracts=(an_on_demand(), a_reserved()), **of_two(0.5, 0.5))
    assert (objective(plan), ordered(plan)) == (8496, {"res-a.2027-01": 1})


def test_a_node_is_not_used_twice() -> None:
    """0.6 + 0.6 is 1.2: a reserved node and 0.2 on demand, 8,496 + 2,832."""
    plan = plan_with(contracts=(an_on_demand(), a_reserved()), **of_two(0.6, 0.6))
    assert objective(plan) == 11328


def test_a_node_serves_one_by_day_and_another_at_night() -> None:
    blocks = day_and_night("chat", day=2.0, night=0.0)
    others = day_and_night("code", day=0.0, night=2.0)
    both = BlockModel(blocks=blocks.blocks, loads=(*blocks.loads, *others.loads), requested_blocks=2)
    plan = plan_with(contracts=(an_on_demand(), a_reserved()), **(of_two(0.5, 0.5) | {"blocks": both}))
    assert (objective(plan), ordered(plan)) == (8496, {"res-a.2027-01": 1})


def test_a_fleet_is_sized_for_its_busiest_block() -> None:
    """1.5 nodes by day, 0.5 at night, nothing on demand: two whole nodes, 16,992."""
    catalog = ten_requests_a_node(offerings=(an_offering(quota_nodes=0),))
    plan = plan_with(catalog=catalog, contracts=(a_reserved(),), blocks=day_and_night("chat"))
    assert (objective(plan), ordered(plan)) == (16992, {"res-a.2027-01": 2})


def test_reserved_held_rented_and_spot_nodes_add_up() -> None:
    """Four nodes of load: held 5, spot 3 (one deep), reserved 6 (one in stock), on demand 10: 24 an hour."""
    catalog = ten_requests_a_node(offerings=(an_offering(stock_nodes=1),))
    plan = plan_with(
        catalog=catalog,
        contracts=(an_on_demand(), a_reserved(), a_spot(spot_depth_nodes=1)),
        held_contracts=(a_held(),),
        demand=nodes_of_load(4.0),
    )
    assert objective(plan) == 24 * 1416


def test_a_longer_prompt_takes_its_time() -> None:
    """One size measured: 0.1 s for 200 tokens. 300 + 100 tokens take 0.2 s, so ten requests/s need two nodes."""
    plan = plan_with(size_classes=(a_size_class(input_tokens=300.0),))
    assert objective(plan) == 28320


def test_a_cached_prompt_is_not_read_again() -> None:
    """All of the 300 prompt tokens cached: 0.05 s for 100 tokens out, half a node."""
    plan = plan_with(size_classes=(a_size_class(input_tokens=300.0),), workloads=(a_workload(cache_hit_share=1.0),))
    assert objective(plan) == 7080


def test_a_block_without_load_needs_no_node() -> None:
    loads = tuple(
        BlockLoad(workload="chat", block=b, relative_load=load) for b, load in (("day", 1.0), ("night", 0.0))
    )
    blocks = BlockModel(blocks=day_and_night("chat").blocks, loads=loads, requested_blocks=2)
    plan = plan_with(blocks=blocks)
    assert {placement.block for placement in plan.placements} == {"day"}
    assert objective(plan) == 14160
