"""What is held and what would be signed, as lines: by delivery, and by the way in which nodes serve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.calendar import Month
from contracts.terms.held import HeldContract
from optimizer.plan import Order
from optimizer.plan_contracts import RightUsed
from reports.facts import ALL_OUTLOOKS, Facts
from reports.sheets.courses import TERM, Span, first_day, spans, told_apart

LATE_KEY = "Late key"


@dataclass(frozen=True, slots=True)
class Commitment:
    """A held contract, or an order of this plan; one line for each outlook where it can be delivered late.

    Where rights are used of it, it is one line for each way in which its nodes serve.
    """

    id: str
    kind: str
    contract: str
    offering: str
    nodes: int
    start: date
    end: date
    outlook: str = ALL_OUTLOOKS
    delay_months: int = 0
    course: str = TERM
    used: RightUsed | None = None
    term_ends: date | None = None
    """Where nodes leave early: the first day after the term that they give up."""


def commitments(facts: Facts) -> tuple[Commitment, ...]:
    """Held contracts, then orders by start."""
    held = (row for h in facts.held for row in _held(facts, h))
    orders = sorted(facts.plan.orders, key=lambda o: (o.start, o.order))
    return (*held, *(row for order in orders for row in _courses(facts, order)))


def _held(facts: Facts, row: HeldContract) -> Iterator[Commitment]:
    apart = facts.several and told_apart(facts, row.held, None)
    for outlook in [o.outlook for o in facts.scenario.outlooks] if apart else [ALL_OUTLOOKS]:
        for span in spans(facts, row, row.start, row.end, outlook):
            yield _serving(row.held, "held", row.held, span, outlook, 0)


def _courses(facts: Facts, order: Order) -> Iterator[Commitment]:
    """An order as it is delivered, its nodes by the way in which they serve."""
    for row in deliveries(facts, order):
        start, end = (Month(day.year, day.month) for day in (row.start, row.end))
        for span in spans(facts, order, start, end, row.outlook):
            yield _serving(row.id, row.kind, row.contract, span, row.outlook, row.delay_months)


def _serving(name: str, kind: str, contract: str, span: Span, outlook: str, delay: int) -> Commitment:
    return Commitment(
        name,
        kind,
        contract,
        span.offering,
        span.nodes,
        span.start.first_day,
        span.end.first_day,
        outlook,
        delay,
        span.course,
        span.used,
        first_day(span.term_ends),
    )


def deliveries(facts: Facts, row: Order) -> Iterator[Commitment]:
    """An order as it is delivered: once if it is on time wherever it exists, else once for each outlook."""
    kind = facts.kinds_ordered[row.contract]
    outlooks = [row.outlook] if row.outlook else [o.outlook for o in facts.scenario.outlooks]
    names = facts.futures.offering_names[row.offering]
    late = {o: 0 if kind == "capacity_block" else facts.futures.delay_months(o, row.start, names) for o in outlooks}
    apart = any(late.values()) or (facts.several and told_apart(facts, row.order, row.outlook))
    billed = late if apart else {row.outlook or ALL_OUTLOOKS: 0}
    for outlook, delay in billed.items():
        start, end = (month + delay for month in (row.start, row.end))
        days = start.first_day, end.first_day
        yield Commitment(row.order, kind, row.contract, row.offering, row.nodes, *days, outlook, delay)


def late_key(offering: str, outlook: str) -> str:
    """How firm nodes of an offering that an event may leave undelivered are found, by outlook."""
    return f"{offering} {outlook}"
