"""Attempts of one simulated hour: traced requests, multiplied to the rate of the hour (docs/decisions/0033).

A request of the trace comes floor(k) times, and once more with probability k - floor(k), where k is the rate of the
hour over that of the trace: the first at its own moment, the others anywhere in the same minute.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.replaying.traced import Arrivals
from scenarios.workloads import SizeClass

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]
MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class Attempts:
    """Attempts of one workload in order of arrival."""

    seconds: Floats
    """From the beginning of the hour."""
    input_tokens: Floats
    output_tokens: Floats
    size_class: Wholes
    """Index in the workload's classes as replayed."""

    def between(self, first_s: float, end_s: float) -> "Attempts":
        """Those of a stretch of the hour."""
        inside = (self.seconds >= first_s) & (self.seconds < end_s)
        return Attempts(
            self.seconds[inside], self.input_tokens[inside], self.output_tokens[inside], self.size_class[inside]
        )


def expected_by_minute(arrivals: Arrivals | None, attempts_per_s: float) -> Floats:
    """Attempts in each minute of the hour, on average."""
    if arrivals is None:
        return np.full(MINUTES_PER_HOUR, 60.0 * attempts_per_s)
    counts = np.bincount((arrivals.seconds // 60).astype(np.int64), minlength=arrivals.minutes)
    scale = attempts_per_s * arrivals.length_s / len(arrivals.seconds)
    return np.asarray(counts[np.arange(MINUTES_PER_HOUR) % arrivals.minutes] * scale, dtype=np.float64)


def multiplied(arrivals: Arrivals, attempts_per_s: float, minutes: range, random: np.random.Generator) -> Attempts:
    """The traced requests of some minutes of the hour, so many times each that the hour has its rate."""
    k = attempts_per_s * arrivals.length_s / len(arrivals.seconds)
    minute_of = (arrivals.seconds // 60).astype(np.int64)
    parts = []
    for minute in minutes:
        rows = np.flatnonzero(minute_of == minute % arrivals.minutes)
        times = np.floor(k + random.random(len(rows))).astype(np.int64)
        copied = np.repeat(rows, times)
        first = np.concatenate([[True], copied[1:] != copied[:-1]]) if len(copied) else np.zeros(0, dtype=bool)
        anywhere = random.random(len(copied)) * 60.0
        parts.append((copied, 60.0 * minute + np.where(first, arrivals.seconds[copied] % 60.0, anywhere)))
    rows = np.concatenate([part for part, _ in parts])
    seconds = np.concatenate([moments for _, moments in parts])
    order = np.argsort(seconds, kind="stable")
    rows = rows[order]
    return Attempts(
        seconds[order], arrivals.input_tokens[rows], arrivals.output_tokens[rows], arrivals.class_of_request[rows]
    )


def by_chance(
    classes: tuple[SizeClass, ...], attempts_per_s: float, minutes: range, random: np.random.Generator
) -> Attempts:
    """Poisson arrivals at the rate of the hour, with the mean sizes of their classes."""
    length_s = 60.0 * len(minutes)
    count = int(random.poisson(attempts_per_s * length_s))
    seconds = np.sort(random.random(count)) * length_s + 60.0 * minutes.start
    shares = np.array([row.request_share for row in classes])
    which = random.choice(len(classes), size=count, p=shares / shares.sum())
    return Attempts(
        seconds,
        np.array([row.input_tokens for row in classes])[which],
        np.array([row.output_tokens for row in classes])[which],
        which,
    )
