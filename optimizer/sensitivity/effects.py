"""What moving an input to one of its ends did: to the cost, with its interval, and to what is to be signed."""

from collections.abc import Sequence

from catalog.findings import InputRejected
from catalog.records import TEXT_LIMIT
from optimizer.comparing.buying import BuyChange, Way, buy_difference
from optimizer.comparing.differences import difference
from optimizer.plan import Plan
from optimizer.plan_sensitivity import CostMoved, EndOutcome, SensitivityEnd

MOST_BUY_CHANGES = 3
"""Lines of the buy list that are told; the rest is counted."""


def solved(value: str, base: Plan, found: Plan) -> SensitivityEnd:
    """An end with a plan of its own."""
    told = difference(base, found)
    changes = [row for row in buy_difference(base, found) if row.way.is_signed and row.status != "same"]
    return SensitivityEnd(
        value=value,
        outcome=EndOutcome.SOLVED,
        incumbent_usd=found.incumbent_usd,
        bound_usd=found.bound_usd,
        moved=CostMoved(
            at_least_usd=told.at_least_usd,
            usd=told.usd,
            at_most_usd=told.at_most_usd,
            distinguishable=told.verdict != "not distinguishable",
        ),
        buy_list="changed" if changes else "same",
        buy_changes=_in_words(changes),
    )


def impossible(value: str, reason: str) -> SensitivityEnd:
    """An end at which no plan can keep all rules."""
    return _without(value, EndOutcome.IMPOSSIBLE, reason)


def refused(value: str, rejected: InputRejected) -> SensitivityEnd:
    """An end at which the inputs are no scenario."""
    first, *more = rejected.findings
    others = f" (and {len(more)} more findings)" if more else ""
    return _without(value, EndOutcome.REFUSED, f"{first}{others}")


def not_solved(value: str, reason: str) -> SensitivityEnd:
    """An end of which nothing is known."""
    return _without(value, EndOutcome.NOT_SOLVED, reason)


def _without(value: str, outcome: EndOutcome, reason: str) -> SensitivityEnd:
    short = reason if len(reason) <= TEXT_LIMIT else f"{reason[: TEXT_LIMIT - 3]}..."
    return SensitivityEnd(value=value, outcome=outcome, reason=short)


def _in_words(changes: Sequence[BuyChange]) -> tuple[str, ...]:
    """The dearest first."""
    by_cost = sorted(changes, key=lambda row: (-max(row.base_usd, row.variant_usd), row.way, row.what, row.start))
    told = tuple(_words(row) for row in by_cost[:MOST_BUY_CHANGES])
    left = len(changes) - len(told)
    return (*told, f"and {left} more") if left else told


def _words(row: BuyChange) -> str:
    what = row.what if row.way is Way.ORDER else f"{row.way} {row.what}"
    since = f" from {row.start}" if row.start else ""
    only = f" in {row.outlook}" if row.outlook else ""
    change = f"{row.base_quantity:f} -> {row.variant_quantity:f}"
    return f"{what}{since}{only}: {change} {row.unit}"
