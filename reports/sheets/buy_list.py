"""Buy_List and Buy_Later: the orders to sign, soonest deadline first, ready to be keyed in line by line.

What is signed whatever comes and what is signed only if an outlook comes stand on two sheets, so that nobody signs the
second kind by going down a list.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.offerings import Offering
from contracts.clauses import DOLLARS
from optimizer.plan import Order
from reports.facts import Facts
from reports.formulas import Expr
from reports.functions import looked_up, months_later
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow
from reports.sheets.signing import expected_value, forms, probability


@dataclass(frozen=True, slots=True)
class BuyLists:
    """The orders to sign now, and those that wait for their outlook (None where nothing waits)."""

    now: Records[Order]
    later: Records[Order] | None

    def looked_up(self, order: str, key: Expr, header: str) -> Expr:
        """What the list that holds the order says in a column."""
        waits = self.later is not None and any(row.order == order for row in self.later.rows)
        records = self.later if waits and self.later is not None else self.now
        return looked_up(key, records.column("Order"), records.column(header))


def buy_lists(facts: Facts, inputs: Inputs, offerings: Records[Offering], offers: Records[OfferRow]) -> BuyLists:
    """One line per order; nodes and start are decisions, all else follows from the contract."""

    def fields(orders: tuple[Order, ...]) -> list[Field[Order]]:
        minimums = any(order.contract in facts.take_or_pay for order in orders)
        what = _what(facts, offerings, offers, with_minimum=minimums)
        return [*what, *_money(facts, inputs, offers), *forms({terms.contract: terms for terms in facts.contracts})]

    moves = " Values are at signed prices; where a price moves, Calc_Prices has each month." if facts.moving else ""
    minimum = " Under take-or-pay the order value is the minimum of the whole term." if facts.has_take_or_pay else ""
    bought = " The order value of owned hardware is its capital expenditure." if "owned" in facts.by_the_node else ""
    waiting = len(facts.signed_later)
    more = f"Do NOT sign the {waiting} orders on sheet Buy_Later yet. " if waiting else ""
    now = write_records(
        Grid("Buy_List", "decisions"),
        "tblBuy",
        fields(facts.signed_now),
        facts.signed_now,
        "Buy list: orders to sign, soonest deadline first",
        f"{more}Orange cells are the decisions. The end is the first day that is no longer served."
        f" What is bought by the hour is on sheet Usage and needs no order.{minimum}{moves}{bought}",
    )
    return BuyLists(now, _buy_later(facts, inputs, fields(facts.signed_later)) if waiting else None)


def _buy_later(facts: Facts, inputs: Inputs, fields: list[Field[Order]]) -> Records[Order]:
    """The same columns behind the outlook; amounts on top are expected, because only one outlook comes."""
    reveal = facts.scenario.run.reveal_month
    only_if = Field[Order]("Only if", lambda r, _: r.outlook, Kind.DECISION)
    return write_records(
        Grid("Buy_Later", "decisions"),
        "tblBuyLater",
        [only_if, probability(inputs), *(_without_total(field) for field in fields), expected_value()],
        sorted(facts.signed_later, key=lambda o: (o.outlook or "", o.order_by, o.order)),
        "Buy later: DO NOT sign before the outlook is known",
        f"Each order is signed only if its outlook comes; that is known from {reveal} on. Orders of different"
        " outlooks exclude each other, so amounts do not add up over them; the expected value does.",
    )


def _without_total(field: Field[Order]) -> Field[Order]:
    return Field(field.header, field.of, field.kind, field.fmt, wrap=field.wrap, min_width=field.min_width)


def _what(
    facts: Facts, offerings: Records[Offering], offers: Records[OfferRow], *, with_minimum: bool
) -> list[Field[Order]]:
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
        *([term("Purchase kind")] if facts.has_take_or_pay or facts.by_the_node else []),
        Field("Offering", lambda r, _: r.offering),
        node("Provider"),
        node("Region"),
        node("Accelerator"),
        Field("Nodes", lambda r, _: r.nodes, Kind.DECISION, Fmt.WHOLE, total=True),
        Field("Start", lambda r, _: r.start.first_day, Kind.DECISION, Fmt.DATE),
        term("Term months", Fmt.WHOLE),
        Field("End", lambda _, at: months_later(at["Start"], at["Term months"]), Kind.CALC, Fmt.DATE),
        *_agreed_in(facts, term),
        term("Price USD per node hour", Fmt.PRICE),
        *(_minimum(facts, offers) if with_minimum else []),
    ]


def _agreed_in(facts: Facts, term: Callable[[str, Fmt], Field[Order]]) -> list[Field[Order]]:
    """The price as it is agreed, where an order is in another currency."""
    terms = {c.contract: c for c in facts.contracts}
    if all(terms[order.contract].currency == DOLLARS for order in facts.plan.orders):
        return []
    return [term("Currency", Fmt.TEXT), term("Price per node hour in it", Fmt.FACTOR)]


def _minimum(facts: Facts, offers: Records[OfferRow]) -> list[Field[Order]]:
    """What is owed under take-or-pay whether it is used or not; blank for other orders."""

    def term(header: str, fmt: Fmt) -> Field[Order]:
        keys, values = offers.column("Contract"), offers.column(header)
        return Field(
            header,
            lambda r, at: looked_up(at["Contract"], keys, values) if r.contract in facts.take_or_pay else None,
            Kind.LINK,
            fmt,
        )

    def minimum(row: Order, at: Line) -> Expr | None:
        if row.contract not in facts.take_or_pay:
            return None
        return at["Nodes"] / at["Lot nodes"] * at["Minimum a month and lot"] * at["USD per unit of minimum"]

    return [
        term("Lot nodes", Fmt.WHOLE),
        term("Minimum a month and lot", Fmt.QUANTITY),
        term("Unit of the minimum", Fmt.TEXT),
        term("USD per unit of minimum", Fmt.PRICE),
        term("Months owed in full", Fmt.QUANTITY),
        Field("Minimum a month USD", minimum, Kind.CALC, Fmt.MONEY),
    ]


def _money(facts: Facts, inputs: Inputs, offers: Records[OfferRow]) -> list[Field[Order]]:
    contract, shares = offers.column("Contract"), offers.column("Upfront share")

    def value(row: Order, at: Line) -> Expr:
        if row.contract in facts.take_or_pay:
            return at["Minimum a month USD"] * at["Months owed in full"]
        if facts.kinds_ordered[row.contract] == "owned":
            return at["Nodes"] * looked_up(at["Contract"], contract, offers.column("Capex USD per node"))
        if facts.kinds_ordered[row.contract] == "capacity_block":
            hours = looked_up(at["Contract"], contract, offers.column("Hours of service"))
            return at["Nodes"] * hours * at["Price USD per node hour"]
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
