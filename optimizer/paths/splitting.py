"""A model in parts: what all share, a core, and satellites that touch nothing but what is shared.

Columns by month, block and outlook that no row ties to each other, except by way of shared columns (orders, active
nodes), form a piece. The largest pieces are the core; small ones are satellites: after an event, for example, each
month and block is a piece of its own, that knows of the rest only how many nodes are active.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from optimizer.arrays import Arrays, MonthKeys

SATELLITE_SHARE = 0.25
"""A piece with at most so many columns, as a share of the largest, is a satellite."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """Columns and rows of the full model."""

    columns: Ints
    rows: Ints


@dataclass(frozen=True)
class Split:
    """`shared` columns belong to no piece; rows that touch no piece belong to the core."""

    shared: Ints
    core: Piece
    """Columns of the core, the shared ones included."""
    pieces: tuple[Piece, ...]
    """The pieces within the core."""
    satellites: tuple[Piece, ...]


def matrix_of(arrays: Arrays) -> sparse.csc_matrix:
    """The rows of the model as a sparse matrix."""
    shape = (len(arrays.row_lower), len(arrays.cost))
    return sparse.csc_matrix((arrays.values, arrays.rows, arrays.starts), shape=shape)


def mergeable(arrays: Arrays) -> Flags:
    """Columns that may be merged or split off: keyed by month, continuous, at least 0."""
    if not arrays.months.column_group.size:
        return np.zeros(len(arrays.cost), dtype=bool)
    found: Flags = (arrays.months.column_group >= 0) & ~arrays.integer & (arrays.lower == 0.0)
    return found


def split(arrays: Arrays) -> Split:
    """Find the pieces; small ones whose cost cannot be negative become satellites."""
    movable = mergeable(arrays)
    matrix = matrix_of(arrays)
    label_of_column, label_of_row = _labels(matrix, movable)
    size = np.bincount(label_of_column[movable], minlength=1)
    small = size <= SATELLITE_SHARE * size.max()
    small &= np.bincount(label_of_column[movable], arrays.cost[movable] < 0, minlength=len(size)) == 0
    outside = np.append(small, False)  # label -1, of what is in no piece, is in the core
    core = Piece(np.flatnonzero(~outside[label_of_column]), np.flatnonzero(~outside[label_of_row]))
    pieces = _pieces(label_of_column, label_of_row, len(size))
    return Split(
        shared=np.flatnonzero(~movable),
        core=core,
        pieces=tuple(piece for piece, satellite in zip(pieces, small, strict=True) if not satellite),
        satellites=tuple(piece for piece, satellite in zip(pieces, small, strict=True) if satellite),
    )


def _labels(matrix: sparse.csc_matrix, movable: Flags) -> tuple[Ints, Ints]:
    """The piece of every column and row; -1 for shared columns and for rows without others."""
    rows = matrix.shape[0]
    kept = matrix @ sparse.diags(movable.astype(float))
    kept.eliminate_zeros()
    graph = sparse.bmat([[None, kept], [kept.T, None]], format="csr")
    label = connected_components(graph, directed=False)[1].astype(np.int64)
    used = np.unique(label[rows:][movable])
    number = np.full(label.max() + 1, -1, dtype=np.int64)
    number[used] = np.arange(len(used))
    return np.where(movable, number[label[rows:]], -1), number[label[:rows]]


def _pieces(label_of_column: Ints, label_of_row: Ints, count: int) -> list[Piece]:
    by_column, by_row = np.argsort(label_of_column, kind="stable"), np.argsort(label_of_row, kind="stable")
    cut_columns = np.searchsorted(label_of_column[by_column], np.arange(count + 1))
    cut_rows = np.searchsorted(label_of_row[by_row], np.arange(count + 1))
    return [
        Piece(by_column[cut_columns[n] : cut_columns[n + 1]], by_row[cut_rows[n] : cut_rows[n + 1]])
        for n in range(count)
    ]


def restricted(arrays: Arrays, piece: Piece) -> Arrays:
    """The model of some columns and rows; what the rows hold of other columns is left out."""
    part = matrix_of(arrays)[:, piece.columns][piece.rows].tocsc()
    place = np.full(len(arrays.cost), -1, dtype=np.int64)
    place[piece.columns] = np.arange(len(piece.columns))
    partner = arrays.partner[piece.columns]
    keys = arrays.months
    return replace(
        arrays,
        cost=arrays.cost[piece.columns],
        lower=arrays.lower[piece.columns],
        upper=arrays.upper[piece.columns],
        integer=arrays.integer[piece.columns],
        starts=part.indptr.astype(np.int32),
        rows=part.indices.astype(np.int32),
        values=part.data,
        row_lower=arrays.row_lower[piece.rows],
        row_upper=arrays.row_upper[piece.rows],
        partner=np.where(partner >= 0, place[partner], -1).astype(np.int32),
        opens_at=arrays.opens_at[piece.columns],
        months=MonthKeys(
            keys.column_group[piece.columns], keys.column_month[piece.columns], keys.row_group[piece.rows]
        ),
    )
