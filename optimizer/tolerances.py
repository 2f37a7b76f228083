"""What a proof may be off: the solver by a share of it, and every line of a bill by half a cent."""

from collections.abc import Sequence

from optimizer.plan import CostLine

SOLVER_TOLERANCE = 1e-6
"""What an incumbent or a bound of the solver may be off, as a share of it."""
_HALF_A_CENT = 0.005


def rounding_usd(lines: Sequence[CostLine]) -> float:
    """What rounding each line to the cent can add up to, in dollars."""
    return _HALF_A_CENT * len(lines)
