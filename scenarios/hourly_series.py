"""Hours of workloads as a table beside a trace: a CSV with the columns workload, hour and load.

Hour 0 is a Monday 00:00 UTC. Hours follow each other without a gap; what is beyond the last whole week is not used.
"""

from collections import defaultdict
from pathlib import Path

from pydantic import Field

from catalog.findings import Code, Finding, InputRejected
from catalog.loading import TableSpec, read_table
from catalog.reading_text import Source
from catalog.records import Id, NonNegative, Record
from contracts.calendar import HOURS_PER_WEEK


class SeriesHour(Record):
    """Load of a workload in one hour of a series, relative to any base."""

    workload: Id
    hour: int = Field(ge=0)
    """Hours since a Monday 00:00 UTC."""
    load: NonNegative


HOURS = TableSpec("hours", (SeriesHour,), ("workload", "hour"))


def read_hourly_series(path: Path) -> dict[str, tuple[float, ...]]:
    """Loads by workload, whole weeks from hour 0.

    InputRejected, with everything that is wrong: cells, hours given twice or missing, fewer than 168 hours.
    """
    findings: list[Finding] = []
    table, _ = read_table(HOURS, [Source(path, path.name)], findings)
    loads: dict[str, dict[int, float]] = defaultdict(dict)
    for row in table.records:
        loads[row.workload][row.hour] = row.load
    if not findings:
        where = table.placed[0].at()
        for workload, hours in loads.items():
            missing = next(hour for hour in range(len(hours) + 1) if hour not in hours)
            if missing < max(HOURS_PER_WEEK, max(hours)):
                found = f"no hour {missing} of {workload}"
                expected = "every hour from 0 (a Monday 00:00 UTC) on, at least the 168 of a week"
                findings.append(Finding(Code.HOURS, where, found, expected, "add the row, or end the series before it"))
    if findings:
        raise InputRejected(findings)
    return {workload: _whole_weeks(hours) for workload, hours in loads.items()}


def _whole_weeks(hours: dict[int, float]) -> tuple[float, ...]:
    length = len(hours) // HOURS_PER_WEEK * HOURS_PER_WEEK
    return tuple(hours[hour] for hour in range(length))
