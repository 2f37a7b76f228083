"""The comparison workbook: its sheets in reading order, each with its purpose."""

from __future__ import annotations

from pathlib import Path

from optimizer.comparing.comparison import Comparison
from reports.comparison.bridges import by_change_sheet, by_part_sheet
from reports.comparison.buy_diff import buy_diff_sheet
from reports.comparison.checks import Written, checks_sheet
from reports.comparison.compare import compare_sheet
from reports.comparison.cover import cover_sheet, log_sheet
from reports.comparison.frontier import frontier_sheet, terms_sheet
from reports.comparison.scenarios import scenarios_sheet
from reports.layout import Sheet
from reports.workbook import Properties, write_workbook


def comparison_workbook(comparison: Comparison) -> tuple[Sheet, ...]:
    """The whole workbook as data; nothing is written."""
    written = Written(
        scenarios=scenarios_sheet(comparison),
        compare=compare_sheet(comparison),
        by_change=by_change_sheet(comparison),
        by_part=by_part_sheet(comparison),
        buy=buy_diff_sheet(comparison),
        frontier=frontier_sheet(comparison.frontiers),
        terms=terms_sheet(comparison.frontiers),
    )
    checks, master = checks_sheet(comparison, written)
    pages = [
        (written.compare.sheet, "every figure side by side, with what is proven of each difference"),
        (written.scenarios.sheet(freeze_cols=1), "what differs in each variant, and what came of it"),
        (written.by_change.sheet, "what each change does alone, and what they do together"),
        (written.by_part.sheet, "the same difference by nature of cost"),
        (written.buy.sheet(freeze_cols=2), "buy lists line by line: added, dropped, changed, same"),
        (written.terms.sheet(), "what one unit of a number is worth, and where the buy list changes"),
        (written.frontier.sheet(), "plans along one number, with charts"),
        (checks.sheet(), "the workbook against the plans and against itself"),
        (log_sheet(comparison), "proof of every plan, reasons, glossary"),
    ]
    contents = [(sheet.name, purpose) for sheet, purpose in pages]
    return (cover_sheet(comparison, written.compare, master, contents), *(sheet for sheet, _ in pages))


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Write the workbook; an older file there is replaced only by a whole new one. Raises OSError, Unwritable."""
    properties = Properties(
        title=f"What-if comparison: {comparison.scenario}",
        author=f"siliconmix {comparison.versions.siliconmix}",
        created=comparison.order_date,
        run_id=comparison.base.run_id,
    )
    write_workbook(comparison_workbook(comparison), path, properties)
