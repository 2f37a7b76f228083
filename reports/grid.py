"""A sheet while it is being written: cells are put down one by one and can be referred to at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from textwrap import wrap
from typing import Any, Literal

from reports.formulas import Area, Expr
from reports.layout import (
    Cell,
    Chart,
    Column,
    Fmt,
    Highlight,
    Kind,
    Print,
    Sheet,
    Table,
    Unwritable,
    Validation,
    address,
    clean,
    column_name,
)

Group = Literal["read", "inputs", "decisions", "workings", "control"]
_TOP_ROWS = 3
_MARGIN = 1.5
_LINE_HEIGHT = 13.2
_LETTERS_PER_DIGIT = 1.05
"""Widths count digits; running text is a little narrower."""
_DECIMALS = {Fmt.MONEY: 0, Fmt.WHOLE: 0, Fmt.QUANTITY: 2, Fmt.CENTS: 2, Fmt.PRICE: 4, Fmt.FACTOR: 6}


def _floats(row: int, cell: Cell) -> bool:
    """Whether the text may run over the cells on its right: titles, notes at the top, section headings."""
    return cell.kind in (Kind.TITLE, Kind.SECTION) or (cell.kind is Kind.NOTE and row < _TOP_ROWS)


class Grid:
    """The cells of one sheet, growing."""

    def __init__(self, name: str, group: Group) -> None:
        self.name = name
        self.group = group
        self.cells: dict[tuple[int, int], Cell] = {}
        self.tables: list[Table] = []
        self.charts: list[Chart] = []
        self.names: dict[str, str] = {}
        self.status: list[str] = []
        self.highlights: list[Highlight] = []
        self.scales: list[str] = []
        self.heights: dict[int, float] = {}
        self._headers: dict[int, str] = {}
        self._own = re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}!")

    def put(
        self,
        row: int,
        col: int,
        what: Any,
        *,
        kind: Kind = Kind.KEY,
        fmt: Fmt = Fmt.TEXT,
        wrapped: bool = False,
        goto: str | None = None,
        validation: Validation | None = None,
    ) -> Expr:
        """Write a value, or a formula with its value; return a relative reference to the cell."""
        formula = self._own.sub("", what.text) if isinstance(what, Expr) else None
        try:
            value = clean(what.value if isinstance(what, Expr) else what)
        except Unwritable as reason:
            raise Unwritable(f"sheet {self.name}, column {self._header(col)!r}, row {row + 1}: {reason}") from None
        if kind is Kind.HEADER:
            self._headers[col] = str(value)
        self.cells[row, col] = Cell(value, formula, kind, fmt, wrapped, goto, validation)
        return self.ref(row, col)

    def _header(self, col: int) -> str:
        return self._headers.get(col, column_name(col))

    def name_cell(self, row: int, col: int, name: str) -> Expr:
        """Give a cell a workbook-wide name; return a reference by that name."""
        self.names[name] = f"{self.name}!{address(row, col, fix_row=True, fix_col=True)}"
        return Expr(name, self.value(row, col))

    def value(self, row: int, col: int) -> Any:
        """What a cell holds; None where nothing was written."""
        cell = self.cells.get((row, col))
        return None if cell is None else cell.value

    def ref(self, row: int, col: int, *, fix_row: bool = False, fix_col: bool = False) -> Expr:
        """A reference to one cell."""
        place = address(row, col, fix_row=fix_row, fix_col=fix_col)
        return Expr(f"{self.name}!{place}", self.value(row, col))

    def area(
        self, first: tuple[int, int], last: tuple[int, int], *, fix_row: bool = True, fix_col: bool = True
    ) -> Area:
        """A reference to a rectangle."""
        start, end = (address(*corner, fix_row=fix_row, fix_col=fix_col) for corner in (first, last))
        values = tuple(
            self.value(row, col) for row in range(first[0], last[0] + 1) for col in range(first[1], last[1] + 1)
        )
        return Area(f"{self.name}!{start}:{end}", values)

    def heading(self, title: str, *notes: str) -> None:
        """Title and notes at the top left."""
        self.put(0, 0, title, kind=Kind.TITLE)
        self.heights[0] = 24
        for offset, note in enumerate(notes, start=1):
            self.put(offset, 0, note, kind=Kind.NOTE)

    def fitting_widths(self) -> dict[int, float]:
        """For each column the width that shows all its numbers and texts."""
        widths: dict[int, float] = {}
        for (row, col), cell in self.cells.items():
            if not _floats(row, cell):
                widths[col] = max(widths.get(col, 0.0), _needed(cell) + _MARGIN)
        return widths

    def grow_rows(self, widths: Sequence[float]) -> None:
        """Make rows high enough for their wrapped texts (no program does it for us in a printed file)."""
        for (row, col), cell in self.cells.items():
            if (cell.wrap or cell.kind is Kind.HEADER) and isinstance(cell.value, str):
                lines = len(wrap(cell.value, max(4, int(widths[col] * _LETTERS_PER_DIGIT)))) or 1
                if lines > 1:
                    self.heights[row] = max(self.heights.get(row, 0), _LINE_HEIGHT * lines)

    def sheet(
        self,
        columns: tuple[Column, ...],
        *,
        freeze: tuple[int, int] = (0, 0),
        print_setup: Print | None = None,
    ) -> Sheet:
        """The finished sheet."""
        self.grow_rows([column.width for column in columns])
        cells: Mapping[tuple[int, int], Cell] = dict(sorted(self.cells.items()))
        return Sheet(
            name=self.name,
            group=self.group,
            columns=columns,
            cells=cells,
            freeze=freeze,
            tables=tuple(self.tables),
            charts=tuple(self.charts),
            names=dict(self.names),
            status=tuple(self.status),
            highlights=tuple(self.highlights),
            scales=tuple(self.scales),
            heights=dict(self.heights),
            print=print_setup or Print(),
        )


def _needed(cell: Cell) -> float:
    """Headers may wrap between words; everything else stands on one line."""
    if cell.kind is Kind.HEADER and isinstance(cell.value, str):
        return max((len(word) for word in cell.value.split()), default=0)
    return shown_length(cell)


def shown_length(cell: Cell) -> float:
    """About how many characters the cell's value takes on the screen."""
    if cell.value is None:
        return 0
    if isinstance(cell.value, str):
        return len(cell.value)
    if isinstance(cell.value, date):
        return 7 if cell.fmt is Fmt.MONTH else 10
    if cell.fmt in (Fmt.SHARE, Fmt.GAP):
        return len(f"{cell.value:.1%}")
    if cell.fmt in _DECIMALS:
        bold = 1.12 if cell.kind in (Kind.TOTAL, Kind.ROW_SUM) else 1.0
        return (len(f"{cell.value:,.{_DECIMALS[cell.fmt]}f}") + 1) * bold
    return len(f"{cell.value:g}")
