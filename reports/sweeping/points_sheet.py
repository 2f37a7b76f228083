"""Points: every point of a sweep on a line, the base first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from optimizer.sweeping.axes import Form
from optimizer.sweeping.grid import Grid as Axes
from optimizer.sweeping.reading import Reading
from optimizer.sweeping.results import PointAnswer, PointResult
from reports.formulas import Expr
from reports.functions import ratio
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records

OBJECTIVE, BOUND, GAP, EFFECTIVE, PER_MTOK, LIST = (
    "Objective USD",
    "Bound USD",
    "Gap USD",
    "Effective USD",
    "USD per Mtok",
    "Buy list",
)
MOST_CHARACTERS = 1000


@dataclass(frozen=True)
class PointsSheet:
    """The list, and where each point stands in it."""

    records: Records[PointResult]
    line_of: dict[int, int]
    """Position of a point's line, by its number."""

    def cell(self, result: PointResult, header: str) -> Expr:
        """One cell of a point's line."""
        return self.records.cell(self.line_of[result.point], header)


def points_sheet(reading: Reading, base: PointResult | None) -> PointsSheet:
    """One line for each point, by number."""
    rows = [*([base] if base else []), *reading.results]
    axes = "; ".join(f"axis {n}: {axis.path}" for n, axis in enumerate(reading.grid.axes, start=1))
    records = write_records(
        Grid("Points", "decisions"),
        "tblPoints",
        [*_which(reading.grid), *_cost(), *_lists(reading), *_effort()],
        rows,
        "Points: what became of each",
        f"Point 0 is the base. {axes}. Between objective and bound lies what is not proven.",
    )
    return PointsSheet(records, {row.point: i for i, row in enumerate(rows)})


def axis_header(number: int, path: str) -> str:
    """A header that may stand in a formula.

    >>> axis_header(1, "policy.concentration[0].cap_share")
    'Axis 1 cap_share'
    """
    last = "".join(c if c.isalnum() or c == "_" else " " for c in path.rpartition(".")[2])
    return f"Axis {number} {' '.join(last.split())}"


def axis_value(axes: Axes, axis: int, text: str) -> Any:
    """A value as it is shown: a number where it is one and nothing else, else the text."""
    return Decimal(text.removeprefix("=")) if axes.axes[axis].form is Form.ABSOLUTE else text


def axis_format(axes: Axes, axis: int) -> Fmt:
    """How the values of an axis are shown."""
    return Fmt.GENERAL if axes.axes[axis].form is Form.ABSOLUTE else Fmt.TEXT


def _which(axes: Axes) -> list[Field[PointResult]]:
    def value(axis: int) -> Callable[[PointResult, Line], Any]:
        return lambda r, _: axis_value(axes, axis, r.values[axis]) if r.values else "base"

    fields = [
        Field(axis_header(i + 1, axis.path), value(i), Kind.INPUT, axis_format(axes, i), min_width=9)
        for i, axis in enumerate(axes.axes)
    ]
    return [Field("Point", lambda r, _: r.point, Kind.KEY, Fmt.GENERAL), *fields]


def _of(what: Callable[[PointAnswer], Any]) -> Callable[[PointResult, Line], Any]:
    """Something of the plan; blank where there is none."""
    return lambda r, _: what(r.answer) if r.answer else None


def _only_solved(what: Callable[[Line], Expr]) -> Callable[[PointResult, Line], Expr | None]:
    return lambda r, at: what(at) if r.answer else None


def _cost() -> list[Field[PointResult]]:
    decided, calc, money = Kind.DECISION, Kind.CALC, Fmt.CENTS

    def per_mtok(r: PointResult, at: Line) -> Expr | None:
        return at[EFFECTIVE] / at["Served Mtok"] if r.answer and r.answer.served_mtok else None

    return [
        Field("Outcome", lambda r, _: r.outcome.value.replace("_", " "), decided),
        Field("Status", _of(lambda a: a.status.value.replace("_", " ")), decided),
        Field(OBJECTIVE, _of(lambda a: a.objective_usd), decided, money),
        Field(BOUND, _of(lambda a: a.bound_usd), decided, money),
        Field(GAP, _only_solved(lambda at: at[OBJECTIVE] - at[BOUND]), calc, money),
        Field("Gap", _only_solved(lambda at: ratio(at[GAP], at[OBJECTIVE])), calc, Fmt.GAP),
        Field(EFFECTIVE, _of(lambda a: a.effective_usd), decided, money),
        Field("Penalty USD", _of(lambda a: a.shortfall_penalty_usd), decided, money),
        Field("Served Mtok", _of(lambda a: a.served_mtok), decided, Fmt.QUANTITY),
        Field("Not served Mtok", _of(lambda a: a.shortfall_mtok), decided, Fmt.QUANTITY),
        Field(PER_MTOK, per_mtok, calc, Fmt.PRICE),
    ]


def _lists(reading: Reading) -> list[Field[PointResult]]:
    def signed(answer: PointAnswer) -> str:
        return shortened("; ".join(str(line) for line in answer.to_sign) or "nothing")

    def label(result: PointResult, _: Line) -> str | None:
        return reading.label(result) if result.answer else None

    return [
        Field(LIST, label, Kind.DECISION),
        Field("To sign", _of(signed), Kind.DECISION, wrap=True, max_width=44),
        Field("Why there is no plan", lambda r, _: shortened(r.reason) or None, Kind.DECISION, wrap=True, max_width=60),
    ]


def _effort() -> list[Field[PointResult]]:
    return [
        Field("Run id", lambda r, _: r.fingerprint[:12] or None, Kind.DECISION),
        Field("How", lambda r, _: r.how.value if r.how else None, Kind.NOTE),
        Field("Seconds", lambda r, _: r.seconds, Kind.NOTE, Fmt.QUANTITY),
    ]


def shortened(text: str) -> str:
    """A text of which a cell shows the beginning; all of it is in sweep.json.

    >>> shortened("short"), len(shortened("x" * 5000))
    ('short', 1000)
    """
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 4] + " ..."
