"""Requests by the hour: how many there were, and the holes among them by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from catalog.findings import Code, Finding, Location, counted
from scenarios.traces.records import SECONDS_PER_HOUR, Trace


@dataclass(frozen=True, slots=True, eq=False)
class HourlyCounts:
    """Requests of the hours that have any, counted from 1970 (UTC), or from the first request without a date."""

    hours: NDArray[np.int64]
    requests: NDArray[np.int64]


def hourly_counts(trace: Trace) -> HourlyCounts:
    """Requests of every hour that has any, by time."""
    hours, requests = np.unique(hour_numbers(trace), return_counts=True)
    return HourlyCounts(hours, requests)


def hour_numbers(trace: Trace) -> NDArray[np.int64]:
    """The hour of each request."""
    return np.floor((trace.start_s + trace.seconds) / SECONDS_PER_HOUR).astype(np.int64)


def hour_name(hour: int, trace: Trace) -> str:
    """The beginning of an hour as a reader knows it."""
    if trace.start is None:
        return f"hour {hour}"
    return f"{datetime.fromtimestamp(hour * SECONDS_PER_HOUR, UTC):%Y-%m-%d %H:%M} UTC"


def gap_findings(trace: Trace) -> Iterator[Finding]:
    """One finding for each run of whole hours without a request."""
    hours = hourly_counts(trace).hours
    for index in np.flatnonzero(np.diff(hours) > 1).tolist():
        first, count = int(hours[index]) + 1, int(hours[index + 1] - hours[index]) - 1
        found = f"no request for {counted(count, 'hour')} from {hour_name(first, trace)}"
        hint = "nothing, if the service was down or the log is lost: these hours are left out of the shape of the week"
        yield Finding(Code.GAP, Location(trace.source), found, "requests in every hour", hint)
