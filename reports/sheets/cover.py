"""Cover: what this is, whether it can be trusted, how to read it, and who has to sign."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import Any

from reports.change_words import what_if_in_words
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.sheets.book import Book
from reports.sheets.log import run_id
from reports.sheets.summary import Headline

_COLOURS = (
    (Kind.INPUT, "typed by a person, or read from the inputs"),
    (Kind.DECISION, "decided by the optimizer, or stated by it as proof"),
    (Kind.CALC, "formula"),
    (Kind.LINK, "formula that only repeats another sheet"),
    (Kind.TOTAL, "sum of the rows or months beside it"),
    (Kind.NOTE, "words of explanation, class names"),
)
_ROLES = ("Procurement", "Finance", "Capacity planning", "Information security")


def cover_sheet(book: Book, headline: Headline, master: Expr, contents: Sequence[tuple[str, str]]) -> Sheet:
    """One portrait page."""
    grid = Grid("Cover", "read")
    what_if = what_if_in_words(book.facts.scenario.changes, most=2)
    grid.heading("Fleet procurement plan", _subtitle(book), *([shorten(what_if, 150)] if what_if else []))
    row = _block(grid, 3, "This plan", _facts(book))
    row = _block(grid, row, "Headline", _headline(headline, master))
    grid.status.append(f"B{row - 1}")
    row = _key(grid, row)
    row = _signs(grid, row, book)
    row = _contents(grid, row, contents)
    _approval(grid, row)
    columns = tuple(Column(name, width) for name, width in zip("ABCDE", (34, 26, 24, 16, 26), strict=True))
    return grid.sheet(columns, print_setup=Print(portrait=True, pages_high=1))


def _subtitle(book: Book) -> str:
    run = book.facts.scenario.run
    last = book.facts.months[-1]
    text = f"{run.months} months, {run.first_month} to {last}. {book.facts.scenario.description}"
    return text if len(text) <= 120 else text[:117] + "..."


def _facts(book: Book) -> list[tuple[str, Any, Fmt, Kind]]:
    plan, facts = book.facts.plan, book.facts
    audit = plan.audit.verdict if plan.audit else "NOT AUDITED"
    decided = Kind.DECISION
    return [
        ("Scenario", facts.scenario.scenario, Fmt.TEXT, Kind.INPUT),
        ("Standing", "DRAFT, for approval", Fmt.TEXT, Kind.INPUT),
        ("Order date", facts.scenario.run.order_date, Fmt.DATE, Kind.INPUT),
        ("Currency", facts.scenario.run.currency, Fmt.TEXT, Kind.INPUT),
        ("Run id (start of the inputs' fingerprint)", run_id(facts), Fmt.TEXT, decided),
        ("Made by", f"siliconmix {plan.versions.siliconmix}", Fmt.TEXT, decided),
        ("Status", plan.status.value.replace("_", " "), Fmt.TEXT, decided),
        ("Why the solver stopped", plan.stop_reason.value.replace("_", " "), Fmt.TEXT, decided),
        ("Bound, USD", plan.bound_usd, Fmt.MONEY, decided),
        ("Independent audit", audit, Fmt.TEXT, decided),
    ]


def _headline(headline: Headline, master: Expr) -> list[tuple[str, Any, Fmt, Kind]]:
    rows = [
        ("Effective cost in the horizon, USD", headline.effective, Fmt.MONEY),
        ("Cash in the horizon, USD", headline.cash, Fmt.MONEY),
        ("USD per million accepted output tokens", headline.per_mtok, Fmt.PRICE),
        ("Objective (present value), USD", headline.objective, Fmt.MONEY),
        ("Gap", headline.gap, Fmt.GAP),
        ("Gap in money, USD", headline.gap_usd, Fmt.MONEY),
    ]
    return [
        *((label, what, fmt, Kind.LINK) for label, what, fmt in rows),
        ("Master check", master, Fmt.TEXT, Kind.TOTAL),
    ]


def _block(grid: Grid, row: int, title: str, lines: list[tuple[str, Any, Fmt, Kind]]) -> int:
    grid.put(row, 0, title, kind=Kind.SECTION)
    for offset, (label, what, fmt, kind) in enumerate(lines, start=1):
        grid.put(row + offset, 0, label)
        grid.put(row + offset, 1, what, kind=kind, fmt=fmt)
    return row + len(lines) + 2


def _key(grid: Grid, row: int) -> int:
    grid.put(row, 0, "Classes of cells (colour, and the same word in a Class column or row)", kind=Kind.SECTION)
    for offset, (kind, meaning) in enumerate(_COLOURS, start=1):
        grid.put(row + offset, 0, kind.value, kind=kind)
        grid.put(row + offset, 1, meaning, kind=Kind.NOTE)
    return row + len(_COLOURS) + 2


def _signs(grid: Grid, row: int, book: Book) -> int:
    grid.put(row, 0, "Signs and units", kind=Kind.SECTION)
    count = len(book.facts.scenario.outlooks)
    expected = (f"All figures are expected over {count} outlooks, weighed by probability; each one: sheet Outlooks.",)
    for offset, text in enumerate(
        (
            *(expected if book.facts.several else ()),
            "Cost, cash out and savings are positive; red in brackets is negative; a dash is zero.",
            "Amounts are USD; the month of payment (cash) and the months of service (effective cost) differ.",
            "An end date is the first day that is no longer served. Hours are those of the calendar, month by month.",
        ),
        start=1,
    ):
        grid.put(row + offset, 0, text, kind=Kind.NOTE)
    return row + (6 if book.facts.several else 5)


def _contents(grid: Grid, row: int, contents: Sequence[tuple[str, str]]) -> int:
    grid.put(row, 0, "Sheets", kind=Kind.SECTION)
    for offset, (name, purpose) in enumerate(contents, start=1):
        grid.put(row + offset, 0, name, kind=Kind.LINK, goto=name)
        grid.put(row + offset, 1, purpose, kind=Kind.NOTE)
    return row + len(contents) + 2


def _approval(grid: Grid, row: int) -> None:
    grid.put(row, 0, "Approval", kind=Kind.SECTION)
    for col, text in enumerate(("Role", "Name", "Limit, USD", "Date", "Signature")):
        grid.put(row + 1, col, text, kind=Kind.HEADER)
    for offset, role in enumerate(_ROLES, start=2):
        grid.put(row + offset, 0, role)
        for col in range(1, 5):
            grid.put(row + offset, col, None, kind=Kind.INPUT)
