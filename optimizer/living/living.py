"""The living model: the first answer is worked out from nothing, later ones from what the model has learned."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.diagnosing.explaining import explained
from optimizer.faults import Infeasible, NoPlan, SolverFault
from optimizer.finding import (
    Found,
    PlanOptions,
    Stated,
    Ways,
    find,
    listening,
    options_of,
    solving_in,
    stated,
    with_ties_broken,
)
from optimizer.living.conditions import Condition, ConditionsFail, conditioned
from optimizer.living.learned import Learned, learned, names_of
from optimizer.plan import Plan, StopReason
from optimizer.plan_making import audited, plan_of
from optimizer.possible import possible_problem
from optimizer.problem import Problem
from optimizer.rounds import in_rounds
from optimizer.solve import Session, Solved, solve_again_in
from optimizer.solve_protocol import Held, PriceReply, SolveOptions
from scenarios.scenario import Scenario

MOST_TIED_COLUMNS = 20_000
"""Up to here patched answers break ties like any other: beyond, that would take longer than the answer itself."""


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
    """Plans of one scenario and of those that differ from it in some inputs; use as a context manager.

    The solver process may die at any time: it knows nothing that is not kept here, and the next question begins one.
    """

    def __init__(self, conditions: tuple[Condition, ...] = ()) -> None:
        self._conditions = conditions
        self._session = Session()
        self._first: Learned | None = None
        self._now: Learned | None = None
        self._asked = _Asked(b"", How.ANEW)

    @classmethod
    def from_learned(cls, known: Learned, conditions: tuple[Condition, ...] | None = None) -> Self:
        """A model that begins with what another has learned, as if that had answered first, in any process.

        Other conditions than those of the other model are allowed: where they change its structure, the first answer
        is worked out anew.
        """
        model = cls(known.conditions if conditions is None else conditions)
        model._first = model._now = known
        return model

    @property
    def learned(self) -> Learned | None:
        """What the first answer has taught, to be sent to other processes; None before there is one."""
        return self._first

    @property
    def solver_pid(self) -> int | None:
        """Id of the solver process; None where none is running."""
        return self._session.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.end()

    def answer(self, scenario: Scenario, options: PlanOptions | None = None) -> Answer:
        """Plan and audit, without baselines; raises what plan_fleet raises, and ConditionsFail."""
        with _nothing_collected():
            return self._answer(scenario, options or PlanOptions())

    def _answer(self, scenario: Scenario, options: PlanOptions) -> Answer:
        begun = time.monotonic()
        self._session.stopped_by_user = False
        problem = possible_problem(scenario, options)
        if self._now is not None:
            problem = replace(problem, settles_as_agreed=self._now.settles_as_agreed)
        plan = plan_of(in_rounds(self._found(problem, options), lambda again: self.found(again, options)))
        if self._session.stopped_by_user:  # whoever asks again and again must hear of it, whatever it came to
            plan = plan.model_copy(update={"stop_reason": StopReason.STOPPED_BY_USER})
        options.on_phase("audit")
        return Answer(audited(plan), self._asked.how, time.monotonic() - begun)

    def priced(self, arrays: Arrays, options: SolveOptions, held: tuple[Held, ...] = ()) -> PriceReply:
        """A linear program with the rows and columns of the first answer, from what that has taught; see Session."""
        taught = self._first
        return PriceReply(None, None) if taught is None else self._session.priced(arrays, options, taught.lesson, held)

    def forget(self) -> None:
        """Go back to what was known after the first answer, so that the next does not depend on those between."""
        self._now = self._first

    def found(self, problem: Problem, options: PlanOptions) -> Found:
        """What is found for a problem, from what was learned before, and learned from; raises what `find` raises."""
        return find(problem, options, Ways(self._session, self._stated, self._solved, self._learn))

    def _found(self, problem: Problem, options: PlanOptions) -> Found:
        """What is found; what is said of rules that collide takes no longer than what is left of the time limit."""
        begun = time.monotonic()
        try:
            return self.found(problem, options)
        except Infeasible:
            if self._conditions:
                raise ConditionsFail(self._conditions) from None
            left_s = max(0.0, problem.scenario.run.time_limit_s - (time.monotonic() - begun))
            raise explained(problem, replace(options.explain, time_limit_s=left_s), options.on_phase) from None

    def _stated(self, problem: Problem) -> Stated:
        given = stated(problem, None if self._now is None else self._now.money_scale_usd)
        return replace(given, compiled=conditioned(problem, given.model, given.compiled, self._conditions))

    def _solved(self, given: Stated, options: PlanOptions) -> Solved:
        """Patched where the structure is the same and the answer can be trusted, else anew."""
        names = names_of(given)
        changed = None if self._now is None else self._now.changed(given, names)
        if self._now is not None and changed is not None:
            self._asked = _Asked(names, How.PATCHED)
            arrays, limits = given.compiled.arrays, options_of(given)
            found = solve_again_in(self._session, arrays, limits, self._now.lesson, changed, listening(given, options))
            if found is not None:
                small = len(arrays.cost) <= MOST_TIED_COLUMNS
                return with_ties_broken(self._session, given, options, found) if small else found
            if self._session.stopped_by_user:
                raise NoPlan(interrupted=True)
        self._asked = _Asked(names, How.ANEW)
        return solving_in(self._session)(given, options)

    def learn(self, session: Session, found: Found) -> None:
        """Learn from what plan_fleet has found, as if this had answered first: for PlanOptions.on_found.

        A model with conditions learns nothing from it: that plan was not asked to keep them.
        """
        if not self._conditions:
            self._asked = _Asked(names_of(found.stated), How.ANEW)
            self._first = None
            self._keep(session, found)

    def _learn(self, found: Found) -> None:
        self._keep(self._session, found)

    def _keep(self, session: Session, found: Found) -> None:
        """Keep what the answer teaches; nothing where the solver cannot tell it any more."""
        try:
            lesson = session.learned(_whole(found))
        except SolverFault:
            self._now = None
            return
        self._now = learned(found.stated, self._asked.names, self._conditions, lesson)
        self._first = self._first or self._now


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Leave the garbage of an answer to counting references, which frees its model as a whole.

    The collector would walk through the million objects of a living model again and again: a seventh of an answer.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True)
class _Asked:
    """The last model that was solved: digest of its names, and how."""

    names: bytes
    how: How


def _whole(found: Found) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.rint(found.solved.values[found.stated.compiled.arrays.integer])
    return values
