"""Commitments: what is held and what would be signed, until when, and what is still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.plan_contracts import Right, RightUsed
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, greatest, looked_up, months_later, quoted, ratio, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.buy_list import BuyLists
from reports.sheets.committed import LATE_KEY, Commitment, commitments, late_key
from reports.sheets.courses import RENEWED, SWAPPED, TERM
from reports.sheets.inputs import Inputs
from reports.sheets.minimums import Owed
from reports.sheets.offers import OfferRow
from reports.sheets.owned import OwnedSheets
from reports.sheets.prices import Prices
from reports.sheets.rights import RightRow
from scenarios.policy import Lost

EXPECTED_NODES = "Expected nodes"
SERVICE_AND_FEE = "Service and fee USD"
"""Service from plan start with the fee for leaving; only in plans that use rights."""
RESIDUAL = "Residual after horizon USD"


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
    rights: Records[RightRow] | None,
    owned: OwnedSheets | None,
) -> Records[Commitment]:
    """One line per commitment and delivery."""
    rows = commitments(facts)
    notes = ["Service cost is price x nodes x hours, paid or not"]
    if minimums is not None:
        notes.append("under take-or-pay it is the minimum (Calc_Minimums)")
    if prices is not None:
        notes.append("where the price moves, it is that of each month (Calc_Prices)")
    if facts.plan.rights:
        notes.append("where rights are used, nodes stand by the way in which they serve (sheet Rights)")
    if facts.several:
        notes.append("amounts are weighed with the probability of the line's outlook")
    return write_records(
        Grid("Commitments", "decisions"),
        "tblCommit",
        [
            *_identity(facts, inputs, offers, lists, rows, rights),
            *_terms(facts, inputs, offers),
            *_owed(_Owing(facts, inputs, offers, minimums, prices, owned)),
            *(_fee(nodes_header(facts), offers) if facts.plan.rights else []),
            *_lease(inputs),
        ],
        rows,
        "Commitments: held before this plan, and new with it",
        f"{'; '.join(notes)}. The lease column is a hint for accounting, not a verdict.",
    )


def _identity(
    facts: Facts,
    inputs: Inputs,
    offers: Records[OfferRow],
    lists: BuyLists,
    rows: tuple[Commitment, ...],
    rights: Records[RightRow] | None,
) -> list[Field[Commitment]]:
    providers = offers.column("Provider")
    delayed = any(row.delay_months for row in rows)
    signed = _Signed(facts, offers, lists, rights, delayed)
    with_rights = bool(facts.plan.rights)
    given = Kind.INPUT
    delay = Field[Commitment]("Delay months", lambda r, _: r.delay_months, given, Fmt.WHOLE)
    return [
        Field("Commitment", lambda r, _: r.id),
        Field("Kind", lambda r, _: r.kind),
        *([Field[Commitment]("Course", lambda r, _: r.course)] if with_rights else []),
        *([Field[Commitment](LATE_KEY, lambda r, _: _late_key(facts, r))] if _late_events(facts) else []),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Contract", lambda r, _: r.contract),
        Field("Provider", lambda _, at: looked_up(at["Contract"], offers.column("Contract"), providers), Kind.LINK),
        Field("Offering", lambda r, _: r.offering),
        Field("Pool", lambda *_: "base"),
        Field(
            "Nodes",
            signed.nodes,
            Kind.LINK,
            Fmt.WHOLE,
            total=not facts.several,
            kind_of=_origin,
        ),
        *(_chance(inputs) if facts.several else []),
        *([delay] if delayed else []),
        Field("Start", signed.start, Kind.LINK, Fmt.DATE, kind_of=_origin),
        Field("End", signed.end, Kind.LINK, Fmt.DATE, kind_of=_origin),
        *([Field("Term ends", signed.term_ends, Kind.LINK, Fmt.DATE, kind_of=_origin)] if with_rights else []),
    ]


def _late_events(facts: Facts) -> bool:
    return any(event.lost is Lost.DELIVERY for event in facts.scenario.policy.contingencies)


def _late_key(facts: Facts, row: Commitment) -> str:
    """Of firm orders by the lot, in their plain term: what an event may leave undelivered."""
    firm = any(terms.contract == row.contract and terms.firm for terms in _by_the_lot(facts))
    return late_key(row.offering, row.outlook) if firm and row.course == TERM and row.kind != "held" else "-"


def _by_the_lot(facts: Facts) -> tuple[Reserved | TakeOrPay | Owned, ...]:
    return (*facts.scenario.reserved, *facts.scenario.take_or_pay, *facts.scenario.owned)


@dataclass(frozen=True)
class _Signed:
    """Nodes and days of a line: typed for what is held, from the buy list for orders, from Rights for rights used."""

    facts: Facts
    offers: Records[OfferRow]
    lists: BuyLists
    rights: Records[RightRow] | None
    delayed: bool

    def nodes(self, row: Commitment, at: Line) -> object:
        """Those of the right used, or what is left of all nodes."""
        if row.used is not None:
            return self._of_right(row.used, "To nodes" if row.course == SWAPPED else "Nodes")
        known = self._typed_or_listed(row, at, "Nodes", row.nodes)
        taken = [used for used in self.facts.plan.rights if row.id in (used.order, used.held)]
        if not taken or self.rights is None:
            return known
        whole: Expr | None = known if isinstance(known, Expr) else None
        away = self._away(row, at)
        if whole is None:
            return row.nodes
        return whole - away

    def _away(self, row: Commitment, at: Line) -> Expr:
        assert self.rights is not None
        sums = [
            sum_where(
                self.rights.column("Nodes"),
                Where(self.rights.column("Commitment"), "=", at["Commitment"]),
                Where(self.rights.column("Right"), "=", quoted(right.value)),
                Where(self.rights.column("Outlook"), "=", outlook),
            )
            for right in (Right.TERMINATE, Right.SWAP)
            for outlook in [quoted(ALL_OUTLOOKS), *([at["Outlook"]] if row.outlook != ALL_OUTLOOKS else [])]
        ]
        away = sums[0]
        for each in sums[1:]:
            away = away + each
        return away

    def start(self, row: Commitment, at: Line) -> object:
        """First day of service in this way."""
        if row.used is not None and row.course == SWAPPED:
            return self._of_right(row.used, "From month")
        if row.course == RENEWED:
            return self._day(row, at, "End", row.start)
        return self._day(row, at, "Start", row.start)

    def end(self, row: Commitment, at: Line) -> object:
        """First day that is no longer served in this way."""
        if row.used is None:
            return self._day(row, at, "End", row.end)
        if row.course == RENEWED:
            keys, months = self.offers.column("Contract"), self.offers.column("Renewal months")
            more = looked_up(at["Contract"], keys, months) * self._of_right(row.used, "Renewals")
            return months_later(at["Start"], more)
        if row.course == SWAPPED:
            return self._day(row, at, "End", row.end)
        return self._of_right(row.used, "From month")

    def term_ends(self, row: Commitment, at: Line) -> object:
        """The end of a term that is given up; blank for all others."""
        return None if row.term_ends is None else self._day(row, at, "End", row.term_ends)

    def _of_right(self, used: RightUsed, header: str) -> Expr:
        assert self.rights is not None
        place = next(i for i, row in enumerate(self.rights.rows) if row.used is used)
        return self.rights.cell(place, header)

    def _typed_or_listed(self, row: Commitment, at: Line, header: str, held: object) -> object:
        return held if row.kind == "held" else self.lists.looked_up(row.id, at["Commitment"], header)

    def _day(self, row: Commitment, at: Line, header: str, held: date) -> object:
        promised = self._typed_or_listed(row, at, header, held)
        late = isinstance(promised, Expr) and self.delayed
        return months_later(promised, at["Delay months"]) if late and isinstance(promised, Expr) else promised


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


def _terms(facts: Facts, inputs: Inputs, offers: Records[OfferRow]) -> list[Field[Commitment]]:
    def term(header: str, fmt: Fmt = Fmt.TEXT) -> Field[Commitment]:
        keys, values = offers.column("Contract"), offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)

    def price(row: Commitment, at: Line) -> Expr:
        keys, signed = offers.column("Contract"), offers.column("Price USD per node hour")
        if row.course == SWAPPED:
            return looked_up(at["Contract"], keys, offers.column("Swap USD per node hour"))
        known = looked_up(at["Contract"], keys, signed)
        if row.course == RENEWED:
            return known * looked_up(at["Contract"], keys, offers.column("Renewal price factor"))
        return known

    def upfront(row: Commitment, at: Line) -> Expr:
        if row.course != TERM:
            return ZERO
        return looked_up(at["Contract"], offers.column("Contract"), offers.column("Upfront share"))

    def left(_: Commitment, at: Line) -> Expr:
        days = at["End"] - greatest(at["Start"], inputs["ModelStart"])
        return days * inputs["HoursPerDay"]

    return [
        term("Term months", Fmt.WHOLE),
        term("Firm"),
        Field("Price USD per node hour", price, Kind.LINK, Fmt.PRICE),
        Field("Upfront share", upfront, Kind.LINK, Fmt.SHARE),
        Field("Hours from plan start", left, Kind.CALC, Fmt.WHOLE),
        Field(
            "Hours after the horizon",
            lambda _, at: (
                greatest(ZERO, at["End"] - greatest(at["Start"], inputs["HorizonEnd"])) * inputs["HoursPerDay"]
            ),
            Kind.CALC,
            Fmt.WHOLE,
        ),
        *(_given_up(inputs) if facts.plan.rights else []),
    ]


def _given_up(inputs: Inputs) -> list[Field[Commitment]]:
    """Hours of the term that nodes which leave do not serve; what was paid upfront for them stays on the books."""

    def hours(row: Commitment, at: Line) -> Expr | None:
        return (at["Term ends"] - at["End"]) * inputs["HoursPerDay"] if row.term_ends else None

    def after(row: Commitment, at: Line) -> Expr | None:
        if row.term_ends is None:
            return None
        first = greatest(at["End"], inputs["HorizonEnd"])
        return greatest(ZERO, at["Term ends"] - first) * inputs["HoursPerDay"]

    return [
        Field("Hours given up", hours, Kind.CALC, Fmt.WHOLE),
        Field("Of them after the horizon", after, Kind.CALC, Fmt.WHOLE),
    ]


def _fee(nodes: str, offers: Records[OfferRow]) -> list[Field[Commitment]]:
    def fee(row: Commitment, at: Line) -> Expr | None:
        if row.used is None or row.used.right is not Right.TERMINATE:
            return None
        keys, shares = offers.column("Contract"), offers.column("Termination fee share")
        rest = at["Price USD per node hour"] * (ONE - at["Upfront share"])
        return at[nodes] * at["Hours given up"] * rest * looked_up(at["Contract"], keys, shares)

    def with_fee(row: Commitment, at: Line) -> Expr:
        service = at["Service from plan start USD"]
        return service if fee(row, at) is None else service + at["Termination fee USD"]

    return [
        Field("Termination fee USD", fee, Kind.CALC, Fmt.MONEY, total=True),
        Field(SERVICE_AND_FEE, with_fee, Kind.CALC, Fmt.MONEY, total=True),
    ]


@dataclass(frozen=True, slots=True)
class _Owing:
    """The sheets that say what a commitment costs; None where the plan has no case."""

    facts: Facts
    inputs: Inputs
    offers: Records[OfferRow]
    minimums: Records[Owed] | None
    prices: Prices | None
    owned: OwnedSheets | None

    def term(self, at: Line, header: str) -> Expr:
        """What the contract says."""
        return looked_up(at["Contract"], self.offers.column("Contract"), self.offers.column(header))


def _owed(owing: _Owing) -> list[Field[Commitment]]:
    facts, inputs, minimums, prices, owned = owing.facts, owing.inputs, owing.minimums, owing.prices, owing.owned
    nodes = nodes_header(facts)
    with_rights = {used.order for used in facts.plan.rights}

    def minimum(at: Line, from_day: Expr) -> Expr:
        assert minimums is not None
        return sum_where(
            minimums.column("Expected minimum USD"),
            Where(minimums.column("Order"), "=", at["Commitment"]),
            Where(minimums.column("Outlook"), "=", at["Outlook"]),
            Where(minimums.column("Month"), ">=", from_day),
        )

    def service(header: str, hours: str, given_up: str, from_day: Expr) -> Field[Commitment]:
        def cost(row: Commitment, at: Line) -> Expr:
            if row.kind == "take_or_pay":
                return minimum(at, from_day)
            if row.kind == "owned" and owned is not None:
                return owned.sum_from(at, "Expected service USD", from_day)
            if row.kind == "capacity_block":
                share = ratio(at[hours], (at["End"] - at["Start"]) * inputs["HoursPerDay"])
                return at[nodes] * owing.term(at, "Hours of service") * at["Price USD per node hour"] * share
            known = at[nodes] * at[hours] * at["Price USD per node hour"]
            if prices is not None and row.id in prices.orders and row.course == TERM:
                by_node = row.id in with_rights
                known = prices.node_service_usd(at, from_day) if by_node else prices.service_usd(at, from_day)
            if row.term_ends is None:
                return known
            return known + at[nodes] * at[given_up] * at["Price USD per node hour"] * at["Upfront share"]

        return Field(header, cost, Kind.CALC, Fmt.MONEY, total=True)

    def paid_before(row: Commitment, at: Line) -> Expr:
        before = compared(at["Start"], "<", inputs["ModelStart"])
        if row.term_ends is None:
            return when(before, at["Service from plan start USD"] * at["Upfront share"], ZERO)
        hours = at["Hours from plan start"] + at["Hours given up"]
        return when(before, at[nodes] * hours * at["Price USD per node hour"] * at["Upfront share"], ZERO)

    def payable_after(row: Commitment, at: Line) -> Expr:
        if row.term_ends is not None:
            return ZERO
        if row.kind == "owned" and owned is not None:
            return owned.sum_from(at, "Expected running USD", inputs["HorizonEnd"]) - at[RESIDUAL]
        return at["Service after horizon USD"] * (ONE - at["Upfront share"])

    def payable_in(_: Commitment, at: Line) -> Expr:
        start = at["Service from plan start USD"] - at["Paid before plan start USD"]
        return start - at["Payable after horizon USD"]

    def residual(row: Commitment, at: Line) -> Expr | None:
        if row.kind != "owned":
            return None
        back = at[nodes] * owing.term(at, "Residual USD per node")
        return when(compared(at["End"], ">=", inputs["HorizonEnd"]), back, ZERO)

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        *([] if owned is None else [Field(RESIDUAL, residual, calc, money, total=True)]),
        service("Service from plan start USD", "Hours from plan start", "Hours given up", inputs["ModelStart"]),
        service(
            "Service after horizon USD", "Hours after the horizon", "Of them after the horizon", inputs["HorizonEnd"]
        ),
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
