"""The arrays that are handed to the solver are the model: the same rows that Pyomo's own compiler finds in it."""

from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from optimizer.faults import Infeasible
from optimizer.linear import linear
from optimizer.model import Model, build_model
from optimizer.problem import state
from optimizer.solve_arrays import compile_model
from tests.plan_builders import a_rich_scenario

Row = tuple[frozenset[tuple[str, float]], float, float]


@pytest.fixture(scope="module")
def model() -> Model:
    return build_model(state(a_rich_scenario()))


def rounded(number: float) -> float:
    """Equal variables of a row may be added up in another order."""
    return float(f"{float(number):.12g}")


def rows_here(model: Model) -> dict[str, Row]:
    """By name: coefficients by variable, and both limits."""
    compiled = compile_model(model)
    arrays = compiled.arrays
    coefficients: list[set[tuple[str, float]]] = [set() for _ in compiled.row_names]
    for column, variable in enumerate(compiled.columns):
        for place in range(arrays.starts[column], arrays.starts[column + 1]):
            coefficients[arrays.rows[place]].add((variable.name, rounded(arrays.values[place])))
    return {
        row.name: (frozenset(coefficients[i]), rounded(arrays.row_lower[i]), rounded(arrays.row_upper[i]))
        for i, row in enumerate(compiled.row_names)
    }


def rows_of_pyomo(model: Model) -> dict[str, Row]:
    form: Any = LinearStandardFormCompiler().write(model.pyomo, mixed_form=True, set_sense=pyo.minimize)
    matrix = form.A.tocsr()
    found = {}
    for i, (row, limit) in enumerate(zip(form.rows, form.rhs, strict=True)):
        part = slice(matrix.indptr[i], matrix.indptr[i + 1])
        pairs = zip(matrix.indices[part], matrix.data[part], strict=True)
        terms = frozenset((form.columns[column].name, rounded(value)) for column, value in pairs)
        lower = rounded(limit) if row.bound_type <= 0 else -np.inf
        upper = rounded(limit) if row.bound_type >= 0 else np.inf
        found[row.constraint.name] = terms, lower, upper
    return found


def test_every_row_is_the_one_that_pyomo_compiles(model: Model) -> None:
    assert rows_here(model) == rows_of_pyomo(model)
    assert len(rows_here(model)) > 100


def test_costs_and_bounds_are_those_of_the_variables(model: Model) -> None:
    compiled = compile_model(model)
    form: Any = LinearStandardFormCompiler().write(model.pyomo, mixed_form=True, set_sense=pyo.minimize)
    costs = dict(zip((v.name for v in form.columns), np.asarray(form.c.todense()).ravel(), strict=True))
    assert {v.name: float(cost) for v, cost in zip(compiled.columns, compiled.arrays.cost, strict=True)} == costs
    assert compiled.arrays.offset == form.c_offset[0]
    for i, variable in enumerate(compiled.columns):
        assert compiled.arrays.integer[i] == (not variable.is_continuous())
        assert compiled.arrays.lower[i] == (-np.inf if variable.lb is None else variable.lb)
        assert compiled.arrays.upper[i] == (np.inf if variable.ub is None else variable.ub)


def with_row(model: Model, row: Any) -> Model:
    model.pyomo.del_component("added")
    model.pyomo.added = pyo.Constraint(expr=row)
    return model


def test_a_row_without_variables_that_cannot_hold_is_told_before_the_solver(model: Model) -> None:
    with pytest.raises(Infeasible, match="added cannot hold"):
        compile_model(with_row(model, linear([]) >= 1.0))
    assert "added" not in rows_here(with_row(model, linear([]) <= 1.0))


def test_equal_variables_of_a_row_are_added_up(model: Model) -> None:
    lots = next(iter(model.decide.order_lots.values()))
    terms = [(1.0, lots), (2.5, lots)]
    assert rows_here(with_row(model, linear(terms, 4.0) <= 9.0))["added"] == ({(lots.name, 3.5)}, -np.inf, 5.0)


def test_a_row_that_is_no_flat_sum_is_a_mistake_of_ours(model: Model) -> None:
    lots = next(iter(model.decide.order_lots.values()))
    with pytest.raises(TypeError, match="not a flat sum"):
        compile_model(with_row(model, lots**2 <= 9.0))
    model.pyomo.del_component("added")
