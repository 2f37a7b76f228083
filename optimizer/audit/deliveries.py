"""Orders as they are delivered in each outlook, and the nodes under contract month by month."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.calendar import Month
from contracts.clauses import Rights
from contracts.terms.held import HeldContract
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.courses import RightsBook, Stay, stays
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan import Order
from optimizer.plan_contracts import RightUsed


@dataclass(frozen=True)
class Delivery:
    """An order in an outlook: it serves and bills from the promised month and the delay on, for its whole term."""

    order: Order
    terms: Reserved | TakeOrPay
    outlook: str
    start: Month
    rights: tuple[RightUsed, ...] = ()
    """What is done with some of its nodes in this outlook."""

    @property
    def end(self) -> Month:
        """First month that is no longer served by the plain term."""
        return self.start + self.terms.term_months

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


def outlooks_of(inputs: Inputs, outlook: str | None) -> tuple[str, ...]:
    """The outlooks in which something decided for an outlook, or before it is known, is there."""
    return tuple(inputs.probability) if outlook is None else (outlook,)


def deliveries(inputs: Inputs, stated: Statements) -> Iterator[Delivery]:
    """Every order in every outlook in which it is there."""
    book = RightsBook(stated)
    for order in stated.orders:
        terms = inputs.terms[order.contract]
        assert isinstance(terms, Reserved | TakeOrPay), "sifted"
        for outlook in outlooks_of(inputs, order.outlook):
            late = inputs.effects.delay(outlook, terms.offering, order.start)
            yield Delivery(order, terms, outlook, order.start + late, book.of(outlook, order=order.order))


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
        for stay in delivered.stays:
            row = Active(stay.offering, terms.contract, terms.firm, stay.nodes, isinstance(terms, TakeOrPay))
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
