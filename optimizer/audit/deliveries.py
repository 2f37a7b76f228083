"""Orders as they are delivered in each outlook, and the nodes under contract month by month."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from contracts.calendar import Month
from contracts.clauses import Rights
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.held import HeldContract
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.blocks import hours_of_block, months_of_block
from optimizer.audit.courses import Course, RightsBook, Stay, stays
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan import Order
from optimizer.plan_contracts import RightUsed

Ordered: TypeAlias = Reserved | TakeOrPay | Owned | CapacityBlock
"""Kinds of terms under which nodes are ordered."""


@dataclass(frozen=True)
class Delivery:
    """An order in an outlook: it serves and bills from the promised month and the delay on, for its whole term.

    The dates of a capacity block are what is sold: nothing delays it.
    """

    order: Order
    terms: Ordered
    outlook: str
    start: Month
    end: Month
    """First month that is no longer served by the plain term."""
    rights: tuple[RightUsed, ...] = ()
    """What is done with some of its nodes in this outlook."""

    def serves(self, month: Month) -> bool:
        """Whether a month is one of its term."""
        return self.start <= month < self.end

    @property
    def stays(self) -> tuple[Stay, ...]:
        """Where its nodes are."""
        terms = self.terms if isinstance(self.terms, Rights) else None
        return tuple(stays(self.order.offering, self.order.nodes, (self.start, self.end), terms, self.rights))


@dataclass(frozen=True)
class Active:
    """Nodes under a contract for a month, bought now or held before."""

    offering: str
    source: str
    """Contract, or held contract."""
    firm: bool
    nodes: int
    paid_as_used: bool
    """Under take-or-pay: in normal operation only the nodes that are used serve."""
    hours: int | None = None
    """Hours of a month that is not served to the last one; None where it is."""
    delivered: Month | None = None
    """First month of service of an order by the lot, of nodes on its plain course; None for all other nodes."""

    def node_hours(self, hours: int) -> int:
        """Node-hours in a month of so many hours."""
        return self.nodes * (hours if self.hours is None else self.hours)


def outlooks_of(inputs: Inputs, outlook: str | None) -> tuple[str, ...]:
    """The outlooks in which something decided for an outlook, or before it is known, is there."""
    return tuple(inputs.probability) if outlook is None else (outlook,)


def deliveries(inputs: Inputs, stated: Statements) -> Iterator[Delivery]:
    """Every order in every outlook in which it is there."""
    book = RightsBook(stated)
    for order in stated.orders:
        terms = inputs.terms[order.contract]
        assert isinstance(terms, Ordered), "sifted"
        for outlook in outlooks_of(inputs, order.outlook):
            start, end = _span(inputs, order, terms, outlook)
            yield Delivery(order, terms, outlook, start, end, book.of(outlook, order=order.order))


def _span(inputs: Inputs, order: Order, terms: Ordered, outlook: str) -> tuple[Month, Month]:
    """First month of service and the first without it, as delivered in an outlook."""
    if isinstance(terms, CapacityBlock):
        return months_of_block(terms)
    start = order.start + inputs.effects.delay(outlook, terms.offering, order.start)
    return start, start + terms.term_months


def held_stays(held: HeldContract, outlook: str, book: RightsBook) -> tuple[Stay, ...]:
    """Where the nodes of a held contract are in an outlook."""
    rights = book.of(outlook, held=held.held)
    return tuple(stays(held.offering, held.nodes, (held.start, held.end), held, rights))


def active_nodes(inputs: Inputs, stated: Statements) -> dict[tuple[str, Month], tuple[Active, ...]]:
    """Orders and held contracts that serve each outlook and month of the horizon."""
    active: dict[tuple[str, Month], list[Active]] = {
        (outlook, month): [] for outlook in inputs.probability for month in inputs.months
    }
    for delivered in deliveries(inputs, stated):
        terms = delivered.terms
        if isinstance(terms, CapacityBlock):
            for month in inputs.months:
                if delivered.serves(month):
                    active[delivered.outlook, month].append(_of_block(inputs, delivered.order, terms, month))
            continue
        for stay in delivered.stays:
            row = Active(
                stay.offering,
                terms.contract,
                terms.firm,
                stay.nodes,
                isinstance(terms, TakeOrPay),
                delivered=delivered.start if stay.course is Course.PLAIN else None,
            )
            for month in inputs.months:
                if stay.serves(month):
                    active[delivered.outlook, month].append(row)
    book = RightsBook(stated)
    for held in inputs.held.values():
        for outlook in inputs.probability:
            for stay in held_stays(held, outlook, book):
                row = Active(stay.offering, held.held, held.firm, stay.nodes, paid_as_used=False)
                for month in inputs.months:
                    if stay.serves(month):
                        active[outlook, month].append(row)
    return {moment: tuple(rows) for moment, rows in active.items()}


def _of_block(inputs: Inputs, order: Order, terms: CapacityBlock, month: Month) -> Active:
    """Firm, and all month or some hours of it."""
    hours = hours_of_block(terms, month)
    is_whole = hours == inputs.hours[month]
    return Active(
        order.offering, order.contract, True, order.nodes, paid_as_used=False, hours=None if is_whole else hours
    )
