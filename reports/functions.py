"""The spreadsheet functions our formulas may use, each with its arithmetic in Python.

Every function here does what the spreadsheet function of that name does, for the cases that the
sheets use; LibreOffice recalculates whole workbooks in the tests and must find the same. All of them
are in every Excel since 2007 and in LibreOffice 7.4, and none is volatile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import log
from typing import Literal

from contracts.calendar import Month
from reports.formulas import (
    ATOM,
    COMPARISON,
    PRODUCT,
    SUM,
    Area,
    Expr,
    Operator,
    Where,
    holds_between,
    key_of,
    number,
)


def quoted(text: str) -> Expr:
    """A fixed word of ours inside a formula; never text of a user."""
    return Expr('"' + text.replace('"', '""') + '"', text)


def total(*areas: Area) -> Expr:
    """SUM."""
    return Expr(f"SUM({_list(areas)})", sum(n for area in areas for n in area.numbers))


def greatest(*items: Area | Expr) -> Expr:
    """MAX."""
    return Expr(f"MAX({_list(items)})", max(_numbers_in(items), default=0.0))


def least(*items: Area | Expr) -> Expr:
    """MIN."""
    return Expr(f"MIN({_list(items)})", min(_numbers_in(items), default=0.0))


def size(expr: Expr) -> Expr:
    """ABS."""
    return Expr(f"ABS({expr.text})", abs(number(expr.value)))


def rounded(expr: Expr, places: Expr) -> Expr:
    """ROUND: halves away from zero, as spreadsheets do."""
    step = Decimal(1).scaleb(-int(number(places.value)))
    value = float(Decimal(repr(number(expr.value))).quantize(step, rounding=ROUND_HALF_UP))
    return Expr(f"ROUND({expr.text},{places.text})", value)


def compared(left: Expr, operator: Operator, right: Expr) -> Expr:
    """A comparison, 1 or 0 as a value."""
    pair = (left.value, right.value)
    if isinstance(left.value, str) or isinstance(right.value, str):
        holds = operator == "=" and key_of(left.value or "") == key_of(right.value or "")
    else:
        holds = holds_between(number(pair[0]), operator, number(pair[1]))
    return Expr(f"{left.at_level(SUM)}{operator}{right.at_level(SUM)}", int(holds), COMPARISON)


def when(condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    """IF."""
    text = f"IF({condition.text},{then.text},{otherwise.text})"
    return Expr(text, then.value if condition.value else otherwise.value)


def ratio(part: Expr, whole: Expr) -> Expr:
    """part / whole, and 0 when there is no whole."""
    share = number(part.value) / number(whole.value) if number(whole.value) else 0.0
    return Expr(f"IF({whole.text}=0,0,{part.at_level(PRODUCT)}/{whole.at_level(ATOM)})", share)


def sum_where(area: Area, *conditions: Where) -> Expr:
    """SUMIFS."""
    text = f"SUMIFS({area.text},{','.join(c.text for c in conditions)})"
    return Expr(text, sum(area.numbers[i] for i in _matching(conditions)))


def count_where(*conditions: Where) -> Expr:
    """COUNTIF for one condition, COUNTIFS for more."""
    name = "COUNTIF" if len(conditions) == 1 else "COUNTIFS"
    return Expr(f"{name}({','.join(c.text for c in conditions)})", len(_matching(conditions)))


def filled(area: Area) -> Expr:
    """COUNTA: how many cells are not blank."""
    return Expr(f"COUNTA({area.text})", sum(v is not None for v in area.values))


def position_of(key: Expr, keys: Area) -> Expr:
    """MATCH, exact: 1 for the first position."""
    found = keys.rows_by_value.get(key_of(key.value))
    if not found:
        raise LookupError(f"{key.value!r} is not in {keys.text}")
    return Expr(f"MATCH({key.text},{keys.text},0)", found[0] + 1)


def item_at(values: Area, position: Expr) -> Expr:
    """INDEX of a list."""
    value = values.values[int(number(position.value)) - 1]
    return Expr(f"INDEX({values.text},{position.text})", 0 if value is None else value)


def looked_up(key: Expr, keys: Area, values: Area) -> Expr:
    """INDEX(values, MATCH(key, keys, 0)); a blank comes out as 0, as in a spreadsheet."""
    return item_at(values, position_of(key, keys))


def product_sum(*areas: Area) -> Expr:
    """SUMPRODUCT of ranges of one length."""
    value = 0.0
    for terms in zip(*(area.numbers for area in areas), strict=True):
        product = 1.0
        for term in terms:
            product *= term
        value += product
    return Expr(f"SUMPRODUCT({_list(areas)})", value)


def member_sum(keys: Area, key: Expr, values: Area) -> Expr:
    """SUMPRODUCT over the rows whose key is the given one; both ranges in the same order of rows."""
    value = sum(values.numbers[i] for i in keys.rows_by_value.get(key_of(key.value), ()))
    return Expr(f"SUMPRODUCT(({keys.text}={key.text})*{values.text})", value)


def member_max(keys: Area, key: Expr, values: Area) -> Expr:
    """The greatest value (at least 0) of the rows whose key is the given one."""
    value = max((values.numbers[i] for i in keys.rows_by_value.get(key_of(key.value), ())), default=0.0)
    return Expr(f"SUMPRODUCT(MAX(({keys.text}={key.text})*{values.text}))", max(0.0, value))


def member_min(keys: Area, key: Expr, values: Area, *, above: Expr, beyond: Expr) -> Expr:
    """The smallest value above a floor of the rows whose key is the given one; `beyond` where there is none.

    All values lie below `beyond`: beyond - SUMPRODUCT(MAX((keys = key) * (values > above) * (beyond - values))).
    """
    floor, end = number(above.value), number(beyond.value)
    found = [values.numbers[i] for i in keys.rows_by_value.get(key_of(key.value), ()) if values.numbers[i] > floor]
    text = f"({keys.text}={key.text})*({values.text}>{above.at_level(SUM)})*({beyond.at_level(SUM)}-{values.text})"
    return Expr(f"{beyond.at_level(SUM)}-SUMPRODUCT(MAX({text}))", end - max([0.0, *(end - x for x in found)]), SUM)


def first_reaching(values: Area, level: Expr, numbers: Area, beyond: Expr) -> Expr:
    """The smallest of `numbers` at which a value is at least `level`; all numbers lie below `beyond`.

    beyond - SUMPRODUCT(MAX((values >= level) * (beyond - numbers))). A plain MATCH of a maximum would let the last
    binary digit choose between months that are equal to the eye.
    """
    least_level, end = number(level.value), number(beyond.value)
    gaps = [
        end - n
        for value, n in zip(values.numbers, numbers.numbers, strict=True)
        if holds_between(value, ">=", least_level)
    ]
    below = f"({values.text}>={level.at_level(SUM)})*({beyond.at_level(SUM)}-{numbers.text})"
    return Expr(f"{beyond.at_level(SUM)}-SUMPRODUCT(MAX({below}))", end - max([0.0, *gaps]), SUM)


def last_below(values: Area, level: Expr, numbers: Area) -> Expr:
    """The greatest of `numbers` at which a value is below `level`; 0 where there is none."""
    bound = number(level.value)
    found = [n for value, n in zip(values.numbers, numbers.numbers, strict=True) if value < bound]
    text = f"SUMPRODUCT(MAX(({values.text}<{level.at_level(SUM)})*{numbers.text}))"
    return Expr(text, max([0.0, *found]))


def same_order(left: Area, right: Area) -> Expr:
    """How many rows of two lists hold the same key in the same place."""
    same = sum(key_of(a) == key_of(b) for a, b in zip(left.values, right.values, strict=True))
    return Expr(f"SUMPRODUCT(({left.text}={right.text})*1)", same)


def rows_in(area: Area) -> Expr:
    """ROWS."""
    return Expr(f"ROWS({area.text})", len(area.values))


def matrix_at(matrix: Area, width: int, row: Expr, col: Expr) -> Expr:
    """INDEX of a rectangle that is `width` columns wide."""
    at = (int(number(row.value)) - 1) * width + int(number(col.value)) - 1
    return Expr(f"INDEX({matrix.text},{row.text},{col.text})", matrix.values[at])


def natural_log(expr: Expr) -> Expr:
    """LN."""
    return Expr(f"LN({expr.text})", log(number(expr.value)))


def power(base: Expr, exponent: Expr) -> Expr:
    """base ^ exponent."""
    text = f"{base.at_level(ATOM)}^{exponent.at_level(ATOM)}"
    return Expr(text, number(base.value) ** number(exponent.value), PRODUCT)


def months_later(day: Expr, months: Expr) -> Expr:
    """EDATE of the first day of a month."""
    if not isinstance(day.value, date):
        raise TypeError("EDATE needs a day")
    later = Month(day.value.year, day.value.month) + int(number(months.value))
    return Expr(f"EDATE({day.text},{months.text})", later.first_day)


def part_of_date(day: Expr, part: Literal["YEAR", "MONTH"]) -> Expr:
    """YEAR or MONTH of a day."""
    if not isinstance(day.value, date):
        raise TypeError(f"{part} needs a day")
    return Expr(f"{part}({day.text})", day.value.year if part == "YEAR" else day.value.month)


def _list(items: Sequence[Area | Expr]) -> str:
    return ",".join(item.text for item in items)


def _numbers_in(items: Sequence[Area | Expr]) -> list[float]:
    """The numbers that MAX and MIN look at: blanks and texts of ranges are passed over."""
    found: list[float] = []
    for item in items:
        if isinstance(item, Expr):
            found.append(number(item.value))
        else:
            found.extend(number(v) for v in item.values if v is not None and not isinstance(v, str))
    return found


def _matching(conditions: Sequence[Where]) -> list[int]:
    """Positions at which all conditions hold: equal keys first, they leave the fewest."""
    chosen: set[int] | None = None
    for condition in conditions:
        if condition.operator == "=":
            found = condition.area.rows_by_value.get(key_of(condition.operand.value), ())
            chosen = set(found) if chosen is None else chosen.intersection(found)
    rest = [c for c in conditions if c.operator != "="]
    start = range(len(conditions[0].area.values)) if chosen is None else sorted(chosen)
    return [i for i in start if all(c.holds(i) for c in rest)]
