"""HiGHS at work: the direct way for small models, relaxation and dive for large ones, and variants of the last."""

import threading
import time
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.solve_dive import Dive, Found, WholeColumns
from optimizer.solve_protocol import (
    CloseRequest,
    FixRequest,
    Progress,
    SolveOptions,
    SolveReply,
    SolveRequest,
    SolveStatus,
    TieRequest,
    send,
)
from optimizer.solve_ties import Settled, settle, settle_on_the_face

PROGRESS_EVERY_S = 0.5
DIRECT_COLUMNS = 20_000
"""Up to here branch and bound is quick enough to be asked at once."""
FIX_LIMIT_S = 600.0
"""Most seconds for the last solve with whole columns fixed."""
MOST_TIE_NODES = 200
"""Most nodes of branch and bound for one objective of a tie; no clock, so that the same input gives the same plan."""
TIE_GAP = 1e-6
Floats = NDArray[np.float64]
_STATUS = {
    highspy.HighsModelStatus.kOptimal: SolveStatus.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: SolveStatus.INFEASIBLE,
    highspy.HighsModelStatus.kUnbounded: SolveStatus.UNBOUNDED,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: SolveStatus.UNDECIDED,
    highspy.HighsModelStatus.kTimeLimit: SolveStatus.TIME_LIMIT,
    highspy.HighsModelStatus.kInterrupt: SolveStatus.INTERRUPTED,
}


@dataclass
class Watch:
    """Tells of progress now and then, and passes a stop on to HiGHS."""

    out: BinaryIO
    stop: threading.Event
    started: float
    time_limit_s: float
    told: float = 0.0

    def attach(self, highs: highspy.Highs) -> None:
        """Listen to a solver."""
        for callback in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            callback += self.on_event
        highs.cbMipInterrupt += self.on_mip

    def elapsed(self) -> float:
        """Seconds since the request came."""
        return time.monotonic() - self.started

    def stopped(self) -> bool:
        """Whether a stop was asked for or the time is up."""
        return self.stop.is_set() or self.elapsed() > self.time_limit_s

    def tell(self, phase: str, incumbent: float | None, bound: float | None) -> None:
        """Report progress outside branch and bound."""
        send(self.out, Progress(self.elapsed(), incumbent, bound, 0, phase))

    def on_event(self, event: Any) -> None:
        """Called by HiGHS from simplex, interior point and branch and bound."""
        if self.stop.is_set():
            event.interrupt()

    def on_mip(self, event: Any) -> None:
        """Called by HiGHS from branch and bound, with figures."""
        self.on_event(event)
        now = time.monotonic()
        if now - self.told < PROGRESS_EVERY_S:
            return
        self.told = now
        figures = event.data_out
        send(
            self.out,
            Progress(
                elapsed_s=now - self.started,
                incumbent=_finite(figures.mip_primal_bound),
                bound=_finite(figures.mip_dual_bound),
                nodes=max(0, int(figures.mip_node_count)),
            ),
        )


def _finite(value: float) -> float | None:
    return float(value) if abs(value) < highspy.kHighsInf else None


class Solver:
    """The last model, ready to be solved again with some columns fixed or closed."""

    def __init__(self) -> None:
        self._highs: highspy.Highs | None = None
        self._request: SolveRequest | None = None
        self._dived = False

    def solve(self, request: SolveRequest, watch: Watch) -> SolveReply:
        """Solve a new model to the asked gap."""
        self._request = request
        self._highs = _load(request)
        watch.attach(self._highs)
        whole = bool(request.arrays.integer.any())
        self._dived = whole and len(request.arrays.cost) > DIRECT_COLUMNS
        if self._dived:
            return _solve_by_diving(self._highs, request, watch)
        return _run(self._highs, watch, whole=whole)

    def fix(self, request: FixRequest, watch: Watch) -> SolveReply:
        """Solve the last model as a linear program with its whole columns fixed."""
        highs, _ = self._last()
        _fix(highs, request)
        return _run(highs, watch, whole=False)

    def close(self, request: CloseRequest, watch: Watch) -> SolveReply:
        """Solve the last model with some columns closed; a large one starts from its last basis."""
        highs, last = self._last()
        upper = last.arrays.upper.copy()
        upper[request.columns] = 0.0
        closed = replace(last, arrays=replace(last.arrays, upper=upper), options=request.options)
        if not self._dived:
            return Solver().solve(closed, watch)
        every = np.arange(len(upper), dtype=np.int32)
        highs.changeColsBounds(len(upper), every, closed.arrays.lower, upper)
        highs.setOptionValue("time_limit", float(highs.getRunTime()) + request.options.time_limit_s)
        watch.attach(highs)
        return _dive_from_relaxation(highs, closed, watch)

    def break_ties(self, request: TieRequest, watch: Watch) -> SolveReply:
        """Among plans within a cost, the best by other objectives; small models move whole columns, too."""
        highs, last = self._last()
        held = FixRequest(request.columns, request.values)
        start = self.fix(held, watch)
        if start.values is None:
            return replace(start, status=SolveStatus.FAILED)
        ended = True
        if last.arrays.integer.any() and len(last.arrays.cost) <= DIRECT_COLUMNS:
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


class OptionRefused(RuntimeError):
    """HiGHS did not take an option as it was given."""


def _set_options(highs: highspy.Highs, options: SolveOptions) -> None:
    for name, value in options.highs():
        highs.setOptionValue(name, value)
        _, taken = highs.getOptionValue(name)
        if taken != value:
            raise OptionRefused(f"option {name} = {value!r} was read back as {taken!r}")


def _settle_whole(last: SolveRequest, request: TieRequest, start: Floats, watch: Watch) -> Settled:
    """Ties with whole columns free, within a number of nodes."""
    options = replace(last.options, gap_share=TIE_GAP, gap_absolute=TIE_GAP, time_limit_s=FIX_LIMIT_S)
    highs = _load(replace(last, options=options))
    highs.setOptionValue("mip_max_nodes", MOST_TIE_NODES)
    watch.attach(highs)
    return settle(highs, last.arrays, request.cost_limit, request.objectives, start, told=True)


def _settle_held(
    highs: highspy.Highs, arrays: Arrays, request: TieRequest, held: FixRequest, start: Floats, watch: Watch
) -> Settled:
    """Ties with whole columns held; at the values of the request where those found cost more after all."""
    for values in (held.values, request.values):
        _fix(highs, FixRequest(request.columns, values))
        watch.attach(highs)
        reply = _run(highs, watch, whole=False)
        cost = reply.objective if reply.status is SolveStatus.OPTIMAL else None
        if cost is not None and cost <= request.cost_limit:
            return settle_on_the_face(highs, arrays, request.objectives)
    return Settled(start, False)


def _load(request: SolveRequest) -> highspy.Highs:
    arrays = request.arrays
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays.cost), len(arrays.row_lower)
    lp.col_cost_, lp.offset_ = arrays.cost, arrays.offset
    lp.col_lower_, lp.col_upper_ = arrays.lower, arrays.upper
    lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = arrays.starts, arrays.rows, arrays.values
    if arrays.integer.any():
        lp.integrality_ = [
            highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
            for whole in arrays.integer
        ]
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    _set_options(highs, request.options)
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused the model")
    return highs


def _run(highs: highspy.Highs, watch: Watch, *, whole: bool) -> SolveReply:
    highs.run()
    status = _STATUS.get(highs.getModelStatus(), SolveStatus.FAILED)
    info = highs.getInfo()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(highs.getSolution().col_value, dtype=float) if feasible else None
    if values is not None and not np.isfinite(values).all():
        return SolveReply(SolveStatus.FAILED, None, None, None, 0.0, "a value is not a finite number")
    objective = float(info.objective_function_value) if feasible else None
    relaxed = objective if status is SolveStatus.OPTIMAL else None
    bound = _finite(info.mip_dual_bound) if whole else relaxed
    return SolveReply(
        status=status,
        values=values,
        objective=objective,
        bound=bound,
        elapsed_s=time.monotonic() - watch.started,
        detail=str(highs.modelStatusToString(highs.getModelStatus())),
    )


def _fix(highs: highspy.Highs, request: FixRequest) -> None:
    # A stop that comes late must not cost the plan that was found.
    highs.clearCallbacks()  # type: ignore[no-untyped-call]
    highs.setOptionValue("time_limit", float(highs.getRunTime()) + FIX_LIMIT_S)
    columns, count = request.columns, len(request.columns)
    continuous = np.full(count, highspy.HighsVarType.kContinuous.value, dtype=np.uint8)
    highs.changeColsIntegrality(count, columns, continuous)
    highs.changeColsBounds(count, columns, request.values, request.values)


def _solve_by_diving(highs: highspy.Highs, request: SolveRequest, watch: Watch) -> SolveReply:
    """Relaxation, dive, and branch and bound from the dive's plan if the gap is still too wide."""
    _relax(highs, whole_columns(request.arrays))
    reply = _dive_from_relaxation(highs, request, watch)
    if reply.status is not SolveStatus.FEASIBLE or reply.bound is None:
        return reply
    found = None
    if reply.values is not None and reply.objective is not None:
        found = Found(reply.values, reply.objective)
    return _branch(request, watch, found, reply.bound)


def _dive_from_relaxation(highs: highspy.Highs, request: SolveRequest, watch: Watch) -> SolveReply:
    """Solve the relaxation, then dive; OPTIMAL within the gap, FEASIBLE where branch and bound could go on."""
    options = request.options
    whole = whole_columns(request.arrays)
    watch.tell("relaxation", None, None)
    relaxed = _run(highs, watch, whole=False)
    if relaxed.status is not SolveStatus.OPTIMAL or relaxed.objective is None:
        return replace(relaxed, values=None, objective=None)
    bound = relaxed.objective
    watch.tell("dive", None, bound)
    highs.setOptionValue("solver", "simplex")
    enough = bound + max(options.gap_absolute, options.gap_share * abs(bound))
    found = Dive(highs, whole, watch.stopped).run(enough)
    if found is not None:
        watch.tell("dive", found.objective, bound)
        if found.objective <= enough:
            return _dived(SolveStatus.OPTIMAL, found, bound, watch)
    status = SolveStatus.INTERRUPTED if watch.stop.is_set() else SolveStatus.FEASIBLE
    return _dived(status, found, bound, watch)


def _relax(highs: highspy.Highs, whole: WholeColumns) -> None:
    count = len(whole.index)
    continuous = np.full(count, highspy.HighsVarType.kContinuous.value, dtype=np.uint8)
    highs.changeColsIntegrality(count, whole.index, continuous)
    highs.setOptionValue("solver", "ipx")


def _branch(request: SolveRequest, watch: Watch, found: Found | None, bound: float) -> SolveReply:
    """Branch and bound for the time that is left, from the dive's plan if there is one."""
    left = request.options.time_limit_s - watch.elapsed()
    if left <= 1.0:
        return _dived(SolveStatus.TIME_LIMIT, found, bound, watch)
    highs = _load(replace(request, options=replace(request.options, time_limit_s=left)))
    watch.attach(highs)
    if found is not None:
        start = highspy.HighsSolution()
        start.col_value = list(found.values)
        highs.setSolution(start)
    reply = _run(highs, watch, whole=True)
    better = bound if reply.bound is None else max(bound, reply.bound)
    if reply.objective is None or (found is not None and found.objective < reply.objective):
        return _dived(reply.status, found, better, watch)
    return replace(reply, bound=better)


def _dived(status: SolveStatus, found: Found | None, bound: float, watch: Watch) -> SolveReply:
    if found is None:
        return SolveReply(status, None, None, bound, watch.elapsed(), "dive")
    return SolveReply(status, found.values, found.objective, bound, watch.elapsed(), "dive")


def whole_columns(arrays: Arrays) -> WholeColumns:
    """The columns of the arrays that must be whole, with their openings."""
    index = np.flatnonzero(arrays.integer).astype(np.int32)
    position = np.full(len(arrays.cost), -1, dtype=np.int32)
    position[index] = np.arange(len(index), dtype=np.int32)
    partner = arrays.partner[index]
    return WholeColumns(
        index=index,
        lower=arrays.lower[index],
        upper=arrays.upper[index],
        partner=np.where(partner >= 0, position[partner], -1).astype(np.int32),
        opens_at=arrays.opens_at[index],
    )


