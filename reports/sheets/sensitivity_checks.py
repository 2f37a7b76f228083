"""Checks of the sheet Sensitivity: its formulas against the plan, and no sign where the interval holds 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from optimizer.plan_sensitivity import CostMoved
from reports.formulas import ZERO, Expr, Where
from reports.functions import count_where, quoted, total
from reports.sensitivity_words import CHEAPER, DEARER
from reports.sheets.check import Check
from reports.sheets.sensitivity_calc import (
    AT_LEAST,
    AT_MOST,
    DIFFERENCE,
    PROVEN,
    SIDES,
    EndSide,
    SensitivityFigures,
    end_of,
)

_FIGURES: tuple[tuple[str, str, Callable[[CostMoved], float | Decimal]], ...] = (
    (DIFFERENCE, "differences as found", lambda moved: moved.usd),
    (AT_LEAST, "differences at least", lambda moved: moved.at_least_usd),
    (AT_MOST, "differences at most", lambda moved: moved.at_most_usd),
)


def sensitivity_checks(sheet: SensitivityFigures) -> Iterator[Check]:
    """Sums over the inputs shown, end by end."""
    meaning = "the sheet does not show what was solved"
    for side in SIDES:
        ends = [end_of(row, side) for row in sheet.told.inputs]
        moved = [end.moved for end in ends if end is not None and end.moved is not None]
        for header, words, figure in _FIGURES:
            own = sum((Decimal(str(figure(row))) for row in moved), Decimal(0))
            text = f"Sensitivity: {words} at the {side} ends, together"
            yield Check(text, total(sheet.inputs.column(f"{header} {side}")), own, "USD", meaning, len(moved))
    claimed = _claimed_within(sheet, "low") + _claimed_within(sheet, "high")
    text = "Sensitivity: signs claimed where the interval holds 0"
    yield Check(text, claimed, ZERO, "signs", "a difference within the gaps is told as evidence")


def _claimed_within(sheet: SensitivityFigures, side: EndSide) -> Expr:
    signs, least, most = (sheet.inputs.column(f"{name} {side}") for name in (PROVEN, AT_LEAST, AT_MOST))
    dearer = count_where(Where(signs, "=", quoted(DEARER)), Where(least, "<=", ZERO))
    return dearer + count_where(Where(signs, "=", quoted(CHEAPER)), Where(most, ">=", ZERO))
