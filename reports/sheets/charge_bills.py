"""How quantity and price of a line follow from other sheets, for natures that have a sheet of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contracts.terms.common import Nature
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import ONE, Expr
from reports.functions import compared, rounded, when
from reports.records import Line
from reports.sheets.inputs import Inputs
from reports.sheets.price_factors import can_move, has_moved_prices

Cell = Callable[[CostLine, Line], Expr]
Quantity = Callable[[CostLine, Line], Expr | object]
"""A formula, or what the plan states."""


@dataclass(frozen=True, slots=True)
class BillCells:
    """The cells of a line under Quantity and Unit price USD."""

    quantity: Quantity
    unit_price: Cell
    contract_price: Cell | None = None
    """The signed price that the unit price is made of, where it is a cell of its own."""


Bills = Mapping[Nature, BillCells]
"""The sheet that bills a nature says how; other natures are billed by nodes, use and windows."""


def in_outlook(facts: Facts, inputs: Inputs, row: CostLine, at: Line) -> Expr:
    """The contract's price in the outlook of a line: one that moves is rounded, one that does not stays as signed."""
    signed = at["Contract price USD"]
    if not (has_moved_prices(facts) and can_move(row)):
        return signed
    factor = at["Price factor"]
    return when(compared(factor, "=", ONE), signed, rounded(signed * factor, inputs["PriceDecimals"]))
