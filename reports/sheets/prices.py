"""Calc_Prices: what a node-hour costs in each month under orders whose price moves (docs/decisions/0014).

price of a month    = signed price x (1 + escalator) ^ full years of service
most-favoured price = the lower of that and the agreed share of the on-demand price of the month in its outlook
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.calendar import MONTHS_PER_YEAR, Month, months_between
from contracts.terms.reserved import Reserved
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, Expr, Where
from reports.functions import compared, least, looked_up, power, quoted, rounded, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.buy_list import BuyLists
from reports.sheets.delivery import Delivery
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow
from reports.sheets.price_factors import has_moved_prices
from scenarios.outlooks import Effect

PRICE = "Price USD per node hour"


@dataclass(frozen=True, slots=True)
class PricedMonth:
    """A month of service of a delivered order, in an outlook or in all of them."""

    delivery: Delivery
    outlook: str
    month: Month
    bound_by: Reserved | None
    """Its terms, where a most-favoured price bounds it."""


@dataclass(frozen=True)
class Prices:
    """The sheet, and what other sheets ask of it."""

    records: Records[PricedMonth]
    _listed_once: frozenset[str]
    """Orders whose prices are the same in all outlooks."""

    def of(self, order: str, at: Line, month: Expr, *, column: str = "Order", header: str = PRICE) -> Expr:
        """What stands for an order in a month; `column`: where the line names the order."""
        outlook = quoted(ALL_OUTLOOKS) if order in self._listed_once else at["Outlook"]
        return sum_where(
            self.records.column(header),
            Where(self.records.column("Order"), "=", at[column]),
            Where(self.records.column("Outlook"), "=", outlook),
            Where(self.records.column("Month"), "=", month),
        )

    def service_usd(self, at: Line, from_day: Expr) -> Expr:
        """Expected cost of the service of a commitment from a day on."""
        return sum_where(
            self.records.column("Expected service USD"),
            Where(self.records.column("Order"), "=", at["Commitment"]),
            Where(self.records.column("Commitment of"), "=", at["Outlook"]),
            Where(self.records.column("Month"), ">=", from_day),
        )

    def node_service_usd(self, at: Line, from_day: Expr) -> Expr:
        """The same for a line that has not all nodes of its order, or not for the whole term."""
        return at["Nodes"] * sum_where(
            self.records.column("Expected USD per node"),
            Where(self.records.column("Order"), "=", at["Commitment"]),
            Where(self.records.column("Commitment of"), "=", at["Outlook"]),
            Where(self.records.column("Month"), ">=", from_day),
            Where(self.records.column("Month"), "<", at["End"]),
        )

    @property
    def orders(self) -> frozenset[str]:
        """Orders that are listed."""
        return frozenset(row.delivery.order for row in self.records.rows)


def prices_sheet(
    facts: Facts, inputs: Inputs, offers: Records[OfferRow], lists: BuyLists, delivered: list[Delivery]
) -> Prices | None:
    """One line per month of service; None where no price moves."""
    rows = [row for delivery in delivered for row in _months(facts, delivery)]
    if not rows:
        return None
    records = write_records(
        Grid("Calc_Prices", "workings"),
        "tblPrices",
        [*_which(), *_moved(facts, inputs, offers), *_service(inputs, offers, lists)],
        rows,
        "Prices: what a node-hour costs in each month where the price moves",
        "Full years are counted from the first month of service. An upfront part is paid at the signed price.",
    )
    once = frozenset(row.delivery.order for row in rows if row.outlook == ALL_OUTLOOKS)
    return Prices(records, once)


def _months(facts: Facts, delivery: Delivery) -> Iterator[PricedMonth]:
    terms = facts.moving.get(delivery.contract)
    if terms is None:
        return
    bound = terms if isinstance(terms, Reserved) and terms.most_favoured_of else None
    outlooks = [delivery.outlook]
    if bound and facts.several and delivery.outlook == ALL_OUTLOOKS:
        outlooks = [row.outlook for row in facts.scenario.outlooks]
    for outlook in outlooks:
        for month in months_between(delivery.start, delivery.end):
            yield PricedMonth(delivery, outlook, month, bound)


def _which() -> list[Field[PricedMonth]]:
    return [
        Field("Order", lambda r, _: r.delivery.order),
        Field("Contract", lambda r, _: r.delivery.contract),
        Field("Commitment of", lambda r, _: r.delivery.outlook),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
        Field("Full years", lambda r, _: (r.month - r.delivery.start) // MONTHS_PER_YEAR, fmt=Fmt.WHOLE),
    ]


def _moved(facts: Facts, inputs: Inputs, offers: Records[OfferRow]) -> list[Field[PricedMonth]]:
    def escalated(_: PricedMonth, at: Line) -> Expr:
        return at["Signed price USD"] * power(ONE + at["Escalator a year"], at["Full years"])

    signed = _term(offers, "Signed price USD", PRICE, Fmt.PRICE)
    fields = [
        signed,
        _term(offers, "Escalator a year", "Escalator a year", Fmt.SHARE),
        Field("Escalated price USD", escalated, Kind.CALC, Fmt.PRICE),
    ]
    if any(isinstance(terms, Reserved) and terms.most_favoured_of for terms in facts.moving.values()):
        return [*fields, *_bounded(facts, inputs, offers)]
    return [*fields, Field(PRICE, lambda _, at: at["Escalated price USD"], Kind.CALC, Fmt.PRICE)]


def _bounded(facts: Facts, inputs: Inputs, offers: Records[OfferRow]) -> list[Field[PricedMonth]]:
    keys, values = offers.column("Contract"), offers.column(PRICE)

    def on_demand(row: PricedMonth, at: Line) -> Expr | None:
        return looked_up(at["Most favoured of"], keys, values) if row.bound_by else None

    def in_outlook(row: PricedMonth, at: Line) -> Expr | None:
        if row.bound_by is None:
            return None
        price = at["On demand USD"]
        if not has_moved_prices(facts):
            return price
        factor = at["On demand factor"]
        moved = rounded(price * factor, inputs["PriceDecimals"])
        return when(compared(factor, "=", ONE), price, moved)

    def bounded(row: PricedMonth, at: Line) -> Expr:
        if row.bound_by is None:
            return at["Escalated price USD"]
        return least(at["Escalated price USD"], at["On demand in the month USD"] * at["Most favoured share"])

    def factor(row: PricedMonth, _: Line) -> Decimal | None:
        return _price_factor(facts, row) if row.bound_by else None

    moved = [Field("On demand factor", factor, Kind.INPUT, Fmt.FACTOR)] if has_moved_prices(facts) else []
    return [
        Field("Most favoured of", lambda r, _: r.bound_by.most_favoured_of if r.bound_by else None, Kind.INPUT),
        Field("Most favoured share", lambda r, _: r.bound_by.most_favoured_share if r.bound_by else None, Kind.INPUT),
        Field("On demand USD", on_demand, Kind.LINK, Fmt.PRICE),
        *moved,
        Field("On demand in the month USD", in_outlook, Kind.CALC, Fmt.PRICE),
        Field(PRICE, bounded, Kind.CALC, Fmt.PRICE),
    ]


def _price_factor(facts: Facts, row: PricedMonth) -> Decimal:
    """Of the on-demand price in the month, after the horizon in its last one."""
    assert row.bound_by is not None
    outlook = facts.scenario.outlooks[0].outlook if row.outlook == ALL_OUTLOOKS else row.outlook
    (on_demand,) = (c for c in facts.scenario.on_demand if c.contract == row.bound_by.most_favoured_of)
    month = min(row.month, facts.months[-1])
    names = facts.futures.offering_names[on_demand.offering]
    return facts.futures.factor(Effect.ON_DEMAND_PRICE, outlook, month, names)


def _service(inputs: Inputs, offers: Records[OfferRow], lists: BuyLists) -> list[Field[PricedMonth]]:
    def upfront(_: PricedMonth, at: Line) -> Expr:
        share = at["Upfront share"]
        return share * at["Signed price USD"] + (ONE - share) * at[PRICE]

    def a_node(_: PricedMonth, at: Line) -> Expr:
        return at["Hours"] * at["With the upfront part USD"] * at["Probability"]

    def expected(_: PricedMonth, at: Line) -> Expr:
        return at["Nodes"] * at["Expected USD per node"]

    chance = Field[PricedMonth](
        "Probability",
        lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
        Kind.LINK,
        Fmt.SHARE,
    )
    return [
        _term(offers, "Upfront share", "Upfront share", Fmt.SHARE),
        Field("With the upfront part USD", upfront, Kind.CALC, Fmt.PRICE),
        Field("Nodes", lambda r, at: lists.looked_up(r.delivery.order, at["Order"], "Nodes"), Kind.LINK, Fmt.WHOLE),
        Field("Hours", lambda r, _: r.month.hours, fmt=Fmt.WHOLE),
        chance,
        Field("Expected USD per node", a_node, Kind.CALC, Fmt.MONEY),
        Field("Expected service USD", expected, Kind.CALC, Fmt.MONEY),
    ]


def _term(offers: Records[OfferRow], name: str, header: str, fmt: Fmt) -> Field[PricedMonth]:
    keys, values = offers.column("Contract"), offers.column(header)
    return Field(name, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)
