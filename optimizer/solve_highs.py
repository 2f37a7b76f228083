"""HiGHS at work: models loaded, options checked, progress told, runs read. What is asked of it is elsewhere."""

import threading
import time
from dataclasses import dataclass
from typing import Any, BinaryIO

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from optimizer.solve_protocol import FixRequest, Progress, SolveOptions, SolveReply, SolveRequest, SolveStatus, send

PROGRESS_EVERY_S = 0.5
FIX_LIMIT_S = 600.0
"""Most seconds for the last solve with whole columns fixed."""
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
                incumbent=finite(figures.mip_primal_bound),
                bound=finite(figures.mip_dual_bound),
                nodes=max(0, int(figures.mip_node_count)),
            ),
        )


def finite(value: float) -> float | None:
    """The value; None for infinity."""
    return float(value) if abs(value) < highspy.kHighsInf else None


class OptionRefused(RuntimeError):
    """HiGHS did not take an option as it was given."""


def set_options(highs: highspy.Highs, options: SolveOptions) -> None:
    """Set every option and read it back; raises OptionRefused."""
    for name, value in options.highs():
        highs.setOptionValue(name, value)
        _, taken = highs.getOptionValue(name)
        if taken != value:
            raise OptionRefused(f"option {name} = {value!r} was read back as {taken!r}")


def load(request: SolveRequest) -> highspy.Highs:
    """A solver that holds the model and the options; raises OptionRefused or RuntimeError."""
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
    set_options(highs, request.options)
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused the model")
    return highs


def run(highs: highspy.Highs, watch: Watch, *, whole: bool) -> SolveReply:
    """Run and read the end; `whole` where the model has whole columns, whose bound is that of branch and bound."""
    highs.run()
    status = _STATUS.get(highs.getModelStatus(), SolveStatus.FAILED)
    info = highs.getInfo()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(highs.getSolution().col_value, dtype=float) if feasible else None
    if values is not None and not np.isfinite(values).all():
        return SolveReply(SolveStatus.FAILED, None, None, None, 0.0, "a value is not a finite number")
    objective = float(info.objective_function_value) if feasible else None
    relaxed = objective if status is SolveStatus.OPTIMAL else None
    bound = finite(info.mip_dual_bound) if whole else relaxed
    return SolveReply(
        status=status,
        values=values,
        objective=objective,
        bound=bound,
        elapsed_s=time.monotonic() - watch.started,
        detail=str(highs.modelStatusToString(highs.getModelStatus())),
    )


def fix(highs: highspy.Highs, request: FixRequest) -> None:
    """Hold whole columns at values, for the last solve as a linear program."""
    # A stop that comes late must not cost the plan that was found.
    highs.clearCallbacks()  # type: ignore[no-untyped-call]
    highs.setOptionValue("time_limit", float(highs.getRunTime()) + FIX_LIMIT_S)
    columns, count = request.columns, len(request.columns)
    continuous = np.full(count, highspy.HighsVarType.kContinuous.value, dtype=np.uint8)
    highs.changeColsIntegrality(count, columns, continuous)
    highs.changeColsBounds(count, columns, request.values, request.values)


def relax(highs: highspy.Highs, whole: NDArray[np.int32]) -> None:
    """Let whole columns be continuous, and ask for interior point with crossover."""
    continuous = np.full(len(whole), highspy.HighsVarType.kContinuous.value, dtype=np.uint8)
    highs.changeColsIntegrality(len(whole), whole, continuous)
    highs.setOptionValue("solver", "ipx")


def load_linear(
    matrix: sparse.csc_matrix, *, cost: Floats, upper: Floats, row_lower: Floats, row_upper: Floats
) -> highspy.Highs:
    """min cost @ x, row_lower <= matrix x <= row_upper, 0 <= x <= upper; for simplex without presolve, quiet."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(len(cost)), upper
    lp.row_lower_, lp.row_upper_ = row_lower, row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    return highs
