"""The commands `import trace` and `import hours`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports.import_options import into_options
from reports.tracing.options import WEEKDAYS, Moment, UtcOffset, WholeHours

if TYPE_CHECKING:
    from datetime import datetime, timedelta


@click.command()
@into_options
@click.option("--workload", required=True, help="Workload of the scenario that the trace tells of.")
@click.option("--of", help="Its name in the trace's column `workload`, where it is another.")
@click.option("--classes", type=click.IntRange(1, 12), default=4, show_default=True, help="Most size classes.")
@click.option("--burst-percentile", type=click.FloatRange(50, 100), default=99.0, show_default=True, help="Of minutes.")
@click.option("--utc-offset", type=UtcOffset(), default="+00:00", help="Offset of times without a zone.")
@click.option("--second-0", type=Moment(), help="Moment from which a trace counts that states seconds only.")
def trace(
    file: Path,
    into: Path,
    workload: str,
    of: str | None,
    classes: int,
    burst_percentile: float,
    utc_offset: "timedelta",
    second_0: "datetime | None",
    as_json: bool,
) -> None:
    """Write size classes, hours, bursts and cache hits of a workload from FILE, a trace of its requests."""
    from reports.tracing import command
    from scenarios.traces.fitting import FitSettings

    settings = FitSettings(workload, of, classes, burst_percentile)
    sys.exit(command.import_trace(command.TraceAsked(file, settings, utc_offset, second_0), into, as_json=as_json))


@click.command()
@into_options
@click.option("--workload", required=True, help="Workload of the scenario that the series tells of.")
@click.option("--series", required=True, help="Which series: what stands in the column `model`.")
@click.option("--utc-offset", type=WholeHours(), required=True, help="Offset of the hours of FILE from UTC.")
@click.option("--first-day", type=click.Choice(WEEKDAYS), required=True, help="Which day of the week day 0 is.")
def hours(
    file: Path, into: Path, workload: str, series: str, utc_offset: "timedelta", first_day: str, as_json: bool
) -> None:
    """Write the typical week of a workload from FILE, hourly rates of some days."""
    from reports.tracing import command

    asked = command.HoursAsked(file, workload, series, utc_offset, WEEKDAYS.index(first_day))
    sys.exit(command.import_hours(asked, into, as_json=as_json))
