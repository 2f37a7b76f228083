"""What one configuration of an accelerator does with a request inside an SLO (decision 0002, steps 2 to 9).

A configuration is the goodput points of a model on an accelerator that share precision, engine,
accelerators per replica and curve. Points are grouped once per catalog and laws are kept per
configuration, SLO and percentile factors: requests of any size, on nodes of any size, share them.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog.accelerators import Accelerator, ModelPrecision
from catalog.book import Catalog
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.records import ByEvidence, Evidence
from catalog.serving import RefusalReason, Slo
from catalog.serving_law import MeasuredSize, NodeTimeLaw, fit_law
from catalog.serving_points import best_point, nearest_point
from catalog.serving_words import apart, number

Key = tuple[str, str, int, str]
"""Precision, engine, accelerators per replica, curve (or claim): the last tie-break of a choice."""

STEP = {
    RefusalReason.NO_DATA: 2,
    RefusalReason.NO_QUALITY: 3,
    RefusalReason.QUALITY: 3,
    RefusalReason.REPLICA: 4,
    RefusalReason.MEMORY: 5,
    RefusalReason.NO_LATENCY: 6,
    RefusalReason.TTFT: 6,
    RefusalReason.TPOT: 6,
    RefusalReason.INPUT_LENGTH: 7,
}
"""The step of decision 0002 that gives each reason."""


@dataclass(frozen=True, slots=True)
class NotServable:
    """A "no" for one configuration, or for all of them."""

    reason: RefusalReason
    text: str
    excess: float = math.inf
    """Largest latency / limit where a latency is too long: the smallest is nearest to a yes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: a request of one size of a model, inside an SLO, at a quality."""

    model: str
    input_tokens: float
    output_tokens: float
    cache_hit_share: float
    slo: Slo
    quality_bar: float


@dataclass(frozen=True, eq=False)
class Configuration:
    """The points of one run of a model on an accelerator, by size; compared by identity."""

    model: str
    accelerator: str
    precision: str
    engine: str
    accelerators_per_replica: int
    curve: str
    sizes: tuple[tuple[GoodputPoint, ...], ...]
    """Points of each (input_tokens, output_tokens), sizes in order, points by id."""

    @property
    def key(self) -> Key:
        """Order among configurations of equal worth."""
        return (self.precision, self.engine, self.accelerators_per_replica, self.curve)

    @property
    def words(self) -> str:
        """The configuration for the reader, for example H100-80GB (vllm, fp8, 8 chips)."""
        chips = "1 chip" if self.accelerators_per_replica == 1 else f"{self.accelerators_per_replica} chips"
        return f"{self.accelerator} ({self.engine}, {self.precision}, {chips})"


@dataclass(frozen=True, eq=False)
class ServingIndex:
    """A catalog arranged for the questions of serving; compared by identity."""

    accelerator: Mapping[str, Accelerator]
    configurations: Mapping[tuple[str, str], tuple[Configuration, ...]]
    """By (model, accelerator), in order of key."""
    memory: Mapping[tuple[str, str], ModelPrecision]
    """By (model, precision)."""
    quality_score: Mapping[tuple[str, str, str], float]
    """By (model, precision, stack)."""
    claims: Mapping[str, tuple[PricePerformanceClaim, ...]]
    """By the accelerator that is praised."""


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

    def grade_at(self, request: Request) -> Evidence:
        """The grade for a size: at best modelled outside the box of the measured sizes."""
        inside = (
            self.smallest_input <= request.input_tokens <= self.largest_input
            and self.smallest_output <= request.output_tokens <= self.largest_output
        )
        return self.evidence if inside else worse(self.evidence, Evidence.MODELLED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A configuration that can serve the request, before any haircut."""

    key: Key
    precision: str
    engine: str
    accelerators_per_replica: int
    replica_seconds: float
    """One attempt keeps a replica busy so long."""
    law: ServingLaw
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


def worse(one: Evidence, other: Evidence) -> Evidence:
    """The worse of two grades."""
    return max(one, other, key=lambda grade: grade.rank)


def furthest(refusals: Iterable[tuple[Key, NotServable]]) -> NotServable:
    """The refusal to report: the furthest step, then nearest to the limits, then the smallest key."""
    return min(refusals, key=lambda row: (-STEP[row[1].reason], row[1].excess, row[0]))[1]


# ------------------------------------------------------------------------------------- the index


class _Same:
    """A catalog compared by identity: hashing its thousands of points would cost more than the answer."""

    __slots__ = ("catalog",)

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __hash__(self) -> int:
        return id(self.catalog)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.catalog is other.catalog


def index_of(catalog: Catalog) -> ServingIndex:
    """The catalog's index, built once for each catalog in use."""
    return _index_of(_Same(catalog))


@lru_cache(maxsize=8)
def _index_of(same: _Same) -> ServingIndex:
    catalog = same.catalog
    claims: dict[str, list[PricePerformanceClaim]] = {}
    for claim in sorted(catalog.claims, key=lambda row: row.claim):
        claims.setdefault(claim.accelerator, []).append(claim)
    return ServingIndex(
        accelerator=catalog.accelerator,
        configurations=_grouped(catalog.goodput_points),
        memory={(row.model, row.precision): row for row in catalog.models},
        quality_score={(row.model, row.precision, row.stack): row.quality_score for row in catalog.quality},
        claims={accelerator: tuple(rows) for accelerator, rows in claims.items()},
    )


def _grouped(points: Iterable[GoodputPoint]) -> dict[tuple[str, str], tuple[Configuration, ...]]:
    """Configurations by (model, accelerator)."""
    runs: dict[tuple[str, str, Key], dict[tuple[float, float], list[GoodputPoint]]] = {}
    for point in sorted(points, key=lambda row: row.point):
        key = (point.precision, point.engine, point.accelerators_per_replica, point.curve)
        sizes = runs.setdefault((point.model, point.accelerator, key), {})
        sizes.setdefault((point.input_tokens, point.output_tokens), []).append(point)
    found: dict[tuple[str, str], list[Configuration]] = {}
    for model, accelerator, key in sorted(runs):
        sizes = runs[model, accelerator, key]
        found.setdefault((model, accelerator), []).append(
            Configuration(model, accelerator, *key, tuple(tuple(sizes[size]) for size in sorted(sizes)))
        )
    return {pair: tuple(rows) for pair, rows in found.items()}


# ------------------------------------------------------------------------------------- steps 3 to 5


def quality_refusal(
    index: ServingIndex, model: str, precision: str, stack: str, quality_bar: float
) -> NotServable | None:
    """Step 3: above 0, the bar needs a score that reaches it."""
    if quality_bar <= 0:
        return None
    score = index.quality_score.get((model, precision, stack))
    if score is None:
        return NotServable(
            RefusalReason.NO_QUALITY,
            f"no quality score of {model} at {precision} on {stack}; the bar is {number(quality_bar)}",
        )
    if score < quality_bar:
        stated, bar = apart(score, quality_bar)
        return NotServable(
            RefusalReason.QUALITY,
            f"quality of {model} at {precision} on {stack} is {stated}; the bar is {bar}",
        )
    return None


def replica_refusal(configuration: Configuration, accelerators_per_node: int) -> NotServable | None:
    """Step 4: a replica must fit a node."""
    if configuration.accelerators_per_replica <= accelerators_per_node:
        return None
    return NotServable(
        RefusalReason.REPLICA,
        f"a replica takes {configuration.accelerators_per_replica} chips on {configuration.words}; "
        f"the node has {accelerators_per_node}",
    )


def memory_refusal(
    index: ServingIndex, request: Request, precision: str, accelerator: str, chips: int, usable_share: float
) -> NotServable | None:
    """Step 5: weights and one request's cache must fit the usable memory of `chips` chips."""
    row = index.memory.get((request.model, precision))
    if row is None:
        return NotServable(
            RefusalReason.MEMORY,
            f"the memory that {request.model} needs at {precision} is not in the catalog",
        )
    tokens = request.input_tokens + request.output_tokens
    needed_gb = row.weights_gb + row.kv_kb_per_token * tokens / 1e6
    usable_gb = index.accelerator[accelerator].memory_gb * chips * usable_share
    if needed_gb <= usable_gb:
        return None
    needed, usable = apart(needed_gb, usable_gb)
    return NotServable(
        RefusalReason.MEMORY,
        f"{request.model} at {precision} needs {needed} GB for weights and one request of "
        f"{number(request.input_tokens)} + {number(request.output_tokens)} tokens; "
        f"{chips} x {accelerator} have {usable} GB usable",
    )


# ------------------------------------------------------------------------------------- steps 6 to 9


def candidate_inside(
    index: ServingIndex, configuration: Configuration, request: Request, percentile_factor: ByEvidence
) -> Candidate | NotServable:
    """Steps 6 to 9: replica-seconds of the request at the best points inside the SLO, with their grade."""
    law = law_inside(configuration, request.slo, percentile_factor)
    if isinstance(law, NotServable):
        return law
    if request.slo.ttft_limit_ms is not None and request.input_tokens > law.largest_input:
        return NotServable(
            RefusalReason.INPUT_LENGTH,
            f"prompts of {number(request.input_tokens)} tokens; the longest measured inside the limits on "
            f"{configuration.words} is {number(law.largest_input)}, and no TTFT is claimed beyond it",
        )
    return Candidate(
        key=configuration.key,
        precision=configuration.precision,
        engine=configuration.engine,
        accelerators_per_replica=configuration.accelerators_per_replica,
        replica_seconds=law.law.replica_seconds(
            input_tokens=request.input_tokens,
            output_tokens=request.output_tokens,
            cache_hit_share=request.cache_hit_share,
        ),
        law=law,
        evidence=law.grade_at(request),
        quality_score=index.quality_score.get(
            (request.model, configuration.precision, index.accelerator[configuration.accelerator].stack)
        ),
    )


@lru_cache(maxsize=1 << 15)
def law_inside(
    configuration: Configuration, slo: Slo, percentile_factor: ByEvidence
) -> ServingLaw | NotServable:
    """Steps 6 and 8: the law through the best point of every size at which something passes."""
    best = [(points[0], best_point(points, slo, percentile_factor)) for points in configuration.sizes]
    left = [(size, point) for size, point in best if point is not None]
    if not left:
        return _too_slow(configuration, slo, percentile_factor)
    law = fit_law(
        [
            MeasuredSize(size.input_tokens, size.output_tokens, size.output_tokens / point.output_tok_per_s)
            for size, point in left
        ]
    )
    used = [point for _, point in left]
    worst = max((point.evidence for point in used), key=lambda grade: grade.rank)
    inputs = [size.input_tokens for size, _ in left]
    outputs = [size.output_tokens for size, _ in left]
    return ServingLaw(
        law=law,
        evidence=worst.lowered() if law.single_rate else worst,
        smallest_input=min(inputs),
        largest_input=max(inputs),
        smallest_output=min(outputs),
        largest_output=max(outputs),
        percentile_factor=max(point.percentile_factor for point in used),
        ttft_ms=_slowest(point.ttft_ms for point in used),
        tpot_ms=_slowest(point.tpot_ms for point in used),
        points=tuple(sorted({name for point in used for name in point.points})),
    )


def _slowest(latencies_ms: Iterable[float | None]) -> float | None:
    return max((latency for latency in latencies_ms if latency is not None), default=None)


def _too_slow(configuration: Configuration, slo: Slo, percentile_factor: ByEvidence) -> NotServable:
    """Why nothing of the configuration passes: the point nearest to the limits speaks for it."""
    measured = [point for points in configuration.sizes for point in points]
    point, seen = nearest_point(measured, slo, percentile_factor)
    if math.isinf(seen.excess):
        limits = (("TTFT", slo.ttft_limit_ms), ("TPOT", slo.tpot_limit_ms))
        limited = " and ".join(name for name, limit in limits if limit is not None)
        return NotServable(
            RefusalReason.NO_LATENCY,
            f"no measured load of {configuration.model} on {configuration.words} states {limited}, "
            "which the workload limits",
        )
    where = f"at the {_load(point, measured)} measured load on {configuration.words}, {_size(point)}"
    if slo.tpot_limit_ms is not None and seen.tpot_ms is not None and seen.tpot_ms > slo.tpot_limit_ms:
        known = _known(point.tpot_ms, point.tpot_percentile, slo.percentile)
        latency, limit = apart(seen.tpot_ms, slo.tpot_limit_ms)
        return NotServable(
            RefusalReason.TPOT,
            f"TPOT at p{slo.percentile} is {latency} ms{known} {where}; the limit is {limit} ms",
            seen.excess,
        )
    known = _known(point.ttft_ms, point.ttft_percentile, slo.percentile)
    latency, limit = apart(seen.ttft_ms or 0.0, slo.ttft_limit_ms or 0.0)
    return NotServable(
        RefusalReason.TTFT,
        f"TTFT at p{slo.percentile} is {latency} ms{known} {where}; the limit is {limit} ms",
        seen.excess,
    )


def _load(point: GoodputPoint, measured: Iterable[GoodputPoint]) -> str:
    """Whether the point is the smallest load at its size, by concurrency or else by output."""

    def load(row: GoodputPoint) -> float:
        return row.output_tok_per_s if row.concurrency is None else row.concurrency

    size = (point.input_tokens, point.output_tokens)
    same = [row for row in measured if (row.input_tokens, row.output_tokens) == size]
    return "smallest" if load(point) <= min(load(row) for row in same) else "nearest"


def _size(point: GoodputPoint) -> str:
    return f"{number(point.input_tokens)} tokens in and {number(point.output_tokens)} out"


def _known(latency_ms: float | None, percentile: int | None, slo_percentile: int) -> str:
    """What was measured, where it is not yet the percentile that the limit is about."""
    if latency_ms is None or percentile is None or percentile >= slo_percentile:
        return ""
    return f" (from {number(latency_ms)} ms at p{percentile})"
