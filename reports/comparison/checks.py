"""Checks of a comparison: bridges close, lists tie with totals, every plan was audited; calculated, never typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimizer.comparing.comparison import Comparison
from reports.comparison.bridges import BridgeSheet
from reports.comparison.buy_diff import BuyRow
from reports.comparison.compare import CHECKED, EFFECTIVE, OBJECTIVE, CompareSheet
from reports.comparison.frontier import PointRow, StepRow
from reports.comparison.scenarios import ChangeRow
from reports.formulas import ONE, Expr, Where
from reports.functions import compared, count_where, filled, greatest, member_sum, quoted, size, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import TOTAL_ROW, Field, Line, Records, write_records
from reports.sheets.check import Check, put_master_check

CENT, SHARE = "ToleranceUSD", "ToleranceShare"
STATUS_COL = 6


@dataclass(frozen=True)
class Written:
    """The sheets that the checks look at."""

    scenarios: Records[ChangeRow]
    compare: CompareSheet
    by_change: BridgeSheet
    by_part: BridgeSheet
    buy: Records[BuyRow]
    frontier: Records[PointRow]
    terms: Records[StepRow]


def checks_sheet(comparison: Comparison, written: Written) -> tuple[Records[Check], Expr]:
    """The list of checks and the name of the master check."""
    checks = [*_plans(comparison, written), *_bridges(written), *_lists(comparison, written), *_steps(written)]
    return write_checks(checks, "Checks: does this comparison agree with its plans and with itself?")


def write_checks(checks: Sequence[Check], title: str) -> tuple[Records[Check], Expr]:
    """A sheet of checks with its tolerances on top; any workbook that compares plans may use it."""
    grid = Grid("Checks", "control")
    grid.put(TOTAL_ROW, 0, "Tolerance: USD or one unit; share of the right side", kind=Kind.NOTE)
    grid.put(TOTAL_ROW, 1, 0.005, kind=Kind.INPUT, fmt=Fmt.FACTOR)
    grid.put(TOTAL_ROW, 2, 1e-9, kind=Kind.INPUT, fmt=Fmt.GENERAL)
    fixed, share = grid.name_cell(TOTAL_ROW, 1, CENT), grid.name_cell(TOTAL_ROW, 2, SHARE)

    def status(_: Check, at: Line) -> Expr:
        allowed = greatest(fixed, share * size(at["Right"]))
        return when(compared(size(at["Difference"]), "<=", allowed), quoted("OK"), quoted("FAIL"))

    def side(_: Check, what: object) -> Kind:
        return Kind.CALC if isinstance(what, Expr) else Kind.DECISION

    calc, number = Kind.CALC, Fmt.CENTS
    fields: list[Field[Check]] = [
        Field("Check", lambda r, _: r.text, wrap=True, max_width=64),
        Field("Unit", lambda r, _: r.unit, min_width=12),
        Field("Left", lambda r, _: r.left, calc, number),
        Field("Right", lambda r, _: r.right, calc, number, kind_of=side),
        Field("Difference", lambda _, at: at["Left"] - at["Right"], calc, number),
        Field("Class of the right side", lambda r, _: side(r, r.right).value, Kind.NOTE),
        Field("Status", status, calc),
        Field("What it means if it fails", lambda r, _: r.meaning, Kind.NOTE, wrap=True, max_width=56),
    ]
    records = write_records(grid, "tblChecks", fields, checks, title)
    return records, put_master_check(grid, records, STATUS_COL)


def _plans(comparison: Comparison, written: Written) -> Iterator[Check]:
    compare = written.compare
    checked = compare.row(CHECKED)
    audited = count_where(Where(checked, ">=", ONE))
    yield Check("Plans that the audit has passed", audited, compare.plans, "plans", "a plan was not recomputed")
    proofs = [(comparison.base_name, comparison.base), *((one.name, a.proof) for one, a in comparison.solved())]
    for plan, (name, proof) in enumerate(proofs):
        text = f"Objective of {name} = what its plan states"
        meaning = "the figures are of another plan than the proof"
        yield Check(text, compare.at(OBJECTIVE, plan), proof.incumbent_usd, "USD", meaning)
    solved = count_where(Where(written.scenarios.column("Outcome"), "=", quoted("solved")))
    listed = 1 + sum(max(1, len(one.changes)) for one, _ in comparison.solved())
    yield Check("Lines of solved scenarios", solved, listed, "lines", "a variant or one of its changes is missing")
    rows = filled(written.scenarios.column("Scenario"))
    tried = 1 + sum(max(1, len(one.changes)) for one in comparison.variants)
    yield Check("Lines of all scenarios", rows, tried, "lines", "a variant or one of its changes is missing")


def _bridges(written: Written) -> Iterator[Check]:
    for sheet, words in ((written.by_change, "by change"), (written.by_part, "by parts")):
        for closing in sheet.closings:
            text = f"Bridge {words} to {closing.name} closes"
            end = written.compare.at(OBJECTIVE, closing.variant)
            yield Check(text, closing.reached, end, "USD", "a step is missing, or stands twice")


def _lists(comparison: Comparison, written: Written) -> Iterator[Check]:
    names = written.buy.column("Variant")
    for variant, (one, _) in enumerate(comparison.solved(), start=1):
        first = next(i for i, row in enumerate(written.buy.rows) if row.variant == one.name)
        name = written.buy.fixed(first, "Variant")
        for header, plan, whose in (("Base USD", 0, comparison.base_name), ("Variant USD", variant, one.name)):
            text = f"Buy_Diff, {one.name}: lines of {whose} = its effective cost"
            cost = member_sum(names, name, written.buy.column(header))
            meaning = "a cost is on no line of the buy list, or on two"
            yield Check(text, cost, written.compare.at(EFFECTIVE, plan), "USD", meaning)


def _steps(written: Written) -> Iterator[Check]:
    """Along each path, the steps lead from the first plan to the last."""
    points, first = written.frontier, 0
    while first < len(points.rows):
        path = points.rows[first].path
        last = first + sum(row.path == path for row in points.rows) - 1
        paths = written.terms.column("Path")
        walked = member_sum(paths, points.fixed(first, "Path"), written.terms.column("Costs more USD"))
        apart = points.fixed(last, "Objective USD") - points.fixed(first, "Objective USD")
        text = f"Terms along {path}: all steps = last plan less first"
        yield Check(text, walked, apart, "USD", "a step is missing")
        first = last + 1
