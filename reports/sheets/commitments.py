"""Commitments: what is held and what would be signed, until when, and what is still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.terms.held import HeldContract
from optimizer.plan import Order
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr
from reports.functions import compared, greatest, looked_up, quoted, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow


@dataclass(frozen=True, slots=True)
class Commitment:
    """A held contract, or an order of this plan."""

    id: str
    kind: str
    contract: str
    offering: str
    nodes: int
    start: date
    end: date


def commitments(facts: Facts) -> tuple[Commitment, ...]:
    """Held contracts, then orders by start."""
    held = (_held(h) for h in facts.held)
    orders = (_order(o) for o in sorted(facts.plan.orders, key=lambda o: (o.start, o.order)))
    return (*held, *orders)


def _held(row: HeldContract) -> Commitment:
    return Commitment(row.held, "held", row.held, row.offering, row.nodes, row.start.first_day, row.end.first_day)


def _order(row: Order) -> Commitment:
    return Commitment(
        row.order, "reserved", row.contract, row.offering, row.nodes, row.start.first_day, row.end.first_day
    )


def commitments_sheet(
    facts: Facts, inputs: Inputs, offers: Records[OfferRow], buy_list: Records[Order]
) -> Records[Commitment]:
    """One line per commitment."""
    return write_records(
        Grid("Commitments", "decisions"),
        "tblCommit",
        [*_identity(offers, buy_list), *_terms(inputs, offers), *_owed(inputs), *_lease(inputs)],
        commitments(facts),
        "Commitments: held before this plan, and new with it",
        "Service cost is price x nodes x hours, paid or not. The lease column is a hint for accounting, not a verdict.",
    )


def _identity(offers: Records[OfferRow], buy_list: Records[Order]) -> list[Field[Commitment]]:
    providers = offers.column("Provider")

    def from_order(row: Commitment, at: Line, header: str, held: object) -> object:
        if row.kind == "held":
            return held
        return looked_up(at["Commitment"], buy_list.column("Order"), buy_list.column(header))

    return [
        Field("Commitment", lambda r, _: r.id),
        Field("Kind", lambda r, _: r.kind),
        Field("Contract", lambda r, _: r.contract),
        Field("Provider", lambda _, at: looked_up(at["Contract"], offers.column("Contract"), providers), Kind.LINK),
        Field("Offering", lambda r, _: r.offering),
        Field("Pool", lambda *_: "base"),
        Field(
            "Nodes",
            lambda r, at: from_order(r, at, "Nodes", r.nodes),
            Kind.LINK,
            Fmt.WHOLE,
            total=True,
            kind_of=_origin,
        ),
        Field("Start", lambda r, at: from_order(r, at, "Start", r.start), Kind.LINK, Fmt.DATE, kind_of=_origin),
        Field("End", lambda r, at: from_order(r, at, "End", r.end), Kind.LINK, Fmt.DATE, kind_of=_origin),
    ]


def _origin(_: Commitment, what: object) -> Kind:
    """What is held was typed in; what is new is linked to the buy list."""
    return Kind.LINK if isinstance(what, Expr) else Kind.INPUT


def _terms(inputs: Inputs, offers: Records[OfferRow]) -> list[Field[Commitment]]:
    def term(header: str, fmt: Fmt = Fmt.TEXT) -> Field[Commitment]:
        keys, values = offers.column("Contract"), offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)

    def left(_: Commitment, at: Line) -> Expr:
        days = at["End"] - greatest(at["Start"], inputs["ModelStart"])
        return days * inputs["HoursPerDay"]

    return [
        term("Term months", Fmt.WHOLE),
        term("Firm"),
        term("Price USD per node hour", Fmt.PRICE),
        term("Upfront share", Fmt.SHARE),
        Field("Hours from plan start", left, Kind.CALC, Fmt.WHOLE),
        Field(
            "Hours after the horizon",
            lambda _, at: (
                greatest(ZERO, at["End"] - greatest(at["Start"], inputs["HorizonEnd"])) * inputs["HoursPerDay"]
            ),
            Kind.CALC,
            Fmt.WHOLE,
        ),
    ]


def _owed(inputs: Inputs) -> list[Field[Commitment]]:
    def service(hours: str) -> Field[Commitment]:
        header = "Service from plan start USD" if hours == "Hours from plan start" else "Service after horizon USD"
        return Field(
            header,
            lambda _, at: at["Nodes"] * at[hours] * at["Price USD per node hour"],
            Kind.CALC,
            Fmt.MONEY,
            total=True,
        )

    def paid_before(_: Commitment, at: Line) -> Expr:
        before = compared(at["Start"], "<", inputs["ModelStart"])
        return when(before, at["Service from plan start USD"] * at["Upfront share"], ZERO)

    def payable_after(_: Commitment, at: Line) -> Expr:
        return at["Service after horizon USD"] * (ONE - at["Upfront share"])

    def payable_in(_: Commitment, at: Line) -> Expr:
        start = at["Service from plan start USD"] - at["Paid before plan start USD"]
        return start - at["Payable after horizon USD"]

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        service("Hours from plan start"),
        service("Hours after the horizon"),
        Field("Paid before plan start USD", paid_before, calc, money, total=True),
        Field("Payable after horizon USD", payable_after, calc, money, total=True),
        Field("Payable in horizon USD", payable_in, calc, money, total=True),
        Field(
            "Ends in the horizon",
            lambda _, at: when(compared(at["End"], "<=", inputs["HorizonEnd"]), quoted("yes"), quoted("no")),
            calc,
        ),
    ]


def _lease(inputs: Inputs) -> list[Field[Commitment]]:
    def hint(_: Commitment, at: Line) -> Expr:
        long = compared(at["Term months"], ">", inputs["LeaseMonths"])
        return when(long, quoted("review: long term"), quoted("service"))

    return [Field("Lease hint", hint, Kind.CALC)]
