"""The workbook of a difference: its sheets in reading order, each with its purpose."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from optimizer.differing.diff import PlanDiff
from reports.comparison.bridges import by_change_sheet, by_part_sheet
from reports.comparison.buy_diff import buy_diff_sheet
from reports.comparison.compare import PROVEN, compare_sheet
from reports.comparison.words import verdict_words
from reports.cover_parts import Fact, put_classes, put_contents, put_facts, put_notes
from reports.differing.checks import Written, checks_sheet
from reports.differing.inputs import inputs_sheet
from reports.differing.orders import orders_sheet
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.workbook import Properties, write_workbook

_READING = (
    "The base is the old plan, the variant the new one; a difference is the new plan less the old.",
    "Each plan lies between its bound and what it costs. Where the interval of a difference holds 0, it has no sign.",
    "explained: each of the inputs named moves the order alone. by several together: none does alone.",
    "horizon: a plan does not plan the month. held by now: a held contract is in its place. not on offer: see there.",
    "not settled: the cost with and without is closer than the gaps. not found: the limits ended the search.",
)


def diff_workbook(diff: PlanDiff) -> tuple[Sheet, ...]:
    """The whole workbook as data; nothing is written."""
    comparison = diff.comparison
    written = Written(
        orders=orders_sheet(diff),
        inputs=inputs_sheet(diff),
        money=compare_sheet(comparison, "Money", "Money: the new plan beside the old"),
        by_group=by_change_sheet(comparison),
        by_part=by_part_sheet(comparison),
        buy=buy_diff_sheet(comparison),
    )
    checks, master = checks_sheet(diff, written)
    pages = [
        (written.orders.sheet(), "orders that moved, each with its cause"),
        (written.inputs.sheet(), "inputs that differ, in groups, and what each does alone"),
        (written.money.sheet, "every figure of both plans, with what is proven of the difference"),
        (written.by_group.sheet, "from the old objective to the new, input by input"),
        (written.by_part.sheet, "the same difference by nature of cost"),
        (written.buy.sheet(freeze_cols=2), "buy lists line by line: added, dropped, changed, same"),
        (checks.sheet(), "the workbook against the plans and against itself"),
    ]
    contents = [(sheet.name, purpose) for sheet, purpose in pages]
    cover = _cover(diff, written.money.at(PROVEN, 1), master, contents)
    return (cover, *(sheet for sheet, _ in pages))


def _cover(diff: PlanDiff, proven: Expr, master: Expr, contents: list[tuple[str, str]]) -> Sheet:
    grid = Grid("Cover", "read")
    comparison = diff.comparison
    ((new, against),) = comparison.solved()
    grid.heading("Difference of two plans", f"From {comparison.base_name} to {new.name}: {comparison.scenario}")
    causes = Counter(move.cause for move in diff.moves)
    facts = [
        Fact("Old plan", comparison.base_name, kind=Kind.INPUT),
        Fact("... run id", comparison.base.run_id),
        Fact("New plan", new.name, kind=Kind.INPUT),
        Fact("... run id", against.proof.run_id),
        Fact("New less old, USD", against.difference.usd, Fmt.MONEY),
        Fact("Proven", proven, kind=Kind.LINK),
        Fact("Orders that moved", len(diff.moves), Fmt.WHOLE),
        *(Fact(f"... {cause.value}", count, Fmt.WHOLE) for cause, count in causes.items()),
        Fact("Inputs that differ", len(new.changes), Fmt.WHOLE),
        Fact("... in groups", len(diff.groups), Fmt.WHOLE),
        Fact("Made by", f"siliconmix {comparison.versions.siliconmix}"),
        Fact("Master check", master, kind=Kind.TOTAL),
    ]
    row = put_facts(grid, 3, "This difference", facts)
    grid.status.append(f"B{row - 1}")
    row = put_notes(grid, row, "What is proven", (f"The new plan {verdict_words(against)}.", *diff.notes))
    row = put_notes(grid, row, "How to read it", _READING)
    row = put_classes(grid, row)
    put_contents(grid, row, contents)
    columns = tuple(Column(name, width) for name, width in zip("AB", (34, 70), strict=True))
    return grid.sheet(columns, print_setup=Print())


def write_diff(diff: PlanDiff, path: Path) -> None:
    """Write the workbook; an older file there is replaced only by a whole new one. Raises OSError, Unwritable."""
    comparison = diff.comparison
    properties = Properties(
        title=f"Difference of two plans: {comparison.scenario}",
        author=f"siliconmix {comparison.versions.siliconmix}",
        created=comparison.order_date,
        run_id=comparison.base.run_id,
    )
    write_workbook(diff_workbook(diff), path, properties)
