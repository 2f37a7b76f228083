"""What moves the cost most: everything that can be said of it without solving again.

    moved = incumbent there - incumbent here, between bound there - incumbent here and incumbent there - bound here

A sign is claimed only where that interval does not hold 0. Whether the incumbents and bounds of the ends are true
cannot be seen from the plan.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from math import isfinite

from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.proof import money_tolerance
from optimizer.audit.varied import varied_inputs
from optimizer.plan import Plan
from optimizer.plan_sensitivity import (
    MOST_SHOWN,
    CostMoved,
    EndOutcome,
    LeftOut,
    SensitiveInput,
    Sensitivity,
    SensitivityEnd,
)

HALF_A_CENT = Decimal("0.005")


def check_sensitivity(inputs: Inputs, plan: Plan, checks: Checks) -> None:
    """Names, values, ends, intervals and order."""
    found = plan.sensitivity
    if found is None:
        return
    _check_names(inputs, found, checks)
    for row in found.inputs:
        _check_values(inputs, row, checks)
        for side, end in _ends(row):
            _check_end(plan, ("sensitivity", row.name, side), end, checks)
    _check_order(found, checks)


def _check_names(inputs: Inputs, found: Sensitivity, checks: Checks) -> None:
    """Every input is there, and is told once; ten at most are shown."""
    rule = "sensitivity.names"
    everything: tuple[SensitiveInput | LeftOut, ...] = (*found.inputs, *found.left_out)
    shown = len(found.inputs)
    checks.true(rule, ("shown",), shown <= MOST_SHOWN, left=shown, operator="<=", right=MOST_SHOWN)
    for row in everything:
        there = row.of in varied_inputs(inputs.scenario, row.varied)
        place = (row.name, row.varied.value)
        checks.true(rule, place, there, left=row.of, operator="is", right="an input")
    for told in ({(row.varied, row.of) for row in everything}, {row.name for row in everything}):
        checks.same(rule, ("told once",), len(told), len(everything), "inputs")


def _check_values(inputs: Inputs, row: SensitiveInput, checks: Checks) -> None:
    """What is told to be there is there; one end lies below it, the other above."""
    if not row.value:
        several = varied_inputs(inputs.scenario, row.varied).get(row.of) is None
        checks.true("sensitivity.values", (row.name,), several, left="blank", operator="for", right="one number")
        return
    value = _number(row.value)
    own = varied_inputs(inputs.scenario, row.varied).get(row.of)
    checks.same("sensitivity.values", (row.name,), value, own)
    for side, end in _ends(row):
        other = _number(end.value)
        apart = other is not None and value is not None and (other < value if side == "low" else other > value)
        operator = "<" if side == "low" else ">"
        checks.true("sensitivity.values", (row.name, side), apart, left=end.value, operator=operator, right=row.value)


def _check_end(plan: Plan, place: Place, end: SensitivityEnd, checks: Checks) -> None:
    """A solved end has all its figures and no reason; any other has a reason and no figures."""
    is_solved = end.outcome is EndOutcome.SOLVED
    figures = (end.incumbent_usd, end.bound_usd, end.moved, end.buy_list)
    for figure in figures:
        checks.same("sensitivity.ends", place, figure is not None, is_solved, "is stated")
    checks.same("sensitivity.ends", (*place, "reason"), bool(end.reason), not is_solved, "is stated")
    changed = end.buy_list == "changed"
    checks.same("sensitivity.buy_list", place, bool(end.buy_changes), changed, "changes are told")
    if end.incumbent_usd is None or end.bound_usd is None or end.moved is None:
        return
    if _finite(place, end, checks):
        _check_moved(plan, place, end.incumbent_usd, end.bound_usd, end.moved, checks)


def _finite(place: Place, end: SensitivityEnd, checks: Checks) -> bool:
    return all(
        checks.true("records.finite", (*place, name), isfinite(value), left=value, operator="is", right="finite")
        for name, value in (*end, *(end.moved or ()))
        if isinstance(value, float | Decimal)
    )


def _check_moved(plan: Plan, place: Place, incumbent: float, bound: float, moved: CostMoved, checks: Checks) -> None:
    cents = money_tolerance(plan) / ROUNDING
    checks.at_most("sensitivity.bounds", place, bound, incumbent, "usd", rounded=cents)
    here = exact(plan.incumbent_usd)
    found = exact(incumbent) - here
    checks.within("sensitivity.interval", (*place, "as found"), moved.usd, found, "usd", allowed=HALF_A_CENT)
    for side, stated, own in (
        ("at least", moved.at_least_usd, bound - plan.incumbent_usd),
        ("at most", moved.at_most_usd, incumbent - plan.bound_usd),
    ):
        allowed = HALF_A_CENT
        checks.within("sensitivity.interval", (*place, side), exact(stated), exact(own), "usd", allowed=allowed)
    sure = moved.at_least_usd > 0 or moved.at_most_usd < 0
    checks.true(
        "sensitivity.sign",
        place,
        sure or not moved.distinguishable,
        left="a sign",
        operator="for",
        right=f"{moved.at_least_usd:.2f} to {moved.at_most_usd:.2f}",
        unit="usd",
    )


def _check_order(found: Sensitivity, checks: Checks) -> None:
    """Without a plan at one end first, then by what it moves; nothing that was left out moves more."""
    strengths = [_strength(row) for row in found.inputs]
    for first, second, row in zip(strengths, strengths[1:], found.inputs[1:], strict=False):
        checks.true("sensitivity.order", (row.name,), first >= second, left=first, operator=">=", right=second)
    least = min(strengths, default=None)
    for left in found.left_out:
        _check_left_out(left, least, len(found.inputs), checks)


def _check_left_out(row: LeftOut, least: tuple[bool, Decimal] | None, shown: int, checks: Checks) -> None:
    """What was solved is left out only where ten others move more."""
    rule, place = "sensitivity.order", (row.name,)
    if row.largest_usd is None:
        checks.true(rule, place, bool(row.reason), left="left out", operator="for", right="a reason")
        return
    stronger = shown == MOST_SHOWN and least is not None and least >= (False, row.largest_usd)
    checks.true(rule, place, stronger, left=least, operator=">=", right=row.largest_usd, unit="usd")


def _strength(row: SensitiveInput) -> tuple[bool, Decimal]:
    impossible = any(end.outcome is EndOutcome.IMPOSSIBLE for _, end in _ends(row))
    return impossible, max((abs(end.moved.usd) for _, end in _ends(row) if end.moved is not None), default=Decimal(0))


def _ends(row: SensitiveInput) -> Iterator[tuple[str, SensitivityEnd]]:
    for side, end in (("low", row.low), ("high", row.high)):
        if end is not None:
            yield side, end


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
