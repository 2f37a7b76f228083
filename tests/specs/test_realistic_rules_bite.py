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


def test_the_budget_binds_and_without_it_other_orders_are_placed() -> None:
    """The last quarter would pay more than the budget allows; with it the payments are spread otherwise."""
    free = without(realistic().policy.model_copy(update={"budgets": ()}))
    assert any("budget cash-of-a-quarter used up" in rule.place for rule in with_all_rules().binding)
    assert not any("budget" in rule.place for rule in free.binding)
    assert nodes_by_contract(free) != nodes_by_contract(with_all_rules())
    assert free.bound_usd <= with_all_rules().bound_usd * (1 + 1e-6)


def test_take_or_pay_is_signed_used_above_its_minimum_and_trued_up() -> None:
    """Without those quotes other orders are placed, and what is proven without them is no cheaper."""
    plan = with_all_rules()
    flexible = {terms.contract for terms in realistic().take_or_pay}
    assert flexible & {order.contract for order in plan.orders}
    assert any(window.used > window.minimum for window in plan.take_or_pay)
    assert any(window.true_up > 0 for window in plan.take_or_pay)
    contracts = tuple(terms for terms in realistic().contracts if terms.contract not in flexible)
    bare = plan_fleet(realistic().model_copy(update={"contracts": contracts}), PlanOptions(with_baselines=False))
    assert nodes_by_contract(bare) != nodes_by_contract(plan)
    assert bare.incumbent_usd > plan.bound_usd


def test_ports_are_begun_and_hold_back_what_waits_for_them() -> None:
    """If every model ran on every stack already, more would be cheaper than is proven possible with the ports."""
    plan = with_all_rules()
    assert plan.migrations
    assert any("all that the stack may serve by then" in rule.place for rule in plan.binding)
    ported = plan_fleet(realistic().model_copy(update={"migrations": ()}), PlanOptions(with_baselines=False))
    assert ported.incumbent_usd < plan.bound_usd
