"""Writes measures of sheet Summary one below the other and remembers the next row."""

from __future__ import annotations

from typing import Any

from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Fmt, Kind


class SummaryWriter:
    """Writes measures one below the other and remembers the next row."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.row = 3

    def header(self, *texts: str) -> None:
        """A row of headers."""
        for col, text in enumerate(texts):
            if text:
                right = Fmt.GENERAL if 0 < col < 6 and text not in ("Unit", "Class", "How") else Fmt.TEXT
                self.grid.put(self.row, col, text, kind=Kind.HEADER, fmt=right)
        self.row += 1

    def section(self, title: str) -> None:
        """A heading."""
        self.grid.put(self.row, 0, title, kind=Kind.SECTION)
        self.row += 1

    def measure(self, label: str, what: Any, unit: str, how: str, fmt: Fmt = Fmt.MONEY) -> Expr:
        """A label, its value, unit and class, and how it is computed."""
        kind = Kind.CALC if isinstance(what, Expr) else Kind.DECISION
        self.grid.put(self.row, 0, label)
        cell = self.grid.put(self.row, 1, what, kind=kind, fmt=fmt)
        self.grid.put(self.row, 2, unit)
        self.grid.put(self.row, 3, kind.value, kind=Kind.NOTE)
        self.grid.put(self.row, 4, how, kind=Kind.NOTE)
        self.row += 1
        return cell
