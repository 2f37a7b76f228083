"""The lines of take-or-pay: use by month, what windows settle, and the minimums after the horizon."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.deliveries import Delivery
from optimizer.audit.due import Due
from optimizer.audit.figures import Inputs
from optimizer.audit.payment import paid_for_month, paid_in_arrears
from optimizer.audit.statements import Statements
from optimizer.audit.take_or_pay import (
    Account,
    accounts,
    minimum_of_month,
    price_of_hour,
    price_of_unit,
    unit_of,
)


def take_or_pay_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """Lines of use and of windows, in each outlook."""
    for account in accounts(inputs, stated):
        yield from _lines_of_use(inputs, account)
        yield from _lines_of_windows(inputs, account)


def obligation(inputs: Inputs, terms: TakeOrPay, delivered: Delivery, outlook: str | None) -> Iterator[Due]:
    """The minimum of every month of the term after the horizon."""
    for served in range(terms.term_months):
        month = delivered.start + served
        if month >= inputs.end:
            yield _line(
                inputs,
                delivered,
                Nature.TAKE_OR_PAY_OBLIGATION,
                outlook=outlook,
                paid=paid_for_month(terms, month),
                months=(month, month + 1),
                quantity=minimum_of_month(terms, delivered.order.nodes, served),
                unit=unit_of(terms),
                unit_price=price_of_unit(delivered, terms, month),
            )


def _lines_of_use(inputs: Inputs, account: Account) -> Iterator[Due]:
    for month, node_hours in account.used_node_hours.items():
        yield _line(
            inputs,
            account.delivered,
            Nature.TAKE_OR_PAY_USAGE,
            outlook=account.delivered.outlook,
            paid=paid_for_month(account.terms, month),
            months=(month, month + 1),
            quantity=node_hours,
            unit="node_hour",
            unit_price=price_of_hour(account.delivered, account.terms, month),
        )


def _lines_of_windows(inputs: Inputs, account: Account) -> Iterator[Due]:
    """What is paid without use, and what is used without pay, at the end and at the last price of the window."""
    for window in account.windows:
        last = window.end + -1
        price = price_of_unit(account.delivered, account.terms, last)
        for nature, quantity, unit_price in (
            (Nature.TAKE_OR_PAY_TRUE_UP, window.true_up, price),
            (Nature.TAKE_OR_PAY_MAKE_UP, window.made_up, -price),
        ):
            if quantity:
                yield _line(
                    inputs,
                    account.delivered,
                    nature,
                    outlook=account.delivered.outlook,
                    paid=paid_in_arrears(account.terms, last),
                    months=(window.first, window.end),
                    quantity=quantity,
                    unit=unit_of(account.terms),
                    unit_price=unit_price,
                )


def _line(
    inputs: Inputs,
    delivered: Delivery,
    nature: Nature,
    *,
    outlook: str | None,
    paid: Month,
    months: tuple[Month, Month],
    quantity: Decimal,
    unit: str,
    unit_price: Decimal,
) -> Due:
    offering = delivered.order.offering
    return Due(
        nature=nature,
        outlook=outlook,
        payee=inputs.offerings[offering].provider,
        offering=offering,
        source=delivered.order.contract,
        order=delivered.order.order,
        paid=paid,
        service_first=months[0],
        service_end=months[1],
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
    )
