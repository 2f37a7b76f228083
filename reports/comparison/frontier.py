"""Frontier: plans along one number, with a chart; Terms: what a step of it is worth, and where the buy list changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.comparing.frontier import Between, Frontier, Point
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Chart, Fmt, Kind, Series
from reports.records import FIRST_ROW, Field, Line, Records, write_records

MOST_CHARTS = 12
_ROWS_PER_CHART = 17


@dataclass(frozen=True)
class PointRow:
    """A plan at one value of a path."""

    path: str
    is_base: bool
    point: Point


@dataclass(frozen=True)
class StepRow:
    """Two neighbouring values of a path."""

    path: str
    between: Between


ONE_NUMBER = "Plans that differ from the base in one number only."


def frontier_sheet(frontiers: Sequence[Frontier], which: str = ONE_NUMBER) -> Records[PointRow]:
    """One line for each plan, path by path in the order of the values; a chart for each path beneath them."""
    grid = Grid("Frontier", "workings")
    rows = [
        PointRow(along.path, point.value == along.base_value, point) for along in frontiers for point in along.points
    ]
    records = write_records(
        grid,
        "tblFrontier",
        _point_fields(),
        rows,
        "Frontier: the cost along one number",
        f"{which} Between objective and bound lies what is not proven.",
    )
    row, first = FIRST_ROW + max(1, len(rows)) + 1, 0
    for number, along in enumerate(frontiers[:MOST_CHARTS]):
        place = row + number // 2 * _ROWS_PER_CHART, number % 2 * 5
        grid.charts.append(_chart(records, along, first, place))
        first += len(along.points)
    return records


def _point_fields() -> list[Field[PointRow]]:
    decided, money = Kind.DECISION, Fmt.CENTS
    return [
        Field("Path", lambda r, _: r.path, max_width=52),
        Field("Value", lambda r, _: r.point.value, Kind.INPUT, Fmt.GENERAL),
        Field("Plan", lambda r, _: r.point.name, max_width=30),
        Field("Is the base", lambda r, _: r.is_base),
        Field("Objective USD", lambda r, _: r.point.objective_usd, decided, money),
        Field("Bound USD", lambda r, _: r.point.bound_usd, decided, money),
        Field("Gap USD", lambda _, at: at["Objective USD"] - at["Bound USD"], Kind.CALC, money),
        Field("Effective USD", lambda r, _: r.point.effective_usd, decided, money),
        Field("Cash USD", lambda r, _: r.point.cash_usd, decided, money),
        Field("Served Mtok", lambda r, _: r.point.served_mtok, decided, Fmt.QUANTITY),
        Field("USD per Mtok", _per_mtok, Kind.CALC, Fmt.PRICE),
    ]


def _per_mtok(row: PointRow, at: Line) -> Expr | None:
    return at["Effective USD"] / at["Served Mtok"] if row.point.served_mtok else None


def _chart(records: Records[PointRow], along: Frontier, first: int, place: tuple[int, int]) -> Chart:
    last = first + len(along.points) - 1
    values = f"={records.part('Value', first, last).text}"

    def line(name: str, header: str) -> Series:
        return Series(name, values, f"={records.part(header, first, last).text}")

    return Chart(
        f"Cost along {along.path}"[:120],
        "line",
        (line("objective", "Objective USD"), line("bound", "Bound USD")),
        *place,
        "USD (the axis need not begin at 0)",
    )


def terms_sheet(frontiers: Sequence[Frontier]) -> Records[StepRow]:
    """What one unit of a number is worth between neighbouring values, with what is proven of it."""
    grid = Grid("Terms", "decisions")
    rows = [StepRow(along.path, step) for along in frontiers for step in along.between]
    return write_records(
        grid,
        "tblTerms",
        _step_fields(),
        rows,
        "Terms: what a concession is worth",
        "One unit of the number, between two values that were solved; where the buy list changes, the threshold lies"
        " between them.",
    )


def _step_fields() -> list[Field[StepRow]]:
    decided, calc, money, price = Kind.DECISION, Kind.CALC, Fmt.CENTS, Fmt.PRICE

    def per_unit(header: str) -> Field[StepRow]:
        return Field(f"{header} per unit USD", lambda _, at: at[f"{header} USD"] / at["Step"], calc, price)

    return [
        Field("Path", lambda r, _: r.path, max_width=52),
        Field("From", lambda r, _: r.between.low, Kind.INPUT, Fmt.GENERAL),
        Field("To", lambda r, _: r.between.high, Kind.INPUT, Fmt.GENERAL),
        Field("Plan at the first", lambda r, _: r.between.low_name, max_width=24),
        Field("Plan at the second", lambda r, _: r.between.high_name, max_width=24),
        Field("Step", lambda _, at: at["To"] - at["From"], calc, Fmt.GENERAL),
        Field("Costs more USD", lambda r, _: r.between.difference.usd, decided, money),
        Field("At least USD", lambda r, _: r.between.difference.at_least_usd, decided, money),
        Field("At most USD", lambda r, _: r.between.difference.at_most_usd, decided, money),
        Field("Proven", lambda r, _: r.between.difference.verdict, decided),
        per_unit("Costs more"),
        per_unit("At least"),
        per_unit("At most"),
        Field("Buy list", lambda r, _: "changes" if r.between.to_sign_differs else "same", decided),
        Field("First change", lambda r, _: r.between.first_change, decided, wrap=True, max_width=40),
    ]
