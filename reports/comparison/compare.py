"""Compare: every figure of every plan side by side, the differences as formulas, and what is proven of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optimizer.comparing.comparison import Comparison, Proof
from optimizer.comparing.measures import Measure
from reports.formulas import ZERO, Area, Expr
from reports.functions import compared, quoted, ratio, when
from reports.grid import Grid
from reports.layout import Column, Fmt, Highlight, Kind, Print, Sheet, address
from reports.records import page_breaks, page_scale

HEADER_ROW, FIRST_ROW = 4, 5
BASE = 3
"""Column of the base; the variants follow."""
APART = "not distinguishable"
_FORMATS = {
    "USD": Fmt.MONEY,
    "USD/Mtok": Fmt.PRICE,
    "Mtok": Fmt.QUANTITY,
    "nodes": Fmt.WHOLE,
    "orders": Fmt.WHOLE,
    "share": Fmt.SHARE,
    "MWh": Fmt.QUANTITY,
    "t CO2e": Fmt.QUANTITY,
    "points": Fmt.QUANTITY,
}
_LABELS = ("Measure", "Unit", "Good is")


@dataclass(frozen=True)
class CompareSheet:
    """The written sheet, and where its figures stand: by name of the row, and number of the plan (0: the base)."""

    sheet: Sheet
    grid: Grid
    rows: dict[str, int]
    plans: int

    def at(self, row: str, plan: int) -> Expr:
        """A figure, with the name of its sheet."""
        return self.grid.ref(self.rows[row], BASE + plan)

    def row(self, name: str) -> Area:
        """The figures of all plans."""
        row = self.rows[name]
        return self.grid.area((row, BASE), (row, BASE + self.plans - 1))


OBJECTIVE, EFFECTIVE = "Objective (present value, minimised)", "Effective cost in the horizon"
BOUND, GAP, CHECKED = "Bound", "Gap", "Checks passed by the audit"
LOW, HIGH, TOLERANCE, PROVEN = (
    "Difference from the base: at least",
    "Difference from the base: at most",
    "Nearer to 0 nothing is told apart",
    "Proven",
)


def compare_sheet(
    comparison: Comparison, name: str = "Compare", title: str = "Compare: every plan beside the base"
) -> CompareSheet:
    """Measures first, then the proof of each plan and of each difference."""
    return _Writer(comparison, name, title).written()


class _Writer:
    """Puts one row under the other."""

    def __init__(self, comparison: Comparison, name: str, title: str) -> None:
        self.grid = Grid(name, "read")
        self._title = title
        self.comparison = comparison
        self.solved = comparison.solved()
        self.rows: dict[str, int] = {}
        self.row = FIRST_ROW

    def written(self) -> CompareSheet:
        grid = self.grid
        grid.heading(
            self._title,
            "Orange: results as solved and audited. A difference is the variant less the base; its colour says whether"
            " that is good.",
            f"Where a pair is {APART}, the gaps hide the sign: no difference of that plan is coloured.",
        )
        self._header()
        measures = [self.comparison.base_measures, *(against.measures for _, against in self.solved)]
        for row in zip(*measures, strict=True):
            self._measure(row)
        self.row += 1
        self._proof()
        self._highlight(FIRST_ROW, FIRST_ROW + len(measures[0]) - 1)
        return CompareSheet(self._sheet(), grid, self.rows, len(self.solved) + 1)

    def _header(self) -> None:
        for col, text in enumerate(_LABELS):
            self.grid.put(HEADER_ROW, col, text, kind=Kind.HEADER)
        names = [self.comparison.base_name, *(one.name for one, _ in self.solved)]
        for plan, name in enumerate(names):
            self._head(BASE + plan, name)
            if plan:
                self._head(self._difference(plan), f"{name} less base")
                self._head(self._difference(plan) + 1, f"{name} less base, %")
                self.grid.put(HEADER_ROW - 1, self._difference(plan), "calc", kind=Kind.NOTE, fmt=Fmt.GENERAL)
        self.grid.put(HEADER_ROW - 1, BASE, "decision", kind=Kind.NOTE, fmt=Fmt.GENERAL)

    def _head(self, col: int, text: str) -> None:
        self.grid.put(HEADER_ROW, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL)

    def _difference(self, plan: int) -> int:
        """The column of a variant's difference; its share stands on the right."""
        return BASE + len(self.solved) + 2 * plan - 1

    def _label(self, name: str, unit: str, good: str = "") -> None:
        self.rows[name] = self.row
        for col, text in enumerate((name, unit, good)):
            self.grid.put(self.row, col, text or None)

    def _measure(self, figures: tuple[Measure, ...]) -> None:
        base = figures[0]
        self._label(base.name, base.unit, base.good)
        fmt = _FORMATS[base.unit]
        for plan, figure in enumerate(figures):
            cell = self.grid.put(self.row, BASE + plan, figure.value, kind=Kind.DECISION, fmt=fmt)
            if plan and figure.value is not None and base.value is not None:
                col = self._difference(plan)
                reference = self.grid.ref(self.row, BASE)
                less = self.grid.put(self.row, col, cell - reference, kind=Kind.CALC, fmt=fmt)
                self.grid.put(self.row, col + 1, ratio(less, reference), kind=Kind.CALC, fmt=Fmt.SHARE)
        self.row += 1

    def _proof(self) -> None:
        self.grid.put(self.row, 0, "What is proven", kind=Kind.SECTION)
        self.row += 1
        proofs = [self.comparison.base, *(against.proof for _, against in self.solved)]
        for name, unit, fmt, kind, of in (
            (BOUND, "USD", Fmt.MONEY, Kind.DECISION, self._bound),
            (GAP, "USD", Fmt.MONEY, Kind.CALC, self._gap),
            ("Gap, share", "share", Fmt.GAP, Kind.CALC, self._gap_share),
            ("Status", "", Fmt.GENERAL, Kind.DECISION, self._status),
            (CHECKED, "checks", Fmt.WHOLE, Kind.DECISION, self._checked),
        ):
            self._label(name, unit)
            for plan, proof in enumerate(proofs):
                self.grid.put(self.row, BASE + plan, of(plan, proof), kind=kind, fmt=fmt)
            self.row += 1
        self._interval()

    def _at(self, name: str, plan: int) -> Expr:
        return self.grid.ref(self.rows[name], BASE + plan)

    def _bound(self, plan: int, proof: Proof) -> Any:
        return proof.bound_usd

    def _gap(self, plan: int, proof: Proof) -> Any:
        return self._at(OBJECTIVE, plan) - self._at(BOUND, plan)

    def _gap_share(self, plan: int, proof: Proof) -> Any:
        return ratio(self._at(GAP, plan), self._at(OBJECTIVE, plan))

    def _status(self, plan: int, proof: Proof) -> Any:
        return proof.status.value.replace("_", " ")

    def _checked(self, plan: int, proof: Proof) -> Any:
        return proof.audit_checks

    def _interval(self) -> None:
        """What the bounds say of each difference of two optima."""
        rows = (LOW, "USD"), (HIGH, "USD"), (TOLERANCE, "USD"), (PROVEN, "")
        for name, unit in rows:
            self._label(name, unit)
            self.row += 1
        for plan, (_, against) in enumerate(self.solved, start=1):
            low = self._put(LOW, plan, self._at(BOUND, plan) - self._at(OBJECTIVE, 0))
            high = self._put(HIGH, plan, self._at(OBJECTIVE, plan) - self._at(BOUND, 0))
            near = self._put(TOLERANCE, plan, against.tolerance_usd, Kind.DECISION, Fmt.CENTS)
            lower = when(compared(high, "<", ZERO - near), quoted("cheaper"), quoted(APART))
            self._put(PROVEN, plan, when(compared(low, ">", near), quoted("dearer"), lower), Kind.TOTAL, Fmt.GENERAL)

    def _put(self, name: str, plan: int, what: Any, kind: Kind = Kind.CALC, fmt: Fmt = Fmt.MONEY) -> Expr:
        return self.grid.put(self.rows[name], BASE + plan, what, kind=kind, fmt=fmt)

    def _highlight(self, first: int, last: int) -> None:
        """Good and bad by the direction that is good, where there is a sign at all."""
        for plan in range(1, len(self.solved) + 1):
            col = self._difference(plan)
            cell = address(first, col, fix_col=True)
            good = address(first, _LABELS.index("Good is"), fix_col=True)
            proven = address(self.rows[PROVEN], BASE + plan, fix_row=True, fix_col=True)
            sign = f'{cell}*(({good}="higher")-({good}="lower"))*({proven}<>"{APART}")'
            place = f"{address(first, col)}:{address(last, col + 1)}"
            self.grid.highlights.append(Highlight(place, f"{sign}>0", f"{sign}<0"))

    def _sheet(self) -> Sheet:
        fitting = self.grid.fitting_widths()
        count = BASE + 1 + 3 * len(self.solved)
        headers = [str(self.grid.value(HEADER_ROW, col) or "") for col in range(count)]
        widths = [min(44.0, max(11.0, fitting.get(col, 11.0))) for col in range(count)]
        widths = [width if col < BASE else min(width, 22.0) for col, width in enumerate(widths)]
        breaks = _page_breaks(widths, BASE + 1 + len(self.solved))
        self.grid.grow_rows(widths)
        return self.grid.sheet(
            tuple(Column(header, width) for header, width in zip(headers, widths, strict=True)),
            freeze=(FIRST_ROW, BASE + 1),
            print_setup=Print(
                repeat_rows=(HEADER_ROW, HEADER_ROW),
                repeat_cols=(0, 0) if breaks else None,
                breaks=breaks,
                scale=page_scale(widths, breaks, repeated=1),
            ),
        )


def _page_breaks(widths: Sequence[float], differences: int) -> tuple[int, ...]:
    """Columns before which a new page begins: where not all fit on one, the differences begin on a page of their own.

    >>> _page_breaks([20.0] * 9, 5), _page_breaks([20.0] * 20, 8)
    ((), (8,))
    """
    if not page_breaks(widths, repeated=1):
        return ()
    figures = page_breaks(widths[:differences], repeated=1)
    rest = page_breaks([widths[0], *widths[differences:]], repeated=1)
    return (*figures, differences, *(col + differences - 1 for col in rest))
