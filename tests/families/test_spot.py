"""Spot, worked by hand: 3 an hour against 10 on demand; both months have 1,416 hours."""

from decimal import Decimal
from math import exp
from typing import Any

import pytest

from optimizer.plan import Plan, Pool
from tests.builders import (
    a_scenario,
    a_spot,
    a_workload,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    ten_requests_a_node,
)
from tests.proving import binding, objective, planned, with_policy

DEPTH_USED_UP = "spot depth of spot-a used up"
AT_ITS_CAP = "spot share of chat at its cap"
LOSES_A_FIFTH: dict[str, Any] = {"interruption_share_per_month": 1 - exp(-2), "recovery_hours": 73.0}
"""-ln(1 - f) / 730 = 2 / 730 interruptions an hour, 73 hours each: 0.2 of all hours."""


def plan_with(nodes: float, *contracts: Any, cap: float = 1.0, **overrides: Any) -> Plan:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(), *contracts),
        "demand": nodes_of_load(nodes),
    }
    return planned(with_policy(a_scenario(**(fields | overrides)), spot_share_cap=cap))


def test_spot_is_taken_to_its_depth() -> None:
    """One node at 3, one at 10."""
    plan = plan_with(2.0, a_spot(spot_depth_nodes=1))
    assert objective(plan) == 13 * 1416
    assert DEPTH_USED_UP in binding(plan)


def test_a_depth_that_is_not_reached_changes_nothing() -> None:
    plan = plan_with(2.0, a_spot(spot_depth_nodes=3))
    assert objective(plan) == 6 * 1416
    assert DEPTH_USED_UP not in binding(plan)


def test_a_quarter_of_the_tokens_is_a_quarter_of_the_load() -> None:
    """0.5 nodes at 3, 1.5 at 10: 16.5 * 1,416."""
    plan = plan_with(2.0, a_spot(), cap=0.25)
    assert objective(plan) == 23364
    assert AT_ITS_CAP in binding(plan)


def test_a_workloads_own_cap_goes_before_the_policys() -> None:
    """A tenth: 0.2 nodes at 3, 1.8 at 10."""
    plan = plan_with(2.0, a_spot(), cap=0.25, workloads=(a_workload(spot_share_cap=0.1),))
    assert float(objective(plan)) == pytest.approx(18.6 * 1416, abs=0.02)


def test_the_cap_is_on_the_tokens_of_the_month_not_of_a_block() -> None:
    """1.5 nodes by day and 0.5 at night, half on spot: 6.5 * 1,416; one node deep is enough."""
    plan = plan_with(1.0, a_spot(spot_depth_nodes=1), cap=0.5, blocks=day_and_night("chat"))
    assert objective(plan) == 9204


def test_lost_hours_are_paid_and_serve_nobody() -> None:
    """0.8 productive: 1.25 running nodes for one of load."""
    plan = plan_with(1.0, a_spot(**LOSES_A_FIFTH))
    assert objective(plan) == 5310
    assert [usage.nodes for usage in plan.usages] == pytest.approx([1.25, 1.25])


def test_the_depth_bounds_running_nodes_not_productive_ones() -> None:
    """One running node carries 0.8; 0.2 on demand: 3 + 2 an hour."""
    plan = plan_with(1.0, a_spot(spot_depth_nodes=1, **LOSES_A_FIFTH))
    assert objective(plan) == 5 * 1416
    assert DEPTH_USED_UP in binding(plan)


def test_whole_spot_nodes_stop_where_the_next_one_does_not_pay() -> None:
    """A second node at 3 would save 0.2 on demand, 2 an hour."""
    assert objective(plan_with(1.0, a_spot(whole_nodes=True, **LOSES_A_FIFTH))) == 5 * 1416


def test_the_uplift_for_starting_up_is_billed_on_top() -> None:
    assert objective(plan_with(1.0, a_spot(startup_uplift_share=0.1))) == Decimal("4672.80")


def test_spot_and_base_are_two_pools() -> None:
    plan = plan_with(2.0, a_spot(spot_depth_nodes=1))
    nodes = {p.pool: p.nodes for p in plan.placements if str(p.month) == "2027-01"}
    assert nodes == {Pool.SPOT: pytest.approx(1.0), Pool.BASE: pytest.approx(1.0)}
