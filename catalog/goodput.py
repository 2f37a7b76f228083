"""Measured points and claims of serving speed. Their evaluation against an SLO is in catalog.serving."""

from typing import Literal, Self

from pydantic import model_validator

from catalog.records import Count, Id, Positive, Sourced, Usd


class GoodputPoint(Sourced):
    """One measured (or modelled, or claimed) operating point of one replica.

    Output tokens per second are those of the whole replica of `accelerators_per_replica` chips.
    A latency without a value was not published; a point without latencies can serve only workloads
    without limits. A percentile says which percentile of the distribution the latency is.
    """

    point: Id
    curve: Id
    """Points of one run (same publisher, system, engine, settings) share a curve."""
    model: Id
    precision: Id
    accelerator: Id
    stack: Id
    engine: Id
    accelerators_per_replica: Count
    input_tokens: Positive
    """Mean prompt tokens of a request in the run."""
    output_tokens: Positive
    """Mean generated tokens of a request in the run."""
    concurrency: Positive | None = None
    output_tok_per_s: Positive
    ttft_ms: Positive | None = None
    """Time to first token."""
    ttft_percentile: Literal[50, 90, 95, 99] | None = None
    tpot_ms: Positive | None = None
    """Time per output token after the first."""
    tpot_percentile: Literal[50, 90, 95, 99] | None = None

    @model_validator(mode="after")
    def _latency_names_its_percentile(self) -> Self:
        for latency, percentile in (
            (self.ttft_ms, self.ttft_percentile),
            (self.tpot_ms, self.tpot_percentile),
        ):
            if (latency is None) != (percentile is None):
                raise ValueError("a latency and its percentile must both be given or both be blank")
        return self


class PricePerformanceClaim(Sourced):
    """A claim "x % better price-performance than", turned into goodput only as

        goodput per chip = baseline goodput per chip * (own list price / baseline list price) * (1 + gain_share)

    with both list prices named (docs/decisions/0002).
    """

    claim: Id
    accelerator: Id
    baseline_accelerator: Id
    own_list_price_usd_per_accelerator_hour: Usd
    baseline_list_price_usd_per_accelerator_hour: Usd
    gain_share: float
    """0.30 for "30 % better price-performance"."""
