"""Formulas and their values, built together so that they cannot disagree.

    price * hours          ->  text "B4*C4",  value 12.0
    total(area)            ->  text "SUM(B4:B9)"

An `Expr` is a formula and what it yields; an `Area` is a range and what it holds; the spreadsheet
functions on them are in `reports.functions`.

Texts are compared as spreadsheets compare them, without regard to case.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from reports.layout import Value, serial

Operator = Literal["=", "<=", ">=", "<", ">"]
ATOM, PRODUCT, SUM, COMPARISON = 3, 2, 1, 0
"""How strongly a formula's outermost operator binds."""


def number(value: Value) -> float:
    """What arithmetic makes of a cell: a blank is 0, a day its serial number."""
    if value is None:
        return 0.0
    if isinstance(value, date):
        return float(serial(value))
    if isinstance(value, str):
        raise TypeError(f"text {value!r} in arithmetic")
    return float(value)


@dataclass(frozen=True, slots=True)
class Expr:
    """A formula (without the equals sign) and the value that it yields."""

    text: str
    value: Value
    level: int = ATOM

    def at_level(self, level: int) -> str:
        """The text, in parentheses where an operator of that level needs them."""
        return self.text if self.level >= level else f"({self.text})"

    def __add__(self, other: Expr) -> Expr:
        text = f"{self.at_level(SUM)}+{other.at_level(SUM)}"
        return Expr(text, number(self.value) + number(other.value), SUM)

    def __sub__(self, other: Expr) -> Expr:
        text = f"{self.at_level(SUM)}-{other.at_level(PRODUCT)}"
        return Expr(text, number(self.value) - number(other.value), SUM)

    def __mul__(self, other: Expr) -> Expr:
        text = f"{self.at_level(PRODUCT)}*{other.at_level(PRODUCT)}"
        return Expr(text, number(self.value) * number(other.value), PRODUCT)

    def __truediv__(self, other: Expr) -> Expr:
        text = f"{self.at_level(PRODUCT)}/{other.at_level(ATOM)}"
        return Expr(text, number(self.value) / number(other.value), PRODUCT)


@dataclass(frozen=True)
class Area:
    """A range and the values it holds, row by row."""

    text: str
    values: tuple[Value, ...]

    @cached_property
    def rows_by_value(self) -> dict[Value, list[int]]:
        """Positions of each value, texts without regard to case."""
        found: dict[Value, list[int]] = defaultdict(list)
        for position, value in enumerate(self.values):
            found[key_of(value)].append(position)
        return dict(found)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The values as SUM sees them: text and blanks count nothing."""
        return tuple(0.0 if isinstance(v, str) else number(v) for v in self.values)


@dataclass(frozen=True, slots=True)
class Where:
    """One condition of SUMIFS or COUNTIFS."""

    area: Area
    operator: Operator
    operand: Expr

    @property
    def text(self) -> str:
        """The pair of arguments."""
        if self.operator == "=":
            return f"{self.area.text},{self.operand.text}"
        return f'{self.area.text},"{self.operator}"&{self.operand.text}'

    def holds(self, position: int) -> bool:
        """Whether the condition holds at a position."""
        value = self.area.values[position]
        if value is None or isinstance(value, str):
            return False
        return holds_between(number(value), self.operator, number(self.operand.value))


ZERO = Expr("0", 0)
ONE = Expr("1", 1)
BLANK_TEXT = Expr('""', "")


def key_of(value: Value) -> Value:
    """What texts are compared by."""
    return value.casefold() if isinstance(value, str) else value


def holds_between(left: float, operator: Operator, right: float) -> bool:
    """Whether a comparison holds."""
    return {
        "=": left == right,
        "<=": left <= right,
        ">=": left >= right,
        "<": left < right,
        ">": left > right,
    }[operator]
