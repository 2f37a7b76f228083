"""Solve a compiled model in a process of its own: progress, Ctrl-C, crash as a message, double-checked "no"."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import IO, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from optimizer.arrays import Arrays
from optimizer.faults import Disagreement, Infeasible, NoPlan, SolverFault, SolverRefused
from optimizer.opinion import SecondOpinion, contradicts
from optimizer.solve_protocol import (
    AgainRequest,
    Changed,
    CloseRequest,
    FixRequest,
    Held,
    HeldRequest,
    LearnReply,
    LearnRequest,
    PriceReply,
    PriceRequest,
    Progress,
    SolveOptions,
    SolveReply,
    SolveRequest,
    SolveStatus,
    StopRequest,
    TieRequest,
    receive,
    send,
)

REFUSED_HIGHSPY = ("1.14.0",)
"""Wrong "optimal" on 58 of 400 small reserved + spot models (ERGO-Code/HiGHS #2957, #2995, #3002, #3073)."""

AGAIN_SHARE = 0.5
"""So much of the time limit a solve without presolve has at least, after one with it that cannot be believed."""

WHOLE_TOLERANCE = 1e-5
"""A column that must be whole may be so far from it before the answer is refused."""

Listener = Callable[[Progress], None]


@dataclass(frozen=True)
class Solved:
    """A feasible point with whole columns whole, and the proven bound, in the units of the arrays."""

    values: NDArray[np.float64]
    objective: float
    bound: float
    status: SolveStatus
    elapsed_s: float
    opinion: SecondOpinion = SecondOpinion.NOT_ASKED


def refuse_wrong_solver(version: str) -> None:
    """Raise SolverRefused for versions of highspy with known wrong answers."""
    if version in REFUSED_HIGHSPY:
        raise SolverRefused(
            f"highspy {version} is known to return wrong optima; install the pinned version"
            " (pip install 'highspy==1.15.1')"
        )


class Session:
    """A solver process, begun when it is first asked; use as a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.stopped_by_user = False

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def pid(self) -> int | None:
        """Id of the process; None where none is running."""
        return None if self._process is None else self._process.pid

    def end(self) -> None:
        """End the process and all that it knows; the next question begins another."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def solve(self, arrays: Arrays, options: SolveOptions, listen: Listener | None = None) -> SolveReply:
        """Solve; progress goes to `listen`. A SIGINT stops the solver and keeps what it has."""
        return self._solved(SolveRequest(arrays, options), listen)

    def again(
        self, arrays: Arrays, options: SolveOptions, lesson: bytes, changed: Changed, listen: Listener | None = None
    ) -> SolveReply:
        """Solve from what a model of the same structure has taught; otherwise like `solve`."""
        return self._solved(AgainRequest(arrays, options, lesson, changed), listen)

    def held(
        self, arrays: Arrays, options: SolveOptions, held: FixRequest, bound: float, listen: Listener | None = None
    ) -> SolveReply:
        """Solve with some whole columns held; OPTIMAL means within the gap of a bound that is known already."""
        return self._solved(HeldRequest(arrays, options, held, bound), listen)

    def learned(self, whole: NDArray[np.float64]) -> bytes:
        """What the last model has taught, whose plan has these whole columns: for `again`, here or elsewhere."""
        reply = self._ask(LearnRequest(whole), None)
        if not isinstance(reply, LearnReply):
            told = f": {reply.detail}" if isinstance(reply, SolveReply) else ""
            raise SolverFault(f"the solver has learned nothing{told}")
        return reply.lesson

    def close(self, columns: NDArray[np.int32], options: SolveOptions) -> SolveReply:
        """Solve the last model again with the given columns held at 0."""
        return self._solved(CloseRequest(columns, options), None)

    def fix(self, columns: NDArray[np.int32], values: NDArray[np.float64]) -> SolveReply:
        """Solve the last model again with the given columns fixed, as a linear program."""
        return self._solved(FixRequest(columns, values), None)

    def break_ties(
        self,
        columns: NDArray[np.int32],
        values: NDArray[np.float64],
        cost_limit: float,
        objectives: Sequence[NDArray[np.float64]],
    ) -> SolveReply:
        """Solve the last model again at a cost of at most `cost_limit`, minimising the objectives in turn.

        `columns` are the whole columns and `values` where the plan has them; a small model may move them, a large one
        holds them. OPTIMAL when every objective was brought to its end; FEASIBLE with the best so far when not, or
        FAILED when not even the start is possible. `objective` of the reply is the cost.
        """
        return self._solved(TieRequest(columns, values, cost_limit, tuple(objectives)), None)

    def priced(
        self, arrays: Arrays, options: SolveOptions, lesson: bytes, held: tuple[Held, ...] = ()
    ) -> PriceReply:
        """Optimum and reduced costs of a model without whole columns, from a lesson; then with columns held."""
        reply = self._ask(PriceRequest(arrays, options, lesson, held), None)
        if not isinstance(reply, PriceReply):
            raise SolverFault("the solver process gave no answer to the question")
        return reply

    def _solved(self, request: object, listen: Listener | None) -> SolveReply:
        reply = self._ask(request, listen)
        if isinstance(reply, SolveReply):
            return reply
        raise SolverFault("the solver process gave no answer to the question")

    def _ask(self, request: object, listen: Listener | None) -> SolveReply | LearnReply | PriceReply:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            send(process.stdin, request)
            with self._stop_on_interrupt(process.stdin):
                while True:
                    message = receive(process.stdout)
                    if isinstance(message, SolveReply | LearnReply | PriceReply):
                        return message
                    if listen is not None and isinstance(message, Progress):
                        listen(message)
        except (EOFError, BrokenPipeError) as lost:
            code = process.wait()
            self.end()
            raise SolverFault(f"the solver process ended with code {code}: {_crash(code)}") from lost

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "optimizer.solve_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        return self._process

    @contextmanager
    def _stop_on_interrupt(self, requests: IO[bytes]) -> Iterator[None]:
        def stop(signum: int, frame: Any) -> None:
            self.stopped_by_user = True
            send(requests, StopRequest())

        try:
            before = signal.signal(signal.SIGINT, stop)
        except ValueError:  # not in the main thread: somebody else handles interrupts
            yield
            return
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _crash(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return "see the messages above"


def solve_whole(arrays: Arrays, options: SolveOptions, listen: Listener | None = None) -> Solved:
    """Solve in a session of its own; see `solve_in`."""
    with Session() as session:
        return solve_in(session, arrays, options, listen)


def solve_in(
    session: Session,
    arrays: Arrays,
    options: SolveOptions,
    listen: Listener | None = None,
    *,
    second: Session | None = None,
) -> Solved:
    """Solve to the asked gap, round whole columns, and solve the continuous rest again with them fixed.

    A "no" is asked for again in a process of its own, or in the `second` session. Where the plan lies below its bound,
    all is solved again without presolve. Raises Infeasible (said twice), NoPlan (stopped too early) or SolverFault.
    """
    reply = session.solve(arrays, options, listen)
    if reply.status in (SolveStatus.INFEASIBLE, SolveStatus.UNDECIDED):
        if second is not None:
            _confirm_infeasible(session, second, arrays, options)
        with Session() as other:
            _confirm_infeasible(session, other, arrays, options)
    found = _rounded(session, arrays, _with_plan(session, reply))
    if contradicts(found.bound, found.objective) and options.presolve:
        return _without_presolve(session, arrays, options, found, listen)
    return found


def _without_presolve(
    session: Session, arrays: Arrays, options: SolveOptions, found: Solved, listen: Listener | None
) -> Solved:
    """Solve again where presolve has led to a wrong bound; what was found where that comes to nothing."""
    left_s = max(AGAIN_SHARE * options.time_limit_s, options.time_limit_s - found.elapsed_s)
    reply = session.solve(arrays, replace(options, presolve=False, time_limit_s=left_s), listen)
    if reply.values is None or reply.bound is None:
        return found
    return replace(_rounded(session, arrays, reply), opinion=SecondOpinion.OVERRULED)


def solve_again_in(
    session: Session,
    arrays: Arrays,
    options: SolveOptions,
    lesson: bytes,
    changed: Changed,
    listen: Listener | None = None,
) -> Solved | None:
    """Like `solve_in`, from a lesson; None where the answer is not to be trusted and must be worked out from nothing.

    Raises NoPlan where it was stopped too early.
    """
    try:
        reply = session.again(arrays, options, lesson, changed, listen)
        if reply.status in (SolveStatus.INFEASIBLE, SolveStatus.UNDECIDED):
            return None
        found = _rounded(session, arrays, _with_plan(session, reply))
    except SolverFault:
        return None
    return None if contradicts(found.bound, found.objective) else found


def solve_held_in(
    session: Session,
    arrays: Arrays,
    options: SolveOptions,
    held: FixRequest,
    bound: float,
    listen: Listener | None = None,
) -> Solved | None:
    """Like `solve_in` with some whole columns held and a bound that is known; None without a plan near the bound.

    Raises NoPlan where the user has stopped it.
    """
    try:
        reply = session.held(arrays, options, held, bound, listen)
        if reply.status is SolveStatus.OPTIMAL:
            return _rounded(session, arrays, reply)
    except SolverFault:
        return None
    if session.stopped_by_user:
        raise NoPlan(interrupted=True)
    return None


def solve_closed(
    session: Session, arrays: Arrays, columns: NDArray[np.int32], options: SolveOptions
) -> Solved:
    """Solve the session's last model with columns held at 0; it must have been feasible to begin with.

    Raises Infeasible (as the solver says it once: this is for comparison only), NoPlan or SolverFault.
    """
    reply = session.close(columns, options)
    if reply.status in (SolveStatus.INFEASIBLE, SolveStatus.UNDECIDED):
        raise Infeasible
    reply = _with_plan(session, reply)
    assert reply.values is not None
    assert reply.objective is not None
    assert reply.bound is not None
    return Solved(reply.values, reply.objective, reply.bound, reply.status, reply.elapsed_s)


def _with_plan(session: Session, reply: SolveReply) -> SolveReply:
    if reply.status in (SolveStatus.FAILED, SolveStatus.UNBOUNDED):
        raise SolverFault(f"the solver says: {reply.detail}")
    if reply.values is None or reply.objective is None:
        raise NoPlan(session.stopped_by_user)
    if reply.bound is None:
        raise SolverFault("the solver found a plan but no bound")
    return reply


def _confirm_infeasible(session: Session, other: Session, arrays: Arrays, options: SolveOptions) -> NoReturn:
    """Ask again from nothing: another process, no presolve, no costs."""
    free = replace(arrays, cost=np.zeros_like(arrays.cost), offset=0.0)
    again = other.solve(free, replace(options, presolve=False))
    session.stopped_by_user = session.stopped_by_user or other.stopped_by_user
    if again.status is SolveStatus.INFEASIBLE:
        raise Infeasible
    if again.status in (SolveStatus.TIME_LIMIT, SolveStatus.INTERRUPTED):
        raise NoPlan(session.stopped_by_user)
    raise Disagreement(f"infeasible with presolve, '{again.detail}' without: the two disagree", arrays)


def _rounded(session: Session, arrays: Arrays, reply: SolveReply) -> Solved:
    assert reply.values is not None
    assert reply.objective is not None
    assert reply.bound is not None
    whole = np.flatnonzero(arrays.integer).astype(np.int32)
    values, objective = reply.values, reply.objective
    if whole.size:
        rounded = np.rint(values[whole])
        if np.abs(values[whole] - rounded).max() > WHOLE_TOLERANCE:
            raise SolverFault("a whole number in the answer is not whole")
        polished = session.fix(whole, rounded)
        if polished.status is not SolveStatus.OPTIMAL or polished.values is None or polished.objective is None:
            raise SolverFault(f"with whole numbers fixed the solver says: {polished.detail}")
        values, objective = polished.values.copy(), polished.objective
        values[whole] = rounded
    return Solved(values, objective, reply.bound, reply.status, reply.elapsed_s, reply.opinion)
