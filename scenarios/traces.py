"""Traces -> size classes and a weekly profile, with what was lost or filled in stated beside the result.

Size classes: requests are clustered by the logarithms of their input and output tokens (k-means from fixed
starting centres). A class stands for its requests by their mean sizes, so all input and output tokens, and
with them the node-time on any column, are kept in total. What classes do lose is the choice of a column
request by request. That loss is measured for pairs of columns whose ratios of prefill to decode rate differ
and which would serve the whole trace in the same node-time: node-time when each class goes to the faster of
the two, over that when each request does, less 1. The fewest classes that keep it within 5 % are taken.

Weekly profile: hourly rates averaged by hour of the week. Missing and near-zero hours are left out by name,
never smoothed away: a service that was down did not have less demand.
"""

import csv
import gzip
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from math import fsum, log
from pathlib import Path
from statistics import fmean, median
from typing import TextIO

from contracts.calendar import HOURS_PER_WEEK
from scenarios.workloads import SizeClass

RATE_RATIOS = (1.0, 3.0, 10.0, 30.0, 100.0)
"""Prefill rate / decode rate for which errors are stated."""
ROUTING_LOSS_SHARE = 0.05
"""More classes are taken while fewer would lose more than this."""
NEAR_ZERO_SHARE = 0.01
"""An hour at or below this share of the median hour is taken for an outage."""


@dataclass(frozen=True, slots=True)
class TracedRequest:
    """One request of a trace."""

    at: datetime
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class NodeTimeError:
    """How far the node-time of a request is from its class's, for one ratio of prefill to decode rate."""

    prefill_to_decode_ratio: float
    total_share: float
    """(Node-time of the classes - node-time of the requests) / the latter: 0 but for rounding."""
    mean_absolute_share: float
    """Mean of |request's own node-time - its class's|, over the mean node-time."""


@dataclass(frozen=True, slots=True)
class SizeClassFit:
    """Size classes and what they lose."""

    classes: tuple[SizeClass, ...]
    errors: tuple[NodeTimeError, ...]
    routing_loss_share: float
    """The largest loss over all pairs of ratios: what routing by class costs against by request."""


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """One hour of an hourly series, in the local time of its source."""

    day_index: int
    hour_of_day: int
    rate: float


@dataclass(frozen=True, slots=True)
class WeeklyProfile:
    """Loads of the 168 hours of the week (0 = Monday 00:00 UTC), and each hour left out or filled."""

    loads: tuple[float, ...]
    notes: tuple[str, ...]


_Cluster = Sequence[TracedRequest]


def read_requests(path: Path) -> tuple[TracedRequest, ...]:
    """Requests of a CSV or CSV.gz with the columns TIMESTAMP, ContextTokens and GeneratedTokens.

    ValueError, with file and line, for a missing column, an unreadable time, or tokens that are not whole and
    positive.
    """
    return tuple(_request(path, line, row) for line, row in _rows(path))


def read_hourly_rates(path: Path, *, model: str, column: str = "mean_request_rate_per_s") -> tuple[HourlyRate, ...]:
    """The series of one model from a CSV with the columns model, day_index, hour_of_day and `column`."""
    rates = tuple(
        HourlyRate(
            int(_cell(path, line, row, "day_index")),
            int(_cell(path, line, row, "hour_of_day")),
            float(_cell(path, line, row, column)),
        )
        for line, row in _rows(path)
        if _cell(path, line, row, "model") == model
    )
    if not rates:
        raise ValueError(f"{path.name}: no row has model {model!r}")
    return rates


def size_classes_from_trace(
    requests: Sequence[TracedRequest], *, workload: str, count: int = 4
) -> tuple[SizeClass, ...]:
    """At most `count` size classes, as many as the data need; see `fit_size_classes`."""
    return fit_size_classes(requests, workload=workload, count=count).classes


def fit_size_classes(
    requests: Sequence[TracedRequest], *, workload: str, count: int = 4, ratios: Sequence[float] = RATE_RATIOS
) -> SizeClassFit:
    """The fewest classes, at most `count`, that lose at most 5 % of node-time; or those that lose the least.

    Classes are named c1, c2, ... by ascending input tokens, and do not depend on the order of the requests.
    """
    if not requests:
        raise ValueError("a trace without requests has no size classes")
    ordered = sorted(requests, key=lambda request: (request.input_tokens, request.output_tokens))
    best: tuple[float, list[_Cluster]] | None = None
    for classes in range(1, count + 1):
        clusters = _clusters(ordered, classes)
        loss = _routing_loss(clusters, ratios)
        if best is None or loss < best[0]:
            best = loss, clusters
        if loss <= ROUTING_LOSS_SHARE:
            break
    if best is None:
        raise ValueError(f"count is {count}; expected at least 1")
    return _fit(best[1], workload, best[0], ratios)


def weekly_profile(
    hourly_rates: Sequence[HourlyRate], *, utc_shift_hours: int, first_weekday: int = 0
) -> WeeklyProfile:
    """Mean rate by hour of the week, in UTC.

    `utc_shift_hours` is added to the source's hours (-8 for a source in UTC+8). `first_weekday` is that of
    day 0 in the source's time (0 = Monday); if the source does not say, it is an assumption of the caller.
    A missing or near-zero hour is filled from the same hour of the week, or else the same hour of the day.
    """
    offset = 24 * first_weekday + utc_shift_hours
    used, notes = _usable(hourly_rates)
    by_hour: dict[int, list[float]] = defaultdict(list)
    for row in used:
        by_hour[(24 * row.day_index + row.hour_of_day + offset) % HOURS_PER_WEEK].append(row.rate)
    observed = {hour: fmean(rates) for hour, rates in by_hour.items()}
    empty = [hour for hour in range(HOURS_PER_WEEK) if hour not in observed]
    filled = {hour: _same_hour_of_day(hour, observed) for hour in empty}
    if empty:
        notes.append(
            f"{len(empty)} hours of the week (UTC) have no usable hour and take the mean of the same hour "
            f"of the day on other days: {', '.join(map(str, empty))}"
        )
    return WeeklyProfile(tuple((observed | filled)[hour] for hour in range(HOURS_PER_WEEK)), tuple(notes))


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


def _same_hour_of_day(hour: int, observed: Mapping[int, float]) -> float:
    others = [rate for other, rate in sorted(observed.items()) if other % 24 == hour % 24]
    if not others:
        raise ValueError(f"the series has no usable hour at {hour % 24}:00 UTC on any day")
    return fmean(others)


def _clusters(ordered: Sequence[TracedRequest], count: int) -> list[_Cluster]:
    """At most `count` clusters of similar log sizes; it starts from the means of equal parts by size."""
    points = [(log(request.input_tokens), log(request.output_tokens)) for request in ordered]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an emptied cluster is simply not used
        import numpy as np
        from scipy.cluster.vq import kmeans2

        data = np.array(points)
        by_size = np.argsort(data.sum(axis=1), kind="stable")
        parts = np.array_split(by_size, min(count, len(points)))
        _, labels = kmeans2(data, np.array([data[part].mean(axis=0) for part in parts]), minit="matrix", iter=100)
    members: dict[int, list[TracedRequest]] = defaultdict(list)
    for request, label in zip(ordered, labels.tolist(), strict=True):
        members[label].append(request)
    return sorted(members.values(), key=_mean_sizes)


def _mean_sizes(cluster: _Cluster) -> tuple[float, float]:
    """Mean input and output tokens; the sums are whole numbers, so nothing is lost before the division."""
    count = len(cluster)
    return sum(r.input_tokens for r in cluster) / count, sum(r.output_tokens for r in cluster) / count


def _node_times(clusters: Sequence[_Cluster], ratio: float) -> list[tuple[float, list[float]]]:
    """For each cluster: the node-time of its mean request and of each request, the decode rate being 1."""
    times = []
    for cluster in clusters:
        mean_input, mean_output = _mean_sizes(cluster)
        own = [request.input_tokens / ratio + request.output_tokens for request in cluster]
        times.append((mean_input / ratio + mean_output, own))
    return times


def _routing_loss(clusters: Sequence[_Cluster], ratios: Sequence[float]) -> float:
    """The largest loss over all pairs of ratios; 0 for a single ratio."""
    times = {ratio: _node_times(clusters, ratio) for ratio in ratios}
    totals = {ratio: fsum(time for _, own in times[ratio] for time in own) for ratio in ratios}
    losses = [0.0]
    for a, b in combinations(ratios, 2):
        by_class, by_request = [], []
        for (mean_a, own_a), (mean_b, own_b) in zip(times[a], times[b], strict=True):
            by_class.append(len(own_a) * min(mean_a / totals[a], mean_b / totals[b]))
            by_request += [min(x / totals[a], y / totals[b]) for x, y in zip(own_a, own_b, strict=True)]
        losses.append(fsum(by_class) / fsum(by_request) - 1)
    return max(losses)


def _fit(clusters: Sequence[_Cluster], workload: str, loss: float, ratios: Sequence[float]) -> SizeClassFit:
    total = sum(len(cluster) for cluster in clusters)
    classes = []
    for number, cluster in enumerate(clusters, start=1):
        mean_input, mean_output = _mean_sizes(cluster)
        classes.append(
            SizeClass(
                workload=workload,
                size_class=f"c{number}",
                input_tokens=mean_input,
                output_tokens=mean_output,
                request_share=len(cluster) / total,
            )
        )
    return SizeClassFit(tuple(classes), tuple(_error(clusters, ratio) for ratio in ratios), loss)


def _error(clusters: Sequence[_Cluster], ratio: float) -> NodeTimeError:
    times = _node_times(clusters, ratio)
    total = fsum(time for _, own in times for time in own)
    classes_total = fsum(len(own) * mean for mean, own in times)
    deviation = fsum(abs(time - mean) for mean, own in times for time in own)
    return NodeTimeError(ratio, classes_total / total - 1, deviation / total)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells of every row of a CSV or CSV.gz."""
    with _opened(path) as file:
        reader = csv.DictReader(file, strict=True)
        for row in reader:
            yield reader.line_num, row


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _cell(path: Path, line: int, row: Mapping[str, str | None], column: str) -> str:
    cell = row.get(column)
    if cell is None:
        raise ValueError(f"{path.name}:{line}: no value in column {column}; expected one in every row")
    return cell


def _request(path: Path, line: int, row: Mapping[str, str | None]) -> TracedRequest:
    when = _cell(path, line, row, "TIMESTAMP")
    try:
        at = datetime.fromisoformat(when)
    except ValueError:
        raise ValueError(f"{path.name}:{line}: TIMESTAMP is {when!r}; expected a date and time") from None
    tokens = [_tokens(path, line, row, column) for column in ("ContextTokens", "GeneratedTokens")]
    return TracedRequest(at, *tokens)


def _tokens(path: Path, line: int, row: Mapping[str, str | None], column: str) -> int:
    cell = _cell(path, line, row, column)
    if not (cell.isascii() and cell.isdigit() and int(cell) > 0):
        raise ValueError(f"{path.name}:{line}: {column} is {cell!r}; expected a whole number above 0")
    return int(cell)
