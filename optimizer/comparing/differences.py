"""The difference of two plans' objectives, and the interval in which that of the two optima lies."""

from decimal import Decimal
from typing import Literal

from catalog.records import Record
from optimizer.plan import Plan
from optimizer.tolerances import SOLVER_TOLERANCE, rounding_usd

ALMOST_HALF = 0.45

Verdict = Literal["dearer", "cheaper", "not distinguishable"]


class Difference(Record):
    """How much more one plan costs than another, and between which bounds the difference of the two optima lies."""

    usd: Decimal
    """Incumbent less incumbent: as found, in whole cents."""
    at_least_usd: float
    at_most_usd: float
    verdict: Verdict
    """No sign is claimed where the interval holds 0, or comes nearer to it than solver and cents can tell."""


def difference(base: Plan, variant: Plan) -> Difference:
    """The variant less the base: positive where the variant is dearer."""
    at_least, at_most = variant.bound_usd - base.incumbent_usd, variant.incumbent_usd - base.bound_usd
    return Difference(
        usd=variant.totals.objective_usd - base.totals.objective_usd,
        at_least_usd=at_least,
        at_most_usd=at_most,
        verdict=verdict(at_least, at_most, tolerance_usd(base, variant)),
    )


def tolerance_usd(*plans: Plan) -> float:
    """What the bounds of some plans can be off together: the solver's tolerance, and half a cent for each line."""
    return sum(SOLVER_TOLERANCE * abs(plan.incumbent_usd) + rounding_usd(plan.cost_lines) for plan in plans)


def verdict(at_least_usd: float, at_most_usd: float, tolerance: float) -> Verdict:
    """What an interval proves.

    >>> verdict(5.0, 9.0, 0.1), verdict(-9.0, -5.0, 0.1), verdict(-1.0, 3.0, 0.1), verdict(0.05, 3.0, 0.1)
    ('dearer', 'cheaper', 'not distinguishable', 'not distinguishable')
    """
    if at_least_usd > tolerance:
        return "dearer"
    return "cheaper" if at_most_usd < -tolerance else "not distinguishable"


def gap_to_tell_usd(base: Plan, variant: Plan, least_usd: float) -> float | None:
    """The gap with which both should be solved again to tell them apart; None where that is given up.

    A little less than half the difference of the incumbents, so that the two gaps together are smaller than it, but
    never below `least_usd`. Given up where both are solved to that gap already.
    """
    gap = max(ALMOST_HALF * abs(variant.incumbent_usd - base.incumbent_usd), least_usd)
    open_usd = max(plan.incumbent_usd - plan.bound_usd for plan in (base, variant))
    return gap if open_usd > gap + tolerance_usd(base, variant) else None
