"""Ties: among plans of the same cost, the one that is best by a list of objectives in turn.

With whole columns free:  min f_i @ x  subject to the rows of the model,  cost @ x <= limit  and  f_j @ x <= best_j
for every j < i. With whole columns held it is a linear program, and "at the same cost" is a face of it: what has a
reduced cost stays at its bound, what has a price stays at its limit. A row for the cost would have some slack, and the
program would spend it on crumbs of nodes. A second solve after the first, never a small term in the objective.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.paths.relaxed import start_at

PRICED = 1e-9
"""A reduced cost or dual price above this holds its column or row where it is."""
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
) -> Settled:
    """Minimise the objectives in turn in the loaded model, which is left as it was but for its last basis.

    `start` is a point that keeps to the cost; branch and bound begins with it.
    """
    rows = highs.getNumRow()
    every = np.arange(len(arrays.cost), dtype=np.int32)
    _add_row(highs, arrays.cost, cost_limit - arrays.offset)
    settled = Settled(start, True)
    for objective in objectives:
        highs.changeColsCost(len(every), every, objective)
        start_at(highs, settled.values)
        settled = _minimised(highs, settled)
        best = float(objective @ settled.values)
        _add_row(highs, objective, best + SLACK * max(1.0, abs(best)))
    added = np.arange(rows, highs.getNumRow(), dtype=np.int32)
    highs.deleteRows(len(added), added)
    highs.changeColsCost(len(every), every, arrays.cost)
    return settled


def settle_on_the_face(highs: highspy.Highs, arrays: Arrays, objectives: Sequence[Floats]) -> Settled:
    """Minimise the objectives in turn among the optima of the linear program that was just solved.

    The model is left as it was but for its last basis.
    """
    every = np.arange(len(arrays.cost), dtype=np.int32)
    lp = highs.getLp()
    columns = np.array(lp.col_lower_, dtype=float), np.array(lp.col_upper_, dtype=float)
    rows = np.array(lp.row_lower_, dtype=float), np.array(lp.row_upper_, dtype=float)
    settled = Settled(np.array(highs.getSolution().col_value, dtype=float), True)
    for objective in objectives:
        _hold_what_has_a_price(highs)
        highs.changeColsCost(len(every), every, objective)
        settled = _minimised(highs, settled)
        if not settled.to_the_end:
            break
    highs.changeColsBounds(len(every), every, *columns)
    _change_rows(highs, np.arange(len(rows[0]), dtype=np.int32), *rows)
    highs.changeColsCost(len(every), every, arrays.cost)
    return settled


def _hold_what_has_a_price(highs: highspy.Highs) -> None:
    """Hold columns with a reduced cost at their value and rows with a dual price at their limit."""
    lp, solution = highs.getLp(), highs.getSolution()
    values = np.array(solution.col_value, dtype=float)
    priced = np.flatnonzero(np.abs(np.array(solution.col_dual, dtype=float)) > PRICED).astype(np.int32)
    lower = np.array(lp.col_lower_, dtype=float)[priced]
    upper = np.array(lp.col_upper_, dtype=float)[priced]
    at = np.where(np.abs(values[priced] - lower) <= np.abs(upper - values[priced]), lower, upper)
    highs.changeColsBounds(len(priced), priced, at, at)
    activity = np.array(solution.row_value, dtype=float)
    tight = np.flatnonzero(np.abs(np.array(solution.row_dual, dtype=float)) > PRICED).astype(np.int32)
    lower = np.array(lp.row_lower_, dtype=float)[tight]
    upper = np.array(lp.row_upper_, dtype=float)[tight]
    at = np.where(np.abs(activity[tight] - lower) <= np.abs(upper - activity[tight]), lower, upper)
    _change_rows(highs, tight, at, at)


def _change_rows(highs: highspy.Highs, rows: NDArray[np.int32], lower: Floats, upper: Floats) -> None:
    highs.changeRowsBounds(len(rows), rows, lower, upper)  # type: ignore[attr-defined]


def _minimised(highs: highspy.Highs, before: Settled) -> Settled:
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Settled(before.values, False)
    optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Settled(np.array(highs.getSolution().col_value, dtype=float), before.to_the_end and optimal)


def _add_row(highs: highspy.Highs, coefficients: Floats, upper: float) -> None:
    used = np.flatnonzero(coefficients).astype(np.int32)
    highs.addRow(-highspy.kHighsInf, float(upper), len(used), used, coefficients[used])
