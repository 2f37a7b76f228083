"""The best operating point of one measured size inside an SLO (decision 0002, step 6).

An SLO sees of a point only the latencies that it limits, each at its own percentile:

    latency = measured                       if measured at the SLO's percentile or a higher one (the lowest such)
    latency = measured * percentile_factor   if measured at lower ones only (the highest; the factor of the grade)

A point passes if every limited latency is stated and at most its limit. Between neighbours in
concurrency, one passing (p) and one not (f), latencies and output_tok_per_s are linear, and the
first limit is reached at the share t of the way from p to f:

    t = min over limits that f breaks of (limit - latency_p) / (latency_f - latency_p),   0 <= t < 1
    output_tok_per_s = p + t * (f - p)

| symbol | explanation |
|---|---|
| p, f | neighbouring measured points, passing and failing |
| t | how far towards f the first limit allows to go |
| limit | TTFT or TPOT limit of the SLO, ms; requests whose cache fits, where that is asked for (decision 0029) |
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from catalog.goodput import ByPercentile, GoodputPoint
from catalog.latencies import Latency, latency_at
from catalog.records import ByEvidence, Evidence, worst
from catalog.serving import Slo


@dataclass(frozen=True, slots=True)
class CacheRoom:
    """How many requests of a class find room for their cache beside the weights."""

    tokens: float
    """Prompt and answer of a request."""
    most: float
    """Requests that fit at once."""

    def limit_for(self, point: GoodputPoint) -> float:
        """Most requests in flight at a point; no limit where the run itself held requests as long."""
        return math.inf if point.input_tokens + point.output_tokens >= self.tokens else self.most


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A point, measured or interpolated, as an SLO sees it."""

    output_tok_per_s: float
    """Of the whole replica."""
    concurrency: float | None
    """Requests in flight; None where it is not stated."""
    rates_tok_per_s: tuple[float, float] | None
    """Prefill and decode rate, each measured alone; None where they are not stated."""
    ttft_ms: float | None
    """After the factor; None when the SLO has no limit or the point states none."""
    tpot_ms: float | None
    percentile_factor: float
    """Largest factor applied to a limited latency; 1 when none was."""
    evidence: Evidence
    """Grade of the point; the worse of both ends when interpolated."""
    points: tuple[str, ...]
    """The measured point, or both ends in order of id."""
    towards: tuple[str, float] | None
    """Of an interpolated point: the end that does not pass, and the share of the way to it."""
    excess: float
    """Largest latency / limit; infinite when a limited latency is not stated, 0 without limits.

    The concurrency counts like a latency where the cache limits it.
    """
    passes: bool


def best_point(
    points: Sequence[GoodputPoint], slo: Slo, percentile_factor: ByEvidence, room: CacheRoom | None = None
) -> OperatingPoint | None:
    """The point with the most output inside the SLO, or None if nothing passes.

    `points`: all points of one configuration at one size. Equal outputs: a measured point before
    an interpolated one, then by id.
    """
    seen = [as_seen(point, slo, percentile_factor, room) for point in points]
    inside = [point for point in seen if point.passes]
    if not inside:
        return None
    return min(
        [*inside, *_on_the_limit(points, seen, slo, room)],
        key=lambda point: (-point.output_tok_per_s, len(point.points), point.points),
    )


def nearest_point(
    points: Iterable[GoodputPoint], slo: Slo, percentile_factor: ByEvidence, room: CacheRoom | None = None
) -> tuple[GoodputPoint, OperatingPoint]:
    """The point nearest to the limits (smallest excess, then id), measured and as the SLO sees it."""
    pairs = [(point, as_seen(point, slo, percentile_factor, room)) for point in points]
    return min(pairs, key=lambda pair: (pair[1].excess, pair[0].point))


def as_seen(
    point: GoodputPoint, slo: Slo, percentile_factor: ByEvidence, room: CacheRoom | None = None
) -> OperatingPoint:
    """One measured point at the percentile of the SLO, and in the room that there is for its cache."""
    factor = percentile_factor.of(point.evidence)
    ttft = _limited(point.ttft_by_percentile, slo.ttft_limit_ms, slo.percentile, factor)
    tpot = _limited(point.tpot_by_percentile, slo.tpot_limit_ms, slo.percentile, factor)
    ttft_ms, tpot_ms = (None if seen is None else seen.ms for seen in (ttft, tpot))
    cache = 0.0 if room is None or point.concurrency is None else point.concurrency / room.limit_for(point)
    return OperatingPoint(
        output_tok_per_s=point.output_tok_per_s,
        concurrency=point.concurrency,
        rates_tok_per_s=point.rates_tok_per_s,
        ttft_ms=ttft_ms,
        tpot_ms=tpot_ms,
        percentile_factor=max([1.0, *(seen.factor for seen in (ttft, tpot) if seen is not None)]),
        evidence=point.evidence,
        points=(point.point,),
        towards=None,
        excess=max(_excess(ttft_ms, slo.ttft_limit_ms), _excess(tpot_ms, slo.tpot_limit_ms), cache),
        passes=_holds(ttft_ms, slo.ttft_limit_ms) and _holds(tpot_ms, slo.tpot_limit_ms) and cache <= 1.0,
    )


def _limited(stated: ByPercentile, limit_ms: float | None, percentile: int, factor: float) -> Latency | None:
    """The latency that a limit sees; None where there is no limit or no latency."""
    return None if limit_ms is None else latency_at(stated, percentile, factor)


def _holds(latency_ms: float | None, limit_ms: float | None) -> bool:
    return limit_ms is None or (latency_ms is not None and latency_ms <= limit_ms)


def _excess(latency_ms: float | None, limit_ms: float | None) -> float:
    if limit_ms is None:
        return 0.0
    return math.inf if latency_ms is None else latency_ms / limit_ms


def _on_the_limit(
    points: Sequence[GoodputPoint], seen: Sequence[OperatingPoint], slo: Slo, room: CacheRoom | None
) -> list[OperatingPoint]:
    """Points at which the first limit is reached; none unless every point states a concurrency."""
    by_concurrency: dict[float, list[OperatingPoint]] = {}
    for measured, point in zip(points, seen, strict=True):
        if measured.concurrency is None:
            return []
        by_concurrency.setdefault(measured.concurrency, []).append(point)
    most = None if room is None else room.limit_for(points[0])
    curve = [_kept(by_concurrency[concurrency]) for concurrency in sorted(by_concurrency)]
    found = []
    for one, other in pairwise(curve):
        if one.passes and not other.passes and math.isfinite(other.excess):
            found.append(_interpolated(one, other, slo, most))
        if other.passes and not one.passes and math.isfinite(one.excess):
            found.append(_interpolated(other, one, slo, most))
    return found


def _kept(same_concurrency: Sequence[OperatingPoint]) -> OperatingPoint:
    """Of points of equal concurrency: the passing one with the most output, else the first by id."""
    return min(
        same_concurrency,
        key=lambda point: (not point.passes, -point.output_tok_per_s if point.passes else 0.0, point.points),
    )


def _interpolated(
    passing: OperatingPoint, failing: OperatingPoint, slo: Slo, most_concurrency: float | None
) -> OperatingPoint:
    """The point on the straight line from `passing` to `failing` at which the first limit is reached."""
    ends = (
        (passing.ttft_ms, failing.ttft_ms, slo.ttft_limit_ms),
        (passing.tpot_ms, failing.tpot_ms, slo.tpot_limit_ms),
        (passing.concurrency, failing.concurrency, most_concurrency),
    )
    share = min(
        (limit - inside) / (outside - inside)
        for inside, outside, limit in ends
        if inside is not None and outside is not None and limit is not None and outside > limit
    )
    ttft_ms, tpot_ms = (_between(*end, share) for end in ends[:2])
    return OperatingPoint(
        output_tok_per_s=passing.output_tok_per_s + share * (failing.output_tok_per_s - passing.output_tok_per_s),
        concurrency=_between(passing.concurrency, failing.concurrency, math.inf, share),
        rates_tok_per_s=_rates_between(passing.rates_tok_per_s, failing.rates_tok_per_s, share),
        ttft_ms=ttft_ms,
        tpot_ms=tpot_ms,
        percentile_factor=max(passing.percentile_factor, failing.percentile_factor),
        evidence=worst([passing.evidence, failing.evidence]),
        points=tuple(sorted((*passing.points, *failing.points))),
        towards=(failing.points[0], share),
        excess=1.0,
        passes=True,
    )


def _between(inside: float | None, outside: float | None, limit: float | None, share: float) -> float | None:
    """The latency at `share` of the way; never a rounding error above its limit."""
    if inside is None or outside is None or limit is None:
        return None
    return min(limit, inside + share * (outside - inside))


def _rates_between(
    inside: tuple[float, float] | None, outside: tuple[float, float] | None, share: float
) -> tuple[float, float] | None:
    if inside is None or outside is None:
        return None
    return inside[0] + share * (outside[0] - inside[0]), inside[1] + share * (outside[1] - inside[1])
