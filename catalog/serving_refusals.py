"""Why a configuration cannot serve a request, in words and numbers (decision 0002, steps 3 to 7)."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.goodput import ByPercentile, GoodputPoint
from catalog.latencies import Known, latency_at
from catalog.records import ByEvidence
from catalog.serving import RefusalReason, Slo
from catalog.serving_index import Configuration, Key, Request, ServingIndex
from catalog.serving_points import CacheRoom, nearest_point
from catalog.serving_words import apart, number

STEP = {
    RefusalReason.NO_DATA: 2,
    RefusalReason.NO_QUALITY: 3,
    RefusalReason.QUALITY: 3,
    RefusalReason.REPLICA: 4,
    RefusalReason.CONTEXT: 5,
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


def furthest(refusals: Iterable[tuple[Key, NotServable]]) -> NotServable:
    """The refusal to report: the furthest step, then nearest to the limits, then the smallest key."""
    return min(refusals, key=lambda row: (-STEP[row[1].reason], row[1].excess, row[0]))[1]


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
    """Step 5: the context must be long enough; weights and one request's cache must fit `chips` chips."""
    row = index.memory.get((request.model, precision))
    if row is None:
        return NotServable(
            RefusalReason.MEMORY,
            f"the memory that {request.model} needs at {precision} is not in the catalog",
        )
    tokens = request.input_tokens + request.output_tokens
    if row.longest_context_tokens is not None and tokens > row.longest_context_tokens:
        return NotServable(
            RefusalReason.CONTEXT,
            f"requests of {number(request.input_tokens)} + {number(request.output_tokens)} tokens; the longest "
            f"context of {request.model} at {precision} is {number(row.longest_context_tokens)}",
        )
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


def cache_room(
    index: ServingIndex, request: Request, precision: str, accelerator: str, chips: int, usable_share: float
) -> CacheRoom:
    """How many requests fit beside the weights; the model's memory at the precision must be in the catalog."""
    row = index.memory[request.model, precision]
    left_gb = index.accelerator[accelerator].memory_gb * chips * usable_share - row.weights_gb
    tokens = request.input_tokens + request.output_tokens
    return CacheRoom(tokens, left_gb * 1e6 / row.kv_kb_per_token / tokens)


def latency_refusal(
    configuration: Configuration, slo: Slo, percentile_factor: ByEvidence, room: CacheRoom | None = None
) -> NotServable:
    """Step 6, when nothing passes: the point nearest to the limits speaks for it."""
    measured = [point for points in configuration.sizes for point in points]
    point, seen = nearest_point(measured, slo, percentile_factor, room)
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
        known = _known(point.tpot_by_percentile, slo.percentile)
        latency, limit = apart(seen.tpot_ms, slo.tpot_limit_ms)
        return NotServable(
            RefusalReason.TPOT,
            f"TPOT at p{slo.percentile} is {latency} ms{known} {where}; the limit is {limit} ms",
            seen.excess,
        )
    if slo.ttft_limit_ms is not None and seen.ttft_ms is not None and seen.ttft_ms > slo.ttft_limit_ms:
        known = _known(point.ttft_by_percentile, slo.percentile)
        latency, limit = apart(seen.ttft_ms, slo.ttft_limit_ms)
        return NotServable(
            RefusalReason.TTFT,
            f"TTFT at p{slo.percentile} is {latency} ms{known} {where}; the limit is {limit} ms",
            seen.excess,
        )
    assert room is not None
    assert point.concurrency is not None
    held, most = apart(point.concurrency, room.most)
    return NotServable(
        RefusalReason.MEMORY,
        f"{held} requests are in flight {where}; the cache of {most} requests of {number(room.tokens)} tokens fits "
        "beside the weights",
        seen.excess,
    )


def input_length_refusal(configuration: Configuration, input_tokens: float, longest: float) -> NotServable:
    """Step 7: no TTFT is claimed beyond the longest prompt measured inside the limits."""
    return NotServable(
        RefusalReason.INPUT_LENGTH,
        f"prompts of {number(input_tokens)} tokens; the longest measured inside the limits on "
        f"{configuration.words} is {number(longest)}, and no TTFT is claimed beyond it",
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


def _known(stated: ByPercentile, slo_percentile: int) -> str:
    """What was measured, where it is not yet the percentile that the limit is about."""
    measured = latency_at(stated, slo_percentile, 1.0)
    if measured is None or measured.known is not Known.ESTIMATED:
        return ""
    return f" (from {number(measured.ms)} ms at p{measured.stated_percentile})"
