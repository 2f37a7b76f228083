"""Rights: what could be left, swapped or renewed, what is done with it, and by which day it must be declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.calendar import Month
from contracts.clauses import Rights
from contracts.terms.held import HeldContract
from optimizer.plan import Order
from optimizer.plan_contracts import Right, RightUsed
from reports.facts import ALL_OUTLOOKS, Facts
from reports.functions import looked_up
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.courses import rights_of
from reports.sheets.offers import OfferRow

USED, NOT_USED, REFUSE = "used", "not used", "refuse"
_DO = {
    Right.TERMINATE: "give notice of termination",
    Right.SWAP: "order the swap",
    Right.RENEW: "declare the renewal",
}


@dataclass(frozen=True, slots=True)
class RightRow:
    """A right of an order or held contract: one line for each use, or one that says that it is not used."""

    commitment: str
    contract: str
    right: Right
    state: str
    used: RightUsed | None
    nodes: int
    outlook: str
    open_from: Month | None
    """First month for which it can be used; None where that is over."""
    act_by: date | None
    """Last day to declare it, or (not used) the last day on which it could still be."""


def right_rows(facts: Facts) -> tuple[RightRow, ...]:
    """What must be declared first, then what is there and not used."""
    every: list[HeldContract | Order] = [*facts.held, *facts.plan.orders]
    rows = [row for each in every for row in _rows(facts, each)]
    return tuple(sorted(rows, key=lambda r: (r.state == NOT_USED, r.act_by or date.max, r.commitment, r.right)))


def _rows(facts: Facts, row: HeldContract | Order) -> Iterator[RightRow]:
    terms = _terms(facts, row)
    if terms is None or not terms.has_rights:
        return
    commitment = row.order if isinstance(row, Order) else row.held
    contract = row.contract if isinstance(row, Order) else row.held
    known = rights_of(facts, commitment)
    for right, open_from, last_day in _open(facts, terms, row):
        here = [used for used in known if used.right is right]
        for used in here:
            outlook = used.outlook or ALL_OUTLOOKS
            by = None if _by_itself(facts, terms, used) else used.notice_by
            yield RightRow(commitment, contract, right, USED, used, used.nodes, outlook, open_from, by)
        if right is Right.RENEW and terms.auto_renews and last_day >= facts.scenario.run.order_date:
            yield from _refusals(facts, row, commitment, contract, known, last_day)
        elif not here:
            by = last_day if last_day >= facts.scenario.run.order_date else None
            yield RightRow(commitment, contract, right, NOT_USED, None, 0, ALL_OUTLOOKS, open_from, by)


def _by_itself(facts: Facts, terms: Rights, used: RightUsed) -> bool:
    """A first renewal that nobody has to declare."""
    return used.right is Right.RENEW and terms.auto_renews and used.renewals == 1


def _refusals(
    facts: Facts, row: HeldContract | Order, commitment: str, contract: str, known: list[RightUsed], last_day: date
) -> Iterator[RightRow]:
    """Nodes that would renew by themselves and are not to: that must be said in time, in each outlook or in all."""
    outlooks = sorted({used.outlook for used in known if used.outlook is not None})
    every = [o.outlook for o in facts.scenario.outlooks] if outlooks else [ALL_OUTLOOKS]
    for outlook in every:
        taken = sum(used.nodes for used in known if outlook == ALL_OUTLOOKS or used.outlook in (None, outlook))
        if taken < row.nodes:
            yield RightRow(
                commitment, contract, Right.RENEW, REFUSE, None, row.nodes - taken, outlook, row.end, last_day
            )


def _terms(facts: Facts, row: HeldContract | Order) -> Rights | None:
    if isinstance(row, HeldContract):
        return row
    return next((c for c in facts.scenario.reserved if c.contract == row.contract), None)


def _open(facts: Facts, terms: Rights, row: HeldContract | Order) -> Iterator[tuple[Right, Month, date]]:
    """The rights, from which month on each is open, and the last day on which it could be declared."""
    if terms.terminable_after_months is not None:
        last = (row.end + -1).first_day - timedelta(days=terms.termination_notice_days)
        yield Right.TERMINATE, row.start + terms.terminable_after_months, last
    if terms.swap_to is not None and terms.swap_after_months is not None:
        lead = facts.scenario.catalog.offering[terms.swap_to].lead_time_days
        yield Right.SWAP, row.start + terms.swap_after_months, (row.end + -1).first_day - timedelta(days=lead)
    if terms.renewal_months is not None:
        yield Right.RENEW, row.end, row.end.first_day - timedelta(days=terms.renewal_notice_days)


def rights_sheet(facts: Facts, offers: Records[OfferRow]) -> Records[RightRow] | None:
    """One line for each right and use of it; None where nothing in the plan has rights."""
    rows = right_rows(facts)
    if not rows:
        return None
    return write_records(
        Grid("Rights", "decisions"),
        "tblRights",
        [*_what(), *_course(), *_price(offers)],
        rows,
        "Rights: what to give notice of, what to refuse, and what is there and not used",
        "Act by is the last day; what renews by itself needs no word, unless it is to be refused. For a right that is"
        " not used it is the last day on which it still could be. The month is the first that is different.",
    )


def _what() -> list[Field[RightRow]]:
    def act(row: RightRow, _: Line) -> str:
        if row.state == REFUSE:
            return "refuse the renewal"
        if row.used is None:
            return "nothing"
        return _DO[row.right] if row.act_by is not None else "nothing: it renews by itself"

    return [
        Field("Commitment", lambda r, _: r.commitment),
        Field("Contract", lambda r, _: r.contract),
        Field("Right", lambda r, _: r.right.value),
        Field("State", lambda r, _: r.state),
        Field("What to do", act),
        Field("Act by", lambda r, _: r.act_by, Kind.DECISION, Fmt.DATE),
        Field("Outlook", lambda r, _: r.outlook),
        Field("Open from", lambda r, _: r.open_from.first_day if r.open_from else None, Kind.INPUT, Fmt.DATE),
    ]


def _course() -> list[Field[RightRow]]:
    return [
        Field("Nodes", lambda r, _: r.nodes, Kind.DECISION, Fmt.WHOLE),
        Field("From month", lambda r, _: r.used.month.first_day if r.used else None, Kind.DECISION, Fmt.DATE),
        Field("Renewals", lambda r, _: r.used.renewals if r.used else 0, Kind.DECISION, Fmt.WHOLE),
        Field("To offering", lambda r, _: (r.used.to_offering if r.used else None) or "-"),
        Field("To nodes", lambda r, _: r.used.to_nodes if r.used else 0, Kind.DECISION, Fmt.WHOLE),
    ]


def _price(offers: Records[OfferRow]) -> list[Field[RightRow]]:
    keys = offers.column("Contract")
    headers = {
        Right.TERMINATE: ("Termination fee share", Fmt.SHARE),
        Right.SWAP: ("Swap USD per node hour", Fmt.PRICE),
        Right.RENEW: ("Renewal price factor", Fmt.FACTOR),
    }
    return [
        Field(
            header,
            lambda r, at, right=right, header=header: (  # type: ignore[misc]
                looked_up(at["Contract"], keys, offers.column(header)) if r.right is right else None
            ),
            Kind.LINK,
            fmt,
        )
        for right, (header, fmt) in headers.items()
    ]
