"""Planning as a question with a number for an answer: shared by the tests that prove the optimizer."""

from decimal import Decimal
from typing import Any

from optimizer.extract import Extracted, extract
from optimizer.model import build_model
from optimizer.plan import Plan
from optimizer.problem import state
from optimizer.run import PlanOptions, plan_fleet
from optimizer.solve import solve_whole
from optimizer.solve_arrays import compile_model
from optimizer.solve_protocol import SolveOptions
from scenarios.policy import ConcentrationCap, Grouping, ShareFloor, ShareMeasure, Window
from scenarios.scenario import Scenario

JANUARY_HOURS = 744
FEBRUARY_HOURS = 672

EXACT_USD = 0.02
"""What the rounding of some lines to the cent may put between two plans that cost the same."""


def planned(scenario: Scenario) -> Plan:
    """The audited plan, without baselines."""
    return plan_fleet(scenario, PlanOptions(with_baselines=False))


def decided(scenario: Scenario) -> Extracted:
    """What a plan decides, solved to the end in this process: quick, for many small cases."""
    problem = state(scenario)
    model = build_model(problem)
    compiled = compile_model(model)
    options = SolveOptions(gap_share=0.0, gap_absolute=0.0, time_limit_s=60.0, seed=0)
    return extract(problem, model, compiled, solve_whole(compiled.arrays, options).values)


def changed(scenario: Scenario, **fields: Any) -> Scenario:
    """The scenario with some fields replaced."""
    return scenario.model_copy(update=fields)


def with_policy(scenario: Scenario, **fields: Any) -> Scenario:
    """The scenario with some fields of its policy replaced."""
    return changed(scenario, policy=scenario.policy.model_copy(update=fields))


def a_floor(rule: str = "floor", **overrides: Any) -> ShareFloor:
    """At least half of the tokens of every month at cloud-a."""
    fields: dict[str, Any] = {
        "rule": rule,
        "measure": ShareMeasure.TOKENS,
        "by": Grouping.PROVIDER,
        "group": "cloud-a",
        "floor_share": 0.5,
        "window": Window.MONTH,
    }
    return ShareFloor(**(fields | overrides))


def a_cap(rule: str = "cap", **overrides: Any) -> ConcentrationCap:
    """No provider above half of the tokens of a month."""
    fields: dict[str, Any] = {
        "rule": rule,
        "measure": ShareMeasure.TOKENS,
        "by": Grouping.PROVIDER,
        "cap_share": 0.5,
        "window": Window.MONTH,
    }
    return ConcentrationCap(**(fields | overrides))


def ordered(plan: Plan) -> dict[str, int]:
    """Nodes by order."""
    return {order.order: order.nodes for order in plan.orders}


def binding(plan: Plan) -> set[str]:
    """What binds, in the user's words."""
    return {rule.place for rule in plan.binding}


def objective(plan: Plan) -> Decimal:
    """The objective to the cent."""
    return plan.totals.objective_usd


def never_cheaper(harder: Plan, easier: Plan) -> bool:
    """Whether what the two plans prove agrees with "harder costs at least as much as easier".

    The claim fails only if even the bound of the easier case lies above what the harder one was done for.
    """
    return easier.bound_usd <= harder.incumbent_usd + EXACT_USD
