"""Text -> values, by one strict parser for tables and YAML alike; what is doubtful is refused, never guessed.

Numbers are plain: 12500, 0.85, 4e6. No thousands marks, no percent signs, no decimal commas, no underscores,
no leading zeros or plus sign, only the digits 0 to 9, no infinity. Below 1e-9 or above 1e15 the unit is wrong.
Money and exact rates have no exponent and at most 8 decimals.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from catalog.findings import Code, did_you_mean, shown
from catalog.reading_fields import NAMES, Kind, Shape
from catalog.reading_text import unseen_characters
from catalog.records import ID_PATTERN, TEXT_LIMIT

SMALLEST = Decimal("1e-9")
LARGEST = Decimal("1e15")
MOST_DECIMALS = 8
MOST_NUMBER_CHARACTERS = 40
LIST_SEPARATOR = ";"

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}([,' ][0-9]{3})+(\.[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"-?[0-9.' ]*[0-9],[0-9]+")
_POINT_FOR_THOUSANDS = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Unfit(Exception):
    """A text that is not a value of its field."""

    def __init__(self, code: Code, expected: str, hint: str, found: str | None = None) -> None:
        super().__init__(expected)
        self.code, self.expected, self.hint, self.found = code, expected, hint, found


def parse_value(text: str, shape: Shape) -> Any:
    """The value written in a text that is not blank; Unfit if it is not written as it must be."""
    if unseen := unseen_characters(text):
        raise Unfit(Code.CHARACTER, "visible characters only", f"retype the value; it holds {unseen}")
    if text != text.strip() and shape.kind is not Kind.TEXT:
        raise Unfit(_code_of(shape.item or shape), "no space around the value", "remove the space")
    return _PARSERS[shape.kind](text, shape)


def has_decimal_comma(text: str) -> bool:
    """Whether a text looks like a number with a decimal comma.

    >>> has_decimal_comma("1.234,56"), has_decimal_comma("12,500.00")
    (True, False)
    """
    return bool(_DECIMAL_COMMA.fullmatch(text)) and not _THOUSANDS.fullmatch(text)


def has_point_for_thousands(text: str) -> bool:
    """Whether a number would be a thousand times as large where a point separates thousands.

    >>> has_point_for_thousands("1.234"), has_point_for_thousands("1.23")
    (True, False)
    """
    return bool(_POINT_FOR_THOUSANDS.fullmatch(text))


def _code_of(shape: Shape) -> Code:
    codes = {
        Kind.ID: Code.ID,
        Kind.BOOLEAN: Code.BOOLEAN,
        Kind.DATE: Code.DATE,
        Kind.MONTH: Code.MONTH,
        Kind.CHOICE: Code.CHOICE,
    }
    return codes.get(shape.kind, Code.NUMBER)


def _id(text: str, shape: Shape) -> str:
    if re.fullmatch(ID_PATTERN.strip("^$"), text):
        return text
    foreign = [f"U+{ord(c):04X}" for c in dict.fromkeys(text) if ord(c) > 126][:5]
    hint = "use only the letters A-Z and a-z, digits, dot, hyphen and underscore; begin with a letter or digit"
    if foreign:
        hint = f"retype it in plain letters; it holds {', '.join(foreign)}, which may look like one"
    raise Unfit(Code.ID, "an id of 1 to 64 characters [A-Za-z0-9._-] that begins with a letter or digit", hint)


def _text(text: str, shape: Shape) -> str:
    if len(text) > TEXT_LIMIT:
        raise Unfit(Code.LONG_TEXT, f"at most {TEXT_LIMIT} characters", "shorten it")
    return text


def _number(text: str, shape: Shape) -> float:
    return float(_bounded(_exact(text, _NUMBER, shape), shape))


def _whole(text: str, shape: Shape) -> int:
    value = _exact(text, _NUMBER, shape)
    if value != value.to_integral_value():
        raise Unfit(Code.NOT_WHOLE, _whole_words(shape), "write a whole number; there is no part of one")
    return int(_bounded(value, shape))


def _whole_words(shape: Shape) -> str:
    return " ".join(part for part in ("a whole number", str(shape.bounds)) if part)


def _decimal(text: str, shape: Shape) -> Decimal:
    value = _exact(text, _DECIMAL, shape)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        hint = "write the exact figure of the quote, not a computed one"
        raise Unfit(Code.DECIMALS, f"at most {MOST_DECIMALS} decimals", hint)
    return _bounded(value, shape)


def _exact(text: str, pattern: re.Pattern[str], shape: Shape) -> Decimal:
    """The number, if it is written plainly and its size has a meaning."""
    if len(text) > MOST_NUMBER_CHARACTERS:
        expected = f"a number of at most {MOST_NUMBER_CHARACTERS} characters"
        raise Unfit(Code.HUGE, expected, "check the value and its unit")
    if not pattern.fullmatch(text):
        raise _not_a_number(text, shape)
    value = Decimal(text)
    if value != 0 and abs(value) < SMALLEST:
        raise Unfit(Code.TINY, f"0 or at least {SMALLEST:f}", "the unit may be wrong; check it")
    if abs(value) > LARGEST:
        raise Unfit(Code.HUGE, f"at most {LARGEST:,.0f}", "the unit may be wrong; check it")
    return value


def _bounded(value: Decimal, shape: Shape) -> Decimal:
    if shape.bounds.hold(value):
        return value
    hint = "check the value and its unit"
    if 1 < value <= 100 and shape.bounds.at_most == 1:
        hint = f"shares go from 0 to 1; write {value / 100} if {value} % is meant"
    raise Unfit(Code.RANGE, f"a number {shape.bounds}", hint)


def _not_a_number(text: str, shape: Shape) -> Unfit:
    expected = {
        Kind.WHOLE: "a plain whole number such as 40",
        Kind.DECIMAL: "a plain number such as 12500.00",
        Kind.NUMBER: "a plain number such as 12500.00",
    }[shape.kind]
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
        share = Decimal(text[:-1].strip()) / 100
        return Unfit(Code.PERCENT, "a share from 0 to 1", f"write {share:f}")
    if _THOUSANDS.fullmatch(text):
        return Unfit(Code.NUMBER, expected, f"write {re.sub(r'[^0-9.-]', '', text)}, without thousands marks")
    if _DECIMAL_COMMA.fullmatch(text):
        whole, _, decimals = re.sub(r"[.' ]", "", text).partition(",")
        return Unfit(Code.NUMBER, expected, f"write {whole}.{decimals}, with a decimal point")
    if any(c.isdigit() and not "0" <= c <= "9" for c in text):
        return Unfit(Code.NUMBER, expected, "use the digits 0 to 9")
    if re.fullmatch(r"0+[0-9]+(\.[0-9]+)?", text):
        return Unfit(Code.NUMBER, expected, "leave out the leading zeros")
    if shape.kind is Kind.DECIMAL and _NUMBER.fullmatch(text):
        return Unfit(Code.NUMBER, expected, "write it out, without an exponent")
    hint = "write digits with at most one point, and nothing else (no unit, no currency sign)"
    return Unfit(Code.NUMBER, expected, hint)


def _boolean(text: str, shape: Shape) -> bool:
    if text not in ("true", "false"):
        raise Unfit(Code.BOOLEAN, "true or false", "write true or false in small letters")
    return text == "true"


def _date(text: str, shape: Shape) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        raise Unfit(Code.DATE, "a date that exists", "check the day and the month") from None
    raise Unfit(Code.DATE, "a date written YYYY-MM-DD, such as 2027-01-31", "retype it in that form")


def _month(text: str, shape: Shape) -> Any:
    try:
        return shape.python.parse(text)
    except ValueError:
        raise Unfit(Code.MONTH, "a month written YYYY-MM, such as 2027-01", "retype it in that form") from None


def _choice(text: str, shape: Shape) -> Any:
    by_text = {str(choice): choice for choice in shape.choices}
    if text not in by_text:
        raise Unfit(Code.CHOICE, f"one of: {', '.join(by_text)}", did_you_mean(text, by_text))
    is_enum = isinstance(shape.python, type) and issubclass(shape.python, Enum)
    return shape.python(by_text[text]) if is_enum else by_text[text]


def _list(text: str, shape: Shape) -> tuple[Any, ...]:
    """Items separated by semicolons (in a table)."""
    assert shape.item is not None
    items = [part.strip(" ") for part in text.split(LIST_SEPARATOR)]
    if "" in items:
        raise Unfit(Code.BLANK, f"items separated by '{LIST_SEPARATOR}'", "remove the separator that separates nothing")
    repeated = sorted({item for item in items if items.count(item) > 1})
    if repeated and shape.item.kind in NAMES:
        raise Unfit(Code.REPEATED, "every item once", f"remove the second {shown(repeated[0])}")
    return tuple(_item(item, shape.item, text) for item in items)


def _item(item: str, shape: Shape, text: str) -> Any:
    """One item; what is wrong with it is said of the item, not of the whole list."""
    try:
        return parse_value(item, shape)
    except Unfit as unfit:
        found = None if item == text else f"{unfit.found or shown(item)} in {shown(text)}"
        raise Unfit(unfit.code, unfit.expected, unfit.hint, found) from None


_PARSERS: dict[Kind, Callable[[str, Shape], Any]] = {
    Kind.ID: _id,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.MONTH: _month,
    Kind.CHOICE: _choice,
    Kind.LIST: _list,
}
