"""Workloads: what is asked, how fast it must be answered, and what a shortfall costs."""

from typing import Literal, Self

from pydantic import Field, model_validator

from catalog.records import Id, NonNegative, Positive, Record, Share, Text, Usd
from contracts.calendar import Month


class Workload(Record):
    """A stream of requests for one model under one SLO."""

    workload: Id
    model: Id
    geographies: tuple[Id, ...]
    """Geographies in which the workload may be served (residency)."""
    slo_class: Text = ""
    """A name for the reader, for example chat or batch."""
    ttft_limit_ms: Positive | None = None
    """Limit of the time to first token; blank for none."""
    tpot_limit_ms: Positive | None = None
    """Limit of the time per output token; blank for none."""
    slo_percentile: Literal[50, 90, 95, 99] = 99
    """Percentile at which the limits hold."""
    cache_hit_share: Share = 0.0
    """Share of prompt tokens found in the prompt cache: they need no prefill."""
    retry_share: Share = Field(default=0.0, lt=1.0)
    """Share of attempts that must be made again."""
    accepted_share: Share = Field(default=1.0, gt=0.0)
    """Share of answers that are accepted."""
    priority: int = Field(default=1, ge=1, le=9)
    """1 is the most important; shown in reports, not used as a price."""
    shortfall_price_usd_per_mtok: Usd
    """Penalty for a million accepted output tokens not served."""
    shortfall_limit_share: Share = 0.0
    """Most of the demand of any month and block that may go unserved."""
    quality_bar: NonNegative = 0.0
    """Lowest quality score with which the workload may be served."""
    spot_share_cap: Share | None = None
    """Most of a month's served tokens on spot capacity; blank for the policy's value."""
    burst_ratio: float | None = Field(default=None, ge=1.0, allow_inf_nan=False)
    """Load of the peak minute over the mean of its block; blank: unknown, derived headroom then counts it as 1."""

    @property
    def yield_share(self) -> float:
        """Accepted answers per attempt: accepted share x (1 - retry share)."""
        return self.accepted_share * (1.0 - self.retry_share)


class SizeClass(Record):
    """Requests of similar size; the shares of a workload's classes (of requests) add up to 1."""

    workload: Id
    size_class: Id
    input_tokens: Positive
    output_tokens: Positive
    request_share: Share = Field(gt=0.0)


class Demand(Record):
    """What a workload asks in a month, as accepted output tokens or as accepted requests per second."""

    workload: Id
    month: Month
    accepted_output_mtok: NonNegative | None = None
    """Millions of accepted output tokens in the month."""
    accepted_requests_per_s: NonNegative | None = None
    """Mean rate of accepted requests over the month."""

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.accepted_output_mtok is None) == (self.accepted_requests_per_s is None):
            raise ValueError("give accepted_output_mtok or accepted_requests_per_s, one of the two")
        return self


class HourlyLoad(Record):
    """Load of a workload in one hour of a typical week, relative to any base."""

    workload: Id
    hour_of_week: int = Field(ge=0, le=167)
    """0 is Monday 00:00 to 01:00 UTC, 167 is Sunday 23:00 to 24:00."""
    load: NonNegative
