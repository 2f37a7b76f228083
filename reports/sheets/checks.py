"""Checks: the workbook against the plan and against itself, calculated and never typed.

The right-hand side in orange is what the plan says; everything else is a formula. A check holds when
the two sides differ by no more than its tolerance; MasterCheck holds when all of them do.
"""

from __future__ import annotations

from collections.abc import Iterator

from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import (
    compared,
    count_where,
    filled,
    greatest,
    product_sum,
    quoted,
    rows_in,
    same_order,
    size,
    sum_where,
    total,
    when,
)
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.book import Book
from reports.sheets.charge_values import OPEN_AT_START
from reports.sheets.check import Check, put_master_check
from reports.sheets.commitments import SERVICE_AND_FEE
from reports.sheets.future_checks import future_checks
from reports.sheets.sensitivity_checks import sensitivity_checks
from reports.sheets.signing import expired_in
from reports.sheets.signing_lists import with_quotes
from reports.sheets.unit_cost_checks import unit_cost_checks
from reports.sheets.why import why_checks
from reports.timeline import ITEM

STATUS_COL = 8


def checks_sheet(book: Book) -> tuple[Records[Check], Expr]:
    """The list of checks and the name of the master check."""
    checks = [
        *_against_plan(book),
        *_money(book),
        *_capacity(book),
        *_completeness(book),
        *_quotes(book),
        *unit_cost_checks(book),
        *future_checks(book),
        *([] if book.why is None else why_checks(book.why)),
        *([] if book.sensitivity is None else sensitivity_checks(book.sensitivity)),
    ]
    grid = Grid("Checks", "control")
    records = write_records(
        grid,
        "tblChecks",
        _fields(book),
        checks,
        "Checks: does the workbook agree with the plan and with itself?",
        "Orange: what the plan says. A FAIL after a change on Inputs is right: the plan was made for other values.",
    )
    return records, put_master_check(grid, records, STATUS_COL)


def _fields(book: Book) -> list[Field[Check]]:
    def tolerance(row: Check, at: Line) -> Expr:
        inputs = book.inputs
        if row.unit != "USD":
            return inputs["ToleranceUnits"] * greatest(ONE, size(at["Right"]))
        fixed = inputs["ToleranceUSD"]
        if row.lines:
            fixed = fixed + inputs["HalfCentUSD"] * at["Rounded lines"]
        return greatest(fixed, inputs["ToleranceShare"] * size(at["Right"]))

    def status(_: Check, at: Line) -> Expr:
        kept = compared(size(at["Difference"]), "<=", at["Tolerance"])
        return when(kept, quoted("OK"), quoted("FAIL"))

    def side(_: Check, what: object) -> Kind:
        return Kind.CALC if isinstance(what, Expr) else Kind.DECISION

    calc, number = Kind.CALC, Fmt.CENTS
    return [
        Field("Check", lambda r, _: r.text, wrap=True, max_width=60),
        Field("Unit", lambda r, _: r.unit),
        Field("Left", lambda r, _: r.left, calc, number),
        Field("Right", lambda r, _: r.right, calc, number, kind_of=side),
        Field("Difference", lambda _, at: at["Left"] - at["Right"], calc, number),
        Field("Rounded lines", lambda r, _: r.lines, Kind.NOTE, Fmt.WHOLE),
        Field("Tolerance", tolerance, calc, Fmt.FACTOR),
        Field("Class of the right side", lambda r, _: side(r, r.right).value, Kind.NOTE),
        Field("Status", status, calc),
        Field("What it means if it fails", lambda r, _: r.meaning, Kind.NOTE, wrap=True, max_width=60),
    ]


def _against_plan(book: Book) -> Iterator[Check]:
    plan, totals = book.facts.plan, book.facts.plan.totals
    pay, other, lines = book.payments, book.not_cash, len(book.facts.plan.cost_lines)
    typed = "the workbook does not show the plan that was solved and audited"
    objective = pay.total("Objective USD") + other.total("Objective USD")
    yield Check("Objective: all lines against the solver's plan", objective, plan.incumbent_usd, "USD", typed, lines)
    effective = book.effective.total.sum(0)
    yield Check("Effective cost in the horizon", effective, totals.effective_usd, "USD", typed, lines)
    yield Check("Cash in the horizon", book.cash.total.sum(0), totals.cash_usd, "USD", typed, lines)
    after = pay.total("After horizon USD")
    text = "Part of all payments that serves months after the horizon"
    yield Check(text, after, totals.beyond_horizon_usd, "USD", typed, lines)
    penalty, emergency = book.effective.not_cash.sum(0), book.effective.not_cash.sum(1)
    yield Check("Shortfall penalties", penalty, totals.shortfall_penalty_usd, "USD", typed, lines)
    yield Check("Expected emergencies", emergency, totals.emergency_expected_usd, "USD", typed, lines)
    listed = book.listed.list_total.sum(0)
    yield Check("Nodes in use at list price", listed, totals.list_usd, "USD", typed, 1)
    yield Check("Accepted output tokens served", book.tokens.total.sum(0), totals.served_mtok, "Mtok", typed)
    findings = len(plan.audit.findings) if plan.audit else 1
    text = "Findings of the independent audit" if plan.audit else "The plan has not been audited"
    yield Check(text, ZERO, findings, "findings", "the plan breaks a rule, or nobody has looked")


def _money(book: Book) -> Iterator[Check]:
    pay = book.payments
    effective = book.effective.total.sum(0)
    lost = "a payment is shown under no heading, or under two"
    yield Check("Effective cost by kind = by offering", book.effective.kind_total.sum(0), effective, "USD", lost)
    by_provider = total(book.effective.by_provider.sums())
    nodes = book.effective.billed_total.sum(0)
    yield Check("Effective cost by provider = by offering", by_provider, nodes, "USD", lost)
    yield Check("Effective cost by month = by invoice line", effective, pay.total("Effective USD"), "USD", lost)
    vendors = book.vendors.total("Effective USD")
    nodes = book.effective.billed_total.sum(0)
    yield Check("Effective cost on Vendors", vendors, nodes, "USD", lost)
    cash = book.cash
    around = total(cash.before.sums()) + cash.total.sum(0) + total(cash.after.sums())
    yield Check("Cash before + in + after the horizon = all lines", around, pay.total("Expected USD"), "USD", lost)
    prepaid = book.prepaid
    moved = effective + total(prepaid.additions.sums()) - total(prepaid.release.sums())
    text = "Cash = effective cost + additions to prepaid - release of prepaid"
    if prepaid.accrued is not None:
        moved = moved + total(prepaid.accrued.settled.sums()) - total(prepaid.accrued.grown.sums())
        text += " + settled - accrued"
    yield Check(text, cash.total.sum(0), moved, "USD", "prepayments are not released as they are used")
    last = len(book.facts.months) - 1
    forward = total(prepaid.closing.sums()) + total(prepaid.additions.sums()) - total(prepaid.release.sums())
    text = "Prepaid: brought forward + additions - release = closing"
    yield Check(text, prepaid.closing_total.at(0, last), forward, "USD", "the roll-forward does not close")
    end = book.inputs["HorizonEnd"]
    left = sum_where(pay.column("After horizon USD"), Where(pay.column("Paid in"), "<", end))
    text = "Prepaid at the end = service after the horizon that is paid by then"
    yield Check(text, prepaid.closing_total.at(0, last), left, "USD", "a prepayment is released too early or too late")
    if prepaid.accrued is not None:
        owed = sum_where(pay.column("Effective USD"), Where(pay.column("Paid in"), ">=", end))
        text = "Accrued at the end = service of the horizon that is paid after it"
        accrued = prepaid.accrued.closing_total.at(0, last)
        yield Check(text, accrued, owed, "USD", "something is used and never paid, or paid and never used")
    text = "Present value of cash, month by month and at once"
    at_once = product_sum(cash.total.row(0), book.calendar.discount.row(0))
    yield Check(text, cash.present_value.sum(0), at_once, "USD", "a discount factor is in the wrong month")
    owing = book.accounts.obligations
    text = "Obligations by year = payments after the horizon"
    yield Check(text, owing.total("Payable USD"), total(cash.after.sums()), "USD", "an obligation is in no year")
    yield from _commitments(book)


def _commitments(book: Book) -> Iterator[Check]:
    """What held contracts and reserved orders cost by their nodes, hours and price, against their invoice lines."""
    pay, lines = book.payments, len(book.payments.rows)
    header = SERVICE_AND_FEE if book.facts.plan.rights else "Service from plan start USD"
    kinds, service = book.commitments.column("Kind"), book.commitments.column(header)
    kind, expected = pay.column("Purchase kind"), pay.column("Expected USD")
    from_start = Where(pay.column("Paid in"), ">=", book.inputs["ModelStart"])
    meaning = "a commitment is billed otherwise than its nodes, hours and price say"
    names = {"held": "Held contracts", "reserved": "Reserved orders"}
    more = {"owned": "Owned hardware", "capacity_block": "Capacity blocks"}
    names |= {word: name for word, name in more.items() if word in book.facts.by_the_node}
    for word, name in names.items():
        owed = sum_where(service, Where(kinds, "=", quoted(word)))
        billed = sum_where(expected, Where(kind, "=", quoted(word)), from_start)
        if word == "held":
            owed = owed - sum_where(pay.column(OPEN_AT_START), Where(kind, "=", quoted(word)))
        yield Check(f"{name}: service from plan start = what is billed for it", owed, billed, "USD", meaning, lines)


def _capacity(book: Book) -> Iterator[Check]:
    yield from _ladder(book)
    small = ZERO - book.inputs["ToleranceUnits"]
    short = count_where(Where(book.nodes.spare.block(), "<", small))
    yield Check("Blocks in which nodes are short", short, ZERO, "cells", "more is routed than there is capacity for")
    left = count_where(Where(book.fallback.offerings.column("Spare nodes"), "<", small))
    yield Check(
        "Events in which nodes are short", left, ZERO, "lines", "the fallback leans on capacity that is not there"
    )
    if book.fallback.apis is not None:
        over = count_where(Where(book.fallback.apis.column("Room"), "<", small))
        meaning = "the fallback counts on more than its share of a rate limit"
        yield Check("Events in which an API is asked for too much", over, ZERO, "lines", meaning)
    floors = count_where(Where(book.fallback.cases.column("Floor kept"), "=", quoted("FAIL")))
    yield Check("Events in which a floor is missed", floors, ZERO, "cases", "a workload falls below its floor")
    caps = count_where(Where(book.shares.caps.column("Kept"), "=", quoted("FAIL")))
    yield Check("Caps that are broken", caps, ZERO, "caps", "a group holds more than the policy allows")
    natures, missed = book.not_cash.column("Nature"), book.not_cash.column("Expected quantity")
    priced = sum_where(missed, Where(natures, "=", quoted("shortfall penalty")))
    text = "Tokens not served = tokens for which a penalty is counted"
    yield Check(text, book.demand.missed_total.sum(0), priced, "Mtok", "a shortfall is not priced")
    months = same_order(book.calendar.block_sum.row(0), book.calendar.time.hours_area())
    text = "Node-seconds worked out from rates = node-seconds of the plan, over all serving figures"
    worked, planned = (records.column("Node seconds per attempt") for records in (book.throughput, book.goodput))
    meaning = "a serving figure does not follow from its rates and haircut"
    yield Check(text, total(worked), total(planned), "node-seconds", meaning)
    text = "Months whose blocks add up to the calendar hours"
    yield Check(text, months, book.inputs["HorizonMonths"], "months", "hours are lost or counted twice")


def _ladder(book: Book) -> Iterator[Check]:
    ladder = book.futures.ladder
    if ladder is None:
        return
    moved = total(ladder.before.block()) - total(ladder.ends.block())
    for begins in ladder.begins:
        moved = moved + total(begins.block())
    text = "Ladder: month before + begin - end = under contract"
    meaning = "nodes begin or end that are on no line of Commitments"
    yield Check(text, moved, total(ladder.serving.block()), "nodes", meaning)


def _quotes(book: Book) -> Iterator[Check]:
    for signed in with_quotes(book):
        text = f"{signed.grid.name}: quotes that have expired on the day to sign"
        yield Check(text, expired_in(signed), ZERO, "lines", "a quote must be renewed")


def _completeness(book: Book) -> Iterator[Check]:
    plan, facts = book.facts.plan, book.facts
    rows = filled(book.payments.column("Line")) + filled(book.not_cash.column("Line"))
    yield Check("Lines of cost written", rows, len(plan.cost_lines), "lines", "a line of cost is missing")
    orders = filled(book.buy_lists.now.column("Order"))
    missing = "an order is missing"
    yield Check("Orders on the buy list", orders, len(facts.signed_now), "orders", missing)
    kinds = book.commitments.column("Kind")
    if not facts.several:
        new = count_where(Where(kinds, "=", quoted("reserved")))
        if facts.has_take_or_pay:
            new = new + count_where(Where(kinds, "=", quoted("take_or_pay")))
        for word in facts.by_the_node:
            new = new + count_where(Where(kinds, "=", quoted(word)))
        carried = sum(row.kind != "held" for row in book.commitments.rows) if plan.rights else orders
        yield Check("Orders carried to Commitments", new, carried, "orders", "an order has no commitment")
    held = count_where(Where(kinds, "=", quoted("held")))
    carried = sum(row.kind == "held" for row in book.commitments.rows) if plan.rights else len(facts.held)
    yield Check("Held contracts carried forward", held, carried, "contracts", "a held contract is missing")
    if book.futures.rights is not None:
        used = count_where(Where(book.futures.rights.column("State"), "=", quoted("used")))
        yield Check("Rights used", used, len(plan.rights), "rights", "a right that is used is missing")
    usage = filled(book.usage.column("Contract"))
    yield Check("Lines of usage written", usage, len(plan.usages), "lines", "hours bought are missing")
    span = book.offerings.span("Offering", len(facts.in_plan))
    same = same_order(span, book.effective.by_offering.keys(ITEM))
    text = "Offerings in the same order on Offerings and Calc sheets"
    yield Check(text, same, rows_in(span), "offerings", "group shares would be taken from the wrong rows")
    chance = total(book.inputs.probabilities) - ONE
    yield Check("Probabilities of the outlooks add up to 1", chance, ONE, "share", "expected figures are wrong")
