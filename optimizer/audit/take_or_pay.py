"""Take-or-pay again: use by month, the minimum of every window, and what is paid, made up, carried and banked."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from contracts.calendar import Month
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.checks import Checks, Place
from optimizer.audit.deliveries import Delivery, deliveries
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.prices import after_years
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import TakeOrPayWindow

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Settled:
    """One window of an order in an outlook, in the unit of the minimum."""

    first: Month
    end: Month
    minimum: Decimal
    used: Decimal
    carried_in: Decimal
    true_up: Decimal
    made_up: Decimal
    carried_out: Decimal
    bank_out: Decimal


@dataclass(frozen=True)
class Account:
    """A take-or-pay order in one outlook: what is used each month, and how its windows are settled."""

    delivered: Delivery
    terms: TakeOrPay
    used_node_hours: dict[Month, Decimal]
    windows: tuple[Settled, ...]


def unit_of(terms: TakeOrPay) -> str:
    """Node-hours or dollars, whichever the minimum is stated in."""
    return "node_hour" if terms.minimum_usd_per_month is None else "usd"


def price_of_unit(delivered: Delivery, terms: TakeOrPay, month: Month) -> Decimal:
    """What a unit of the minimum costs in a month; a dollar costs a dollar."""
    return price_of_hour(delivered, terms, month) if terms.minimum_usd_per_month is None else Decimal(1)


def price_of_hour(delivered: Delivery, terms: TakeOrPay, month: Month) -> Decimal:
    """Price of a node-hour used in a month."""
    return after_years(terms, terms.price_usd_per_node_hour, month - delivered.start)


def minimum_of_month(terms: TakeOrPay, nodes: int, month_of_service: int) -> Decimal:
    """Ramp share x monthly minimum x lots; month 0 is the first of service."""
    per_lot = terms.minimum_node_hours_per_month
    if per_lot is None:
        per_lot = terms.minimum_usd_per_month
    assert per_lot is not None, "one of the two is stated"
    shares = dict(enumerate(terms.ramp_shares))
    return exact(shares.get(month_of_service, 1.0)) * per_lot * int(nodes // terms.lot_nodes)


def accounts(inputs: Inputs, stated: Statements) -> Iterator[Account]:
    """Every take-or-pay order in every outlook in which it is there; call inside the context of money."""
    node_hours: dict[tuple[str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for usage in stated.usages:
        if usage.order is not None and isinstance(inputs.terms[usage.contract], TakeOrPay):
            hours = inputs.block_hours[usage.month][usage.block]
            node_hours[usage.outlook, usage.order][usage.month] += exact(usage.nodes) * hours
    for delivered in deliveries(inputs, stated):
        terms = delivered.terms
        if isinstance(terms, TakeOrPay):
            used = dict(node_hours.get((delivered.outlook, delivered.order.order), {}))
            yield Account(delivered, terms, used, tuple(_settle(inputs, delivered, terms, used)))


def _settle(inputs: Inputs, delivered: Delivery, terms: TakeOrPay, used: dict[Month, Decimal]) -> Iterator[Settled]:
    """The windows one after the other, each with what the one before left."""
    carry = bank = NOTHING
    for months in _windows(inputs, delivered, terms):
        nodes = delivered.order.nodes
        minimum = sum((minimum_of_month(terms, nodes, month - delivered.start) for month in months), NOTHING)
        use = sum((used.get(month, NOTHING) * _units_of_hour(delivered, terms, month) for month in months), NOTHING)
        over = use + carry - minimum
        paid_for_nothing = -over if over < 0 else NOTHING
        free = min(bank, over, use) if terms.make_up_right and over > 0 else NOTHING
        carried_out = over - free if terms.excess_carries_forward and over > free else NOTHING
        bank = bank + paid_for_nothing - free if terms.make_up_right else NOTHING
        yield Settled(months[0], months[-1] + 1, minimum, use, carry, paid_for_nothing, free, carried_out, bank)
        carry = carried_out


def _units_of_hour(delivered: Delivery, terms: TakeOrPay, month: Month) -> Decimal:
    """By how much a node-hour counts against the minimum."""
    return Decimal(1) if terms.minimum_usd_per_month is None else price_of_hour(delivered, terms, month)


def _windows(inputs: Inputs, delivered: Delivery, terms: TakeOrPay) -> list[list[Month]]:
    """Months of service inside the horizon, parted by windows that count from the first month of service."""
    windows: dict[int, list[Month]] = defaultdict(list)
    for served in range(terms.term_months):
        month = delivered.start + served
        if month in inputs.hours:
            windows[served // terms.window_months].append(month)
    return [windows[number] for number in sorted(windows)]


def check_windows(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every window of every order in every outlook, once, each figure exactly."""
    found: dict[tuple[str, str, Month], TakeOrPayWindow] = {(w.outlook, w.order, w.first): w for w in stated.windows}
    due: set[tuple[str, str, Month]] = set()
    with localcontext(MONEY):
        for account in accounts(inputs, stated):
            for settled in account.windows:
                key = (account.delivered.outlook, account.delivered.order.order, settled.first)
                due.add(key)
                row = found.get(key)
                is_stated = row is not None
                checks.true("take_or_pay.windows", key, is_stated, left="no window", operator="but", right="one is due")
                if row is not None:
                    _check_window(account, settled, row, checks)
    for key in found.keys() - due:
        checks.true("take_or_pay.windows", key, False, left="a window", operator="but", right="none is due")


def _check_window(account: Account, settled: Settled, row: TakeOrPayWindow, checks: Checks) -> None:
    place: Place = ("window", row.outlook, row.order, row.first)
    terms = account.terms
    checks.same("take_or_pay.windows", place, (row.contract, row.end), (account.delivered.order.contract, settled.end))
    checks.same("take_or_pay.minimum", place, row.unit, unit_of(terms))
    for rule, stated, own in (
        ("take_or_pay.minimum", row.minimum, settled.minimum),
        ("take_or_pay.used", row.used, settled.used),
        ("take_or_pay.carried", row.carried_in, settled.carried_in),
        ("take_or_pay.true_up", row.true_up, settled.true_up),
        ("take_or_pay.made_up", row.made_up, settled.made_up),
        ("take_or_pay.carried", row.carried_out, settled.carried_out),
        ("take_or_pay.bank", row.bank_out, settled.bank_out),
    ):
        checks.same(rule, place, stated, own, unit_of(terms))
