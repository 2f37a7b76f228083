"""Offers: every contract that was considered, its price and terms, and why the others were not taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.offerings import Offering
from contracts.clauses import DOLLARS, DueDay
from contracts.terms.capacity_block import HOURS_PER_DAY, CapacityBlock
from contracts.terms.common import ContractTerms
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.ordering import OrderedTerms
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import VolumePriced
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr
from reports.functions import compared, greatest, looked_up, natural_log, quoted, ratio, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs
from reports.why_words import not_taken_words

Offer = ContractTerms | HeldContract
_KIND = {
    OnDemand: "on_demand",
    Spot: "spot",
    Reserved: "reserved",
    TakeOrPay: "take_or_pay",
    VolumePriced: "volume",
    CapacityBlock: "capacity_block",
    Owned: "owned",
}
_LEVEL = {
    "on_demand": "negotiated",
    "spot": "spot",
    "reserved": "committed",
    "take_or_pay": "committed",
    "volume": "negotiated",
    "capacity_block": "committed",
    "owned": "owned",
    "held": "committed",
}
NODE_HOURS = "node hours"
_UNITS = {"node_hour": NODE_HOURS, "usd": "USD"}


@dataclass(frozen=True, slots=True)
class OfferRow:
    """Contract terms or a held contract, under one set of words."""

    id: str
    kind: str
    terms: Offer
    taken: bool
    why_not: str

    def of(self, name: str, otherwise: Any = None) -> Any:
        """A clause, where this kind of contract has it."""
        value = getattr(self.terms, name, None)
        return otherwise if value is None else value


def offers_sheet(facts: Facts, inputs: Inputs, offerings: Records[Offering]) -> Records[OfferRow]:
    """One line per contract, held contracts last."""
    taken = {o.contract for o in facts.plan.orders} | {u.contract for u in facts.plan.usages}
    rows = [_row(facts, terms, taken) for terms in facts.contracts]
    rows += [OfferRow(h.held, "held", h, True, "") for h in facts.held]
    return write_records(
        Grid("Offers", "inputs"),
        "tblOffers",
        _fields(facts, inputs, offerings),
        rows,
        "Offers: contracts considered, their prices and terms",
        "Three levels of price: list (public), on demand as negotiated, committed (reserved, held)."
        " Fictitious offers stand for private quotes; their rule is in the last column.",
    )


def _row(facts: Facts, terms: ContractTerms, taken: set[str]) -> OfferRow:
    return OfferRow(terms.contract, _KIND[type(terms)], terms, terms.contract in taken, _why_not(facts, terms, taken))


def _why_not(facts: Facts, terms: ContractTerms, taken: set[str]) -> str:
    if terms.contract in taken:
        return ""
    told = not_taken_words(facts.plan).get(terms.contract)
    if told is not None:
        return told
    expired = terms.quote_valid_until is not None and terms.quote_valid_until < facts.scenario.run.order_date
    if isinstance(terms, OrderedTerms) and expired:
        return "the quote had expired on the order date"
    if terms.offering not in facts.in_plan:
        return facts.why_not(terms.offering)
    return "could be bought, but is not part of this plan"


def _fields(facts: Facts, inputs: Inputs, offerings: Records[Offering]) -> list[Field[OfferRow]]:
    minimums = _minimums() if facts.take_or_pay else []
    return [
        *_identity(offerings),
        *_in_its_currency(facts, inputs),
        *_prices(facts, inputs, offerings),
        *_clauses(),
        *_price_clauses(facts),
        *(_rights() if facts.have_rights else []),
        *_dated(facts),
        *_bought(facts),
        *minimums,
        *_spot_clauses(inputs),
        *_evidence(facts),
    ]


def _identity(offerings: Records[Offering]) -> list[Field[OfferRow]]:
    keys, names = offerings.column("Offering"), offerings.column("Provider")
    return [
        Field("Contract", lambda r, _: r.id),
        Field("Purchase kind", lambda r, _: r.kind),
        Field("Offering", lambda r, _: r.terms.offering),
        Field("Provider", lambda _, at: looked_up(at["Offering"], keys, names), Kind.LINK),
        Field("Taken", lambda r, _: r.taken, Kind.DECISION),
    ]


def _in_its_currency(facts: Facts, inputs: Inputs) -> list[Field[OfferRow]]:
    """Currency, price in it and its rate; nothing where all prices are in dollars."""
    if not facts.scenario.exchange_rates:
        return []
    rates = inputs.rates

    def rate(row: OfferRow, _: Line) -> Expr | None:
        return rates[row.of("currency")] if row.of("currency", DOLLARS) != DOLLARS else None

    return [
        Field("Currency", lambda r, _: r.of("currency", DOLLARS), Kind.INPUT),
        Field("Price per node hour in it", lambda r, _: r.of("price_per_node_hour"), Kind.INPUT, Fmt.FACTOR),
        Field("USD per unit of currency", rate, Kind.LINK, Fmt.FACTOR),
    ]


def _prices(facts: Facts, inputs: Inputs, offerings: Records[Offering]) -> list[Field[OfferRow]]:
    def price(row: OfferRow, at: Line) -> Expr | Decimal:
        if row.of("price_per_node_hour") is None:
            return row.terms.price_usd_per_node_hour
        return at["Price per node hour in it"] * at["USD per unit of currency"]

    keys, prices = offerings.column("Offering"), offerings.column("List USD per node hour")
    return [
        Field("Price level", lambda r, _: _LEVEL[r.kind]),
        Field("List USD per node hour", lambda _, at: looked_up(at["Offering"], keys, prices), Kind.LINK, Fmt.PRICE),
        Field("Price USD per node hour", price, Kind.INPUT, Fmt.PRICE, kind_of=_typed_or_calculated),
        Field(
            "Below list",
            lambda _, at: ratio(
                at["List USD per node hour"] - at["Price USD per node hour"], at["List USD per node hour"]
            ),
            Kind.CALC,
            Fmt.SHARE,
        ),
    ]


def _clauses() -> list[Field[OfferRow]]:
    given = Kind.INPUT
    return [
        Field("Upfront share", lambda r, _: _upfront_share(r), given, Fmt.SHARE),
        Field("Term months", lambda r, _: _term(r), given, Fmt.GENERAL),
        Field("Firm", lambda r, _: r.of("firm", False), given),
        Field("Lot nodes", lambda r, _: r.of("lot_nodes"), given, Fmt.GENERAL),
        Field("Least order nodes", lambda r, _: r.of("minimum_order_nodes"), given, Fmt.GENERAL),
        Field("Most order nodes", lambda r, _: r.of("maximum_order_nodes"), given, Fmt.GENERAL),
        Field("Earliest start", lambda r, _: _day(r.of("earliest_start")), given, Fmt.DATE),
        Field("Latest start", lambda r, _: _day(r.of("latest_start")), given, Fmt.DATE),
        Field("Starts every months", lambda r, _: r.of("start_every_months"), given, Fmt.GENERAL),
        Field("Quote", lambda r, _: r.of("quote", ""), given),
        Field("Quote valid until", lambda r, _: r.of("quote_valid_until"), given, Fmt.DATE),
    ]


def _typed_or_calculated(_: OfferRow, what: object) -> Kind:
    return Kind.CALC if isinstance(what, Expr) else Kind.INPUT


def _price_clauses(facts: Facts) -> list[Field[OfferRow]]:
    """When a month is paid and how the price moves; only where some contract says so."""
    given, contracts = Kind.INPUT, facts.contracts
    fields: list[Field[OfferRow]] = []
    if any(c.net_days or c.due_day is DueDay.IN_ADVANCE for c in contracts):
        fields += [
            Field("A month is due", lambda r, _: str(r.of("due_day", "")).replace("_", " "), given),
            Field("Net days", lambda r, _: r.of("net_days"), given, Fmt.GENERAL),
        ]
    if any(_moves(c) for c in contracts):
        fields += [
            Field("Escalator a year", lambda r, _: r.of("escalator_share_per_year", 0), given, Fmt.SHARE),
            Field("Most favoured of", lambda r, _: r.of("most_favoured_of", ""), given),
            Field("Most favoured share", lambda r, _: _favoured_share(r), given, Fmt.SHARE),
        ]
    return fields


def _rights() -> list[Field[OfferRow]]:
    """Rights to leave, to swap and to stay; only where some contract has one."""
    given = Kind.INPUT
    return [
        Field("Terminable after months", lambda r, _: r.of("terminable_after_months"), given, Fmt.GENERAL),
        Field("Termination notice days", lambda r, _: r.of("termination_notice_days"), given, Fmt.GENERAL),
        Field("Termination fee share", lambda r, _: r.of("termination_fee_share", 0), given, Fmt.SHARE),
        Field("Swap to", lambda r, _: r.of("swap_to", ""), given),
        Field("Swap after months", lambda r, _: r.of("swap_after_months"), given, Fmt.GENERAL),
        Field("Swap USD per node hour", lambda r, _: r.of("swap_price_usd_per_node_hour"), given, Fmt.PRICE),
        Field("Renewal months", lambda r, _: r.of("renewal_months"), given, Fmt.GENERAL),
        Field("Renewals at most", lambda r, _: r.of("renewals_at_most") if r.of("renewal_months") else None, given),
        Field("Renewal price factor", lambda r, _: r.of("renewal_price_factor"), given, Fmt.FACTOR),
        Field("Renewal notice days", lambda r, _: r.of("renewal_notice_days"), given, Fmt.GENERAL),
        Field("Renews by itself", lambda r, _: r.of("auto_renews"), given),
    ]


def _moves(terms: ContractTerms) -> bool:
    row = OfferRow("", "", terms, False, "")
    return bool(row.of("escalator_share_per_year") or row.of("most_favoured_of"))


def _favoured_share(row: OfferRow) -> Decimal | None:
    share: Decimal | None = row.of("most_favoured_share") if row.of("most_favoured_of") else None
    return share


def _minimums() -> list[Field[OfferRow]]:
    """What take-or-pay terms add: the minimum, over which months it is added up, and what happens to the rest."""
    given = Kind.INPUT

    def clause(header: str, of: Callable[[TakeOrPay], Any], fmt: Fmt = Fmt.TEXT) -> Field[OfferRow]:
        return Field(header, lambda r, _: of(r.terms) if isinstance(r.terms, TakeOrPay) else None, given, fmt)

    def per_unit(row: OfferRow, at: Line) -> Expr | None:
        if not isinstance(row.terms, TakeOrPay):
            return None
        by_the_hour = compared(at["Unit of the minimum"], "=", quoted(NODE_HOURS))
        return when(by_the_hour, at["Price USD per node hour"], ONE)

    return [
        clause("Minimum a month and lot", lambda t: t.minimum_units_per_lot, Fmt.QUANTITY),
        clause("Unit of the minimum", lambda t: _UNITS[t.unit]),
        Field("USD per unit of minimum", per_unit, Kind.CALC, Fmt.PRICE),
        clause("Minimum added up over months", lambda t: t.window_months, Fmt.WHOLE),
        clause("Minimum grows by", lambda t: ", then ".join(f"{x:.0%}" for x in t.ramp_shares) or "full at once"),
        clause("Months owed in full", lambda t: sum(t.ramp_share(i) for i in range(t.term_months)), Fmt.QUANTITY),
        clause("Excess carries forward", lambda t: t.excess_carries_forward),
        clause("Unused can be made up", lambda t: t.make_up_right),
    ]


def _spot_clauses(inputs: Inputs) -> list[Field[OfferRow]]:
    given = Kind.INPUT

    def productive(_: OfferRow, at: Line) -> Expr:
        stays = natural_log(ONE - at["Interrupted per month"])
        return greatest(ZERO, ONE + stays / inputs["StatHours"] * at["Recovery hours"])

    return [
        Field("Startup uplift", lambda r, _: r.of("startup_uplift_share", 0), given, Fmt.SHARE),
        Field("Spot depth nodes", lambda r, _: r.of("spot_depth_nodes"), given, Fmt.GENERAL),
        Field("Interrupted per month", lambda r, _: r.of("interruption_share_per_month", 0), given, Fmt.SHARE),
        Field("Recovery hours", lambda r, _: r.of("recovery_hours", 0), given, Fmt.QUANTITY),
        Field("Productive share", productive, Kind.CALC, Fmt.SHARE),
    ]


def _evidence(facts: Facts) -> list[Field[OfferRow]]:
    return [
        Field("Evidence", lambda r, _: r.terms.evidence.value, Kind.INPUT),
        Field("As of", lambda r, _: r.terms.as_of, Kind.INPUT, Fmt.DATE),
        Field("Fictitious", lambda r, _: r.of("fictitious", False), Kind.INPUT),
        Field("Why not taken", lambda r, _: r.why_not, wrap=True, max_width=45),
        Field("Source", lambda r, _: facts.source_of(r.terms), Kind.NOTE),
        Field("Pricing rule", lambda r, _: r.of("pricing_rule", ""), Kind.NOTE, wrap=True, max_width=44),
    ]


def _upfront_share(row: OfferRow) -> Any:
    """A block and hardware are paid when they begin to serve."""
    return 1 if isinstance(row.terms, CapacityBlock | Owned) else row.of("upfront_share", 0)


def _dated(facts: Facts) -> list[Field[OfferRow]]:
    """Dates and sizes of capacity blocks; only where there are some."""
    if not facts.scenario.capacity_blocks:
        return []
    given = Kind.INPUT
    hours = Field[OfferRow](
        "Hours of service",
        lambda r, _: r.terms.days * HOURS_PER_DAY if isinstance(r.terms, CapacityBlock) else None,
        given,
        Fmt.GENERAL,
    )
    return [
        Field("First day", lambda r, _: r.of("first_day"), given, Fmt.DATE),
        Field("Days", lambda r, _: r.of("days"), given, Fmt.GENERAL),
        hours,
        Field("Sizes nodes", lambda r, _: ", ".join(map(str, r.of("sizes_nodes", ()))), given),
    ]


def _bought(facts: Facts) -> list[Field[OfferRow]]:
    """What owned hardware costs and takes; only where some is on offer."""
    if not facts.scenario.owned:
        return []
    given = Kind.INPUT

    def site_kw(row: OfferRow, _: Line) -> Decimal | None:
        return row.terms.site_power_kw_per_node if isinstance(row.terms, Owned) else None

    def escalator(row: OfferRow, _: Line) -> Decimal | None:
        return row.terms.escalator_share_per_year if isinstance(row.terms, Owned) else None

    return [
        Field("Site", lambda r, _: r.of("site", ""), given),
        Field("Capex USD per node", lambda r, _: r.of("capex_usd_per_node"), given, Fmt.MONEY),
        Field("Residual USD per node", lambda r, _: r.of("residual_usd_per_node"), given, Fmt.MONEY),
        Field("Upkeep USD per node month", lambda r, _: r.of("upkeep_usd_per_node_month"), given, Fmt.PRICE),
        Field("Upkeep escalator", escalator, given, Fmt.SHARE),
        Field("Site kW per node", site_kw, given, Fmt.QUANTITY),
        Field("Power USD per kWh", lambda r, _: r.of("power_price_usd_per_kwh"), given, Fmt.PRICE),
        Field("Rack units per node", lambda r, _: r.of("rack_units_per_node"), given, Fmt.QUANTITY),
    ]


def _term(row: OfferRow) -> int | None:
    if isinstance(row.terms, HeldContract | CapacityBlock):
        return row.terms.end - row.terms.start
    return row.of("term_months")  # type: ignore[no-any-return]


def _day(month: Any) -> Any:
    return None if month is None else month.first_day
