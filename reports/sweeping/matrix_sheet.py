"""Matrix: a sweep over two axes, one down and one across, with the figures coloured from low to high."""

from __future__ import annotations

from optimizer.sweeping.reading import Reading
from optimizer.sweeping.results import PointResult
from reports.formulas import Area
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet, address
from reports.records import page_scale
from reports.sweeping.points_sheet import LIST, OBJECTIVE, PER_MTOK, PointsSheet, axis_format, axis_value

_BLOCKS = (
    ("Objective, USD", OBJECTIVE, Fmt.MONEY),
    ("USD per million accepted output tokens served", PER_MTOK, Fmt.PRICE),
    ("Buy list (sheet Buy_Lists says what is on each)", LIST, Fmt.TEXT),
)
_READABLE = 90.0
"""Characters of a line, so that headings are not cut where few values stand beneath."""
_WITHOUT = {"impossible": "impossible", "rejected": "no input", "not_solved": "not solved"}


def matrix_sheet(reading: Reading, points: PointsSheet) -> tuple[Sheet, Area]:
    """Three rectangles that repeat Points, and the first of them as a range."""
    down, across = reading.grid.axes
    grid = Grid("Matrix", "read")
    grid.heading("Matrix: two inputs at once", f"Down: {down.path}", f"Across: {across.path}")
    row, areas, tops = 4, [], []
    for title, header, fmt in _BLOCKS:
        grid.put(row, 0, title, kind=Kind.SECTION)
        areas.append(_block(grid, row + 1, reading, points, (header, fmt)))
        row += len(down.values) + 3
        tops.append(row)
    width = max(12.0, *(len(value) + 3 for value in across.values))
    widths = [max(12.0, *(len(value) + 2 for value in down.values)), *([width] * len(across.values))]
    widths.append(max(1.0, _READABLE - sum(widths)))
    columns = tuple(Column(header, w) for header, w in zip(["down", *across.values, ""], widths, strict=True))
    setup = Print(repeat_cols=(0, 0), row_breaks=tuple(tops[:-1]), scale=page_scale(widths, ()))
    return grid.sheet(columns, freeze=(0, 1), print_setup=setup), areas[0]


def _block(grid: Grid, row: int, reading: Reading, points: PointsSheet, what: tuple[str, Fmt]) -> Area:
    down, across = reading.grid.axes
    grid.put(row, 0, "", kind=Kind.HEADER)
    for j, text in enumerate(across.values):
        value = axis_value(reading.grid, 1, text)
        grid.put(row, 1 + j, value, kind=Kind.HEADER, fmt=axis_format(reading.grid, 1))
    for i, text in enumerate(down.values):
        value = axis_value(reading.grid, 0, text)
        grid.put(row + 1 + i, 0, value, kind=Kind.INPUT, fmt=axis_format(reading.grid, 0))
        for j in range(len(across.values)):
            _cell(grid, (row + 1 + i, 1 + j), reading.at.get((i, j)), points, what)
    first, last = (row + 1, 1), (row + len(down.values), len(across.values))
    if what[1] is not Fmt.TEXT:
        grid.scales.append(f"{address(*first)}:{address(*last)}")
    return grid.area(first, last)


def _cell(
    grid: Grid, place: tuple[int, int], result: PointResult | None, points: PointsSheet, what: tuple[str, Fmt]
) -> None:
    header, fmt = what
    if result is None:
        grid.put(*place, "-", kind=Kind.NOTE)
    elif result.answer is None or (header == PER_MTOK and result.answer.usd_per_mtok is None):
        grid.put(*place, _WITHOUT.get(result.outcome.value, "-"), kind=Kind.NOTE)
    else:
        grid.put(*place, points.cell(result, header), kind=Kind.LINK, fmt=fmt)
