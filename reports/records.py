"""Sheets that list records: one table, one line per record, one meaning per column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar

from reports.formulas import Area, Expr
from reports.functions import total
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet, Table

Row = TypeVar("Row")
TOTAL_ROW, CLASS_ROW, HEADER_ROW, FIRST_ROW = 2, 3, 4, 5
_PAGE_INCHES = 10.8
"""Width of A4 landscape between the margins."""
_SMALLEST_SCALE = 0.58
"""Below it print becomes small ..."""
_TOLERATED_SCALE = 0.5
"""... and down to this it may, if that saves a page."""
_CHARACTER_INCHES = 7.45 / 96
"""A digit of Arial 10."""
_CELL_PADDING = 0.72
"""What a cell takes beyond its characters, in characters."""


class Line:
    """The cells of the line being written, by the header of their column."""

    def __init__(self) -> None:
        self._cells: dict[str, Expr] = {}

    def __getitem__(self, header: str) -> Expr:
        return self._cells[header]

    def set(self, header: str, cell: Expr) -> None:
        """Remember a cell that has been written."""
        self._cells[header] = cell


@dataclass(frozen=True)
class Field(Generic[Row]):
    """One column of a list: what it is called, what class of cell it holds, and what goes into it."""

    header: str
    of: Callable[[Row, Line], Any]
    kind: Kind = Kind.KEY
    fmt: Fmt = Fmt.TEXT
    total: bool = False
    wrap: bool = False
    min_width: float = 7.5
    max_width: float = 34
    kind_of: Callable[[Row, Any], Kind] | None = None
    """Where the class of a cell depends on its line and on what was put into it."""
    fmt_of: Callable[[Row], Fmt] | None = None
    """Where lines of one column have different units."""
    new_page: bool = False
    """When printed, a new page begins before this column."""


class Records(Generic[Row]):
    """A written list of records and references into it."""

    def __init__(self, grid: Grid, table: str, fields: Sequence[Field[Row]], rows: Sequence[Row]) -> None:
        self.grid = grid
        self.table = table
        self.rows = tuple(rows)
        self._fields = tuple(fields)
        self._col = {field.header: i for i, field in enumerate(fields)}
        self._last = FIRST_ROW + max(1, len(rows)) - 1
        self._columns: dict[str, Area] = {}

    def column(self, header: str) -> Area:
        """A whole column of the written table, by its structured reference."""
        if header not in self._columns:
            col = self._col[header]
            values = (self.grid.value(row, col) for row in range(FIRST_ROW, self._last + 1))
            self._columns[header] = Area(f"{self.table}[{header}]", tuple(values))
        return self._columns[header]

    def span(self, header: str, count: int) -> Area:
        """The first `count` cells of a column, by address."""
        return self.part(header, 0, count - 1)

    def part(self, header: str, first: int, last: int) -> Area:
        """Some neighbouring cells of a column, by address."""
        col = self._col[header]
        return self.grid.area((FIRST_ROW + first, col), (FIRST_ROW + last, col))

    def cell(self, position: int, header: str) -> Expr:
        """One cell of the table."""
        return self.grid.ref(FIRST_ROW + position, self._col[header])

    def fixed(self, position: int, header: str) -> Expr:
        """One cell of the table, by an address that stays when the formula is copied."""
        return self.grid.ref(FIRST_ROW + position, self._col[header], fix_row=True, fix_col=True)

    def total(self, header: str) -> Expr:
        """The sum of a column, on top of it."""
        return self.grid.ref(TOTAL_ROW, self._col[header])

    def sheet(self, *, freeze_cols: int = 1) -> Sheet:
        """The finished sheet."""
        fitting = self.grid.fitting_widths()
        columns = tuple(
            Column(field.header, min(field.max_width, max(field.min_width, fitting[i])))
            for i, field in enumerate(self._fields)
        )
        widths = [c.width for c in columns]
        breaks = tuple(i for i, field in enumerate(self._fields) if field.new_page)
        breaks = breaks or page_breaks(widths, repeated=freeze_cols)
        return self.grid.sheet(
            columns,
            freeze=(FIRST_ROW, freeze_cols),
            print_setup=Print(
                repeat_rows=(TOTAL_ROW, HEADER_ROW),
                repeat_cols=(0, freeze_cols - 1) if breaks else None,
                breaks=breaks,
                scale=page_scale(widths, breaks, repeated=freeze_cols),
            ),
        )


def write_records(
    grid: Grid, table: str, fields: Sequence[Field[Row]], rows: Sequence[Row], *heading: str
) -> Records[Row]:
    """Write heading, totals, classes, headers and one line per record (a blank line if there is none)."""
    records = Records(grid, table, fields, rows)
    grid.heading(*heading)
    for col, field in enumerate(fields):
        grid.put(CLASS_ROW, col, field.kind.value, kind=Kind.NOTE, fmt=_align(field))
        grid.put(HEADER_ROW, col, field.header, kind=Kind.HEADER, fmt=_align(field))
        if not rows:
            grid.put(FIRST_ROW, col, None, kind=field.kind, fmt=field.fmt)
    for row_number, row in enumerate(rows, start=FIRST_ROW):
        _write_line(grid, row_number, fields, row)
    _write_totals(grid, records, fields)
    grid.heights[HEADER_ROW] = 45
    last = FIRST_ROW + max(1, len(rows)) - 1
    grid.tables.append(Table(table, HEADER_ROW, last, 0, tuple(field.header for field in fields)))
    return records


def _write_line(grid: Grid, row_number: int, fields: Sequence[Field[Row]], row: Row) -> None:
    line = Line()
    for col, field in enumerate(fields):
        what = field.of(row, line)
        kind = field.kind_of(row, what) if field.kind_of else field.kind
        fmt = field.fmt_of(row) if field.fmt_of else field.fmt
        cell = grid.put(row_number, col, what, kind=kind, fmt=fmt, wrapped=field.wrap)
        line.set(field.header, cell)


def _write_totals(grid: Grid, records: Records[Row], fields: Sequence[Field[Row]]) -> None:
    if any(field.total for field in fields):
        grid.put(TOTAL_ROW, 0, "Total", kind=Kind.TOTAL)
    for col, field in enumerate(fields):
        if field.total:
            grid.put(TOTAL_ROW, col, total(records.column(field.header)), kind=Kind.TOTAL, fmt=field.fmt)


def _align(field: Field[Row]) -> Fmt:
    """Headers of numbers stand to the right, like their numbers."""
    return Fmt.TEXT if field.fmt is Fmt.TEXT else Fmt.GENERAL


def page_breaks(widths: Sequence[float], *, repeated: int) -> tuple[int, ...]:
    """Columns before which a new page begins, so that print stays readable.

    >>> page_breaks([20.0] * 10, repeated=1), page_breaks([20.0] * 20, repeated=1)
    ((), (11,))
    """
    fewer = _breaks_at(widths, repeated, _TOLERATED_SCALE)
    breaks = _breaks_at(widths, repeated, _SMALLEST_SCALE)
    return fewer if len(fewer) < len(breaks) else breaks


def _breaks_at(widths: Sequence[float], repeated: int, scale: float) -> tuple[int, ...]:
    room = _PAGE_INCHES / _CHARACTER_INCHES / scale
    breaks: list[int] = []
    used = 0.0
    for col, width in enumerate(widths):
        if used + width + _CELL_PADDING > room:
            breaks.append(col)
            used = sum(widths[:repeated])
        used += width + _CELL_PADDING
    return tuple(breaks)


def page_scale(widths: Sequence[float], breaks: Sequence[int], *, repeated: int = 0) -> int:
    """The print scale in percent at which the widest page of a sheet fits on A4 landscape.

    >>> page_scale([20.0] * 10, ()), page_scale([20.0] * 10, (5,), repeated=1)
    (67, 100)
    """
    inches = [(width + _CELL_PADDING) * _CHARACTER_INCHES for width in widths]
    pages = [sum(inches[a:b]) for a, b in pairwise([0, *breaks, len(widths)])]
    fixed = sum(inches[:repeated])
    widest = max([pages[0], *(page + fixed for page in pages[1:])])
    return max(10, min(100, int(_PAGE_INCHES / widest * 100)))
