"""Linear expressions as lists of (coefficient, variable): quick to build, quick to compile."""

from collections.abc import Iterable
from typing import Any

import pyomo.environ as pyo
from pyomo.core.expr.numeric_expr import LinearExpression

Term = tuple[float, Any]
"""A coefficient and a Pyomo variable."""

ROUNDING = 1e-9
"""What a sum of constants alone may be above its limit, as a share of the row's size."""

CANCELLED = 1e-13
"""Share of what is added up to a coefficient below which its sum is a remainder of rounding."""


def linear(terms: Iterable[Term], constant: float = 0.0) -> Any:
    """The sum of the terms and the constant as one flat Pyomo expression."""
    pairs = [(coefficient, variable) for coefficient, variable in terms if coefficient != 0.0]
    return LinearExpression(
        constant=constant,
        linear_coefs=[coefficient for coefficient, _ in pairs],
        linear_vars=[variable for _, variable in pairs],
    )


def scaled(factor: float, terms: Iterable[Term]) -> list[Term]:
    """Every coefficient times the factor."""
    return [(factor * coefficient, variable) for coefficient, variable in terms]


def together(terms: Iterable[Term]) -> list[Term]:
    """One term for each variable; where what is added cancels but for binary digits, none.

    Such a remainder would be told as the smallest coefficient of the model, and means nothing.
    """
    added: dict[int, tuple[float, float, Any]] = {}
    for coefficient, variable in terms:
        total, size, _ = added.get(id(variable), (0.0, 0.0, variable))
        added[id(variable)] = total + coefficient, size + abs(coefficient), variable
    return [(total, variable) for total, size, variable in added.values() if abs(total) > CANCELLED * size]


def at_most_nothing(terms: list[Term], constant: float) -> Any:
    """The row terms + constant <= 0; without terms no row, or one that cannot hold."""
    terms = together(terms)
    if not terms:
        return pyo.Constraint.Skip if constant <= ROUNDING else pyo.Constraint.Infeasible
    return linear(terms) <= -constant
