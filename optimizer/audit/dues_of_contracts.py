"""The lines of orders and held contracts: fees by the hour of the term, upfront and month by month."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from optimizer.audit.deliveries import Delivery, deliveries
from optimizer.audit.due import Due
from optimizer.audit.dues_of_take_or_pay import obligation, take_or_pay_lines
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.payment import paid_for_month
from optimizer.audit.prices import favoured_terms, recurring_price
from optimizer.audit.statements import Statements


@dataclass(frozen=True)
class Signed:
    """What the fee of a commitment depends on, and whose lines they are."""

    payee: str
    offering: str
    source: str
    order: str | None
    outlook: str | None
    nodes: int
    start: Month
    end: Month


def order_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Lines of every order; what comes to something else in each outlook is told once for each."""
    for rows in _by_order(inputs, stated):
        terms = rows[0].terms
        if isinstance(terms, Reserved):
            yield from _reserved_lines(inputs, terms, rows)
        else:
            for delivered, outlook in _told(rows, apart=_is_late(rows)):
                yield from obligation(inputs, terms, delivered, outlook)
    yield from take_or_pay_lines(inputs, stated)


def _by_order(inputs: Inputs, stated: Statements) -> list[tuple[Delivery, ...]]:
    """The deliveries of each order, one for each outlook in which it is there."""
    rows: dict[str, list[Delivery]] = defaultdict(list)
    for delivered in deliveries(inputs, stated):
        rows[delivered.order.order].append(delivered)
    return [tuple(each) for each in rows.values()]


def _is_late(rows: tuple[Delivery, ...]) -> bool:
    return any(delivered.start != delivered.order.start for delivered in rows)


def _told(rows: tuple[Delivery, ...], *, apart: bool) -> list[tuple[Delivery, str | None]]:
    """Deliveries that have lines of their own, with the outlook of these lines."""
    return [(row, row.outlook) for row in rows] if apart else [(rows[0], rows[0].order.outlook)]


def _reserved_lines(inputs: Inputs, terms: Reserved, rows: tuple[Delivery, ...]) -> Iterator[Due]:
    is_late = _is_late(rows)
    moves = len(inputs.probability) > 1 and favoured_terms(inputs, terms) is not None
    for delivered, outlook in _told(rows, apart=is_late):
        yield from _upfront(Nature.RESERVED_UPFRONT, terms, _signed(inputs, delivered, outlook))
    for delivered, outlook in _told(rows, apart=is_late or moves):
        yield from _reserved_months(inputs, terms, delivered, outlook)


def _signed(inputs: Inputs, delivered: Delivery, outlook: str | None) -> Signed:
    order = delivered.order
    return Signed(
        payee=inputs.offerings[order.offering].provider,
        offering=order.offering,
        source=order.contract,
        order=order.order,
        outlook=outlook,
        nodes=order.nodes,
        start=delivered.start,
        end=delivered.end,
    )


def _reserved_months(inputs: Inputs, terms: Reserved, delivered: Delivery, outlook: str | None) -> Iterator[Due]:
    signed = _signed(inputs, delivered, outlook)
    for month in _months(signed):
        price = recurring_price(inputs, terms, delivered.outlook, delivered.start, month)
        paid = paid_for_month(terms, month)
        yield from _month(Nature.RESERVED_RECURRING, terms, signed, month=month, paid=paid, price=price)


def held_lines(inputs: Inputs) -> Iterator[Due]:
    """Lines that serve a month from the horizon's first on."""
    for held in inputs.held.values():
        if held.end <= inputs.first:
            continue
        payee = inputs.offerings[held.offering].provider
        signed = Signed(payee, held.offering, held.held, None, None, held.nodes, held.start, held.end)
        yield from _upfront(Nature.HELD_UPFRONT, held, signed)
        price = held.price_usd_per_node_hour
        for month in _months(signed):
            if month >= inputs.first:
                yield from _month(Nature.HELD_RECURRING, held, signed, month=month, paid=month, price=price)


def _months(signed: Signed) -> list[Month]:
    return [signed.start + served for served in range(signed.end - signed.start)]


def _upfront(nature: Nature, terms: Reserved | HeldContract, signed: Signed) -> Iterator[Due]:
    """The part paid at the start for the whole service, at the signed price."""
    share = exact(terms.upfront_share)
    if share:
        price = terms.price_usd_per_node_hour * share
        yield _line(nature, signed, first=signed.start, end=signed.end, paid=signed.start, price=price)


def _month(
    nature: Nature, terms: Reserved | HeldContract, signed: Signed, *, month: Month, paid: Month, price: Decimal
) -> Iterator[Due]:
    """The rest, month by month."""
    share = 1 - exact(terms.upfront_share)
    if share:
        yield _line(nature, signed, first=month, end=month + 1, paid=paid, price=price * share)


def _line(nature: Nature, signed: Signed, *, first: Month, end: Month, paid: Month, price: Decimal) -> Due:
    return Due(
        nature=nature,
        outlook=signed.outlook,
        payee=signed.payee,
        offering=signed.offering,
        source=signed.source,
        order=signed.order,
        paid=paid,
        service_first=first,
        service_end=end,
        quantity=Decimal(signed.nodes * hours_between(first, end)),
        unit="node_hour",
        unit_price=price,
    )
