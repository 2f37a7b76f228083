"""When two numbers of the solver cannot both be right, and what a second opinion has said of an "optimal"."""

from enum import StrEnum

BOUND_TOLERANCE = 1e-5
"""What a bound may lie above the plan, as a share of its cost: whole columns are rounded after the bound is proven."""


def contradicts(bound: float, objective: float) -> bool:
    """Whether a bound lies above a plan by more than the solver's tolerance: then one of the two is wrong."""
    return bound > objective + BOUND_TOLERANCE * max(1.0, abs(objective))


class SecondOpinion(StrEnum):
    """What a second solve without presolve has said of the first."""

    NOT_ASKED = "not_asked"
    """The model is too large for it, or has no whole columns."""
    AGREED = "agreed"
    """No plan below the bound of the first, and the asked gap proven again."""
    UNFINISHED = "unfinished"
    """No plan below the bound of the first in a fixed number of nodes; the gap was not proven again."""
    OVERRULED = "overruled"
    """The bound of the first was wrong; plan and bound are those of the solve without presolve."""
