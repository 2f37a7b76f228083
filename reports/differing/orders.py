"""Orders: every order that moved between two plans, with its cause."""

from __future__ import annotations

from optimizer.differing.diff import OrderMove, PlanDiff
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records


def orders_sheet(diff: PlanDiff) -> Records[OrderMove]:
    """Those that move most money first."""
    return write_records(
        Grid("Orders", "decisions"),
        "tblOrders",
        _fields(),
        diff.moves,
        "Orders: what moved, and which input moved it",
        "Matched by contract, first month and outlook. An input explains an order if it alone, changed in the inputs of"
        " the old plan, moves it in the same direction. Costs are expected effective cost in the horizon.",
    )


def _fields() -> list[Field[OrderMove]]:
    decided, calc, money = Kind.DECISION, Kind.CALC, Fmt.CENTS
    return [
        Field("Contract", lambda r, _: r.change.what, max_width=36),
        Field("Way", lambda r, _: r.change.way.value, max_width=24),
        Field("From", lambda r, _: r.change.start or None),
        Field("Only if", lambda r, _: r.change.outlook or None, max_width=20),
        Field("Status", lambda r, _: r.change.status, decided, min_width=10),
        Field("Unit", lambda r, _: r.change.unit),
        Field("Old quantity", lambda r, _: r.change.base_quantity, decided, Fmt.QUANTITY),
        Field("New quantity", lambda r, _: r.change.variant_quantity, decided, Fmt.QUANTITY),
        Field("More", lambda _, at: at["New quantity"] - at["Old quantity"], calc, Fmt.QUANTITY),
        Field("Old USD", lambda r, _: r.change.base_usd, decided, money, total=True),
        Field("New USD", lambda r, _: r.change.variant_usd, decided, money, total=True),
        Field("Costs more USD", lambda _, at: at["New USD"] - at["Old USD"], calc, money, total=True),
        Field("Cause", lambda r, _: r.cause.value, decided, min_width=18),
        Field("Inputs", lambda r, _: "; ".join(r.groups) or None, decided, wrap=True, max_width=50),
        Field("In words", lambda r, _: r.words, Kind.NOTE, wrap=True, max_width=60),
    ]
