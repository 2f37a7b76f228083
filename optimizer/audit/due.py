"""A line of cost that the terms call for, what tells it from all others, and how money is rounded."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature

MONEY = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Wide enough for every product and sum of the audit to be exact."""
CENT = Decimal("0.01")
HELD = (Nature.HELD_UPFRONT, Nature.HELD_RECURRING)
NOT_CASH = (Nature.SHORTFALL_PENALTY, Nature.EMERGENCY_EXPECTED, Nature.CARBON_PRICE, Nature.STABILITY_PRICE)
"""Natures that nobody bills."""

Key = tuple[str, str | None, str, str | None, str | None, Month]
"""Nature, outlook, source, order, offering (of an emergency), month of payment."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """A line that the terms call for."""

    nature: Nature
    outlook: str | None
    payee: str
    offering: str | None
    source: str
    order: str | None
    paid: Month
    service_first: Month
    service_end: Month
    quantity: Decimal
    unit: str
    unit_price: Decimal
    is_quotient: bool = False
    """True where the quantity has no finite decimal form."""

    @property
    def amount(self) -> Decimal:
        """Quantity x unit price, half-even to the cent."""
        return cents(self.quantity * self.unit_price)

    @property
    def key(self) -> Key:
        """What tells the line from all others."""
        return key_of(self.nature, self.outlook, self.source, self.order, self.offering, self.paid)


@dataclass(frozen=True)
class Signed:
    """Whose lines are told, and what the fee of a commitment depends on."""

    payee: str
    offering: str
    source: str
    order: str | None
    outlook: str | None
    nodes: int
    start: Month
    end: Month


def due_by_hour(
    nature: Nature,
    signed: Signed,
    *,
    months: tuple[Month, Month],
    paid: Month,
    quantity: Decimal,
    price: Decimal,
    offering: str | None = None,
) -> Due:
    """A line of node-hours of a commitment; of its own offering where no other is named."""
    return Due(
        nature=nature,
        outlook=signed.outlook,
        payee=signed.payee,
        offering=signed.offering if offering is None else offering,
        source=signed.source,
        order=signed.order,
        paid=paid,
        service_first=months[0],
        service_end=months[1],
        quantity=quantity,
        unit="node_hour",
        unit_price=price,
    )


def is_capital(nature: Nature) -> bool:
    """Capital expenditure; every other cash nature is operating expenditure."""
    return nature in (Nature.MIGRATION_CAPITALISED, Nature.OWNED_CAPEX)


def cents(amount: Decimal) -> Decimal:
    """Rounded half-even to the cent.

    >>> cents(Decimal("0.125")), cents(Decimal("0.135"))
    (Decimal('0.12'), Decimal('0.14'))
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def key_of(
    nature: Nature, outlook: str | None, source: str, order: str | None, offering: str | None, paid: Month
) -> Key:
    """What tells lines apart; an emergency line is one per offering."""
    place = offering if nature is Nature.EMERGENCY_EXPECTED else None
    return nature.value, outlook, source, order, place, paid
