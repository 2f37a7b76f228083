"""The master: shared columns, the core with its months merged, and a cost column for every satellite, held up by cuts.

    min  cost of shared and merged columns  +  sum over k of eta[k]
    subject to the merged rows, and every cut found so far:  eta[k] >= constant + coefficients @ u

Every full solution maps to a point of it that costs no more (`merging`, `satellites`): its optimum is a valid bound.
Rounds of "solve, ask the satellites at the point found, add the cuts that it breaks" bring it to the value of the model
in which only the core is merged. Five to ten rounds did on all fleets measured.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.paths.basis import Basis
from optimizer.paths.dispatch import LACKING, Months
from optimizer.paths.dive import Found, whole_columns
from optimizer.paths.merging import Merged, merge
from optimizer.paths.satellites import Cut, KeptCut, Satellite
from optimizer.paths.splitting import Split, restricted
from optimizer.paths.weights import Weights
from optimizer.solve_highs import Watch, load, relax, run
from optimizer.solve_protocol import SolveReply, SolveRequest, SolveStatus

MOST_ROUNDS = 40
CLOSED_SHARE = 1e-4
"""Rounds end when satellites cost no more than this share of the bound above what the master believes."""
BROKEN = 1e-7
"""A cut is added where a satellite costs more than this above its column, as a share of its cost, or of 1."""
MOST_WARM_ITERATIONS = 8_000
"""Simplex from an old basis can take many times what interior point takes from nothing: so far it may go."""
WARM = (
    ("solver", "simplex"),
    ("simplex_iteration_limit", MOST_WARM_ITERATIONS),
    ("simplex_strategy", 4),
    ("primal_simplex_bound_perturbation_multiplier", 0.0),
)
"""Primal simplex without perturbation: a price 5 % higher took it 4,300 iterations, and the dual one over 10,000."""
AFTER_WARM = (
    ("simplex_iteration_limit", 2**31 - 1),
    ("simplex_strategy", 0),
    ("primal_simplex_bound_perturbation_multiplier", 1.0),
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def never(bound: float) -> bool:
    """No bound is good enough to end before it is closed."""
    return False


@dataclass(frozen=True)
class Judged:
    """What the satellites say of a point of the master."""

    objective: float
    """The cost of the point with the true cost of the satellites; lacking nodes at the penalty."""
    lacking: bool
    needs: int
    """How many satellites lack nodes although the master believes in their cost: it would rather pay the penalty."""


@dataclass(frozen=True)
class Optimum:
    """Where the rounds of a master stand: basis and duals of its rows, the shared columns, and its cuts, last rows."""

    basis: Basis
    row_dual: Floats
    shared: Floats
    cuts: tuple[KeptCut, ...]

    @classmethod
    def of(cls, highs: highspy.Highs, shared: Floats, cuts: tuple[KeptCut, ...]) -> "Optimum":
        """Read off a solved master."""
        return cls(Basis.of(highs), np.array(highs.getSolution().row_dual, dtype=float), shared, cuts)


class Master:
    """One master in HiGHS. Cuts are kept in `cuts`, for other masters with the same satellites."""

    def __init__(
        self,
        request: SolveRequest,
        parts: Split,
        satellites: list[Satellite],
        period: Ints,
        cuts: list[KeptCut],
        weights: Weights | None = None,
    ) -> None:
        core = restricted(request.arrays, parts.core)
        self.period = period
        self.merged: Merged = merge(core, period, weights)
        self.satellites = satellites
        self.cuts = cuts
        self._shared = parts.shared
        self._size = len(request.arrays.cost)
        self._first_eta = len(self.merged.arrays.cost)
        self.place = np.full(self._size, -1, dtype=np.int64)
        """The column of each full one; -1 for those of satellites."""
        self.place[parts.core.columns] = self.merged.column
        self.arrays = _with_costs(self.merged.arrays, satellites)
        self.highs = load(replace(request, arrays=self.arrays))
        relax(self.highs, whole_columns(self.arrays).index)
        self._add((kept.satellite if kept.priced else None, kept.cut) for kept in cuts)
        self.optimum: Optimum | None = None

    def start(self, basis: Basis) -> None:
        """Begin at a basis, with a cap on the iterations; beyond it, interior point from nothing."""
        basis.given_to(self.highs)
        for name, value in WARM:
            self.highs.setOptionValue(name, value)

    def bound(self, watch: Watch, done: Callable[[float], bool] = never) -> SolveReply:
        """The last reply of the rounds; its objective, where OPTIMAL, is a valid bound. Ends at one that is `done`."""
        watch.attach(self.highs)
        last: SolveReply | None = None
        for _ in range(MOST_ROUNDS):
            reply = self._run(watch)
            if reply.status is not SolveStatus.OPTIMAL or reply.objective is None or reply.values is None:
                return reply if last is None else replace(last, status=reply.status)
            last = reply
            self.optimum = Optimum.of(self.highs, self.shared_values(reply.values), tuple(self.cuts))
            watch.tell("relaxation", None, reply.objective)
            self.highs.setOptionValue("solver", "simplex")
            if done(reply.objective):
                break
            judged = self.judge(reply.values, reply.objective)
            closed = judged is None or judged.objective - reply.objective <= CLOSED_SHARE * abs(reply.objective)
            if closed and (judged is None or judged.needs == 0):
                break
        assert last is not None
        return last

    def _run(self, watch: Watch) -> SolveReply:
        """Run; from nothing by interior point where simplex has gone as far as it may."""
        reply = run(self.highs, watch, whole=False)
        for name, value in AFTER_WARM:
            self.highs.setOptionValue(name, value)
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kIterationLimit:
            return reply
        self.highs.clearSolver()
        self.highs.setOptionValue("solver", "ipx")
        return run(self.highs, watch, whole=False)

    def judge(self, values: Floats, objective: float) -> Judged | None:
        """The true cost of a point; the cuts that it breaks are added. None where a satellite cannot be solved."""
        u = self.shared_values(values)
        lacking, needs, broken = False, 0, list[KeptCut]()
        for k, satellite in enumerate(self.satellites):
            value = satellite.value(u)
            if value is None:
                return None
            said = float(values[self._first_eta + k])
            objective += value.cost - said
            if value.cost - said > BROKEN * max(1.0, abs(value.cost)):
                broken.append(KeptCut(k, value.cut))
            elif value.lacking > LACKING:
                broken.append(KeptCut(k, satellite.need(u).cut, priced=False))
                needs += 1
            lacking = lacking or value.lacking > LACKING
        self.cuts.extend(broken)
        self._add((kept.satellite if kept.priced else None, kept.cut) for kept in broken)
        return Judged(objective, lacking, needs)

    def judged(self, found: Found, months: Months) -> Found:
        """The same for a dive; the cost is infinite where satellites or months of the core lack nodes."""
        judged = self.judge(found.values, found.objective)
        lack = months.lack(self.shared_values(found.values))
        if judged is None or lack is None:
            return found
        self._add((None, cut) for cut in lack.cuts)
        possible = not judged.lacking and lack.nodes == 0.0
        return replace(found, objective=judged.objective if possible else np.inf)

    def with_cuts(self) -> Arrays:
        """The arrays with the rows of the cuts."""
        lp = self.highs.getLp()
        return replace(
            self.arrays,
            starts=np.array(lp.a_matrix_.start_, dtype=np.int32),
            rows=np.array(lp.a_matrix_.index_, dtype=np.int32),
            values=np.array(lp.a_matrix_.value_, dtype=float),
            row_lower=np.array(lp.row_lower_, dtype=float),
            row_upper=np.array(lp.row_upper_, dtype=float),
        )

    def shared_values(self, values: Floats) -> Floats:
        """The shared columns of a point, in a vector of the full model that is 0 elsewhere."""
        u = np.zeros(self._size)
        u[self._shared] = values[self.place[self._shared]]
        return u

    def _add(self, cuts: Iterable[tuple[int | None, Cut]]) -> None:
        """Rows for cuts with the numbers of the satellites whose cost they bound."""
        starts, columns, values, constants = [0], [], [], []
        for k, cut in cuts:
            used = np.flatnonzero(cut.coefficients)
            own = [] if k is None else [self._first_eta + k]
            columns.append(np.append(self.place[cut.shared[used]], own))
            values.append(np.append(-cut.coefficients[used], np.ones(len(own))))
            constants.append(cut.constant)
            starts.append(starts[-1] + len(columns[-1]))
        if not constants:
            return
        self.highs.addRows(
            len(constants),
            np.array(constants),
            np.full(len(constants), highspy.kHighsInf),
            starts[-1],
            np.array(starts[:-1], dtype=np.int32),
            np.concatenate(columns).astype(np.int32),
            np.concatenate(values),
        )


def _with_costs(arrays: Arrays, satellites: list[Satellite]) -> Arrays:
    """The arrays with a column of cost 1 for each satellite, empty so far."""
    count = len(satellites)
    return replace(
        arrays,
        cost=np.append(arrays.cost, np.ones(count)),
        lower=np.append(arrays.lower, np.zeros(count)),
        upper=np.append(arrays.upper, np.full(count, np.inf)),
        integer=np.append(arrays.integer, np.zeros(count, dtype=bool)),
        starts=np.append(arrays.starts, np.full(count, arrays.starts[-1], dtype=np.int32)),
        partner=np.append(arrays.partner, np.full(count, -1, dtype=np.int32)),
        opens_at=np.append(arrays.opens_at, np.zeros(count)),
    )
