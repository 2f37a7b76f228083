"""Rates by the hour -> the 168 hours of a typical week, in UTC, with every hole named.

Rates are averaged by hour of the week. Missing and near-zero hours are left out by name, never smoothed away: a service
that was down did not have less demand.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import fmean, median

import numpy as np

from catalog.findings import Code, Finding, Location, counted
from contracts.calendar import HOURS_PER_WEEK
from scenarios.traces.hours import hour_name, hourly_counts
from scenarios.traces.records import SECONDS_PER_HOUR, Trace
from scenarios.traces.series import HourlyRate

NEAR_ZERO_SHARE = 0.01
"""An hour at or below this share of the median hour is taken for an outage."""
WEEKDAY_HOURS = 5 * 24
_EDGE_S = 60.0
"""The first and last hour of a trace count if it covers them but for this much."""
_MONDAY_OF_1970 = 72
"""Added to an hour since 1970, which began on a Thursday, it gives the hour of the week."""


@dataclass(frozen=True, slots=True)
class WeeklyProfile:
    """Loads of the 168 hours of the week (0 = Monday 00:00 UTC), and each hour left out or filled."""

    loads: tuple[float, ...]
    notes: tuple[str, ...] = ()

    @property
    def relative(self) -> tuple[float, ...]:
        """Loads over their mean."""
        mean = fsum(self.loads) / HOURS_PER_WEEK
        return tuple(load / mean for load in self.loads)


@dataclass(frozen=True, slots=True)
class DaysShape:
    """Monday to Friday, or Saturday and Sunday (UTC), relative to the mean hour of the week."""

    mean_load: float
    highest_load: float
    highest_hour: int
    """Hour of the week, from 0."""


@dataclass(frozen=True, slots=True)
class TracedWeek:
    """The week of a trace, if it has one, and what was left out or filled in for it."""

    profile: WeeklyProfile | None
    hours_seen: int
    """Hours of the trace that count."""
    near_zero: frozenset[int]
    """Hours that had nearly no requests, by their number as `hourly_counts` has it."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Week:
    loads: tuple[float, ...]
    filled: tuple[int, ...]


def weekly_profile(
    hourly_rates: Sequence[HourlyRate], *, utc_shift_hours: int, first_weekday: int = 0
) -> WeeklyProfile:
    """Mean rate by hour of the week, in UTC.

    `utc_shift_hours` is added to the source's hours (-8 for a source in UTC+8). `first_weekday` is that of
    day 0 in the source's time (0 = Monday); if the source does not say, it is an assumption of the caller.
    A missing or near-zero hour is filled from the same hour of the week, or else the same hour of the day, on days
    of its kind (Monday to Friday; Saturday and Sunday) where there are any.
    """
    offset = 24 * first_weekday + utc_shift_hours
    used, notes = _usable(hourly_rates)
    week = _averaged({24 * row.day_index + row.hour_of_day + offset: row.rate for row in used})
    if isinstance(week, int):
        raise ValueError(f"the series has no usable hour at {week}:00 UTC on any day")
    if week.filled:
        notes.append(
            f"{len(week.filled)} hours of the week (UTC) have no usable hour and take the mean of the same hour "
            f"of the day on other days: {', '.join(map(str, week.filled))}"
        )
    return WeeklyProfile(week.loads, tuple(notes))


def traced_week(trace: Trace) -> TracedWeek:
    """Requests by the hour of the week; no profile where the trace has no date or never saw some hour of the day."""
    rates, near_zero, findings = _traced_rates(trace)
    if trace.start is None:
        return TracedWeek(None, len(rates), near_zero, tuple(findings))
    week = _averaged({hour + _MONDAY_OF_1970: rate for hour, rate in rates.items()}) if rates else 0
    if isinstance(week, int):
        return TracedWeek(None, len(rates), near_zero, (*findings, _too_short(trace, len(rates), week)))
    if week.filled:
        findings.append(_filled(trace, week.filled))
    return TracedWeek(WeeklyProfile(week.loads), len(rates), near_zero, tuple(findings))


def days_shapes(profile: WeeklyProfile) -> tuple[DaysShape, DaysShape]:
    """Weekdays and weekend."""
    loads = profile.relative
    return _shape(loads, range(WEEKDAY_HOURS)), _shape(loads, range(WEEKDAY_HOURS, HOURS_PER_WEEK))


def _shape(loads: Sequence[float], hours: range) -> DaysShape:
    highest = max(hours, key=lambda hour: (loads[hour], -hour))
    return DaysShape(fsum(loads[hour] for hour in hours) / len(hours), loads[highest], highest)


def _averaged(rates: Mapping[int, float]) -> _Week | int:
    """The week of rates by hour (0 = Monday 00:00 UTC of some week); an hour of the day that was never seen, if any."""
    by_hour: dict[int, list[float]] = defaultdict(list)
    for hour, rate in rates.items():
        by_hour[hour % HOURS_PER_WEEK].append(rate)
    observed = {hour: fmean(found) for hour, found in by_hour.items()}
    unseen = {hour % 24 for hour in range(HOURS_PER_WEEK)} - {hour % 24 for hour in observed}
    if unseen:
        return min(unseen)
    filled = tuple(hour for hour in range(HOURS_PER_WEEK) if hour not in observed)
    whole = observed | {hour: _same_hour_of_day(hour, observed) for hour in filled}
    return _Week(tuple(whole[hour] for hour in range(HOURS_PER_WEEK)), filled)


def _same_hour_of_day(hour: int, observed: Mapping[int, float]) -> float:
    """The mean of the same hour on other days: those of its kind, else any."""
    alike = [other for other in sorted(observed) if other % 24 == hour % 24]
    of_its_kind = [other for other in alike if (other < WEEKDAY_HOURS) == (hour < WEEKDAY_HOURS)]
    return fmean(observed[other] for other in of_its_kind or alike)


def _usable(rows: Sequence[HourlyRate]) -> tuple[list[HourlyRate], list[str]]:
    """The hours that count, by time, and a note for each one between first and last that does not."""
    by_time = {24 * row.day_index + row.hour_of_day: row for row in rows}
    if len(by_time) < len(rows):
        raise ValueError("an hour of the series is given more than once")
    if not any(row.rate > 0 for row in rows):
        raise ValueError("the series has no hour above 0")
    typical = median(row.rate for row in rows if row.rate > 0)
    used, notes = [], []
    for time in range(min(by_time), max(by_time) + 1):
        row = by_time.get(time)
        if row is None:
            notes.append(f"day {time // 24} hour {time % 24}: no row; left out")
        elif row.rate <= NEAR_ZERO_SHARE * typical:
            notes.append(
                f"day {time // 24} hour {time % 24}: {row.rate:g} is at most {NEAR_ZERO_SHARE:.0%} "
                f"of the median {typical:g}; left out"
            )
        else:
            used.append(row)
    return used, notes


def _traced_rates(trace: Trace) -> tuple[dict[int, float], frozenset[int], list[Finding]]:
    """Requests of the hours that the trace covers; those with nearly none, and a finding for each of these."""
    counts = hourly_counts(trace)
    typical = float(np.median(counts.requests))
    first_s, last_s = trace.start_s, trace.start_s + float(trace.seconds[-1])
    whole = counts.hours * SECONDS_PER_HOUR >= first_s - _EDGE_S
    whole &= (counts.hours + 1) * SECONDS_PER_HOUR <= last_s + _EDGE_S
    rates, near_zero, findings = {}, [], []
    for hour, requests in zip(counts.hours[whole].tolist(), counts.requests[whole].tolist(), strict=True):
        if requests > NEAR_ZERO_SHARE * typical:
            rates[hour] = float(requests)
        else:
            near_zero.append(hour)
            findings.append(_near_zero(trace, hour, requests, typical))
    return rates, frozenset(near_zero), findings


def _near_zero(trace: Trace, hour: int, requests: int, typical: float) -> Finding:
    begin = hour_name(hour, trace)
    found = f"{counted(requests, 'request')} in the hour from {begin}, where the median hour has {typical:g}"
    expected = f"more than {NEAR_ZERO_SHARE:.0%} of the median"
    hint = "nothing, if the service was down: the hour is left out of the shape of the week"
    return Finding(Code.NEAR_ZERO, Location(trace.source), found, expected, hint)


def _too_short(trace: Trace, hours: int, unseen: int) -> Finding:
    found = f"{counted(hours, 'whole hour')}, none at {unseen:02d}:00 UTC" if hours else "no whole hour"
    hint = "give a trace of a week or more; hourly_load is left as it is"
    return Finding(Code.SHORT, Location(trace.source), found, "each hour of the day at least once", hint)


def _filled(trace: Trace, hours: Sequence[int]) -> Finding:
    found = f"no usable hour for {len(hours)} of the 168 hours of the week: {', '.join(runs(hours))}"
    hint = (
        "give a trace of a week or more; each of these hours takes the mean of the same hour of the day on other days, "
        "weekdays for weekdays and weekend for weekend where there are any"
    )
    return Finding(Code.FILLED, Location(trace.source), found, "each hour of the week at least once", hint)


def runs(hours: Sequence[int]) -> Iterator[str]:
    """Numbers of hours, ascending, as runs.

    >>> list(runs([3, 4, 5, 9]))
    ['3 to 5', '9']
    """
    start = previous = hours[0]
    for hour in [*hours[1:], None]:
        if hour is None or hour != previous + 1:
            yield str(start) if start == previous else f"{start} to {previous}"
            start = hour if hour is not None else start
        previous = hour if hour is not None else previous
