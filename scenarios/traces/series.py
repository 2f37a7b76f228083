"""An hourly series: rates by day and hour in the local time of its source, one row for each."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from catalog.findings import Code, Finding, InputRejected, Location, did_you_mean, shown
from catalog.loading import TableSpec
from catalog.reading_records import record_of_row
from catalog.records import NonNegative, Record, Text
from scenarios.importing.source import csv_rows


class SeriesRow(Record):
    """The columns of a series that are read; a file may have others."""

    model: Text
    """Whose rate it is."""
    day_index: int = Field(ge=0)
    hour_of_day: int = Field(ge=0, le=23)
    mean_request_rate_per_s: NonNegative


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """One hour of an hourly series, in the local time of its source."""

    day_index: int
    hour_of_day: int
    rate: float


_COLUMNS = TableSpec("hourly series", (SeriesRow,), ("model", "day_index", "hour_of_day")).columns


def read_hourly_rates(path: Path, *, model: str) -> tuple[HourlyRate, ...]:
    """The series of one model, in the order of the file; InputRejected, with every bad row, if it is none."""
    findings: list[Finding] = []
    raw = csv_rows(path, _COLUMNS, findings)
    rows = [record_of_row(row, SeriesRow, "", findings) for row in raw if row.cells["model"] == model]
    if not rows and not findings:
        hint = did_you_mean(model, {row.cells["model"] for row in raw})
        where = Location(path.name, column="model")
        findings.append(Finding(Code.REFERENCE, where, f"no row of {shown(model)}", "rows of it", hint))
    if findings:
        raise InputRejected(findings)
    return tuple(HourlyRate(row.day_index, row.hour_of_day, row.mean_request_rate_per_s) for row in rows if row)
