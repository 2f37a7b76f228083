"""A dive from the linear relaxation to whole orders: fix, solve again warm, take back what cannot be.

Fleets of hundreds of nodes have few fractional orders, and nodes by the hour absorb what rounding leaves over,
so a dive usually ends within a few tenths of a percent of the relaxation, which is a valid bound. Where it does
not, its plan is the start of branch and bound.
"""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

WHOLE = 1e-6
CLOSE = 0.1
"""Columns so close to a whole number are fixed together."""
MOST_SOLVES = 200


@dataclass(frozen=True)
class WholeColumns:
    """Columns that must be whole. Length of each array: number of such columns.

    `partner` is, for a 0/1 column that opens an order, the position (in these arrays) of the order's size, else -1;
    `opens_at` is the size from which the order is worth opening.
    """

    index: NDArray[np.int32]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    partner: NDArray[np.int32]
    opens_at: NDArray[np.float64]


@dataclass
class _Level:
    """Bounds before a decision, the columns it fixes, and the values it tries for the first of them."""

    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    picked: NDArray[np.int64]
    targets: NDArray[np.float64]
    point: NDArray[np.float64]
    flipped: bool = False


def dive(
    highs: highspy.Highs, whole: WholeColumns, stopped: Callable[[], bool]
) -> tuple[NDArray[np.float64], float] | None:
    """Whole values for all columns and their cost, or None. `highs` holds the solved relaxation with a basis.

    Bounds of the whole columns are left as the dive ended; the caller sets them anew.
    """
    lower, upper = whole.lower.copy(), whole.upper.copy()
    stack: list[_Level] = []
    for _ in range(MOST_SOLVES):
        if stopped():
            return None
        point = np.array(highs.getSolution().col_value, dtype=float)
        x = point[whole.index]
        fractional = np.flatnonzero(np.abs(x - np.rint(x)) > WHOLE)
        if fractional.size == 0:
            return point, float(highs.getInfo().objective_function_value)
        picked, targets = _pick(whole, x, fractional)
        stack.append(_Level(lower.copy(), upper.copy(), picked, targets, x))
        lower[picked] = upper[picked] = targets
        while not _solved(highs, whole, lower, upper):
            bounds = _take_back(stack, whole)
            if bounds is None or stopped():
                return None
            lower, upper = bounds
    return None


def _pick(
    whole: WholeColumns, x: NDArray[np.float64], fractional: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Openings first, one at a time, the clearest first; then sizes, all that are close or else the closest."""
    opening = fractional[whole.partner[fractional] >= 0]
    if opening.size:
        size, opens_at = x[whole.partner[opening]], whole.opens_at[opening]
        clearest = int(np.argmax(np.abs(size - opens_at) / np.maximum(opens_at, 1.0)))
        target = 1.0 if size[clearest] >= opens_at[clearest] else 0.0
        return opening[[clearest]], np.array([target])
    distance = np.abs(x[fractional] - np.rint(x[fractional]))
    order = np.argsort(distance, kind="stable")
    close = fractional[order][distance[order] <= CLOSE]
    picked = close if close.size else fractional[order[:1]]
    return picked, np.rint(x[picked])


def _solved(
    highs: highspy.Highs, whole: WholeColumns, lower: NDArray[np.float64], upper: NDArray[np.float64]
) -> bool:
    highs.changeColsBounds(len(whole.index), whole.index, lower, upper)
    highs.run()
    return bool(highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def _take_back(
    stack: list[_Level], whole: WholeColumns
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Bounds after the last decision that still has another way to go; None when there is none."""
    while stack:
        level = stack[-1]
        if not level.flipped:
            level.flipped = True
            lower, upper = level.lower.copy(), level.upper.copy()
            column, target = level.picked[0], level.targets[0]
            if target > level.point[column]:
                upper[column] = target - 1
            else:
                lower[column] = target + 1
            if lower[column] <= upper[column]:
                return lower, upper
        stack.pop()
    return None
