"""The way of large models: satellites apart, months of the core merged, orders from a dive, then the full model.

Each level merges fewer months than the one before and keeps its cuts:

1. bound: the master is brought to its value (`master`); it is valid for the full model;
2. orders: a dive in the master, judged by the satellites and by every month of the core;
3. plan: the full linear program with these orders fixed (`dispatch`): exact, feasible in every row.

It ends when plan and best bound are within the asked gap, and the last level leaves the rest to branch and bound.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import highspy
import numpy as np

from optimizer.arrays import Arrays
from optimizer.paths.dispatch import Months
from optimizer.paths.dive import Dive, Found, whole_columns
from optimizer.paths.master import Master, never
from optimizer.paths.relaxed import enough
from optimizer.paths.satellites import KeptCut, Satellite
from optimizer.paths.splitting import Split, matrix_of, mergeable, split
from optimizer.solve_highs import Watch, fix, load, run
from optimizer.solve_protocol import FixRequest, SolveOptions, SolveReply, SolveRequest, SolveStatus

FEWEST_MONTHS = 6
"""With fewer months there is nothing to merge."""
FIRST_MERGE = 3
LARGE_CORE = 150_000
"""From so many columns of the core on, months are first merged in sixes. Simplex goes on from basis to basis: interior
point anew after every round of cuts took 131 CPU s for what simplex did in 34 (stochastic example)."""


def has_parts(arrays: Arrays) -> bool:
    """Whether the model has months and whole columns that tie them together."""
    movable = mergeable(arrays)
    return bool(arrays.integer.any() and movable.any() and np.unique(arrays.months.column_month[movable]).size > 1)


@dataclass
class ByParts:
    """One model in parts. Cuts may be taken over from another whose columns had the same or wider bounds."""

    request: SolveRequest
    cuts: list[KeptCut] = field(default_factory=list)

    def __post_init__(self) -> None:
        arrays = self.request.arrays
        self.parts: Split = split(arrays)
        self._penalty = max(1.0, float(np.abs(arrays.cost[self.parts.shared]).max(initial=0.0)))
        matrix = matrix_of(arrays).tocsr()
        self.satellites = [
            Satellite(arrays, matrix, piece, arrays.cost, self._penalty) for piece in self.parts.satellites
        ]
        self.highs: highspy.Highs | None = None
        """The full model with the orders of the plan fixed."""
        self.master: Master | None = None
        """The last one that was brought to its value."""
        self.walked: int | None = None
        """How many months were merged in a level that has been walked already: it would find the same again."""

    @cached_property
    def months(self) -> Months:
        """The months of the core."""
        return Months(self.request.arrays, self.parts, self._penalty)

    def solve(self, watch: Watch, best: SolveReply | None = None) -> SolveReply:
        """OPTIMAL within the gap; FEASIBLE with what there is; else why there is nothing.

        `best` is what is known already: a plan, a valid bound, or both.
        """
        options = self.request.options
        for merged_months in (merged for merged in self._levels() if merged != self.walked):
            reply = self._level(merged_months, best, watch)
            best = better(best, reply)
            if best.bound is None or within(best, options) or watch.stopped():
                break
        assert best is not None
        if best.objective is not None and within(best, options):
            return replace(best, status=SolveStatus.OPTIMAL)
        return replace(best, status=SolveStatus.INTERRUPTED) if watch.stop.is_set() else best

    def _levels(self) -> list[int]:
        arrays, core = self.request.arrays, self.parts.core
        months = int(arrays.months.column_month.max()) + 1
        if months < FEWEST_MONTHS:
            return [1]
        return [2 * FIRST_MERGE, FIRST_MERGE, 1] if len(core.columns) > LARGE_CORE else [FIRST_MERGE, 1]

    def _level(self, merged_months: int, best: SolveReply | None, watch: Watch) -> SolveReply:
        arrays = self.request.arrays
        period = np.arange(int(arrays.months.column_month.max()) + 1) // merged_months
        return self.descended(Master(self.timed(watch), self.parts, self.satellites, period, self.cuts), best, watch)

    def descended(
        self, master: Master, best: SolveReply | None, watch: Watch, done: Callable[[float], bool] = never
    ) -> SolveReply:
        """A master brought to its bound, or to one that is `done`, and where that is not enough a dive to a plan."""
        relaxed = master.bound(watch, done)
        if relaxed.bound is None:
            return replace(relaxed, values=None, objective=None)
        self.master = master
        bound = relaxed.bound if best is None or best.bound is None else max(relaxed.bound, best.bound)
        told = None if best is None else best.objective
        watch.tell("dive", told, bound)
        without_plan = SolveReply(SolveStatus.FEASIBLE, None, None, bound, watch.elapsed(), "parts")
        if watch.stopped() or self.ends(best, bound):
            return without_plan
        dive = Dive(master.highs, whole_columns(master.arrays), watch.stopped, lambda f: master.judged(f, self.months))
        found = dive.run(enough(bound, self.request.options))
        if found is None or not np.isfinite(found.objective):
            return without_plan
        watch.tell("dispatch", told, bound)
        return self._dispatched(master, found, bound, watch)

    def _dispatched(self, master: Master, found: Found, bound: float, watch: Watch) -> SolveReply:
        """The full model with the orders of the dive."""
        u = master.shared_values(found.values)
        whole = np.flatnonzero(self.request.arrays.integer).astype(np.int32)
        u[whole] = np.rint(u[whole])
        for satellite in self.satellites:
            satellite.value(u)
        self.months.lack(u)
        highs = self.highs or load(self.timed(watch))
        fix(highs, FixRequest(whole, u[whole]))
        if self.highs is None:
            self.months.basis(self.satellites).given_to(highs)
        reply = run(highs, watch, whole=False)
        self.highs = highs
        if reply.status is not SolveStatus.OPTIMAL:
            return SolveReply(SolveStatus.FEASIBLE, None, None, bound, watch.elapsed(), "parts")
        watch.tell("dispatch", reply.objective, bound)
        return replace(reply, status=SolveStatus.FEASIBLE, bound=bound)

    def ends(self, best: SolveReply | None, bound: float) -> bool:
        """Whether a bound shows that what is known is within the asked gap."""
        return best is not None and within(replace(best, bound=bound), self.request.options)

    def timed(self, watch: Watch) -> SolveRequest:
        """The request with the time that is left."""
        left = max(1.0, self.request.options.time_limit_s - watch.elapsed())
        return replace(self.request, options=replace(self.request.options, time_limit_s=left))


def within(reply: SolveReply, options: SolveOptions) -> bool:
    """Whether plan and bound of a reply are within the asked gap."""
    if reply.objective is None or reply.bound is None:
        return False
    return reply.objective <= enough(reply.bound, options)


def better(before: SolveReply | None, after: SolveReply) -> SolveReply:
    """The better plan of two with the better bound; where the second was stopped, what the first had."""
    if before is None:
        return after
    bounds = [bound for bound in (before.bound, after.bound) if bound is not None]
    cheaper = after.objective is not None and (before.objective is None or after.objective < before.objective)
    return replace(after if cheaper else before, bound=max(bounds, default=None), elapsed_s=after.elapsed_s)
