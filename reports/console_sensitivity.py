"""What moves the cost most, as lines for the screen."""

from collections.abc import Iterator

from optimizer.plan import Plan
from optimizer.plan_sensitivity import CostMoved, SensitiveInput, Sensitivity, SensitivityEnd
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import dollars
from reports.sensitivity_words import end_words, how_it_ended, outcome_word

INDENT = "  "
_COLUMNS = (
    Column("input"),
    Column("low", right=True),
    Column("USD", right=True),
    Column("high", right=True),
    Column("USD", right=True),
    Column("buy list"),
)
_UNSURE = "?"
_CENT = 0.01


def sensitivity_lines(plan: Plan, width: int) -> Iterator[str]:
    """The inputs, what they move, whether the buy list changes, and what cannot be."""
    told = plan.sensitivity
    if told is None:
        return
    yield ""
    yield f"What moves the cost most (one input at a time, against {dollars(plan.incumbent_usd)} USD)"
    yield from (INDENT + line for line in table_lines(_COLUMNS, [_row(row) for row in told.inputs]))
    for row in told.inputs:
        for end in row.ends:
            if end.reason:
                yield from wrapped(f"{row.name} {end_words(end)}", width, first=INDENT, rest=INDENT * 2)
    yield from wrapped(". ".join(_remarks(told)), width, first=INDENT, rest=INDENT)


def _row(row: SensitiveInput) -> tuple[str, ...]:
    low, high = _cells(row.low), _cells(row.high)
    return row.name, *low, *high, _buy_list(row)


def _cells(end: SensitivityEnd | None) -> tuple[str, str]:
    """The value, and what the cost moves by: with its sign, and a mark where that is not proven."""
    if end is None:
        return "-", ""
    if end.moved is None:
        return end.value, outcome_word(end.outcome)
    amount = dollars(end.moved.usd)
    sign = "+" if end.moved.usd > 0 and amount != "0" else ""
    return end.value, f"{_UNSURE if _is_unsure(end.moved) else ''} {sign}{amount}".strip()


def _is_unsure(moved: CostMoved) -> bool:
    """Whether the interval holds 0 and more: a difference that is proven to be 0 is none."""
    return not moved.distinguishable and moved.at_most_usd - moved.at_least_usd > _CENT


def _buy_list(row: SensitiveInput) -> str:
    changed = [name for name, end in (("low", row.low), ("high", row.high)) if end and end.buy_list == "changed"]
    return f"changes {' and '.join(changed)}" if changed else "same"


def _remarks(told: Sensitivity) -> Iterator[str]:
    yield how_it_ended(told)
    if any(_is_unsure(end.moved) for row in told.inputs for end in row.ends if end.moved is not None):
        yield f'"{_UNSURE}": not distinguishable from 0 within the two gaps'
    if told.left_out:
        yield f"{len(told.left_out)} more inputs were left out (workbook, sheet Sensitivity)"
