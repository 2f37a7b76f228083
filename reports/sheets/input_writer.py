"""Puts one assumption of sheet Inputs after the other."""

from __future__ import annotations

from typing import Any

from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Fmt, Kind, Validation

HEADER_ROW = 3
SHARE = Validation(0, 1, "A share between 0 % and 100 %.")
AMOUNT = Validation(0, None, "A number of at least 0.")


class InputWriter:
    """Puts one assumption after the other."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.row = HEADER_ROW
        self.scalars: dict[str, Expr] = {}
        for col, text in enumerate(("Assumption", "Value", "Unit", "Class", "Name in formulas", "Where it comes from")):
            grid.put(self.row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col == 1 else Fmt.TEXT)

    def section(self, title: str) -> None:
        """A heading between assumptions."""
        self.row += 2
        self.grid.put(self.row, 0, title, kind=Kind.SECTION)

    def add(
        self,
        label: str,
        what: Any,
        unit: str,
        source: str,
        *,
        fmt: Fmt = Fmt.GENERAL,
        name: str | None = None,
        check: Validation | None = None,
    ) -> Expr:
        """One assumption; return a reference to its value, by its name if it has one."""
        self.row += 1
        kind = Kind.CALC if isinstance(what, Expr) else Kind.INPUT
        cell = self.grid.put(self.row, 1, what, kind=kind, fmt=fmt, validation=check)
        texts = ((0, label), (2, unit), (3, kind.value), (4, name), (5, source))
        for col, text in texts:
            if text:
                self.grid.put(self.row, col, text, kind=Kind.NOTE if col in (3, 5) else Kind.KEY)
        if name is None:
            return self.grid.ref(self.row, 1, fix_row=True, fix_col=True)
        self.scalars[name] = self.grid.name_cell(self.row, 1, name)
        return self.scalars[name] if cell else cell
