"""Commitments: what is held and what would be signed, until when, and what is still owed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.terms.held import HeldContract
from optimizer.plan import Order
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, greatest, looked_up, months_later, quoted, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.buy_list import BuyLists
from reports.sheets.inputs import Inputs
from reports.sheets.minimums import Owed
from reports.sheets.offers import OfferRow
from reports.sheets.prices import Prices

EXPECTED_NODES = "Expected nodes"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A held contract, or an order of this plan; one line for each outlook where it can be delivered late."""

    id: str
    kind: str
    contract: str
    offering: str
    nodes: int
    start: date
    end: date
    outlook: str = ALL_OUTLOOKS
    delay_months: int = 0


def commitments(facts: Facts) -> tuple[Commitment, ...]:
    """Held contracts, then orders by start."""
    held = (_held(h) for h in facts.held)
    orders = sorted(facts.plan.orders, key=lambda o: (o.start, o.order))
    return (*held, *(row for order in orders for row in deliveries(facts, order)))


def _held(row: HeldContract) -> Commitment:
    return Commitment(row.held, "held", row.held, row.offering, row.nodes, row.start.first_day, row.end.first_day)


def deliveries(facts: Facts, row: Order) -> Iterator[Commitment]:
    """An order as it is delivered: once if it is on time wherever it exists, else once for each outlook."""
    kind = "take_or_pay" if row.contract in facts.take_or_pay else "reserved"
    outlooks = [row.outlook] if row.outlook else [o.outlook for o in facts.scenario.outlooks]
    names = facts.futures.offering_names[row.offering]
    late = {o: facts.futures.delay_months(o, row.start, names) for o in outlooks}
    billed = late if any(late.values()) else {row.outlook or ALL_OUTLOOKS: 0}
    for outlook, delay in billed.items():
        start, end = (month + delay for month in (row.start, row.end))
        days = start.first_day, end.first_day
        yield Commitment(row.order, kind, row.contract, row.offering, row.nodes, *days, outlook, delay)


def nodes_header(facts: Facts) -> str:
    """The column with the nodes that count on average over the outlooks."""
    return EXPECTED_NODES if facts.several else "Nodes"


def commitments_sheet(
    facts: Facts,
    inputs: Inputs,
    offers: Records[OfferRow],
    lists: BuyLists,
    minimums: Records[Owed] | None,
    prices: Prices | None,
) -> Records[Commitment]:
    """One line per commitment and delivery."""
    rows = commitments(facts)
    notes = ["Service cost is price x nodes x hours, paid or not"]
    if minimums is not None:
        notes.append("under take-or-pay it is the minimum (Calc_Minimums)")
    if prices is not None:
        notes.append("where the price moves, it is that of each month (Calc_Prices)")
    if facts.several:
        notes.append("amounts are weighed with the probability of the line's outlook")
    return write_records(
        Grid("Commitments", "decisions"),
        "tblCommit",
        [
            *_identity(facts, inputs, offers, lists, rows),
            *_terms(inputs, offers),
            *_owed(nodes_header(facts), inputs, minimums, prices),
            *_lease(inputs),
        ],
        rows,
        "Commitments: held before this plan, and new with it",
        f"{'; '.join(notes)}. The lease column is a hint for accounting, not a verdict.",
    )


def _identity(
    facts: Facts, inputs: Inputs, offers: Records[OfferRow], lists: BuyLists, rows: tuple[Commitment, ...]
) -> list[Field[Commitment]]:
    providers = offers.column("Provider")

    def from_order(row: Commitment, at: Line, header: str, held: object) -> Expr | object:
        return held if row.kind == "held" else lists.looked_up(row.id, at["Commitment"], header)

    def day(row: Commitment, at: Line, header: str, held: date) -> object:
        promised = from_order(row, at, header, held)
        return months_later(promised, at["Delay months"]) if isinstance(promised, Expr) and delayed else promised

    delayed = any(row.delay_months for row in rows)
    given = Kind.INPUT
    delay = Field[Commitment]("Delay months", lambda r, _: r.delay_months, given, Fmt.WHOLE)
    return [
        Field("Commitment", lambda r, _: r.id),
        Field("Kind", lambda r, _: r.kind),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Contract", lambda r, _: r.contract),
        Field("Provider", lambda _, at: looked_up(at["Contract"], offers.column("Contract"), providers), Kind.LINK),
        Field("Offering", lambda r, _: r.offering),
        Field("Pool", lambda *_: "base"),
        Field(
            "Nodes",
            lambda r, at: from_order(r, at, "Nodes", r.nodes),
            Kind.LINK,
            Fmt.WHOLE,
            total=not facts.several,
            kind_of=_origin,
        ),
        *(_chance(inputs) if facts.several else []),
        *([delay] if delayed else []),
        Field("Start", lambda r, at: day(r, at, "Start", r.start), Kind.LINK, Fmt.DATE, kind_of=_origin),
        Field("End", lambda r, at: day(r, at, "End", r.end), Kind.LINK, Fmt.DATE, kind_of=_origin),
    ]


def _chance(inputs: Inputs) -> list[Field[Commitment]]:
    return [
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        Field(EXPECTED_NODES, lambda _, at: at["Nodes"] * at["Probability"], Kind.CALC, Fmt.QUANTITY, total=True),
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


def _owed(
    nodes: str, inputs: Inputs, minimums: Records[Owed] | None, prices: Prices | None
) -> list[Field[Commitment]]:
    def minimum(at: Line, from_day: Expr) -> Expr:
        assert minimums is not None
        return sum_where(
            minimums.column("Expected minimum USD"),
            Where(minimums.column("Order"), "=", at["Commitment"]),
            Where(minimums.column("Outlook"), "=", at["Outlook"]),
            Where(minimums.column("Month"), ">=", from_day),
        )

    def service(header: str, hours: str, from_day: Expr) -> Field[Commitment]:
        def cost(row: Commitment, at: Line) -> Expr:
            if row.kind == "take_or_pay":
                return minimum(at, from_day)
            if prices is not None and row.id in prices.orders:
                return prices.service_usd(at, from_day)
            return at[nodes] * at[hours] * at["Price USD per node hour"]

        return Field(header, cost, Kind.CALC, Fmt.MONEY, total=True)

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
        service("Service from plan start USD", "Hours from plan start", inputs["ModelStart"]),
        service("Service after horizon USD", "Hours after the horizon", inputs["HorizonEnd"]),
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
