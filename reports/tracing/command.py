"""`siliconmix import trace` and `import hours`: read, fit, put into the scenario whole or not at all, and tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from catalog.findings import Code, Finding, InputRejected, Location
from reports.console import screen_width
from reports.exits import Exit
from reports.import_command import Judged, put_in
from reports.tracing.answer import hours_answer, trace_answer
from reports.tracing.reading_line import ReadingLine
from reports.tracing.screen import hours_screen, trace_screen
from scenarios.importing.harvest import Harvest
from scenarios.importing.merging import Merged, merge
from scenarios.inputs import Inputs
from scenarios.traces import read_trace
from scenarios.traces.fitting import FitSettings, TraceFit, fit_trace
from scenarios.traces.harvest import refuse_unknown_workload, series_harvest, trace_harvest
from scenarios.traces.series import HourlyRate, read_hourly_rates
from scenarios.traces.weeks import WeeklyProfile, weekly_profile


@dataclass(frozen=True)
class TraceAsked:
    """A trace, when it was, and what is asked of it."""

    file: Path
    settings: FitSettings
    utc_offset: timedelta
    second_0: datetime | None


@dataclass(frozen=True)
class HoursAsked:
    """An hourly series, and how its days and hours lie."""

    file: Path
    workload: str
    series: str
    utc_offset: timedelta
    first_weekday: int


def import_trace(asked: TraceAsked, into: Path, *, as_json: bool) -> Exit:
    """Write what a trace says of a workload; nothing if anything is wrong."""
    workload = asked.settings.workload

    def judge(inputs: Inputs) -> Judged:
        refuse_unknown_workload(inputs, workload)
        fit = _fit(asked)
        merged = _merged_whole(inputs, "trace", trace_harvest(fit, workload))
        if as_json:
            return merged, trace_answer(fit, workload, merged).model_dump_json(indent=1)
        return merged, trace_screen(fit, into, workload, merged, width=screen_width())

    return put_in(into, judge, as_json=as_json)


def _fit(asked: TraceAsked) -> TraceFit:
    with ReadingLine(asked.file.name) as line:
        trace = read_trace(asked.file, utc_offset=asked.utc_offset, second_0=asked.second_0, on_rows=line.read)
        line.phase(f"fitting {len(trace):,} requests of {trace.source}")
        return fit_trace(trace, asked.settings)


def import_hours(asked: HoursAsked, into: Path, *, as_json: bool) -> Exit:
    """Write the typical week of an hourly series; nothing if anything is wrong."""

    def judge(inputs: Inputs) -> Judged:
        refuse_unknown_workload(inputs, asked.workload)
        rates = read_hourly_rates(asked.file, model=asked.series)
        profile = _profile(asked, rates)
        merged = _merged_whole(inputs, "hours", series_harvest(rates, profile, asked.workload, asked.file.name))
        answer = hours_answer(asked.file.name, asked.workload, len(rates), profile, merged)
        if as_json:
            return merged, answer.model_dump_json(indent=1)
        return merged, hours_screen(answer, profile, into, width=screen_width())

    return put_in(into, judge, as_json=as_json)


def _merged_whole(inputs: Inputs, kind: str, harvest: Harvest) -> Merged:
    """The files with all new rows in them: classes and hours of a workload stand or fall together."""
    merged = merge(inputs, kind, harvest)
    if merged.refused:
        raise InputRejected(merged.refused)
    return merged


def _profile(asked: HoursAsked, rates: Sequence[HourlyRate]) -> WeeklyProfile:
    shift = -int(asked.utc_offset / timedelta(hours=1))
    try:
        return weekly_profile(rates, utc_shift_hours=shift, first_weekday=asked.first_weekday)
    except ValueError as error:
        hint = "correct the series; hourly_load is left as it is"
        where = Location(asked.file.name)
        raise InputRejected([Finding(Code.HOURS, where, str(error), "hours that make up a week", hint)]) from None
