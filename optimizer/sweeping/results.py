"""PointResult: what became of one point, short enough to keep thousands of them."""

from decimal import Decimal
from enum import StrEnum

from catalog.records import Record
from optimizer.comparing.differences import tolerance_usd
from optimizer.comparing.weighing import shortfall_mtok
from optimizer.living.living import Answer, How
from optimizer.plan import Plan, Status, StopReason
from optimizer.sweeping.buying import ToSign, buy_list, list_fingerprint
from optimizer.sweeping.grid import Point
from scenarios.changes import ChangeMade

BOUND_TOLERANCE = 1e-6
"""What two bounds may differ by, as a share, where two machines solve the same problem."""


class Outcome(StrEnum):
    """What became of a point."""

    SOLVED = "solved"
    IMPOSSIBLE = "impossible"
    """No plan can keep all rules with these values."""
    REJECTED = "rejected"
    """The values are no input: out of range, or they contradict something."""
    NOT_SOLVED = "not_solved"
    """The time limit came before any plan, or the solver or the audit failed."""


class PointAnswer(Record):
    """The plan of one point, in figures; it has passed its audit."""

    status: Status
    stop_reason: StopReason
    incumbent_usd: float
    """Objective of the plan found."""
    bound_usd: float
    """No plan for these inputs costs less, as far as the solver can prove."""
    gap: float
    """(incumbent - bound) / incumbent; a fraction."""
    objective_usd: Decimal
    effective_usd: Decimal
    cash_usd: Decimal
    shortfall_penalty_usd: Decimal
    usd_per_mtok: Decimal | None
    """Effective cost per million accepted output tokens served; None when nothing is served."""
    served_mtok: Decimal
    shortfall_mtok: Decimal
    """Expected accepted output tokens that are asked for and not served, in millions."""
    tolerance_usd: float
    """What bound and incumbent may be off: the solver's tolerance and the cents of each line."""
    buy_list: str
    """Fingerprint of `to_sign`: equal for equal lists."""
    to_sign: tuple[ToSign, ...]


class PointResult(Record):
    """One line of a sweep."""

    point: int
    """Its number on the grid; 0 is the base."""
    values: tuple[str, ...]
    """One for each axis; none for the base."""
    outcome: Outcome
    reason: str = ""
    """Why there is no plan."""
    answer: PointAnswer | None = None
    changes: tuple[ChangeMade, ...] = ()
    """The inputs that are changed, with what they were."""
    fingerprint: str = ""
    """Of the scenario with these values; blank where it was rejected."""
    how: How | None = None
    seconds: float = 0.0

    @property
    def repeatable(self) -> bool:
        """Whether working it out again must give the same: not where the clock stopped it, or something failed."""
        if self.answer is not None:
            return self.answer.stop_reason is StopReason.GAP_REACHED
        return self.outcome is not Outcome.NOT_SOLVED


def solved(point: Point | None, answer: Answer, seconds: float) -> PointResult:
    """The result of a point that has a plan; None is the base."""
    plan = answer.plan
    return PointResult(
        point=point.number if point else 0,
        values=point.values if point else (),
        outcome=Outcome.SOLVED,
        answer=_figures(plan),
        changes=plan.scenario.changes,
        fingerprint=plan.fingerprint,
        how=answer.how,
        seconds=round(seconds, 3),
    )


def _figures(plan: Plan) -> PointAnswer:
    to_sign = buy_list(plan)
    return PointAnswer(
        status=plan.status,
        stop_reason=plan.stop_reason,
        incumbent_usd=plan.incumbent_usd,
        bound_usd=plan.bound_usd,
        gap=plan.gap,
        objective_usd=plan.totals.objective_usd,
        effective_usd=plan.totals.effective_usd,
        cash_usd=plan.totals.cash_usd,
        shortfall_penalty_usd=plan.totals.shortfall_penalty_usd,
        usd_per_mtok=plan.totals.usd_per_mtok,
        served_mtok=plan.totals.served_mtok,
        shortfall_mtok=shortfall_mtok(plan),
        tolerance_usd=tolerance_usd(plan),
        buy_list=list_fingerprint(to_sign),
        to_sign=to_sign,
    )


def same_answer(one: PointResult, other: PointResult) -> bool:
    """Whether two results of a point agree in all but seconds and how."""
    if one.answer is None or other.answer is None:
        return _but_for_effort(one) == _but_for_effort(other)
    scale = max(abs(one.answer.bound_usd), abs(other.answer.bound_usd), 1.0)
    near = abs(one.answer.bound_usd - other.answer.bound_usd) <= BOUND_TOLERANCE * scale
    return near and _but_for_effort(one) == _but_for_effort(other)


def _but_for_effort(result: PointResult) -> PointResult:
    """Without what may differ between two computations of the same."""
    answer = result.answer and result.answer.model_copy(update={"bound_usd": 0.0, "gap": 0.0})
    return result.model_copy(update={"how": None, "seconds": 0.0, "answer": answer})
