"""Summary: the plan on one sheet: figures, why it looks like this, what else could be done, three charts."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from optimizer.plan import Baseline
from reports.console_comparison import LIFTED_RULES
from reports.formulas import ZERO, Expr, Where
from reports.functions import (
    compared,
    count_where,
    greatest,
    quoted,
    ratio,
    size,
    sum_where,
    total,
    when,
)
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.records import page_scale
from reports.sheets.book import Book
from reports.sheets.summary_charts import ROWS_PER_CHART, charts
from reports.sheets.summary_futures import write_next_steps, write_not_billed, write_sometimes
from reports.sheets.summary_writer import SummaryWriter
from reports.why_this_plan import plan_reasons

WIDTHS = (46, 17, 15, 15, 12, 14, 20, 46)
_ROWS_OF_A_PAGE = 47
"""Rows of 15 points that a page of A4 landscape holds at the scale of this sheet; what is to be done stays together."""
_WRAP = 150
_LIFTED = f"Rules lifted: solved without {LIFTED_RULES}; then held against them."


@dataclass(frozen=True, slots=True)
class Headline:
    """What the Cover repeats."""

    sheet: Sheet
    objective: Expr
    effective: Expr
    cash: Expr
    per_mtok: Expr
    gap: Expr
    gap_usd: Expr


def summary_sheet(book: Book, master: Expr) -> Headline:
    """Figures first, charts beneath them."""
    grid = Grid("Summary", "read")
    plan = book.facts.plan
    grid.heading(
        f"Summary: {book.facts.scenario.scenario}",
        "USD, undiscounted unless it says present value. Cost, cash out and savings are positive."
        + (f" Expected over {len(book.facts.scenario.outlooks)} outlooks." if book.facts.several else ""),
    )
    write = SummaryWriter(grid)
    write.header("Measure", "Value", "Unit", "Class", "How", " ", " ", " ")
    grid.put(1, 6, "Master check", kind=Kind.TOTAL)
    grid.put(1, 7, master, kind=Kind.TOTAL)
    grid.status.append("H2")
    headline = _cost(write, book)
    write.row += 1
    gaps = _proof(write, book)
    write.row += 1
    _use(write, book)
    write.row += 1
    to_do = write.row
    write_next_steps(write, book)
    write.row += 1
    second_page = write.row if write.row <= _ROWS_OF_A_PAGE else to_do
    _why(write, book)
    _baselines(write, plan.baselines, gaps[1])
    drawn_from = write.row + 1
    grid.charts.extend(charts(book, drawn_from))
    breaks = (second_page, *_before_charts(drawn_from, second_page))
    columns = tuple(Column(name, width) for name, width in zip("ABCDEFGH", WIDTHS, strict=True))
    sheet = grid.sheet(columns, freeze=(4, 1), print_setup=Print(row_breaks=breaks, scale=page_scale(WIDTHS, ())))
    return Headline(sheet, *headline, *gaps)


def _before_charts(drawn_from: int, second_page: int) -> tuple[int, ...]:
    """The row before which a page ends, so that no chart lies on two pages; none where all charts fit."""
    room = second_page + _ROWS_OF_A_PAGE - drawn_from
    if room >= 2 * ROWS_PER_CHART:
        return ()
    return (drawn_from + ROWS_PER_CHART if room >= ROWS_PER_CHART else drawn_from,)


def _cost(write: SummaryWriter, book: Book) -> tuple[Expr, Expr, Expr, Expr]:
    write.section("Cost")
    pay, other = book.payments, book.not_cash
    effective = write.measure(
        "Effective cost in the horizon",
        book.effective.total.sum(0),
        "USD",
        "straight-line over the service: Calc_Effective",
    )
    cash = write.measure("Cash in the horizon", book.cash.total.sum(0), "USD", "by month of payment: Calc_Cash")
    value = book.cash.present_value.sum(0)
    write.measure("Present value of that cash", value, "USD", "month 1 at par, DiscountRate: Calc_Cash")
    before, after = total(book.cash.before.sums()), total(book.cash.after.sums())
    write.measure("Paid before the horizon (sunk)", before, "USD", "upfront parts of held contracts: Calc_Cash")
    write.measure("Payable after the horizon", after, "USD", "months of contracts that go on: Calc_Cash")
    tail = book.commitments.total("Service after horizon USD")
    write.measure("Service after the horizon, committed", tail, "USD", "the tail, paid before or after: Commitments")
    write_sometimes(write, book)
    penalty, emergency = book.effective.not_cash.sum(0), book.effective.not_cash.sum(1)
    write.measure("Shortfall penalties (not billed)", penalty, "USD", "demand not served x its price: Not_Cash")
    write.measure("Expected emergencies (not billed)", emergency, "USD", "probability x duration x price: Not_Cash")
    write_not_billed(write, book)
    objective = write.measure(
        "Objective: what was minimised",
        pay.total("Objective USD") + other.total("Objective USD"),
        "USD",
        "present value, tail at TailWeight, with all not billed",
    )
    unit = book.effective.per_mtok.sum(0)
    per_mtok = write.measure(
        "Effective cost per million accepted output tokens", unit, "USD/Mtok", "effective cost / Mtok served", Fmt.PRICE
    )
    write.row += 1
    _savings(write, book)
    return objective, effective, cash, per_mtok


def _savings(write: SummaryWriter, book: Book) -> None:
    write.section("Against the price lists")
    rates = book.accounts.rates
    listed, negotiated = book.listed.list_total.sum(0), book.listed.negotiated_total.sum(0)
    write.measure("The nodes in use, at list price", listed, "USD", "needed node-hours x list: Calc_List")
    write.measure(
        "The nodes in use, at negotiated on-demand prices", negotiated, "USD", "lowest on-demand offer: Calc_List"
    )
    saved, how = rates.over_list_all.sum(0), "1 - effective cost of providers / list: Calc_Rates"
    write.measure("Effective savings rate over list", saved, "share", how, Fmt.SHARE)
    saved, how = rates.over_negotiated_all.sum(0), "1 - effective / negotiated; says more"
    write.measure("Effective savings rate over negotiated", saved, "share", how, Fmt.SHARE)
    how = "used under contract / needed, without spot, at list"
    write.measure("Coverage by commitments", rates.coverage_all.sum(0), "share", how, Fmt.SHARE)
    how = "used / under contract, at list price; no saving"
    write.measure("Utilisation of commitments", rates.utilisation_all.sum(0), "share", how, Fmt.SHARE)


def _proof(write: SummaryWriter, book: Book) -> tuple[Expr, Expr]:
    plan = book.facts.plan
    write.section("Proof")
    objective = write.measure("Objective of the plan", plan.incumbent_usd, "USD", "from the solver, by its bills")
    bound = write.measure("Bound", plan.bound_usd, "USD", "no plan costs less, as far as the solver can prove")
    gap_usd = write.measure("Gap in money", objective - bound, "USD", "objective - bound")
    gap = write.measure("Gap", ratio(gap_usd, objective), "share", "gap in money / objective", Fmt.GAP)
    status = plan.status.value.replace("_", " ")
    write.measure("Status", status, "", "within gap: the asked gap is proven", Fmt.TEXT)
    write.measure("Why the solver stopped", plan.stop_reason.value.replace("_", " "), "", "sheet Log", Fmt.TEXT)
    verdict = plan.audit.verdict if plan.audit else "NOT AUDITED"
    write.measure("Independent audit", verdict, "", "every rule and dollar again, by other code", Fmt.TEXT)
    return gap, gap_usd


def _use(write: SummaryWriter, book: Book) -> None:
    write.section("Use and safety")
    served, asked = book.tokens.total.sum(0), book.demand.asked_total.sum(0)
    write.measure("Accepted output tokens served", served, "Mtok", "Calc_Tokens", Fmt.WHOLE)
    write.measure("Share of demand served", ratio(served, asked), "share", "served / asked: Demand", Fmt.SHARE)
    missed = book.demand.missed_total.row(0)
    months = count_where(Where(missed, ">", book.inputs["ToleranceUnits"]))
    write.measure("Months with a shortfall", months, "months", "months in which something is not served", Fmt.WHOLE)
    in_use = ratio(book.listed.needed_total.sum(0), book.listed.paid_total.sum(0))
    write.measure("Capacity paid for: in use", in_use, "share", "needed / paid for, both at list price", Fmt.SHARE)
    held = write.measure(
        "Capacity paid for: held before this plan", _paid_share(book, "held"), "share", "at list price", Fmt.SHARE
    )
    new = write.measure(
        "Capacity paid for: newly reserved", _paid_share(book, "reserved"), "share", "at list price", Fmt.SHARE
    )
    committed, how = held + new, "held + newly reserved"
    if book.facts.has_take_or_pay:
        share = _paid_share(book, "take_or_pay")
        what = "nodes of these orders, used or not, at list price"
        committed += write.measure("Capacity under take-or-pay", share, "share", what, Fmt.SHARE)
        how += " + take-or-pay"
    write.measure("Capacity paid for: under commitment", committed, "share", how, Fmt.SHARE)
    largest = greatest(book.vendors.column("Share of spend"))
    write.measure("Largest provider's share of spend", largest, "share", "Vendors; all caps on Caps", Fmt.SHARE)
    survived = count_where(Where(book.fallback.events.column("Survived"), "=", quoted("OK")))
    events = len(book.fallback.events.rows)
    write.measure("Events survived", survived, f"of {events}", "Fallback", Fmt.WHOLE)


def _paid_share(book: Book, kind: str) -> Expr:
    """The part of the capacity paid for that was bought in one way."""
    by_kind = book.listed.paid_by_kind
    part = sum_where(by_kind.sums(), Where(by_kind.keys(0), "=", quoted(kind)))
    return ratio(part, book.listed.paid_total.sum(0))


def _why(write: SummaryWriter, book: Book) -> None:
    write.section("Why this plan: the rules that bind most, and what they cost")
    for line in (line for sentence in plan_reasons(book.facts.plan) for line in wrap(f"- {sentence}", _WRAP)):
        write.grid.put(write.row, 0, line, kind=Kind.NOTE)
        write.row += 1
    write.row += 1


def _baselines(write: SummaryWriter, baselines: tuple[Baseline, ...], gap_usd: Expr) -> None:
    write.section("The same demand served another way")
    write.header(
        "Baseline",
        "Objective USD",
        "Bound USD",
        "More than plan",
        "in %",
        "USD/Mtok",
        "Is it evidence?",
        "What it leaves out",
    )
    objective = write.grid.ref(*_cell_of(write.grid, "Objective of the plan"), fix_row=True, fix_col=True)
    for row in baselines:
        _baseline(write, row, objective, gap_usd)
    if not baselines:
        write.grid.put(write.row, 0, "No baseline was computed.", kind=Kind.NOTE)
        write.row += 1
    _broken(write, tuple(row for row in baselines if row.outcome == "solved"))


def _broken(write: SummaryWriter, baselines: tuple[Baseline, ...]) -> None:
    """Every rule that every baseline breaks, at its worst place."""
    if not baselines:
        return
    write.row += 1
    write.section("Rules of the scenario that these ways break, each at its worst place")
    for line in wrap(_LIFTED, _WRAP):
        write.grid.put(write.row, 0, line, kind=Kind.NOTE)
        write.row += 1
    for row in baselines:
        count = len(row.breaks)
        said = f"breaks {count} rule{'' if count == 1 else 's'}" if count else "breaks no rule: a real alternative"
        write.grid.put(write.row, 0, f"{row.name}: {said}")
        write.row += 1
        for line in (line for sentence in row.breaks for line in wrap(f"- {sentence}", _WRAP)):
            write.grid.put(write.row, 0, line, kind=Kind.NOTE)
            write.row += 1


def _cell_of(grid: Grid, label: str) -> tuple[int, int]:
    """The value cell beside a label."""
    return next((row, 1) for (row, col), cell in grid.cells.items() if col == 0 and cell.value == label)


def _baseline(write: SummaryWriter, row: Baseline, objective: Expr, gap_usd: Expr) -> None:
    grid, at = write.grid, write.row
    grid.put(at, 0, row.name)
    grid.put(at, 7, row.note, kind=Kind.NOTE, wrapped=True)
    write.row += 1
    if row.objective_usd is None:
        grid.put(at, 1, row.outcome.replace("_", " "), kind=Kind.DECISION)
        return
    cost = grid.put(at, 1, row.objective_usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
    bound = grid.put(at, 2, row.bound_usd, kind=Kind.DECISION, fmt=Fmt.MONEY)
    more = grid.put(at, 3, cost - objective, kind=Kind.CALC, fmt=Fmt.MONEY)
    grid.put(at, 4, ratio(more, objective), kind=Kind.CALC, fmt=Fmt.SHARE)
    grid.put(at, 5, row.usd_per_mtok, kind=Kind.DECISION, fmt=Fmt.PRICE)
    fixed = Expr(grid.ref(*_cell_of(grid, "Gap in money"), fix_row=True, fix_col=True).text, gap_usd.value)
    open_usd = cost - bound if row.bound_usd is not None else ZERO
    own_usd = when(compared(more, ">", ZERO), open_usd, fixed)
    sign = when(compared(size(more), ">", own_usd), quoted("of the sign only"), quoted("no: within gaps"))
    verdict = when(compared(size(more), ">", fixed + open_usd), quoted("yes"), sign)
    grid.put(at, 6, verdict, kind=Kind.CALC)
