"""The living model: the first answer is worked out from nothing, later ones from what the model has learned."""

from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from optimizer.living.conditions import Condition
from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def answer(self, scenario: Scenario, options: PlanOptions | None = None) -> Answer:
        """Plan and audit, without baselines; raises what plan_fleet raises."""
        return Answer(plan_fleet(scenario, PlanOptions(with_baselines=False)), How.ANEW, 0.0)

    def forget(self) -> None:
        """Go back to what was known after the first answer, so that the next does not depend on those between."""
