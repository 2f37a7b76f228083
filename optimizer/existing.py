"""Whether a scenario has a plan at all: the checks, then one search that stops at the first plan it finds."""

from optimizer.diagnosing.explaining import explained
from optimizer.diagnosing.rules import rules_of
from optimizer.diagnosing.tries import any_plan
from optimizer.faults import Infeasible
from optimizer.finding import PlanOptions, stated
from optimizer.possible import possible_problem
from optimizer.solve import solve_whole
from scenarios.scenario import Scenario


def refuse_without_plan(scenario: Scenario, options: PlanOptions) -> tuple[str, ...]:
    """The rules that can be kept together, in words; raises Impossible with the whole explanation where there is none.

    Also raises NoPlan where time or patience ended before that was known, and SolverFault. With derived headroom the
    answer is that of the widest pools.
    """
    problem = possible_problem(scenario, options)
    options.on_phase("build")
    try:
        given = stated(problem)
        options.on_size(len(given.compiled.arrays.values))
        options.on_phase("solve")
        solve_whole(given.compiled.arrays, any_plan(scenario.run.time_limit_s, scenario.run.seed))
    except Infeasible:
        raise explained(problem, options.explain, options.on_phase) from None
    return tuple(rule.words for rule in rules_of(scenario))
