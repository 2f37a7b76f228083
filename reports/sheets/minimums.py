"""Calc_Minimums: what every take-or-pay order owes in every month of its term, used or not.

minimum of a month = nodes / nodes of a lot x minimum of a lot x ramp share of the month of service
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month, months_between
from reports.facts import Facts
from reports.formulas import Expr
from reports.functions import looked_up
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.buy_list import BuyLists
from reports.sheets.delivery import Delivery
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow
from reports.sheets.prices import Prices


@dataclass(frozen=True, slots=True)
class Owed:
    """A month of service of a delivered order."""

    delivery: Delivery
    month: Month


def minimums_sheet(
    facts: Facts,
    inputs: Inputs,
    offers: Records[OfferRow],
    lists: BuyLists,
    delivered: list[Delivery],
    prices: Prices | None,
) -> Records[Owed]:
    """One line per order, delivery and month of service, to the end of the term."""
    return write_records(
        Grid("Calc_Minimums", "workings"),
        "tblMinimums",
        [*_which(facts), *_minimum(lists, offers), *_money(facts, inputs, offers, prices)],
        [Owed(row, month) for row in delivered for month in months_between(row.start, row.end)],
        "Minimums: what take-or-pay orders owe in each month, used or not",
        "Windows of the horizon are held against these months on sheet Take_or_Pay; months after the horizon are"
        " an obligation and stand on Payments.",
    )


def _which(facts: Facts) -> list[Field[Owed]]:
    terms = facts.take_or_pay
    return [
        Field("Order", lambda r, _: r.delivery.order),
        Field("Contract", lambda r, _: r.delivery.contract),
        Field("Outlook", lambda r, _: r.delivery.outlook),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
        Field("Month of service", lambda r, _: r.month - r.delivery.start + 1, fmt=Fmt.WHOLE),
        Field(
            "Ramp share",
            lambda r, _: terms[r.delivery.contract].ramp_share(r.month - r.delivery.start),
            Kind.INPUT,
            Fmt.SHARE,
        ),
    ]


def _minimum(lists: BuyLists, offers: Records[OfferRow]) -> list[Field[Owed]]:
    def minimum(_: Owed, at: Line) -> Expr:
        return at["Nodes"] / at["Lot nodes"] * at["Minimum a month and lot"] * at["Ramp share"]

    return [
        Field("Nodes", lambda r, at: lists.looked_up(r.delivery.order, at["Order"], "Nodes"), Kind.LINK, Fmt.WHOLE),
        _term(offers, "Lot nodes", Fmt.WHOLE),
        _term(offers, "Minimum a month and lot", Fmt.QUANTITY),
        _term(offers, "Unit of the minimum", Fmt.TEXT),
        Field("Minimum", minimum, Kind.CALC, Fmt.QUANTITY),
    ]


def _term(offers: Records[OfferRow], header: str, fmt: Fmt) -> Field[Owed]:
    keys, values = offers.column("Contract"), offers.column(header)
    return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)


def _money(facts: Facts, inputs: Inputs, offers: Records[OfferRow], prices: Prices | None) -> list[Field[Owed]]:
    signed = _term(offers, "USD per unit of minimum", Fmt.PRICE)

    def per_unit(row: Owed, at: Line) -> Expr:
        """A minimum in node-hours is owed at the price of its month."""
        if prices is None or not facts.moves_by_unit(row.delivery.contract):
            return signed.of(row, at)  # type: ignore[no-any-return]
        return prices.of(row.delivery.order, at, at["Month"])

    return [
        Field(signed.header, per_unit, Kind.LINK, Fmt.PRICE),
        Field("Minimum USD", lambda _, at: at["Minimum"] * at["USD per unit of minimum"], Kind.CALC, Fmt.CENTS),
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        Field(
            "Expected minimum USD",
            lambda _, at: at["Minimum USD"] * at["Probability"],
            Kind.CALC,
            Fmt.CENTS,
            total=True,
        ),
    ]
