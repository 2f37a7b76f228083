"""Months merged into periods: a smaller model whose optimum is a valid bound for the full one.

Full model: min c @ x,  L <= A x <= U,  0 <= x <= u for the columns that are merged. Columns of the same group in the
months t of one period P become one column, rows of the same group one row, with positive weights:

    y[g,P]  =  sum over t in P of omega[g,t] * x[g,t]
    row of (r,P)  =  sum over t in P of rho[r,t] * row of (r,t)
    S[r,P,g,t]  =  sum over u in P of rho[r,u] * A[(r,u), (g,t)]       what the summed row holds of x[g,t]

    upper side:   sum over g of (min over t of S / omega) * y[g,P]  +  rest  <=  sum of rho * U
    lower side:   sum over g of (max over t of S / omega) * y[g,P]  +  rest  >=  sum of rho * L
    cost:         min over t of c[g,t] / omega[g,t]
    bound:        0 <= y[g,P]  <=  sum over t of omega[g,t] * u[g,t]

Proof that this is a relaxation: take x feasible and y as above. S x = (S / omega) (omega x) >= min(S / omega) omega x,
because omega x >= 0. Summed over t and g, the left side of the upper row is at most the weighted sum of the full rows,
hence of their U. The lower side is its mirror, and the cost of y is at most that of x by the same line.
Nothing is lost in a row where S / omega is the same in all months; `optimizer.paths.weights` looks for such weights.

What is whole, may be negative, has no month, or is no routing or hour (its index does not end in month, block,
outlook) stays as it is, and so does every row without merged columns. A merged row needs no month: one over the
whole horizon is a group of its own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimizer.arrays import NO_MONTHS, Arrays
from optimizer.paths.splitting import matrix_of, mergeable
from optimizer.paths.weights import Weights, balanced

SAME = 1e-10
"""Ratios that differ by less, as a share, are the same."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
AnyInts = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Merged:
    """The merged model, and how points of the full one map to it."""

    arrays: Arrays
    column: Ints
    """The merged column of every full column."""
    weights: Weights

    def point(self, values: Floats) -> Floats:
        """The merged point of a full one."""
        return _summed(self.column, self.weights.column * values, len(self.arrays.cost))


def merge(arrays: Arrays, period: Ints, weights: Weights | None = None) -> Merged:
    """The model with months of the same period merged; `period` has one entry for every month, rising from 0.

    With `weights` given none are looked for: any are valid, and those of a model like this one are as good.
    """
    movable = mergeable(arrays)
    matrix = matrix_of(arrays)
    column = _numbered(np.where(movable, arrays.months.column_group, -1), arrays.months.column_month, period)
    row = _numbered(*_row_keys(arrays, matrix, movable), period)
    weights = balanced(matrix, arrays.cost, row, column) if weights is None else weights
    return Merged(_merged_arrays(arrays, matrix, row, column, weights), column, weights)


def _row_keys(arrays: Arrays, matrix: sparse.csc_matrix, movable: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Groups and months of the rows: a row is of the month of the merged columns in it, if that is one."""
    entry = matrix.tocoo()
    kept = movable[entry.col]
    of_row, month = entry.row[kept], arrays.months.column_month[entry.col[kept]].astype(np.int64)
    first = np.full(matrix.shape[0], np.iinfo(np.int64).max)
    last = np.full(matrix.shape[0], -1, dtype=np.int64)
    np.minimum.at(first, of_row, month)
    np.maximum.at(last, of_row, month)
    return np.where(first == last, arrays.months.row_group, -1).astype(np.int64), last


def _numbered(group: AnyInts, month: AnyInts, period: Ints) -> Ints:
    """Numbers from 0: one for each group and period, one for each entry without a group; in order of appearance."""
    key = np.arange(len(group), dtype=np.int64)
    at = np.flatnonzero(group >= 0)
    key[at] = len(group) + group[at].astype(np.int64) * (int(period.max()) + 1) + period[month[at]]
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[number]


def _merged_arrays(arrays: Arrays, matrix: sparse.csc_matrix, row: Ints, column: Ints, weights: Weights) -> Arrays:
    rows, columns = int(row.max()) + 1, int(column.max()) + 1
    first = np.full(columns, -1, dtype=np.int64)
    first[column[::-1]] = np.arange(len(column))[::-1]
    low, high = _extremes(matrix, row, column, weights)
    row_lower = _summed(row, weights.row * arrays.row_lower, rows)
    row_upper = _summed(row, weights.row * arrays.row_upper, rows)
    stacked, row_lower, row_upper = _two_sided(low, high, row_lower, row_upper)
    cost = np.full(columns, np.inf)
    np.minimum.at(cost, column, arrays.cost / weights.column)
    partner = arrays.partner[first]
    return Arrays(
        cost=cost,
        offset=arrays.offset,
        lower=arrays.lower[first],
        upper=_summed(column, weights.column * arrays.upper, columns),
        integer=arrays.integer[first],
        starts=stacked.indptr.astype(np.int32),
        rows=stacked.indices.astype(np.int32),
        values=stacked.data,
        row_lower=row_lower,
        row_upper=row_upper,
        partner=np.where(partner >= 0, column[partner], -1).astype(np.int32),
        opens_at=arrays.opens_at[first],
        months=NO_MONTHS,
    )


def _extremes(
    matrix: sparse.csc_matrix, row: Ints, column: Ints, weights: Weights
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Least and greatest S / omega of every merged row and column, with the same pattern."""
    rows, columns = int(row.max()) + 1, int(column.max()) + 1
    entry = matrix.tocoo()
    summed = (
        sparse.coo_matrix((entry.data * weights.row[entry.row], (row[entry.row], entry.col)), shape=(rows, len(column)))
        .tocsc()
        .tocoo()
    )  # adds up what falls together
    ratio = summed.data / weights.column[summed.col]
    key = summed.row.astype(np.int64) * columns + column[summed.col]
    place, number, count = np.unique(key, return_inverse=True, return_counts=True)
    low, high = np.full(len(place), np.inf), np.full(len(place), -np.inf)
    np.minimum.at(low, number, ratio)
    np.maximum.at(high, number, ratio)
    absent = count < np.bincount(column, minlength=columns)[place % columns]
    low[absent], high[absent] = np.minimum(low[absent], 0.0), np.maximum(high[absent], 0.0)
    same = high - low <= SAME * np.maximum(np.abs(low), np.abs(high))
    low[same] = high[same] = (low[same] + high[same]) / 2
    where = (place // columns, place % columns)
    return (
        sparse.coo_matrix((low, where), shape=(rows, columns)).tocsr(),
        sparse.coo_matrix((high, where), shape=(rows, columns)).tocsr(),
    )


def _two_sided(
    low: sparse.csr_matrix, high: sparse.csr_matrix, row_lower: Floats, row_upper: Floats
) -> tuple[sparse.csc_matrix, Floats, Floats]:
    """One row where one side is open or all ratios agree; else a row for each side."""
    differs = np.zeros(low.shape[0], dtype=bool)
    owner = np.repeat(np.arange(low.shape[0]), np.diff(low.indptr))
    differs[owner[low.data != high.data]] = True
    split = np.flatnonzero(differs & np.isfinite(row_lower) & np.isfinite(row_upper))
    from_high = differs & np.isfinite(row_lower)
    keep_low = sparse.diags(np.where(from_high, 0.0, 1.0)) @ low + sparse.diags(np.where(from_high, 1.0, 0.0)) @ high
    stacked = sparse.vstack([keep_low, low[split]]).tocsc()
    stacked.eliminate_zeros()
    first_upper = row_upper.copy()
    first_upper[split] = np.inf
    return (
        stacked,
        np.concatenate([row_lower, np.full(len(split), -np.inf)]),
        np.concatenate([first_upper, row_upper[split]]),
    )


def _summed(place: Ints, values: Floats, count: int) -> Floats:
    return np.bincount(place, values, minlength=count).astype(np.float64)
