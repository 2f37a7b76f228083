"""A workbook described as data: sheets of cells, each a value beside the formula that yields it.

Nothing here knows Excel's file format. `reports.workbook` writes these sheets, tests read them.

    kind       font and fill                       who says so
    input      blue on pale blue                   typed by a person, or read from the inputs
    decision   orange on pale orange               decided by the optimizer
    calc       black                               formula
    link       green                               formula that only repeats another sheet's cell
    total      bold, line above, double line below formula
    row total  bold                                formula
    note       grey italics                        words of explanation
    key        black                               identifiers and labels

Colour is never the only carrier: time series have a Class column, tables a class row over the header.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

Value = float | int | str | date | None
"""What a cell may hold; None is an intended blank."""

TEXT_LIMIT = 32_767
"""Excel cuts longer text without a word, so we refuse it."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = date(1899, 12, 30)


class Unwritable(ValueError):
    """A value that no cell may hold (not a number, infinite, too long, a zoned time)."""


class Kind(StrEnum):
    """The colour class of a cell."""

    INPUT = "input"
    DECISION = "decision"
    CALC = "calc"
    LINK = "link"
    TOTAL = "total"
    NOTE = "note"
    KEY = "key"
    ROW_SUM = "row total"
    HEADER = "header"
    SECTION = "section"
    TITLE = "title"


class Fmt(StrEnum):
    """How a number is shown; the value is never rounded."""

    TEXT = "text"
    WHOLE = "whole"
    QUANTITY = "quantity"
    MONEY = "money"
    CENTS = "cents"
    PRICE = "price"
    SHARE = "share"
    GAP = "gap"
    FACTOR = "factor"
    DATE = "date"
    MONTH = "month"
    GENERAL = "general"

    @property
    def is_money(self) -> bool:
        """Whether the number is an amount or a price."""
        return self in (Fmt.MONEY, Fmt.CENTS, Fmt.PRICE)


def _signed(digits: str, half_a_unit: str) -> str:
    """Red below zero, a dash for what rounds to zero; a trailing blank keeps numbers off the next column."""
    return f'[Red][<=-{half_a_unit}]({digits});[<{half_a_unit}]"-"_);{digits}_)'


NUMBER_FORMATS: dict[Fmt, str] = {
    Fmt.TEXT: "@",
    Fmt.WHOLE: _signed("#,##0", "0.5"),
    Fmt.QUANTITY: _signed("#,##0.00", "0.005"),
    Fmt.MONEY: _signed("#,##0", "0.5"),
    Fmt.CENTS: _signed("#,##0.00", "0.005"),
    Fmt.PRICE: _signed("#,##0.0000", "0.00005"),
    Fmt.SHARE: "0.0%_)",
    Fmt.GAP: "0.00%_)",
    Fmt.FACTOR: "0.000000_)",
    Fmt.DATE: "yyyy-mm-dd_)",
    Fmt.MONTH: "mmm yy_)",
    Fmt.GENERAL: "General_)",
}


@dataclass(frozen=True, slots=True)
class Validation:
    """What Excel lets a person type into an input cell."""

    low: float
    high: float | None
    message: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and, if it is calculated, the formula (without the equals sign) that yields it."""

    value: Value
    formula: str | None = None
    kind: Kind = Kind.KEY
    fmt: Fmt = Fmt.TEXT
    wrap: bool = False
    goto: str | None = None
    """Sheet that a click leads to; links never leave the workbook."""
    validation: Validation | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is called, in headers and in messages, and how wide it is."""

    header: str
    width: float


@dataclass(frozen=True, slots=True)
class Table:
    """A list of records that Excel knows by name; the header row included, rows and columns from 0."""

    name: str
    first_row: int
    last_row: int
    first_col: int
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one colour of a chart: addresses of its name, categories and values."""

    name: str
    categories: str
    values: str
    hidden: bool = False
    """Takes its room, but is not seen: what the columns of a waterfall stand on."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart beneath the figures; `line` is drawn over the columns.

    A tornado has lying bars to either side of 0, the first category on top; its series are drawn over each other, and
    `y_axis` names what is measured, which runs from left to right.
    """

    title: str
    kind: Literal["stacked", "bar", "line", "tornado"]
    series: tuple[Series, ...]
    row: int
    col: int
    y_axis: str
    x_format: str = ""
    line: tuple[Series, ...] = ()
    width: int = 640
    height: int = 300
    percent: bool = False
    y_min: float | None = None
    """Where the axis of the values begins; None: at 0, or where the program likes."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """Cells that are coloured where a formula of their first cell is true: for the better, or for the worse."""

    place: str
    better: str
    worse: str


@dataclass(frozen=True, slots=True)
class Print:
    """How a sheet goes on paper: one page wide, or manual breaks at a fixed scale for wide sheets."""

    portrait: bool = False
    pages_high: int = 0
    """0 for as many as it takes."""
    repeat_rows: tuple[int, int] | None = None
    repeat_cols: tuple[int, int] | None = None
    breaks: tuple[int, ...] = ()
    """Columns before which a new page begins; empty: the whole width on one page."""
    row_breaks: tuple[int, ...] = ()
    """Rows before which a new page begins; with them the sheet is printed at its scale, one page wide."""
    scale: int = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: cells by (row, column), both from 0."""

    name: str
    group: Literal["read", "inputs", "decisions", "workings", "control"]
    columns: tuple[Column, ...]
    cells: Mapping[tuple[int, int], Cell]
    freeze: tuple[int, int] = (0, 0)
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """Workbook-wide names of single cells: name -> absolute address with sheet."""
    status: tuple[str, ...] = ()
    """Ranges that hold OK or FAIL and are coloured by it."""
    highlights: tuple[Highlight, ...] = ()
    scales: tuple[str, ...] = ()
    """Ranges of figures that are coloured from low, which is good, to high."""
    heights: Mapping[int, float] = field(default_factory=dict)
    print: Print = Print()


def column_name(col: int) -> str:
    """The letters of a column counted from 0.

    >>> column_name(0), column_name(25), column_name(26), column_name(701), column_name(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, col: int, *, fix_row: bool = False, fix_col: bool = False) -> str:
    """The address of a cell counted from 0.

    >>> address(4, 2), address(4, 2, fix_row=True), address(4, 2, fix_row=True, fix_col=True)
    ('C5', 'C$5', '$C$5')
    """
    return f"{'$' if fix_col else ''}{column_name(col)}{'$' if fix_row else ''}{row + 1}"


def serial(day: date) -> int:
    """The number by which spreadsheets know a day.

    >>> serial(date(2027, 1, 1))
    46388
    """
    return (day - _EPOCH).days


def clean(raw: Any) -> Value:
    """The one way into a cell: plain finite numbers, clean text, dates without clock or zone.

    >>> clean(Decimal("1.50")), clean(True), clean("a\\x07b")
    (1.5, 'yes', 'a\ufffdb')
    """
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, str):
        if len(raw) > TEXT_LIMIT:
            raise Unwritable(f"text of {len(raw):,} characters; a cell holds {TEXT_LIMIT:,}")
        return _CONTROL.sub("\ufffd", raw)
    if isinstance(raw, datetime):
        if raw != raw:
            raise Unwritable("not a time")
        if raw.tzinfo is not None:
            raise Unwritable("a time with a zone; give a date")
        return raw.date()
    if isinstance(raw, date):
        return raw
    return _clean_number(raw)


def _clean_number(raw: Any) -> float | int:
    """Python's own number for a Decimal or a numpy scalar; refuses what is not finite."""
    if hasattr(raw, "item") and not isinstance(raw, int | float):
        raw = raw.item()
    if isinstance(raw, Decimal):
        raw = float(raw)
    if not isinstance(raw, int | float):
        raise Unwritable(f"{type(raw).__name__} is not a cell value")
    if not math.isfinite(raw):
        raise Unwritable("not a finite number")
    return raw
