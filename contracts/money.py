"""Money: one rounding rule, discounting, and the part of a payment that serves the horizon."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache

from contracts.calendar import Horizon, Month, hours_between, months_between

CENT = Decimal("0.01")
EXACT = Context(prec=60)
"""For products of prices, nodes and hours: with the usual 28 digits a long price could be rounded twice."""


def exact(value: float) -> Decimal:
    """The shortest decimal that reads back as the float: what plan.json shows.

    >>> exact(0.1)
    Decimal('0.1')
    """
    return Decimal(repr(value))


def to_cents(amount_usd: Decimal) -> Decimal:
    """Rounded half-even to the cent; applied once per line and never again.

    >>> to_cents(Decimal("2.345")), to_cents(Decimal("2.355"))
    (Decimal('2.34'), Decimal('2.36'))
    """
    return amount_usd.quantize(CENT, rounding=ROUND_HALF_EVEN)


@cache
def _discount_factor(rate_per_year: Decimal, elapsed_months: int) -> Decimal:
    if elapsed_months == 0:
        return Decimal(1)
    return (1 + rate_per_year) ** (-Decimal(elapsed_months) / 12)


@dataclass(frozen=True, slots=True)
class Payment:
    """An amount, the month in which it is paid, and the months of service that it buys.

    `service_end` is the first month that is no longer served.
    """

    amount_usd: Decimal
    paid_month: Month
    service_first: Month
    service_end: Month


@dataclass(frozen=True, slots=True)
class Valuation:
    """How the objective weighs a payment.

    A payment is spread straight-line, hour by hour, over its service. The part that serves the
    horizon counts fully, the part beyond it at `beyond_horizon_weight` (0: free, 1: as if lost);
    both are discounted from the month of payment, the first month of the horizon undiscounted.
    """

    horizon: Horizon
    discount_rate_per_year: Decimal
    beyond_horizon_weight: Decimal

    def discount_factor(self, month: Month) -> Decimal:
        """(1 + yearly rate) ^ -(months since the first / 12); 1 for the first month and before.

        >>> from contracts.calendar import Horizon, Month
        >>> v = Valuation(Horizon(Month(2027, 1), 24), Decimal("0.1"), Decimal(1))
        >>> v.discount_factor(Month(2027, 1)), round(v.discount_factor(Month(2028, 1)) * Decimal("1.1"), 12)
        (Decimal('1'), Decimal('1.000000000000'))
        """
        return _discount_factor(self.discount_rate_per_year, max(0, self.horizon.index(month)))

    def horizon_share(self, payment: Payment) -> Decimal:
        """The share of the hours bought that lies inside the horizon."""
        total_hours = hours_between(payment.service_first, payment.service_end)
        first = max(payment.service_first, self.horizon.first)
        end = min(payment.service_end, self.horizon.end)
        return Decimal(max(0, hours_between(first, end) if end > first else 0)) / total_hours

    def tail_share(self, payment: Payment) -> Decimal:
        """The share of the hours bought that lies after the horizon; hours before it are neither here nor there."""
        first = max(payment.service_first, self.horizon.end)
        after = hours_between(first, payment.service_end) if payment.service_end > first else 0
        return Decimal(after) / hours_between(payment.service_first, payment.service_end)

    def service_shares(self, payment: Payment) -> tuple[tuple[int, Decimal], ...]:
        """(month index, share of the hours bought) for the months of the horizon that are served."""
        total_hours = hours_between(payment.service_first, payment.service_end)
        first = max(payment.service_first, self.horizon.first)
        end = min(payment.service_end, self.horizon.end)
        return tuple(
            (self.horizon.index(month), Decimal(month.hours) / total_hours) for month in months_between(first, end)
        )

    def objective_usd(self, payment: Payment) -> Decimal:
        """What the payment adds to the objective, unrounded."""
        weight = self.horizon_share(payment) + self.beyond_horizon_weight * self.tail_share(payment)
        return payment.amount_usd * weight * self.discount_factor(payment.paid_month)
