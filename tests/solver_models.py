"""Models for the tests of the solve path, as arrays, apart from any fleet."""

from dataclasses import fields
from typing import Any

import numpy as np

from optimizer.arrays import Arrays
from optimizer.solve_protocol import SolveOptions

EXACTLY = SolveOptions(gap_share=0.0, gap_absolute=0.0, time_limit_s=60.0, seed=0)


def arrays_of(cost: Any, matrix: Any, *, row_lower: Any, row_upper: Any, upper: Any, **overrides: Any) -> Arrays:
    """min cost x, row_lower <= matrix x <= row_upper, 0 <= x <= upper; all columns whole unless told otherwise."""
    dense = np.asarray(matrix, dtype=float)
    count = dense.shape[1]
    rows = [np.flatnonzero(dense[:, j]) for j in range(count)]
    given: dict[str, Any] = {
        "cost": np.asarray(cost, dtype=float),
        "offset": 0.0,
        "lower": np.zeros(count),
        "upper": np.asarray(upper, dtype=float),
        "integer": np.ones(count, dtype=bool),
        "starts": np.cumsum([0, *(len(r) for r in rows)]).astype(np.int32),
        "rows": np.concatenate(rows).astype(np.int32),
        "values": np.concatenate([dense[r, j] for j, r in enumerate(rows)]),
        "row_lower": np.asarray(row_lower, dtype=float),
        "row_upper": np.asarray(row_upper, dtype=float),
        "partner": np.full(count, -1, dtype=np.int32),
        "opens_at": np.zeros(count),
    }
    known = {field.name for field in fields(Arrays)}
    return Arrays(**{name: value for name, value in (given | overrides).items() if name in known})


def a_long_search(columns: int = 60, rows: int = 20) -> Arrays:
    """A knapsack of many rows: good plans at once, a proof not within a minute."""
    draw = np.random.default_rng(1)
    weights = draw.integers(1, 1000, (rows, columns)).astype(float)
    worth = weights.mean(axis=0) + draw.integers(1, 100, columns)
    return arrays_of(
        -worth,
        weights,
        row_lower=np.full(rows, -np.inf),
        row_upper=weights.sum(axis=1) // 2,
        upper=np.ones(columns),
    )


def cover_two() -> Arrays:
    """Cover a load of 4.5 by whole x at 3 and y at 2 (at most 3): 2 * 3 + 2 * ... = 12 with x = 2, y = 3."""
    return arrays_of([3, 2], [[1, 1]], row_lower=[4.5], row_upper=[np.inf], upper=[10, 3])


def impossible() -> Arrays:
    """A load of 4.5 on at most three nodes."""
    return arrays_of([1.0], [[1.0]], row_lower=[4.5], row_upper=[np.inf], upper=[3.0])
