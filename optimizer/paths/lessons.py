"""What a solved model teaches about others that differ from it in numbers only: plain data, nothing of HiGHS.

A model is solved again from a lesson alone, never from a solver that happens to be still there. So the answer is a
function of the new model and the lesson, the same in any process, and a lesson can be sent to one that never solved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.paths.basis import BASIC, Basis, Statuses
from optimizer.paths.by_parts import ByParts
from optimizer.paths.satellites import Cut, KeptCut, Satellite
from optimizer.paths.splitting import Ints
from optimizer.paths.weights import Weights
from optimizer.solve_protocol import Changed

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PartsLesson:
    """The last master that was brought to its value, with those of its cuts that hold its cost up there.

    The others, four of five on the realistic example, made the next one twice as slow; what is missed is found again.
    """

    satellite_of_column: Ints
    period: Ints
    weights: Weights
    column: Statuses
    row: Statuses
    row_dual: Floats
    """Of the rows of the master without cuts."""
    shared: Floats
    """The shared columns at the optimum, in a vector of the full model."""
    cuts: tuple[KeptCut, ...]
    cut_row: Statuses
    cut_dual: Floats


@dataclass(frozen=True)
class Lesson:
    """Whole columns as the plan has them, the basis of the full model with these held, and what its parts teach."""

    whole: Floats
    basis: Basis | None
    parts: PartsLesson | None


def parts_lesson(parts: ByParts) -> PartsLesson | None:
    """The lesson of a model in parts; None where no master came to its value."""
    master = parts.master
    if master is None or master.optimum is None:
        return None
    optimum = master.optimum
    first = len(optimum.row_dual) - len(optimum.cuts)
    cut_row = optimum.basis.row[first:]
    kept = cut_row != BASIC
    return PartsLesson(
        satellite_of_column=satellite_of_column(parts.request.arrays, parts.satellites),
        period=master.period,
        weights=master.merged.weights,
        column=optimum.basis.column,
        row=optimum.basis.row[:first],
        row_dual=optimum.row_dual[:first],
        shared=optimum.shared,
        cuts=tuple(cut for cut, keep in zip(optimum.cuts, kept.tolist(), strict=True) if keep),
        cut_row=cut_row[kept],
        cut_dual=optimum.row_dual[first:][kept],
    )


def satellite_of_column(arrays: Arrays, satellites: Sequence[Satellite]) -> Ints:
    """The number of the satellite of every column; -1 for those of the core."""
    numbers = np.full(len(arrays.cost), -1, dtype=np.int64)
    for k, satellite in enumerate(satellites):
        numbers[satellite.piece.columns] = k
    return numbers


def kept_share(satellite: Satellite, changed: Changed) -> float:
    """The share of a satellite's cuts that still holds; 0 where nothing is left of them.

    Where rows are what they were, no column may be more than it could, and every cost is at least s times what it was,
    0 <= s <= 1, the new value is at least s times the old one at every u: v'(u) >= s v(u) >= s (constant + coefficients
    @ u), for its columns are not negative. The penalty is no part of that: v with any penalty is at most the true cost,
    so a cut under one penalty is valid under all. Cuts that speak of nodes and not of costs hold whatever costs are.
    """
    piece = satellite.piece
    if changed.rows[piece.rows].any() or changed.columns[piece.columns].any():
        return 0.0
    return float(changed.cost_kept[piece.columns].min(initial=1.0))


def kept(cut: KeptCut, share: float) -> KeptCut:
    """The cut with so much of it."""
    if not cut.priced or share == 1.0:
        return cut
    of = cut.cut
    return replace(cut, cut=Cut(share * of.constant, of.shared, share * of.coefficients))
