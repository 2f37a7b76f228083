"""Per-token API: a model served by someone else, paid by the million tokens, within a rate limit.

Meanings: docs/decisions/0019.
"""

from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from catalog.records import Count, Id, NonNegative, Positive, Sourced, Text, Usd
from contracts.calendar import Month


class Provisioned(Sourced):
    """Units by the hour for a term, each of which carries a mix of input and output tokens of one API offer."""

    contract: Id
    api: Id
    term_months: Count
    price_usd_per_unit_hour: Usd
    input_tok_per_s_per_unit: Positive
    """Uncached input tokens of one unit, if it does nothing else."""
    output_tok_per_s_per_unit: Positive
    """Output tokens of one unit, if it does nothing else."""
    step_units: Count = 1
    """Units are ordered in multiples of it."""
    minimum_units: Count = 1
    maximum_units: Count
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


class ApiOffer(Sourced):
    """One model at one provider and region."""

    api: Id
    provider: Id
    region: Id
    model: Id
    quality_score: NonNegative
    """On the scale of quality.csv, held against the quality bar of a workload."""
    price_usd_per_mtok_input: Usd
    price_usd_per_mtok_cached_input: Usd
    price_usd_per_mtok_output: Usd
    input_tok_per_s_limit: Positive
    """Rate limit for input tokens, cached ones included."""
    output_tok_per_s_limit: Positive
    ttft_ms: Positive
    """Time to first token at the percentile."""
    tpot_ms: Positive
    """Time per output token at the percentile."""
    percentile: Literal[50, 90, 95, 99]
    longest_request_tok: Positive
    """Most input and output tokens of one request."""
    quote: Text = ""
    """Number of the quote; blank for public prices."""
    quote_valid_until: date | None = None
    """Last day on which it can be signed; blank when the offer does not expire."""
    fictitious: bool = False
    """True for a made-up private quote; its pricing_rule then derives the price from a real row."""
    pricing_rule: Text = ""
    """For a fictitious quote: the rule that derives its price from a real row."""

    @model_validator(mode="after")
    def _cached_is_no_dearer(self) -> Self:
        if self.price_usd_per_mtok_cached_input > self.price_usd_per_mtok_input:
            raise ValueError("price_usd_per_mtok_cached_input is above price_usd_per_mtok_input")
        return self
