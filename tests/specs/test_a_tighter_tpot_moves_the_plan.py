"""Chosen points, fleet and cost follow the latency limit."""

from decimal import Decimal

from catalog.goodput import GoodputPoint
from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from tests.builders import (
    a_catalog,
    a_point,
    a_scenario,
    a_workload,
    an_accelerator,
    an_offering,
    an_on_demand,
)


def curve(accelerator: str, *points: tuple[float, float, float]) -> tuple[GoodputPoint, ...]:
    """Points of (concurrency, output tok/s, TPOT in ms) at 100 + 100 tokens."""
    return tuple(
        a_point(
            f"{accelerator}-at-{concurrency:g}",
            curve=f"{accelerator}-curve",
            accelerator=accelerator,
            concurrency=concurrency,
            output_tok_per_s=tok_per_s,
            tpot_ms=tpot_ms,
        )
        for concurrency, tok_per_s, tpot_ms in points
    )


def planned(tpot_limit_ms: float) -> Plan:
    """A quick chip at 10 USD an hour, and a slow one at 6 USD that carries more at high load."""
    catalog = a_catalog(
        accelerators=(an_accelerator("quick"), an_accelerator("slow")),
        offerings=(an_offering("node-quick", accelerator="quick"), an_offering("node-slow", accelerator="slow")),
        goodput_points=(
            *curve("quick", (8, 400, 10), (32, 1000, 40)),
            *curve("slow", (8, 500, 45), (32, 1500, 80)),
        ),
    )
    scenario = a_scenario(
        catalog=catalog,
        contracts=(
            an_on_demand("od-quick", offering="node-quick"),
            an_on_demand("od-slow", offering="node-slow", price_usd_per_node_hour=Decimal(6)),
        ),
        workloads=(a_workload(tpot_limit_ms=tpot_limit_ms),),
    )
    return plan_fleet(scenario, PlanOptions(with_baselines=False))


def points_used(plan: Plan) -> set[str]:
    return {point for row in plan.goodput for point in row.serving.points}


def test_a_loose_limit_is_served_by_the_slow_chip_at_full_load() -> None:
    """10 requests/s of 100 output tokens are 1,000 tok/s: 1000 / 1500 of a node at 6 USD for 1,416 hours."""
    plan = planned(100)
    assert points_used(plan) == {"slow-at-32"}
    assert {u.contract for u in plan.usages} == {"od-slow"}
    assert abs(plan.incumbent_usd - 1000 / 1500 * 6 * 1416) < 0.02


def test_a_tighter_limit_moves_to_the_quick_chip_and_costs_more() -> None:
    """At 42 ms the slow chip is out (45 ms at its least load); one quick node at its full load does it."""
    plan = planned(42)
    assert points_used(plan) == {"quick-at-32"}
    assert {u.contract for u in plan.usages} == {"od-quick"}
    assert abs(plan.incumbent_usd - 1 * 10 * 1416) < 0.02
    assert [r.reason.value for r in plan.refusals if r.offering == "node-slow"] == ["tpot"]


def test_a_limit_between_two_points_is_met_on_the_line_between_them() -> None:
    """At 25 ms, half way from 10 to 40 ms, a quick node gives 700 tok/s: 1000 / 700 nodes."""
    plan = planned(25)
    assert points_used(plan) == {"quick-at-8", "quick-at-32"}
    assert abs(plan.incumbent_usd - 1000 / 700 * 10 * 1416) < 0.02
