"""The best operating point of a measured size inside latency limits, by plain arithmetic.

A point passes when every limited latency is stated and within its limit. Between two neighbours in
concurrency of which one passes and the other does not, latency and throughput lie on a straight line;
the point where the first limit is reached counts too. Nothing lies outside the measured concurrencies.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from catalog.goodput import GoodputPoint
from catalog.records import Evidence
from catalog.serving import RefusalReason
from scenarios.policy import Policy


@dataclass(frozen=True)
class Limits:
    """Latency limits at a percentile; None where there is none."""

    ttft_ms: float | None
    tpot_ms: float | None
    percentile: int
    request_tokens: float = 0.0
    """Prompt and answer of a request, where only so many find room for their cache ..."""
    most_at_once: float = inf

    def most_in_flight(self, point: GoodputPoint) -> float:
        """... at a point whose own requests are shorter."""
        return self.most_at_once if point.input_tokens + point.output_tokens < self.request_tokens else inf


@dataclass(frozen=True)
class Latency:
    """Latencies of a point as they are held against the limits; None where unknown or not limited."""

    ttft_ms: float | None
    tpot_ms: float | None
    factor: float
    """Largest factor among the limited latencies."""
    fault: RefusalReason | None
    """Why the point does not pass; None when it does."""
    excess: float
    """Largest latency over its limit; infinite when a limited latency is not stated."""

    @property
    def is_stated(self) -> bool:
        """Whether every limited latency is known."""
        return self.fault is not RefusalReason.NO_LATENCY


@dataclass(frozen=True)
class Operating:
    """How a replica may run at one measured size."""

    tok_per_s: float
    ttft_ms: float | None
    tpot_ms: float | None
    factor: float
    points: tuple[GoodputPoint, ...]
    """One point, or both ends of an interpolation."""
    rates: tuple[float, float] | None = None
    """Prefill and decode rate where the source tells them apart."""


def _rates(good: GoodputPoint, bad: GoodputPoint, step: float) -> tuple[float, float] | None:
    """Both rates a step on the way from one point to another; None where either does not state them."""
    stated = good.prefill_tok_per_s, bad.prefill_tok_per_s, good.decode_tok_per_s, bad.decode_tok_per_s
    p0, p1, d0, d1 = stated
    if p0 is None or p1 is None or d0 is None or d1 is None:
        return None
    return p0 + step * (p1 - p0), d0 + step * (d1 - d0)


def by_grade(policy_figures: object, grade: Evidence) -> float:
    """The figure that a policy states for a grade of evidence."""
    return float(getattr(policy_figures, grade.value))


def latency_of(point: GoodputPoint, limits: Limits, policy: Policy) -> Latency:
    """Hold a point against the limits; a latency of a lower percentile is stretched by its grade's factor."""
    values: dict[str, float | None] = {"ttft": None, "tpot": None}
    fault: RefusalReason | None = None
    largest, excess = 1.0, 0.0
    stretch = by_grade(policy.percentile_factor, point.evidence)
    for name, limit, reason in (
        ("ttft", limits.ttft_ms, RefusalReason.TTFT),
        ("tpot", limits.tpot_ms, RefusalReason.TPOT),
    ):
        if limit is None:
            continue
        stated, percentile = _nearest_percentile(_stated(point, name), limits.percentile)
        if stated is None:
            return Latency(None, None, 1.0, RefusalReason.NO_LATENCY, inf)
        factor = stretch if percentile < limits.percentile else 1.0
        largest = max(largest, factor)
        values[name] = stated * factor
        excess = max(excess, stated * factor / limit)
        if stated * factor > limit:
            fault = reason
    most = limits.most_in_flight(point)
    if point.concurrency is not None:
        excess = max(excess, point.concurrency / most)
        if fault is None and point.concurrency > most:
            fault = RefusalReason.MEMORY
    return Latency(values["ttft"], values["tpot"], largest, fault, excess)


def _stated(point: GoodputPoint, name: str) -> dict[int, float]:
    """Every percentile of a latency that the point states."""
    fields = {at: getattr(point, f"{name}_p{at}_ms") for at in (50, 95, 99)}
    main = getattr(point, f"{name}_percentile")
    if main is not None:
        fields[main] = getattr(point, f"{name}_ms")
    return {at: ms for at, ms in fields.items() if ms is not None}


def _nearest_percentile(stated: dict[int, float], percentile: int) -> tuple[float | None, int]:
    """The lowest percentile that is high enough, else the highest; None where there is none."""
    if not stated:
        return None, 0
    enough = [at for at in stated if at >= percentile]
    at = min(enough) if enough else max(stated)
    return stated[at], at


def nearest_fault(points: Iterable[GoodputPoint], limits: Limits, policy: Policy) -> tuple[RefusalReason, float]:
    """What the point nearest to the limits lacks (TPOT before TTFT), and how far it is from them."""
    rated = [latency_of(point, limits, policy) for point in sorted(points, key=lambda p: p.point)]
    nearest = min(rated, key=lambda latency: latency.excess)
    return nearest.fault or RefusalReason.NO_LATENCY, nearest.excess


def best_operating(points: Iterable[GoodputPoint], limits: Limits, policy: Policy) -> Operating | None:
    """The fastest way to run inside the limits at one size; None when no point passes."""
    rated = [(point, latency_of(point, limits, policy)) for point in sorted(points, key=lambda p: p.point)]
    passing = [(point, latency) for point, latency in rated if latency.fault is None]
    if not passing:
        return None
    point, latency = max(passing, key=lambda pair: pair[0].output_tok_per_s)
    best = Operating(
        point.output_tok_per_s, latency.ttft_ms, latency.tpot_ms, latency.factor, (point,), _rates(point, point, 0.0)
    )
    for candidate in _between(rated, limits):
        if candidate.tok_per_s > best.tok_per_s:
            best = candidate
    return best


Rated = list[tuple[GoodputPoint, Latency]]


def _between(rated: Rated, limits: Limits) -> list[Operating]:
    """Points on the lines between neighbours of which exactly one passes."""
    if any(point.concurrency is None for point, _ in rated):
        return []
    ladder = _one_per_concurrency(rated)
    found = []
    for left, right in pairwise(ladder):
        good, bad = (right, left) if left[1].fault else (left, right)
        if good[1].fault is None and bad[1].fault and bad[1].is_stated:
            found.append(_where_a_limit_is_reached(good, bad, limits))
    return found


def _one_per_concurrency(rated: Rated) -> Rated:
    """Of points with equal concurrency the fastest that passes, else the first by id."""
    groups: dict[float, Rated] = {}
    for point, latency in rated:
        groups.setdefault(point.concurrency or 0.0, []).append((point, latency))
    ladder = []
    for concurrency in sorted(groups):
        group = groups[concurrency]
        passing = [pair for pair in group if pair[1].fault is None]
        ladder.append(max(passing, key=lambda pair: pair[0].output_tok_per_s) if passing else group[0])
    return ladder


def _where_a_limit_is_reached(
    good: tuple[GoodputPoint, Latency], bad: tuple[GoodputPoint, Latency], limits: Limits
) -> Operating:
    step = 1.0
    for limit, from_ms, to_ms in (
        (limits.ttft_ms, good[1].ttft_ms, bad[1].ttft_ms),
        (limits.tpot_ms, good[1].tpot_ms, bad[1].tpot_ms),
        (limits.most_in_flight(good[0]), good[0].concurrency, bad[0].concurrency),
    ):
        if limit is not None and from_ms is not None and to_ms is not None and to_ms > limit:
            step = min(step, (limit - from_ms) / (to_ms - from_ms))
    speed = good[0].output_tok_per_s
    return Operating(
        tok_per_s=speed + step * (bad[0].output_tok_per_s - speed),
        ttft_ms=_on_the_line(good[1].ttft_ms, bad[1].ttft_ms, step),
        tpot_ms=_on_the_line(good[1].tpot_ms, bad[1].tpot_ms, step),
        factor=max(good[1].factor, bad[1].factor),
        points=(good[0], bad[0]),
        rates=_rates(good[0], bad[0], step),
    )


def _on_the_line(start: float | None, end: float | None, step: float) -> float | None:
    return None if start is None or end is None else start + step * (end - start)
