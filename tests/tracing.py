"""Traces for tests: made in memory, or written as the files that people have."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from scenarios.traces import Trace

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HEADER = "timestamp,input_tokens,output_tokens"


def a_trace(
    sizes: Sequence[tuple[int, int]],
    *,
    seconds: Sequence[float] | None = None,
    cached: Sequence[int] | None = None,
    workload: Sequence[str] | None = None,
    start: datetime | None = MONDAY,
) -> Trace:
    """Requests of these (input, output) tokens, a second apart unless it is said when."""
    at = np.arange(len(sizes), dtype=np.float64) if seconds is None else np.array(seconds, dtype=np.float64)
    return Trace(
        source="trace.csv",
        seconds=at,
        input_tokens=np.array([size[0] for size in sizes], dtype=np.int64),
        output_tokens=np.array([size[1] for size in sizes], dtype=np.int64),
        cached_tokens=None if cached is None else np.array(cached, dtype=np.int64),
        workload=None if workload is None else np.array(workload, dtype=np.str_),
        start=start,
    )


def a_file(folder: Path, *rows: str, header: str = HEADER, name: str = "trace.csv") -> Path:
    """A CSV of these rows."""
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path
