"""From measured points to the node-time of a request inside an SLO, or the reason why not."""

from enum import StrEnum

from catalog.records import Evidence, Id, NonNegative, Positive, Record, Share, Text


class Slo(Record):
    """Latency limits at a percentile; None means no limit."""

    ttft_limit_ms: Positive | None
    tpot_limit_ms: Positive | None
    percentile: int

    def relaxed(self, ttft_factor: float, tpot_factor: float) -> "Slo":
        """The limits stretched by factors of at least 1."""
        return Slo(
            ttft_limit_ms=None if self.ttft_limit_ms is None else self.ttft_limit_ms * ttft_factor,
            tpot_limit_ms=None if self.tpot_limit_ms is None else self.tpot_limit_ms * tpot_factor,
            percentile=self.percentile,
        )


class Serving(Record):
    """How an offering's node serves one request size of a model inside an SLO."""

    node_seconds_per_attempt: Positive
    """Node-time of one attempt, haircut applied, usable share not applied."""
    precision: Id
    engine: Id
    accelerators_per_replica: int
    evidence: Evidence
    """Final grade, after lowering for a single size or for a size outside the measured box."""
    haircut_share: Share
    percentile_factor: NonNegative
    """Largest factor that latencies were multiplied by; 1 when they were known at the percentile."""
    ttft_ms: NonNegative | None
    """Slowest TTFT at the points used, after the factor; None when the SLO has no limit."""
    tpot_ms: NonNegative | None
    quality_score: NonNegative | None
    points: tuple[Id, ...]
    """Measured points that the node-time rests on."""
    claim: Id | None = None
    """Price-performance claim that it rests on, if any."""


class MemoryCheck(StrEnum):
    """What must fit the memory beside the weights (decision 0029)."""

    ONE_REQUEST = "one_request"
    """The cache of one request."""
    CONCURRENCY = "concurrency"
    """The cache of as many requests as a measured point has in flight."""


class RefusalReason(StrEnum):
    """Why an offering may not serve a workload's size class."""

    RESIDENCY = "residency"
    AUDIT_ANSWERS = "audit_answers"
    """A question of the sovereignty audit is not answered with yes where the policy asks for it."""
    NO_QUALITY = "no_quality_score"
    QUALITY = "quality_bar"
    NO_DATA = "no_throughput_data"
    REPLICA = "replica_larger_than_node"
    CONTEXT = "longer_than_context"
    MEMORY = "memory"
    NO_LATENCY = "no_latency_measured"
    TTFT = "ttft"
    TPOT = "tpot"
    INPUT_LENGTH = "input_longer_than_measured"
    NO_TERMS = "nothing_to_buy_or_hold"
    TRANSFER = "transfer_longer_than_ttft"
    """Of splits only: the hand-over leaves nothing of the TTFT limit."""


class Refusal(Record):
    """A "no" with its reason in words and numbers."""

    workload: Id
    size_class: Id
    offering: Id
    reason: RefusalReason
    text: Text
