"""Hours of workloads as a table beside a trace: a CSV with the columns workload, hour and load.

Hour 0 is a Monday 00:00 UTC. Hours follow each other without a gap; what is beyond the last whole week is not used.
"""

from collections import defaultdict
from pathlib import Path

from pydantic import Field

from catalog.findings import Code, Finding, InputRejected
from catalog.reading_csv import read_csv
from catalog.reading_records import record_of_row
from catalog.reading_text import Source, read_text
from catalog.records import Id, NonNegative, Record
from contracts.calendar import HOURS_PER_WEEK

COLUMNS = ("workload", "hour", "load")


class SeriesHour(Record):
    """Load of a workload in one hour of a series, relative to any base."""

    workload: Id
    hour: int = Field(ge=0)
    """Hours since a Monday 00:00 UTC."""
    load: NonNegative


def read_hourly_series(path: Path) -> dict[str, tuple[float, ...]]:
    """Loads by workload, whole weeks from hour 0.

    InputRejected, with everything that is wrong: cells, hours given twice or missing, fewer than 168 hours.
    """
    findings: list[Finding] = []
    text = read_text(Source(path, path.name), findings)
    table = None if text is None else read_csv(text, columns=COLUMNS, required=COLUMNS, findings=findings)
    loads: dict[str, dict[int, float]] = defaultdict(dict)
    for raw in table.rows if table is not None else ():
        row = record_of_row(raw, SeriesHour, raw.cells.get("workload", ""), findings)
        if row is None:
            continue
        if row.hour in loads[row.workload]:
            where = raw.at("hour", row.workload)
            once = "every hour of a workload once"
            findings.append(Finding(Code.HOURS, where, f"hour {row.hour} again", once, "delete one of the two rows"))
        loads[row.workload][row.hour] = row.load
    if table is not None and not findings:
        where = table.rows[0].at(None)
        for workload, hours in loads.items():
            missing = next(hour for hour in range(len(hours) + 1) if hour not in hours)
            if missing < max(HOURS_PER_WEEK, max(hours)):
                found = f"no hour {missing} of {workload}"
                expected = "every hour from 0 (a Monday 00:00 UTC) on, at least the 168 of a week"
                findings.append(Finding(Code.HOURS, where, found, expected, "add the row, or end the series before it"))
    if findings:
        raise InputRejected(findings)
    return {workload: _whole_weeks(hours) for workload, hours in sorted(loads.items())}


def _whole_weeks(hours: dict[int, float]) -> tuple[float, ...]:
    length = len(hours) // HOURS_PER_WEEK * HOURS_PER_WEEK
    return tuple(hours[hour] for hour in range(length))
