"""Thousands of modelled points -> the few curves that are ever best, each by the few points that are ever used.

A curve is kept if, for some pair of limits on the time to first token and the time per output token, no other curve of
the model and chip serves one request of every size in fewer chip-seconds. Of a kept curve, a point is kept if it is the
best of its size inside some pair of limits, and with it the next slower one, so that interpolation has its other end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Generic, TypeVar

T = TypeVar("T")

TPOT_LIMITS_MS = (10.0, 12.5, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 75.0, 100.0, inf)
TTFT_LIMITS_MS = (500.0, 1500.0, 3000.0, inf)


@dataclass(frozen=True)
class Curve(Generic[T]):
    """The points of one run, by size."""

    run: str
    by_size: dict[tuple[float, float], list[T]]


@dataclass(frozen=True)
class Axes(Generic[T]):
    """How to read a point."""

    run: Callable[[T], str]
    size: Callable[[T], tuple[float, float]]
    ttft_ms: Callable[[T], float]
    tpot_ms: Callable[[T], float]
    chip_seconds: Callable[[T], float]

    def best(self, points: Sequence[T], ttft_limit_ms: float, tpot_limit_ms: float) -> T | None:
        """The point inside the limits that takes the fewest chip-seconds."""
        inside = [p for p in points if self.ttft_ms(p) <= ttft_limit_ms and self.tpot_ms(p) <= tpot_limit_ms]
        return min(inside, key=lambda p: (self.chip_seconds(p), self.tpot_ms(p))) if inside else None


def thinned(points: Sequence[T], axes: Axes[T]) -> list[T]:
    """The points worth keeping, curve by curve and size by size."""
    curves = _curves(points, axes)
    sizes = {axes.size(point) for point in points}
    complete = [curve for curve in curves if set(curve.by_size) == sizes] or curves
    limits = list(product(TTFT_LIMITS_MS, TPOT_LIMITS_MS))
    winners = {run for pair in limits if (run := _winner(complete, axes, *pair)) is not None}
    return [
        point
        for curve in complete
        if curve.run in winners
        for size in sorted(curve.by_size)
        for point in _used(curve.by_size[size], axes, limits)
    ]


def _curves(points: Sequence[T], axes: Axes[T]) -> list[Curve[T]]:
    found: dict[str, dict[tuple[float, float], list[T]]] = {}
    for point in points:
        found.setdefault(axes.run(point), {}).setdefault(axes.size(point), []).append(point)
    return [Curve(run, found[run]) for run in sorted(found)]


def _winner(curves: Sequence[Curve[T]], axes: Axes[T], ttft_limit_ms: float, tpot_limit_ms: float) -> str | None:
    """The curve that serves one request of every size in the fewest chip-seconds inside the limits."""
    totals: dict[str, float] = {}
    for curve in curves:
        best = [axes.best(group, ttft_limit_ms, tpot_limit_ms) for group in curve.by_size.values()]
        if None not in best:
            totals[curve.run] = sum(axes.chip_seconds(point) for point in best if point is not None)
    return min(totals, key=lambda run: (totals[run], run)) if totals else None


def _used(group: Sequence[T], axes: Axes[T], limits: Sequence[tuple[float, float]]) -> list[T]:
    """The points of one size that are best inside some limits, and the next slower one of each."""
    ordered = sorted(group, key=axes.tpot_ms)
    kept: set[int] = set()
    for ttft_limit_ms, tpot_limit_ms in limits:
        best = axes.best(ordered, ttft_limit_ms, tpot_limit_ms)
        if best is not None:
            at = ordered.index(best)
            kept |= {at, min(at + 1, len(ordered) - 1)}
    return [ordered[at] for at in sorted(kept)]
