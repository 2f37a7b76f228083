"""The answer of a baseline: its problem compiled and solved, its orders and bills."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.costing import cost_lines
from optimizer.extract import Extracted, extract
from optimizer.extract_usage import Values
from optimizer.faults import Infeasible, NoPlan, SolverFault
from optimizer.model import Model, build_model
from optimizer.plan import Baseline, Totals
from optimizer.problem import Problem
from optimizer.solve import Session, Solved, solve_in
from optimizer.solve_arrays import Compiled, compile_model
from optimizer.solve_protocol import SolveOptions
from optimizer.totals import expected_totals

BASELINE_GAP_SHARE = 0.01
BASELINE_TIME_LIMIT_S = 60.0
STOPPED = (Infeasible, NoPlan, SolverFault)
"""How a solve may end without an answer."""


class Start(NamedTuple):
    """An order by contract and index of its first month."""

    contract: str
    month: int


@dataclass(frozen=True)
class Question:
    """A problem, built and compiled, and the session that solves it."""

    problem: Problem
    model: Model
    compiled: Compiled
    session: Session

    def options(self, time_limit_s: float = BASELINE_TIME_LIMIT_S) -> SolveOptions:
        """A gap of 1 %, or that of the plan where it is wider."""
        run = self.problem.scenario.run
        return SolveOptions(
            gap_share=max(BASELINE_GAP_SHARE, run.gap_share),
            gap_absolute=run.gap_usd / self.model.money_scale_usd,
            time_limit_s=time_limit_s,
            seed=run.seed,
        )

    def solve(self) -> "Answer":
        """The least cost; raises one of STOPPED."""
        return self.answer(solve_in(self.session, self.compiled.arrays, self.options()))

    def solve_with_orders(self, nodes: Mapping[Start, int]) -> "Answer":
        """The least cost with exactly these orders; raises one of STOPPED."""
        return self.answer(solve_in(self.session, _with_orders(self, nodes), self.options()))

    def answer(self, solved: Solved) -> "Answer":
        """What the solver found, as decisions and bills."""
        decided = extract(self.problem, self.model, self.compiled, solved.values)
        summed = expected_totals(self.problem, decided, cost_lines(self.problem, decided))
        bound_usd = min(solved.bound * self.model.money_scale_usd, float(summed.objective_usd))
        return Answer(self, solved.values, decided, summed, bound_usd)


@dataclass(frozen=True)
class Answer:
    """A way to serve the demand."""

    question: Question
    values: NDArray[np.float64]
    decided: Extracted
    totals: Totals
    bound_usd: float

    @cached_property
    def _values(self) -> Values:
        return Values(self.question.compiled, self.values)

    def value(self, variable: Any) -> float:
        """The value of a variable of the question; 0 for one that no row or cost mentions."""
        return self._values(variable)

    def values_by_name(self, components: frozenset[str]) -> dict[str, float]:
        """Values of the variables of some components, by the names that they have in any model."""
        return {
            v.name: float(x)
            for v, x in zip(self.question.compiled.columns, self.values, strict=True)
            if v.parent_component().name in components
        }

    def as_baseline(self, name: str, note: str) -> Baseline:
        """The figures of the Summary."""
        return Baseline(
            name=name,
            outcome="solved",
            objective_usd=self.totals.objective_usd,
            effective_usd=self.totals.effective_usd,
            usd_per_mtok=self.totals.usd_per_mtok,
            bound_usd=self.bound_usd,
            note=note,
        )


def asked(problem: Problem, session: Session) -> Question:
    """Build and compile."""
    model = build_model(problem)
    return Question(problem, model, compile_model(model), session)


def unanswered(name: str, note: str, stopped: RuntimeError) -> Baseline:
    """A baseline without figures, and why."""
    if isinstance(stopped, Infeasible):
        return Baseline(name=name, outcome="impossible", note=f"no such plan exists; {note}")
    return Baseline(name=name, outcome="not_solved", note=f"{stopped}; {note}")


def _with_orders(question: Question, nodes: Mapping[Start, int]) -> Arrays:
    """The arrays with every order held at the given nodes, none where none are given, in every future alike."""
    arrays = question.compiled.arrays
    lower, upper, integer = arrays.lower.copy(), arrays.upper.copy(), arrays.integer.copy()
    for column, variable in enumerate(question.compiled.columns):
        if variable.parent_component().name == "order_lots":
            contract, month, _ = variable.index()
            ordered = nodes.get(Start(contract, month), 0)
            lower[column] = upper[column] = ordered / question.problem.ordered[contract].lot_nodes
            integer[column] = False
    return replace(arrays, lower=lower, upper=upper, integer=integer)
