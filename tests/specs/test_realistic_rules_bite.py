"""In the realistic example no rule is there for show: taking one out changes the cost or the orders."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from scenarios.loading import load_scenario
from scenarios.policy import Policy, ShareMeasure
from scenarios.scenario import Scenario

REALISTIC = Path(__file__).parents[2] / "scenarios" / "examples" / "realistic"

pytestmark = pytest.mark.long


@cache
def realistic() -> Scenario:
    return load_scenario(REALISTIC).scenario


@cache
def with_all_rules() -> Plan:
    return plan_fleet(realistic(), PlanOptions(with_baselines=False))


def without(policy: Policy) -> Plan:
    return plan_fleet(realistic().model_copy(update={"policy": policy}), PlanOptions(with_baselines=False))


def nodes_by_contract(plan: Plan) -> Counter[str]:
    nodes: Counter[str] = Counter()
    for order in plan.orders:
        nodes[order.contract] += order.nodes
    return nodes


def test_fallback_costs_more_than_both_gaps_together() -> None:
    """Without it the plan found is below what is proven possible with it."""
    free = without(realistic().policy.model_copy(update={"contingencies": ()}))
    assert free.incumbent_usd < with_all_rules().bound_usd


def test_the_provider_cap_holds_in_the_plan_and_not_without_it() -> None:
    """It binds in every month with the rule; without it a provider takes more, and the orders are others."""
    policy = realistic().policy
    kept = tuple(rule for rule in policy.concentration if rule.measure is not ShareMeasure.TOKENS)
    free = without(policy.model_copy(update={"concentration": kept}))
    assert any("no-provider-above" in rule.place for rule in with_all_rules().binding)
    assert nodes_by_contract(free) != nodes_by_contract(with_all_rules())
    assert free.bound_usd < with_all_rules().bound_usd


def test_the_spot_cap_changes_what_is_ordered() -> None:
    """With workloads free to use any share of spot, more spot is used and the orders are others."""
    scenario = realistic()
    workloads = tuple(w.model_copy(update={"spot_share_cap": None}) for w in scenario.workloads)
    loose = scenario.model_copy(
        update={"workloads": workloads, "policy": scenario.policy.model_copy(update={"spot_share_cap": 1.0})}
    )
    free = plan_fleet(loose, PlanOptions(with_baselines=False))
    assert any("spot share" in rule.place for rule in with_all_rules().binding)
    assert nodes_by_contract(free) != nodes_by_contract(with_all_rules())
    assert free.bound_usd < with_all_rules().bound_usd


def test_the_plan_is_proven_within_half_a_percent_and_mixes_everything_there_is() -> None:
    """GPUs and custom silicon, four providers, reserved and held and on demand and spot; 150 to 800 nodes."""
    plan = with_all_rules()
    catalog = plan.scenario.catalog
    used = {p.offering for p in plan.placements}
    chips = {catalog.accelerator_of(catalog.offering[o]).silicon.value for o in used}
    assert plan.gap <= 0.005
    assert chips == {"gpu", "custom"}
    assert len({catalog.offering[o].provider for o in used}) >= 4
    assert {line.nature.value for line in plan.cost_lines} >= {
        "on_demand_usage",
        "spot_usage",
        "reserved_recurring",
        "held_recurring",
    }
