"""A second opinion on an "optimal": the same model without presolve, from the plan that was found.

highspy 1.15.1 with presolve has called plans optimal that cost 9 % too much (ERGO-Code/HiGHS#3274: coefficients are
tightened by bounds of implied whole columns that are not whole). No option switches that off; all wrong answers known
to us are right without presolve. What it costs is in docs/performance.md (tests/benchmarks/second_opinion.py).
"""

from dataclasses import replace

import highspy

from optimizer.opinion import SecondOpinion, contradicts
from optimizer.paths.relaxed import start_at
from optimizer.solve_highs import Watch, load, run
from optimizer.solve_protocol import SolveReply, SolveRequest, SolveStatus

OPINION_COLUMNS = 500
"""Up to here a second opinion is nearly free; with twice as many columns it took as long as the first."""
MOST_OPINION_NODES = 200
"""Most nodes of branch and bound for it; no clock, so that the same input gives the same plan."""
NO_LIMIT = highspy.kHighsIInf
LEAST_S = 1.0
"""So much time it has at least."""
QUICK = (
    ("mip_lp_solver", "simplex"),
    ("mip_heuristic_run_feasibility_jump", False),
    ("mip_detect_symmetry", False),
)
"""A plan is there to start from, and the model is small: a quarter of the time with them left alone."""


def wants_opinion(request: SolveRequest, reply: SolveReply) -> bool:
    """Whether the "optimal" of a reply is to be looked at twice."""
    arrays = request.arrays
    claimed = reply.status is SolveStatus.OPTIMAL and reply.values is not None and reply.bound is not None
    small = bool(arrays.integer.any()) and len(arrays.cost) <= OPINION_COLUMNS
    return claimed and small and request.options.presolve


def second_opinion(request: SolveRequest, reply: SolveReply, watch: Watch) -> tuple[highspy.Highs | None, SolveReply]:
    """The reply with what the second solve says of it; with the second solver where that has overruled the first."""
    assert reply.values is not None
    assert reply.bound is not None
    highs = load(without_presolve(request, watch))
    for name, value in (*QUICK, ("mip_max_nodes", MOST_OPINION_NODES)):
        highs.setOptionValue(name, value)
    start_at(highs, reply.values)
    watch.attach(highs)
    second = run(highs, watch, whole=True)
    if second.objective is not None and contradicts(reply.bound, second.objective):
        return highs, _overruled(highs, second, watch)
    agreed = second.status is SolveStatus.OPTIMAL
    opinion = SecondOpinion.AGREED if agreed else SecondOpinion.UNFINISHED
    return None, replace(reply, opinion=opinion, elapsed_s=watch.elapsed())


def without_presolve(request: SolveRequest, watch: Watch) -> SolveRequest:
    """The same question without presolve, for the time that is left."""
    left_s = max(LEAST_S, request.options.time_limit_s - watch.elapsed())
    return replace(request, options=replace(request.options, presolve=False, time_limit_s=left_s))


def _overruled(highs: highspy.Highs, second: SolveReply, watch: Watch) -> SolveReply:
    """The second solve brought to its end."""
    if second.status is SolveStatus.FAILED:  # as HiGHS's "solution limit" is read: the nodes were used up
        highs.setOptionValue("mip_max_nodes", NO_LIMIT)
        assert second.values is not None
        start_at(highs, second.values)
        second = run(highs, watch, whole=True)
    return replace(second, opinion=SecondOpinion.OVERRULED)
