"""The solver process: reads requests on stdin, lets HiGHS work, answers on stdout.

It lives apart so that a crash of native code is an error message and not a lost run, and so that
Ctrl-C in the terminal reaches the planning process only, which then asks for a stop.
"""

import os
import signal
import sys
import threading
import time
from queue import Queue
from typing import BinaryIO

from optimizer.solve_highs import FIX_LIMIT_S, Watch
from optimizer.solve_protocol import (
    AgainRequest,
    CloseRequest,
    FixRequest,
    HeldRequest,
    LearnReply,
    LearnRequest,
    PriceReply,
    PriceRequest,
    SolveReply,
    SolveRequest,
    SolveStatus,
    StopRequest,
    TieRequest,
    receive,
    send,
)
from optimizer.solver import Solver


def _answer(solver: Solver, request: object, watch: Watch) -> SolveReply | LearnReply | PriceReply:
    if isinstance(request, SolveRequest):
        return solver.solve(request, watch)
    if isinstance(request, FixRequest):
        return solver.fix(request, watch)
    if isinstance(request, CloseRequest):
        return solver.close(request, watch)
    if isinstance(request, TieRequest):
        return solver.break_ties(request, watch)
    if isinstance(request, AgainRequest):
        return solver.again(request, watch)
    if isinstance(request, HeldRequest):
        return solver.held(request, watch)
    if isinstance(request, LearnRequest):
        return LearnReply(solver.learned(request))
    if isinstance(request, PriceRequest):
        return solver.priced(request, watch)
    raise RuntimeError(f"unexpected request {type(request).__name__}")


def _limit_s(request: object) -> float:
    if isinstance(request, SolveRequest | CloseRequest | AgainRequest | HeldRequest | PriceRequest):
        return request.options.time_limit_s
    return FIX_LIMIT_S


def _listen(stream: BinaryIO, requests: "Queue[object]", stop: threading.Event) -> None:
    while True:
        try:
            message = receive(stream)
        except EOFError:
            stop.set()
            requests.put(None)
            return
        if isinstance(message, StopRequest):
            stop.set()
        else:
            requests.put(message)


def main() -> None:
    """Serve requests until stdin is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever native code prints must not mix with the answers
    requests: Queue[object] = Queue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests, stop), daemon=True).start()
    solver = Solver()
    while (request := requests.get()) is not None:
        watch = Watch(out, stop, time.monotonic(), _limit_s(request))
        try:
            reply = _answer(solver, request, watch)
        except Exception as error:  # the parent must hear of any fault
            reply = SolveReply(SolveStatus.FAILED, None, None, None, 0.0, f"{type(error).__name__}: {error}")
        stop.clear()
        send(out, reply)


if __name__ == "__main__":
    main()
