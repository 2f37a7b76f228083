"""Rows of coefficients and variables: what cancels leaves nothing behind."""

import pyomo.environ as pyo

from optimizer.linear import at_most_nothing, together


def test_a_sum_that_cancels_but_for_binary_digits_is_no_coefficient() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in binary digits."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var()
    model.y = pyo.Var()
    terms = [(0.1, model.x), (2.0, model.y), (0.2, model.x), (-0.3, model.x)]
    assert [(number, str(variable)) for number, variable in together(terms)] == [(2.0, "y")]


def test_a_number_that_is_small_by_itself_stays() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var()
    assert [number for number, _ in together([(1e-17, model.x)])] == [1e-17]


def test_a_row_of_which_nothing_is_left_holds_or_cannot_hold() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var()
    cancelled = [(0.1, model.x), (0.2, model.x), (-0.3, model.x)]
    assert at_most_nothing(cancelled, 0.0) is pyo.Constraint.Skip
    assert at_most_nothing(cancelled, 1.0) is pyo.Constraint.Infeasible
