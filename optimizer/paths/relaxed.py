"""The way through the relaxation of the full model: interior point, dive, and branch and bound for what is left."""

from dataclasses import replace

import highspy
import numpy as np
from numpy.typing import NDArray

from optimizer.paths.dive import Dive, Found, whole_columns
from optimizer.solve_highs import Watch, load, relax, run
from optimizer.solve_protocol import HeldRequest, SolveOptions, SolveReply, SolveRequest, SolveStatus


def enough(bound: float, options: SolveOptions) -> float:
    """The cost at which the asked gap is reached."""
    return bound + max(options.gap_absolute, options.gap_share * abs(bound))


def solve_relaxed(highs: highspy.Highs, request: SolveRequest, watch: Watch) -> SolveReply:
    """Solve the relaxation, then dive; OPTIMAL within the gap, FEASIBLE where branch and bound could go on."""
    whole = whole_columns(request.arrays)
    relax(highs, whole.index)
    watch.tell("relaxation", None, None)
    relaxed = run(highs, watch, whole=False)
    if relaxed.status is not SolveStatus.OPTIMAL or relaxed.objective is None:
        return replace(relaxed, values=None, objective=None)
    bound = relaxed.objective
    watch.tell("dive", None, bound)
    highs.setOptionValue("solver", "simplex")
    found = Dive(highs, whole, watch.stopped).run(enough(bound, request.options))
    if found is not None:
        watch.tell("dive", found.objective, bound)
        if found.objective <= enough(bound, request.options):
            return ended(SolveStatus.OPTIMAL, found, bound, watch)
    status = SolveStatus.INTERRUPTED if watch.stop.is_set() else SolveStatus.FEASIBLE
    return ended(status, found, bound, watch)


def solve_held(request: HeldRequest, watch: Watch) -> tuple[highspy.Highs, SolveReply]:
    """The same with some whole columns held; OPTIMAL within the gap of the known bound, which stays the bound."""
    arrays, held = request.arrays, request.held
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    lower[held.columns] = upper[held.columns] = held.values
    narrowed = SolveRequest(replace(arrays, lower=lower, upper=upper), request.options)
    highs = load(narrowed)
    watch.attach(highs)
    reply = replace(solve_relaxed(highs, narrowed, watch), bound=request.bound)
    if reply.objective is None or watch.stop.is_set():
        return highs, reply
    near = reply.objective <= enough(request.bound, request.options)
    return highs, replace(reply, status=SolveStatus.OPTIMAL if near else SolveStatus.FEASIBLE)


def branch(request: SolveRequest, watch: Watch, reply: SolveReply) -> SolveReply:
    """Branch and bound for the time that is left, from the plan and the bound of a reply."""
    left = request.options.time_limit_s - watch.elapsed()
    if left <= 1.0:
        return replace(reply, status=SolveStatus.TIME_LIMIT)
    highs = load(replace(request, options=replace(request.options, time_limit_s=left)))
    watch.attach(highs)
    watch.tell("branch and bound", reply.objective, reply.bound)
    if reply.values is not None:
        start_at(highs, reply.values)
    searched = run(highs, watch, whole=True)
    bounds = [bound for bound in (reply.bound, searched.bound) if bound is not None]
    better = max(bounds, default=None)
    if searched.objective is None or (reply.objective is not None and reply.objective < searched.objective):
        return replace(reply, status=searched.status, bound=better)
    return replace(searched, bound=better)


def start_at(highs: highspy.Highs, values: NDArray[np.float64]) -> None:
    """Begin branch and bound with a plan."""
    start = highspy.HighsSolution()
    start.col_value = list(values)
    highs.setSolution(start)


def ended(status: SolveStatus, found: Found | None, bound: float, watch: Watch) -> SolveReply:
    """The reply with what was found."""
    if found is None:
        return SolveReply(status, None, None, bound, watch.elapsed(), "dive")
    return SolveReply(status, found.values, found.objective, bound, watch.elapsed(), "dive")
