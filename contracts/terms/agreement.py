"""Enterprise agreement: a discount on a provider's monthly charges for a yearly commitment (EDP, MACC).

Meanings: docs/decisions/0017.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, Share, Sourced, Text
from contracts.calendar import Month


class Charge(StrEnum):
    """Monthly charges to which a discount or a credit can apply."""

    ON_DEMAND = "on_demand"
    """On-demand use, less what spend commitments cover."""
    SPOT = "spot"
    RESERVED = "reserved"
    """Recurring charges of orders under reserved terms, swapped and renewed ones included."""
    HELD = "held"
    """Recurring charges of held contracts, swapped and renewed ones included."""
    TAKE_OR_PAY = "take_or_pay"
    """Use under take-or-pay."""
    VOLUME = "volume"
    SPEND_COMMITMENT = "spend_commitment"
    """Recurring part of spend commitments."""
    API = "api"


class Agreement(Sourced):
    """An agreement that can be signed at one of its tiers, or is in force at its only one."""

    agreement: Id
    provider: Id
    start: Month
    """First month of its first year; in the past where it is in force."""
    years: Annotated[Count, Field(le=10)]
    eligible: tuple[Charge, ...]
    """Charges of the provider that count towards the commitment and are discounted."""
    in_force: bool = False
    """True when it was signed before this plan, at its only tier."""
    quote: Text = ""
    """Number of the quote; blank for public prices."""
    quote_valid_until: date | None = None
    """Last day on which it can be signed; blank when the offer does not expire."""
    fictitious: bool = False
    """True for a made-up private quote; its pricing_rule then derives the price from a real row."""
    pricing_rule: Text = ""
    """For a fictitious quote: the rule that derives its price from a real row."""

    @model_validator(mode="after")
    def _something_is_eligible(self) -> Self:
        if not self.eligible:
            raise ValueError("eligible names no charge")
        return self


class AgreementTier(Sourced):
    """A commitment and the discount that comes with it."""

    agreement: Id
    tier: Id
    commitment_usd_per_year: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
    """Least discounted eligible charges of each contract year; what is missing is billed."""
    discount_share: Annotated[Share, Field(lt=1)]
    """Taken off every eligible charge."""
