"""Thousands of modelled points -> the few curves that are ever best, each by a handful of points.

A curve is worth keeping if, for some limit on the time per output token, no other curve of the model and chip
serves one request of every size in fewer chip-seconds. Points are kept at even steps of their rank in TPOT, ends
included, so that the straight lines between them stay near the curve.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

TPOT_LIMITS_MS = (10.0, 12.5, 15.0, 17.5, 20.0, 25.0, 30.0, 40.0, 50.0, 75.0, 100.0, 150.0)
CURVES = 3
POINTS = 8


def thinned(
    points: Sequence[T],
    *,
    run: Callable[[T], str],
    size: Callable[[T], tuple[float, float]],
    tpot_ms: Callable[[T], float],
    chip_seconds: Callable[[T], float],
) -> list[T]:
    """At most `CURVES` curves, each with at most `POINTS` points per size."""
    curves: dict[str, dict[tuple[float, float], list[T]]] = {}
    for point in points:
        curves.setdefault(run(point), {}).setdefault(size(point), []).append(point)
    sizes = {size(point) for point in points}
    complete = {name: by_size for name, by_size in curves.items() if set(by_size) == sizes} or curves
    wins = Counter(
        winner for limit in TPOT_LIMITS_MS if (winner := _best_at(complete, limit, tpot_ms, chip_seconds)) is not None
    )
    best = sorted(wins, key=lambda name: (-wins[name], name))[:CURVES]
    return [
        point
        for name in best
        for group in sorted(complete[name])
        for point in spread(sorted(complete[name][group], key=tpot_ms))
    ]


def spread(ordered: Sequence[T], most: int = POINTS) -> list[T]:
    """At most `most` of them at even steps of rank, the first and the last included.

    >>> spread(range(15), 8)
    [0, 2, 4, 6, 8, 10, 12, 14]
    """
    if len(ordered) <= most:
        return list(ordered)
    return [ordered[round(step * (len(ordered) - 1) / (most - 1))] for step in range(most)]


def _best_at(
    curves: dict[str, dict[tuple[float, float], list[T]]],
    limit_ms: float,
    tpot_ms: Callable[[T], float],
    chip_seconds: Callable[[T], float],
) -> str | None:
    """The curve that serves one request of every size in the fewest chip-seconds inside the limit."""
    totals: dict[str, float] = {}
    for name, by_size in curves.items():
        inside = [[chip_seconds(p) for p in group if tpot_ms(p) <= limit_ms] for group in by_size.values()]
        if all(inside):
            totals[name] = sum(min(group) for group in inside)
    return min(totals, key=lambda name: (totals[name], name)) if totals else None
