"""Usage: nodes paid by the hour, on demand, spot and under take-or-pay, block by block."""

from __future__ import annotations

from optimizer.plan import Usage
from reports.facts import Facts
from reports.formulas import ONE, Expr
from reports.functions import looked_up
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.calendar import Calendar
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow
from reports.sheets.prices import PRICE, Prices

NO_COMMITMENT = "(none)"
"""No id can be written like this, so nothing is found under it."""


def usage_sheet(
    facts: Facts, inputs: Inputs, calendar: Calendar, offers: Records[OfferRow], prices: Prices | None
) -> Records[Usage]:
    """One line per outlook, contract, month and block in which nodes run."""
    order = {block: i for i, block in enumerate(facts.blocks)}
    rows = sorted(facts.plan.usages, key=lambda u: (u.contract, u.order or "", u.month, order[u.block], u.outlook))
    return write_records(
        Grid("Usage", "decisions"),
        "tblUsage",
        [*_decided(facts, offers), *_hours(calendar, offers), *_at_its_price(facts, prices), *_expected(inputs)],
        rows,
        "Usage: nodes bought by the hour",
        "Average nodes over the hours of a load block. Spot pays for running nodes; those under recovery do no work."
        + (" Under take-or-pay the nodes of an order that are used." if facts.has_take_or_pay else ""),
    )


def _decided(facts: Facts, offers: Records[OfferRow]) -> list[Field[Usage]]:
    spot = {c.contract for c in facts.scenario.spot}
    contract, kinds = offers.column("Contract"), offers.column("Purchase kind")
    return [
        Field("Contract", lambda r, _: r.contract),
        Field("Purchase kind", lambda _, at: looked_up(at["Contract"], contract, kinds), Kind.LINK),
        *([Field[Usage]("Order", lambda r, _: r.order or NO_COMMITMENT)] if facts.has_take_or_pay else []),
        Field("Offering", lambda r, _: r.offering),
        Field("Pool", lambda r, _: "spot" if r.contract in spot else "base"),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.DATE),
        Field("Block", lambda r, _: r.block),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Nodes", lambda r, _: r.nodes, Kind.DECISION, Fmt.QUANTITY),
    ]


def _hours(calendar: Calendar, offers: Records[OfferRow]) -> list[Field[Usage]]:
    contract, link, calc = offers.column("Contract"), Kind.LINK, Kind.CALC
    uplift, productive = offers.column("Startup uplift"), offers.column("Productive share")
    return [
        Field("Hours of the block", lambda _, at: calendar.hours_in(at["Block"], at["Month"]), link, Fmt.WHOLE),
        Field("Node hours", lambda _, at: at["Nodes"] * at["Hours of the block"], calc, Fmt.QUANTITY),
        Field("Startup uplift", lambda _, at: looked_up(at["Contract"], contract, uplift), link, Fmt.SHARE),
        Field(
            "Billed node hours",
            lambda _, at: at["Node hours"] * (ONE + at["Startup uplift"]),
            calc,
            Fmt.QUANTITY,
            total=True,
        ),
        Field("Productive share", lambda _, at: looked_up(at["Contract"], contract, productive), link, Fmt.SHARE),
    ]


def _at_its_price(facts: Facts, prices: Prices | None) -> list[Field[Usage]]:
    """Use of orders whose price moves, at the price of its month; none where there are none."""

    def price(row: Usage, at: Line) -> Expr | None:
        if prices is None or row.order is None or row.order not in prices.orders:
            return None
        return prices.of(row.order, at, at["Month"])

    def used(row: Usage, at: Line) -> Expr | None:
        return None if row.order is None or row.contract not in facts.moving else at["Node hours"] * at[PRICE]

    if not any(contract in facts.moving for contract in facts.take_or_pay):
        return []
    return [Field(PRICE, price, Kind.LINK, Fmt.PRICE), Field("Used USD", used, Kind.CALC, Fmt.CENTS)]


def _expected(inputs: Inputs) -> list[Field[Usage]]:
    def weighted(header: str) -> Field[Usage]:
        return Field(
            f"Expected {header.lower()}",
            lambda _, at: at[header] * at["Probability"],
            Kind.CALC,
            Fmt.QUANTITY,
        )

    def working(_: Usage, at: Line) -> Expr:
        return at["Nodes"] * at["Productive share"] * at["Probability"]

    return [
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        Field("Expected working nodes", working, Kind.CALC, Fmt.QUANTITY),
        weighted("Node hours"),
    ]
