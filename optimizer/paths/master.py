"""The master: shared columns, the core with its months merged, and a cost column for every satellite, held up by cuts.

    min  cost of shared and merged columns  +  sum over k of eta[k]
    subject to the merged rows, and every cut found so far:  eta[k] >= constant + coefficients @ u

Every full solution maps to a point of it that costs no more (`merging`, `satellites`): its optimum is a valid bound.
Rounds of "solve, ask the satellites at the point found, add the cuts that it breaks" bring it to the value of the model
in which only the core is merged. Five to ten rounds did on all fleets measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.paths.dispatch import LACKING, Months
from optimizer.paths.dive import Found, whole_columns
from optimizer.paths.merging import Merged, merge
from optimizer.paths.satellites import Cut, Satellite
from optimizer.paths.splitting import Split, restricted
from optimizer.solve_highs import Watch, load, relax, run
from optimizer.solve_protocol import SolveReply, SolveRequest, SolveStatus

MOST_ROUNDS = 40
CLOSED_SHARE = 1e-4
"""Rounds end when satellites cost no more than this share of the bound above what the master believes."""
BROKEN = 1e-7
"""A cut is added where a satellite costs more than this above its column, as a share of its cost, or of 1."""
NO_COST = -1
"""In place of a satellite's number: the cut bounds the shared columns only."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """What the satellites say of a point of the master."""

    objective: float
    """The cost of the point with the true cost of the satellites; lacking nodes at the penalty."""
    lacking: bool
    needs: int
    """How many satellites lack nodes although the master believes in their cost: it would rather pay the penalty."""


class Master:
    """One master in HiGHS. Cuts are kept in `cuts`, for other masters with the same satellites."""

    def __init__(
        self,
        request: SolveRequest,
        parts: Split,
        satellites: list[Satellite],
        period: Ints,
        cuts: list[tuple[int, Cut]],
    ) -> None:
        core = restricted(request.arrays, parts.core)
        self.merged: Merged = merge(core, period)
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
        self._add(cuts)

    def bound(self, watch: Watch) -> SolveReply:
        """The last reply of the rounds; its objective, where OPTIMAL, is a valid bound."""
        watch.attach(self.highs)
        last: SolveReply | None = None
        for _ in range(MOST_ROUNDS):
            reply = run(self.highs, watch, whole=False)
            if reply.status is not SolveStatus.OPTIMAL or reply.objective is None or reply.values is None:
                return reply if last is None else replace(last, status=reply.status)
            last = reply
            watch.tell("relaxation", None, reply.objective)
            self.highs.setOptionValue("solver", "simplex")
            judged = self.judge(reply.values, reply.objective)
            closed = judged is None or judged.objective - reply.objective <= CLOSED_SHARE * abs(reply.objective)
            if closed and (judged is None or judged.needs == 0):
                break
        assert last is not None
        return last

    def judge(self, values: Floats, objective: float) -> Judged | None:
        """The true cost of a point; the cuts that it breaks are added. None where a satellite cannot be solved."""
        u = self.shared_values(values)
        lacking, needs, broken = False, 0, list[tuple[int, Cut]]()
        for k, satellite in enumerate(self.satellites):
            value = satellite.value(u)
            if value is None:
                return None
            said = float(values[self._first_eta + k])
            objective += value.cost - said
            if value.cost - said > BROKEN * max(1.0, abs(value.cost)):
                broken.append((k, value.cut))
            elif value.lacking > LACKING:
                broken.append((NO_COST, satellite.need(u).cut))
                needs += 1
            lacking = lacking or value.lacking > LACKING
        self.cuts.extend(broken)
        self._add(broken)
        return Judged(objective, lacking, needs)

    def judged(self, found: Found, months: Months) -> Found:
        """The same for a dive; the cost is infinite where satellites or months of the core lack nodes."""
        judged = self.judge(found.values, found.objective)
        lack = months.lack(self.shared_values(found.values))
        if judged is None or lack is None:
            return found
        self._add((NO_COST, cut) for cut in lack.cuts)
        possible = not judged.lacking and lack.nodes == 0.0
        return replace(found, objective=judged.objective if possible else np.inf)

    def shared_values(self, values: Floats) -> Floats:
        """The shared columns of a point, in a vector of the full model that is 0 elsewhere."""
        u = np.zeros(self._size)
        u[self._shared] = values[self.place[self._shared]]
        return u

    def _add(self, cuts: Iterable[tuple[int, Cut]]) -> None:
        starts, columns, values, constants = [0], [], [], []
        for k, cut in cuts:
            used = np.flatnonzero(cut.coefficients)
            own = [] if k == NO_COST else [self._first_eta + k]
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
