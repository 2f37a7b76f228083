"""What one configuration of an accelerator does with a request inside an SLO (decision 0002, steps 6 to 9).

Laws are kept per configuration, SLO and percentile factors: requests of any size, on nodes of any size,
share them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalog.records import ByEvidence, Evidence, worst
from catalog.serving import Slo
from catalog.serving_index import Configuration, Key, Request, ServingIndex
from catalog.serving_law import MeasuredSize, NodeTimeLaw, fit_law
from catalog.serving_points import CacheRoom, OperatingPoint, best_point
from catalog.serving_refusals import NotServable, input_length_refusal, latency_refusal


@dataclass(frozen=True, slots=True)
class UsedSize:
    """A measured size and its best point inside the SLO."""

    input_tokens: float
    output_tokens: float
    best: OperatingPoint

    @property
    def replica_seconds(self) -> float:
        """One request of this size keeps a replica busy so long."""
        return self.output_tokens / self.best.output_tok_per_s

    @property
    def measured(self) -> MeasuredSize:
        """The size for the law: rates measured alone say how its time divides, not how long it is."""
        rates = self.best.rates_tok_per_s
        share = None
        if rates is not None:
            prefill_s, decode_s = self.input_tokens / rates[0], self.output_tokens / rates[1]
            share = prefill_s / (prefill_s + decode_s)
        return MeasuredSize(self.input_tokens, self.output_tokens, self.replica_seconds, share)


@dataclass(frozen=True, slots=True)
class ServingLaw:
    """The node-time law of a configuration inside an SLO, and what it rests on."""

    law: NodeTimeLaw
    evidence: Evidence
    """Worst grade of the points used, one lower for a single rate."""
    smallest_input: float
    largest_input: float
    smallest_output: float
    largest_output: float
    percentile_factor: float
    ttft_ms: float | None
    tpot_ms: float | None
    points: tuple[str, ...]
    sizes: tuple[UsedSize, ...]
    """The measured sizes at which something passes, with what the law rests on."""

    def grade_at(self, request: Request) -> Evidence:
        """The grade for a size: at best modelled outside the box of the measured sizes."""
        inside = (
            self.smallest_input <= request.input_tokens <= self.largest_input
            and self.smallest_output <= request.output_tokens <= self.largest_output
        )
        return self.evidence if inside else worst([self.evidence, Evidence.MODELLED])


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configuration that can serve the request, before any haircut."""

    key: Key
    precision: str
    engine: str
    accelerators_per_replica: int
    replica_seconds: float
    """One attempt keeps a replica busy so long."""
    configuration: Configuration
    """Whose law it is; for a claim, the baseline's."""
    law: ServingLaw
    room: CacheRoom | None
    """What limited the requests in flight; None where nothing did."""
    evidence: Evidence
    """Final grade for the size of the request."""
    quality_score: float | None
    claim: str | None = None
    """The claim it rests on; its chips are then shared without whole replicas."""

    @property
    def chip_seconds(self) -> float:
        """One attempt keeps so many chips busy for a second."""
        return self.replica_seconds * self.accelerators_per_replica

    def node_seconds(self, accelerators_per_node: int) -> float:
        """One attempt keeps a node busy so long: whole replicas work side by side."""
        if self.claim is not None:
            return self.chip_seconds / accelerators_per_node
        return self.replica_seconds / (accelerators_per_node // self.accelerators_per_replica)


def candidate_inside(
    index: ServingIndex,
    configuration: Configuration,
    request: Request,
    percentile_factor: ByEvidence,
    room: CacheRoom | None = None,
) -> Candidate | NotServable:
    """Steps 6 to 9: replica-seconds of the request at the best points inside the SLO, with their grade.

    With room for fewer requests the law may move time from prefill to decode; it never makes a request quicker.
    """
    within = law_inside(configuration, request.slo, percentile_factor, room)
    if isinstance(within, NotServable):
        return within
    law, seconds = within, _seconds(within, request)
    unlimited = within if room is None else law_inside(configuration, request.slo, percentile_factor, None)
    if isinstance(unlimited, ServingLaw) and _seconds(unlimited, request) > seconds:
        law, seconds, room = unlimited, _seconds(unlimited, request), None
    if request.slo.ttft_limit_ms is not None and request.input_tokens > within.largest_input:
        return input_length_refusal(configuration, request.input_tokens, within.largest_input)
    return Candidate(
        key=configuration.key,
        precision=configuration.precision,
        engine=configuration.engine,
        accelerators_per_replica=configuration.accelerators_per_replica,
        replica_seconds=seconds,
        configuration=configuration,
        law=law,
        room=room,
        evidence=law.grade_at(request),
        quality_score=index.quality_score.get(
            (request.model, configuration.precision, index.accelerator[configuration.accelerator].stack)
        ),
    )


def _seconds(law: ServingLaw, request: Request) -> float:
    return law.law.replica_seconds(
        input_tokens=request.input_tokens,
        output_tokens=request.output_tokens,
        cache_hit_share=request.cache_hit_share,
    )


@lru_cache(maxsize=1 << 15)
def law_inside(
    configuration: Configuration, slo: Slo, percentile_factor: ByEvidence, room: CacheRoom | None
) -> ServingLaw | NotServable:
    """Steps 6 and 8: the law through the best point of every size at which something passes."""
    found = [(points[0], best_point(points, slo, percentile_factor, room)) for points in configuration.sizes]
    sizes = tuple(UsedSize(at.input_tokens, at.output_tokens, best) for at, best in found if best is not None)
    if not sizes:
        return latency_refusal(configuration, slo, percentile_factor, room)
    law = fit_law([size.measured for size in sizes])
    used = [size.best for size in sizes]
    grade = worst(point.evidence for point in used)
    inputs = [size.input_tokens for size in sizes]
    outputs = [size.output_tokens for size in sizes]
    return ServingLaw(
        law=law,
        evidence=grade.lowered() if law.single_rate else grade,
        smallest_input=min(inputs),
        largest_input=max(inputs),
        smallest_output=min(outputs),
        largest_output=max(outputs),
        percentile_factor=max(point.percentile_factor for point in used),
        ttft_ms=_slowest(point.ttft_ms for point in used),
        tpot_ms=_slowest(point.tpot_ms for point in used),
        points=tuple(sorted({name for point in used for name in point.points})),
        sizes=sizes,
    )


def _slowest(latencies_ms: Iterable[float | None]) -> float | None:
    return max((latency for latency in latencies_ms if latency is not None), default=None)
