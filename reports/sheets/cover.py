"""Cover: what this is, whether it can be trusted, how to read it, and who has to sign."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from reports.change_words import what_if_in_words
from reports.cover_parts import Fact, put_classes, put_contents, put_facts, put_notes
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.sheets.book import Book
from reports.sheets.log import run_id
from reports.sheets.summary import Headline

_ROLES = ("Procurement", "Finance", "Capacity planning", "Information security")


def cover_sheet(book: Book, headline: Headline, master: Expr, contents: Sequence[tuple[str, str]]) -> Sheet:
    """One portrait page."""
    grid = Grid("Cover", "read")
    what_if = what_if_in_words(book.facts.scenario.changes, most=2)
    grid.heading("Fleet procurement plan", _subtitle(book), *([shorten(what_if, 150)] if what_if else []))
    row = put_facts(grid, 3, "This plan", _facts(book))
    row = put_facts(grid, row, "Headline", _headline(headline, master))
    grid.status.append(f"B{row - 1}")
    row = put_classes(grid, row)
    row = put_notes(grid, row, "Signs and units", _signs(book))
    row = put_contents(grid, row, contents)
    _approval(grid, row)
    columns = tuple(Column(name, width) for name, width in zip("ABCDE", (34, 26, 24, 16, 26), strict=True))
    return grid.sheet(columns, print_setup=Print(portrait=True, pages_high=1))


def _subtitle(book: Book) -> str:
    run = book.facts.scenario.run
    last = book.facts.months[-1]
    text = f"{run.months} months, {run.first_month} to {last}. {book.facts.scenario.description}"
    return text if len(text) <= 120 else text[:117] + "..."


def _facts(book: Book) -> list[Fact]:
    plan, facts = book.facts.plan, book.facts
    audit = plan.audit.verdict if plan.audit else "NOT AUDITED"
    return [
        Fact("Scenario", facts.scenario.scenario, kind=Kind.INPUT),
        Fact("Standing", "DRAFT, for approval", kind=Kind.INPUT),
        Fact("Order date", facts.scenario.run.order_date, Fmt.DATE, Kind.INPUT),
        Fact("Currency", facts.scenario.run.currency, kind=Kind.INPUT),
        Fact("Run id (start of the inputs' fingerprint)", run_id(facts)),
        Fact("Made by", f"siliconmix {plan.versions.siliconmix}"),
        Fact("Status", plan.status.value.replace("_", " ")),
        Fact("Why the solver stopped", plan.stop_reason.value.replace("_", " ")),
        Fact("Bound, USD", plan.bound_usd, Fmt.MONEY),
        Fact("Independent audit", audit),
    ]


def _headline(headline: Headline, master: Expr) -> list[Fact]:
    rows = [
        ("Effective cost in the horizon, USD", headline.effective, Fmt.MONEY),
        ("Cash in the horizon, USD", headline.cash, Fmt.MONEY),
        ("USD per million accepted output tokens", headline.per_mtok, Fmt.PRICE),
        ("Objective (present value), USD", headline.objective, Fmt.MONEY),
        ("Gap", headline.gap, Fmt.GAP),
        ("Gap in money, USD", headline.gap_usd, Fmt.MONEY),
    ]
    return [
        *(Fact(label, what, fmt, Kind.LINK) for label, what, fmt in rows),
        Fact("Master check", master, kind=Kind.TOTAL),
    ]


def _signs(book: Book) -> tuple[str, ...]:
    count = len(book.facts.scenario.outlooks)
    expected = (f"All figures are expected over {count} outlooks, weighed by probability; each one: sheet Outlooks.",)
    return (
        *(expected if book.facts.several else ()),
        "Cost, cash out and savings are positive; red in brackets is negative; a dash is zero.",
        "Amounts are USD; the month of payment (cash) and the months of service (effective cost) differ.",
        "An end date is the first day that is no longer served. Hours are those of the calendar, month by month.",
    )


def _approval(grid: Grid, row: int) -> None:
    grid.put(row, 0, "Approval", kind=Kind.SECTION)
    for col, text in enumerate(("Role", "Name", "Limit, USD", "Date", "Signature")):
        grid.put(row + 1, col, text, kind=Kind.HEADER)
    for offset, role in enumerate(_ROLES, start=2):
        grid.put(row + offset, 0, role)
        for col in range(1, 5):
            grid.put(row + offset, col, None, kind=Kind.INPUT)
