"""The compiled model: Pyomo's standard form as plain arrays with names."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.common.gc_manager import PauseGC
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from optimizer.arrays import Arrays
from optimizer.faults import Infeasible, NotFinite
from optimizer.model import Model
from optimizer.solve_keys import month_keys

SMALLEST_COEFFICIENT = 1e-4
LARGEST_COEFFICIENT = 1e5


@dataclass(frozen=True)
class Compiled:
    """Arrays with the Pyomo variables and rows that their columns and rows stand for."""

    arrays: Arrays
    columns: tuple[Any, ...]
    row_names: tuple[Any, ...]
    """The Pyomo constraint of each row."""


def compile_model(model: Model) -> Compiled:
    """Compile to arrays; every coefficient is checked to be finite."""
    try:
        with PauseGC():
            form = LinearStandardFormCompiler().write(model.pyomo, mixed_form=True, set_sense=pyo.minimize)
    except InfeasibleConstraintException as impossible:
        raise Infeasible(str(impossible)) from impossible
    matrix = form.A.tocsc()
    row_lower, row_upper = _row_bounds(form)
    columns = tuple(form.columns)
    partner, opens_at = _openings(model, columns)
    arrays = Arrays(
        cost=np.asarray(form.c.todense(), dtype=float).ravel(),
        offset=float(form.c_offset[0]),
        lower=np.array([-np.inf if v.lb is None else v.lb for v in columns], dtype=float),
        upper=np.array([np.inf if v.ub is None else v.ub for v in columns], dtype=float),
        integer=np.array([not v.is_continuous() for v in columns], dtype=bool),
        starts=matrix.indptr.astype(np.int32),
        rows=matrix.indices.astype(np.int32),
        values=np.asarray(matrix.data, dtype=float),
        row_lower=row_lower,
        row_upper=row_upper,
        partner=partner,
        opens_at=opens_at,
        months=month_keys(columns, [row.constraint for row in form.rows]),
    )
    for name, numbers in (("cost", arrays.cost), ("row coefficient", arrays.values)):
        if not np.isfinite(numbers).all():
            raise NotFinite(f"a {name} of the model is not a finite number")
    for bounds in (arrays.lower, arrays.upper, row_lower, row_upper):
        if np.isnan(bounds).any():
            raise NotFinite("a bound of the model is not a number")
    return Compiled(arrays, columns, tuple(row.constraint for row in form.rows))


def _openings(model: Model, columns: tuple[Any, ...]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Which columns open an order, for the dive: half the minimum order is worth opening."""
    place = {id(variable): i for i, variable in enumerate(columns)}
    partner = np.full(len(columns), -1, dtype=np.int32)
    opens_at = np.zeros(len(columns))
    spend = model.pyomo.spend_commitment
    for signed, sizes in ((model.decide.sign, model.decide.order_lots), (spend.sign, spend.steps)):
        for key, sign in signed.items():
            size = place.get(id(sizes[key]))
            if id(sign) in place and size is not None:
                partner[place[id(sign)]] = size
                opens_at[place[id(sign)]] = model.smallest[key[0]] / 2
    return partner, opens_at


def _row_bounds(form: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lower = np.full(len(form.rows), -np.inf)
    upper = np.full(len(form.rows), np.inf)
    for i, (row, bound) in enumerate(zip(form.rows, form.rhs, strict=True)):
        if row.bound_type <= 0:
            lower[i] = bound
        if row.bound_type >= 0:
            upper[i] = bound
    return lower, upper
