"""Plans for inputs that differ a little from those of a plan, within a number and a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.findings import InputRejected
from catalog.records import TEXT_LIMIT
from optimizer.comparing.differences import difference, tolerance_usd, verdict
from optimizer.living.conditions import Condition
from optimizer.living.living import Answer, LivingModel
from optimizer.living.trying import NoAnswer, tried, was_stopped
from optimizer.living.trying import Why as WhyNot
from optimizer.plan import Plan
from optimizer.plan_why import WhyEnded, WhyOutcome, Worth
from optimizer.sensitivity.measuring import Step
from scenarios.scenario import Scenario

MOST = 12
"""Plans that are made again, unless the user says otherwise."""
TIME_LIMIT_S = 120.0
"""For all of them together, unless the user says otherwise."""
LARGE_COLUMNS = 20_000
"""Beyond, a plan far from the one at hand is searched from nothing: from what that taught, its orders are hard to leave
(decision 0040)."""
LEAST_SOLVE_S = 1.0
"""With less time than this left nothing more is begun."""


@dataclass(frozen=True)
class WhyOptions:
    """How much to solve again, how long, and whom to tell."""

    most: int = MOST
    time_limit_s: float = TIME_LIMIT_S
    """0: nothing is solved again."""
    on_step: Callable[[Step], None] = field(default=lambda step: None)
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Unanswered:
    """Why there is no plan to compare with."""

    outcome: WhyOutcome
    reason: str


Asked = Plan | Unanswered


class Asker:
    """Asks one living model, each time from what the solve of the plan taught; knows why it ended."""

    def __init__(self, living: LivingModel, options: WhyOptions, questions: int) -> None:
        self._living, self._options = living, options
        self._of = min(options.most, questions)
        self._ends_at = options.clock() + options.time_limit_s
        self.ended = WhyEnded.FINISHED
        self.solves = 0

    def left_s(self) -> float:
        """Seconds until nothing more is begun."""
        return self._ends_at - self._options.clock()

    def ask(
        self, name: str, scenario: Callable[[], Scenario], conditions: tuple[Condition, ...] = ()
    ) -> Asked:
        """The plan for a scenario that is made when there is time for it, or why there is none.

        An interruption ends all questions and keeps what there is.
        """
        return self._in_the_limits(name, lambda: self._asked(scenario(), lambda made: self._tried(made, conditions)))

    def ask_far(self, name: str, scenario: Callable[[], Scenario], columns: int) -> Asked:
        """The same for a scenario that asks for much less, or much more, in a model of so many columns."""
        trying = self._from_nothing if columns > LARGE_COLUMNS else self._near
        return self._in_the_limits(name, lambda: self._asked(scenario(), trying))

    def _in_the_limits(self, name: str, answer: Callable[[], Asked]) -> Asked:
        self._look_at_the_limits()
        if self.ended is not WhyEnded.FINISHED:
            return Unanswered(WhyOutcome.NOT_SOLVED, _ENDED[self.ended])
        try:
            self._options.on_step(Step(self.solves + 1, self._of, name, self.left_s()))
            return answer()
        except InputRejected as rejected:
            return Unanswered(WhyOutcome.REFUSED, shortened(str(rejected.findings[0])))
        except KeyboardInterrupt:
            self.ended = WhyEnded.STOPPED_BY_USER
            return Unanswered(WhyOutcome.NOT_SOLVED, _ENDED[self.ended])

    def _look_at_the_limits(self) -> None:
        if self.ended is WhyEnded.FINISHED and self.solves >= self._options.most:
            self.ended = WhyEnded.NUMBER
        if self.ended is WhyEnded.FINISHED and self.left_s() < LEAST_SOLVE_S:
            self.ended = WhyEnded.TIME_LIMIT

    def _asked(self, scenario: Scenario, trying: Callable[[Scenario], Answer | NoAnswer]) -> Asked:
        self.solves += 1
        limit_s = min(scenario.run.time_limit_s, self.left_s())
        scenario = scenario.model_copy(update={"run": scenario.run.model_copy(update={"time_limit_s": limit_s})})
        found = trying(scenario)
        if was_stopped(found):
            self.ended = WhyEnded.STOPPED_BY_USER
        return _unanswered(found) if isinstance(found, NoAnswer) else found.plan

    def _tried(self, scenario: Scenario, conditions: tuple[Condition, ...]) -> Answer | NoAnswer:
        if not conditions:
            return self._near(scenario)
        taught = self._living.learned
        with LivingModel(conditions) if taught is None else LivingModel.from_learned(taught, conditions) as held:
            return tried(held, scenario)

    def _near(self, scenario: Scenario) -> Answer | NoAnswer:
        """From the first answer each time, so that no question depends on those before it."""
        self._living.forget()
        return tried(self._living, scenario)

    def _from_nothing(self, scenario: Scenario) -> Answer | NoAnswer:
        with LivingModel() as fresh:
            return tried(fresh, scenario)


_ENDED = {
    WhyEnded.NUMBER: "others came first, and no more were to be solved",
    WhyEnded.TIME_LIMIT: "the time for it was over",
    WhyEnded.STOPPED_BY_USER: "stopped by the user",
}


def _unanswered(found: NoAnswer) -> Unanswered:
    if found.why is WhyNot.IMPOSSIBLE:
        return Unanswered(WhyOutcome.IMPOSSIBLE, shortened(str(found)))
    own = {WhyNot.STOPPED: _ENDED[WhyEnded.STOPPED_BY_USER], WhyNot.NO_TIME: "no plan in the time left"}
    return Unanswered(WhyOutcome.NOT_SOLVED, shortened(own.get(found.why, str(found))))


def shortened(text: str) -> str:
    """A text that fits a record."""
    return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 3]}..."


def dearer_by(dearer: Plan, cheaper: Plan) -> Worth:
    """The cost of one plan less that of another, with the interval in which the difference of the optima lies."""
    told = difference(cheaper, dearer)
    sign = verdict(told.at_least_usd, told.at_most_usd, tolerance_usd(cheaper, dearer))
    return Worth(
        at_least_usd=told.at_least_usd,
        usd=told.usd,
        at_most_usd=told.at_most_usd,
        distinguishable=sign != "not distinguishable",
    )


def per_month(amount_usd: Decimal, months: int) -> Decimal:
    """An amount by months, in whole cents."""
    return (amount_usd / months).quantize(Decimal("0.01"))
