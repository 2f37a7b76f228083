"""Hourly profile -> load blocks: similar hours together, every workload's peak kept, the error measured.

1. Each workload's load is divided by its mean over the 168 hours of the week; without rows it is flat (1.0).
2. Hours are grouped into `load_blocks` blocks by tsam (hierarchical, Ward: no random start). Each hour is a
   period of length 1; its distance to another counts all workloads, each in units of its own mean.
3. While the highest block load of some workload is more than 1 % below its highest hour, one hour near the
   peak of as many such workloads as possible is chosen, and all hours near the peaks of these workloads are
   an extreme block. It can only lose hours to a later one that serves other workloads, and never all of them:
   each step serves at least one more workload for good, so there are at most as many extremes as workloads.

A block's load is the mean of its hours, so the mean over the week stays 1.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from contracts.calendar import HOURS_PER_WEEK
from scenarios.blocks import BlockError, BlockLoad, BlockModel, LoadBlock
from scenarios.workloads import HourlyLoad

PEAK_TOLERANCE_SHARE = 0.01
"""How far the highest block load of a workload may stay below its highest hour."""

_FLAT = (1.0,) * HOURS_PER_WEEK
Series = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class _Group:
    """Hours of the week that are planned as one."""

    hours: frozenset[int]
    extreme: bool = False

    def load(self, series: Sequence[float]) -> float:
        """Mean load of the hours."""
        return fsum(series[hour] for hour in self.hours) / len(self.hours)


def aggregate(hourly_load: Sequence[HourlyLoad], workloads: Sequence[str], load_blocks: int) -> BlockModel:
    """Group the 168 hours of the week into `load_blocks` blocks, and as few extreme-hour blocks as needed.

    There are fewer blocks where fewer hours differ. ValueError unless a workload has either no rows or its
    168 hours, once each.
    """
    if load_blocks < 1:
        raise ValueError(f"load_blocks is {load_blocks}; expected at least 1")
    series = relative_hourly_load(hourly_load, workloads)
    groups = _with_peaks_kept(_similar_hours(series, load_blocks), series)
    named = _named(groups, series)
    return BlockModel(
        blocks=tuple(
            LoadBlock(block=name, hours_of_week=tuple(sorted(group.hours)), extreme=group.extreme)
            for name, group in named
        ),
        loads=tuple(
            BlockLoad(workload=workload, block=name, relative_load=group.load(loads))
            for workload, loads in series.items()
            for name, group in named
        ),
        errors=tuple(_error(workload, loads, groups) for workload, loads in series.items()),
        requested_blocks=load_blocks,
    )


def relative_hourly_load(hourly_load: Sequence[HourlyLoad], workloads: Sequence[str]) -> Series:
    """For each workload, by name, its 168 loads divided by their mean; flat without rows or if all are 0."""
    rows: dict[str, dict[int, float]] = {workload: {} for workload in sorted(workloads)}
    for row in hourly_load:
        if row.workload not in rows:
            raise ValueError(f"hourly load is given for {row.workload!r}, which is not a workload")
        if row.hour_of_week in rows[row.workload]:
            raise ValueError(f"hour {row.hour_of_week} of workload {row.workload!r} is given more than once")
        rows[row.workload][row.hour_of_week] = row.load
    return {workload: _relative(workload, loads) for workload, loads in rows.items()}


def _relative(workload: str, loads: Mapping[int, float]) -> tuple[float, ...]:
    if not loads:
        return _FLAT
    missing = [hour for hour in range(HOURS_PER_WEEK) if hour not in loads]
    if missing:
        raise ValueError(f"hour {missing[0]} of workload {workload!r} is missing; expected hours 0 to 167")
    largest = max(loads.values())
    if largest == 0:
        return _FLAT
    scaled = [loads[hour] / largest for hour in range(HOURS_PER_WEEK)]
    mean = fsum(scaled) / HOURS_PER_WEEK
    return tuple(load / mean for load in scaled)


def _similar_hours(series: Series, load_blocks: int) -> list[_Group]:
    """Hours of equal load together; where there are more kinds of hours than blocks, similar ones too."""
    kinds: dict[tuple[float, ...], set[int]] = {}
    for hour in range(HOURS_PER_WEEK):
        kinds.setdefault(tuple(loads[hour] for loads in series.values()), set()).add(hour)
    if len(kinds) <= load_blocks:
        return [_Group(frozenset(hours)) for hours in kinds.values()]
    if load_blocks == 1:
        return [_Group(frozenset(range(HOURS_PER_WEEK)))]
    return _clustered(series, load_blocks)


def _clustered(series: Series, load_blocks: int) -> list[_Group]:
    """tsam's grouping; its own scaling of each column to 0..1 is undone by the weights."""
    ranges = {workload: max(loads) - min(loads) for workload, loads in series.items()}
    uneven = {workload: spread for workload, spread in ranges.items() if spread > 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations inside the libraries are not the planner's business
        import pandas as pd
        import tsam

        any_week = pd.date_range("2001-01-01", periods=HOURS_PER_WEEK, freq="h")
        result = tsam.aggregate(
            pd.DataFrame({workload: series[workload] for workload in uneven}, index=any_week),
            n_clusters=load_blocks,
            period_duration=1,
            temporal_resolution=1,
            cluster=tsam.ClusterConfig(method="hierarchical", representation="mean"),
            weights=uneven,
            preserve_column_means=False,
        )
        labels = [int(label) for label in result.cluster_assignments]
    members: dict[int, set[int]] = {}
    for hour, label in enumerate(labels):
        members.setdefault(label, set()).add(hour)
    return [_Group(frozenset(hours)) for hours in members.values()]


def _with_peaks_kept(groups: list[_Group], series: Series) -> list[_Group]:
    """The groups, with extreme hours split off until every workload's peak is within the tolerance."""
    near_peak = {workload: _near_peak(loads) for workload, loads in series.items()}
    while missed := [w for w in series if _peak_error(series[w], groups) > PEAK_TOLERANCE_SHARE]:
        hour = max(range(HOURS_PER_WEEK), key=_most_peaks(missed, near_peak, series))
        served = [near_peak[workload] for workload in missed if hour in near_peak[workload]]
        extreme = frozenset.intersection(*served)
        kept = [_Group(group.hours - extreme, group.extreme) for group in groups]
        groups = [*(group for group in kept if group.hours), _Group(extreme, extreme=True)]
    return groups


def _near_peak(loads: Sequence[float]) -> frozenset[int]:
    """Hours any mean of which is within the tolerance of the peak, whatever the rounding of that mean."""
    lowest = (1 - PEAK_TOLERANCE_SHARE * (1 - 1e-6)) * max(loads)
    return frozenset(hour for hour, load in enumerate(loads) if load >= lowest)


def _most_peaks(
    missed: Sequence[str], near_peak: Mapping[str, frozenset[int]], series: Series
) -> Callable[[int], tuple[int, float, int]]:
    """Ranks hours: near the peaks of the most workloads, then the highest load, then the earliest."""

    def rank(hour: int) -> tuple[int, float, int]:
        peaks = sum(hour in near_peak[workload] for workload in missed)
        return peaks, fsum(series[workload][hour] for workload in missed), -hour

    return rank


def _named(groups: Sequence[_Group], series: Series) -> list[tuple[str, _Group]]:
    """Blocks b01, b02, ... and extremes x01, ..., heaviest load first; a single block is `all`."""
    if len(groups) == 1:
        return [("all", groups[0])]

    def heaviest_first(group: _Group) -> tuple[float, int]:
        return -fsum(group.load(loads) for loads in series.values()), min(group.hours)

    named = []
    for letter, extreme in (("b", False), ("x", True)):
        members = sorted((group for group in groups if group.extreme is extreme), key=heaviest_first)
        width = max(2, len(str(len(members))))
        named += [(f"{letter}{number:0{width}d}", group) for number, group in enumerate(members, start=1)]
    return named


def _peak_error(loads: Sequence[float], groups: Sequence[_Group]) -> float:
    """1 - highest block load / highest hourly load."""
    return max(0.0, 1 - max(group.load(loads) for group in groups) / max(loads))


def _error(workload: str, loads: Sequence[float], groups: Sequence[_Group]) -> BlockError:
    """How far the blocks are from the hours; the mean load is 1, so the root mean square is a share of it."""
    squares = ((group.load(loads) - loads[hour]) ** 2 for group in groups for hour in group.hours)
    return BlockError(
        workload=workload,
        root_mean_square_share=sqrt(fsum(squares) / HOURS_PER_WEEK),
        peak_error_share=_peak_error(loads, groups),
        commitment_error_share=_commitment_error(loads, groups),
    )


def _commitment_error(loads: Sequence[float], groups: Sequence[_Group]) -> float:
    """What must be bought by the hour above a commitment, in hours less in blocks, where that is most.

    Both fall with the commitment along straight lines; the hours bend upwards, so that the difference has its peaks
    where the blocks bend: at their loads.
    """
    levels = {group.load(loads) for group in groups}
    blocks = [(group.load(loads), len(group.hours)) for group in groups]

    def left_out(level: float) -> float:
        in_hours = fsum(load - level for load in loads if load > level)
        return in_hours - fsum((load - level) * hours for load, hours in blocks if load > level)

    return max(0.0, *map(left_out, levels)) / HOURS_PER_WEEK
