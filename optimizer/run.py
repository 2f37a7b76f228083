"""The use case: a scenario in, an audited plan out."""

from optimizer.baselines import other_ways
from optimizer.diagnosing.explaining import explained
from optimizer.faults import Infeasible
from optimizer.finding import Found, PlanOptions, Ways, find, solve_options, solving_in, stated
from optimizer.knowing import NotCompared, value_of_knowing
from optimizer.living.living import LivingModel
from optimizer.plan import Baseline, Plan
from optimizer.plan_headroom import AT_THE_WIDEST
from optimizer.plan_making import AuditFailed, audited, plan_of
from optimizer.possible import possible_problem
from optimizer.problem import Problem
from optimizer.rounds import in_rounds
from optimizer.solve import Session
from scenarios.scenario import Scenario

__all__ = ["AuditFailed", "PlanOptions", "plan_fleet", "possible_problem", "solve_options"]

NOT_KNOWN = "what knowing is worth is not stated with derived headroom: its plans would rest on pools of their own"


def plan_fleet(scenario: Scenario, options: PlanOptions | None = None) -> Plan:
    """Plan, audit and return; raises Impossible, NoPlan, SolverFault or AuditFailed instead of a doubtful plan."""
    options = options or PlanOptions()
    problem = possible_problem(scenario, options)
    with Session() as session, LivingModel() as living:
        found = _found(session, living, problem, options)
        plan = plan_of(in_rounds(found, lambda again: living.found(again, options)))
        if options.with_baselines:
            options.on_phase("baselines")
            given = found.stated
            ways = _told(given.problem, other_ways(session, given.problem, given.model, given.compiled))
            plan = _with_knowing(problem, plan.model_copy(update={"baselines": ways}), options)
    options.on_phase("audit")
    return audited(plan)


def _found(session: Session, living: LivingModel, problem: Problem, options: PlanOptions) -> Found:
    """What the solver finds; raises Impossible with the rules that collide where it finds that nothing can be."""

    def tell(found: Found) -> None:
        options.on_found(session, found)
        if problem.headroom is not None:
            living.learn(session, found)

    try:
        return find(problem, options, Ways(session, stated, solving_in(session), tell))
    except Infeasible:
        raise explained(problem, options.explain, options.on_phase) from None


def _told(problem: Problem, ways: tuple[Baseline, ...]) -> tuple[Baseline, ...]:
    """Baselines that say on which pools they rest, where that is not stated."""
    if problem.headroom is None:
        return ways
    notes = ("; ".join(filter(None, (way.note, AT_THE_WIDEST))) for way in ways)
    return tuple(way.model_copy(update={"note": note}) for way, note in zip(ways, notes, strict=True))


def _with_knowing(problem: Problem, plan: Plan, options: PlanOptions) -> Plan:
    """The plan with what knowing is worth, where there is more than one outlook; a note where it was not found."""
    if len(problem.outlooks) == 1:
        return plan
    if problem.headroom is not None:
        return plan.model_copy(update={"notes": (*plan.notes, NOT_KNOWN)})

    def tell(what: str) -> None:
        options.on_phase(f"knowing: {what}")

    try:
        knowing = value_of_knowing(problem, plan, solve_options(problem, 1.0), tell)
    except NotCompared as reason:
        return plan.model_copy(update={"notes": (*plan.notes, f"what knowing is worth is not stated: {reason}")})
    return plan.model_copy(update={"knowing": knowing})
