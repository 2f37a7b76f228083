"""Traces to size classes and load blocks: the Azure conversations as they are, and a synthetic million of requests.

`python -m tests.benchmarks.traces`: wall and CPU seconds of reading, fitting and grouping, in one warm process.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from scenarios.aggregation import aggregate
from scenarios.traces import read_trace
from scenarios.traces.fitting import FitSettings, fit_trace
from scenarios.workloads import HourlyLoad

BUNDLED = Path(__file__).resolve().parent.parent.parent / "catalog" / "bundled"
AZURE = BUNDLED / "azure_llm_2023_conv.csv.gz"
ROWS, DAYS, WEEK_H = 1_000_000, 21, 168
T = TypeVar("T")


def million(folder: Path) -> tuple[Path, Path]:
    """Three weeks with days and nights, weekends and bursts, sizes between log-normal and long documents."""
    draw = np.random.default_rng(1)
    hours = np.arange(24 * DAYS)
    weight = (1 + 0.6 * np.sin((hours % 24 - 9) / 24 * 2 * np.pi)) * np.where(hours // 24 % 7 < 5, 1.0, 0.6)
    minute_weight = np.repeat(weight, 60) * draw.gamma(8.0, 1 / 8.0, 60 * 24 * DAYS)
    per_minute = draw.multinomial(ROWS, minute_weight / minute_weight.sum())
    seconds = np.sort(np.repeat(np.arange(len(per_minute)) * 60.0, per_minute) + draw.uniform(0, 60, ROWS))
    moments = np.datetime64("2026-03-02", "us") + (seconds * 1e6).astype("timedelta64[us]")
    inputs = np.exp(draw.normal(6.5, 1.2, ROWS)).astype(np.int64) + 1
    table = pa.table(
        {
            "timestamp": pa.array(moments, pa.timestamp("us", "UTC")),
            "input_tokens": inputs,
            "output_tokens": np.exp(draw.normal(5, 1, ROWS)).astype(np.int64) + 1,
            "cached_tokens": (inputs * draw.uniform(0, 0.6, ROWS)).astype(np.int64),
        }
    )
    paths = folder / "million.csv", folder / "million.parquet"
    parquet.write_table(table, paths[1])
    arrow_csv.write_csv(table.set_column(0, "timestamp", table["timestamp"].cast(pa.string())), paths[0])
    return paths


def timed(what: str, work: Callable[[], T]) -> T:
    """Do it and print how long it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    print(f"{what:48} {time.perf_counter() - wall:6.2f} s wall {time.process_time() - cpu:6.2f} s CPU", flush=True)
    return done


def blocks_and_classes(path: Path) -> str:
    """Everything that planning takes from a trace."""
    fit = fit_trace(read_trace(path), FitSettings("chat"))
    relative = fit.week.profile.relative if fit.week.profile else (1.0,) * WEEK_H
    rows = [HourlyLoad(workload="chat", hour_of_week=hour, load=load) for hour, load in enumerate(relative)]
    blocks = aggregate(rows, ["chat"], 6).blocks
    burst = fit.bursts.burst_ratio if fit.bursts else float("nan")
    return f"{len(fit.sizes.classes)} classes, {len(blocks)} blocks, burst ratio {burst:.3f}"


def main() -> None:
    """Print seconds and what came out; the first line pays for what libraries load late."""
    timed("Azure conversations, 19,366 rows, cold", lambda: blocks_and_classes(AZURE))
    print("   ", timed("Azure conversations, 19,366 rows", lambda: blocks_and_classes(AZURE)))
    with tempfile.TemporaryDirectory() as name:
        for path in million(Path(name)):
            said = f"{ROWS:,} rows, {path.suffix[1:]} of {path.stat().st_size / 1e6:.0f} MB"
            print("   ", timed(said, partial(blocks_and_classes, path)))


if __name__ == "__main__":
    main()
