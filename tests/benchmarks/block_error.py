"""How far 1 to 24 load blocks are from the hours, on real weeks: the table and the picture of docs/load-blocks.md.

python -m tests.benchmarks.block_error          prints the table
python -m tests.benchmarks.block_error docs     renews it on the page, and the picture, docs/images/block-error.svg
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from math import fsum
from pathlib import Path
from statistics import fmean

import catalog
from contracts.calendar import HOURS_PER_WEEK
from scenarios.aggregation import aggregate, relative_hourly_load
from scenarios.blocks import BlockModel
from scenarios.loading import load_scenario
from scenarios.starting import EXAMPLES
from scenarios.traces.series import HourlyRate, read_hourly_rates
from scenarios.traces.weeks import weekly_profile
from scenarios.workloads import HourlyLoad
from tests.line_chart import Line, Panel, chart

MOST_BLOCKS = 24
SERIES = ("m-large", "m-mid", "m-small", "mm-image", "deepseek-r1")
LONG_SERIES = SERIES[:3]
"""Those that are seen for 14 days; the others for one, which stands for every day of the week."""
PRICE_RATIOS = tuple(percent / 100 for percent in range(30, 95, 5))
"""Price of a committed hour over that of one on demand."""
SERIES_FILE = Path(catalog.__file__).parent / "bundled" / "servegen_hourly.csv"
MOST_LEFT_OUT_OF_ONE = 0.01
MOST_EXTRA_COST = 0.005
"""The default gap: a decision should not lose more by its blocks than by where the solver stops."""
IN_HAND_SHARE = 0.1
"""Of a limit, so that it is kept on weeks that are a little different as well."""
_TABLE = re.compile(r"(<!-- measured -->\n)(.*?)(<!-- end -->)", flags=re.DOTALL)
Loads = Sequence[float]


@dataclass(frozen=True)
class Errors:
    """What is measured for a number of blocks; shares."""

    blocks: int
    with_extremes: int
    """Load blocks of the three-continent week in all."""
    peak_largest: float
    """Of the three-continent week, over its workloads."""
    rms_largest: float
    left_out_mean: float
    """`commitment_error_share`, mean and largest over workloads with a profile."""
    left_out_largest: float
    extra_cost_mean: float
    """What commitments chosen by blocks cost more than those chosen by hours, over workloads and price ratios."""
    extra_cost_largest: float
    one_series: float
    """`commitment_error_share` of a series alone, the largest of the five."""
    fourteen_days: float
    """The same against 14 days instead of their mean week, either way, the largest of the three long ones."""


@dataclass(frozen=True)
class Week:
    """Loads of some workloads, planned together."""

    rows: tuple[HourlyLoad, ...]
    workloads: tuple[str, ...]

    def cut(self, blocks: int) -> tuple[BlockModel, Mapping[str, tuple[Loads, Loads]]]:
        """The block model; for every uneven workload its hours, and its blocks hour by hour."""
        model = aggregate(self.rows, self.workloads, blocks)
        hourly = relative_hourly_load(self.rows, self.workloads)
        load = {(row.workload, row.block): row.relative_load for row in model.loads}
        block_of = {hour: block.block for block in model.blocks for hour in block.hours_of_week}
        uneven = {workload: loads for workload, loads in hourly.items() if max(loads) > min(loads)}
        return model, {
            workload: (loads, [load[workload, block_of[hour]] for hour in range(HOURS_PER_WEEK)])
            for workload, loads in uneven.items()
        }


def three_continents() -> Week:
    """The week of the realistic example: ten workloads, of which seven follow users on three continents."""
    scenario = load_scenario(EXAMPLES / "realistic").scenario
    return Week(scenario.hourly_load, tuple(row.workload for row in scenario.workloads))


def one_series(model: str) -> Week:
    """The mean week of a ServeGen series."""
    loads = weekly_profile(_rates(model), utc_shift_hours=0).loads
    rows = tuple(HourlyLoad(workload=model, hour_of_week=hour, load=load) for hour, load in enumerate(loads))
    return Week(rows, (model,))


def measured(blocks: int, week: Week, alone: Mapping[str, Week]) -> Errors:
    """All errors of a number of blocks."""
    model, pairs = week.cut(blocks)
    errors = [error for error in model.errors if error.workload in pairs]
    left_out = [error.commitment_error_share or 0.0 for error in errors]
    extra = [extra_cost(*pair, ratio) for pair in pairs.values() for ratio in PRICE_RATIOS]
    cut_alone = {name: each.cut(blocks) for name, each in alone.items()}
    return Errors(
        blocks=blocks,
        with_extremes=len(model.blocks),
        peak_largest=max(error.peak_error_share for error in errors),
        rms_largest=max(error.root_mean_square_share for error in errors),
        left_out_mean=fmean(left_out),
        left_out_largest=max(left_out),
        extra_cost_mean=fmean(extra),
        extra_cost_largest=max(extra),
        one_series=max(cut.errors[0].commitment_error_share or 0.0 for cut, _ in cut_alone.values()),
        fourteen_days=max(left_out_of_days(name, cut_alone[name][1][name][1]) for name in LONG_SERIES),
    )


def bought(loads: Loads, level: float) -> float:
    """What is bought by the hour above a commitment, in units of the mean load."""
    return fsum(load - level for load in loads if load > level) / len(loads)


def extra_cost(hours: Loads, blocks: Loads, ratio: float) -> float:
    """Bill of the commitment that is best for the blocks, in hours, over that of the best one, less 1."""

    def bill(level: float) -> float:
        return ratio * level + bought(hours, level)

    chosen = min({0.0, *blocks}, key=lambda level: ratio * level + bought(blocks, level))
    return bill(chosen) / min(bill(level) for level in {0.0, *hours}) - 1


def left_out_of_days(model: str, blocks: Loads) -> float:
    """Largest difference of what is bought above a commitment: hours of all days against blocks of the week."""
    days = tuple(_rates(model))
    seen = [rate for rate in days if rate.rate > 0]
    mean = fmean(rate.rate for rate in seen)
    hours = [rate.rate / mean for rate in seen]
    of_week = [blocks[(24 * rate.day_index + rate.hour_of_day) % HOURS_PER_WEEK] for rate in seen]
    return max(abs(bought(hours, level) - bought(of_week, level)) for level in {*hours, *of_week})


def _rates(model: str) -> tuple[HourlyRate, ...]:
    return read_hourly_rates(SERIES_FILE, model=model)


def every_number(most: int = MOST_BLOCKS) -> Iterator[Errors]:
    """Errors of 1 to `most` blocks."""
    week, alone = three_continents(), {name: one_series(name) for name in SERIES}
    for blocks in range(1, most + 1):
        yield measured(blocks, week, alone)


def chosen(rows: Sequence[Errors]) -> int:
    """The smallest number of blocks that keeps both limits, with some of them in hand."""
    kept = 1 - IN_HAND_SHARE
    return next(
        row.blocks
        for row in rows
        if row.one_series <= kept * MOST_LEFT_OUT_OF_ONE and row.extra_cost_mean <= kept * MOST_EXTRA_COST
    )


def table(rows: Sequence[Errors]) -> str:
    """The table of the page."""
    lines = ["| " + " | ".join(field.name.replace("_", " ") for field in fields(Errors)) + " |"]
    lines.append("|---" * len(fields(Errors)) + "|")
    for row in rows:
        blocks, with_extremes, *shares = astuple(row)
        lines.append(f"| {blocks} | {with_extremes} | " + " | ".join(f"{share:.2%}" for share in shares) + " |")
    return "\n".join(lines)


def picture(rows: Sequence[Errors], default: int) -> str:
    """The curves as SVG."""
    numbers = [row.blocks for row in rows]
    bills = Panel(
        "Commitments: left out of the bill, and paid more",
        (
            Line("left out, three continents, largest", [row.left_out_largest for row in rows]),
            Line("left out, three continents, mean", [row.left_out_mean for row in rows]),
            Line("left out, 14 days of one series", [row.fourteen_days for row in rows]),
            Line("left out, one series, largest", [row.one_series for row in rows]),
            Line("paid more, three continents, mean", [row.extra_cost_mean for row in rows]),
        ),
    )
    loads = Panel(
        "Load: three continents, largest",
        (
            Line("root mean square", [row.rms_largest for row in rows]),
            Line("peak, with extreme hours kept apart", [row.peak_largest for row in rows]),
        ),
    )
    return chart((bills, loads), numbers, marked=default, below="load blocks asked for (extreme hours on top)")


def main() -> None:
    """Measure, and print the table or renew the page and the picture."""
    rows = list(every_number())
    if len(sys.argv) == 1:
        print(table(rows))
        return
    docs = Path(sys.argv[1])
    (docs / "images" / "block-error.svg").write_text(picture(rows, chosen(rows)), encoding="utf-8")
    page = docs / "load-blocks.md"
    text = _TABLE.sub(lambda found: f"{found[1]}{table(rows)}\n{found[3]}", page.read_text(encoding="utf-8"))
    page.write_text(text, encoding="utf-8")
    print(f"{chosen(rows)} blocks keep both limits")


if __name__ == "__main__":
    main()
