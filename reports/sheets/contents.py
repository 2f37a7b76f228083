"""The table of contents of the plan workbook: its sheets in reading order, each with its purpose."""

from __future__ import annotations

from optimizer.plan import Plan
from reports.layout import Sheet
from reports.sheets.book import Book, build_book
from reports.sheets.checks import checks_sheet
from reports.sheets.cover import cover_sheet
from reports.sheets.log import log_sheet
from reports.sheets.summary import summary_sheet


def plan_workbook(plan: Plan) -> tuple[Sheet, ...]:
    """The whole workbook as data, in reading order; nothing is written."""
    book = build_book(plan)
    checks, master = checks_sheet(book)
    headline = summary_sheet(book, master)
    rest = [*_figures(book), (checks.sheet(), "the workbook against the plan and against itself")]
    rest.append((log_sheet(book.facts), "run, proof, solver, audit, warnings, glossary"))
    summary = (headline.sheet, "the plan on one page: cost, proof, use, reasons, alternatives, charts")
    pages = [summary, *rest]
    cover = cover_sheet(book, headline, master, [(sheet.name, purpose) for sheet, purpose in pages])
    return (cover, *(sheet for sheet, _ in pages))


def _figures(book: Book) -> list[tuple[Sheet, str]]:
    return [
        (book.inputs.sheet, "assumptions: rates, weights, haircuts, caps, floors, fixed figures"),
        (book.workloads.sheet(freeze_cols=2), "models, latency limits, request sizes, price of a shortfall"),
        (book.demand.sheet, "tokens asked and served, by month"),
        (book.offerings.sheet(), "nodes that can be had, with list price and why not"),
        (book.offers.sheet(), "contracts considered: prices, terms, evidence, why not"),
        (book.buy_list.sheet(), "orders to sign, soonest deadline first"),
        (book.commitments.sheet(), "held and new: until when, what is still owed"),
        (book.payments.sheet(freeze_cols=2), "invoice lines by month of payment"),
        (book.not_cash.sheet(freeze_cols=2), "shortfall penalties and expected emergencies, line by line"),
        (book.usage.sheet(), "nodes bought by the hour, block by block"),
        (book.calendar.sheet, "months, real hours, load blocks, discount factors"),
        (book.routing.sheet, "where each workload is served"),
        (book.tokens.sheet, "Mtok served by offering and workload"),
        (book.nodes.sheet, "nodes needed and available in each block"),
        (book.node_hours.sheet, "node-hours paid for and needed"),
        (book.listed.sheet, "capacity at list and at negotiated prices"),
        (book.effective.sheet, "effective cost by offering, kind and provider"),
        (book.cash.sheet, "cash by month, before and after the horizon"),
        (book.prepaid.sheet, "prepayments: opening, additions, release, closing"),
        (book.shares.sheet, "shares of tokens, spend and capacity by group"),
        (book.goodput.sheet(freeze_cols=3), "serving figures with evidence and haircut"),
        (book.fallback.events.sheet(), "what each event takes, what is left, the tightest month"),
        (book.fallback.cases.sheet(freeze_cols=2), "every event in every month and block"),
        (book.fallback.offerings.sheet(freeze_cols=2), "capacity after each event, offering by offering"),
        (book.vendors.sheet(), "providers side by side"),
        (book.shares.caps.sheet(), "how near each group is to its cap"),
        (book.refusals.sheet(), "which offering may not serve what, and why"),
        (book.sources.sheet(), "where prices, terms and serving figures were read"),
    ]
