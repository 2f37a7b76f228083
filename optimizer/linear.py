"""Linear expressions as lists of (coefficient, variable): quick to build, quick to compile."""

from collections.abc import Iterable
from typing import Any

from pyomo.core.expr.numeric_expr import LinearExpression

Term = tuple[float, Any]
"""A coefficient and a Pyomo variable."""


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
