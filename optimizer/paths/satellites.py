"""Satellites: small linear programs that depend on the shared columns, and the cuts that say what they cost.

For satellite k with columns z, given shared values u:

    v_k(u)  =  min c @ z + penalty * (over + under)   subject to   L <= A z + B u + under - over <= U,  0 <= z <= most

`over` and `under` exist in the rows that hold a shared column, so that every u has a value. v_k is convex and never
above the true cost, which is infinite where u leaves too little. With row duals d at u0, weak duality gives for every u

    v_k(u)  >=  v_k(u0) - d @ B (u - u0)

a cut that is valid in every model with these shared columns, whatever is merged in it.
"""

from dataclasses import dataclass
from functools import cached_property

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimizer.arrays import Arrays
from optimizer.paths.basis import LOWER, Basis, statuses
from optimizer.paths.splitting import Piece
from optimizer.solve_highs import load_linear

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
UNCHANGED = 1e-9


@dataclass(frozen=True)
class Cut:
    """Value of the satellite >= constant + coefficients @ u[shared]."""

    constant: float
    shared: Ints
    coefficients: Floats


@dataclass(frozen=True)
class KeptCut:
    """A cut, the number of the satellite it comes from, and whether it speaks of its cost.

    One that does not bounds the shared columns only: constant + coefficients @ u <= 0.
    """

    satellite: int
    cut: Cut
    priced: bool = True


@dataclass(frozen=True)
class Value:
    """What a satellite costs at some u, how much it lacks, and the cut there."""

    cost: float
    lacking: float
    cut: Cut


@dataclass(frozen=True)
class _Program:
    """The linear program of a satellite, with what ties it to the shared columns."""

    shared: Ints
    ties: sparse.csc_matrix
    lower: Floats
    upper: Floats
    highs: highspy.Highs


class Satellite:
    """One piece as a linear program of its own, ready to be solved for any u.

    `matrix` holds the rows of the full model; `cost` its costs, or others in their place.
    """

    def __init__(
        self,
        arrays: Arrays,
        matrix: sparse.csr_matrix,
        piece: Piece,
        cost: Floats,
        penalty: float,
    ) -> None:
        self.piece = piece
        self._needs: Satellite | None = None
        self._given = (arrays, matrix)
        self._cost, self._penalty = cost, penalty
        self._count = len(piece.columns)
        self._at: Floats | None = None
        self._value: Value | None = None

    @cached_property
    def _program(self) -> _Program:
        """Loaded when it is first asked: a model that is solved again often needs none."""
        (arrays, matrix), piece = self._given, self.piece
        rows = matrix[piece.rows]
        shared = np.setdiff1d(np.unique(rows.indices), piece.columns)
        ties = rows[:, shared].tocsc()
        lower, upper = arrays.row_lower[piece.rows], arrays.row_upper[piece.rows]
        elastic = _elastic(ties, lower, upper)
        highs = load_linear(
            sparse.hstack([rows[:, piece.columns], elastic]).tocsc(),
            cost=np.append(self._cost[piece.columns], np.full(elastic.shape[1], self._penalty)),
            upper=np.append(arrays.upper[piece.columns], np.full(elastic.shape[1], np.inf)),
            row_lower=lower,
            row_upper=upper,
        )
        return _Program(shared, ties, lower, upper, highs)

    def value(self, u: Floats) -> Value | None:
        """The value at the shared columns `u` (of the full model); None where the solver finds none."""
        program, highs = self._program, self._program.highs
        at = u[program.shared]
        if self._value is not None and self._at is not None and np.abs(at - self._at).max(initial=0.0) <= UNCHANGED:
            return self._value
        shift = program.ties @ at
        every = np.arange(len(shift), dtype=np.int32)
        highs.changeRowsBounds(len(shift), every, program.lower - shift, program.upper - shift)  # type: ignore[attr-defined]
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        cost = float(highs.getInfo().objective_function_value)
        slope = -(program.ties.T @ np.array(solution.row_dual))
        lacking = float(np.sum(solution.col_value[self._count :]))
        self._at, self._value = at, Value(cost, lacking, Cut(cost - float(slope @ at), program.shared, slope))
        return self._value

    def need(self, u: Floats) -> Value:
        """How many nodes are lacking at least, whatever that costs, as a value; its cut must stay at 0 or below."""
        arrays, matrix = self._given
        if self._needs is None:
            self._needs = Satellite(arrays, matrix, self.piece, np.zeros(len(arrays.cost)), 1.0)
        value = self._needs.value(u)
        if value is None:
            raise RuntimeError("a satellite has no least need")
        return value

    def basis(self) -> Basis:
        """The basis of the last value, of the piece's columns and rows."""
        basis = self._program.highs.getBasis()
        return Basis(statuses(basis.col_status[: self._count]), statuses(basis.row_status))

    def start_from(self, basis: Basis) -> None:
        """Begin the next value at a basis."""
        highs = self._program.highs
        spare = np.full(highs.getNumCol() - self._count, LOWER, dtype=np.int8)
        Basis(np.append(basis.column, spare), basis.row).given_to(highs)


def _elastic(ties: sparse.csc_matrix, lower: Floats, upper: Floats) -> sparse.csc_matrix:
    """Columns for what is over and under in the rows that hold shared columns."""
    tied = np.unique(ties.indices)
    over, under = tied[np.isfinite(upper[tied])], tied[np.isfinite(lower[tied])]
    count = len(over) + len(under)
    signs = np.append(np.full(len(over), -1.0), np.ones(len(under)))
    where = (np.append(over, under), np.arange(count))
    return sparse.csc_matrix((signs, where), shape=(len(lower), count))
