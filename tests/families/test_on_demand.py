"""On demand, worked by hand: 10 an hour; both months have 1,416 hours."""

from decimal import Decimal
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.plan import Plan
from tests.builders import (
    a_reserved,
    a_scenario,
    an_offering,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    ten_requests_a_node,
)
from tests.proving import binding, objective, planned, with_policy

USED_UP = "on-demand quota of node-a used up"


def plan_with(nodes: float, *contracts: Any, quota: int | None = 100, **overrides: Any) -> Plan:
    catalog = ten_requests_a_node(offerings=(an_offering(quota_nodes=quota),))
    return planned(a_scenario(catalog=catalog, contracts=contracts, demand=nodes_of_load(nodes), **overrides))


def test_average_nodes_are_billed_by_the_hour() -> None:
    assert objective(plan_with(1.5, an_on_demand())) == 21240


def test_whole_nodes_are_billed_whole() -> None:
    assert objective(plan_with(1.5, an_on_demand(whole_nodes=True))) == 28320


def test_hours_in_which_nothing_runs_are_not_billed() -> None:
    """Two nodes in half of the hours."""
    plan = plan_with(1.0, an_on_demand(whole_nodes=True), blocks=day_and_night("chat", day=2.0, night=0.0))
    assert objective(plan) == 14160


def test_the_uplift_for_starting_up_is_billed_on_top() -> None:
    assert objective(plan_with(1.0, an_on_demand(startup_uplift_share=0.1))) == 15576


def test_what_the_quota_does_not_allow_is_bought_another_way() -> None:
    """On demand at 5 is the cheaper way, but one node only; the second is reserved at 6: 11 * 1,416."""
    cheap = an_on_demand(price_usd_per_node_hour=Decimal(5))
    plan = plan_with(2.0, cheap, a_reserved(), quota=1)
    assert objective(plan) == 15576
    assert USED_UP in binding(plan)
    unbound = plan_with(2.0, cheap, a_reserved(), quota=3)
    assert objective(unbound) == 14160
    assert USED_UP not in binding(unbound)


def test_the_quota_holds_in_every_block_and_not_on_average() -> None:
    """Two nodes by day: one on demand, one reserved (8,496) that is idle at night."""
    plan = plan_with(1.0, an_on_demand(), a_reserved(), quota=1, blocks=day_and_night("chat", day=2.0, night=0.0))
    assert objective(plan) == 8496 + 7080


def test_contracts_of_an_offering_share_its_quota() -> None:
    with pytest.raises(Impossible, match="carry 1,000"):
        plan_with(2.0, an_on_demand(), an_on_demand("od-b", price_usd_per_node_hour=Decimal(11)), quota=1)


def test_a_load_above_the_quota_and_nothing_else_is_impossible() -> None:
    with pytest.raises(Impossible, match=r"is 2,000 accepted tok/s; .* carry 1,000"):
        plan_with(2.0, an_on_demand(), quota=1)


def test_a_blank_quota_is_the_bound_of_the_policy() -> None:
    catalog = ten_requests_a_node(offerings=(an_offering(quota_nodes=None),))
    scenario = a_scenario(catalog=catalog, contracts=(an_on_demand(),), demand=nodes_of_load(2.0))
    assert objective(planned(with_policy(scenario, unknown_quota_nodes=2))) == 28320
    with pytest.raises(Impossible):
        planned(with_policy(scenario, unknown_quota_nodes=1))


def test_a_load_a_hair_above_whole_nodes_is_still_carried_by_whole_nodes() -> None:
    """A billionth above 17 nodes is the solver's tolerance, not an eighteenth node and not a part of one."""
    plan = plan_with(17.000000017, an_on_demand(whole_nodes=True))
    assert {usage.nodes for usage in plan.usages} == {17.0}
    assert objective(plan) == 17 * 14160
