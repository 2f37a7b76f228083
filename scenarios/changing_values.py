"""The new text of a value from the old one: replaced, or counted from it exactly (docs/decisions/0021)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from catalog.findings import Code, shown
from catalog.reading_fields import Kind, Shape
from catalog.reading_values import LARGEST, MOST_DECIMALS, Unfit
from contracts.calendar import Month
from contracts.money import EXACT

_RELATIVE = re.compile(r"(?P<sign>[+-])(?P<amount>[0-9]+(\.[0-9]+)?)\s*(?P<percent>%)?|\*(?P<factor>[0-9]+(\.[0-9]+)?)")
_WITHOUT_SIGN = re.compile(r"[0-9]+(\.[0-9]+)?\s*%")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_DIGITS_OF_A_FLOAT = 17
NUMBERS = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.DECIMAL})
"""Kinds of value that a share or a factor can be taken of."""


def changed_text(before: str, asked: str, shape: Shape) -> str:
    """What stands there after a change; Unfit if the change makes no sense of what stood there.

    >>> price = Shape(Kind.DECIMAL, Decimal)
    >>> [changed_text("62.50", asked, price) for asked in ("60", "-10%", "+0.5", "*1.5", "=-5", "")]
    ['60', '56.25', '63', '93.75', '-5', '']
    """
    if asked.startswith("="):
        return asked[1:]
    if shape.kind in NUMBERS and _WITHOUT_SIGN.fullmatch(asked):
        hint = f"write +{asked} or -{asked} for a change by that share, or the share as a number"
        raise Unfit(Code.NO_SIGN, "a value, or a change with a sign", hint, shown(asked))
    step = _RELATIVE.fullmatch(asked)
    return asked if step is None else _moved(before, step, shape)


def is_relative(asked: str) -> bool:
    """Whether a value is counted from what is there.

    >>> is_relative("-10%"), is_relative("=-5")
    (True, False)
    """
    return _RELATIVE.fullmatch(asked) is not None


def _moved(before: str, step: re.Match[str], shape: Shape) -> str:
    move = _MOVES.get(shape.kind)
    if move is None or shape.kind is Kind.LIST:
        expected = f"a value to put in the place of the {shape.kind.value}"
        hint = f"write ={step[0]} if that text itself is meant"
        raise Unfit(Code.NOT_RELATIVE, expected, hint, f"{shown(step[0])}, which is counted from what is there")
    if not before:
        hint = "write the value itself"
        raise Unfit(Code.NOT_RELATIVE, "a value to count from", hint, f"{shown(step[0])} of what is blank")
    return move(before, step, shape)


def _number(before: str, step: re.Match[str], shape: Shape) -> str:
    if not _NUMBER.fullmatch(before):
        hint = "mend the value in its file, or write the new value itself"
        raise Unfit(Code.NOT_RELATIVE, "a number to count from", hint, shown(before))
    after = _counted(Decimal(before), step)
    if shape.kind is Kind.WHOLE and after != after.to_integral_value():
        found = f"{plain(after)}, which is {step[0]} of {before}"
        raise Unfit(Code.NOT_WHOLE_ANY_MORE, "a whole number", "write the whole number that is meant", found)
    if shape.kind is Kind.DECIMAL and abs(after) <= LARGEST:
        rounded = after.quantize(Decimal(1).scaleb(-MOST_DECIMALS), ROUND_HALF_EVEN, EXACT)
        return plain(rounded or after)  # what would round to nothing is refused by its size
    return plain(EXACT.create_decimal(f"{after:.{_DIGITS_OF_A_FLOAT}g}"))


def _counted(before: Decimal, step: re.Match[str]) -> Decimal:
    if step["factor"]:
        return EXACT.multiply(before, Decimal(step["factor"]))
    amount = Decimal(step["sign"] + step["amount"])
    if step["percent"]:
        return EXACT.multiply(before, 1 + amount.scaleb(-2))
    return EXACT.add(before, amount)


def plain(value: Decimal) -> str:
    """A number as it is typed in a table, without zeros behind the last decimal.

    >>> plain(Decimal("60.00")), plain(Decimal("4E+3")), plain(Decimal("-0.0"))
    ('60', '4000', '0')
    """
    return f"{value.normalize(EXACT):f}" if value else "0"


def _month(before: str, step: re.Match[str], shape: Shape) -> str:
    count = _steps(step, "months")
    try:
        return str(Month.parse(before) + count)
    except ValueError:
        raise _not_counted_from(before, "a month") from None


def _date(before: str, step: re.Match[str], shape: Shape) -> str:
    count = _steps(step, "days")
    try:
        return (date.fromisoformat(before) + timedelta(days=count)).isoformat()
    except (ValueError, OverflowError):
        raise _not_counted_from(before, "a date") from None


def _steps(step: re.Match[str], unit: str) -> int:
    if step["factor"] or step["percent"] or "." in step["amount"]:
        hint = "write +3 or -3, or the new value itself"
        raise Unfit(Code.NOT_RELATIVE, f"whole {unit} to go on or back", hint, shown(step[0]))
    return int(step["sign"] + step["amount"])


def _not_counted_from(before: str, what: str) -> Unfit:
    return Unfit(Code.NOT_RELATIVE, f"{what} to count from", "write the new value itself", shown(before))


_MOVES: dict[Kind, Callable[[str, re.Match[str], Shape], str]] = {
    Kind.NUMBER: _number,
    Kind.WHOLE: _number,
    Kind.DECIMAL: _number,
    Kind.MONTH: _month,
    Kind.DATE: _date,
}
