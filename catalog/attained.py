"""What a configuration attains inside an SLO: TTFT and TPOT at P50, P95 and P99, also those that no limit is about.

    attained[P] = max over the sizes used of the latency at P of the size's best point (decision 0029)

Between the ends of an interpolated point the latency lies on a straight line, at the same share of the way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from catalog.goodput import ByPercentile, GoodputPoint
from catalog.latencies import ATTAINED, Known, Latency, latency_at
from catalog.records import ByEvidence
from catalog.serving_configurations import ServingLaw
from catalog.serving_index import Configuration
from catalog.serving_points import OperatingPoint


@dataclass(frozen=True, slots=True)
class Reached:
    """A latency and how it is known."""

    ms: float
    known: Known


@dataclass(frozen=True, slots=True)
class Attained:
    """Latencies at a percentile; None where a point that is used states none."""

    percentile: int
    ttft: Reached | None
    tpot: Reached | None


def attained(configuration: Configuration, law: ServingLaw, percentile_factor: ByEvidence) -> tuple[Attained, ...]:
    """What the points behind a law attain, by percentile."""
    points = {point.point: point for size in configuration.sizes for point in size}
    best = [size.best for size in law.sizes]

    def reached(stated: Callable[[GoodputPoint], ByPercentile], percentile: int) -> Reached | None:
        return _slowest([_at(point, points, stated, percentile, percentile_factor) for point in best])

    return tuple(
        Attained(
            percentile,
            reached(lambda point: point.ttft_by_percentile, percentile),
            reached(lambda point: point.tpot_by_percentile, percentile),
        )
        for percentile in ATTAINED
    )


def _at(
    best: OperatingPoint,
    points: Mapping[str, GoodputPoint],
    stated: Callable[[GoodputPoint], ByPercentile],
    percentile: int,
    percentile_factor: ByEvidence,
) -> Reached | None:
    """The latency of one operating point at a percentile."""

    def of(name: str) -> Latency | None:
        point = points[name]
        return latency_at(stated(point), percentile, percentile_factor.of(point.evidence))

    if best.towards is None:
        latency = of(best.points[0])
        return None if latency is None else Reached(latency.ms, latency.known)
    end, share = best.towards
    inside, outside = of(next(name for name in best.points if name != end)), of(end)
    if inside is None or outside is None:
        return None
    return Reached(inside.ms + share * (outside.ms - inside.ms), _worst([inside.known, outside.known]))


def _slowest(latencies: Sequence[Reached | None]) -> Reached | None:
    """The longest of several, known as badly as the worst; None where one is not known at all."""
    known = [latency for latency in latencies if latency is not None]
    if len(known) < len(latencies) or not known:
        return None
    return Reached(max(latency.ms for latency in known), _worst([latency.known for latency in known]))


def _worst(known: Sequence[Known]) -> Known:
    return max(known, key=list(Known).index)
