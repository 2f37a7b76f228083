"""Buy_Diff: every line of the buy lists of the base and of each variant, matched."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.comparing.buying import BuyChange
from optimizer.comparing.comparison import Comparison
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records


@dataclass(frozen=True)
class BuyRow:
    """A matched line of one variant."""

    variant: str
    change: BuyChange


def buy_diff_sheet(comparison: Comparison) -> Records[BuyRow]:
    """Variant by variant: what is signed first, what is held and what follows from use after it."""
    rows = [BuyRow(one.name, change) for one, against in comparison.solved() for change in against.buy]
    return write_records(
        Grid("Buy_Diff", "decisions"),
        "tblBuyDiff",
        _fields(),
        rows,
        "Buy_Diff: what would be bought otherwise",
        "Matched by contract, first month and outlook (by offering for what is bought by the hour). Costs are expected"
        " effective cost in the horizon.",
    )


def _fields() -> list[Field[BuyRow]]:
    decided, calc, money = Kind.DECISION, Kind.CALC, Fmt.CENTS
    return [
        Field("Variant", lambda r, _: r.variant, max_width=26),
        Field("Status", lambda r, _: r.change.status, decided, min_width=10),
        Field("Way", lambda r, _: r.change.way.value, max_width=24),
        Field("What", lambda r, _: r.change.what, max_width=44),
        Field("From", lambda r, _: r.change.start or None),
        Field("Only if", lambda r, _: r.change.outlook or None, max_width=20),
        Field("Unit", lambda r, _: r.change.unit),
        Field("Base quantity", lambda r, _: r.change.base_quantity, decided, Fmt.QUANTITY),
        Field("Variant quantity", lambda r, _: r.change.variant_quantity, decided, Fmt.QUANTITY),
        Field("More", lambda _, at: at["Variant quantity"] - at["Base quantity"], calc, Fmt.QUANTITY),
        Field("Base USD", lambda r, _: r.change.base_usd, decided, money),
        Field("Variant USD", lambda r, _: r.change.variant_usd, decided, money),
        Field("Costs more USD", lambda _, at: at["Variant USD"] - at["Base USD"], calc, money),
    ]
