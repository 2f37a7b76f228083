"""What `siliconmix import trace` answers a program: a record, printed as JSON."""

from datetime import datetime
from typing import Literal

from catalog.records import Record
from reports.answers import InputFinding, input_findings
from scenarios.importing.merging import Merged
from scenarios.traces.fitting import TraceFit
from scenarios.traces.sizes import NodeTimeError
from scenarios.traces.weeks import DaysShape, WeeklyProfile, days_shapes
from scenarios.workloads import SizeClass


class TimeError(Record):
    """How far the node-time of a request is from its class's, for one ratio of prefill to decode rate."""

    prefill_to_decode_ratio: float
    mean_absolute_share: float
    total_share: float


class Days(Record):
    """Monday to Friday, or Saturday and Sunday (UTC), relative to the mean hour of the week."""

    mean_load: float
    highest_load: float
    highest_hour: int


class TraceAnswer(Record):
    """A workload as a trace has it, and the files that hold it now (docs/decisions/0027)."""

    format: Literal["siliconmix-trace-1"] = "siliconmix-trace-1"
    file: str
    workload: str
    requests: int
    requests_of_others: int
    first: datetime | None
    """Moment of the first request, in UTC; None without a date."""
    seconds: float
    """From the first to the last request."""
    size_classes: tuple[SizeClass, ...]
    routing_loss_share: float
    node_time_errors: tuple[TimeError, ...]
    hours_seen: int
    weekdays: Days | None
    weekend: Days | None
    burst_ratio: float | None
    burst_percentile: float | None
    burst_minutes: int | None
    poisson_burst_ratio: float | None
    cache_hit_share: float | None
    written: tuple[str, ...]
    """Files of the scenario that changed."""
    warnings: tuple[InputFinding, ...]
    """What was assumed, moved, left out, filled in or not to be had."""


def trace_answer(fit: TraceFit, workload: str, merged: Merged) -> TraceAnswer:
    """The answer of an import."""
    weekdays, weekend = (None, None) if fit.week.profile is None else map(_days, days_shapes(fit.week.profile))
    bursts = fit.bursts
    return TraceAnswer(
        file=fit.trace.source,
        workload=workload,
        requests=len(fit.trace),
        requests_of_others=fit.requests_of_others,
        first=fit.trace.start,
        seconds=float(fit.trace.seconds[-1]),
        size_classes=fit.sizes.classes,
        routing_loss_share=fit.sizes.routing_loss_share,
        node_time_errors=tuple(map(_time_error, fit.sizes.errors)),
        hours_seen=fit.week.hours_seen,
        weekdays=weekdays,
        weekend=weekend,
        burst_ratio=bursts.burst_ratio if bursts else None,
        burst_percentile=bursts.percentile if bursts else None,
        burst_minutes=bursts.minutes if bursts else None,
        poisson_burst_ratio=bursts.poisson_burst_ratio if bursts else None,
        cache_hit_share=fit.cache_hit_share,
        written=tuple(merged.files),
        warnings=input_findings(fit.findings),
    )


class HoursAnswer(Record):
    """A typical week from an hourly series, and the files that hold it now."""

    format: Literal["siliconmix-hours-1"] = "siliconmix-hours-1"
    file: str
    workload: str
    hours: int
    """Rows of the series."""
    weekdays: Days
    weekend: Days
    notes: tuple[str, ...]
    """Every hour that was left out, and which hours of the week were filled."""
    written: tuple[str, ...]
    """Files of the scenario that changed."""


def hours_answer(file: str, workload: str, hours: int, profile: WeeklyProfile, merged: Merged) -> HoursAnswer:
    """The answer of an import."""
    weekdays, weekend = map(_days, days_shapes(profile))
    return HoursAnswer(
        file=file,
        workload=workload,
        hours=hours,
        weekdays=weekdays,
        weekend=weekend,
        notes=profile.notes,
        written=tuple(merged.files),
    )


def _days(shape: DaysShape) -> Days:
    return Days(mean_load=shape.mean_load, highest_load=shape.highest_load, highest_hour=shape.highest_hour)


def _time_error(error: NodeTimeError) -> TimeError:
    return TimeError(
        prefill_to_decode_ratio=error.prefill_to_decode_ratio,
        mean_absolute_share=error.mean_absolute_share,
        total_share=error.total_share,
    )
