"""Credits: a balance that pays for a provider's monthly charges until it is used up or expires; granted or prepaid.

Meanings: docs/decisions/0017.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, Share, Sourced, Text, Usd
from contracts.calendar import Horizon, Month, months_between
from contracts.terms.agreement import Charge
from contracts.terms.common import BillLine, Nature


class Credit(Sourced):
    """Credits of one provider, by the lot."""

    credit: Id
    provider: Id
    balance_usd: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
    """What one lot pays for."""
    price_usd: Usd = Decimal(0)
    """Price of one lot, paid in its first month; 0 for granted credits, of which all lots are had."""
    lots_at_most: Count = 1
    """Most lots that can be bought; of granted credits all are had."""
    first_month: Month
    """First month whose charges it pays."""
    last_month: Month
    """Last month whose charges it pays; what is left then is lost."""
    eligible: tuple[Charge, ...]
    """Monthly charges of the provider that it can pay."""
    invoice_share_cap: Share = 1.0
    """Most of a month's eligible charges that it pays."""
    invoice_cap_usd: Usd | None = None
    """Most dollars of a month that it pays, whatever the number of lots; blank for no such limit."""
    quote: Text = ""
    """Number of the quote; blank for public prices."""
    quote_valid_until: date | None = None
    """Last day on which it can be signed; blank when the offer does not expire."""
    fictitious: bool = False
    """True for a made-up private quote; its pricing_rule then derives the price from a real row."""
    pricing_rule: Text = ""
    """For a fictitious quote: the rule that derives its price from a real row."""

    @model_validator(mode="after")
    def _months_are_in_order(self) -> Self:
        if self.last_month < self.first_month:
            raise ValueError("last_month is before first_month")
        if not self.eligible:
            raise ValueError("eligible names no charge")
        return self

    @property
    def is_prepaid(self) -> bool:
        """True for credits that are bought; granted ones are had in any case."""
        return self.price_usd > 0

    def months_in(self, horizon: Horizon) -> tuple[Month, ...]:
        """Months of the horizon whose charges it can pay, in order."""
        return months_between(max(self.first_month, horizon.first), min(self.last_month + 1, horizon.end))


def purchase_line(credit: Credit, lots: int, horizon: Horizon) -> BillLine:
    """The price of lots, paid in the first month for the months of the horizon whose charges they can pay.

    Months after the horizon take no part of the price: what is left then is worth nothing.
    """
    return BillLine(
        nature=Nature.CREDIT_PURCHASE,
        paid_month=credit.first_month,
        service_first=credit.first_month,
        service_end=min(credit.last_month + 1, horizon.end),
        quantity=Decimal(lots),
        unit_price_usd=credit.price_usd,
    )


def use_line(month: Month, usd: Decimal) -> BillLine:
    """Credits set against the charges of a month."""
    return BillLine(
        nature=Nature.CREDIT_USE,
        paid_month=month,
        service_first=month,
        service_end=month + 1,
        quantity=usd,
        unit_price_usd=Decimal(-1),
    )
