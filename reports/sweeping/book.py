"""sweep.xlsx: its sheets in reading order, each with its purpose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from optimizer.sweeping.reading import Reading
from optimizer.sweeping.results import Outcome
from optimizer.sweeping.sweep import Swept
from reports.comparison.checks import write_checks
from reports.comparison.frontier import PointRow, StepRow, frontier_sheet, terms_sheet
from reports.formulas import ZERO, Area, Expr, Where
from reports.functions import count_where, filled, member_sum, quoted, total
from reports.layout import Sheet
from reports.records import Records
from reports.sheets.check import Check
from reports.sweeping.cover import cover_sheet, log_sheet
from reports.sweeping.frontiers import frontiers_of
from reports.sweeping.lists_sheets import buy_changes_sheet, buy_lists_sheet
from reports.sweeping.matrix_sheet import matrix_sheet
from reports.sweeping.points_sheet import GAP, OBJECTIVE, PointsSheet, points_sheet
from reports.workbook import Properties, write_workbook

_ONE_AXIS = "Points that differ along one axis; the paths are on the cover."
_TWICE = "a point is missing, or stands twice"


def sweep_workbook(swept: Swept) -> tuple[Sheet, ...]:
    """The whole workbook as data; nothing is written."""
    reading = Reading(swept.header.grid, swept.results, swept.base)
    points = points_sheet(reading, swept.base)
    lists, changes = buy_lists_sheet(reading), buy_changes_sheet(reading, points)
    checks = [*_counts(swept, reading, points), *_lists(reading, points)]
    pages: list[tuple[Sheet, str]] = []
    frontiers = frontiers_of(reading)
    if frontiers:
        frontier, terms = frontier_sheet(frontiers, _ONE_AXIS), terms_sheet(frontiers)
        checks += _steps(frontier, terms)
        pages.append((frontier.sheet(), "cost along a line of values, with what is proven, and charts"))
        pages.append((terms.sheet(), "what one unit of a number is worth, and where the buy list changes"))
    if len(reading.grid.axes) == 2:
        matrix, costs = matrix_sheet(reading, points)
        checks.append(_matrix(points, swept, costs))
        pages.append((matrix, "two inputs at once: cost, cost of a token, buy list"))
    pages += [
        (changes.sheet(), "between which values the buy list changes, or plans end"),
        (lists.sheet(), "what is signed on each list"),
        (points.records.sheet(freeze_cols=1 + len(reading.grid.axes)), "every point: cost, proof, buy list, reasons"),
    ]
    listed, master = write_checks(checks, "Checks: does this workbook agree with the sweep and with itself?")
    pages.append((listed.sheet(), "the workbook against the sweep and against itself"))
    pages.append((log_sheet(swept), "how the points were worked out; versions, inputs, glossary"))
    contents = [(sheet.name, purpose) for sheet, purpose in pages]
    return (cover_sheet(swept, reading, points, master, contents), *(sheet for sheet, _ in pages))


def write_sweep(swept: Swept, path: Path) -> None:
    """Write the workbook; an older file there is replaced only by a whole new one. Raises OSError, Unwritable."""
    header = swept.header
    properties = Properties(
        title=f"Sweep: {header.scenario}",
        author=f"siliconmix {header.versions.siliconmix}",
        created=header.run.order_date,
        run_id=header.base[:12],
    )
    write_workbook(sweep_workbook(swept), path, properties)


def _counts(swept: Swept, reading: Reading, points: PointsSheet) -> Iterator[Check]:
    records = points.records
    rows = filled(records.column("Point"))
    known = len(swept.results) + (swept.base is not None)
    yield Check("Lines of points", rows, known, "lines", _TWICE)
    outcome = records.column("Outcome")
    counts: Expr = ZERO
    for kind in Outcome:
        here = count_where(Where(outcome, "=", quoted(kind.value.replace("_", " "))))
        counts = counts + here
        base = swept.base is not None and swept.base.outcome is kind
        text = f"Points: {kind.value.replace('_', ' ')}"
        yield Check(text, here, len(reading.of(kind)) + base, "points", _TWICE)
    asked = swept.header.grid.size + (swept.base is not None) - len(swept.missing)
    text = "Points with an outcome = points of the grid less those not worked out"
    yield Check(text, counts, asked, "points", _TWICE)
    answers = [row.answer for row in records.rows if row.answer]
    cost = sum(answer.objective_usd for answer in answers)
    text = "Objectives of all points"
    yield Check(text, total(records.column(OBJECTIVE)), cost, "USD", "a cost is in the wrong line")
    below = count_where(Where(records.column(GAP), "<", ZERO))
    yield Check("Points that cost less than their bound", below, ZERO, "points", "a bound is no bound")


def _lists(reading: Reading, points: PointsSheet) -> Iterator[Check]:
    labels = points.records.column("Buy list")
    meaning = "a point is counted with the wrong list"
    base = next((row for row in points.records.rows if row.point == 0 and row.answer), None)
    for one in reading.buy_lists:
        here = count_where(Where(labels, "=", quoted(one.label)))
        with_base = one.points + (base is not None and reading.label(base) == one.label)
        yield Check(f"Points with list {one.label}", here, with_base, "points", meaning)


def _steps(points: Records[PointRow], terms: Records[StepRow]) -> Iterator[Check]:
    """Along each line, the steps lead from the first plan to the last."""
    first = 0
    while first < len(points.rows):
        path = points.rows[first].path
        last = first + sum(row.path == path for row in points.rows) - 1
        walked = member_sum(terms.column("Path"), points.fixed(first, "Path"), terms.column("Costs more USD"))
        apart = points.fixed(last, "Objective USD") - points.fixed(first, "Objective USD")
        yield Check(f"Terms along {path}: all steps = last plan less first", walked, apart, "USD", "a step is missing")
        first = last + 1


def _matrix(points: PointsSheet, swept: Swept, costs: Area) -> Check:
    with_base = total(points.records.column(OBJECTIVE))
    if swept.base is not None and swept.base.answer is not None:
        with_base = with_base - points.cell(swept.base, OBJECTIVE)
    text = "Matrix: all objectives = those of Points without the base"
    return Check(text, total(costs), with_base, "USD", "a cell repeats another point")
