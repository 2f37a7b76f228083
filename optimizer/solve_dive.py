"""A dive from the linear relaxation to whole orders: fix, solve again warm, take back what cannot be.

Fleets of hundreds of nodes have few fractional orders, and nodes by the hour absorb most of what rounding
leaves over, so a dive usually ends within a few tenths of a percent of the relaxation, which is a valid bound.
It goes in three steps: round what is fractional to the nearest lot while there is much of it; then lift one
order at a time, the cheapest of all tried, until nothing is fractional; then take single lots back while that
saves money. Where the gap stays too wide, the plan found is the start of branch and bound.
"""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

WHOLE = 1e-6
CLOSE = 0.1
"""Columns so close to a whole number are fixed together."""
FEW_FRACTIONAL = 5
"""From so few fractional columns on, orders are lifted rather than rounded."""
MOST_ROUNDS = 30
MOST_SWEEPS = 12
MOST_LIFTS = 60
MOST_LIFT_TRIES = 16

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WholeColumns:
    """Columns that must be whole. Length of each array: number of such columns.

    `partner` is, for a 0/1 column that opens an order, the position (in these arrays) of the order's size, else -1;
    `opens_at` is the size from which the order is worth opening.
    """

    index: NDArray[np.int32]
    lower: Floats
    upper: Floats
    partner: NDArray[np.int32]
    opens_at: Floats


@dataclass(frozen=True)
class Found:
    """Values of all columns, whole where they must be, and their cost."""

    values: Floats
    objective: float


class Dive:
    """One dive; `highs` holds the solved relaxation with a basis and is left with other bounds."""

    def __init__(self, highs: highspy.Highs, whole: WholeColumns, stopped: Callable[[], bool]) -> None:
        self._highs = highs
        self._whole = whole
        self._stopped = stopped
        self._lower = whole.lower.copy()
        self._upper = whole.upper.copy()

    def run(self, enough: float) -> Found | None:
        """The best plan found, or None; stops improving at cost `enough`."""
        if not self._round():
            return None
        if (found := self._lift_all()) is not None and found.objective <= enough:
            return found
        if not (self._solved(self._lower, self._upper) and self._lift()):
            return found
        found = self._found()
        return found if found.objective <= enough else self._take_back(found, enough)

    def _point(self) -> Floats:
        return np.array(self._highs.getSolution().col_value, dtype=float)[self._whole.index]

    def _fractional(self, x: Floats) -> NDArray[np.int64]:
        return np.flatnonzero(np.abs(x - np.rint(x)) > WHOLE)

    def _found(self) -> Found:
        values = np.array(self._highs.getSolution().col_value, dtype=float)
        return Found(values, float(self._highs.getInfo().objective_function_value))

    def _solved(self, lower: Floats, upper: Floats) -> bool:
        self._highs.changeColsBounds(len(self._whole.index), self._whole.index, lower, upper)
        self._highs.run()
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _round(self) -> bool:
        """Fix fractional columns at the nearest whole number while there are many; False when stuck."""
        for _ in range(MOST_ROUNDS):
            x = self._point()
            fractional = self._fractional(x)
            if fractional.size <= FEW_FRACTIONAL or self._stopped():
                break
            picked, targets = _pick(self._whole, x, fractional)
            lower, upper = self._lower.copy(), self._upper.copy()
            lower[picked] = upper[picked] = targets
            if not self._solved(lower, upper):
                lower, upper = self._lower.copy(), self._upper.copy()
                lower[picked[0]] = min(np.floor(x[picked[0]]) + 1, upper[picked[0]])
                if not self._solved(lower, upper):
                    return self._solved(self._lower, self._upper)
            self._lower, self._upper = lower, upper
        return True

    def _lift_all(self) -> Found | None:
        """Everything that is fractional lifted at once, again and again: the quickest plan, if there is one."""
        lower, upper = self._lower.copy(), self._upper.copy()
        for _ in range(MOST_SWEEPS):
            x = self._point()
            fractional = self._fractional(x)
            if fractional.size == 0:
                return self._found()
            for column in fractional:
                self._lift_in(lower, upper, x, int(column))
            if self._stopped() or not self._solved(lower, upper):
                return None
        return None

    def _lift_in(self, lower: Floats, upper: Floats, x: Floats, column: int) -> None:
        """Lift one column in the given bounds: a size to its next whole lot, an opening by whether it is used."""
        whole = self._whole
        partner = whole.partner[column]
        if partner >= 0:
            lower[column] = upper[column] = 1.0 if x[partner] > WHOLE else 0.0
            upper[partner] = whole.upper[partner] * lower[column]
            return
        opening = np.flatnonzero(whole.partner == column)
        smallest = max([2 * whole.opens_at[o] for o in opening], default=0.0)
        target = max(np.floor(x[column] + WHOLE) + 1, np.ceil(smallest - WHOLE))
        lower[column], upper[column] = min(target, whole.upper[column]), whole.upper[column]
        lower[opening] = upper[opening] = 1.0

    def _lift(self) -> bool:
        """Lift one order at a time by what costs least, until nothing is fractional; False when stuck."""
        for _ in range(MOST_LIFTS):
            x = self._point()
            if self._stopped():
                return False
            if self._fractional(x).size == 0:
                return True
            lifted = self._cheapest_lift(x)
            if lifted is None:
                return False
            self._lower, self._upper = lifted
            if not self._solved(self._lower, self._upper):
                return False
        return False

    def _cheapest_lift(self, x: Floats) -> tuple[Floats, Floats] | None:
        """Bounds after the cheapest lift; one that leaves nothing fractional is preferred to all others."""
        best: tuple[tuple[bool, float], tuple[Floats, Floats]] | None = None
        fractional = self._fractional(x)
        standing = np.flatnonzero((x >= 1 - WHOLE) & (x + 1 <= self._whole.upper) & (self._whole.upper > 1))
        others = [c for c in standing if c not in set(fractional.tolist())]
        for column in [*fractional, *others][:MOST_LIFT_TRIES]:
            bounds = self._lifted(x, int(column))
            if bounds is None or not self._solved(*bounds):
                continue
            left = self._fractional(self._point()).size > 0
            if left and column in others:
                continue
            score = left, float(self._highs.getInfo().objective_function_value)
            if best is None or score < best[0]:
                best = score, bounds
        return None if best is None else best[1]

    def _lifted(self, x: Floats, column: int) -> tuple[Floats, Floats] | None:
        """Bounds with one column lifted to its next whole number, and its order opened."""
        target = np.floor(x[column] + WHOLE) + 1
        if target > self._whole.upper[column]:
            return None
        lower, upper = self._lower.copy(), self._upper.copy()
        opening = np.flatnonzero(self._whole.partner == column)
        lower[column], upper[column] = target, self._whole.upper[column]
        lower[opening] = upper[opening] = 1.0
        partner = self._whole.partner[column]
        if partner >= 0:
            upper[partner] = self._whole.upper[partner]
        return lower, upper

    def _take_back(self, found: Found, enough: float) -> Found:
        """One lot less of each order in turn, the rest of the orders as found, while it saves money."""
        orders = np.rint(found.values[self._whole.index])
        for column in np.flatnonzero((orders > 0) & (self._whole.partner < 0)):
            if self._stopped() or found.objective <= enough:
                break
            less = orders.copy()
            less[column] -= 1
            if less[column] == 0:
                less[self._whole.partner == column] = 0
            if self._solved(less, less):
                trial = self._found()
                if trial.objective < found.objective:
                    found, orders = trial, less
        return found


def _pick(whole: WholeColumns, x: Floats, fractional: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
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
