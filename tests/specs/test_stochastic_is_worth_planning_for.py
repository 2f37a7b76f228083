"""In the stochastic example it pays to plan for all outlooks, and it would pay to know which one comes."""

from functools import cache
from pathlib import Path

import pytest

from optimizer.knowing import value_of_knowing
from optimizer.plan import Plan, ValueOfKnowing
from optimizer.problem import state
from optimizer.run import PlanOptions, plan_fleet, solve_options
from scenarios.loading import load_scenario

STOCHASTIC = Path(__file__).parents[2] / "scenarios" / "examples" / "stochastic"

pytestmark = pytest.mark.long


@cache
def plan() -> Plan:
    return plan_fleet(load_scenario(STOCHASTIC).scenario, PlanOptions(with_baselines=False))


@cache
def knowing() -> ValueOfKnowing:
    problem = state(plan().scenario)
    return value_of_knowing(problem, plan(), solve_options(problem, 1.0), lambda what: None)


def test_the_plan_is_proven_within_one_percent_and_some_orders_wait() -> None:
    assert plan().gap <= 0.01
    assert {order.outlook is None for order in plan().orders} == {True, False}


def test_to_plan_for_all_outlooks_rather_than_for_their_mean_saves_money_for_sure() -> None:
    solution = knowing().stochastic_solution
    assert solution is not None
    assert 0 < solution.at_least_usd <= solution.usd <= solution.at_most_usd


def test_what_is_signed_first_is_not_what_the_plan_for_the_mean_would_sign() -> None:
    signed = {(order.contract, order.start, order.nodes) for order in plan().orders if order.outlook is None}
    assert signed != {(order.contract, order.start, order.nodes) for order in knowing().mean_orders}


def test_to_know_the_outlook_would_save_money_for_sure() -> None:
    perfect = knowing().perfect_information
    assert 0 < perfect.at_least_usd <= perfect.usd <= perfect.at_most_usd
