"""Calc_Sensitivity: costs and bounds of the plans solved for both ends of each input, and the intervals between them.

    difference = cost at the end - cost of this plan
    at least   = bound at the end - cost of this plan
    at most    = cost at the end - bound of this plan

An end without a plan has a word in the place of its cost and blanks behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from optimizer.plan import CostLine
from optimizer.plan_sensitivity import SensitiveInput, Sensitivity, SensitivityEnd
from reports.facts import Facts
from reports.formulas import ZERO, Expr
from reports.functions import compared, quoted, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import TOTAL_ROW, Field, Line, Records, write_records
from reports.sensitivity_words import CHEAPER, DEARER, NOT_DISTINGUISHABLE, outcome_word

COST, DIFFERENCE, AT_LEAST, AT_MOST, PROVEN = "Cost USD", "Difference USD", "At least USD", "At most USD", "Proven"
_BOUND = "Bound USD"
_COST_COL, _BOUND_COL = 3, 4
"""Where this plan's cost and bound stand: over those at the low ends."""

EndSide = Literal["low", "high"]
SIDES: tuple[EndSide, EndSide] = ("low", "high")


def end_of(row: SensitiveInput, side: EndSide) -> SensitivityEnd | None:
    """The low or the high end of an input; None where there is none."""
    return row.low if side == "low" else row.high


@dataclass(frozen=True)
class SensitivityFigures:
    """The list, the place of this plan's cost, and what the plan says."""

    inputs: Records[SensitiveInput]
    cost: Expr
    told: Sensitivity


def sensitivity_figures(
    facts: Facts, payments: Records[CostLine], not_cash: Records[CostLine]
) -> SensitivityFigures | None:
    """None where it was not asked for."""
    told = facts.plan.sensitivity
    if told is None:
        return None
    grid = Grid("Calc_Sensitivity", "workings")
    objective = payments.total("Objective USD") + not_cash.total("Objective USD")
    grid.put(TOTAL_ROW, 0, "This plan", kind=Kind.TOTAL)
    grid.put(TOTAL_ROW, _COST_COL, objective, kind=Kind.TOTAL, fmt=Fmt.MONEY)
    grid.put(TOTAL_ROW, _BOUND_COL, facts.plan.bound_usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
    cost, bound = (grid.ref(TOTAL_ROW, col, fix_row=True, fix_col=True) for col in (_COST_COL, _BOUND_COL))
    low, high = (_Side(side, cost, bound) for side in SIDES)
    fields = [
        Field[SensitiveInput]("Input", lambda r, _: r.name, wrap=True, max_width=40),
        Field[SensitiveInput]("Cells that move", lambda r, _: r.cells, Kind.INPUT, Fmt.WHOLE),
        Field[SensitiveInput]("Path of the first", lambda r, _: r.path, Kind.INPUT, wrap=True, max_width=50),
        *low.fields(),
        *high.fields(),
    ]
    records = write_records(
        grid,
        "tblSensitivity",
        fields,
        told.inputs,
        "What moves the cost: figures and intervals",
        "The two optima differ by at least the bound there less the cost here, at most by the cost there less the bound"
        " here.",
    )
    return SensitivityFigures(records, cost, told)


@dataclass(frozen=True)
class _Side:
    """The columns of one end, with this plan's cost and bound by addresses that stay when a formula is copied."""

    side: EndSide
    cost_here: Expr
    bound_here: Expr

    def fields(self) -> tuple[Field[SensitiveInput], ...]:
        """From the cost to what is proven."""
        return (
            self._field(COST, self._cost, Kind.DECISION, Fmt.MONEY),
            self._field(_BOUND, lambda end, _: end.bound_usd, Kind.DECISION, Fmt.MONEY),
            self._solved(DIFFERENCE, lambda at: self._at(at, COST) - self.cost_here),
            self._solved(AT_LEAST, lambda at: self._at(at, _BOUND) - self.cost_here),
            self._solved(AT_MOST, lambda at: self._at(at, COST) - self.bound_here),
            self._field(PROVEN, self._sign, Kind.CALC),
        )

    def _cost(self, end: SensitivityEnd, _: Line) -> Any:
        return outcome_word(end.outcome) if end.incumbent_usd is None else end.incumbent_usd

    def _sign(self, end: SensitivityEnd, at: Line) -> Any:
        """Dearer or cheaper, where the plan says that a sign is proven."""
        if end.moved is None:
            return None
        if not end.moved.distinguishable:
            return NOT_DISTINGUISHABLE
        return when(compared(self._at(at, AT_LEAST), ">", ZERO), quoted(DEARER), quoted(CHEAPER))

    def _solved(self, header: str, of: Callable[[Line], Expr]) -> Field[SensitiveInput]:
        return self._field(header, lambda end, at: None if end.moved is None else of(at), Kind.CALC, Fmt.MONEY)

    def _at(self, at: Line, header: str) -> Expr:
        return at[f"{header} {self.side}"]

    def _field(
        self, header: str, of: Callable[[SensitivityEnd, Line], Any], kind: Kind, fmt: Fmt = Fmt.TEXT
    ) -> Field[SensitiveInput]:
        """A column that is blank where there is no such end."""

        def cell(row: SensitiveInput, at: Line) -> Any:
            end = end_of(row, self.side)
            return None if end is None else of(end, at)

        return Field(f"{header} {self.side}", cell, kind, fmt)
