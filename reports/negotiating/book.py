"""The negotiation workbook: a page for the meeting, then everything that it rests on."""

from __future__ import annotations

from pathlib import Path

from optimizer.negotiating.records import Negotiation
from reports.layout import Sheet
from reports.negotiating.brackets import brackets_sheet, clauses_sheet
from reports.negotiating.brief import brief_sheet
from reports.negotiating.checks import Written, checks_sheet
from reports.negotiating.solves import solves_sheet, trials_sheet
from reports.workbook import Properties, write_workbook


def negotiation_workbook(found: Negotiation) -> tuple[Sheet, ...]:
    """The whole workbook as data; nothing is written."""
    solves = solves_sheet(found)
    trials = trials_sheet(found, solves)
    written = Written(solves, trials, brackets_sheet(found, trials), clauses_sheet(found, solves))
    checks, master = checks_sheet(found, written)
    pages = [
        (written.brackets.sheet(), "up to which value the offer is in the plan, and from which it is out"),
        (written.clauses.sheet(), "what each clause is worth, with a chart"),
        (trials.sheet(), "every value that was tried, with its sign by formula"),
        (solves.sheet(), "every solve with incumbent, bound and gap"),
        (checks.sheet(), "the workbook against what was stated"),
    ]
    contents = [(sheet.name, purpose) for sheet, purpose in pages]
    return (brief_sheet(found, written, master, contents), *(sheet for sheet, _ in pages))


def write_negotiation(found: Negotiation, path: Path) -> None:
    """Write the workbook; an older file there is replaced only by a whole new one. Raises OSError, Unwritable."""
    properties = Properties(
        title=f"Negotiation brief: {found.offer}",
        author=found.made_by,
        created=found.order_date,
        run_id=found.fingerprint[:12],
    )
    write_workbook(negotiation_workbook(found), path, properties)
