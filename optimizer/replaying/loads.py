"""Load of every workload in every hour of a month: by the plan's blocks, by the week, or by hours of its own.

    rate[w,h] = mean rate[w,t] * load[w,h] * hours(t) / sum of load[w] over the hours of the month

so that the month's total is the plan's demand, whatever the hours are taken from (docs/decisions/0033).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from contracts.calendar import HOURS_PER_WEEK, Month
from optimizer.problem import Problem
from scenarios.aggregation import relative_hourly_load

Floats = NDArray[np.float64]
Wholes = NDArray[np.int64]

A_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
"""Hours are counted from here, so that hour n falls on hour n mod 168 of the week."""


def hours_from_a_monday(month: Month) -> Wholes:
    """Every hour of a month, counted from a Monday 00:00 UTC.

    >>> hours = hours_from_a_monday(Month(2027, 2))
    >>> len(hours), int(hours[0]) % 168
    (672, 0)
    """
    first = datetime(month.year, month.number, 1, tzinfo=UTC)
    begin = int((first - A_MONDAY).total_seconds()) // 3600
    return np.arange(begin, begin + month.hours)


@dataclass(frozen=True)
class Loads:
    """Relative load of each workload by hour: a series of 168 hours or whole weeks of them, repeated."""

    series: Mapping[str, Floats]
    """By workload; the first hour is a Monday 00:00 UTC."""

    def of(self, workload: str, hours: Wholes) -> Floats:
        """Load in hours counted from a Monday, relative to their own mean; flat where all are 0."""
        series = self.series[workload]
        load = series[hours % len(series)]
        mean = load.mean()
        return load / mean if mean > 0 else np.ones(len(hours))


def block_loads(problem: Problem) -> Loads:
    """Every hour as the block that it lies in."""
    block_of = blocks_of_the_week(problem)
    return Loads(
        {w: np.array([problem.relative_load[w, problem.blocks[b]] for b in block_of]) for w in sorted(problem.workload)}
    )


def weekly_loads(problem: Problem) -> Loads:
    """The scenario's hourly profile, hour by hour."""
    series = relative_hourly_load(problem.scenario.hourly_load, list(problem.workload))
    return Loads({w: np.array(loads) for w, loads in series.items()})


def with_own_hours(loads: Loads, own: Mapping[str, Sequence[float]]) -> Loads:
    """The same, but for workloads that have hours of their own."""
    return Loads({**loads.series, **{w: np.asarray(series, dtype=float) for w, series in own.items()}})


def blocks_of_the_week(problem: Problem) -> Wholes:
    """For each hour of the week the index of its block in `problem.blocks`."""
    place = {block: index for index, block in enumerate(problem.blocks)}
    found = np.zeros(HOURS_PER_WEEK, dtype=np.int64)
    for block in problem.scenario.blocks.blocks:
        found[list(block.hours_of_week)] = place[block.block]
    return found


@dataclass(frozen=True)
class MonthHours:
    """The hours of one month: when they are, and the block that each lies in."""

    t: int
    month: Month
    hours: Wholes
    """From a Monday 00:00 UTC."""
    block: Wholes
    """Index in `problem.blocks`."""

    @property
    def count(self) -> int:
        """Hours of the month."""
        return len(self.hours)

    def name(self, h: int) -> str:
        """An hour as YYYY-MM-DDTHH, in UTC."""
        return f"{self.month}-{h // 24 + 1:02d}T{h % 24:02d}"


def months_in_hours(problem: Problem) -> tuple[MonthHours, ...]:
    """All months of the horizon."""
    of_week = blocks_of_the_week(problem)
    found = []
    for t, month in enumerate(problem.months):
        hours = hours_from_a_monday(month)
        found.append(MonthHours(t, month, hours, of_week[hours % HOURS_PER_WEEK]))
    return tuple(found)
