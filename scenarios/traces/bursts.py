"""Burstiness: the peak minutes of a trace over the mean of their hours.

docs/decisions/0027 says which minutes count; docs/decisions/0031 what a plan makes of the ratio.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from scenarios.traces.records import SECONDS_PER_MINUTE, Trace

PERCENTILE = 99.0
FEWEST_MINUTES = 30
"""Of an hour that counts, and of a trace that has a burst ratio."""
_MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Bursts:
    """Requests of a high minute over the mean minute of its hour."""

    burst_ratio: float
    """At least 1."""
    percentile: float
    """Which of the minutes is the high one."""
    minutes: int
    """How many were looked at."""
    requests_per_minute: float
    """Their mean."""
    poisson_burst_ratio: float
    """What arrivals without any burst would show at this mean by chance alone."""


def bursts(trace: Trace, left_out: frozenset[int], *, percentile: float = PERCENTILE) -> Bursts | None:
    """The burst ratio; None where fewer than 30 minutes count. `left_out` are hours that do not, by their number."""
    ratios, requests = _minutes(trace, left_out)
    if len(ratios) < FEWEST_MINUTES:
        return None
    ratios.sort()
    mean = requests / len(ratios)
    return Bursts(
        burst_ratio=max(1.0, float(ratios[_rank(percentile, len(ratios))])),
        percentile=percentile,
        minutes=len(ratios),
        requests_per_minute=mean,
        poisson_burst_ratio=max(1.0, poisson_quantile(percentile / 100, mean) / mean),
    )


def poisson_quantile(share: float, mean: float) -> int:
    """The smallest count that Poisson arrivals of this mean stay at or below with the probability `share`.

    >>> poisson_quantile(0.5, 2.0), poisson_quantile(0.99, 100.0)
    (2, 124)
    """
    from scipy.special import pdtr, pdtrik

    count = max(0, ceil(float(pdtrik(share, mean))) - 1)
    while float(pdtr(count, mean)) < share:
        count += 1
    return count


def _rank(percentile: float, count: int) -> int:
    """Place of the nearest rank, from 0.

    >>> _rank(99.0, 60), _rank(99.0, 200), _rank(50.0, 3)
    (59, 197, 1)
    """
    return max(0, ceil(round(percentile / 100 * count, 9)) - 1)


def _minutes(trace: Trace, left_out: frozenset[int]) -> tuple[NDArray[np.float64], int]:
    """For every minute that counts, its requests over the mean of its hour; and all their requests."""
    minute_of = np.floor((trace.start_s + trace.seconds) / SECONDS_PER_MINUTE).astype(np.int64)
    first, last = int(minute_of[0]) + 1, int(minute_of[-1]) - 1
    minutes, counts = np.unique(minute_of[(minute_of >= first) & (minute_of <= last)], return_counts=True)
    ratios, requests = [], 0
    hours = minutes // _MINUTES_PER_HOUR
    for hour in np.unique(hours).tolist():
        begin, end = max(first, hour * _MINUTES_PER_HOUR), min(last, (hour + 1) * _MINUTES_PER_HOUR - 1)
        covered = end - begin + 1
        if covered < FEWEST_MINUTES or hour in left_out:
            continue
        low, high = np.searchsorted(hours, (hour, hour + 1))
        of_hour = np.zeros(covered)
        of_hour[minutes[low:high] - begin] = counts[low:high]
        ratios.append(of_hour / of_hour.mean())
        requests += int(of_hour.sum())
    return (np.concatenate(ratios) if ratios else np.zeros(0)), requests
