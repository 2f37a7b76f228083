"""Conditions: what a negotiation asks of a plan beyond the scenario's own rules (decision 0024).

A condition is added to the arrays of a compiled model, so that every way of solving it knows it:

    ORDER at most 0    every variable that orders, rents or uses the offer is held at 0 by its bounds
    ORDER at least     what is ordered: sum of sign (where there is a minimum; else lots, sizes or tiers)  >=  at_least
                       what is used by the hour: expected node-hours  >=  at_least
                       what is paid by the token: expected accepted Mtok  >=  at_least
                       a row that is there, with 0, for every condition on ORDER: so models with, without and with or
                       without an offer have the same structure, and one teaches the other
    BEGUN at most 0    every variable that begins the migration is held at 0 by its bounds
    SPEND, TOKENS      part - share * whole  >=  0  or  <=  0

    part, SPEND   expected effective cost in the horizon of the cost lines whose source the offer is
    part, TOKENS  expected accepted tokens of the workload that the offer's offering serves in the pool it sells for, or
                  that its API offer or its provisioned units serve
    whole         the same of all sources, of all that serves the workload

Rows of a share are divided by the middle (geometric) of their coefficients.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack

from optimizer.faults import Impossible
from optimizer.linear import Term, scaled
from optimizer.living.taking import beginning, ordering, spending, tokens, variables_of
from optimizer.model import Model
from optimizer.problem import Problem
from optimizer.solve_arrays import Compiled


class Measured(StrEnum):
    """What of an offer a condition limits."""

    ORDER = "order"
    """How much is ordered, rented or used under it: orders, expected node-hours, or expected accepted Mtok."""
    SPEND = "spend"
    """Its share of the expected effective cost of the horizon."""
    TOKENS = "tokens"
    """The share of a workload's accepted tokens that its offering serves in base pools."""
    BEGUN = "begun"
    """Whether a migration is begun; it can be asked only that it is not."""


@dataclass(frozen=True)
class Condition:
    """At least or at most so much of what an offer can take."""

    contract: str
    """Its id; that of the migration for BEGUN."""
    measured: Measured
    workload: str | None = None
    """For TOKENS only."""
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        limits = [("at least", self.at_least), ("at most", self.at_most)]
        stated = [(word, limit) for word, limit in limits if limit is not None]
        if self.measured is Measured.ORDER:
            if self.at_least == 0.0:
                return f"{self.contract} may be used"
            used = (
                "is used"
                if self.at_least in (None, 1.0)
                else f"is used for at least {self.at_least:,.6g} (hours, Mtok)"
            )
            return f"{self.contract} {used if self.at_least is not None else 'is not used'}"
        if self.measured is Measured.BEGUN:
            return f"migration {self.contract} is not begun"
        of = "spend" if self.measured is Measured.SPEND else f"the tokens of {self.workload}"
        return f"{self.contract} takes {' and '.join(f'{word} {limit * 100:.6g} %' for word, limit in stated)} of {of}"


class ConditionsFail(Impossible):
    """No plan keeps the rules of the scenario and the conditions."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        said = "; ".join(str(condition) for condition in conditions)
        super().__init__((f"no plan keeps all rules under the condition: {said}",))


def conditioned(problem: Problem, model: Model, compiled: Compiled, conditions: Sequence[Condition]) -> Compiled:
    """The compiled model with the conditions added; ConditionsFail where the offer cannot be used at all.

    Columns stay as they are. Rows of conditions stand last, in order, and are of no month.
    """
    for condition in conditions:
        if condition.measured is Measured.BEGUN:
            compiled = _closed(compiled, beginning(model, condition.contract))
        if condition.measured is Measured.ORDER and condition.at_most is not None:
            compiled = _closed(compiled, variables_of(model, condition.contract))
    rows = [row for condition in conditions for row in _rows(problem, model, condition)]
    return _with_rows(compiled, rows, conditions) if rows else compiled


@dataclass(frozen=True)
class RowName:
    """Names the row of a condition as a row of Pyomo names itself: it is its own component and its own block."""

    condition: str
    local_name: str = "conditions"

    @property
    def name(self) -> str:
        """That of the component."""
        return self.local_name

    def parent_component(self) -> Self:
        """Itself."""
        return self

    def parent_block(self) -> Self:
        """Itself."""
        return self

    def index(self) -> tuple[str, ...]:
        """What tells it from other conditions."""
        return (self.condition,)


@dataclass(frozen=True)
class _Row:
    """lower <= terms <= upper."""

    name: str
    terms: list[Term]
    lower: float
    upper: float


def _rows(problem: Problem, model: Model, condition: Condition) -> Iterator[_Row]:
    if condition.measured is Measured.ORDER:
        terms = ordering(problem, model, condition.contract)
        size = max((coefficient for coefficient, _ in terms), default=1.0)
        yield _Row(
            f"use of {condition.contract}", scaled(1.0 / size, terms), (condition.at_least or 0.0) / size, np.inf
        )
        return
    if condition.measured is Measured.BEGUN:
        return
    if condition.at_least is not None:
        terms, constant = _excess(problem, model, condition, condition.at_least)
        yield _Row(f"{condition}, from below", terms, -constant, np.inf)
    if condition.at_most is not None:
        terms, constant = _excess(problem, model, condition, condition.at_most)
        yield _Row(f"{condition}, from above", terms, -np.inf, -constant)


def _excess(problem: Problem, model: Model, condition: Condition, share: float) -> tuple[list[Term], float]:
    """Part - share * whole, scaled: terms and constant."""
    if condition.measured is Measured.SPEND:
        taken = spending(problem, model, condition.contract)
    else:
        assert condition.workload is not None
        taken = tokens(problem, model, condition.contract, condition.workload)
    terms = [*taken.part, *scaled(-share, taken.whole)]
    sizes = np.abs([coefficient for coefficient, _ in terms if coefficient])
    size = float(np.exp(np.log(sizes).mean())) if sizes.size else 1.0
    return scaled(1.0 / size, terms), -share * taken.whole_constant / size


def _closed(compiled: Compiled, variables: Iterable[Any]) -> Compiled:
    places = _places(compiled)
    upper = compiled.arrays.upper.copy()
    upper[[places[id(variable)] for variable in variables if id(variable) in places]] = 0.0
    return replace(compiled, arrays=replace(compiled.arrays, upper=upper))


def _places(compiled: Compiled) -> dict[int, int]:
    return {id(variable): column for column, variable in enumerate(compiled.columns)}


def _with_rows(compiled: Compiled, rows: Sequence[_Row], conditions: Sequence[Condition]) -> Compiled:
    arrays = compiled.arrays
    shape = (len(arrays.row_lower), len(arrays.cost))
    added = _matrix(_places(compiled), rows, shape[1])
    if any(not added[[i]].nnz and not row.lower <= 0.0 <= row.upper for i, row in enumerate(rows)):
        raise ConditionsFail(conditions)
    matrix = csc_array(vstack([csc_array((arrays.values, arrays.rows, arrays.starts), shape=shape), added]))
    matrix.sort_indices()
    return Compiled(
        replace(
            arrays,
            starts=matrix.indptr.astype(np.int32),
            rows=matrix.indices.astype(np.int32),
            values=np.asarray(matrix.data, dtype=float),
            row_lower=_longer(arrays.row_lower, [row.lower for row in rows]),
            row_upper=_longer(arrays.row_upper, [row.upper for row in rows]),
            months=replace(
                arrays.months,
                row_group=np.append(arrays.months.row_group, np.full(len(rows), -1, dtype=np.int32)),
            ),
        ),
        compiled.columns,
        (*compiled.row_names, *(RowName(row.name) for row in rows)),
    )


def _matrix(places: dict[int, int], rows: Sequence[_Row], columns: int) -> csr_array:
    """Terms of variables that no other row or cost mentions are left out: they can be anything, for nothing."""
    entries = [
        (i, places[id(variable)], coefficient)
        for i, row in enumerate(rows)
        for coefficient, variable in row.terms
        if id(variable) in places
    ]
    at, column, values = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = csr_array((np.array(values, dtype=float), (at, column)), shape=(len(rows), columns))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _longer(limits: NDArray[np.float64], more: list[float]) -> NDArray[np.float64]:
    return np.append(limits, np.array(more, dtype=float))
