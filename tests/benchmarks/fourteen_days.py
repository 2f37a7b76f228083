"""Hours of the realistic example as ServeGen saw them, for the row of docs/replay.md that replays fourteen days.

python -m tests.benchmarks.fourteen_days              prints how busy the two weeks of each workload are
python -m tests.benchmarks.fourteen_days hours.csv    writes them for `siliconmix replay --hours hours.csv`
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

import catalog
from contracts.calendar import HOURS_PER_WEEK
from scenarios.example_building.demand import STREAMS, Place
from scenarios.hourly_series import HOURS as TABLE
from scenarios.traces.series import read_hourly_rates

SERIES_FILE = Path(catalog.__file__).parent / "bundled" / "servegen_hourly.csv"
HOURS = 2 * HOURS_PER_WEEK


def fourteen_days(place: Place) -> tuple[float, ...]:
    """Rates of two weeks in UTC, hour by hour as they are, those of an outage included; day 0 is taken for a Monday.

    The hours before the first Monday 00:00 UTC come after the last.
    """
    rates = read_hourly_rates(SERIES_FILE, model=place.series)
    by_hour = {(24 * row.day_index + row.hour_of_day - place.utc_offset_hours) % HOURS: row.rate for row in rates}
    return tuple(by_hour[hour] for hour in range(HOURS))


def by_workload() -> dict[str, tuple[float, ...]]:
    """Of every workload that has users; batch work is spread evenly."""
    return {stream.workload: fourteen_days(stream.place) for stream in STREAMS if not stream.is_batch}


def table(hours: Mapping[str, tuple[float, ...]]) -> str:
    """The file that a replay reads."""
    rows = [f"{workload},{hour},{rate}" for workload, rates in hours.items() for hour, rate in enumerate(rates)]
    return "\n".join([",".join(TABLE.columns), *rows]) + "\n"


def main() -> None:
    """Print, or write the file."""
    hours = by_workload()
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(table(hours), encoding="utf-8")
        return
    for workload, rates in hours.items():
        mean = fmean(rates)
        one, other = fmean(rates[:HOURS_PER_WEEK]) / mean, fmean(rates[HOURS_PER_WEEK:]) / mean
        print(f"{workload:20} weeks at {one:.3f} and {other:.3f} of their mean, highest hour {max(rates) / mean:.2f}")


if __name__ == "__main__":
    main()
