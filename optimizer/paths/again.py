"""A model solved again from what one like it has taught: the plan at hand first, and only as much more as it takes.

1. plan: the orders of the lesson held in the full model, from the basis they had there: an upper bound at once;
2. bound: the prices of the lesson's master, with the numbers of the new one (`dual_bound`): no solve at all;
3. bound: the master from its old basis by simplex, up to a cap, then from nothing; satellites that have changed give a
   new cut at the point of the lesson, and what still holds of their old ones stays (`lessons.kept_share`);
4. plan: a dive from there, as in `by_parts`.

It ends as soon as the plan is within the asked gap. What is still open after that is for the way from nothing.
"""

from dataclasses import replace

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.paths.basis import BASIC, LOWER, Basis
from optimizer.paths.by_parts import ByParts, better, within
from optimizer.paths.dual_bound import dual_bound
from optimizer.paths.lessons import Lesson, PartsLesson, kept, kept_share, parts_lesson, satellite_of_column
from optimizer.paths.master import Master
from optimizer.paths.relaxed import start_at
from optimizer.paths.satellites import KeptCut
from optimizer.solve_highs import Watch, fix, load, run
from optimizer.solve_protocol import AgainRequest, FixRequest, SolveReply, SolveRequest, SolveStatus

Floats = NDArray[np.float64]


class PartsAgain:
    """One model in parts, solved again from a lesson."""

    def __init__(self, request: AgainRequest, lesson: Lesson, parts: PartsLesson) -> None:
        self._solve = SolveRequest(request.arrays, request.options)
        self._lesson, self._parts = lesson, parts
        self.by_parts = ByParts(self._solve)
        self._learned: PartsLesson | None = None
        satellites = self.by_parts.satellites
        self._same_parts = np.array_equal(satellite_of_column(request.arrays, satellites), parts.satellite_of_column)
        self._share = [kept_share(each, request.changed) for each in satellites]

    def solve(self, watch: Watch) -> SolveReply | None:
        """OPTIMAL within the gap; FEASIBLE with what there is; None where the lesson does not fit."""
        if not self._same_parts:
            return None
        best = self._plan_at_hand(watch)
        master = self._master(watch)
        if master is None:
            return None
        best = better(best, replace(best, values=None, objective=None, bound=self._bound_at_hand(master)))
        watch.tell("relaxation", best.objective, best.bound)
        if within(best, self._solve.options):
            return replace(best, status=SolveStatus.OPTIMAL)
        reply = self.by_parts.descended(master, best, watch, lambda bound: self.by_parts.ends(best, bound))
        if reply.bound is None:
            stopped = reply.status in (SolveStatus.TIME_LIMIT, SolveStatus.INTERRUPTED)
            known = best.values is not None and best.bound is not None
            return replace(best, status=reply.status) if stopped and known else reply
        best = better(best, reply)
        self.by_parts.walked = int(np.count_nonzero(self._parts.period == 0))
        if within(best, self._solve.options):
            return replace(best, status=SolveStatus.OPTIMAL)
        return replace(best, status=SolveStatus.INTERRUPTED if watch.stop.is_set() else SolveStatus.FEASIBLE)

    def learned(self) -> PartsLesson | None:
        """What it teaches in its turn: the old prices and basis, with the cuts of now, where no master was solved."""
        return parts_lesson(self.by_parts) or self._learned

    def _plan_at_hand(self, watch: Watch) -> SolveReply:
        """The orders of the lesson in the full model; without values where they are not possible any more."""
        nothing = SolveReply(SolveStatus.FEASIBLE, None, None, None, watch.elapsed(), "again")
        highs = self.by_parts.highs = load(self.by_parts.timed(watch))
        held = held_orders(self._solve.arrays, self._lesson.whole)
        if held is None or self._lesson.basis is None:
            return nothing
        fix(highs, held)
        highs.setOptionValue("time_limit", max(1.0, self._solve.options.time_limit_s - watch.elapsed()))
        watch.attach(highs)
        self._lesson.basis.given_to(highs)
        reply = run(highs, watch, whole=False)
        if reply.status is not SolveStatus.OPTIMAL:
            return nothing
        return replace(reply, status=SolveStatus.FEASIBLE, bound=None)

    def _master(self, watch: Watch) -> Master | None:
        """The master of the lesson with the numbers of now; None where it comes out in another shape."""
        lesson, parts = self._parts, self.by_parts
        valid = np.array([self._share[cut.satellite] > 0 for cut in lesson.cuts], dtype=bool)
        old = [kept(cut, self._share[cut.satellite]) for cut in lesson.cuts if self._share[cut.satellite] > 0]
        fresh = [
            KeptCut(k, value.cut)
            for k, share in enumerate(self._share)
            if share < 1 and (value := parts.satellites[k].value(lesson.shared)) is not None
        ]
        parts.cuts = old + fresh
        master = Master(parts.timed(watch), parts.parts, parts.satellites, lesson.period, parts.cuts, lesson.weights)
        if (master.highs.getNumCol(), len(master.arrays.row_lower)) != (len(lesson.column), len(lesson.row)):
            return None
        weight = np.zeros(len(parts.satellites))
        for cut, dual, stays in zip(lesson.cuts, lesson.cut_dual.tolist(), valid.tolist(), strict=True):
            weight[cut.satellite] += dual if cut.priced and not stays else 0.0
        tight = [LOWER if weight[cut.satellite] > 0 else BASIC for cut in fresh]
        self._learned = replace(
            lesson,
            cuts=tuple(parts.cuts),
            cut_row=np.append(lesson.cut_row[valid], np.array(tight, dtype=np.int8)),
            cut_dual=np.append(lesson.cut_dual[valid], weight[[cut.satellite for cut in fresh]]),
        )
        master.start(Basis(lesson.column, np.append(lesson.row, self._learned.cut_row)))
        return master

    def _bound_at_hand(self, master: Master) -> float | None:
        assert self._learned is not None
        bound = dual_bound(master.with_cuts(), np.append(self._learned.row_dual, self._learned.cut_dual))
        return bound if np.isfinite(bound) else None


def held_orders(arrays: Arrays, whole: Floats) -> FixRequest | None:
    """Whole columns held at values, if their bounds still allow them."""
    columns = np.flatnonzero(arrays.integer).astype(np.int32)
    possible = (arrays.lower[columns] <= whole) & (whole <= arrays.upper[columns])
    return FixRequest(columns, whole) if possible.all() else None


def direct_again(request: SolveRequest, lesson: Lesson, watch: Watch) -> tuple[highspy.Highs, SolveReply]:
    """Branch and bound from the orders of the lesson, if they are still possible: the solver, and what it says."""
    highs = load(request)
    held = held_orders(request.arrays, lesson.whole)
    if held is not None and held.columns.size:
        trial = load(request)
        fix(trial, held)
        at_hand = run(trial, watch, whole=False)
        if at_hand.values is not None:
            start_at(highs, at_hand.values)
    watch.attach(highs)
    return highs, run(highs, watch, whole=bool(request.arrays.integer.any()))
