"""Spend commitment: dollars for every hour of a term, against which on-demand use is charged at lower rates.

It is a promise to pay, not capacity (savings plans of AWS and Azure, flexible committed-use discounts of GCP).
Meanings: docs/decisions/0016.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, Share, Sourced, Text, Usd
from contracts.calendar import Month, hours_between, months_between
from contracts.terms.common import BillLine, Nature
from contracts.terms.on_demand import OnDemand, on_demand_bill

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
        if self.fewest_steps > self.most_steps:
            raise ValueError("no multiple of step_usd_per_hour lies between the minimum and the maximum")
        if self.earliest_start and self.latest_start and self.latest_start < self.earliest_start:
            raise ValueError("latest_start is before earliest_start")
        return self

    @property
    def most_steps(self) -> int:
        """Most steps of one commitment."""
        return int(self.maximum_usd_per_hour // self.step_usd_per_hour)

    @property
    def fewest_steps(self) -> int:
        """Fewest steps of a commitment, if there is one."""
        return max(1, int((self.minimum_usd_per_hour / self.step_usd_per_hour).to_integral_value(ROUND_CEILING)))


class CoveredRate(Sourced):
    """What a node-hour of an on-demand contract costs when a spend commitment covers it."""

    contract: Id
    """The spend commitment."""
    covers: Id
    """The on-demand contract."""
    price_usd_per_node_hour: Dollars
    """Dollars of the commitment that a covered node-hour takes."""


def spend_commitment_bill(terms: SpendCommitment, usd_per_hour: Decimal, start: Month) -> tuple[BillLine, ...]:
    """The whole bill of one commitment, used or not, also beyond the horizon.

    `upfront_share` of all hours of the term is paid in the first month, the rest month by month.
    """
    end = start + terms.term_months
    upfront_share = Decimal(str(terms.upfront_share))
    lines: list[BillLine] = []
    if upfront_share > 0:
        lines.append(
            BillLine(
                nature=Nature.SPEND_COMMITMENT_UPFRONT,
                paid_month=start,
                service_first=start,
                service_end=end,
                quantity=usd_per_hour * hours_between(start, end),
                unit_price_usd=upfront_share,
            )
        )
    if upfront_share < 1:
        lines.extend(
            BillLine(
                nature=Nature.SPEND_COMMITMENT_RECURRING,
                paid_month=month,
                service_first=month,
                service_end=month + 1,
                quantity=usd_per_hour * month.hours,
                unit_price_usd=1 - upfront_share,
            )
            for month in months_between(start, end)
        )
    return tuple(lines)


def covered_bill(terms: OnDemand, node_hours: Mapping[Month, Decimal]) -> tuple[BillLine, ...]:
    """What a commitment takes off the bill of on-demand use that it covers: that bill with its price below zero.

    `node_hours`: covered node-hours by month; `terms` at the price of the month.
    """
    return tuple(
        replace(line, nature=Nature.SPEND_COMMITMENT_COVERED, unit_price_usd=-line.unit_price_usd)
        for line in on_demand_bill(terms, node_hours)
    )


def charged_usd_per_node_hour(rate: CoveredRate, terms: OnDemand) -> Decimal:
    """Dollars of the commitment that an hour of a covered node takes, start-up uplift included."""
    return rate.price_usd_per_node_hour * (1 + Decimal(str(terms.startup_uplift_share)))
