"""A power cap by block, a carbon cap by year, a floor and a price the way of large models: parts equal the whole."""

import io
import threading
import time
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from optimizer.arrays import Arrays
from optimizer.model import build_model
from optimizer.paths.by_parts import ByParts, has_parts
from optimizer.paths.merging import merge
from optimizer.problem import state
from optimizer.solve import Solved, solve_whole
from optimizer.solve_arrays import compile_model
from optimizer.solve_highs import Watch
from optimizer.solve_protocol import SolveRequest, SolveStatus
from scenarios.policy import BudgetWindow, CarbonCap, Policy, PowerCap, SovereigntyFloor
from scenarios.scenario import Scenario
from tests.builders import (
    a_contingency,
    a_policy,
    a_reserved,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    run_settings,
)
from tests.footprint_cases import two_priced
from tests.solver_models import EXACTLY

MONTHS = 6
TOLERANCE = 1e-6
RULES: dict[str, Policy] = {
    "power": a_policy(power=(PowerCap(rule="grid", limit_mw=0.0060),)),
    "carbon": a_policy(carbon=(CarbonCap(rule="clean", window=BudgetWindow.YEAR, limit_t_co2e=16.0),)),
    "floor": a_policy(sovereignty=(SovereigntyFloor(rule="index", index_at_least=55.0),)),
    "price": a_policy(carbon_price_usd_per_t=Decimal(300)),
}


def fleet(policy: Policy) -> Scenario:
    """Six nodes over half a year, nine by day, reserved or by the hour in two clouds, one of which may fail."""
    event = a_contingency(floor_share=0.3)
    return two_priced(
        run=run_settings(months=MONTHS),
        contracts=(
            an_on_demand("od-a"),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12)),
            a_reserved(term_months=3, price_usd_per_node_hour=Decimal(7)),
            a_reserved("res-b", offering="node-b", term_months=6, price_usd_per_node_hour=Decimal(9)),
        ),
        demand=nodes_of_load(6.0, months=MONTHS),
        blocks=day_and_night("chat"),
        policy=policy.model_copy(update={"contingencies": (event,)}),
    )


@cache
def arrays_of(rule: str | None) -> Arrays:
    policy = a_policy() if rule is None else RULES[rule]
    return compile_model(build_model(state(fleet(policy)))).arrays


@cache
def whole(rule: str | None) -> Solved:
    return solve_whole(arrays_of(rule), EXACTLY)


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_binds(rule: str) -> None:
    """It costs something: else the cases below would prove nothing."""
    assert whole(rule).objective > whole(None).objective + 1.0 / 1000


@pytest.mark.parametrize("rule", RULES)
def test_the_bound_of_merged_months_never_exceeds_the_least_cost(rule: str) -> None:
    merged = merge(arrays_of(rule), np.arange(MONTHS) // 2)
    assert len(merged.arrays.cost) < len(arrays_of(rule).cost)
    assert solve_whole(merged.arrays, EXACTLY).objective <= whole(rule).objective + TOLERANCE


@pytest.mark.parametrize("rule", RULES)
def test_solved_by_parts_it_costs_what_it_costs_whole(rule: str) -> None:
    arrays = arrays_of(rule)
    assert has_parts(arrays)
    watch = Watch(io.BytesIO(), threading.Event(), time.monotonic(), 60.0)
    reply = ByParts(SolveRequest(arrays, EXACTLY)).solve(watch)
    assert reply.status is SolveStatus.OPTIMAL
    assert reply.objective == pytest.approx(whole(rule).objective, abs=TOLERANCE)
