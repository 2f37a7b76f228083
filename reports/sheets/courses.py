"""What becomes of the nodes of a commitment: the term, and the rights used of it, as spans of service (note 0015)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.calendar import Month
from contracts.courses import renewed_until
from contracts.terms.common import Nature
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from optimizer.plan import CostLine, Order
from optimizer.plan_contracts import Right, RightUsed
from reports.facts import ALL_OUTLOOKS, Facts

TERM, SWAPPED, RENEWED = "term", "swapped", "renewed"


@dataclass(frozen=True, slots=True)
class Span:
    """Nodes that serve from one day to another in one way."""

    course: str
    offering: str
    nodes: int
    start: Month
    end: Month
    used: RightUsed | None = None
    """The right that makes them what they are; None for the plain term."""
    term_ends: Month | None = None
    """Where nodes leave early: the end of the term that they give up."""


def rights_of(facts: Facts, commitment: str) -> list[RightUsed]:
    """Rights used of an order or a held contract."""
    return [row for row in facts.plan.rights if commitment in (row.order, row.held)]


def told_apart(facts: Facts, commitment: str, outlook: str | None) -> bool:
    """Whether a commitment of all outlooks has a right that is used in one of them only."""
    return outlook is None and any(row.outlook for row in rights_of(facts, commitment))


def terms_of(facts: Facts, used: RightUsed) -> Reserved | HeldContract:
    """The terms of which a right is used."""
    if used.held is not None:
        return next(h for h in facts.scenario.held_contracts if h.held == used.held)
    contract = next(order.contract for order in facts.plan.orders if order.order == used.order)
    return next(c for c in facts.scenario.reserved if c.contract == contract)


def spans(facts: Facts, row: Order | HeldContract, start: Month, end: Month, outlook: str) -> Iterator[Span]:
    """The plain term of what is left, then each right used, in the order of the plan."""
    commitment = row.order if isinstance(row, Order) else row.held
    known = rights_of(facts, commitment)
    taken = [used for used in known if outlook == ALL_OUTLOOKS or used.outlook in (None, outlook)]
    away = sum(used.nodes for used in taken if used.right is not Right.RENEW)
    if row.nodes > away:
        yield Span(TERM, row.offering, row.nodes - away, start, end)
    for used in taken:
        if used.right is Right.RENEW:
            until = renewed_until(terms_of(facts, used), end, used.renewals)
            yield Span(RENEWED, row.offering, used.nodes, end, until, used)
            continue
        yield Span(TERM, row.offering, used.nodes, start, used.month, used, end)
        if used.to_offering is not None:
            yield Span(SWAPPED, used.to_offering, used.to_nodes, used.month, end, used)


_RIGHT_OF = {
    Nature.TERMINATION_FEE: (Right.TERMINATE, TERM),
    Nature.SWAPPED_RECURRING: (Right.SWAP, SWAPPED),
    Nature.RENEWED_RECURRING: (Right.RENEW, RENEWED),
}


def course_of_line(row: CostLine) -> tuple[Right, str]:
    """The right that a line is for, and in which way the nodes serve."""
    return _RIGHT_OF[row.nature]


def rights_of_lines(facts: Facts) -> dict[str, RightUsed]:
    """The right used that each line of a right is for; lines of one commitment stand in the order of its rights."""
    found: dict[str, RightUsed] = {}
    told: dict[tuple[object, ...], int] = {}
    for line in facts.plan.cost_lines:
        if line.nature not in _RIGHT_OF:
            continue
        right, _ = course_of_line(line)
        serving = [
            used
            for used in rights_of(facts, line.order or line.source)
            if used.right is right
            and (line.outlook is None or used.outlook in (None, line.outlook))
            and _is_of_month(facts, used, line)
        ]
        place = (line.nature, line.order or line.source, line.outlook, line.service_first)
        found[line.line] = serving[told.get(place, 0)]
        told[place] = told.get(place, 0) + 1
    return found


def _is_of_month(facts: Facts, used: RightUsed, line: CostLine) -> bool:
    """Whether a line of that month is due for the right."""
    month = line.service_first
    if used.right is Right.TERMINATE:
        return month == max(used.month + -1, facts.months[0])
    if used.right is Right.SWAP:
        return month >= used.month
    late = 0
    if used.order is not None:
        order = next(each for each in facts.plan.orders if each.order == used.order)
        names = facts.futures.offering_names[order.offering]
        outlook = line.outlook or order.outlook or facts.scenario.outlooks[0].outlook
        late = facts.futures.delay_months(outlook, order.start, names)
    return month < renewed_until(terms_of(facts, used), used.month + late, used.renewals)


def first_day(month: Month | None) -> date | None:
    """The first day of a month, if there is one."""
    return None if month is None else month.first_day
