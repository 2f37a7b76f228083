"""Spend commitment: dollars for every hour of a term, against which on-demand use is charged at lower rates.

It is a promise to pay, not capacity (savings plans of AWS and Azure, flexible committed-use discounts of GCP).
Meanings: docs/decisions/0016.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, Share, Sourced, Text, Usd
from contracts.calendar import Month

Dollars = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]


class SpendCommitment(Sourced):
    """Steps of dollars an hour that can be committed to a provider."""

    contract: Id
    provider: Id
    flexible: bool
    """False for a plan of one kind of instance, which is applied first; True for one that covers many kinds."""
    term_months: Count
    step_usd_per_hour: Dollars
    """Commitments are multiples of it."""
    minimum_usd_per_hour: Usd = Decimal(0)
    """A commitment, if there is one in a month, has at least so many dollars an hour."""
    maximum_usd_per_hour: Dollars
    """Most dollars an hour of one commitment."""
    upfront_share: Share = 0.0
    """Share of all hours of the term that is paid in the first month."""
    earliest_start: Month | None = None
    """First month in which it may start; blank for the first of the horizon."""
    latest_start: Month | None = None
    """Last month in which it may start; blank for the last of the horizon."""
    start_every_months: Count = 1
    """It starts only every so many months, counted from the earliest start."""
    quote: Text = ""
    """Number of the quote; blank for public prices."""
    quote_valid_until: date | None = None
    """Last day on which it can be signed; blank when the offer does not expire."""
    fictitious: bool = False
    """True for a made-up private quote; its pricing_rule then derives the price from a real row."""
    pricing_rule: Text = ""
    """For a fictitious quote: the rule that derives its price from a real row."""

    @model_validator(mode="after")
    def _steps_and_window_agree(self) -> Self:
        if self.maximum_usd_per_hour < max(self.step_usd_per_hour, self.minimum_usd_per_hour):
            raise ValueError("maximum_usd_per_hour is below the step or the minimum")
        if self.earliest_start and self.latest_start and self.latest_start < self.earliest_start:
            raise ValueError("latest_start is before earliest_start")
        return self


class CoveredRate(Sourced):
    """What a node-hour of an on-demand contract costs when a spend commitment covers it."""

    contract: Id
    """The spend commitment."""
    covers: Id
    """The on-demand contract."""
    price_usd_per_node_hour: Dollars
