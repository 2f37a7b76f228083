"""Sheets of time series: one row per quantity, one formula per row, month t in one column on all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from contracts.calendar import Month
from reports.formulas import Area, Expr
from reports.functions import total
from reports.grid import Grid, Group
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.records import page_scale

ITEM, GROUP, POOL, BLOCK, UNIT, CLASS, SUM, MONTH_1 = range(8)
NUMBER_ROW, HOURS_ROW, HEADER_ROW, FIRST_ROW = 2, 3, 4, 5
_MONTHS_PER_PAGE = 12
_NARROWEST_KEY, _WIDEST_KEY, _NARROWEST_MONTH = 5.5, 30.0, 8.5


@dataclass(frozen=True, slots=True)
class Key:
    """What a row of a time series is about."""

    item: Any
    group: Any = None
    pool: Any = None
    block: Any = None


@dataclass(frozen=True, slots=True)
class At:
    """The place where a formula stands: references to its month's header and to its row's keys."""

    month: int
    """0 for the first month of the horizon."""
    day: Expr
    """First day of the month, H$5."""
    hours: Expr
    """Calendar hours of the month, H$4."""
    item: Expr
    group: Expr
    pool: Expr
    block: Expr


@dataclass(frozen=True)
class Band:
    """The rows of one quantity, and references into them, for use when they are written."""

    grid: Grid
    first: int
    count: int
    months: int
    _areas: dict[tuple[int, bool], Area] = field(default_factory=dict, compare=False)

    def at(self, row: int, month: int) -> Expr:
        """One cell, both coordinates relative."""
        return self.grid.ref(self.first + row, MONTH_1 + month)

    def month(self, month: int) -> Area:
        """All rows of a month: H$8:H$19."""
        return self._column(MONTH_1 + month, fix_col=False)

    def keys(self, col: int) -> Area:
        """A key column: $A$8:$A$19."""
        return self._column(col, fix_col=True)

    def _column(self, col: int, *, fix_col: bool) -> Area:
        """Made once, because many formulas search the same column."""
        if (col, fix_col) not in self._areas:
            first, last = (self.first, col), (self.first + self.count - 1, col)
            self._areas[col, fix_col] = self.grid.area(first, last, fix_col=fix_col)
        return self._areas[col, fix_col]

    def row(self, row: int) -> Area:
        """All months of a row."""
        return self.grid.area((self.first + row, MONTH_1), (self.first + row, MONTH_1 + self.months - 1))

    def part(self, first: int, last: int, month: int) -> Area:
        """Some neighbouring rows of a month: H8:H9, both coordinates relative."""
        col = MONTH_1 + month
        return self.grid.area((self.first + first, col), (self.first + last, col), fix_row=False, fix_col=False)

    def block(self) -> Area:
        """All rows and months."""
        last = (self.first + self.count - 1, MONTH_1 + self.months - 1)
        return self.grid.area((self.first, MONTH_1), last)

    def sum(self, row: int) -> Expr:
        """The total of a row, left of its months."""
        return self.grid.ref(self.first + row, SUM)

    def sums(self) -> Area:
        """The totals of all rows."""
        return self.grid.area((self.first, SUM), (self.first + self.count - 1, SUM))


Filler = Callable[[int, At], Any]
"""What goes into a row (its position) at a place: an Expr, or a number for inputs and decisions."""


class TimeSheet:
    """A sheet of time series while it is being written."""

    def __init__(self, name: str, months: Sequence[Month], group: Group = "workings") -> None:
        self.grid = Grid(name, group)
        self.months = tuple(months)
        self.row = FIRST_ROW
        self._keys_of: tuple[int, tuple[Expr, ...]] = (-1, ())
        self._key_headers = ("Item", "Group", "Pool", "Block")

    def open(self, heading: tuple[str, ...], *, keys: tuple[str, str, str, str], calendar: TimeSheet | None) -> None:
        """Title, note, key headers, and the month header linked to the calendar sheet."""
        self.grid.heading(*heading)
        self._key_headers = keys
        for col, text in enumerate((*keys, "Unit", "Class", "Total")):
            self.grid.put(HEADER_ROW, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col == SUM else Fmt.TEXT)
        for row, label in ((NUMBER_ROW, "Month of the plan"), (HOURS_ROW, "Calendar hours")):
            self.grid.put(row, ITEM, label, kind=Kind.NOTE)
        if calendar is not None:
            for month in range(len(self.months)):
                self._link_header(month, calendar.grid)

    def _link_header(self, month: int, calendar: Grid) -> None:
        for row, fmt in ((NUMBER_ROW, Fmt.WHOLE), (HOURS_ROW, Fmt.WHOLE), (HEADER_ROW, Fmt.MONTH)):
            kind = Kind.HEADER if row == HEADER_ROW else Kind.LINK
            col = MONTH_1 + month
            self.grid.put(row, col, calendar.ref(row, col), kind=kind, fmt=fmt)

    def header(self, month: int) -> Expr:
        """First day of a month, H$5."""
        return self.grid.ref(HEADER_ROW, MONTH_1 + month, fix_row=True)

    def header_area(self) -> Area:
        """First days of all months."""
        return self.grid.area((HEADER_ROW, MONTH_1), (HEADER_ROW, MONTH_1 + len(self.months) - 1))

    def hours_area(self) -> Area:
        """Calendar hours of all months."""
        return self.grid.area((HOURS_ROW, MONTH_1), (HOURS_ROW, MONTH_1 + len(self.months) - 1))

    def band(
        self,
        title: str,
        keys: Sequence[Key],
        fill: Filler,
        *,
        unit: str,
        fmt: Fmt,
        kind: Kind = Kind.CALC,
        row_total: Literal["sum", "none"] | Callable[[int], Any] = "sum",
        brought_forward: Callable[[int], Any] | None = None,
        title_row: bool = True,
    ) -> Band:
        """Write a quantity: a section heading, then one row per key.

        `brought_forward` fills the Total column before the months, for rows in which a month refers to the
        cell on its left.
        """
        if title_row:
            self.grid.put(self.row, ITEM, title, kind=Kind.SECTION)
            self.row += 1
        band = Band(self.grid, self.row, len(keys), len(self.months))
        for position, key in enumerate(keys):
            self._labels(key, unit, kind)
            if brought_forward is not None:
                self._total(band, position, brought_forward, fmt, kind)
            for month in range(len(self.months)):
                what = fill(position, self._at(month))
                self.grid.put(self.row, MONTH_1 + month, what, kind=kind, fmt=fmt)
            if brought_forward is None:
                self._total(band, position, row_total, fmt, kind)
            self.row += 1
        return band

    def sum_row(self, label: str, band: Band, *, unit: str, fmt: Fmt, with_sum: bool = True) -> Band:
        """A total row beneath a band; then a blank row."""
        key = [Key(label)]
        result = self.band(
            "",
            key,
            lambda _, at: total(band.month(at.month)),
            unit=unit,
            fmt=fmt,
            kind=Kind.TOTAL,
            row_total="sum" if with_sum else "none",
            title_row=False,
        )
        self.gap()
        return result

    def gap(self) -> None:
        """A blank row."""
        self.row += 1

    def _labels(self, key: Key, unit: str, kind: Kind) -> None:
        label = Kind.TOTAL if kind is Kind.TOTAL else Kind.KEY
        for col, text in enumerate((key.item, key.group, key.pool, key.block, unit)):
            if text is not None or kind is Kind.TOTAL:
                self.grid.put(self.row, col, text, kind=label)
        self.grid.put(self.row, CLASS, kind.value, kind=Kind.TOTAL if label is Kind.TOTAL else Kind.NOTE)

    def _total(self, band: Band, position: int, rule: Any, fmt: Fmt, row: Kind) -> None:
        if rule == "none":
            return
        what = total(band.row(position)) if rule == "sum" else rule(position)
        kind = Kind.TOTAL if row is Kind.TOTAL else Kind.ROW_SUM if isinstance(what, Expr) else Kind.NOTE
        self.grid.put(self.row, SUM, what, kind=kind, fmt=fmt)

    def left_of(self, month: int) -> Expr:
        """The cell on the left of a month, in the row that is being written."""
        return self.grid.ref(self.row, MONTH_1 + month - 1)

    def key(self, col: int) -> Expr:
        """A key of the row that is being written."""
        return self.grid.ref(self.row, col, fix_col=True)

    def _at(self, month: int) -> At:
        col = MONTH_1 + month
        if self._keys_of[0] != self.row:
            self._keys_of = self.row, tuple(self.key(c) for c in (ITEM, GROUP, POOL, BLOCK))
        return At(
            month,
            self.grid.ref(HEADER_ROW, col, fix_row=True),
            self.grid.ref(HOURS_ROW, col, fix_row=True),
            *self._keys_of[1],
        )

    def sheet(self) -> Sheet:
        """The finished sheet: equal month columns, twelve months a page."""
        columns = self._columns()
        breaks = tuple(range(MONTH_1 + _MONTHS_PER_PAGE, len(columns), _MONTHS_PER_PAGE))
        return self.grid.sheet(
            columns,
            freeze=(FIRST_ROW, MONTH_1),
            print_setup=Print(
                repeat_rows=(NUMBER_ROW, HEADER_ROW),
                repeat_cols=(ITEM, UNIT),
                breaks=breaks,
                scale=page_scale([c.width for c in columns], breaks, repeated=UNIT + 1),
            ),
        )

    def _columns(self) -> tuple[Column, ...]:
        cells = self.grid.cells.items()
        used = {col for (_, col), cell in cells if cell.kind is not Kind.HEADER and cell.value is not None}
        for col in (*range(ITEM, UNIT), SUM):
            if col not in used:
                self.grid.put(HEADER_ROW, col, "", kind=Kind.HEADER)
        fitting = self.grid.fitting_widths()
        labels = zip(range(MONTH_1), (*self._key_headers, "Unit", "Class", "Total"), strict=True)
        keys = [
            Column(label, min(_WIDEST_KEY, max(_NARROWEST_KEY, fitting[col])) if col in used else 1.5)
            for col, label in labels
        ]
        width = max(_NARROWEST_MONTH, *(fitting[MONTH_1 + month] for month in range(len(self.months))))
        return (*keys, *(Column(str(month), width) for month in self.months))
