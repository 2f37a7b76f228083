"""Orders as they are delivered in each outlook, and the nodes under contract month by month."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan import Order


@dataclass(frozen=True)
class Delivery:
    """An order in an outlook: it serves and bills from the promised month and the delay on, for its whole term."""

    order: Order
    terms: Reserved | TakeOrPay
    outlook: str
    start: Month

    @property
    def end(self) -> Month:
        """First month that is no longer served."""
        return self.start + self.terms.term_months

    def serves(self, month: Month) -> bool:
        """Whether its nodes are there in a month."""
        return self.start <= month < self.end


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
    for order in stated.orders:
        terms = inputs.terms[order.contract]
        assert isinstance(terms, Reserved | TakeOrPay), "sifted"
        for outlook in outlooks_of(inputs, order.outlook):
            late = inputs.effects.delay(outlook, terms.offering, order.start)
            yield Delivery(order, terms, outlook, order.start + late)


def active_nodes(inputs: Inputs, stated: Statements) -> dict[tuple[str, Month], tuple[Active, ...]]:
    """Orders and held contracts that serve each outlook and month of the horizon."""
    active: dict[tuple[str, Month], list[Active]] = {
        (outlook, month): [] for outlook in inputs.probability for month in inputs.months
    }
    for delivered in deliveries(inputs, stated):
        order, terms = delivered.order, delivered.terms
        row = Active(order.offering, order.contract, terms.firm, order.nodes, isinstance(terms, TakeOrPay))
        for month in inputs.months:
            if delivered.serves(month):
                active[delivered.outlook, month].append(row)
    for held in inputs.held.values():
        row = Active(held.offering, held.held, held.firm, held.nodes, paid_as_used=False)
        for outlook, month in active:
            if held.start <= month < held.end:
                active[outlook, month].append(row)
    return {moment: tuple(rows) for moment, rows in active.items()}
