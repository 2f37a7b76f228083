"""A linear program solved for its reduced costs, and again for each of some columns that are held."""

import highspy
import numpy as np

from optimizer.paths.basis import Basis
from optimizer.solve_highs import Watch, load, run
from optimizer.solve_protocol import Held, HeldReply, PriceReply, PriceRequest, SolveRequest, SolveStatus

NOTHING = HeldReply(None)


def priced(request: PriceRequest, basis: Basis | None, watch: Watch) -> PriceReply:
    """The optimum from a basis; then what is held, each from the optimum's basis, as long as there is time."""
    highs = load(SolveRequest(request.arrays, request.options))
    watch.attach(highs)
    if basis is not None:
        basis.given_to(highs)
    reply = run(highs, watch, whole=False)
    if reply.status is not SolveStatus.OPTIMAL:
        return PriceReply(None, None, (NOTHING,) * len(request.held))
    reduced_cost = np.array(highs.getSolution().col_dual, dtype=float)
    start = Basis.of(highs) if request.held else None
    held = tuple(_with(highs, request, each, start, watch) for each in request.held)
    return PriceReply(reply.objective, reduced_cost, held)


def _with(
    highs: highspy.Highs, request: PriceRequest, held: Held, start: Basis | None, watch: Watch
) -> HeldReply:
    if watch.stopped() or start is None:
        return NOTHING
    columns = np.array(held.columns, dtype=np.int32)
    values = np.array(held.values, dtype=float)
    start.given_to(highs)
    highs.changeColsBounds(len(columns), columns, values, values)
    reply = run(highs, watch, whole=False)
    lower, upper = request.arrays.lower[columns], request.arrays.upper[columns]
    highs.changeColsBounds(len(columns), columns, lower, upper)
    if reply.status is not SolveStatus.OPTIMAL or reply.values is None:
        return NOTHING
    return HeldReply(reply.objective, tuple(float(reply.values[column]) for column in held.told))
