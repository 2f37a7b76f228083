"""A check of the workbook: two sides that must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.formulas import Expr, Where
from reports.functions import compared, count_where, quoted, rows_in, when
from reports.grid import Grid
from reports.layout import Kind, column_name
from reports.records import TOTAL_ROW, Records


@dataclass(frozen=True, slots=True)
class Check:
    """Two sides that must agree."""

    text: str
    left: Expr
    right: Any
    unit: str
    meaning: str
    lines: int = 0
    """How many lines rounded to the cent stand between the two sides."""


def put_master_check(grid: Grid, checks: Records[Check], col: int) -> Expr:
    """OK where every check is, over their column `col`; its name for other sheets."""
    grid.put(TOTAL_ROW, col - 1, "Master check", kind=Kind.TOTAL)
    results = checks.column("Status")
    all_ok = compared(count_where(Where(results, "=", quoted("OK"))), "=", rows_in(results))
    grid.put(TOTAL_ROW, col, when(all_ok, quoted("OK"), quoted("FAIL")), kind=Kind.TOTAL)
    letter = column_name(col)
    grid.status.append(f"{letter}{TOTAL_ROW + 1}:{letter}{TOTAL_ROW + 3 + len(checks.rows)}")
    return grid.name_cell(TOTAL_ROW, col, "MasterCheck")
