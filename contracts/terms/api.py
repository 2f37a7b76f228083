"""Per-token API: a model served by someone else, paid by the million tokens, within a rate limit.

Meanings: docs/decisions/0019.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import model_validator

from catalog.footprint import Answer
from catalog.records import Count, Id, NonNegative, Positive, Sourced, Text, Usd
from contracts.calendar import Month, months_between
from contracts.terms.common import BillLine, Nature


class Provisioned(Sourced):
    """Units by the hour for a term, each of which carries a mix of input and output tokens of one API offer."""

    contract: Id
    api: Id
    """The API offer whose tokens its units carry."""
    term_months: Count
    price_usd_per_unit_hour: Usd
    """Price of one unit for one hour of the term, used or not."""
    input_tok_per_s_per_unit: Positive
    """Uncached input tokens of one unit, if it does nothing else."""
    output_tok_per_s_per_unit: Positive
    """Output tokens of one unit, if it does nothing else."""
    step_units: Count = 1
    """Units are ordered in multiples of it."""
    minimum_units: Count = 1
    """An order, if there is one in a month, has at least so many units."""
    maximum_units: Count
    """Most units of one order."""
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
    def _sizes_and_window_agree(self) -> Self:
        if self.most_steps < self.fewest_steps:
            raise ValueError("maximum_units is below the smallest order: minimum_units, in whole steps of step_units")
        if self.earliest_start and self.latest_start and self.latest_start < self.earliest_start:
            raise ValueError("latest_start is before earliest_start")
        return self

    @property
    def fewest_steps(self) -> int:
        """The smallest order, in steps."""
        return max(1, -(-self.minimum_units // self.step_units))

    @property
    def most_steps(self) -> int:
        """The largest order, in steps."""
        return self.maximum_units // self.step_units


class ApiOffer(Sourced):
    """One model at one provider and region."""

    api: Id
    """Name of the API offer."""
    provider: Id
    region: Id
    model: Id
    quality_score: NonNegative
    """On the scale of quality.csv, held against the quality bar of a workload."""
    price_usd_per_mtok_input: Usd
    """Price of a million input tokens that are not cached."""
    price_usd_per_mtok_cached_input: Usd
    """Price of a million input tokens found in the prompt cache; where there is no discount, the price of input."""
    price_usd_per_mtok_output: Usd
    """Price of a million output tokens."""
    input_tok_per_s_limit: Positive
    """Rate limit for input tokens, cached ones included."""
    output_tok_per_s_limit: Positive
    """Rate limit for output tokens."""
    ttft_ms: Positive
    """Time to first token at the percentile."""
    tpot_ms: Positive
    """Time per output token at the percentile."""
    percentile: Literal[50, 90, 95, 99]
    """Percentile of ttft_ms and tpot_ms; below that of an SLO the policy's factor of the evidence applies."""
    longest_request_tok: Positive
    """Most input and output tokens of one request."""
    portable_in_24_hours: Answer = Answer.UNKNOWN
    """Whether what it serves can be moved elsewhere within 24 hours; what is not known counts as no."""
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


BILLED_MTOK = Decimal("0.000000001")
"""A bill counts thousandths of tokens: tokens per accepted token are quotients without a finite decimal form."""


@dataclass(frozen=True, slots=True)
class GrossTokens:
    """Tokens that all attempts send and get: a rate, an amount, or what one accepted output token takes."""

    uncached_input: Decimal
    cached_input: Decimal
    output: Decimal

    def times(self, factor: Decimal) -> "GrossTokens":
        """So many times all three."""
        return GrossTokens(self.uncached_input * factor, self.cached_input * factor, self.output * factor)

    def plus(self, other: "GrossTokens") -> "GrossTokens":
        """The sum, kind by kind."""
        return GrossTokens(
            self.uncached_input + other.uncached_input,
            self.cached_input + other.cached_input,
            self.output + other.output,
        )

    def rounded(self) -> "GrossTokens":
        """Millions of tokens to a thousandth of a token, half-even: as they are billed."""
        return GrossTokens(
            self.uncached_input.quantize(BILLED_MTOK),
            self.cached_input.quantize(BILLED_MTOK),
            self.output.quantize(BILLED_MTOK),
        )

    @property
    def input(self) -> Decimal:
        """All input, cached or not: what a rate limit counts."""
        return self.uncached_input + self.cached_input


NO_TOKENS = GrossTokens(Decimal(0), Decimal(0), Decimal(0))


def usage_bill(offer: ApiOffer, month: Month, mtok: GrossTokens) -> tuple[BillLine, ...]:
    """Uncached input, cached input and output of a month, in this order; no line for what is not used."""
    return _token_lines(offer, month, mtok, Nature.API_USAGE)


def emergency_bill(offer: ApiOffer, month: Month, mtok: GrossTokens) -> tuple[BillLine, ...]:
    """The same of tokens that are only expected; no line for what costs nothing, either."""
    lines = _token_lines(offer, month, mtok, Nature.EMERGENCY_EXPECTED)
    return tuple(line for line in lines if line.unit_price_usd)


def _token_lines(offer: ApiOffer, month: Month, mtok: GrossTokens, nature: Nature) -> tuple[BillLine, ...]:
    priced = (
        (mtok.uncached_input, offer.price_usd_per_mtok_input),
        (mtok.cached_input, offer.price_usd_per_mtok_cached_input),
        (mtok.output, offer.price_usd_per_mtok_output),
    )
    return tuple(
        BillLine(
            nature=nature,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=quantity,
            unit_price_usd=price,
        )
        for quantity, price in priced
        if quantity
    )


def list_usd(offer: ApiOffer, mtok: GrossTokens) -> Decimal:
    """What tokens cost at the offer's own prices, unrounded."""
    return (
        mtok.uncached_input * offer.price_usd_per_mtok_input
        + mtok.cached_input * offer.price_usd_per_mtok_cached_input
        + mtok.output * offer.price_usd_per_mtok_output
    )


def provisioned_bill(terms: Provisioned, units: int, start: Month) -> tuple[BillLine, ...]:
    """Every hour of the term, used or not: one line a month, also after the horizon."""
    return tuple(
        BillLine(
            nature=Nature.PROVISIONED_RECURRING,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(units * month.hours),
            unit_price_usd=terms.price_usd_per_unit_hour,
        )
        for month in months_between(start, start + terms.term_months)
    )
