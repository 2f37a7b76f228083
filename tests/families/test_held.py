"""Held contracts, worked by hand: January has 744 hours, February 672, together 1,416."""

from decimal import Decimal
from typing import Any

from optimizer.plan import Plan
from tests.builders import (
    FIRST,
    a_held,
    a_reserved,
    a_scenario,
    an_offering,
    an_on_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import objective, ordered, planned


def plan_with(nodes: float, *held: Any, **overrides: Any) -> Plan:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "held_contracts": held,
        "demand": nodes_of_load(nodes),
    }
    return planned(a_scenario(**(fields | overrides)))


def test_what_is_held_is_used_before_anything_is_bought() -> None:
    """One node at 5 for 1,416 hours is 7,080; its use is free."""
    plan = plan_with(1.0, a_held(), contracts=(an_on_demand(), a_reserved()))
    assert (objective(plan), plan.orders, plan.usages) == (7080, (), ())


def test_what_is_held_is_paid_even_when_nothing_is_asked() -> None:
    assert objective(plan_with(0.0, a_held())) == 7080


def test_what_goes_beyond_the_held_nodes_is_bought() -> None:
    """Half a node more for 1,416 hours at 10: 7,080 + 7,080."""
    assert objective(plan_with(1.5, a_held())) == 14160


def test_a_held_contract_serves_until_the_month_before_its_end() -> None:
    """Held in January (744 * 5), on demand in February (672 * 10)."""
    assert objective(plan_with(1.0, a_held(end=FIRST + 1))) == 3720 + 6720


def test_a_held_contract_may_begin_inside_the_horizon() -> None:
    """On demand in January (744 * 10), held in February (672 * 5)."""
    assert objective(plan_with(1.0, a_held(start=FIRST + 1))) == 7440 + 3360


def test_what_was_paid_upfront_is_a_cost_of_the_months_served_but_no_cash_of_the_horizon() -> None:
    """Half of 5 * 5,832 hours (July to February) was paid in July; 1,416 of these hours are ours: 3,540."""
    plan = plan_with(1.0, a_held(upfront_share=0.5))
    assert objective(plan) == 3540 + 3540
    assert plan.totals.cash_usd == 3540


def test_the_tail_of_a_held_contract_counts_at_its_weight() -> None:
    """March and April: 1,464 hours at 5 are 7,320, of which half counts."""
    run = run_settings(beyond_horizon_weight=Decimal("0.5"))
    plan = plan_with(1.0, a_held(end=FIRST + 4), run=run)
    assert objective(plan) == 7080 + 3660
    assert plan.totals.beyond_horizon_usd == 7320


def test_a_held_contract_that_has_ended_plays_no_part() -> None:
    assert objective(plan_with(1.0, a_held(end=FIRST))) == 14160


def test_a_held_contract_that_begins_after_the_horizon_is_only_tail() -> None:
    """March at 5: 3,720 after the horizon, counted in full at weight 1."""
    run = run_settings(beyond_horizon_weight=Decimal("1"))
    plan = plan_with(1.0, a_held(start=FIRST + 2, end=FIRST + 3), run=run)
    assert objective(plan) == 14160 + 3720


def test_held_nodes_do_not_use_up_the_stock() -> None:
    """Two nodes of load, one held, one in stock: 7,080 + 6 * 1,416."""
    catalog = ten_requests_a_node(offerings=(an_offering(stock_nodes=1, quota_nodes=0),))
    plan = plan_with(2.0, a_held(), contracts=(an_on_demand(), a_reserved()), catalog=catalog)
    assert ordered(plan) == {"res-a.2027-01": 1}
    assert objective(plan) == 7080 + 8496
