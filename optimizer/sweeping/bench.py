"""Bench: where points are worked out, one after the other, by a living model; in this process or on a worker."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from catalog.findings import InputRejected
from optimizer.living.learned import Learned
from optimizer.living.living import LivingModel
from optimizer.living.trying import NoAnswer, Why, tried, was_stopped
from optimizer.run import PlanOptions
from optimizer.sweeping.grid import Grid, Point, Run
from optimizer.sweeping.results import Outcome, PointResult, solved
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario

Take = Callable[[PointResult], None]
"""Told of each result as soon as it is known."""

MOST_REASONS = 5


@dataclass(frozen=True)
class Settings:
    """Run settings of a sweep; None keeps the scenario's own."""

    gap_share: float | None = None
    time_limit_s: float | None = None
    """Most seconds of the solver for each point."""
    load_blocks: int | None = None

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario with the settings of the search changed."""
        run = scenario.run.searched(gap_share=self.gap_share, time_limit_s=self.time_limit_s)
        return scenario.model_copy(update={"run": run})


@dataclass(frozen=True)
class Task:
    """What is to be worked out, whoever does it."""

    inputs: Inputs
    grid: Grid
    settings: Settings

    def scenario(self, point: Point | None) -> Scenario:
        """The scenario at a point, or the base; raises InputRejected where the values are no input."""
        changes = self.grid.changes(point) if point else self.grid.fixed
        loaded = self.inputs.load(changes, load_blocks=self.settings.load_blocks)
        return self.settings.applied(loaded.scenario)

    def to_send(self) -> "Task":
        """The same without what the inputs keep at hand, which is made anew where it is needed."""
        return replace(self, inputs=Inputs(self.inputs.files))


class Bench:
    """A living model that knows the base; use as a context manager."""

    def __init__(self, task: Task, learned: Learned | None = None) -> None:
        self.task = task
        self.learned = learned
        """What the base has taught; None before it has an answer, or where it has none."""
        self._model: LivingModel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def base(self) -> PointResult:
        """Work out the base; what it teaches is what every run begins with, here and on other benches."""
        result = self._worked(None)
        self.learned = self._model.learned if self._model else None
        return result

    def work(self, run: Run, take: Take) -> None:
        """Work out the points of a run, each from what the base and those before it in the run have taught.

        Raises KeyboardInterrupt where the solver was stopped by a person.
        """
        if self.learned is None:
            self._close()  # the base has no answer: what the run before has taught must not matter
        self._living().forget()
        for point in run.points:
            take(self._worked(point))

    def _living(self) -> LivingModel:
        if self._model is None:
            self._model = LivingModel() if self.learned is None else LivingModel.from_learned(self.learned)
            self._model.__enter__()
        return self._model

    def _close(self) -> None:
        if self._model is not None:
            self._model.__exit__(None, None, None)
            self._model = None

    def _worked(self, point: Point | None) -> PointResult:
        began = time.monotonic()
        try:
            scenario = self.task.scenario(point)
        except InputRejected as rejected:
            return _unanswered(point, Outcome.REJECTED, _few(str(finding) for finding in rejected.findings), began)
        answer = tried(self._living(), scenario, PlanOptions(with_baselines=False))
        if was_stopped(answer):
            raise KeyboardInterrupt
        if isinstance(answer, NoAnswer):
            if answer.why is Why.FAILED:
                self._close()  # the next point begins with what the base has taught
            return _unanswered(point, _OUTCOMES[answer.why], _few(answer.reasons), began, scenario)
        return solved(point, answer, time.monotonic() - began)


_OUTCOMES = {
    Why.IMPOSSIBLE: Outcome.IMPOSSIBLE,
    Why.NO_TIME: Outcome.NOT_SOLVED,
    Why.FAILED: Outcome.NOT_SOLVED,
}


def _unanswered(
    point: Point | None, outcome: Outcome, reason: str, began: float, scenario: Scenario | None = None
) -> PointResult:
    return PointResult(
        point=point.number if point else 0,
        values=point.values if point else (),
        outcome=outcome,
        reason=reason,
        changes=scenario.changes if scenario else (),
        fingerprint=scenario.fingerprint() if scenario else "",
        seconds=round(time.monotonic() - began, 3),
    )


def _few(reasons: Iterable[str]) -> str:
    """The first few reasons in one line."""
    told = list(reasons)
    more = f"; and {len(told) - MOST_REASONS} more" if len(told) > MOST_REASONS else ""
    return "; ".join(told[:MOST_REASONS]) + more
