"""Budgets, worked by hand: one node for January (744 h) and February (672 h).

Reserved all upfront it costs 5 an hour: 7,080 in January. Month by month it costs 6: 4,464 and 4,032.
"""

from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.reserved import Upfront
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.policy import BudgetWindow, Spending
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_held,
    a_reserved,
    a_scenario,
    an_effect,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import binding, objective, ordered, planned, with_policy

UPFRONT = {"upfront.2027-01": 1}
MONTHLY = {"monthly.2027-01": 1}


def a_node(**overrides: Any) -> Scenario:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (
            an_on_demand(),
            a_reserved("monthly", latest_start=FIRST),
            a_reserved(
                "upfront",
                price_usd_per_node_hour=Decimal(5),
                upfront=Upfront.ALL,
                upfront_share=1.0,
                latest_start=FIRST,
            ),
        ),
        "demand": nodes_of_load(1.0),
    }
    return a_scenario(**(fields | overrides))


def plan_within(limit: int, scenario: Scenario | None = None, **fields: Any) -> Plan:
    budget = a_budget(**({"limit_usd": Decimal(limit)} | fields))
    return planned(with_policy(scenario or a_node(), budgets=(budget,)))


def test_without_a_budget_the_cheaper_terms_are_paid_at_once() -> None:
    plan = planned(a_node())
    assert (objective(plan), ordered(plan)) == (7080, UPFRONT)


@pytest.mark.parametrize(("limit", "orders", "cost"), [(7080, UPFRONT, 7080), (7079, MONTHLY, 8496)])
def test_a_month_that_cannot_pay_upfront_pays_month_by_month(limit: int, orders: dict[str, int], cost: int) -> None:
    plan = plan_within(limit)
    assert (ordered(plan), objective(plan)) == (orders, cost)
    assert ("budget cash used up in the window from 2027-01" in binding(plan)) == (limit == 7080)


@pytest.mark.parametrize(
    ("window", "limit"), [(BudgetWindow.QUARTER, 10620), (BudgetWindow.YEAR, 42480), (BudgetWindow.HORIZON, 7080)]
)
def test_a_window_cut_by_the_horizon_has_its_part_of_the_limit(window: BudgetWindow, limit: int) -> None:
    """Two months of a quarter are two thirds, of a year a sixth: 7,080 each. Nothing costs less than that."""
    assert ordered(plan_within(limit, window=window)) == UPFRONT
    with pytest.raises(Impossible):
        plan_within(limit - 2, window=window)


def test_months_outside_a_budgets_dates_are_free() -> None:
    """From February on: January pays all of it."""
    assert ordered(plan_within(1, first_month=FIRST + 1)) == UPFRONT
    assert ordered(plan_within(7079, last_month=FIRST)) == MONTHLY


def test_held_contracts_are_paid_from_the_budget() -> None:
    """A held node costs 3,720 in January and serves half of two nodes of load."""
    scenario = a_node(held_contracts=(a_held(),), demand=nodes_of_load(2.0))
    assert ordered(plan_within(3720 + 7080, scenario)) == UPFRONT
    assert ordered(plan_within(3720 + 7079, scenario)) == MONTHLY


def test_held_contracts_alone_can_be_too_much() -> None:
    with pytest.raises(Impossible):
        plan_within(3719, a_node(held_contracts=(a_held(),), contracts=(), demand=nodes_of_load(1.0)))


def test_operating_expenses_have_a_budget_of_their_own() -> None:
    """All of it is opex: a capex budget of nothing does not matter, an opex budget does."""
    assert ordered(plan_within(0, spending=Spending.CAPEX)) == UPFRONT
    assert ordered(plan_within(7079, spending=Spending.OPEX)) == MONTHLY


def test_payments_are_not_discounted_in_a_budget() -> None:
    """At 21 % February's 4,032 count as 4,032, not as 3,968."""
    run = run_settings(discount_rate_per_year=Decimal("0.21"))
    with pytest.raises(Impossible):
        plan_within(4031, a_node(run=run, contracts=(a_reserved("monthly", latest_start=FIRST),)))


def test_a_budget_holds_in_every_future() -> None:
    """Demand may double: a second node is then rented, 7,440 in January on top, so that only monthly terms fit."""
    scenario = a_node(
        outlooks=(an_outlook("base"), an_outlook("high")),
        outlook_effects=(an_effect("high"),),
    )
    assert ordered(planned(scenario)) == UPFRONT
    assert ordered(plan_within(4464 + 7440, scenario)) == MONTHLY


def test_a_budget_that_collides_with_a_floor_is_named_with_it() -> None:
    """The loss of cloud-a asks for a reserved node at cloud-b: 8,496 a horizon; on demand at cloud-a alone is 7,080."""
    scenario = a_scenario(
        catalog=two_clouds(node_b={"quota_nodes": 0}),
        contracts=(
            an_on_demand(price_usd_per_node_hour=Decimal(5)),
            a_reserved("b", offering="node-b", latest_start=FIRST),
        ),
        demand=nodes_of_load(1.0),
    )
    rules = {
        "contingencies": (a_contingency(floor_share=1.0),),
        "budgets": (a_budget(window=BudgetWindow.HORIZON, limit_usd=Decimal(8000)),),
    }
    with pytest.raises(Impossible) as said:
        planned(with_policy(scenario, **rules))
    reason = said.value.reasons[0]
    assert "budget cash (all payments of a horizon at most 8,000 USD)" in reason
    assert "contingency lose-cloud-a" in reason
