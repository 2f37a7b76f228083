"""Measured points and claims of serving speed. Their evaluation against an SLO is in catalog.serving."""

from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self

from pydantic import model_validator

from catalog.records import Count, Id, Positive, Sourced, Usd

ByPercentile = tuple[tuple[int, float], ...]
"""Latencies in ms, each behind its percentile, in order of percentiles."""


class Role(StrEnum):
    """What a replica does of a request (docs/decisions/0030)."""

    AGGREGATED = "aggregated"
    """All of it."""
    PREFILL = "prefill"
    """It reads the prompt and hands the key-value cache over."""
    DECODE = "decode"
    """It takes the cache over and writes the answer."""


class GoodputPoint(Sourced):
    """One measured (or modelled, or claimed) operating point of one replica.

    Output tokens per second are those of the whole replica of `accelerators_per_replica` chips; in every role they are
    the output tokens of a request times the requests per second that pass through, wherever the tokens are made.
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
    ttft_p50_ms: Positive | None = None
    """Median time to first token; more percentiles may be stated beside ttft_ms."""
    ttft_p95_ms: Positive | None = None
    """TTFT at the 95th percentile."""
    ttft_p99_ms: Positive | None = None
    """TTFT at the 99th percentile."""
    tpot_p50_ms: Positive | None = None
    """Median time per output token; more percentiles may be stated beside tpot_ms."""
    tpot_p95_ms: Positive | None = None
    """TPOT at the 95th percentile."""
    tpot_p99_ms: Positive | None = None
    """TPOT at the 99th percentile."""
    role: Role = Role.AGGREGATED
    """Whether the replica serves whole requests, or only reads prompts or only writes answers for a split."""

    prefill_tok_per_s: Positive | None = None
    """Prompt tokens a second of the replica while it does nothing but prefill; with decode_tok_per_s or not at all."""
    decode_tok_per_s: Positive | None = None
    """Generated tokens a second of the replica while it does nothing but decode."""

    @property
    def rates_tok_per_s(self) -> tuple[float, float] | None:
        """Prefill and decode rate, where both are stated."""
        if self.prefill_tok_per_s is None or self.decode_tok_per_s is None:
            return None
        return self.prefill_tok_per_s, self.decode_tok_per_s

    @cached_property
    def ttft_by_percentile(self) -> ByPercentile:
        """Every TTFT that is stated."""
        further = (50, self.ttft_p50_ms), (95, self.ttft_p95_ms), (99, self.ttft_p99_ms)
        return _by_percentile((self.ttft_percentile, self.ttft_ms), *further)

    @cached_property
    def tpot_by_percentile(self) -> ByPercentile:
        """Every TPOT that is stated."""
        further = (50, self.tpot_p50_ms), (95, self.tpot_p95_ms), (99, self.tpot_p99_ms)
        return _by_percentile((self.tpot_percentile, self.tpot_ms), *further)

    @model_validator(mode="after")
    def _latency_names_its_percentile(self) -> Self:
        for latency, percentile in (
            (self.ttft_ms, self.ttft_percentile),
            (self.tpot_ms, self.tpot_percentile),
        ):
            if (latency is None) != (percentile is None):
                raise ValueError("a latency and its percentile must both be given or both be blank")
        return self

    @model_validator(mode="after")
    def _rates_come_in_pairs(self) -> Self:
        if (self.prefill_tok_per_s is None) != (self.decode_tok_per_s is None):
            raise ValueError("prefill_tok_per_s and decode_tok_per_s must both be given or both be blank")
        return self

    @model_validator(mode="after")
    def _percentiles_agree(self) -> Self:
        for name, stated in (("TTFT", self.ttft_by_percentile), ("TPOT", self.tpot_by_percentile)):
            for (lower, lower_ms), (higher, higher_ms) in pairwise(stated):
                if lower == higher and lower_ms != higher_ms:
                    raise ValueError(f"{name} at p{lower} is stated twice: {lower_ms:g} ms and {higher_ms:g} ms")
                if lower_ms > higher_ms:
                    raise ValueError(
                        f"{name} at p{lower} is {lower_ms:g} ms, above the {higher_ms:g} ms stated at p{higher}"
                    )
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


def _by_percentile(*stated: tuple[int | None, float | None]) -> ByPercentile:
    """What is stated, in order.

    >>> _by_percentile((99, 480.0), (50, 120.0), (95, None))
    ((50, 120.0), (99, 480.0))
    """
    return tuple(sorted({(at, ms) for at, ms in stated if at is not None and ms is not None}))
