"""Bridge and Bridge_Parts: from the base's objective to the variant's, step by step, with a waterfall each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import shorten

from optimizer.comparing.bridge import Bridge, Step
from optimizer.comparing.comparison import Against, Compared, Comparison
from reports.formulas import ZERO, Expr
from reports.functions import greatest, least
from reports.grid import Grid
from reports.layout import Chart, Column, Fmt, Kind, Print, Series, Sheet

MOST_CHARTS = 24
MOST_COLUMNS = 24
"""Steps that a waterfall can show."""
_ROWS_PER_CHART = 17
_AXIS_ROOM = 0.15
HEADERS = (
    ("Step", 52),
    ("USD", 16),
    ("After it, USD", 17),
    ("At least", 16),
    ("At most", 16),
    ("Proven", 26),
    ("In the chart", 26),
    ("Stands on", 17),
    ("Whole", 17),
    ("Dearer", 16),
    ("Cheaper", 16),
)
"""What the chart needs stands on the right, and on pages of its own when printed."""
STEP, USD, AFTER, LOW, HIGH, NOTE, LABEL, FLOOR, WHOLE, UP, DOWN = range(len(HEADERS))
_TEXTS = (STEP, LABEL, NOTE)
_LONGEST_LABEL = 26
_SCALE_PERCENT = 66
_ROWS_PER_PAGE = 52
"""At that scale."""


@dataclass(frozen=True)
class Closing:
    """Where a bridge arrives, and where it has to."""

    variant: int
    """Number of the solved variant, from 1."""
    name: str
    reached: Expr


@dataclass(frozen=True)
class BridgeSheet:
    """The written sheet, and the end of every bridge."""

    sheet: Sheet
    closings: tuple[Closing, ...]


Chosen = Callable[[Against], Bridge | None]


def by_change_sheet(comparison: Comparison) -> BridgeSheet:
    """What each change does alone, and the joint effect."""
    return _Writer(
        Grid("Bridge", "workings"),
        comparison,
        lambda against: against.by_change,
        "Bridge: what each change does",
        "Each change is solved alone against the base; the joint effect is what is left to the variant.",
    ).written()


def by_part_sheet(comparison: Comparison) -> BridgeSheet:
    """The same difference by nature of cost."""
    return _Writer(
        Grid("Bridge_Parts", "workings"),
        comparison,
        lambda against: against.by_part,
        "Bridge by parts: where the difference stands in the bill",
        "Present value by nature of cost, from the cost lines of the two plans.",
    ).written()


class _Writer:
    """Puts one bridge under the other, each with its chart."""

    def __init__(self, grid: Grid, comparison: Comparison, chosen: Chosen, *heading: str) -> None:
        self.grid = grid
        self.comparison = comparison
        self.chosen = chosen
        grid.heading(*heading)
        self.row = 3

    def written(self) -> BridgeSheet:
        """All bridges of the solved variants."""
        closings: list[Closing] = []
        starts: list[int] = []
        for number, (one, against) in enumerate(self.comparison.solved(), start=1):
            bridge = self.chosen(against)
            if bridge is not None:
                starts.append(self.row)
                closings.append(Closing(number, one.name, self._bridge(one, bridge)))
        if not closings:
            self.grid.put(self.row, 0, "There is no bridge: no variant is solved, or none was asked for.")
        columns = tuple(Column(header, width) for header, width in HEADERS)
        rows = _page_breaks([*starts, self.row])
        setup = Print(breaks=(LABEL,), row_breaks=rows, scale=_SCALE_PERCENT)
        return BridgeSheet(self.grid.sheet(columns, freeze=(2, 1), print_setup=setup), tuple(closings))

    def _bridge(self, one: Compared, bridge: Bridge) -> Expr:
        self.grid.put(self.row, 0, f"{self.comparison.base_name} to {one.name}", kind=Kind.SECTION)
        self.row += 1
        for col, (header, _) in enumerate(HEADERS):
            self.grid.put(self.row, col, header, kind=Kind.HEADER, fmt=Fmt.TEXT if col in _TEXTS else Fmt.GENERAL)
        first = self.row + 1
        running = self._whole(self.comparison.base_name, bridge.start_usd, Kind.DECISION)
        for number, step in enumerate(bridge.steps, start=1):
            running = self._step(number, step, running)
        end = self._whole(one.name, running, Kind.TOTAL)
        self._chart(one, bridge, first)
        self.row += 2
        return end

    def _whole(self, name: str, what: object, kind: Kind) -> Expr:
        """A column that stands on the ground: start or end."""
        self.row += 1
        put, row = self.grid.put, self.row
        put(row, STEP, name, kind=Kind.TOTAL if kind is Kind.TOTAL else Kind.KEY, wrapped=True)
        put(row, LABEL, shorten(name, _LONGEST_LABEL, placeholder=" ..."))
        put(row, USD, what, kind=kind, fmt=Fmt.CENTS)
        after = put(row, AFTER, self.grid.ref(row, USD), kind=Kind.CALC, fmt=Fmt.CENTS)
        put(row, WHOLE, self.grid.ref(row, USD), kind=Kind.CALC, fmt=Fmt.CENTS)
        return after

    def _step(self, number: int, step: Step, before: Expr) -> Expr:
        self.row += 1
        put, row = self.grid.put, self.row
        put(row, STEP, step.what, wrapped=True)
        put(row, LABEL, step.what if len(step.what) <= _LONGEST_LABEL else f"change {number}")
        usd = put(row, USD, step.usd, kind=Kind.DECISION, fmt=Fmt.CENTS)
        after = put(row, AFTER, before + usd, kind=Kind.CALC, fmt=Fmt.CENTS)
        put(row, FLOOR, least(before, after), kind=Kind.CALC, fmt=Fmt.CENTS)
        put(row, UP, greatest(usd, ZERO), kind=Kind.CALC, fmt=Fmt.CENTS)
        put(row, DOWN, greatest(ZERO - usd, ZERO), kind=Kind.CALC, fmt=Fmt.CENTS)
        put(row, LOW, step.at_least_usd, kind=Kind.DECISION, fmt=Fmt.CENTS)
        put(row, HIGH, step.at_most_usd, kind=Kind.DECISION, fmt=Fmt.CENTS)
        said = "; ".join(words for words in (step.verdict, step.note) if words)
        put(row, NOTE, said or None, kind=Kind.DECISION, wrapped=True)
        return after

    def _chart(self, one: Compared, bridge: Bridge, first: int) -> None:
        self.row += 1
        if len(self.grid.charts) >= MOST_CHARTS or len(bridge.steps) + 2 > MOST_COLUMNS:
            return
        last = first + len(bridge.steps) + 1
        names = f"={self.grid.area((first, LABEL), (last, LABEL)).text}"

        def series(name: str, col: int, *, hidden: bool = False) -> Series:
            return Series(name, names, f"={self.grid.area((first, col), (last, col)).text}", hidden)

        self.grid.charts.append(
            Chart(
                f"From {self.comparison.base_name} to {one.name}"[:120],
                "stacked",
                (
                    series("stands on", FLOOR, hidden=True),
                    series("whole", WHOLE),
                    series("dearer", UP),
                    series("cheaper", DOWN),
                ),
                self.row + 1,
                0,
                "USD, present value; the axis need not begin at 0",
                width=900,
                y_min=_axis_from(bridge),
            )
        )
        self.row += _ROWS_PER_CHART


def _page_breaks(starts: Sequence[int]) -> tuple[int, ...]:
    """Rows before which a new page begins, so that no bridge is torn from its chart where both fit on a page.

    >>> _page_breaks([3, 27, 51, 75])
    (51,)
    """
    breaks: list[int] = []
    top = 0
    for start, end in pairwise(starts):
        if end - top > _ROWS_PER_PAGE and start > top:
            breaks.append(start)
            top = start
    return tuple(each for each in breaks if each != starts[0])


def _axis_from(bridge: Bridge) -> float | None:
    """Below the lowest level that is reached, so that the steps are seen beside the whole; None for 0."""
    levels = _levels(bridge)
    span = max(levels) - min(levels)
    low = min(levels) - max(span * (1 + _AXIS_ROOM), 1.0) * 0.5
    if low <= 0 or span == 0:
        return None
    step = 10 ** (len(str(int(max(span, 1)))) - 1)
    return float(int(low // step) * step)


def _levels(bridge: Bridge) -> Sequence[float]:
    level = float(bridge.start_usd)
    levels = [level]
    for step in bridge.steps:
        level += float(step.usd)
        levels.append(level)
    return levels
