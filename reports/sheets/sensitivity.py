"""Sensitivity: the inputs that move the cost most, each alone at its low and its high end, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from optimizer.plan_sensitivity import SensitiveInput
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Chart, Column, Fmt, Kind, Series, Sheet, address
from reports.sensitivity_words import end_words, how_it_ended
from reports.sheets.sensitivity_calc import (
    AT_LEAST,
    AT_MOST,
    COST,
    DIFFERENCE,
    PROVEN,
    SIDES,
    EndSide,
    SensitivityFigures,
    end_of,
)

_HEADER_ROW, _FIRST_ROW = 4, 5
_MOVED = (AT_LEAST, DIFFERENCE, AT_MOST)
_WORDS_COL = 16
_WIDTHS = (34, 10, 9, 9, *([12] * 2), *([11] * 6), *([18, 9] * 2), 46)
_LEFT_OUT = ("Left out", "", "", "", "Expected to move USD", "Found to move USD", "Why it is not shown", "", "")
_AMOUNT_COLS, _REASON_COL = (4, 5), 6
_ROW_PIXELS, _BAR_PIXELS, _FRAME_PIXELS, _CHART_PIXELS = 20, 34, 120, 960


@dataclass(frozen=True)
class _Cell:
    """What a column holds for one input."""

    header: str
    what: Any
    kind: Kind
    fmt: Fmt


def sensitivity_sheet(figures: SensitivityFigures) -> Sheet:
    """The list with its tornado, and beneath them what was left out."""
    grid = Grid("Sensitivity", "read")
    grid.heading(
        "What moves the cost most",
        "Each input alone at its low and at its high end, solved again; differences are USD more than this plan."
        " What the least possible cost moves by lies between at least and at most.",
        "The cost is what is minimised: present value, penalties and expected emergencies."
        f" {how_it_ended(figures.told)}.",
    )
    grid.put(_HEADER_ROW - 1, 0, "This plan", kind=Kind.TOTAL)
    grid.put(_HEADER_ROW - 1, 4, figures.cost, kind=Kind.TOTAL, fmt=Fmt.MONEY)
    for position, row in enumerate(figures.told.inputs):
        for col, cell in enumerate(_cells(figures, position, row)):
            if not position:
                align = Fmt.TEXT if cell.fmt is Fmt.TEXT else Fmt.GENERAL
                grid.put(_HEADER_ROW, col, cell.header, kind=Kind.HEADER, fmt=align)
            wrapped = col in (0, _WORDS_COL)
            grid.put(_FIRST_ROW + position, col, cell.what, kind=cell.kind, fmt=cell.fmt, wrapped=wrapped)
    if not figures.told.inputs:
        grid.put(_FIRST_ROW, 0, "Nothing was solved in the time there was.", kind=Kind.NOTE)
    after = _chart(grid, len(figures.told.inputs))
    _left_out(grid, figures, after)
    columns = tuple(Column(f"{i}", width) for i, width in enumerate(_WIDTHS))
    return grid.sheet(columns, freeze=(_FIRST_ROW, 1))


def _cells(figures: SensitivityFigures, position: int, row: SensitiveInput) -> Iterator[_Cell]:
    """One line: values, costs and differences beside each other for both ends, then words."""

    def linked(header: str, side: EndSide, fmt: Fmt) -> _Cell:
        """A cell of the workings; blank where that is."""
        there: Expr = figures.inputs.cell(position, f"{header} {side}")
        return _Cell(f"{header} {side}", None if there.value is None else there, Kind.LINK, fmt)

    yield _Cell("Input", row.name, Kind.KEY, Fmt.TEXT)
    yield _Cell("As planned", _number(row.value or "as stated"), Kind.INPUT, Fmt.GENERAL)
    for side in SIDES:
        end = end_of(row, side)
        yield _Cell(f"Value {side}", None if end is None else _number(end.value), Kind.DECISION, Fmt.GENERAL)
    yield from (linked(COST, side, Fmt.MONEY) for side in SIDES)
    yield from (linked(header, side, Fmt.MONEY) for side in SIDES for header in _MOVED)
    for side in SIDES:
        end = end_of(row, side)
        yield linked(PROVEN, side, Fmt.TEXT)
        yield _Cell(f"Buy list {side}", None if end is None else end.buy_list, Kind.DECISION, Fmt.TEXT)
    words = "; ".join(text for end in row.ends if (text := end_words(end)))
    yield _Cell("What changes on the buy list, or why there is no plan", words, Kind.NOTE, Fmt.TEXT)


def _number(text: str) -> float | str:
    """A number where it is one: a change of several cells is words."""
    try:
        return float(text)
    except ValueError:
        return text


def _chart(grid: Grid, count: int) -> int:
    """Bars of both ends beneath the list; the first row that is free beneath them."""
    row = _FIRST_ROW + max(1, count) + 1
    if not count:
        return row
    last = _FIRST_ROW + count - 1

    def column(col: int) -> str:
        first, end = (address(at, col, fix_row=True, fix_col=True) for at in (_FIRST_ROW, last))
        return f"={grid.name}!{first}:{end}"

    series = tuple(Series(f"{side} end", column(0), column(7 + 3 * i)) for i, side in enumerate(SIDES))
    title = "What each input moves the cost by, at its low and at its high end"
    height = _FRAME_PIXELS + _BAR_PIXELS * count
    grid.charts.append(
        Chart(title, "tornado", series, row, 0, "USD more than this plan", width=_CHART_PIXELS, height=height)
    )
    return row + ceil(height / _ROW_PIXELS) + 1


def _left_out(grid: Grid, figures: SensitivityFigures, row: int) -> None:
    """What the screening, the other inputs or the time kept off the list."""
    for col, text in enumerate(_LEFT_OUT):
        grid.put(row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col in _AMOUNT_COLS else Fmt.TEXT)
    for at, left in enumerate(figures.told.left_out, start=row + 1):
        grid.put(at, 0, left.name, wrapped=True)
        for col, usd in zip(_AMOUNT_COLS, (left.estimate_usd, left.largest_usd), strict=True):
            grid.put(at, col, usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
        grid.put(at, _REASON_COL, left.reason, kind=Kind.NOTE)
    if not figures.told.left_out:
        grid.put(row + 1, 0, "Nothing: there are no more inputs.", kind=Kind.NOTE)
