"""A check of the workbook: two sides that must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports.formulas import Expr


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
