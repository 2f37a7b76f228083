"""The candidates solved at both ends, the most promising first, until the time is over; and what is shown of that."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from catalog.findings import InputRejected
from optimizer.living.trying import Answered, Answering, NoAnswer, Why, tried, was_stopped
from optimizer.plan import Plan
from optimizer.plan_making import audited
from optimizer.plan_sensitivity import (
    MOST_SHOWN,
    EndOutcome,
    LeftOut,
    SensitiveInput,
    Sensitivity,
    SensitivityEnd,
    SensitivityEnded,
)
from optimizer.sensitivity.candidates import Candidate, candidates
from optimizer.sensitivity.effects import impossible, not_solved, refused, solved
from optimizer.sensitivity.levers import Move
from optimizer.sensitivity.sources import SOURCES
from scenarios.changes import Change
from scenarios.scenario import Scenario

MOST_SOLVED = 20
"""Candidates that are solved, the first by their estimates."""
LEAST_SOLVE_S = 1.0
"""With less time than this left nothing more is begun."""


class Remembering(Answering[Answered], Protocol):
    """A living model, which can go back to its first answer."""

    def forget(self) -> None:
        """Go back to what was known after the first answer."""


Vary = Callable[[Sequence[Change]], Scenario]
"""The scenario of the plan with some inputs changed; raises InputRejected."""


@dataclass(frozen=True)
class Step:
    """What is solved next, of several plans that are made again."""

    number: int
    of: int
    name: str
    """What is changed."""
    left_s: float
    """Until the time for all of them is over."""


@dataclass(frozen=True)
class SensitivityOptions:
    """How long to go on, and whom to tell."""

    time_limit_s: float
    on_step: Callable[[Step], None] = field(default=lambda step: None)
    clock: Callable[[], float] = time.monotonic


def with_sensitivity(plan: Plan, vary: Vary, living: Remembering, options: SensitivityOptions) -> Plan:
    """The plan with what moves its cost most, audited again; raises AuditFailed.

    An interruption ends the search and keeps what there is.
    """
    ranked = candidates(plan, SOURCES)
    search = _Search(plan, vary, living, options)
    tried = search.measure(ranked[:MOST_SOLVED])
    found = _sensitivity(ranked, tried, search)
    return audited(plan.model_copy(update={"sensitivity": found, "audit": None}))


class _Search:
    """Solves the ends one after the other, and knows why it ended."""

    def __init__(self, plan: Plan, vary: Vary, living: Remembering, options: SensitivityOptions) -> None:
        self._plan, self._vary, self._living, self._options = plan, vary, living, options
        self._ends_at = options.clock() + options.time_limit_s
        self.ended = SensitivityEnded.FINISHED
        self.solves = 0

    def measure(self, asked: Sequence[Candidate]) -> tuple[SensitiveInput, ...]:
        """Every candidate with its ends; those that were not reached are not solved."""
        numbers = count(1)
        of = sum(move is not None for row in asked for move in (row.lever.low, row.lever.high))
        return tuple(
            SensitiveInput(
                varied=row.varied,
                of=row.of,
                name=row.name,
                path=row.lever.path,
                cells=row.lever.cells,
                value=row.lever.value,
                low=self._end(row, row.lever.low, numbers, of),
                high=self._end(row, row.lever.high, numbers, of),
            )
            for row in asked
        )

    def _end(self, row: Candidate, move: Move | None, numbers: "count[int]", of: int) -> SensitivityEnd | None:
        if move is None:
            return None
        number, left_s = next(numbers), self._ends_at - self._options.clock()
        if self.ended is SensitivityEnded.FINISHED and left_s < LEAST_SOLVE_S:
            self.ended = SensitivityEnded.TIME_LIMIT
        if self.ended is not SensitivityEnded.FINISHED:
            return not_solved(move.value, _WHY_NOT[self.ended])
        try:
            self._options.on_step(Step(number, of, f"{row.name} {move.value}", left_s))
            return self._solved(move, left_s)
        except KeyboardInterrupt:
            return self._stopped(move)

    def _solved(self, move: Move, left_s: float) -> SensitivityEnd:
        """An end, solved for as long as there is time."""
        self.solves += 1
        self._living.forget()  # so that no end depends on those before it, nor on how far they were from the plan
        try:
            scenario = self._vary(move.changes)
            run = scenario.run.model_copy(update={"time_limit_s": min(scenario.run.time_limit_s, left_s)})
        except InputRejected as rejected:
            self.solves -= 1
            return refused(move.value, rejected)
        found = tried(self._living, scenario.model_copy(update={"run": run}))
        if was_stopped(found):
            self.ended = SensitivityEnded.STOPPED_BY_USER
        if isinstance(found, NoAnswer):
            return _without_plan(move.value, found)
        return solved(move.value, self._plan, found.plan)

    def _stopped(self, move: Move) -> SensitivityEnd:
        self.ended = SensitivityEnded.STOPPED_BY_USER
        return not_solved(move.value, _WHY_NOT[self.ended])


def _without_plan(value: str, found: NoAnswer) -> SensitivityEnd:
    if found.why is Why.IMPOSSIBLE:
        return impossible(value, str(found))
    own = {Why.STOPPED: _WHY_NOT[SensitivityEnded.STOPPED_BY_USER], Why.NO_TIME: "no plan in the time left"}
    return not_solved(value, own.get(found.why, str(found)))


_WHY_NOT = {
    SensitivityEnded.TIME_LIMIT: "the time for sensitivities was over",
    SensitivityEnded.STOPPED_BY_USER: "stopped by the user",
}


def _sensitivity(ranked: Sequence[Candidate], tried: Sequence[SensitiveInput], search: _Search) -> Sensitivity:
    known = [row for row in tried if row.is_impossible_somewhere or row.largest_usd is not None]
    shown = sorted(known, key=_by_effect)[:MOST_SHOWN]
    names = {row.name for row in shown}
    by_name = {row.name: row for row in tried}
    return Sensitivity(
        inputs=tuple(shown),
        left_out=tuple(_left_out(row, by_name.get(row.name)) for row in ranked if row.name not in names),
        solves=search.solves,
        ended=search.ended,
    )


def _by_effect(row: SensitiveInput) -> tuple[bool, float, str]:
    """Without a plan at one end first, then by what it moves, then by name."""
    return not row.is_impossible_somewhere, -float(row.largest_usd or 0), row.name


def _left_out(row: Candidate, tried: SensitiveInput | None) -> LeftOut:
    return LeftOut(
        varied=row.varied,
        of=row.of,
        name=row.name,
        estimate_usd=round(row.estimate_usd, 2),
        largest_usd=None if tried is None else tried.largest_usd,
        reason=_why_left_out(tried),
    )


def _why_left_out(tried: SensitiveInput | None) -> str:
    if tried is None:
        return f"not solved: {MOST_SOLVED} others are expected to move the cost more"
    if tried.is_impossible_somewhere or tried.largest_usd is not None:
        return f"moves the cost less than the {MOST_SHOWN} shown"
    return next((end.reason for end in tried.ends if end.outcome is EndOutcome.REFUSED), tried.ends[0].reason)
