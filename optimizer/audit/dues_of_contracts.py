"""The lines of orders and held contracts: fees by the hour of the term, upfront and month by month."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.common import Nature
from contracts.terms.held import HeldContract
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.courses import Course, RightsBook, Stay
from optimizer.audit.deliveries import Delivery, deliveries, held_stays
from optimizer.audit.due import Due, Signed, due_by_hour
from optimizer.audit.dues_of_hardware import block_line, owned_lines
from optimizer.audit.dues_of_rights import right_lines
from optimizer.audit.dues_of_take_or_pay import obligation, take_or_pay_lines
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.payment import paid_for_month
from optimizer.audit.prices import favoured_terms, recurring_price
from optimizer.audit.statements import Statements


def order_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Lines of every order; what comes to something else in each outlook is told once for each."""
    book = RightsBook(stated)
    for rows in _by_order(inputs, stated):
        terms = rows[0].terms
        if isinstance(terms, Reserved):
            yield from _reserved_lines(inputs, terms, rows, book)
            continue
        for delivered, outlook in _told(rows, apart=_is_late(rows)):
            if isinstance(terms, TakeOrPay):
                yield from obligation(inputs, terms, delivered, outlook)
            elif isinstance(terms, Owned):
                yield from owned_lines(inputs, terms, delivered, outlook)
            else:
                yield from block_line(inputs, terms, delivered, outlook)
    yield from take_or_pay_lines(inputs, stated)


def _by_order(inputs: Inputs, stated: Statements) -> list[tuple[Delivery, ...]]:
    """The deliveries of each order, one for each outlook in which it is there."""
    rows: dict[str, list[Delivery]] = defaultdict(list)
    for delivered in deliveries(inputs, stated):
        rows[delivered.order.order].append(delivered)
    return [tuple(each) for each in rows.values()]


def _is_late(rows: tuple[Delivery, ...]) -> bool:
    """Delivered after the promised month in some outlook; the dates of a block are what is sold."""
    if isinstance(rows[0].terms, CapacityBlock):
        return False
    return any(delivered.start != delivered.order.start for delivered in rows)


def _told(rows: tuple[Delivery, ...], *, apart: bool) -> list[tuple[Delivery, str | None]]:
    """Deliveries that have lines of their own, with the outlook of these lines."""
    return [(row, row.outlook) for row in rows] if apart else [(rows[0], rows[0].order.outlook)]


def _reserved_lines(inputs: Inputs, terms: Reserved, rows: tuple[Delivery, ...], book: RightsBook) -> Iterator[Due]:
    """The upfront part apart, because a most-favoured price does not touch it; rights of one outlook split all."""
    order = rows[0].order
    is_split = _is_late(rows) or (order.outlook is None and _is_split(inputs, book.differ(order=order.order)))
    moves = order.outlook is None and _is_split(inputs, favoured_terms(inputs, terms) is not None)
    for delivered, outlook in _told(rows, apart=is_split):
        yield from _upfront(Nature.RESERVED_UPFRONT, terms, _signed(inputs, delivered, outlook))
    for delivered, outlook in _told(rows, apart=is_split or moves):
        signed = _signed(inputs, delivered, outlook)
        yield from _reserved_months(inputs, terms, delivered, signed)
        yield from right_lines(inputs, terms, signed, delivered.rights, partial(paid_for_month, terms))


def _is_split(inputs: Inputs, differs: bool) -> bool:
    """With a single outlook nothing differs."""
    return differs and len(inputs.probability) > 1


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


def _reserved_months(inputs: Inputs, terms: Reserved, delivered: Delivery, signed: Signed) -> Iterator[Due]:
    for month, nodes in _plain(delivered.stays, signed):
        price = recurring_price(inputs, terms, delivered.outlook, delivered.start, month)
        paid = paid_for_month(terms, month)
        yield from _month(Nature.RESERVED_RECURRING, terms, signed, months=(month, paid), nodes=nodes, price=price)


def held_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Lines that serve a month from the horizon's first on, once for each outlook where rights of one are used."""
    book = RightsBook(stated)
    for held in inputs.held.values():
        is_split = _is_split(inputs, book.differ(held=held.held))
        outlooks = tuple(inputs.probability) if is_split else tuple(inputs.probability)[:1]
        for outlook in outlooks:
            payee = inputs.offerings[held.offering].provider
            told = outlook if is_split else None
            signed = Signed(payee, held.offering, held.held, None, told, held.nodes, held.start, held.end)
            if held.end > inputs.first:
                yield from _upfront(Nature.HELD_UPFRONT, held, signed)
                yield from _held_months(inputs, held, signed, held_stays(held, outlook, book))
            yield from right_lines(inputs, held, signed, book.of(outlook, held=held.held), _in_the_month)


def _in_the_month(month: Month) -> Month:
    """Held contracts are paid in the month that they serve."""
    return month


def _held_months(inputs: Inputs, held: HeldContract, signed: Signed, nodes_by_stay: tuple[Stay, ...]) -> Iterator[Due]:
    price = held.price_usd_per_node_hour
    for month, nodes in _plain(nodes_by_stay, signed):
        if month >= inputs.first:
            yield from _month(Nature.HELD_RECURRING, held, signed, months=(month, month), nodes=nodes, price=price)


def _plain(all_stays: tuple[Stay, ...], signed: Signed) -> Iterator[tuple[Month, int]]:
    """Months of the term, and the nodes that serve them by its plain course."""
    plain = [stay for stay in all_stays if stay.course is Course.PLAIN]
    for served in range(signed.end - signed.start):
        month = signed.start + served
        yield month, sum(stay.nodes for stay in plain if stay.serves(month))


def _upfront(nature: Nature, terms: Reserved | HeldContract, signed: Signed) -> Iterator[Due]:
    """The part paid at the start for the whole service, at the signed price, whoever leaves later."""
    share = exact(terms.upfront_share)
    if share:
        yield due_by_hour(
            nature,
            signed,
            months=(signed.start, signed.end),
            paid=signed.start,
            quantity=Decimal(signed.nodes * hours_between(signed.start, signed.end)),
            price=terms.price_usd_per_node_hour * share,
        )


def _month(
    nature: Nature,
    terms: Reserved | HeldContract,
    signed: Signed,
    *,
    months: tuple[Month, Month],
    nodes: int,
    price: Decimal,
) -> Iterator[Due]:
    """The rest of a month; `months` are those of service and of payment."""
    share = 1 - exact(terms.upfront_share)
    month, paid = months
    if share and nodes:
        yield due_by_hour(
            nature,
            signed,
            months=(month, month + 1),
            paid=paid,
            quantity=Decimal(nodes * hours_between(month, month + 1)),
            price=price * share,
        )
