"""A bound without a solve: any prices of the rows will do (weak duality).

For min c @ x + offset, L <= A x <= U, l <= x <= u and any y, with d = c - A' y:

    c @ x  =  y @ (A x) + d @ x  >=  sum over rows of (y L where y > 0, y U where y < 0)
                                     + sum over columns of (d l where d >= 0, d u where d < 0)

The prices of the optimum before a change are seldom the best after it, but often good enough to see that the plan is.
Where u is infinite, that of the rows is taken: a x <= U - (the least of the rest of the row) for a > 0.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimizer.arrays import Arrays
from optimizer.paths.splitting import matrix_of

NOISE = 1e-7
"""A reduced cost of a column without an upper limit that is no further from 0 is 0, as it is to the solver by its dual
feasibility tolerance; where there is a limit, its full price is counted."""

Floats = NDArray[np.float64]


def dual_bound(arrays: Arrays, row_dual: Floats) -> float:
    """The bound that prices of the rows prove; -inf where they prove nothing."""
    matrix = matrix_of(arrays)
    useless = ((row_dual > 0) & ~np.isfinite(arrays.row_lower)) | ((row_dual < 0) & ~np.isfinite(arrays.row_upper))
    y = np.where(useless, 0.0, row_dual)
    d = arrays.cost - matrix.T @ y
    upper = np.minimum(arrays.upper, _upper_by_rows(arrays, matrix))
    d[(np.abs(d) <= NOISE) & ~np.isfinite(upper)] = 0.0
    rows = _product(np.maximum(y, 0.0), arrays.row_lower) + _product(np.minimum(y, 0.0), arrays.row_upper)
    columns = _product(np.maximum(d, 0.0), arrays.lower) + _product(np.minimum(d, 0.0), upper)
    bound = float(rows + columns) + arrays.offset
    return bound if np.isfinite(bound) else -np.inf


def _product(prices: Floats, amounts: Floats) -> float:
    priced = prices != 0
    return float(prices[priced] @ amounts[priced])


def _upper_by_rows(arrays: Arrays, matrix: sparse.csc_matrix) -> Floats:
    """The most that a row with an upper limit leaves to each of its columns with a coefficient above 0."""
    entry = matrix.tocoo()
    a, row, column = entry.data, entry.row, entry.col
    least = np.where(a > 0, a * arrays.lower[column], a * arrays.upper[column])
    open_ended = ~np.isfinite(least)
    count = np.bincount(row, open_ended, minlength=matrix.shape[0])
    total = np.bincount(row, np.where(open_ended, 0.0, least), minlength=matrix.shape[0])
    usable = (a > 0) & (count[row] == open_ended) & np.isfinite(arrays.row_upper[row])
    at, by = column[usable], row[usable]
    own = np.where(open_ended, 0.0, least)[usable]
    upper = np.full(matrix.shape[1], np.inf)
    np.minimum.at(upper, at, (arrays.row_upper[by] - (total[by] - own)) / a[usable])
    return upper
