"""How far a baseline is above a limit, and the sentence about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.problem import Problem

HAIR = 1e-6
"""What solver and rounding may leave above a limit: in nodes, and in shares."""


@dataclass(frozen=True)
class Excess:
    """How far a limit is exceeded at one place, and the sentence about it."""

    limit: str
    by: float
    words: str


def worst(found: Iterable[Excess]) -> list[str]:
    """The words of the largest excess over each limit (of equal ones the first), limits in the order of finding."""
    largest: dict[str, Excess] = {}
    for excess in found:
        known = largest[excess.limit].by if excess.limit in largest else 0.0
        if excess.by > known + HAIR:
            largest[excess.limit] = excess
    return [excess.words for excess in largest.values()]


def in_outlook(problem: Problem, outlook: str) -> str:
    """Words for an outlook, where there are several."""
    return f", outlook {outlook}" if len(problem.outlooks) > 1 else ""
