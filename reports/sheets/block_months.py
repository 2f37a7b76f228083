"""Calc_Blocks: what every capacity block that is bought serves in each month that it touches (docs/decisions/0018).

hours served  = 24 x days of the block that fall into the month
average nodes = nodes x hours served / hours of the month        firm nodes: in whole months only
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month, months_between
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.common import Nature
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr
from reports.functions import compared, greatest, least, looked_up, months_later, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.buy_list import BuyLists
from reports.sheets.charge_bills import BillCells, Bills
from reports.sheets.delivery import Delivery
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow

UNSERVED = "Nodes less average"
"""What a block does not serve of a month in which its nodes are counted whole."""


@dataclass(frozen=True, slots=True)
class BlockMonth:
    """A month that a block touches."""

    delivery: Delivery
    month: Month
    terms: CapacityBlock


def block_months_sheet(
    facts: Facts, inputs: Inputs, offers: Records[OfferRow], lists: BuyLists, delivered: list[Delivery]
) -> Records[BlockMonth] | None:
    """One line per block and month; None where none is bought."""
    terms = {row.contract: row for row in facts.scenario.capacity_blocks}
    rows = [
        BlockMonth(delivery, month, terms[delivery.contract])
        for delivery in delivered
        for month in months_between(delivery.start, delivery.end)
    ]
    if not rows:
        return None
    return write_records(
        Grid("Calc_Blocks", "workings"),
        "tblBlocks",
        [*_which(offers), *_hours(inputs), *_nodes(inputs, lists)],
        rows,
        "Capacity blocks: nodes in each month that a block touches",
        "Part of a month serves on average; after an event a block counts only in months that it serves whole.",
    )


def _which(offers: Records[OfferRow]) -> list[Field[BlockMonth]]:
    keys = offers.column("Contract")

    def term(header: str, fmt: Fmt) -> Field[BlockMonth]:
        values = offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)

    return [
        Field("Order", lambda r, _: r.delivery.order),
        Field("Contract", lambda r, _: r.delivery.contract),
        Field("Offering", lambda r, _: r.terms.offering),
        Field("Outlook", lambda r, _: r.delivery.outlook),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
        term("First day", Fmt.DATE),
        term("Days", Fmt.WHOLE),
    ]


def _hours(inputs: Inputs) -> list[Field[BlockMonth]]:
    def served(_: BlockMonth, at: Line) -> Expr:
        end = least(at["First day"] + at["Days"], at["Next month"])
        return greatest(ZERO, end - greatest(at["First day"], at["Month"])) * inputs["HoursPerDay"]

    def hours(_: BlockMonth, at: Line) -> Expr:
        return (at["Next month"] - at["Month"]) * inputs["HoursPerDay"]

    return [
        Field("Next month", lambda _, at: months_later(at["Month"], ONE), Kind.CALC, Fmt.DATE),
        Field("Hours served", served, Kind.CALC, Fmt.WHOLE),
        Field("Hours of the month", hours, Kind.CALC, Fmt.WHOLE),
    ]


def _nodes(inputs: Inputs, lists: BuyLists) -> list[Field[BlockMonth]]:
    def firm(_: BlockMonth, at: Line) -> Expr:
        return when(compared(at["Hours served"], "=", at["Hours of the month"]), at["Nodes"], ZERO)

    def on_average(_: BlockMonth, at: Line) -> Expr:
        return at["Nodes"] * at["Hours served"] / at["Hours of the month"]

    chance = Field[BlockMonth](
        "Probability",
        lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
        Kind.LINK,
        Fmt.SHARE,
    )
    average, expected = "Average nodes", "Expected average nodes"
    return [
        Field("Nodes", lambda r, at: lists.looked_up(r.delivery.order, at["Order"], "Nodes"), Kind.LINK, Fmt.WHOLE),
        Field(average, on_average, Kind.CALC, Fmt.QUANTITY),
        Field("Firm nodes", firm, Kind.CALC, Fmt.WHOLE),
        Field(UNSERVED, lambda _, at: at["Nodes"] - at[average], Kind.CALC, Fmt.QUANTITY),
        chance,
        Field(expected, lambda _, at: at[average] * at["Probability"], Kind.CALC, Fmt.QUANTITY),
    ]


def block_bills(offers: Records[OfferRow], lists: BuyLists) -> Bills:
    """A block is billed once: nodes x 24 x days, at its price."""
    keys = offers.column("Contract")

    def term(at: Line, header: str) -> Expr:
        return looked_up(at["Contract"], keys, offers.column(header))

    def quantity(row: CostLine, at: Line) -> Expr:
        assert row.order is not None
        return lists.looked_up(row.order, at["Commitment"], "Nodes") * term(at, "Hours of service")

    def price(_: CostLine, at: Line) -> Expr:
        return term(at, "Price USD per node hour")

    return {Nature.CAPACITY_BLOCK: BillCells(quantity, price)}
