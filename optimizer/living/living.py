"""The living model: the first answer is worked out from nothing, later ones from what the model has learned."""

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from types import TracebackType
from typing import Self

from optimizer.diagnose import explain_infeasible
from optimizer.faults import Infeasible
from optimizer.finding import Found, PlanOptions, Stated, find, solving_in, stated
from optimizer.living.conditions import Condition, ConditionsFail, conditioned
from optimizer.plan import Plan
from optimizer.plan_making import audited, plan_of
from optimizer.problem import Problem
from optimizer.run import possible_problem
from optimizer.solve import Session
from scenarios.scenario import Scenario


class How(StrEnum):
    """How an answer came about."""

    ANEW = "anew"
    PATCHED = "patched"


@dataclass(frozen=True)
class Answer:
    """An audited plan, and how it came about."""

    plan: Plan
    how: How
    elapsed_s: float


class LivingModel:
    """Plans of one scenario and of those that differ from it in some inputs; use as a context manager."""

    def __init__(self, conditions: tuple[Condition, ...] = ()) -> None:
        self._conditions = conditions
        self._session = Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.end()

    def answer(self, scenario: Scenario, options: PlanOptions | None = None) -> Answer:
        """Plan and audit, without baselines; raises what plan_fleet raises."""
        options = options or PlanOptions()
        begun = time.monotonic()
        problem = possible_problem(scenario, options)
        plan = plan_of(self._found(problem, options))
        options.on_phase("audit")
        return Answer(audited(plan), How.ANEW, time.monotonic() - begun)

    def _found(self, problem: Problem, options: PlanOptions) -> Found:
        try:
            return find(problem, options, self._stated, solving_in(self._session))
        except Infeasible:
            if self._conditions:
                raise ConditionsFail(self._conditions) from None
            options.on_phase("explain")
            raise explain_infeasible(problem) from None

    def _stated(self, problem: Problem) -> Stated:
        given = stated(problem)
        return replace(given, compiled=conditioned(problem, given.model, given.compiled, self._conditions))

    def forget(self) -> None:
        """Go back to what was known after the first answer, so that the next does not depend on those between."""
