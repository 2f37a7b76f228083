"""The table of contents of the plan workbook: its sheets in reading order, each with its purpose."""

from __future__ import annotations

from typing import Any

from optimizer.plan import Plan
from reports.layout import Sheet
from reports.records import Records
from reports.sheets.book import Book, build_book
from reports.sheets.by_token import ByToken
from reports.sheets.checks import checks_sheet
from reports.sheets.cover import cover_sheet
from reports.sheets.footprint_sheets import FootprintSheets
from reports.sheets.lock_in import LockInSheets
from reports.sheets.log import log_sheet
from reports.sheets.owned import OwnedSheets
from reports.sheets.sensitivity import sensitivity_sheet
from reports.sheets.spend import SignedSpend
from reports.sheets.summary import summary_sheet


def plan_workbook(plan: Plan) -> tuple[Sheet, ...]:
    """The whole workbook as data, in reading order; nothing is written."""
    book = build_book(plan)
    checks, master = checks_sheet(book)
    headline = summary_sheet(book, master)
    rest = [*_figures(book), (checks.sheet(), "the workbook against the plan and against itself")]
    rest.append((log_sheet(book.facts), "run, proof, solver, audit, warnings, glossary"))
    summary = (headline.sheet, "the plan on one page: cost, proof, use, reasons, alternatives, charts")
    outlooks = book.futures.outlooks
    priced = (book.unit_cost.lines.sheet(freeze_cols=2), "what a million accepted tokens cost, in nine parts")
    futures = [] if outlooks is None else [(outlooks.sheet, "the plan in each outlook, and what knowing is worth")]
    pages = [summary, priced, *futures, *_why(book), *_sensitivity(book), *rest]
    cover = cover_sheet(book, headline, master, [(sheet.name, purpose) for sheet, purpose in pages])
    return (cover, *(sheet for sheet, _ in pages))


def _why(book: Book) -> list[tuple[Sheet, str]]:
    if book.why is None:
        return []
    return [
        (book.why.questions.sheet(freeze_cols=2), "what insurance costs, what migrations save, what rules are worth"),
        (book.why.not_taken.sheet(), "every offer that is left aside, why, and at which price it would enter"),
    ]


def _why_workings(book: Book) -> list[tuple[Sheet, str]]:
    found = None if book.why is None else book.why.payback
    return _some(found, "cash with each migration and without it, by the end of each month")


def _sensitivity(book: Book) -> list[tuple[Sheet, str]]:
    found = book.sensitivity
    return [] if found is None else [(sensitivity_sheet(found), "the inputs that move the cost most, low and high")]


def _sensitivity_workings(book: Book) -> list[tuple[Sheet, str]]:
    found = book.sensitivity
    return [] if found is None else [(found.inputs.sheet(), "costs and bounds at both ends of those inputs")]


def _some(records: Records[Any] | None, purpose: str) -> list[tuple[Sheet, str]]:
    """A sheet that is left out where the plan has no case."""
    return [] if records is None else [(records.sheet(), purpose)]


def _spend_lists(signed: SignedSpend | None) -> list[tuple[Sheet, str]]:
    if signed is None:
        return []
    return [
        *_some(signed.lists.now, "dollars an hour to commit, soonest deadline first"),
        *_some(signed.lists.later, "dollars an hour to commit only if an outlook comes: do not sign these now"),
    ]


def _token_inputs(by_token: ByToken | None) -> list[tuple[Sheet, str]]:
    if by_token is None:
        return []
    return [
        *_some(by_token.offers, "APIs considered: prices of tokens, limits, latency, and what they may not serve"),
        *_some(by_token.unit_offers, "provisioned throughput considered: units by the hour"),
    ]


def _token_figures(by_token: ByToken | None) -> list[tuple[Sheet, str]]:
    if by_token is None:
        return []
    return [
        *_some(by_token.bought, "tokens bought, block by block, with their price at the API"),
        *_some(by_token.limits, "tokens per second against the rate limits"),
        *_some(by_token.unit_use, "provisioned units: busy and there, block by block"),
    ]


def _break_even(book: Book) -> list[tuple[Sheet, str]]:
    found = book.accounts.break_even
    return [] if found is None else [(found.orders.sheet(), "from when on orders are cheaper than paying by the hour")]


def _break_even_workings(book: Book) -> list[tuple[Sheet, str]]:
    found = book.accounts.break_even
    return [] if found is None else [(found.workings, "orders against paying by the hour, month by month")]


def _owned(sheets: OwnedSheets | None) -> list[tuple[Sheet, str]]:
    if sheets is None:
        return []
    return [
        (sheets.life.sheet(), "owned hardware: book value, upkeep and power in each month of its life"),
        (sheets.sites.sheet(), "power and space of sites, and what new hardware takes"),
    ]


def _lock_in(sheets: LockInSheets | None) -> list[tuple[Sheet, str]]:
    if sheets is None:
        return []
    return [
        (sheets.rules.sheet(freeze_cols=3), "least shares, outstanding, remaining terms, expiries, second sources"),
        (sheets.parts.sheet(), "what those rules count: by offering, contract or provider"),
    ]


def _footprint(sheets: FootprintSheets | None) -> list[tuple[Sheet, str]]:
    if sheets is None:
        return []
    return [
        (sheets.lines.sheet(freeze_cols=3), "node-hours, energy, emissions and index of every offering and month"),
        *_some(sheets.rules, "floors of the index, caps on power and carbon, against the plan"),
        *_some(sheets.power, "what groups draw in the fullest block of each month"),
    ]


def _figures(book: Book) -> list[tuple[Sheet, str]]:
    prices, ladder = book.futures.prices, book.futures.ladder
    spend, splits = book.futures.spend, book.futures.splits
    signed = spend.signed if spend else None
    return [
        (book.inputs.sheet, "assumptions: rates, weights, haircuts, caps, floors, fixed figures"),
        (book.workloads.sheet(freeze_cols=2), "models, latency limits, request sizes, price of a shortfall"),
        (book.demand.sheet, "tokens asked and served, by month"),
        (book.offerings.sheet(), "nodes that can be had, with list price and why not"),
        (book.offers.sheet(), "contracts considered: prices, terms, evidence, why not"),
        *_some(spend.offers if spend else None, "spend commitments considered: what they cover, and at which rates"),
        *_token_inputs(book.futures.by_token),
        *_some(splits.offers if splits else None, "splits considered: who hands over to whom, at which price"),
        (book.buy_lists.now.sheet(), "orders to sign, soonest deadline first"),
        *_some(book.buy_lists.later, "orders to sign only if an outlook comes: do not sign these now"),
        *_spend_lists(signed),
        *_some(book.futures.by_token.units if book.futures.by_token else None, "provisioned units to sign"),
        *_some(book.futures.agreed_terms.tiers, "enterprise agreements considered: commitments and discounts"),
        *_some(book.futures.agreed_terms.signed, "which tier of which agreement to sign"),
        *_some(book.futures.agreed_terms.credits, "lots of credit to buy, and what is granted"),
        *_some(book.futures.migrations, "engineering work to begin, and what it opens"),
        *_some(book.futures.portfolio, "what is held: until when, what it is still worth, what becomes of it"),
        *_some(book.futures.rights, "notices to give, renewals to refuse, and rights that are not used"),
        (book.commitments.sheet(), "held and new: until when, what is still owed"),
        (book.accounts.leases.sheet(), "which usual criteria of a lease a commitment meets; no verdict"),
        (book.accounts.obligations.sheet(freeze_cols=2), "what is due after the horizon, by contract and year"),
        *_break_even(book),
        *_some(book.futures.windows, "take-or-pay: use of each window against its minimum"),
        *_some(book.futures.minimums, "take-or-pay: what is owed in each month, used or not"),
        *_some(None if prices is None else prices.records, "what a node-hour costs in each month, where it moves"),
        *_some(signed.use if signed else None, "spend commitments: what is active, used and lost in each month"),
        *_some(signed.coverage if signed else None, "on-demand use that spend commitments pay for, block by block"),
        *_some(book.futures.volume, "what is bought under volume tiers, window by window and tier by tier"),
        *_some(book.futures.billing_order, "what the provider's own order of covering use would bill"),
        *_some(book.futures.agreed.years, "agreements: every contract year held against its commitment"),
        *_some(book.futures.agreed.months, "agreements: what is eligible in each month, and the discount"),
        *_some(book.futures.agreed.eligible, "charges of each month that count under agreements and credits"),
        *_some(book.futures.agreed.credits, "credits: opening, added, used, expired, closing"),
        *_owned(book.futures.owned),
        *_some(book.futures.blocks, "capacity blocks: nodes in each month that a block touches"),
        (book.payments.sheet(freeze_cols=2), "invoice lines by month of payment"),
        (book.not_cash.sheet(freeze_cols=2), "what nobody bills: penalties, expected emergencies, policy prices"),
        *_some(book.futures.budgets, "cash of each window against its limit"),
        *_some(book.futures.changes, "every order beside what was approved of it, and what the difference is worth"),
        *_lock_in(book.futures.lock_in),
        *_footprint(book.futures.footprint),
        (book.usage.sheet(), "nodes bought by the hour, block by block"),
        *_token_figures(book.futures.by_token),
        *_some(splits.served if splits else None, "splits, block by block: nodes of both roles and what moves"),
        (book.calendar.sheet, "months, real hours, load blocks, discount factors"),
        (book.routing.sheet, "where each workload is served"),
        (book.tokens.sheet, "Mtok served by offering and workload"),
        *_some(book.futures.migrated, "what is served where a migration was needed"),
        (book.nodes.sheet, "nodes needed and available in each block"),
        *([] if ladder is None else [(ladder.sheet, "what begins, what ends, what is renewed, by month and offering")]),
        (book.node_hours.sheet, "node-hours paid for and needed"),
        (book.listed.sheet, "capacity at list and at negotiated prices"),
        (book.effective.sheet, "effective cost by offering, kind and provider"),
        (book.cash.sheet, "cash by month, before and after the horizon"),
        (book.prepaid.sheet, "prepayments: opening, additions, release, closing"),
        (book.accounts.rates.sheet, "three price levels, coverage, utilisation, effective savings rate"),
        *_break_even_workings(book),
        *_sensitivity_workings(book),
        (book.shares.sheet, "shares of tokens, spend and capacity by group"),
        *_some(book.headroom, "what may be used of a node, by workload and offering, from bursts and pools"),
        (book.goodput.sheet(freeze_cols=3), "serving figures with evidence and haircut"),
        (book.throughput.sheet(freeze_cols=4), "how serving figures came about: percentiles, rates, grade, haircut"),
        (book.fallback.events.sheet(), "what each event takes, what is left, the tightest month"),
        (book.fallback.cases.sheet(freeze_cols=2), "every event in every month and block"),
        (book.fallback.offerings.sheet(freeze_cols=2), "capacity after each event, offering by offering"),
        *_some(book.fallback.apis, "tokens after each event against the limits of APIs"),
        (book.unit_cost.split.sheet(freeze_cols=2), "who bears which part of the effective cost"),
        *_some(book.unit_cost.tags, "what features and customers cost, workload by workload"),
        *_why_workings(book),
        (book.vendors.sheet(), "providers side by side"),
        (book.shares.caps.sheet(), "how near each group is to its cap"),
        (book.refusals.sheet(), "which offering may not serve what, and why"),
        (book.sources.sheet(), "where prices, terms and serving figures were read"),
    ]
