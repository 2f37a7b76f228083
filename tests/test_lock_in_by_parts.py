"""Rules on what one is bound to, in a model that is solved by parts: the same rows, the same answer."""

import io
import threading
import time
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from catalog.footprint import Locality
from optimizer import solver
from optimizer.arrays import Arrays
from optimizer.model import build_model
from optimizer.paths.by_parts import has_parts
from optimizer.paths.merging import merge
from optimizer.paths.splitting import matrix_of, split
from optimizer.problem import state
from optimizer.solve import Solved, solve_whole
from optimizer.solve_arrays import compile_model
from optimizer.solve_highs import Watch
from optimizer.solve_protocol import SolveRequest, SolveStatus
from optimizer.solver import Solver
from scenarios.policy import (
    ExpiryCap,
    Grouping,
    OutstandingCap,
    RemainingTermCap,
    ShareMeasure,
    SourcingRule,
    Window,
)
from scenarios.scenario import Scenario
from tests.builders import (
    a_contingency,
    a_covered_rate,
    a_policy,
    a_reserved,
    a_scenario,
    a_spend_commitment,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.lock_in_cases import OD_B
from tests.proving import a_cap, a_floor, planned
from tests.solver_models import EXACTLY

TOLERANCE = 1e-6
RULES: dict[str, dict[str, Any]] = {
    "floor": {"share_floors": (a_floor(by=Grouping.LOCALITY, group="local", floor_share=0.3),)},
    "floor of the horizon": {
        "share_floors": (
            a_floor(group="cloud-b", measure=ShareMeasure.CAPACITY, floor_share=0.3, window=Window.HORIZON),
        )
    },
    "contract": {"concentration": (a_cap(by=Grouping.CONTRACT, measure=ShareMeasure.SPEND, cap_share=0.4),)},
    "sourcing": {"sourcing": (SourcingRule(rule="two", workload="chat", providers_at_least=2, share_at_least=0.2),)},
    "outstanding": {"outstanding": (OutstandingCap(rule="owed", limit_usd=Decimal(12000)),)},
    "terms": {"remaining_terms": (RemainingTermCap(rule="terms", limit_months=1.5),)},
    "expiries": {"expiries": (ExpiryCap(rule="ends", cap_share=0.5),)},
}
RULES["all of them"] = {
    **{key: rows for rules in RULES.values() for key, rows in rules.items()},
    "concentration": (a_cap(by=Grouping.CONTRACT, measure=ShareMeasure.SPEND, cap_share=0.6),),
    "remaining_terms": (RemainingTermCap(rule="terms", limit_months=4.0),),
}


def a_fleet(**rules: Any) -> Scenario:
    """Six months of two nodes of load by day and night, two clouds, orders of three to nine months, and an event."""
    free = {"terminable_after_months": 2, "termination_notice_days": 30, "termination_fee_share": 0.3}
    return a_scenario(
        run=run_settings(months=6),
        catalog=two_clouds(node_b={"locality": Locality.EDGE}),
        contracts=(
            an_on_demand(),
            OD_B,
            a_reserved("short-a", term_months=3, price_usd_per_node_hour=Decimal(6)),
            a_reserved("long-a", term_months=6, price_usd_per_node_hour=Decimal(5), **free),
            a_reserved("long-b", term_months=9, offering="node-b", price_usd_per_node_hour=Decimal(7)),
        ),
        spend_commitments=(a_spend_commitment(term_months=6),),
        covered_rates=(a_covered_rate(),),
        demand=nodes_of_load(2.4, 6),
        blocks=day_and_night("chat"),
        policy=a_policy(contingencies=(a_contingency(floor_share=0.2),), **rules),
    )


@cache
def arrays_of(name: str) -> Arrays:
    return compile_model(build_model(state(a_fleet(**RULES[name])))).arrays


@cache
def least(name: str) -> Solved:
    return solve_whole(arrays_of(name), EXACTLY)


def broken(arrays: Arrays, values: Any) -> float:
    """By how much a point breaks rows and bounds at most."""
    activity = matrix_of(arrays) @ values
    sides = (arrays.row_lower - activity, activity - arrays.row_upper, arrays.lower - values, values - arrays.upper)
    return float(max(np.max(side, initial=0.0) for side in sides))


@pytest.mark.parametrize("name", RULES)
def test_every_rule_costs_something(name: str) -> None:
    """Else the rows that are looked at here would be without force."""
    free = compile_model(build_model(state(a_fleet()))).arrays
    scale = build_model(state(a_fleet())).money_scale_usd / build_model(state(a_fleet(**RULES[name]))).money_scale_usd
    assert least(name).objective > solve_whole(free, EXACTLY).objective * scale + TOLERANCE


@pytest.mark.parametrize("name", ["floor of the horizon", "all of them"])
def test_the_event_is_a_part_of_its_own_beside_them(name: str) -> None:
    assert split(arrays_of(name)).satellites


@pytest.mark.parametrize("name", RULES)
def test_merged_months_have_every_plan_and_a_bound_below_it(name: str) -> None:
    arrays, best = arrays_of(name), least(name)
    merged = merge(arrays, np.arange(6) // 3)
    assert len(merged.arrays.cost) < len(arrays.cost)
    assert broken(merged.arrays, merged.point(best.values)) <= TOLERANCE
    assert solve_whole(merged.arrays, EXACTLY).objective <= best.objective + TOLERANCE


@pytest.mark.parametrize("name", RULES)
def test_the_way_of_large_models_proves_the_same_least_cost(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is kept, the bound is below, and the plan is proven to 1 %."""
    monkeypatch.setattr(solver, "is_large", lambda arrays: True)
    arrays, cost = arrays_of(name), least(name).objective
    assert has_parts(arrays)
    watch = Watch(io.BytesIO(), threading.Event(), time.monotonic(), 60.0)
    reply = Solver().solve(SolveRequest(arrays, replace(EXACTLY, gap_share=0.01)), watch)
    assert reply.status is SolveStatus.OPTIMAL
    assert reply.bound is not None
    assert reply.bound <= cost + TOLERANCE
    assert reply.values is not None
    assert broken(arrays, reply.values) <= TOLERANCE
    assert reply.objective == pytest.approx(cost, rel=0.0101)


def test_the_plan_under_all_rules_passes_its_audit() -> None:
    plan = planned(a_fleet(**RULES["all of them"]))
    assert plan.orders
