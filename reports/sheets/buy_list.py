"""Buy_List: the orders to sign, soonest deadline first, ready to be keyed in line by line."""

from __future__ import annotations

from catalog.offerings import Offering
from optimizer.plan import Order
from reports.facts import Facts
from reports.formulas import Expr
from reports.functions import compared, looked_up, months_later, quoted, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow


def buy_list_sheet(
    facts: Facts, inputs: Inputs, offerings: Records[Offering], offers: Records[OfferRow]
) -> Records[Order]:
    """One line per order; nodes and start are decisions, all else follows from the contract."""
    return write_records(
        Grid("Buy_List", "decisions"),
        "tblBuy",
        [*_what(offerings, offers), *_money(inputs, offers), *_forms(facts)],
        sorted(facts.plan.orders, key=lambda o: (o.order_by, o.order)),
        "Buy list: orders to sign, soonest deadline first",
        "Orange cells are the decisions. The end is the first day that is no longer served."
        " What is bought by the hour is on sheet Usage and needs no order.",
    )


def _what(offerings: Records[Offering], offers: Records[OfferRow]) -> list[Field[Order]]:
    contract, link = offers.column("Contract"), Kind.LINK

    def term(header: str, fmt: Fmt = Fmt.TEXT, *, kind: Kind = link) -> Field[Order]:
        values = offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], contract, values), kind, fmt)

    def node(header: str) -> Field[Order]:
        keys, values = offerings.column("Offering"), offerings.column(header)
        return Field(header, lambda _, at: looked_up(at["Offering"], keys, values), link)

    return [
        Field("Order", lambda r, _: r.order),
        Field("Order by", lambda r, _: r.order_by, Kind.DECISION, Fmt.DATE),
        Field("Contract", lambda r, _: r.contract),
        Field("Offering", lambda r, _: r.offering),
        node("Provider"),
        node("Region"),
        node("Accelerator"),
        Field("Nodes", lambda r, _: r.nodes, Kind.DECISION, Fmt.WHOLE, total=True),
        Field("Start", lambda r, _: r.start.first_day, Kind.DECISION, Fmt.DATE),
        term("Term months", Fmt.WHOLE),
        Field("End", lambda _, at: months_later(at["Start"], at["Term months"]), Kind.CALC, Fmt.DATE),
        term("Price USD per node hour", Fmt.PRICE),
    ]


def _money(inputs: Inputs, offers: Records[OfferRow]) -> list[Field[Order]]:
    contract, shares = offers.column("Contract"), offers.column("Upfront share")

    def value(_: Order, at: Line) -> Expr:
        hours = (at["End"] - at["Start"]) * inputs["HoursPerDay"]
        return at["Nodes"] * hours * at["Price USD per node hour"]

    def monthly(_: Order, at: Line) -> Expr:
        return (at["Order value USD"] - at["Upfront due USD"]) / at["Term months"]

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        Field("Order value USD", value, calc, money, total=True),
        Field("Upfront share", lambda _, at: looked_up(at["Contract"], contract, shares), Kind.LINK, Fmt.SHARE),
        Field("Upfront due USD", lambda _, at: at["Order value USD"] * at["Upfront share"], calc, money, total=True),
        Field("Monthly on average USD", monthly, calc, money, total=True),
    ]


def _forms(facts: Facts) -> list[Field[Order]]:
    terms = {c.contract: c for c in facts.contracts}

    def expired(row: Order, at: Line) -> Expr | str:
        if terms[row.contract].quote_valid_until is None:
            return "no end stated"
        late = compared(at["Order by"], ">", at["Quote valid until"])
        return when(late, quoted("EXPIRED"), quoted("valid"))

    return [
        Field("Quote", lambda r, _: terms[r.contract].quote, Kind.INPUT),
        Field("Quote valid until", lambda r, _: terms[r.contract].quote_valid_until, Kind.INPUT, Fmt.DATE),
        Field("Quote on that day", expired, Kind.CALC),
        Field("Fictitious quote", lambda r, _: terms[r.contract].fictitious, Kind.INPUT),
        Field("PO number", lambda *_: None, Kind.INPUT, min_width=14),
        Field("Approver", lambda *_: None, Kind.INPUT, min_width=14),
    ]
