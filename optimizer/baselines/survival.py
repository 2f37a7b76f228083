"""Whether what a baseline bought would survive the contingencies: the plan's own fallback rows, bought nodes fixed.

For every contingency, month, checked block and outlook m, with one more column:

    least(m):  min sum over m of missing[m],  0 <= missing[m] <= 1
               keep_the_floor rows of m:  served shares + floor_share[w] * missing[m]  >=  floor_share[w]
               all other fallback rows as in the plan's model, commitments moved to the right-hand side

Moments share no column, so each missing[m] is the least there is: what is left carries at most 1 - missing[m] of every
floor at once, and the event is survived exactly if all missing[m] are 0.
Serving nothing is allowed here, so this linear program always has an answer.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, hstack

from optimizer.arrays import Arrays
from optimizer.baselines.answering import BASELINE_TIME_LIMIT_S, Answer
from optimizer.model import Model
from optimizer.problem import Problem
from optimizer.solve import Solved, solve_in
from optimizer.solve_arrays import Compiled
from optimizer.solve_protocol import SolveOptions

FAMILY = "fallback."
FLOORS = "fallback.keep_the_floor"
MISSING_SHARE = 1e-6
"""Less than this is solver noise."""


class _Moment(NamedTuple):
    """When an event must be survived."""

    contingency: str
    month: int
    block: str
    outlook: str


@dataclass(frozen=True)
class WorstCase:
    """An event that is not survived, where least is left."""

    contingency: str
    month: int
    block: str
    outlook: str
    kept_share: float
    """Most of every floor at once that what is left carries."""


class Survival:
    """The fallback rows of the plan's model, cut out."""

    def __init__(self, problem: Problem, model: Model, compiled: Compiled) -> None:
        self._problem = problem
        self._money_scale_usd = model.money_scale_usd
        self._arrays = compiled.arrays
        names = [row.parent_component().name for row in compiled.row_names]
        self._rows = np.array([i for i, name in enumerate(names) if name.startswith(FAMILY)], dtype=np.int64)
        floors = [i for i, name in enumerate(names) if name == FLOORS]
        self._moments = sorted({_moment(compiled.row_names[i]) for i in floors})
        a = compiled.arrays
        whole = csc_array((a.values, a.rows, a.starts), shape=(len(a.row_lower), len(a.cost)))
        ours = np.array([v.parent_component().name.startswith(FAMILY) for v in compiled.columns], dtype=bool)
        self._columns = np.flatnonzero(ours)
        matrix = whole[self._rows, :]
        touched = np.flatnonzero(np.diff(matrix.indptr) > 0)
        bought = [int(i) for i in touched if not ours[i]]
        self._bought = [compiled.columns[i].name for i in bought]
        self._components = frozenset(compiled.columns[i].parent_component().name for i in bought)
        self._bought_matrix = matrix[:, bought]
        self._matrix = hstack([matrix[:, self._columns], self._missing(compiled, floors)], format="csc")

    def worst_cases(self, answer: Answer) -> tuple[WorstCase, ...]:
        """Events that are not survived, sorted; raises one of STOPPED."""
        if not self._moments:
            return ()
        cost = np.concatenate([np.zeros(len(self._columns)), np.ones(len(self._moments))])
        solved = self._solved(answer, cost, np.ones(len(self._moments)))
        missing = solved.values[len(self._columns) :]
        worst: dict[str, WorstCase] = {}
        for moment, lack in zip(self._moments, missing, strict=True):
            known = worst.get(moment.contingency)
            kept = max(0.0, 1.0 - float(lack))
            if kept < (1.0 if known is None else known.kept_share) - MISSING_SHARE:
                worst[moment.contingency] = WorstCase(*moment, kept_share=kept)
        return tuple(worst[name] for name in sorted(worst))

    def emergencies_usd(self, answer: Answer) -> float:
        """Least expected cost of emergencies of a way that survives every event; raises one of STOPPED."""
        if not self._moments:
            return 0.0
        cost = np.concatenate([self._arrays.cost[self._columns], np.zeros(len(self._moments))])
        most = np.full(len(self._moments), MISSING_SHARE)
        return self._solved(answer, cost, most).objective * self._money_scale_usd

    def _solved(self, answer: Answer, cost: NDArray[np.float64], most_missing: NDArray[np.float64]) -> Solved:
        seed = self._problem.scenario.run.seed
        options = SolveOptions(gap_share=0.0, gap_absolute=0.0, time_limit_s=BASELINE_TIME_LIMIT_S, seed=seed)
        return solve_in(answer.question.session, self._program(answer, cost, most_missing), options)

    def _program(self, answer: Answer, cost: NDArray[np.float64], most_missing: NDArray[np.float64]) -> Arrays:
        a, moments = self._arrays, len(self._moments)
        known = answer.values_by_name(self._components)
        there = self._bought_matrix @ np.array([known.get(name, 0.0) for name in self._bought])
        return replace(
            a,
            cost=cost,
            offset=0.0,
            lower=np.concatenate([a.lower[self._columns], np.zeros(moments)]),
            upper=np.concatenate([a.upper[self._columns], most_missing]),
            integer=np.zeros(len(cost), dtype=bool),
            starts=self._matrix.indptr.astype(np.int32),
            rows=self._matrix.indices.astype(np.int32),
            values=np.asarray(self._matrix.data, dtype=float),
            row_lower=a.row_lower[self._rows] - there,
            row_upper=a.row_upper[self._rows] - there,
            partner=np.full(len(cost), -1, dtype=np.int32),
            opens_at=np.zeros(len(cost)),
        )

    def _missing(self, compiled: Compiled, floors: list[int]) -> Any:
        """One column for each moment, in all its floors."""
        column = {moment: i for i, moment in enumerate(self._moments)}
        row = {int(whole): i for i, whole in enumerate(self._rows)}
        places = ([row[i] for i in floors], [column[_moment(compiled.row_names[i])] for i in floors])
        shares = compiled.arrays.row_lower[floors]
        return coo_array((shares, places), shape=(len(self._rows), len(self._moments)))


def _moment(row: Any) -> _Moment:
    contingency, _, _, month, block, outlook = row.index()
    return _Moment(contingency, month, block, outlook)
