"""The compiled model: the rows of a Pyomo model as plain arrays with names."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.gc_manager import PauseGC
from pyomo.core.expr.numeric_expr import LinearExpression, MonomialTermExpression
from scipy.sparse import csr_matrix

from optimizer.arrays import Arrays
from optimizer.faults import Infeasible, NotFinite
from optimizer.model import Model
from optimizer.order_calendar import ALL_FUTURES
from optimizer.solve_keys import month_keys

SMALLEST_COEFFICIENT = 1e-4
LARGEST_COEFFICIENT = 1e5
TOLERANCE = 1e-9
"""What a row without variables may be off."""


@dataclass(frozen=True)
class Compiled:
    """Arrays with the Pyomo variables and rows that their columns and rows stand for."""

    arrays: Arrays
    columns: tuple[Any, ...]
    row_names: tuple[Any, ...]
    """The Pyomo constraint of each row."""


def compile_model(model: Model) -> Compiled:
    """Compile to arrays; every coefficient is checked to be finite.

    The rows of all families are flat (optimizer/linear.py), so they are read off as they stand. Pyomo's own compiler
    to standard form walks through every expression and takes longer (docs/performance.md).
    """
    with PauseGC():
        rows = _rows(model.pyomo)
        terms, offset = _flat(model.pyomo.cost.expr)
        matrix, columns, place = _matrix([*(row.terms for row in rows), terms])
        bounds = [variable.bounds for variable in columns]
        partner, opens_at = _openings(model, columns, place)
        rows_alone = matrix[:-1].tocsc()
        arrays = Arrays(
            cost=matrix[-1].toarray().ravel(),
            offset=float(offset),
            lower=np.array([-np.inf if lower is None else lower for lower, _ in bounds], dtype=float),
            upper=np.array([np.inf if upper is None else upper for _, upper in bounds], dtype=float),
            integer=np.array([not v.is_continuous() for v in columns], dtype=bool),
            starts=rows_alone.indptr.astype(np.int32),
            rows=rows_alone.indices.astype(np.int32),
            values=np.asarray(rows_alone.data, dtype=float),
            row_lower=np.array([row.lower for row in rows], dtype=float),
            row_upper=np.array([row.upper for row in rows], dtype=float),
            partner=partner,
            opens_at=opens_at,
            months=month_keys(columns, [row.constraint for row in rows]),
        )
    for name, numbers in (("cost", arrays.cost), ("row coefficient", arrays.values)):
        if not np.isfinite(numbers).all():
            raise NotFinite(f"a {name} of the model is not a finite number")
    for limits in (arrays.lower, arrays.upper, arrays.row_lower, arrays.row_upper):
        if np.isnan(limits).any():
            raise NotFinite("a bound of the model is not a number")
    return Compiled(arrays, columns, tuple(row.constraint for row in rows))


class _Row(NamedTuple):
    """lower <= sum of coefficient * variable <= upper."""

    constraint: Any
    terms: list[tuple[float, Any]]
    lower: float
    upper: float


def _rows(model: Any) -> list[_Row]:
    """All active rows, in the order of the model; rows without a variable are checked and left out."""
    rows = []
    for constraint in model.component_data_objects(pyo.Constraint, active=True):
        lower, body, upper = constraint.to_bounded_expression(evaluate_bounds=True)
        terms, constant = _flat(body)
        least = -np.inf if lower is None else lower - constant
        most = np.inf if upper is None else upper - constant
        if terms:
            rows.append(_Row(constraint, terms, least, most))
        elif least > TOLERANCE or most < -TOLERANCE:
            raise Infeasible(f"{constraint.name} cannot hold: it has no variable")
    return rows


def _flat(expression: Any) -> tuple[list[tuple[float, Any]], float]:
    """The terms and the constant of a flat sum; Pyomo states a row that cannot hold as a number alone."""
    if isinstance(expression, int | float):
        return [], float(expression)
    if expression.__class__ is not LinearExpression:
        raise TypeError(f"not a flat sum (optimizer.linear.linear makes one): {expression}")
    parts = expression.args
    if parts and parts[0].__class__ is not MonomialTermExpression:
        return [part.args for part in parts[1:]], parts[0]  # a constant stands first
    return [part.args for part in parts], 0.0


def _matrix(rows: list[list[tuple[float, Any]]]) -> tuple[csr_matrix, tuple[Any, ...], dict[int, int]]:
    """By rows, equal places added up and zeros left out; the variables, and the column of each by its identity."""
    terms = [term for row in rows for term in row]
    variables = [variable for _, variable in terms]
    ids = list(map(id, variables))
    known = dict(zip(ids, variables, strict=True))
    place = {each: column for column, each in enumerate(known)}
    starts = np.cumsum([0, *map(len, rows)])
    coefficients = [coefficient for coefficient, _ in terms]
    columns = list(map(place.__getitem__, ids))
    matrix = csr_matrix((coefficients, columns, starts), shape=(len(rows), len(known)), dtype=float)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix, tuple(known.values()), place


def _openings(
    model: Model, columns: tuple[Any, ...], place: dict[int, int]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Which columns open an order, for the dive: half the minimum order is worth opening."""
    partner = np.full(len(columns), -1, dtype=np.int32)
    opens_at = np.zeros(len(columns))
    spend, units = model.pyomo.spend_commitment, model.pyomo.provisioned
    orders = (model.decide.sign, model.decide.order_lots), (spend.sign, spend.steps), (units.sign, units.steps)
    for signed, sizes in orders:
        opened = [(sign, key) for key, sign in signed.items()] + [
            (differs, (*order, ALL_FUTURES))
            for order, differs in model.pyomo.stability.differs.items()
            if order not in model.pyomo.stability.changed and (*order, ALL_FUTURES) in sizes
        ]
        for sign, key in opened:
            size = place.get(id(sizes[key]))
            if id(sign) in place and size is not None:
                partner[place[id(sign)]] = size
                opens_at[place[id(sign)]] = model.smallest[key[0]] / 2
    return partner, opens_at
