"""Calc_Calendar: the months, their real hours, the hours of each load block, and discounting."""

from __future__ import annotations

from dataclasses import dataclass

from reports.facts import Facts
from reports.formulas import ONE, Expr
from reports.functions import looked_up, matrix_at, months_later, position_of, power
from reports.layout import Fmt, Kind, Sheet
from reports.sheets.inputs import Inputs
from reports.timeline import HEADER_ROW, HOURS_ROW, ITEM, MONTH_1, NUMBER_ROW, SUM, At, Band, Key, TimeSheet


@dataclass(frozen=True)
class Calendar:
    """The sheet that all month headers link to."""

    time: TimeSheet
    block_hours: Band
    block_sum: Band
    discount: Band

    @property
    def sheet(self) -> Sheet:
        """The finished sheet."""
        return self.time.sheet()

    def hours_of(self, at: At) -> Expr:
        """Hours of the row's block in the column's month."""
        return looked_up(at.block, self.block_hours.keys(ITEM), self.block_hours.month(at.month))

    def hours_in(self, block: Expr, day: Expr) -> Expr:
        """Hours of a block in a month, for tables."""
        row = position_of(block, self.block_hours.keys(ITEM))
        col = position_of(day, self.time.header_area())
        return matrix_at(self.block_hours.block(), self.block_hours.months, row, col)


def calendar_sheet(facts: Facts, inputs: Inputs) -> Calendar:
    """Month number, first day and hours by formula; block hours from the block model."""
    time = TimeSheet("Calc_Calendar", facts.months)
    time.open(
        ("Calendar: months, hours and discounting", "All other time series take month, hours and header from here."),
        keys=("Item", "Group", "Pool", "Block"),
        calendar=None,
    )
    for month in range(len(facts.months)):
        _month_header(time, month, inputs)
    blocks = facts.scenario.blocks.blocks
    hours = time.band(
        "Hours of each load block",
        [Key(row.block) for row in blocks],
        lambda i, at: blocks[i].hours_in(facts.months[at.month]),
        unit="hours",
        fmt=Fmt.WHOLE,
        kind=Kind.INPUT,
    )
    block_sum = time.sum_row("All blocks", hours, unit="hours", fmt=Fmt.WHOLE)
    grid = time.grid

    def factor(_: int, at: At) -> Expr:
        elapsed = grid.ref(NUMBER_ROW, MONTH_1 + at.month, fix_row=True) - ONE
        return ONE / power(ONE + inputs["DiscountRate"], elapsed / inputs["MonthsPerYear"])

    discount = time.band(
        "Discount factor of a payment in the month",
        [Key("Discount factor")],
        factor,
        unit="factor",
        fmt=Fmt.FACTOR,
        row_total="none",
    )
    return Calendar(time, hours, block_sum, discount)


def _month_header(time: TimeSheet, month: int, inputs: Inputs) -> None:
    grid, col = time.grid, MONTH_1 + month
    if month == 0:
        grid.put(NUMBER_ROW, SUM, 0, kind=Kind.NOTE, fmt=Fmt.WHOLE)
    number = grid.put(NUMBER_ROW, col, grid.ref(NUMBER_ROW, col - 1) + ONE, kind=Kind.CALC, fmt=Fmt.WHOLE)
    day = months_later(inputs["ModelStart"], number - ONE)
    header = grid.put(HEADER_ROW, col, day, kind=Kind.HEADER, fmt=Fmt.MONTH)
    hours = (months_later(header, ONE) - header) * inputs["HoursPerDay"]
    grid.put(HOURS_ROW, col, hours, kind=Kind.CALC, fmt=Fmt.WHOLE)
