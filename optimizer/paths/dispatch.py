"""The full model with whole columns fixed: month by month first, for a basis from which the whole is soon solved.

With shared columns given, months of the core touch each other only in rows over several months (a cap over the
horizon), which are left out at first. Months resemble each other: each starts from the basis of the one before. Their
bases and those of the satellites are the start of the full linear program, which has the last word: its optimum is a
plan, feasible in every row. Where a month lacks nodes, a cut without cost tells the master what it takes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimizer.arrays import Arrays
from optimizer.paths.basis import BASIC, LOWER, Basis
from optimizer.paths.satellites import Cut, Satellite
from optimizer.paths.splitting import Piece, Split, matrix_of, mergeable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LACKING = 1e-6
"""Nodes that a month may lack by the tolerances of the solver."""


@dataclass(frozen=True)
class Lack:
    """What the months lack in all, and cuts `constant + coefficients @ u <= 0` that a sufficient u keeps."""

    nodes: float
    cuts: list[Cut]


class Months:
    """The months of the core, each as a linear program that knows the shared columns only."""

    def __init__(self, arrays: Arrays, parts: Split, penalty: float) -> None:
        self._arrays = arrays
        self._matrix = matrix_of(arrays).tocsr()
        self._months = [
            Satellite(arrays, self._matrix, piece, arrays.cost, penalty)
            for piece in months_of(arrays, self._matrix, parts.core)
        ]
        self._solved = False

    def lack(self, u: Floats) -> Lack | None:
        """Solve every month at u; None where one cannot be solved."""
        nodes, cuts = 0.0, []
        before: Satellite | None = None
        for month in self._months:
            if before is not None and not self._solved:
                month.start_from(self._carried(before, month))
            value = month.value(u)
            if value is None:
                return None
            before = month
            if value.lacking > LACKING:
                need = month.need(u)
                if need.cost > LACKING:
                    nodes += need.cost
                    cuts.append(need.cut)
        self._solved = True
        return Lack(nodes, cuts)

    def _carried(self, before: Satellite, month: Satellite) -> Basis:
        """The basis of the month before, by the groups of columns and rows."""
        keys, basis = self._arrays.months, before.basis()
        return Basis(
            _carried(keys.column_group, before.piece.columns, month.piece.columns, basis.column, LOWER),
            _carried(keys.row_group, before.piece.rows, month.piece.rows, basis.row, BASIC),
        )

    def basis(self, satellites: list[Satellite]) -> Basis:
        """A start for the full model, from the last values of months and satellites."""
        arrays = self._arrays
        column = np.where(mergeable(arrays) | arrays.integer, LOWER, BASIC).astype(np.int8)
        row = np.where(arrays.row_lower == arrays.row_upper, LOWER, BASIC).astype(np.int8)
        for part in (*self._months, *satellites):
            basis = part.basis()
            column[part.piece.columns], row[part.piece.rows] = basis.column, basis.row
        return Basis(column, row)


def _carried(
    group: NDArray[np.int32], before: Ints, now: Ints, status: NDArray[np.int8], other: int
) -> NDArray[np.int8]:
    known = dict(zip(group[before].tolist(), status.tolist(), strict=True))
    return np.array([known.get(g, other) for g in group[now].tolist()], dtype=np.int8)


def months_of(arrays: Arrays, matrix: sparse.csr_matrix, core: Piece) -> list[Piece]:
    """The columns of the core by month, with the rows that hold columns of one month only."""
    movable = mergeable(arrays)
    entry = matrix[core.rows].tocoo()
    kept = movable[entry.col]
    row, month = core.rows[entry.row[kept]], arrays.months.column_month[entry.col[kept]]
    first, last = np.full(matrix.shape[0], np.iinfo(np.int64).max), np.full(matrix.shape[0], -1)
    np.minimum.at(first, row, month)
    np.maximum.at(last, row, month)
    columns = core.columns[movable[core.columns]]
    return [
        Piece(columns[arrays.months.column_month[columns] == t], np.flatnonzero((first == t) & (last == t)))
        for t in np.unique(arrays.months.column_month[columns])
    ]
