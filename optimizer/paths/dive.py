"""A dive from the linear relaxation to whole orders: fix, solve again warm, take back what cannot be.

Fleets of hundreds of nodes have few fractional orders, and nodes by the hour absorb most of what rounding
leaves over, so a dive usually ends within a few tenths of a percent of the relaxation, which is a valid bound.
It goes in three steps: round what is fractional to the nearest lot while there is much of it; then lift the fullest
lots one by one; then take single lots back while that saves money. Where the gap stays too wide, the plan
found is the start of branch and bound.
"""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays

WHOLE = 1e-6
CLOSE = 0.1
"""Columns so close to a whole number are fixed together ..."""
BATCH = 4
"""... and in any case one in so many of those that are fractional."""
FEW_FRACTIONAL = 5
"""From so few fractional columns on, orders are lifted rather than rounded."""
MOST_ROUNDS = 50
MOST_SETTLED = 120

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


def whole_columns(arrays: Arrays) -> WholeColumns:
    """The columns of the arrays that must be whole, with their openings."""
    index = np.flatnonzero(arrays.integer).astype(np.int32)
    position = np.full(len(arrays.cost), -1, dtype=np.int32)
    position[index] = np.arange(len(index), dtype=np.int32)
    partner = arrays.partner[index]
    return WholeColumns(
        index=index,
        lower=arrays.lower[index],
        upper=arrays.upper[index],
        partner=np.where(partner >= 0, position[partner], -1).astype(np.int32),
        opens_at=arrays.opens_at[index],
    )


@dataclass(frozen=True)
class Found:
    """Values of all columns, whole where they must be, and their cost."""

    values: Floats
    objective: float


Judge = Callable[[Found], Found]
"""Says what a point really costs, and may add rows to the solver that would have told so."""
MOST_JUDGED = 12
JUDGED_SHARE = 1e-5
"""A point that costs no more than this share above what the solver says is believed."""


class Dive:
    """One dive; `highs` holds the solved relaxation with a basis and is left with other bounds."""

    def __init__(
        self, highs: highspy.Highs, whole: WholeColumns, stopped: Callable[[], bool], judge: Judge = lambda found: found
    ) -> None:
        self._highs = highs
        self._whole = whole
        self._stopped = stopped
        self._judge = judge
        self._lower = whole.lower.copy()
        self._upper = whole.upper.copy()

    def run(self, enough: float) -> Found | None:
        """The best plan found, or None; stops improving at cost `enough`."""
        if not (self._round() and self._settle()):
            return None
        found = self._believed()
        return None if found is None else self._take_back(found, enough)

    def _believed(self) -> Found | None:
        """The point at hand, its orders lifted until it costs what the solver says."""
        best = None
        for _ in range(MOST_JUDGED):
            said = self._found()
            found = self._judge(said)
            best = found if best is None or found.objective < best.objective else best
            if found.objective <= said.objective + JUDGED_SHARE * abs(said.objective) or self._stopped():
                break
            orders = np.rint(said.values[self._whole.index])
            self._lower, self._upper = np.minimum(orders, self._whole.upper), self._whole.upper.copy()
            self._lower[self._whole.partner >= 0] = self._whole.lower[self._whole.partner >= 0]
            if not (self._solved(self._lower, self._upper) and self._settle()):
                break
        return best

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

    def _settle(self) -> bool:
        """Lift the fullest fractional lot, one at a time: what it has over feeds the small needs of others.

        Rounding those to nothing instead would send a need of a hundredth of a node from contract to contract.
        """
        for _ in range(MOST_SETTLED):
            x = self._point()
            fractional = self._fractional(x)
            if fractional.size == 0:
                return True
            if self._stopped():
                return False
            column = int(fractional[np.argmax(x[fractional] % 1.0)])
            if not (self._tried(*self._lifted(x, column)) or self._tried(*self._lowered(x, column))):
                return False
        return False

    def _tried(self, lower: Floats, upper: Floats) -> bool:
        """Keep these bounds if the rest can live with them."""
        if not self._solved(lower, upper):
            return False
        self._lower, self._upper = lower, upper
        return True

    def _lowered(self, x: Floats, column: int) -> tuple[Floats, Floats]:
        lower, upper = self._lower.copy(), self._upper.copy()
        lower[column] = upper[column] = np.floor(x[column])
        return lower, upper

    def _lifted(self, x: Floats, column: int) -> tuple[Floats, Floats]:
        """Bounds with one column fixed at its next whole number, and its order opened."""
        lower, upper = self._lower.copy(), self._upper.copy()
        opening = np.flatnonzero(self._whole.partner == column)
        smallest = max((2 * self._whole.opens_at[o] for o in opening), default=0.0)
        lower[column] = upper[column] = min(max(np.ceil(x[column]), np.ceil(smallest)), self._whole.upper[column])
        lower[opening] = upper[opening] = 1.0
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
                    trial = self._judge(trial)
                if trial.objective < found.objective:
                    found, orders = trial, less
        return found


def _pick(whole: WholeColumns, x: Floats, fractional: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Openings first, one at a time, the clearest first; then sizes, all that are close and the closest."""
    opening = fractional[whole.partner[fractional] >= 0]
    if opening.size:
        size, opens_at = x[whole.partner[opening]], whole.opens_at[opening]
        clearest = int(np.argmax(np.abs(size - opens_at) / np.maximum(opens_at, 1.0)))
        target = 1.0 if size[clearest] >= opens_at[clearest] else 0.0
        return opening[[clearest]], np.array([target])
    distance = np.abs(x[fractional] - np.rint(x[fractional]))
    order = np.argsort(distance, kind="stable")
    close = int((distance <= CLOSE).sum())
    picked = fractional[order[: max(close, fractional.size // BATCH, 1)]]
    return picked, np.rint(x[picked])
