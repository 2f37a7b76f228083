"""Brief: one page for the meeting. What to ask, where to walk away, what each clause is worth, how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from optimizer.negotiating.records import Negotiation
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.negotiating.checks import Written
from reports.negotiating.words import advice, ended_words, evidence_words, short_value

MOST_CLAUSES = 10
WIDTHS = (27, 18, 18, 18, 34)
LETTERS = 138
"""About so many letters fit across the page."""


def brief_sheet(found: Negotiation, written: Written, master: Expr, contents: Sequence[tuple[str, str]]) -> Sheet:
    """The first page, in portrait."""
    grid = Grid("Brief", "read")
    grid.heading(f"Negotiation brief: {found.offer}", f"{found.kind} of {found.provider}, scenario {found.scenario}")
    row = _facts(grid, 3, found, master)
    row = _sentences(grid, row, "What to ask", list(advice(found)))
    row = _brackets(grid, row, found, written)
    row = _clauses(grid, row, found, written)
    row = _sentences(grid, row, "Evidence", [f"{evidence_words(found)}.", f"{ended_words(found).capitalize()}."])
    row = _sentences(grid, row, "What is not known", _unknown(found))
    grid.put(row, 0, "Sheets", kind=Kind.SECTION)
    for offset, (name, purpose) in enumerate(contents, start=1):
        grid.put(row + offset, 0, name, kind=Kind.LINK, goto=name)
        grid.put(row + offset, 1, purpose, kind=Kind.NOTE)
    columns = tuple(Column(name, width) for name, width in zip("ABCDE", WIDTHS, strict=True))
    return grid.sheet(columns, print_setup=Print(portrait=True, pages_high=1))


def _facts(grid: Grid, row: int, found: Negotiation, master: Expr) -> int:
    for label, what, kind, fmt in (
        ("Offered at", found.asked_price, Kind.INPUT, Fmt.GENERAL),
        ("Clauses are valued at", found.clauses_at, Kind.DECISION, Fmt.GENERAL),
        ("Order date", found.order_date, Kind.INPUT, Fmt.DATE),
        ("Made by", found.made_by, Kind.DECISION, Fmt.TEXT),
        ("Master check", master, Kind.TOTAL, Fmt.TEXT),
    ):
        grid.put(row, 0, label)
        grid.put(row, 1, what, kind=kind, fmt=fmt)
        if fmt is Fmt.GENERAL:
            grid.put(row, 2, found.price_unit, kind=Kind.NOTE)
        row += 1
    grid.status.append(f"B{row}")
    return row + 1


def _sentences(grid: Grid, row: int, title: str, texts: Sequence[str]) -> int:
    """Sentences run over the page: each is cut into lines that fit across it."""
    grid.put(row, 0, title, kind=Kind.SECTION)
    for text in texts:
        for line in _lines(text):
            row += 1
            grid.put(row, 0, line)
    return row + 2


def _lines(text: str) -> list[str]:
    return wrap(text, LETTERS, initial_indent="- ", subsequent_indent="  ")


def _brackets(grid: Grid, row: int, found: Negotiation, written: Written) -> int:
    grid.put(row, 0, "Brackets: both ends are proven", kind=Kind.SECTION)
    row = _headers(grid, row + 1, ("Question", "Offered", "In up to", "Out from", "Unit"))
    for i, bracket in enumerate(found.brackets):
        row += 1
        at = written.brackets
        grid.put(row, 0, at.cell(i, "Question"), kind=Kind.LINK)
        for col, header in enumerate(("Offered", "Proven in up to", "Proven out from"), start=1):
            grid.put(row, col, at.cell(i, header), kind=Kind.LINK, fmt=Fmt.GENERAL)
        grid.put(row, 4, bracket.unit, kind=Kind.NOTE)
        row += 1
        grid.put(row, 0, f"  {bracket.said}; {bracket.ended.value}", kind=Kind.NOTE)
    return row + 2


def _clauses(grid: Grid, row: int, found: Negotiation, written: Written) -> int:
    if not found.clauses:
        return row
    at_price = f"{short_value(found.clauses_at, found.price_unit)} {found.price_unit}"
    grid.put(row, 0, f"Clauses: worth in USD over the plan, at {at_price}", kind=Kind.SECTION)
    row = _headers(grid, row + 1, ("Clause", "At least", "As found", "At most", "The offer, and how sure it is"))
    for i, clause in enumerate(written.clauses.rows[:MOST_CLAUSES]):
        row += 1
        grid.put(row, 0, written.clauses.cell(i, "Clause"), kind=Kind.LINK)
        has = "has it" if clause.is_there else "lacks it"
        if clause.usd is None:
            grid.put(row, 4, f"{has}; no figure", kind=Kind.NOTE)
            continue
        for col, header in enumerate(("At least USD", "As found USD", "At most USD"), start=1):
            grid.put(row, col, written.clauses.cell(i, header), kind=Kind.LINK, fmt=Fmt.MONEY)
        grid.put(row, 4, f"{has}; {clause.verdict}", kind=Kind.NOTE)
    return row + 2


def _headers(grid: Grid, row: int, headers: Sequence[str]) -> int:
    for col, text in enumerate(headers):
        grid.put(row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if 0 < col < len(headers) - 1 else Fmt.TEXT)
    return row


def _unknown(found: Negotiation) -> list[str]:
    """What was not asked, and what the figures do not say."""
    open_ends = [f"{row.said}: {row.reason}" for row in found.not_asked if not row.is_final]
    cannot = [f"{row.said} ({row.reason})" for row in found.not_asked if row.is_final]
    hidden = [
        clause.clause for clause in found.clauses if clause.usd is not None and clause.verdict == "not distinguishable"
    ]
    lines = [*open_ends]
    if hidden:
        lines.append(f"whether these are worth anything: {', '.join(hidden)}; the gaps are wider than the difference")
    if cannot:
        lines.append(f"cannot be asked of this offer: {'; '.join(cannot)}")
    return [*lines, *found.notes]
