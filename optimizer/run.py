"""The use case: a scenario in, an audited plan out."""

from importlib.metadata import version

from optimizer.baselines import other_ways
from optimizer.diagnose import explain_infeasible, refuse_impossible
from optimizer.faults import Infeasible
from optimizer.finding import Found, PlanOptions, find, solve_options, solving_in, stated
from optimizer.knowing import NotCompared, value_of_knowing
from optimizer.plan import Plan
from optimizer.plan_making import AuditFailed, audited, plan_of
from optimizer.problem import Problem, state
from optimizer.solve import Session, refuse_wrong_solver
from scenarios.scenario import Scenario

__all__ = ["AuditFailed", "PlanOptions", "plan_fleet", "possible_problem", "solve_options"]


def plan_fleet(scenario: Scenario, options: PlanOptions | None = None) -> Plan:
    """Plan, audit and return; raises Impossible, NoPlan, SolverFault or AuditFailed instead of a doubtful plan."""
    options = options or PlanOptions()
    problem = possible_problem(scenario, options)
    with Session() as session:
        found = _found(session, problem, options)
        options.on_found(session, found)
        plan = plan_of(found)
        if options.with_baselines:
            options.on_phase("baselines")
            given = found.stated
            ways = other_ways(session, given.problem, given.model, given.compiled)
            plan = _with_knowing(problem, plan.model_copy(update={"baselines": ways}), options)
    options.on_phase("audit")
    return audited(plan)


def possible_problem(scenario: Scenario, options: PlanOptions) -> Problem:
    """The problem that a scenario states; raises SolverRefused, or Impossible for what can be seen without solving."""
    refuse_wrong_solver(version("highspy"))
    options.on_phase("goodput")
    problem = state(scenario)
    refuse_impossible(problem)
    return problem


def _found(session: Session, problem: Problem, options: PlanOptions) -> Found:
    """What the solver finds; raises Impossible with the rules that collide where it finds that nothing can be."""
    try:
        return find(problem, options, stated, solving_in(session))
    except Infeasible:
        options.on_phase("explain")
        raise explain_infeasible(problem) from None


def _with_knowing(problem: Problem, plan: Plan, options: PlanOptions) -> Plan:
    """The plan with what knowing is worth, where there is more than one outlook; a note where it was not found."""
    if len(problem.outlooks) == 1:
        return plan

    def tell(what: str) -> None:
        options.on_phase(f"knowing: {what}")

    try:
        knowing = value_of_knowing(problem, plan, solve_options(problem, 1.0), tell)
    except NotCompared as reason:
        return plan.model_copy(update={"notes": (*plan.notes, f"what knowing is worth is not stated: {reason}")})
    return plan.model_copy(update={"knowing": knowing})
