"""What `siliconmix import trace` shows: what the trace says, where it stands now, and what was assumed or left out."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.findings import counted
from reports.console_findings import render_findings
from reports.console_tables import Column, table_lines, wrapped
from reports.import_command import NOTHING_DIFFERENT
from reports.tracing.answer import HoursAnswer
from scenarios.importing.merging import Merged
from scenarios.traces.fitting import TraceFit
from scenarios.traces.records import SECONDS_PER_HOUR
from scenarios.traces.sizes import ROUTING_LOSS_SHARE, SizeClassFit
from scenarios.traces.weeks import DaysShape, WeeklyProfile, days_shapes

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CLASSES = (
    Column("class"),
    Column("input tokens", right=True),
    Column("output tokens", right=True),
    Column("of requests", right=True),
)


def trace_screen(fit: TraceFit, into: Path, workload: str, merged: Merged, *, width: int) -> str:
    """Everything on one screen but for the findings, which come after it."""
    lines = [*_requests(fit), "", f"Workload {workload} in {into}:", ""]
    lines += [f"  {line}" for line in _size_lines(fit.sizes)]
    for said in (*_errors(fit.sizes), _week(fit), *_bursts(fit), _cache(fit)):
        lines += ["", *wrapped(said, width, first="  ", rest="  ")]
    lines += ["", *_written(into, merged.files)]
    if fit.findings:
        lines += ["", "What was assumed, left out or not to be had:", render_findings(fit.findings, as_json=False)]
    return "\n".join([*lines, f"Next: siliconmix check {into}"])


def hours_screen(answer: HoursAnswer, profile: WeeklyProfile, into: Path, *, width: int) -> str:
    """The week, and every hour that was left out or filled."""
    said = f"Week of workload {answer.workload} (UTC; the mean hour is 1): {_shapes(profile)}"
    lines = [f"{answer.file}: {answer.hours:,} hours.", "", *wrapped(said, width, rest="  "), ""]
    lines += _written(into, answer.written)
    if answer.notes:
        lines += ["", "What was left out or filled in:"]
        lines += [line for note in answer.notes for line in wrapped(note, width, first="- ", rest="  ")]
    return "\n".join([*lines, f"Next: siliconmix check {into}"])


def _written(into: Path, files: Iterable[str]) -> list[str]:
    return [f"{into / file}: changed." for file in files] or [NOTHING_DIFFERENT]


def _requests(fit: TraceFit) -> Iterator[str]:
    trace, hours = fit.trace, float(fit.trace.seconds[-1]) / SECONDS_PER_HOUR
    begun = "" if trace.start is None else f" from {trace.start:%Y-%m-%d %H:%M} UTC"
    others = f"; {fit.requests_of_others:,} of other workloads are not read" if fit.requests_of_others else ""
    yield f"{trace.source}: {counted(len(trace), 'request')} in {hours:,.1f} hours{begun}{others}."


def _size_lines(sizes: SizeClassFit) -> list[str]:
    rows = [
        [row.size_class, f"{row.input_tokens:,.0f}", f"{row.output_tokens:,.0f}", f"{row.request_share:.1%}"]
        for row in sizes.classes
    ]
    return table_lines(_CLASSES, rows)


def _errors(sizes: SizeClassFit) -> Iterator[str]:
    within = "within" if sizes.routing_loss_share <= ROUTING_LOSS_SHARE else "more classes would keep it within"
    spread = [error.mean_absolute_share for error in sizes.errors]
    ends = dict.fromkeys(f"{share:.0%}" for share in (min(spread), max(spread)))
    yield (
        f"Error in node-time: choosing a column by class costs {sizes.routing_loss_share:.1%} against choosing by "
        f"request ({within} {ROUTING_LOSS_SHARE:.0%}). A request is on average "
        f"{' to '.join(ends)} of the mean from its class; the total is exact."
    )


def _week(fit: TraceFit) -> str:
    if fit.week.profile is None:
        return f"Week: not told by {counted(fit.week.hours_seen, 'whole hour')}; hourly_load is left as it is."
    hours = f"from {fit.week.hours_seen:,} hours; the mean hour is 1"
    return f"Week (UTC, {hours}): {_shapes(fit.week.profile)}"


def _shapes(profile: WeeklyProfile) -> str:
    weekdays, weekend = days_shapes(profile)
    return f"Monday to Friday {_days(weekdays)}; Saturday and Sunday {_days(weekend)}."


def _days(shape: DaysShape) -> str:
    day, hour = divmod(shape.highest_hour, 24)
    return f"{shape.mean_load:.2f}, at most {shape.highest_load:.2f} ({_DAYS[day]} {hour:02d}:00)"


def _bursts(fit: TraceFit) -> Iterator[str]:
    found = fit.bursts
    if found is None:
        yield "Bursts: not told; burst_ratio is left as it is."
        return
    yield (
        f"Bursts: burst_ratio {found.burst_ratio:.3f}, the {found.percentile:g}th percentile of {found.minutes:,} "
        f"minutes over the mean minute of their hours ({found.requests_per_minute:,.0f} requests a minute; arrivals by "
        f"chance alone would show {found.poisson_burst_ratio:.3f})."
    )


def _cache(fit: TraceFit) -> str:
    if fit.cache_hit_share is None:
        return "Cache: the trace has no cached_tokens; cache_hit_share is left as it is."
    return f"Cache: {fit.cache_hit_share:.1%} of the input tokens were cached (cache_hit_share)."
