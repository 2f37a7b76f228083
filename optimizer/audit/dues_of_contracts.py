"""The lines of orders and held contracts: fees by the hour of the term, and the bills of take-or-pay."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.deliveries import Delivery, deliveries
from optimizer.audit.due import HELD, Due
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.statements import Statements
from optimizer.audit.take_or_pay import Account, accounts, minimum_of_month, price_of_unit, unit_of

RESERVED = (Nature.RESERVED_UPFRONT, Nature.RESERVED_RECURRING)


@dataclass(frozen=True)
class Signed:
    """What the fee of a commitment depends on, and whose lines they are."""

    source: str
    order: str | None
    outlook: str | None
    nodes: int
    start: Month
    end: Month


def order_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Lines of the order in its own outlook, or in none; where a delay moves them, once for each outlook."""
    late = {d.order.order for d in deliveries(inputs, stated) if d.start != d.order.start}
    done: set[str] = set()
    for delivered in deliveries(inputs, stated):
        order = delivered.order
        if order.order in done:
            continue
        if order.order not in late:
            done.add(order.order)
        outlook = delivered.outlook if order.order in late else order.outlook
        signed = Signed(order.contract, order.order, outlook, order.nodes, delivered.start, delivered.end)
        if isinstance(delivered.terms, Reserved):
            yield from _fee(inputs, delivered.terms, RESERVED, signed)
        else:
            yield from _obligation(inputs, delivered.terms, delivered, outlook)
    for account in accounts(inputs, stated):
        yield from _lines_of_use(inputs, account)
        yield from _lines_of_windows(inputs, account)


def held_lines(inputs: Inputs) -> Iterator[Due]:
    """Lines that serve a month from the horizon's first on."""
    for held in inputs.held.values():
        for line in _fee(inputs, held, HELD, Signed(held.held, None, None, held.nodes, held.start, held.end)):
            if line.service_end > inputs.first:
                yield line


def _fee(
    inputs: Inputs, terms: Reserved | HeldContract, natures: tuple[Nature, Nature], signed: Signed
) -> Iterator[Due]:
    """The part paid at the start for the whole service, and the rest month by month."""
    upfront = exact(terms.upfront_share)
    parts = [(natures[0], signed.start, signed.end, upfront)]
    month = signed.start
    while month < signed.end:
        parts.append((natures[1], month, month + 1, 1 - upfront))
        month = month + 1
    for nature, first, end, share in parts:
        if share:
            yield Due(
                nature=nature,
                outlook=signed.outlook,
                payee=inputs.offerings[terms.offering].provider,
                offering=terms.offering,
                source=signed.source,
                order=signed.order,
                paid=first,
                service_first=first,
                service_end=end,
                quantity=Decimal(signed.nodes * hours_between(first, end)),
                unit="node_hour",
                unit_price=terms.price_usd_per_node_hour * share,
            )


def _obligation(inputs: Inputs, terms: TakeOrPay, delivered: Delivery, outlook: str | None) -> Iterator[Due]:
    """The minimum of every month of the term after the horizon."""
    for served in range(terms.term_months):
        month = delivered.start + served
        if month >= inputs.end:
            yield _take_or_pay_line(
                inputs,
                delivered,
                Nature.TAKE_OR_PAY_OBLIGATION,
                outlook=outlook,
                months=(month, month + 1),
                quantity=minimum_of_month(terms, delivered.order.nodes, served),
                unit=unit_of(terms),
                unit_price=price_of_unit(terms),
            )


def _lines_of_use(inputs: Inputs, account: Account) -> Iterator[Due]:
    for month, node_hours in account.used_node_hours.items():
        yield _take_or_pay_line(
            inputs,
            account.delivered,
            Nature.TAKE_OR_PAY_USAGE,
            outlook=account.delivered.outlook,
            months=(month, month + 1),
            quantity=node_hours,
            unit="node_hour",
            unit_price=account.terms.price_usd_per_node_hour,
        )


def _lines_of_windows(inputs: Inputs, account: Account) -> Iterator[Due]:
    """What is paid without use, and what is used without pay, in the last month of the window."""
    price = price_of_unit(account.terms)
    for window in account.windows:
        for nature, quantity, unit_price in (
            (Nature.TAKE_OR_PAY_TRUE_UP, window.true_up, price),
            (Nature.TAKE_OR_PAY_MAKE_UP, window.made_up, -price),
        ):
            if quantity:
                yield _take_or_pay_line(
                    inputs,
                    account.delivered,
                    nature,
                    outlook=account.delivered.outlook,
                    months=(window.first, window.end),
                    quantity=quantity,
                    unit=unit_of(account.terms),
                    unit_price=unit_price,
                )


def _take_or_pay_line(
    inputs: Inputs,
    delivered: Delivery,
    nature: Nature,
    *,
    outlook: str | None,
    months: tuple[Month, Month],
    quantity: Decimal,
    unit: str,
    unit_price: Decimal,
) -> Due:
    """A line that is paid in the last of the months it is for."""
    offering = delivered.terms.offering
    return Due(
        nature=nature,
        outlook=outlook,
        payee=inputs.offerings[offering].provider,
        offering=offering,
        source=delivered.order.contract,
        order=delivered.order.order,
        paid=months[1] + -1,
        service_first=months[0],
        service_end=months[1],
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
    )
