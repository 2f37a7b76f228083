"""What commitments still owe after a month, in an outlook, as they were signed: no right is used."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from optimizer.audit.deliveries import deliveries
from optimizer.audit.due import Due, cents
from optimizer.audit.dues_of_contracts import held_lines, order_lines
from optimizer.audit.dues_of_spend_commitments import spend_commitment_lines
from optimizer.audit.dues_of_tokens import token_lines
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.statements import Statements
from optimizer.audit.take_or_pay import Account, accounts, price_of_unit

NOTHING = Decimal(0)
AS_BILLED = (
    Nature.RESERVED_UPFRONT,
    Nature.RESERVED_RECURRING,
    Nature.CAPACITY_BLOCK,
    Nature.OWNED_CAPEX,
    Nature.SPEND_COMMITMENT_UPFRONT,
    Nature.SPEND_COMMITMENT_RECURRING,
    Nature.PROVISIONED_RECURRING,
    Nature.HELD_UPFRONT,
    Nature.HELD_RECURRING,
    Nature.TAKE_OR_PAY_OBLIGATION,
)
"""Lines that cannot be stopped; of take-or-pay those after the horizon, where nothing can be used."""
UPFRONT = (Nature.RESERVED_UPFRONT, Nature.HELD_UPFRONT)

Key = tuple[str, str | None]
"""Source and order."""


@dataclass(frozen=True)
class Exit:
    """A way out that can be declared until a day: what is left to pay of service before it, and a fee."""

    month: Month
    notice_by: date
    fee: Decimal


@dataclass
class Owing:
    """A commitment in an outlook, from the month in which it is signed on."""

    provider: str
    signed: Month
    lines: list[Due] = field(default_factory=list)
    renewed: list[tuple[Month, Due]] = field(default_factory=list)
    """Lines of a renewal, each with the month in which it is declared."""
    exits: tuple[Exit, ...] = ()
    account: Account | None = None
    """Of take-or-pay: its windows in the horizon."""

    def after(self, month: Month) -> Decimal:
        """What is still to be paid after a month."""
        if month < self.signed:
            return NOTHING
        later = [line for line in self.lines if line.paid > month]
        owed = [_sum(later)]
        for way in self.exits:
            if way.notice_by >= (month + 1).first_day:
                before = (line for line in later if line.nature in UPFRONT or line.service_first < way.month)
                owed.append(_sum(before) + way.fee)
        declared = (line for declared, line in self.renewed if declared <= month and line.paid > month)
        return min(owed) + _sum(declared) + _of_windows(self.account, month)


def _sum(lines: Iterable[Due]) -> Decimal:
    return sum((line.amount for line in lines), NOTHING)


def _of_windows(account: Account | None, month: Month) -> Decimal:
    """The minimum of every window, in equal parts for its months."""
    owed = NOTHING
    for window in account.windows if account is not None else ():
        assert account is not None
        months = window.end - window.first
        left = min(months, max(0, window.end - (month + 1)))
        price = price_of_unit(account.delivered, account.terms, window.end + -1)
        owed += window.minimum * price * left / months
    return owed


def owings(inputs: Inputs, stated: Statements, outlook: str) -> tuple[Owing, ...]:
    """All commitments that are there in an outlook; call inside the context of money."""
    found = {key: Owing(provider, signed) for key, provider, signed in _signed(inputs, stated, outlook)}
    as_signed = replace(stated, rights=())
    for line in _lines(inputs, as_signed):
        key = (line.source, line.order)
        if line.nature in AS_BILLED and line.outlook in (None, outlook) and key in found:
            found[key].lines.append(line)
    declared = dict(_renewals(inputs, stated))
    for line in _lines(inputs, stated):
        key = (line.source, line.order)
        if line.nature is Nature.RENEWED_RECURRING and line.outlook in (None, outlook) and key in found:
            found[key].renewed.append((declared[key], line))
    for key, exits in _exits(inputs, as_signed, outlook):
        found[key].exits = exits
    for account in accounts(inputs, as_signed):
        if account.delivered.outlook == outlook:
            order = account.delivered.order
            found[order.contract, order.order].account = account
    return tuple(found.values())


def _lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    yield from order_lines(inputs, stated)
    yield from held_lines(inputs, stated)
    yield from spend_commitment_lines(inputs, stated)
    yield from token_lines(inputs, stated)


def _signed(inputs: Inputs, stated: Statements, outlook: str) -> Iterator[tuple[Key, str, Month]]:
    """Every commitment, whom it is owed to, and the month from which on it counts."""
    for order in stated.orders:
        if order.outlook in (None, outlook):
            provider = inputs.offerings[order.offering].provider
            yield (order.contract, order.order), provider, _month_of(inputs, order.order_by)
    for committed in stated.bought.committed:
        if committed.outlook in (None, outlook):
            provider = inputs.spend_commitments[committed.contract].provider
            yield (committed.contract, committed.order), provider, _month_of(inputs, committed.order_by)
    for units in stated.bought.provisioned:
        if units.outlook in (None, outlook):
            provider = inputs.api_offers[inputs.provisioned[units.contract].api].provider
            yield (units.contract, units.order), provider, _month_of(inputs, units.order_by)
    for held in inputs.held.values():
        yield (held.held, None), inputs.offerings[held.offering].provider, inputs.first


def _month_of(inputs: Inputs, day: date) -> Month:
    return max(Month(day.year, day.month), inputs.first)


def _renewals(inputs: Inputs, stated: Statements) -> Iterator[tuple[Key, Month]]:
    """The month of the last day to declare a renewal, or to refuse one that comes by itself."""
    for order in stated.orders:
        terms = inputs.terms[order.contract]
        if isinstance(terms, Reserved):
            yield (order.contract, order.order), _notice(inputs, terms, order.start + terms.term_months)
    for held in inputs.held.values():
        yield (held.held, None), _notice(inputs, held, held.end)


def _notice(inputs: Inputs, terms: Reserved | HeldContract, end: Month) -> Month:
    return _month_of(inputs, end.first_day - timedelta(days=terms.renewal_notice_days))


def _exits(inputs: Inputs, stated: Statements, outlook: str) -> Iterator[tuple[Key, tuple[Exit, ...]]]:
    for delivered in deliveries(inputs, stated):
        terms = delivered.terms
        if isinstance(terms, Reserved) and delivered.outlook == outlook:
            order = delivered.order
            span = (order.start, order.start + terms.term_months)
            exits = ways_out(inputs, terms, span, delivered=(delivered.start, delivered.end), nodes=order.nodes)
            yield (order.contract, order.order), tuple(exits)
    for held in inputs.held.values():
        span = (held.start, held.end)
        yield (held.held, None), tuple(ways_out(inputs, held, span, delivered=span, nodes=held.nodes))


def ways_out(
    inputs: Inputs,
    terms: Reserved | HeldContract,
    promised: tuple[Month, Month],
    *,
    delivered: tuple[Month, Month],
    nodes: int,
) -> Iterator[Exit]:
    """Months from the horizon on in which nodes may leave, also after it; none before they are delivered."""
    if terms.terminable_after_months is None:
        return
    month = max(promised[0] + terms.terminable_after_months, delivered[0], inputs.first)
    share = (1 - exact(terms.upfront_share)) * exact(terms.termination_fee_share)
    while month < promised[1]:
        notice_by = month.first_day - timedelta(days=terms.termination_notice_days)
        if notice_by >= inputs.run.order_date:
            hours = nodes * hours_between(month, delivered[1])
            yield Exit(month, notice_by, cents(hours * terms.price_usd_per_node_hour * share))
        month = month + 1
