"""The same demand served another way: what the plan is compared with (docs/decisions/0012)."""

from optimizer.baselines.answering import Question
from optimizer.baselines.closing import gpus_only, without_quotes
from optimizer.baselines.judging import Judge
from optimizer.baselines.rules_of_thumb import on_demand_ways
from optimizer.baselines.single_provider import cheapest_single_provider
from optimizer.model import Model
from optimizer.plan import Baseline
from optimizer.problem import Problem
from optimizer.solve import Session
from optimizer.solve_arrays import Compiled

__all__ = ["other_ways"]


def other_ways(session: Session, problem: Problem, model: Model, compiled: Compiled) -> tuple[Baseline, ...]:
    """All baselines in reading order.

    `session` holds the model that was just solved for the plan. What closes a part of it comes first, because
    the others give the session models of their own.
    """
    plan = Question(problem, model, compiled, session)
    judge = Judge(problem, model, compiled)
    public = without_quotes(plan)
    gpus = gpus_only(plan, judge)
    return (
        *on_demand_ways(problem, judge, session),
        cheapest_single_provider(problem, judge, session),
        *gpus,
        *public,
    )
