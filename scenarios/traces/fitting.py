"""What a trace says of a workload: size classes, the shape of its week, bursts, cache hits; and what it cannot say."""

from dataclasses import dataclass, replace

import numpy as np

from catalog.findings import Code, Finding, InputRejected, Location, did_you_mean, in_order, shown
from scenarios.traces.bursts import FEWEST_MINUTES, PERCENTILE, Bursts, bursts
from scenarios.traces.columns import WORKLOAD
from scenarios.traces.hours import gap_findings
from scenarios.traces.records import Trace
from scenarios.traces.sizes import MOST_CLASSES, SizeClassFit, fit_size_classes
from scenarios.traces.weeks import TracedWeek, traced_week


@dataclass(frozen=True, slots=True)
class FitSettings:
    """What is asked of a trace."""

    workload: str
    """The workload of the scenario that it tells of."""
    of: str | None = None
    """That workload's name in the trace, where it is another."""
    most_classes: int = MOST_CLASSES
    burst_percentile: float = PERCENTILE


@dataclass(frozen=True, slots=True)
class TraceFit:
    """A workload as a trace has it."""

    trace: Trace
    """Its requests alone."""
    requests_of_others: int
    sizes: SizeClassFit
    week: TracedWeek
    bursts: Bursts | None
    cache_hit_share: float | None
    """Of the input tokens; None where the trace does not say."""
    findings: tuple[Finding, ...]
    """Everything assumed, moved, left out, filled in or not to be had."""


def fit_trace(trace: Trace, settings: FitSettings) -> TraceFit:
    """Fit a workload to its requests; InputRejected if the trace has none under its name."""
    if trace.workload is None and settings.of is not None:
        raise InputRejected([_says_not_whose(trace, settings.of)])
    own = requests_of(trace, settings.of or settings.workload)
    week = traced_week(own)
    found = bursts(own, week.near_zero, percentile=settings.burst_percentile)
    return TraceFit(
        trace=own,
        requests_of_others=len(trace) - len(own),
        sizes=fit_size_classes(own, workload=settings.workload, count=settings.most_classes),
        week=week,
        bursts=found,
        cache_hit_share=_cache_hit_share(own),
        findings=in_order([*own.warnings, *week.findings, *([] if found else [_too_few_minutes(own)])]),
    )


def _says_not_whose(trace: Trace, name: str) -> Finding:
    where, found = Location(trace.source, column=WORKLOAD), "no such column"
    hint = "leave --of out if every request is of that workload; else call the column that says so workload"
    return Finding(Code.MISSING_COLUMN, where, found, f"a column that names {shown(name)}", hint)


def requests_of(trace: Trace, name: str) -> Trace:
    """The requests of a workload; all of them where the trace does not say whose they are.

    InputRejected if it has none under that name.
    """
    if trace.workload is None:
        return trace
    rows = trace.workload == name
    if rows.all():
        return trace
    if not rows.any():
        known = np.unique(trace.workload).tolist()
        where = Location(trace.source, column=WORKLOAD)
        hint = f"name the one that is meant with --of; {did_you_mean(name, known)}"
        raise InputRejected([Finding(Code.REFERENCE, where, f"no request of {shown(name)}", "requests of it", hint)])
    own = trace.chosen(rows)
    kept = (warning for warning in own.warnings if warning.code is not Code.GAP)
    return replace(own, warnings=(*kept, *gap_findings(own)))


def _cache_hit_share(trace: Trace) -> float | None:
    """Cached over all input tokens."""
    return None if trace.cached_tokens is None else float(trace.cached_tokens.sum() / trace.input_tokens.sum())


def _too_few_minutes(trace: Trace) -> Finding:
    found = f"fewer than {FEWEST_MINUTES} whole minutes that count"
    hint = "give a trace of an hour or more; burst_ratio is left as it is"
    return Finding(Code.SHORT, Location(trace.source), found, f"at least {FEWEST_MINUTES} of them", hint)
