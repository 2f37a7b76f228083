"""A latency at a percentile, from those that a point states (decisions 0002 and 0029).

Of all that are stated: the one of the smallest percentile at or above the one asked for, as it is; where there is
none, the one of the largest percentile below it, times a factor, once.
"""

from dataclasses import dataclass
from enum import StrEnum

from catalog.goodput import ByPercentile

ATTAINED = (50, 95, 99)
"""Percentiles that are shown beside a limit."""


class Known(StrEnum):
    """How a latency at a percentile is known, best first."""

    STATED = "stated"
    AT_MOST = "at most"
    """The stated latency of a higher percentile: the true one is not above it."""
    ESTIMATED = "estimated"
    """The stated latency of a lower percentile, times the factor of its grade."""


@dataclass(frozen=True, slots=True)
class Latency:
    """A latency at a percentile."""

    ms: float
    factor: float
    """What the stated latency was multiplied by; 1 where it was not."""
    stated_percentile: int
    known: Known


def latency_at(stated: ByPercentile, percentile: int, factor: float) -> Latency | None:
    """The latency at a percentile; None where none is stated at all.

    >>> latency_at(((50, 100.0), (95, 200.0)), 90, 2.0)
    Latency(ms=200.0, factor=1.0, stated_percentile=95, known=<Known.AT_MOST: 'at most'>)
    >>> latency_at(((50, 100.0), (95, 200.0)), 99, 2.0)
    Latency(ms=400.0, factor=2.0, stated_percentile=95, known=<Known.ESTIMATED: 'estimated'>)
    """
    for at, ms in stated:
        if at >= percentile:
            return Latency(ms, 1.0, at, Known.STATED if at == percentile else Known.AT_MOST)
    if not stated:
        return None
    at, ms = stated[-1]
    return Latency(ms * factor, factor, at, Known.ESTIMATED)
