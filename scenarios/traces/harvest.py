"""What a trace, or an hourly series, says of a workload -> rows and cells of a scenario (docs/decisions/0027, 0034)."""

from collections.abc import Sequence

from catalog.findings import Code, Finding, InputRejected, Location, did_you_mean, shown
from scenarios.importing.harvest import CellSet, Harvest, NewRow, RowsReplaced
from scenarios.inputs import Inputs
from scenarios.loading_tables import HOURLY_LOAD, SIZE_CLASSES, WORKLOADS
from scenarios.traces.fitting import TraceFit
from scenarios.traces.series import HourlyRate
from scenarios.traces.weeks import WeeklyProfile
from scenarios.workloads import HourlyLoad

LOAD_DECIMALS, BURST_DECIMALS, SHARE_DECIMALS = 4, 4, 6


def refuse_unknown_workload(inputs: Inputs, workload: str) -> None:
    """InputRejected unless the scenario has the workload."""
    known = inputs.table(WORKLOADS.name).names("workload")
    if workload not in known:
        hint = did_you_mean(workload, known)
        where = Location("--workload")
        raise InputRejected([Finding(Code.REFERENCE, where, shown(workload), "a workload of the scenario", hint)])


def trace_harvest(fit: TraceFit, workload: str) -> Harvest:
    """Size classes, hours of the week where the trace has them, burst ratio and cache hits where it tells them."""
    cells = []
    if fit.bursts is not None:
        cells.append(CellSet(WORKLOADS.name, (workload,), "burst_ratio", round(fit.bursts.burst_ratio, BURST_DECIMALS)))
    if fit.cache_hit_share is not None:
        share = round(fit.cache_hit_share, SHARE_DECIMALS)
        cells.append(CellSet(WORKLOADS.name, (workload,), "cache_hit_share", share))
    where = Location(fit.trace.source)
    rows = [NewRow(SIZE_CLASSES.name, row, where) for row in fit.sizes.classes]
    replaced = [RowsReplaced(SIZE_CLASSES.name, "workload", workload)]
    if fit.week.profile is not None:
        rows += hour_rows(fit.week.profile, workload, where)
        replaced.append(RowsReplaced(HOURLY_LOAD.name, "workload", workload))
    return Harvest(len(fit.trace), tuple(rows), replaced=tuple(replaced), cells=tuple(cells))


def series_harvest(rates: Sequence[HourlyRate], profile: WeeklyProfile, workload: str, file: str) -> Harvest:
    """Hours of the week from an hourly series, with what was left out or filled."""
    rows = hour_rows(profile, workload, Location(file))
    replaced = (RowsReplaced(HOURLY_LOAD.name, "workload", workload),)
    return Harvest(len(rates), tuple(rows), notes=profile.notes, replaced=replaced)


def hour_rows(profile: WeeklyProfile, workload: str, where: Location) -> list[NewRow]:
    """The 168 hours of a profile, relative to their mean."""
    return [
        NewRow(
            HOURLY_LOAD.name, HourlyLoad(workload=workload, hour_of_week=hour, load=round(load, LOAD_DECIMALS)), where
        )
        for hour, load in enumerate(profile.relative)
    ]
