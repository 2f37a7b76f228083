"""What moved between two plans, as plain data: orders with their causes, inputs with what they do alone, money."""

from enum import StrEnum
from typing import Literal

from catalog.records import Record, Text
from optimizer.comparing.buying import BuyChange
from optimizer.comparing.comparison import Comparison
from optimizer.comparing.differences import Difference
from scenarios.changes import ChangeMade

DIFF_FORMAT: Literal["siliconmix-diff-1"] = "siliconmix-diff-1"


class Cause(StrEnum):
    """Why an order is another one."""

    EXPLAINED = "explained"
    """Each of the groups alone brings it about: same contract and month, same direction."""
    TOGETHER = "by several together"
    """No group does alone."""
    HORIZON = "horizon"
    """One of the two plans does not plan the month."""
    HELD = "held by now"
    """A held contract has taken its place."""
    NOT_ON_OFFER = "not on offer"
    """It cannot be signed any more, or could not be signed before."""
    NOT_SETTLED = "not settled"
    """The cost with and without is closer than the gaps: the solver may as well have chosen otherwise."""
    NOT_FOUND = "not found"
    """Not all groups were tried within the limits, and none of those tried does it alone."""


class OrderMove(Record):
    """An order that differs, and why."""

    change: BuyChange
    cause: Cause
    groups: tuple[Text, ...] = ()
    """Of explained and not settled: each of which alone brings it about."""
    words: Text = ""
    """The cause in a sentence."""


class GroupOutcome(StrEnum):
    """What came of a group of inputs that was changed alone."""

    PLANNED = "planned"
    IMPOSSIBLE = "impossible"
    """No plan can keep all rules with this change alone."""
    NO_PLAN = "no plan"
    """The solver found none in its time, or failed."""
    NOT_TRIED = "not tried"
    """The number of solves or the time was used up, or the user stopped."""
    DECIDES_NOTHING = "decides nothing"
    """No plan depends on it."""


class GroupTried(Record):
    """Inputs that were changed together in the old scenario, alone."""

    name: Text
    changes: tuple[ChangeMade, ...]
    outcome: GroupOutcome
    difference: Difference | None = None
    """The plan with them less the old plan; None where there is no such plan."""
    orders_moved: int = 0
    """Orders of the difference of the two plans that it brings about alone."""
    reasons: tuple[Text, ...] = ()
    """Why there is no plan."""


class PlanDiff(Record):
    """An old plan and a new one."""

    format: Literal["siliconmix-diff-1"] = DIFF_FORMAT
    comparison: Comparison
    """Money, proof and buy lists: the base is the old plan, the one variant the new."""
    moves: tuple[OrderMove, ...]
    groups: tuple[GroupTried, ...]
    """Most promising first, as they were tried."""
    notes: tuple[Text, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether no order is left without a cause because of the limits."""
        return all(move.cause is not Cause.NOT_FOUND for move in self.moves)
