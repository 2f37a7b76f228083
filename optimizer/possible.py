"""The problem that a scenario states, if it can be seen to have a plan."""

from importlib.metadata import version

from optimizer.diagnosing.before import refuse_impossible
from optimizer.finding import PlanOptions
from optimizer.problem import Problem, state
from optimizer.solve import refuse_wrong_solver
from scenarios.scenario import Scenario


def possible_problem(scenario: Scenario, options: PlanOptions) -> Problem:
    """The problem that a scenario states; raises SolverRefused, or Impossible for what can be seen without solving."""
    refuse_wrong_solver(version("highspy"))
    options.on_phase("goodput")
    problem = state(scenario)
    refuse_impossible(problem)
    return problem
