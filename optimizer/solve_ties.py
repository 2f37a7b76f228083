"""Ties: among plans of the same cost, the one that is best by a list of objectives in turn.

For objectives f_1 .. f_k:  min f_i @ x  subject to the rows of the model,  cost @ x <= limit  and  f_j @ x <= best_j
for every j < i. A second solve after the first, never a small term in the objective.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays

SLACK = 1e-9
"""What an objective may lose, as a share of it, for those after it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Settled:
    """The last point found, and whether every objective was brought to its end."""

    values: Floats
    to_the_end: bool


def settle(
    highs: highspy.Highs,
    arrays: Arrays,
    cost_limit: float,
    objectives: Sequence[Floats],
    start: Floats,
    *,
    told: bool = False,
) -> Settled:
    """Minimise the objectives in turn in the loaded model, which is left as it was but for its last basis.

    `start` is a point that keeps to the cost; branch and bound is to be `told` of it, simplex has its basis.
    """
    rows = highs.getNumRow()
    every = np.arange(len(arrays.cost), dtype=np.int32)
    _add_row(highs, arrays.cost, cost_limit - arrays.offset)
    settled = Settled(start, True)
    for objective in objectives:
        highs.changeColsCost(len(every), every, objective)
        if told:
            _start_at(highs, settled.values)
        settled = _minimised(highs, settled)
        best = float(objective @ settled.values)
        _add_row(highs, objective, best + SLACK * max(1.0, abs(best)))
    added = np.arange(rows, highs.getNumRow(), dtype=np.int32)
    highs.deleteRows(len(added), added)
    highs.changeColsCost(len(every), every, arrays.cost)
    return settled


def _minimised(highs: highspy.Highs, before: Settled) -> Settled:
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Settled(before.values, False)
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Settled(np.array(highs.getSolution().col_value, dtype=float), before.to_the_end and optimal)


def _add_row(highs: highspy.Highs, coefficients: Floats, upper: float) -> None:
    used = np.flatnonzero(coefficients).astype(np.int32)
    highs.addRow(-highspy.kHighsInf, float(upper), len(used), used, coefficients[used])


def _start_at(highs: highspy.Highs, values: Floats) -> None:
    start = highspy.HighsSolution()
    start.col_value = list(values)
    highs.setSolution(start)
