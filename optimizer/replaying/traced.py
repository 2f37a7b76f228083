"""Traces -> sizes, hours and arrivals of each workload (docs/decisions/0033)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import NDArray

from contracts.calendar import HOURS_PER_WEEK
from optimizer.problem import Problem
from optimizer.replaying.loads import A_MONDAY
from optimizer.replaying.sizes import TracedSizes, sized_as_traced
from scenarios.traces import Trace
from scenarios.traces.fitting import requests_of
from scenarios.traces.hours import hour_numbers
from scenarios.traces.records import SECONDS_PER_HOUR
from scenarios.traces.weeks import runs

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

WINDOW_S = float(SECONDS_PER_HOUR)
"""Arrivals within an hour are taken from the busiest hour of a trace."""
MOST_RUNS = 10
"""Of hours without load that are named."""


@dataclass(frozen=True)
class Arrivals:
    """The busiest hour of a workload's trace, or all of a shorter one: one entry for each request."""

    seconds: Floats
    """From the beginning of the window; ascending."""
    input_tokens: Floats
    output_tokens: Floats
    class_of_request: Wholes
    length_s: float
    """Of the window; whole minutes."""

    @property
    def minutes(self) -> int:
        """Whole minutes of the window."""
        return round(self.length_s / 60)


@dataclass(frozen=True)
class Traced:
    """What traces say of the workloads; a workload that is not there is as the plan has it."""

    sizes: Mapping[str, TracedSizes] = field(default_factory=dict)
    arrivals: Mapping[str, Arrivals] = field(default_factory=dict)
    hours: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """Relative load by hour, whole weeks from a Monday 00:00 UTC."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Name of the file that a workload's requests come from."""
    series: frozenset[str] = frozenset()
    """Workloads whose hours come from a series given beside the trace."""
    notes: tuple[str, ...] = ()


def traced(
    problem: Problem, trace: Trace, own_traces: Mapping[str, Trace], series: Mapping[str, Sequence[float]]
) -> Traced:
    """What the traces give to every workload of the plan.

    ValueError for a name in `own_traces` or `series` that is no workload of the plan.
    """
    unknown = sorted({*own_traces, *series} - set(problem.workload))
    if unknown:
        known = ", ".join(sorted(problem.workload))
        raise ValueError(f"{', '.join(unknown)} is no workload of the plan; its workloads are {known}")
    named = _named(trace)
    chosen: dict[str, Trace] = {}
    notes = []
    for workload in sorted(problem.workload):
        if workload in own_traces:
            chosen[workload] = own_traces[workload]
        elif trace.workload is None or workload in named:
            chosen[workload] = requests_of(trace, workload)
        else:
            notes.append(f"{trace.source} has no request of {workload}: sizes and hours are the plan's")
    of_traces = ((w, own_hours(rows)) for w, rows in chosen.items())
    hours = {**{w: row for w, row in of_traces if row is not None}, **series}
    classes = {w: [row for key, row in problem.size_class.items() if key.workload == w] for w in chosen}
    sizes = {w: sized_as_traced(classes[w], rows.input_tokens, rows.output_tokens) for w, rows in chosen.items()}
    return Traced(
        sizes=sizes,
        arrivals={w: _arrivals(rows, sizes[w]) for w, rows in chosen.items()},
        hours=hours,
        sources={w: rows.source for w, rows in chosen.items()},
        series=frozenset(series),
        notes=(
            *notes,
            *(
                f"{trace.source}: {count:,} requests of {name}, which is no workload of the plan, are left out"
                for name, count in named.items()
                if name not in problem.workload
            ),
            *_without_load(hours),
            *_warned([trace, *own_traces.values()]),
        ),
    )


def _named(trace: Trace) -> dict[str, int]:
    """Requests by the workload that the trace says is theirs."""
    if trace.workload is None:
        return {}
    names, counts = np.unique(trace.workload, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


def _without_load(hours: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """Hours that nobody asks for anything in: they are named, not smoothed away."""
    for workload, loads in sorted(hours.items()):
        empty = [hour for hour, load in enumerate(loads) if load == 0]
        if empty:
            those = list(runs(empty))
            yield (
                f"hours of {workload} without load, replayed so: {len(empty)} of {len(loads)} from a Monday 00:00 UTC, "
                f"{', '.join(those[:MOST_RUNS])}{' ...' if len(those) > MOST_RUNS else ''}"
            )


def _warned(traces: Iterable[Trace]) -> list[str]:
    return list(dict.fromkeys(f"{row.where}: {row.found}" for trace in traces for row in trace.warnings))


def own_hours(trace: Trace) -> list[float] | None:
    """Requests by hour over whole weeks, the first a Monday 00:00 UTC; None where the trace cannot tell a week."""
    if trace.start is None:
        return None
    first = ceil(trace.start_s / SECONDS_PER_HOUR)
    hours = hour_numbers(trace) - first
    length = int(hours[-1]) // HOURS_PER_WEEK * HOURS_PER_WEEK
    if length < HOURS_PER_WEEK:
        return None
    counts = np.bincount(hours[(hours >= 0) & (hours < length)], minlength=length)
    from_a_monday = first - int(A_MONDAY.timestamp()) // SECONDS_PER_HOUR
    return [float(count) for count in np.roll(counts, from_a_monday % length)]


def _arrivals(trace: Trace, sizes: TracedSizes) -> Arrivals:
    """The hour with the most requests, whole minutes of it."""
    ends = np.searchsorted(trace.seconds, trace.seconds + WINDOW_S, side="left")
    first = int(np.argmax(ends - np.arange(len(ends))))
    length = min(WINDOW_S, max(60.0, 60.0 * ((trace.seconds[-1] - trace.seconds[first]) // 60)))
    seconds = trace.seconds - trace.seconds[first]
    inside = (seconds >= 0) & (seconds < length)
    return Arrivals(
        seconds=seconds[inside],
        input_tokens=trace.input_tokens[inside].astype(float),
        output_tokens=np.maximum(trace.output_tokens[inside], 1).astype(float),
        class_of_request=sizes.class_of_request[inside],
        length_s=float(length),
    )
