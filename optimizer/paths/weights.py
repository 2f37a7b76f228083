"""Weights under which months of a period look alike, so that merging them loses little.

For entries a of row (r,t) and column (g,t) merging is exact where  a * rho[r,t] / omega[g,t]  is the same in all months
of the period. In logarithms that is linear: rho, omega and the common value of each (row, column) pair are fitted by
least squares, the cost standing for a row whose rho is 1 and which counts most; of the others each row counts the same:

    min  sum over entries of importance * (log|a| + log rho - log omega - value of the entry's pair)^2

On demand, for example, rho of a capacity row becomes hours * discount factor; omega of a route is that * its demand.
Weights need not be optimal to be valid: any positive ones are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsmr

COST_IMPORTANCE = 1e3
MOST_ROUNDS = 300
PRECISE = 1e-9

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """rho of every full row and omega of every full column: in a period 1 / months at the (geometric) mean."""

    row: Floats
    column: Floats


@dataclass(frozen=True)
class _Entries:
    """Entries of columns that are merged, the cost as a last row."""

    row: Ints
    column: Ints
    pair: Ints
    logarithm: Floats
    importance: Floats


def balanced(matrix: sparse.csc_matrix, cost: Floats, row: Ints, column: Ints) -> Weights:
    """Weights for the given merged row and column of each full one."""
    rows, columns = matrix.shape
    months_of_row, months_of_column = np.bincount(row)[row], np.bincount(column)[column]
    if months_of_column.max() == 1:
        return Weights(np.ones(rows), np.ones(columns))
    entries = _entries(matrix, cost, row, column, months_of_column > 1)
    rho_at = _places(np.append(months_of_row > 1, False), 0)
    omega_at = _places(months_of_column > 1, int(rho_at.max()) + 1)
    fitted = _fitted(entries, rho_at, omega_at)
    rho = np.where(rho_at[:rows] >= 0, fitted[rho_at[:rows]], 0.0)
    omega = np.where(omega_at >= 0, fitted[omega_at], 0.0)
    return Weights(np.exp(_level(rho, row)) / months_of_row, np.exp(_level(omega, column)) / months_of_column)


def _entries(matrix: sparse.csc_matrix, cost: Floats, row: Ints, column: Ints, merged: NDArray[np.bool_]) -> _Entries:
    entry = matrix.tocoo()
    kept = merged[entry.col] & (entry.data != 0)
    priced = np.flatnonzero(merged & (cost != 0))
    rows = np.concatenate([entry.row[kept], np.full(len(priced), matrix.shape[0])]).astype(np.int64)
    columns = np.concatenate([entry.col[kept], priced]).astype(np.int64)
    merged_row = np.append(row, row.max(initial=-1) + 1)
    key = merged_row[rows] * (int(column.max()) + 1) + column[columns]
    importance = 1.0 / np.bincount(rows, minlength=matrix.shape[0] + 1)[rows]
    importance[len(rows) - len(priced) :] = COST_IMPORTANCE
    return _Entries(
        row=rows,
        column=columns,
        pair=np.unique(key, return_inverse=True)[1],
        logarithm=np.log(np.abs(np.concatenate([entry.data[kept], cost[priced]]))),
        importance=importance,
    )


def _places(free: NDArray[np.bool_], first: int) -> Ints:
    """Numbers of the unknowns from `first`; -1 where there is none."""
    places = np.full(len(free), -1, dtype=np.int64)
    places[free] = first + np.arange(int(free.sum()))
    return places


def _fitted(entries: _Entries, rho_at: Ints, omega_at: Ints) -> Floats:
    """All unknowns in the order of their places, those of the pairs last."""
    count = len(entries.row)
    known = int(max(rho_at.max(), omega_at.max())) + 1
    weight = np.sqrt(entries.importance)
    rho, number = rho_at[entries.row], np.arange(count)
    weighed = rho >= 0
    system = sparse.csr_matrix(
        (
            np.concatenate([weight[weighed], -weight, -weight]),
            (
                np.concatenate([number[weighed], number, number]),
                np.concatenate([rho[weighed], omega_at[entries.column], known + entries.pair]),
            ),
        )
    )
    size = np.sqrt(np.asarray(system.multiply(system).sum(axis=0)).ravel())
    size[size == 0] = 1.0
    found = lsmr(
        system @ sparse.diags(1.0 / size), -weight * entries.logarithm, atol=PRECISE, btol=PRECISE, maxiter=MOST_ROUNDS
    )[0]
    return np.asarray(found / size, dtype=float)


def _level(values: Floats, group: Ints) -> Floats:
    """Values less the mean of their group: only differences between months matter."""
    return values - (np.bincount(group, values) / np.bincount(group))[group]
