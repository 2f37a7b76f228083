"""Rights to leave, to swap and to stay: which nodes, from when, declared by which day, and in which outlooks."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from contracts.calendar import Month
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from optimizer.audit.checks import Checks, Place
from optimizer.audit.courses import RightsBook
from optimizer.audit.deliveries import deliveries
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs
from optimizer.audit.orders import check_stage
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import Right, RightUsed


@dataclass(frozen=True)
class Subject:
    """An order or a held contract, as its rights see it: by what was promised."""

    place: Place
    terms: Reserved | HeldContract
    nodes: int
    lot_nodes: int
    start: Month
    end: Month
    earliest: Month
    """First month from which anything can be different."""
    outlook: str | None
    delivered: dict[str, Month]
    """First month of service in each outlook in which it is there."""


def check_rights(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every right that is used, all rights of one commitment together, and those that use themselves."""
    book = RightsBook(stated)
    subjects = {(order, held): subject for order, held, subject in _subjects(inputs, stated)}
    with localcontext(MONEY):
        for row in stated.rights:
            _check_right(inputs, subjects[row.order, row.held], row, checks)
    for (order, held), subject in subjects.items():
        for outlook in subject.delivered:
            rights = book.of(outlook, order=order, held=held)
            _check_together(inputs, subject, outlook, rights, checks)


def _subjects(inputs: Inputs, stated: Statements) -> Iterator[tuple[str | None, str | None, Subject]]:
    delivered: dict[str, dict[str, Month]] = defaultdict(dict)
    for row in deliveries(inputs, stated):
        delivered[row.order.order][row.outlook] = row.start
    for order in stated.orders:
        terms = inputs.terms[order.contract]
        if isinstance(terms, Reserved):
            yield (
                order.order,
                None,
                Subject(
                    place=("order", order.order),
                    terms=terms,
                    nodes=order.nodes,
                    lot_nodes=terms.lot_nodes,
                    start=order.start,
                    end=order.start + terms.term_months,
                    earliest=inputs.first + 1,
                    outlook=order.outlook,
                    delivered=delivered[order.order],
                ),
            )
    for held in inputs.held.values():
        yield (
            None,
            held.held,
            Subject(
                place=("held", held.held),
                terms=held,
                nodes=held.nodes,
                lot_nodes=1,
                start=held.start,
                end=held.end,
                earliest=inputs.first,
                outlook=None,
                delivered=dict.fromkeys(inputs.probability, held.start),
            ),
        )


def _check_right(inputs: Inputs, subject: Subject, row: RightUsed, checks: Checks) -> None:
    place: Place = (*subject.place, row.right.value, row.month, row.outlook or "all outlooks")
    notice_days = _notice_days(inputs, subject.terms, row.right)
    checks.true(
        "rights.granted",
        place,
        notice_days is not None,
        left=row.right.value,
        operator="is",
        right="no right of the contract",
    )
    if notice_days is None:
        return
    _check_nodes(subject, row, place, checks)
    _check_month(inputs, subject, row, place, checks)
    _check_renewals(subject, row, place, checks)
    _check_swap(subject, row, place, checks)
    last_day = row.month.first_day - timedelta(days=notice_days)
    checks.same("rights.notice", place, row.notice_by, last_day)
    happens_by_itself = row.right is Right.RENEW and subject.terms.auto_renews
    if not happens_by_itself:
        order_day = inputs.run.order_date
        is_ahead = last_day >= order_day
        checks.true("rights.past", place, is_ahead, left=last_day, operator="on or after", right=order_day)
    _check_outlook(inputs, subject, row, last_day, place, checks)


def _notice_days(inputs: Inputs, terms: Reserved | HeldContract, right: Right) -> int | None:
    """Days between notice and effect; None where the terms do not give the right."""
    if right is Right.TERMINATE:
        return None if terms.terminable_after_months is None else terms.termination_notice_days
    if right is Right.RENEW:
        return None if terms.renewal_months is None else terms.renewal_notice_days
    other = inputs.offerings.get(terms.swap_to or "")
    return None if other is None else other.lead_time_days


def _check_nodes(subject: Subject, row: RightUsed, place: Place, checks: Checks) -> None:
    nodes: Any = row.nodes
    is_whole = isinstance(nodes, int) and nodes > 0 and nodes % subject.lot_nodes == 0
    checks.true(
        "rights.nodes", place, is_whole, left=nodes, operator="whole lots of", right=subject.lot_nodes, unit="nodes"
    )


def _check_month(inputs: Inputs, subject: Subject, row: RightUsed, place: Place, checks: Checks) -> None:
    if row.right is Right.RENEW:
        first = last = subject.end
        in_horizon = inputs.first <= row.month < inputs.end
    else:
        is_swap = row.right is Right.SWAP
        after = subject.terms.swap_after_months if is_swap else subject.terms.terminable_after_months
        first = max(subject.start + (after or 0), subject.earliest)
        last = min(subject.end + -1, inputs.end + (-1 if is_swap else 0))
        in_horizon = True
    checks.true(
        "rights.month",
        place,
        first <= row.month <= last and in_horizon,
        left=row.month,
        operator="within",
        right=f"{first} to {last}, the horizon and the terms",
    )
    if row.right is not Right.RENEW:
        late = max((subject.delivered[o] for o in subject.delivered if row.outlook in (None, o)), default=subject.start)
        checks.true(
            "rights.delivered", place, row.month >= late, left=row.month, operator="not before delivery in", right=late
        )


def _check_renewals(subject: Subject, row: RightUsed, place: Place, checks: Checks) -> None:
    is_renewal = row.right is Right.RENEW
    most = subject.terms.renewals_at_most if is_renewal else 0
    checks.true(
        "rights.renewals",
        place,
        int(is_renewal) <= row.renewals <= most,
        left=row.renewals,
        operator="within",
        right=f"{int(is_renewal)} to {most}",
        unit="renewals",
    )


def _check_swap(subject: Subject, row: RightUsed, place: Place, checks: Checks) -> None:
    """Nodes of the stated offering that are worth what is left; nothing where nothing is swapped."""
    terms = subject.terms
    if row.right is not Right.SWAP:
        checks.same("rights.swapped", place, (row.to_offering, row.to_nodes), (None, 0))
        return
    nodes: Any = row.to_nodes
    is_whole = isinstance(nodes, int) and nodes > 0
    checks.true("rights.swapped", place, is_whole, left=nodes, operator="is", right="whole and above 0", unit="nodes")
    checks.same("rights.swapped", place, row.to_offering, terms.swap_to)
    left = row.nodes * terms.price_usd_per_node_hour
    taken = row.to_nodes * (terms.swap_price_usd_per_node_hour or Decimal(0))
    checks.at_most_usd("rights.swap_value", place, left, taken)


def _check_outlook(
    inputs: Inputs, subject: Subject, row: RightUsed, last_day: date, place: Place, checks: Checks
) -> None:
    """What belongs to one outlook is decided there; all else by the day of notice."""
    if subject.outlook is None or len(inputs.probability) == 1:
        check_stage(inputs, ("rights.stage", place), row.outlook, last_day, checks)
    else:
        checks.same("rights.stage", place, row.outlook, subject.outlook)


def _check_together(
    inputs: Inputs, subject: Subject, outlook: str, rights: tuple[RightUsed, ...], checks: Checks
) -> None:
    """No node takes two courses, and none is left where staying happens by itself."""
    place: Place = (*subject.place, outlook)
    used = sum(row.nodes for row in rights)
    if rights:
        checks.at_most("rights.once", place, used, subject.nodes, "nodes", rounded=0)
    if _must_renew(inputs, subject):
        checks.true(
            "rights.forced", place, used == subject.nodes, left=used, operator="=", right=subject.nodes, unit="nodes"
        )


def _must_renew(inputs: Inputs, subject: Subject) -> bool:
    """It renews by itself in the horizon, and the last day to refuse is past."""
    terms = subject.terms
    if not terms.auto_renews or not inputs.first <= subject.end < inputs.end:
        return False
    return subject.end.first_day - timedelta(days=terms.renewal_notice_days) < inputs.run.order_date
