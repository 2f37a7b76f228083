"""Questions to living models: each asked once for what it is asked, timed, and kept with its proof."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Self

from catalog.findings import InputRejected
from optimizer.comparing.weighing import objective_parts
from optimizer.living.conditions import Condition, Measured
from optimizer.living.kept import Use, keeps, use_of
from optimizer.living.learned import Learned
from optimizer.living.living import LivingModel
from optimizer.living.trying import NoAnswer, Why, tried, was_stopped
from optimizer.negotiating.records import Outcome, Solve
from optimizer.plan import Plan
from optimizer.tolerances import rounding_usd
from scenarios.changes import Change
from scenarios.scenario import Scenario

Load = Callable[[Sequence[Change]], Scenario]
"""The scenario with changes made; raises InputRejected where they make no sense."""

MOST_CHANGES_NAMED = 12
"""A haircut changes every point of an accelerator: the record names the first."""
ONE_SOLVE_SHARE = 0.25
"""So much of the time of a question one solve may have: a gap that stays open can still prove a sign elsewhere."""
ONE_SOLVE_S = 300.0
"""But so long in any case, where there is as much."""
LEAST_S = 0.5
"""With less time than this nothing is begun."""


@dataclass
class Budget:
    """Seconds for all questions, and for the one at hand."""

    total_s: float
    clock: Callable[[], float] = time.monotonic
    _begun: float = field(init=False)
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        self._begun = self.clock()
        self._until = self.total_s

    def elapsed_s(self) -> float:
        """Seconds since it was made."""
        return self.clock() - self._begun

    def left_s(self) -> float:
        """Seconds for all that is still to be asked."""
        return max(0.0, self.total_s - self.elapsed_s())

    def allot(self, share: float) -> None:
        """From now on the question at hand may have this share of what is left."""
        self._until = self.elapsed_s() + share * self.left_s()

    def question_left_s(self) -> float:
        """Seconds for the question at hand."""
        return max(0.0, min(self._until, self.total_s) - self.elapsed_s())

    def solve_s(self) -> float:
        """Seconds for the next solve."""
        left = self.question_left_s()
        return min(left, max(ONE_SOLVE_S, ONE_SOLVE_SHARE * left))


@dataclass(frozen=True)
class Case:
    """What is asked: inputs, and what a plan must keep beyond their rules."""

    changes: tuple[Change, ...] = ()
    conditions: tuple[Condition, ...] = ()


class Asker:
    """Asks living models, one for each set of conditions; use as a context manager."""

    def __init__(self, load: Load, offer: str, budget: Budget, tell: Callable[[str], None] = lambda what: None) -> None:
        self._load = load
        self._offer = offer
        self.budget = budget
        self._tell = tell
        self._models: dict[tuple[Condition, ...], LivingModel] = {}
        self._first: Learned | None = None
        """What the first answer has taught: the models of other conditions begin with it."""
        self._known: dict[Case, Solve] = {}
        self._use: dict[Case, Use] = {}
        """What solved plans take of the offer."""
        self.solves: list[Solve] = []
        self.stopped = False
        """Whether the user has stopped it: what is known stands, and nothing more is asked."""
        self.so_far = ""
        """What is known of the question at hand, to be told with the next solve."""
        self.ran_out = False
        """Whether something was not asked for want of time."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for model in self._models.values():
            model.__exit__(kind, error, trace)

    def ask(self, question: str, case: Case, *, value: Decimal | None = None, sharpness: int = 0) -> Solve | None:
        """The proof of a case with the asked gap tightened so often; None where there is no time for it.

        A proof that is known, and as sharp, is not asked for again; what had too little time for any plan is. A plan
        that was free to use the offer or not is the answer for what it does: its bound holds for fewer plans, too.
        """
        known = self._known.get(case) or self._free(case)
        if known is not None and _is_settled(known, sharpness):
            return known
        if self.stopped or self.budget.question_left_s() < LEAST_S:
            self.ran_out = True
            return None
        number = len(self.solves) + 1
        at = "" if value is None else f" at {value:f}"
        self._tell(f"solve {number}: {question}{at}, {_said(case)}{self.so_far}")
        begun = self.budget.elapsed_s()
        asked = Solve(
            number=number,
            question=question,
            value=value,
            condition="; ".join(map(str, case.conditions)),
            changes=tuple(map(str, case.changes[:MOST_CHANGES_NAMED])),
            outcome="failed",
            sharpness=sharpness,
            asked_gap_share=0.0,
            asked_gap_usd=0.0,
            elapsed_s=0.0,
        )
        solve = self._solved(asked, case).model_copy(update={"elapsed_s": self.budget.elapsed_s() - begun})
        self.solves.append(solve)
        self._known[case] = _better(known, solve)
        return self._known[case]

    def _free(self, case: Case) -> Solve | None:
        """What is known of the case without its conditions, where the plan keeps them."""
        free = Case(case.changes)
        use = self._use.get(free)
        if use is None or any(each.measured is not Measured.ORDER or not use.keeps(each) for each in case.conditions):
            return None
        return self._known[free]

    def _solved(self, solve: Solve, case: Case) -> Solve:
        try:
            scenario = _hurried(self._load(case.changes), solve.sharpness, self.budget.solve_s())
            run = scenario.run
            solve = solve.model_copy(
                update={
                    "asked_gap_share": run.gap_share,
                    "asked_gap_usd": run.gap_usd,
                    "fingerprint": scenario.fingerprint(),
                }
            )
        except InputRejected as rejected:
            finding = next(iter(rejected.findings))
            return _without(solve, "refused", f"{finding.found}, expected {finding.expected}. {finding.hint}")
        except KeyboardInterrupt:
            self.stopped = True
            return _without(solve, "no_plan", Why.STOPPED.value)
        answer = tried(self._model(case.conditions), scenario)
        self.stopped = self.stopped or was_stopped(answer)
        if isinstance(answer, NoAnswer):
            self.ran_out = self.ran_out or answer.why is Why.NO_TIME
            if answer.why is Why.FAILED:
                self._models.pop(case.conditions).__exit__(None, None, None)
            return _without(solve, _OUTCOMES[answer.why], str(answer))
        self._first = self._first or self._model(case.conditions).learned
        self._use[case] = use_of(answer.plan, self._offer)
        return _with_plan(solve, answer.plan, case, self._use[case], self._offer).model_copy(
            update={"how": answer.how.value}
        )

    def _model(self, conditions: tuple[Condition, ...]) -> LivingModel:
        """All have the row of the offer's use: where nothing else differs, the first teaches the others."""
        if conditions not in self._models:
            on_use = any(each.measured is Measured.ORDER for each in conditions)
            stated = conditions if on_use else (Condition(self._offer, Measured.ORDER, at_least=0.0), *conditions)
            known = self._first
            model = LivingModel(stated) if known is None else LivingModel.from_learned(known, stated)
            self._models[conditions] = model.__enter__()
        return self._models[conditions]


_OUTCOMES: dict[Why, Outcome] = {
    Why.IMPOSSIBLE: "impossible",
    Why.STOPPED: "no_plan",
    Why.NO_TIME: "no_plan",
    Why.FAILED: "failed",
}


def _said(case: Case) -> str:
    return "; ".join(map(str, case.conditions)) or "no condition"


def _is_settled(solve: Solve, sharpness: int) -> bool:
    """Whether to ask again would tell nothing new."""
    return solve.outcome in ("impossible", "refused", "failed") or (
        solve.outcome == "solved" and _is_sharp(solve, sharpness)
    )


def _is_sharp(solve: Solve, sharpness: int) -> bool:
    """Whether a proof is as sharp as asked, or as sharp as can be."""
    return solve.sharpness >= sharpness or not (solve.asked_gap_share or solve.asked_gap_usd)


def _better(known: Solve | None, solve: Solve) -> Solve:
    """The tighter of two proofs of a case."""
    return solve if known is None or solve.proven.gap_usd <= known.proven.gap_usd else known


def _hurried(scenario: Scenario, sharpness: int, most_s: float) -> Scenario:
    """The scenario with a tighter gap, and no more time for the solver than it may have."""
    run = scenario.run
    tighter = 4.0**-sharpness
    return scenario.model_copy(
        update={
            "run": run.model_copy(
                update={
                    "gap_share": run.gap_share * tighter,
                    "gap_usd": run.gap_usd * tighter,
                    "time_limit_s": min(run.time_limit_s, most_s),
                }
            )
        }
    )


def _without(solve: Solve, outcome: Outcome, note: str) -> Solve:
    return solve.model_copy(update={"outcome": outcome, "note": note[:1000]})


def _with_plan(solve: Solve, plan: Plan, case: Case, use: Use, offer: str) -> Solve:
    if not all(keeps(plan, condition) for condition in case.conditions):
        return _without(solve, "failed", "the plan does not keep its condition")
    return solve.model_copy(
        update={
            "outcome": "solved",
            "incumbent_usd": plan.incumbent_usd,
            "bound_usd": plan.bound_usd,
            "rounding_usd": rounding_usd(plan.cost_lines),
            "own_usd": float(objective_parts(plan, lambda line: line.source).get(offer, 0)),
            "is_used": use.is_used,
        }
    )
