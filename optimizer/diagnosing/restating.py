"""The problem of a scenario that differs from another in rules, stock, quota or demand only."""

from dataclasses import replace

from optimizer.eligibility import eligibility
from optimizer.problem import Problem
from scenarios.scenario import Scenario


def restated(problem: Problem, scenario: Scenario) -> Problem:
    """The same problem of another scenario; goodput is evaluated anew only where other offerings may serve."""
    if scenario.policy.audit_answers == problem.scenario.policy.audit_answers:
        return replace(problem, scenario=scenario)
    return replace(problem, scenario=scenario, eligibility=eligibility(scenario))
