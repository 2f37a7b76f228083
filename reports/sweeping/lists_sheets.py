"""Buy_Lists: what is on each list; Buy_Changes: between which neighbours the list changes, or plans end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optimizer.sweeping.buying import ToSign
from optimizer.sweeping.reading import BuyList, Edge, Reading, Step
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sweeping.points_sheet import OBJECTIVE, PointsSheet, shortened


@dataclass(frozen=True)
class ListLine:
    """One line of one list, or a list with nothing on it."""

    of: BuyList
    line: ToSign | None


def buy_lists_sheet(reading: Reading) -> Records[ListLine]:
    """Every list that a point has, line by line."""
    rows = [ListLine(one, line) for one in reading.buy_lists for line in one.to_sign or (None,)]
    decided = Kind.DECISION

    def of(name: str) -> Any:
        return lambda r, _: getattr(r.line, name) or None if r.line else None

    return write_records(
        Grid("Buy_Lists", "decisions"),
        "tblBuyLists",
        [
            Field("List", lambda r, _: r.of.label),
            Field("Points with it", lambda r, _: r.of.points, Kind.CALC, Fmt.WHOLE),
            Field("Way", lambda r, _: r.line.way.value if r.line else "nothing to sign", decided),
            Field("What", of("what"), decided, min_width=40, max_width=60),
            Field("Start", of("start"), decided),
            Field("Only if", of("outlook"), decided),
            Field("Quantity", lambda r, _: r.line.quantity if r.line else None, decided, Fmt.QUANTITY),
        ],
        rows,
        "Buy lists: what is signed or declared, list by list",
        "Lists are named in the order of the points. What is bought by the hour or by the token is on none of them.",
    )


def buy_changes_sheet(reading: Reading, points: PointsSheet) -> Records[Step | Edge]:
    """Neighbours along an axis whose lists differ, or of which one has no plan: thresholds lie between them."""
    return write_records(
        Grid("Buy_Changes", "decisions"),
        "tblBuyChanges",
        [*_where(reading), *_cost(points), *_what()],
        reading.thresholds,
        "Buy changes: between which values the buy list changes, or plans end",
        "The threshold lies between the two values. A difference that the gaps hide proves nothing of the cost.",
    )


def _where(reading: Reading) -> list[Field[Step | Edge]]:
    return [
        Field("Axis", lambda r, _: reading.grid.axes[r.axis].path, max_width=52),
        Field("At", lambda r, _: _others(reading, r) or None, max_width=40, wrap=True),
        Field("From", lambda r, _: r.low.values[r.axis], Kind.INPUT),
        Field("To", lambda r, _: r.high.values[r.axis], Kind.INPUT),
        Field("Point from", lambda r, _: r.low.point, Kind.KEY, Fmt.WHOLE),
        Field("Point to", lambda r, _: r.high.point, Kind.KEY, Fmt.WHOLE),
    ]


def _others(reading: Reading, step: Step | Edge) -> str:
    short = reading.grid.short_paths
    return ", ".join(f"{short[i]}={value}" for i, value in enumerate(step.low.values) if i != step.axis)


def _cost(points: PointsSheet) -> list[Field[Step | Edge]]:
    money = Fmt.CENTS

    def more(r: Step | Edge, _: Line) -> Expr | None:
        return points.cell(r.high, OBJECTIVE) - points.cell(r.low, OBJECTIVE) if isinstance(r, Step) else None

    def of(name: str) -> Any:
        return lambda r, _: getattr(r, name) if isinstance(r, Step) else None

    return [
        Field("Costs more USD", more, Kind.CALC, money),
        Field("At least USD", of("at_least_usd"), Kind.DECISION, money),
        Field("At most USD", of("at_most_usd"), Kind.DECISION, money),
        Field("Proven", of("verdict"), Kind.DECISION),
    ]


def _what() -> list[Field[Step | Edge]]:
    def changes(r: Step | Edge, _: Line) -> str:
        if isinstance(r, Step):
            return shortened("; ".join(r.changes))
        return shortened(f"no plan at {r.without.values[r.axis]}: {r.without.reason}")

    return [Field("What is signed otherwise at the second value", changes, Kind.DECISION, wrap=True, max_width=70)]
