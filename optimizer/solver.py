"""The last model and what can be asked of it: solved by the way that fits its size, fixed, closed, its ties broken."""

import pickle
from collections.abc import Sequence
from dataclasses import replace

import highspy
import numpy as np

from optimizer.arrays import Arrays
from optimizer.paths.again import PartsAgain, direct_again
from optimizer.paths.basis import Basis
from optimizer.paths.by_parts import ByParts, has_parts
from optimizer.paths.lessons import Lesson, parts_lesson
from optimizer.paths.pricing import priced
from optimizer.paths.relaxed import branch, solve_held, solve_relaxed
from optimizer.paths.satellites import KeptCut
from optimizer.solve_highs import FIX_LIMIT_S, Floats, Watch, fix, load, run
from optimizer.solve_protocol import (
    AgainRequest,
    CloseRequest,
    FixRequest,
    HeldRequest,
    LearnRequest,
    PriceReply,
    PriceRequest,
    SolveReply,
    SolveRequest,
    SolveStatus,
    TieRequest,
)
from optimizer.solve_ties import Settled, settle, settle_on_the_face
from optimizer.solve_twice import second_opinion, wants_opinion

DIRECT_COLUMNS = 20_000
"""Up to here branch and bound is quick enough to be asked at once."""
TIED_COLUMNS = 1_000
"""Up to here whole columns may move in a tie: beyond, each of its objectives takes as long as the plan itself."""
MOST_TIE_NODES = 200
"""Most nodes of branch and bound for one objective of a tie; no clock, so that the same input gives the same plan."""
TIE_GAP = 1e-6


def is_large(arrays: Arrays) -> bool:
    """Whether branch and bound would take too long to be asked at once."""
    return bool(arrays.integer.any()) and len(arrays.cost) > DIRECT_COLUMNS


class Solver:
    """The last model, ready to be solved again with some columns fixed or closed."""

    def __init__(self) -> None:
        self._highs: highspy.Highs | None = None
        self._request: SolveRequest | None = None
        self._parts: ByParts | None = None
        self._again: PartsAgain | None = None

    def solve(self, request: SolveRequest, watch: Watch, known: Sequence[KeptCut] = ()) -> SolveReply:
        """Solve a new model to the asked gap: branch and bound at once, by parts, or through the relaxation.

        `known` are cuts of a model in the same parts whose columns had the same or wider bounds.
        """
        self._begin(request)
        if is_large(request.arrays) and has_parts(request.arrays):
            return self._by_parts(ByParts(request, list(known)), None, watch)
        highs = self._highs = load(request)
        watch.attach(highs)
        if is_large(request.arrays):
            return self._finished(request, solve_relaxed(highs, request, watch), watch)
        return self._looked_at_twice(request, run(highs, watch, whole=bool(request.arrays.integer.any())), watch)

    def again(self, request: AgainRequest, watch: Watch) -> SolveReply:
        """Solve from a lesson; from nothing where it does not fit, or does not lead to the asked gap."""
        lesson: Lesson = pickle.loads(request.lesson)
        given = SolveRequest(request.arrays, request.options)
        if not is_large(request.arrays):
            self._begin(given)
            self._highs, reply = direct_again(given, lesson, watch)
            return self._looked_at_twice(given, reply, watch)
        if lesson.parts is None or not has_parts(request.arrays):
            return self.solve(given, watch)
        self._begin(given)
        again = self._again = PartsAgain(request, lesson, lesson.parts)
        best = again.solve(watch)
        self._parts, self._highs = again.by_parts, again.by_parts.highs
        if best is None:
            return self.solve(given, watch)
        if best.status is not SolveStatus.FEASIBLE or watch.stopped():
            return self._finished(given, best, watch)
        return self._by_parts(again.by_parts, best, watch)

    def held(self, request: HeldRequest, watch: Watch) -> SolveReply:
        """A new model with some whole columns held: OPTIMAL within the gap of the known bound, else what there is."""
        given = SolveRequest(request.arrays, request.options)
        self._begin(given)
        self._highs, reply = solve_held(request, watch)
        return reply

    def learned(self, request: LearnRequest) -> bytes:
        """What the last model teaches, as bytes, given the whole columns of its plan."""
        highs, last = self._last()
        if not is_large(last.arrays):
            return pickle.dumps(Lesson(request.whole, None, None))
        taught = self._again.learned() if self._again is not None else None
        if taught is None and self._parts is not None:
            taught = parts_lesson(self._parts)
        return pickle.dumps(Lesson(request.whole, Basis.of(highs), taught))

    @staticmethod
    def priced(request: PriceRequest, watch: Watch) -> PriceReply:
        """A linear program, and the same with columns held; the last model stays what it is."""
        lesson: Lesson = pickle.loads(request.lesson)
        return priced(request, lesson.basis, watch)

    def _looked_at_twice(self, request: SolveRequest, reply: SolveReply, watch: Watch) -> SolveReply:
        """The reply with a second opinion where that is nearly free; an overruled solver answers no more questions."""
        if not wants_opinion(request, reply):
            return reply
        highs, reply = second_opinion(request, reply, watch)
        if highs is not None:
            plain = replace(request, options=replace(request.options, presolve=False))
            self._highs, self._request = highs, plain
        return reply

    def _begin(self, request: SolveRequest) -> None:
        self._request, self._highs, self._parts, self._again = request, None, None, None

    def _by_parts(self, parts: ByParts, best: SolveReply | None, watch: Watch) -> SolveReply:
        """By parts; where that gives neither a plan nor a reason to stop, through the relaxation of the full model."""
        request = parts.request
        self._parts = parts
        reply = parts.solve(watch, best)
        self._highs = parts.highs
        if reply.values is None and reply.status is SolveStatus.FEASIBLE and not watch.stopped():
            highs = self._highs = load(request)
            watch.attach(highs)
            reply = solve_relaxed(highs, request, watch)
        if self._highs is None:
            self._highs = load(request)
        return self._finished(request, reply, watch)

    @staticmethod
    def _finished(request: SolveRequest, reply: SolveReply, watch: Watch) -> SolveReply:
        """Branch and bound for a gap that is still too wide, if there is a bound to start from."""
        if reply.status is not SolveStatus.FEASIBLE or reply.bound is None:
            return reply
        return branch(request, watch, reply)

    def fix(self, request: FixRequest, watch: Watch) -> SolveReply:
        """Solve the last model as a linear program with its whole columns fixed."""
        highs, _ = self._last()
        fix(highs, request)
        return run(highs, watch, whole=False)

    def close(self, request: CloseRequest, watch: Watch) -> SolveReply:
        """Solve the last model with some columns closed; what is known of its parts stays known."""
        _, last = self._last()
        upper = last.arrays.upper.copy()
        upper[request.columns] = 0.0
        closed = replace(last, arrays=replace(last.arrays, upper=upper), options=request.options)
        return Solver().solve(closed, watch, () if self._parts is None else self._parts.cuts)

    def break_ties(self, request: TieRequest, watch: Watch) -> SolveReply:
        """Among plans within a cost, the best by other objectives; small models move whole columns, too."""
        highs, last = self._last()
        held = FixRequest(request.columns, request.values)
        start = self.fix(held, watch)
        if start.values is None:
            return replace(start, status=SolveStatus.FAILED)
        ended = True
        if last.arrays.integer.any() and len(last.arrays.cost) <= TIED_COLUMNS:
            moved = _settle_whole(last, request, start.values, watch)
            ended, held = moved.to_the_end, FixRequest(request.columns, np.rint(moved.values[request.columns]))
        settled = _settle_held(highs, last.arrays, request, held, start.values, watch)
        return SolveReply(
            status=SolveStatus.OPTIMAL if ended and settled.to_the_end else SolveStatus.FEASIBLE,
            values=settled.values,
            objective=float(last.arrays.cost @ settled.values) + last.arrays.offset,
            bound=None,
            elapsed_s=watch.elapsed(),
        )

    def _last(self) -> tuple[highspy.Highs, SolveRequest]:
        if self._highs is None or self._request is None:
            raise RuntimeError("no model was given yet")
        return self._highs, self._request


def _settle_whole(last: SolveRequest, request: TieRequest, start: Floats, watch: Watch) -> Settled:
    """Ties with whole columns free, within a number of nodes."""
    options = replace(last.options, gap_share=TIE_GAP, gap_absolute=TIE_GAP, time_limit_s=FIX_LIMIT_S)
    highs = load(replace(last, options=options))
    highs.setOptionValue("mip_max_nodes", MOST_TIE_NODES)
    watch.attach(highs)
    return settle(highs, last.arrays, request.cost_limit, request.objectives, start)


def _settle_held(
    highs: highspy.Highs, arrays: Arrays, request: TieRequest, held: FixRequest, start: Floats, watch: Watch
) -> Settled:
    """Ties with whole columns held; at the values of the request where those found cost more after all."""
    for values in (held.values, request.values):
        fix(highs, FixRequest(request.columns, values))
        watch.attach(highs)
        reply = run(highs, watch, whole=False)
        cost = reply.objective if reply.status is SolveStatus.OPTIMAL else None
        if cost is not None and cost <= request.cost_limit:
            return settle_on_the_face(highs, arrays, request.objectives)
    return Settled(start, False)
