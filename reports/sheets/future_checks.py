"""Checks that only some plans have a case for: outlooks, take-or-pay, migrations, budgets, capital expenditure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from contracts.terms.common import Nature
from reports.facts import BY_THE_TOKEN
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, count_where, filled, product_sum, quoted, sum_where, total, when
from reports.records import Records
from reports.sheets.book import Book
from reports.sheets.by_token import ByToken
from reports.sheets.changes import ChangeRow, kept
from reports.sheets.charges import (
    AGREEMENT,
    API,
    CREDIT,
    DISCOUNT,
    MAKE_UP,
    MIGRATION,
    OBLIGATION,
    PART_COVERED,
    PROVISIONED,
    SHORTFALL,
    SPEND_COMMITMENT,
    TRUE_UP,
    USED,
)
from reports.sheets.check import Check
from reports.sheets.commitments import EXPECTED_NODES
from reports.sheets.courses import TERM
from reports.sheets.footprint_sheets import footprint_checks
from reports.sheets.input_stability import MOST_ORDERS, MOST_USD
from reports.sheets.lock_in import lock_in_checks
from reports.sheets.not_cash import WORDS
from reports.sheets.spend import SignedSpend
from reports.sheets.volume import TierRow

_PLAN = "the workbook does not show the plan that was solved and audited"


def future_checks(book: Book) -> Iterator[Check]:
    """Those for which this plan has a case."""
    if book.facts.tells_capex:
        yield from _capex(book)
    if book.futures.budgets is not None:
        yield from _budgets(book)
    if book.futures.changes is not None:
        yield from _changes(book, book.futures.changes)
    if book.futures.lock_in is not None:
        yield from lock_in_checks(book.futures.lock_in)
    if book.futures.footprint is not None:
        yield from footprint_checks(book.facts, book.futures.footprint, book.node_hours, book.not_cash)
    if book.futures.migrations is not None:
        yield from _migrations(book)
    if book.futures.windows is not None:
        yield from _take_or_pay(book)
    if book.futures.spend is not None and book.futures.spend.signed is not None:
        yield from _spend(book, book.futures.spend.signed)
    yield from _agreed(book)
    if book.futures.by_token is not None:
        yield from _by_token(book, book.futures.by_token)
    if book.futures.volume is not None:
        yield from _volume(book, book.futures.volume)
    if book.futures.outlooks is not None:
        yield from _outlooks(book)
        yield from _knowing(book)


def _capex(book: Book) -> Iterator[Check]:
    if book.cash.capex is not None:
        capex, totals = book.cash.capex.sum(0), book.facts.plan.totals
        lines = len(book.payments.rows)
        yield Check("Capital expenditure in the horizon", capex, totals.capex_usd, "USD", _PLAN, lines)


def _budgets(book: Book) -> Iterator[Check]:
    assert book.futures.budgets is not None
    broken = count_where(Where(book.futures.budgets.column("Kept"), "=", quoted("FAIL")))
    yield Check("Budgets that are exceeded", broken, ZERO, "windows", "more is paid in a window than its budget allows")


def _changes(book: Book, records: Records[ChangeRow]) -> Iterator[Check]:
    changes, stability = book.facts.plan.changes_of_orders, book.facts.scenario.policy.stability
    usd, differing = records.total("Changed USD"), records.total("Differs")
    told = sum((change.changed_usd for change in changes), Decimal(0))
    yield Check("Value of changed orders", usd, told, "USD", _PLAN, len(changes))
    yield Check("Orders that are not as approved", differing, sum(c.is_changed for c in changes), "orders", _PLAN)
    broken = "more orders are changed than the policy allows"
    if stability is not None and stability.changed_usd_at_most is not None:
        over = when(compared(kept(book.inputs, usd, book.inputs[MOST_USD]), "=", quoted("OK")), ZERO, ONE)
        yield Check("Changed value within what the policy allows", over, ZERO, "limits", broken)
    if stability is not None and stability.changed_orders_at_most is not None:
        over = when(compared(differing, "<=", book.inputs[MOST_ORDERS]), ZERO, ONE)
        yield Check("Changed orders within what the policy allows", over, ZERO, "limits", broken)
    if stability is not None and stability.price_per_changed_usd:
        lines = book.not_cash
        billed = sum_where(
            lines.column("Expected USD"), Where(lines.column("Nature"), "=", quoted(WORDS[Nature.STABILITY_PRICE]))
        )
        meaning = "the price of the changes is counted otherwise than the changes are"
        priced = records.total("Price of the change USD")
        yield Check("Changes: price as counted = price of what differs", billed, priced, "USD", meaning, len(changes))
        yield Check("Price of changes", billed, book.facts.plan.totals.stability_price_usd, "USD", _PLAN, len(changes))


def _migrations(book: Book) -> Iterator[Check]:
    records = book.futures.migrations
    assert records is not None
    begun = count_where(Where(records.column("Begun"), "=", quoted("yes")))
    count = len(book.facts.plan.migrations)
    yield Check("Migrations that are begun", begun, count, "migrations", "a migration is missing")
    pay, lines = book.payments, len(book.payments.rows)
    billed = sum_where(pay.column("Expected USD"), Where(pay.column("Purchase kind"), "=", quoted(MIGRATION)))
    meaning = "a migration is billed otherwise than its work, its upkeep and its gate say"
    yield Check(
        "Migrations: cost as stated = what is billed for it",
        records.total("Expected cost USD"),
        billed,
        "USD",
        meaning,
        lines,
    )


def _take_or_pay(book: Book) -> Iterator[Check]:
    windows, minimums, pay = book.futures.windows, book.futures.minimums, book.payments
    assert windows is not None
    assert minimums is not None
    lines = len(pay.rows)
    wrong = count_where(Where(windows.column("Settled as planned"), "=", quoted("FAIL")))
    meaning = "a window is settled otherwise than its minimum and its use say"
    yield Check("Take-or-pay: windows settled otherwise than in the plan", wrong, ZERO, "windows", meaning)
    rows = filled(windows.column("Order"))
    yield Check("Take-or-pay: windows written", rows, len(book.facts.plan.take_or_pay), "windows", "one is missing")
    part, expected = pay.column("Part"), pay.column("Expected USD")
    settled = sum_where(expected, Where(part, "=", quoted(TRUE_UP)))
    settled = settled + sum_where(expected, Where(part, "=", quoted(MAKE_UP)))
    text = "Take-or-pay: true-ups less make-ups = what is billed for them"
    yield Check(text, windows.total("Expected to pay USD"), settled, "USD", "a settlement is not billed", lines)
    kinds, after = book.commitments.column("Kind"), book.commitments.column("Service after horizon USD")
    owed = sum_where(after, Where(kinds, "=", quoted("take_or_pay")))
    obliged = sum_where(expected, Where(part, "=", quoted(OBLIGATION)))
    text = "Take-or-pay: minimums still owed after the horizon = obligations on Payments"
    yield Check(text, owed, obliged, "USD", "a minimum is owed and not listed", lines)


def _by_token(book: Book, sheets: ByToken) -> Iterator[Check]:
    pay, plan = book.payments, book.facts.plan
    lines, kind, expected = len(pay.rows), pay.column("Purchase kind"), pay.column("Expected USD")
    bought = filled(sheets.bought.column("API")) if sheets.bought else ZERO
    text = "Served by the token: lines written"
    yield Check(text, bought, len(plan.api_placements), "lines", "tokens bought are missing")
    if sheets.bought is not None:
        carried = sheets.bought.column("Carried by")
        priced = sum_where(sheets.bought.column("Expected USD"), Where(carried, "=", quoted(BY_THE_TOKEN)))
        billed = sum_where(expected, Where(kind, "=", quoted(API)))
        text = "Served by the token: tokens at their prices = what is billed for them"
        yield Check(text, priced, billed, "USD", "tokens are billed at another price than their API's", lines)
    above = ONE + book.inputs["ToleranceUnits"]
    if sheets.limits is not None:
        over = count_where(Where(sheets.limits.column("Input limit used"), ">", above))
        over = over + count_where(Where(sheets.limits.column("Output limit used"), ">", above))
        text = "Served by the token: blocks above a rate limit"
        yield Check(text, over, ZERO, "lines", "more is sent or received in a second than the API allows")
    if sheets.units is not None:
        value = sheets.units.total("Expected value USD")
        billed = sum_where(expected, Where(kind, "=", quoted(PROVISIONED)))
        text = "Provisioned units: value of the terms = what is billed for them"
        yield Check(text, value, billed, "USD", "units are billed otherwise than their hours and price say", lines)
    if sheets.unit_use is not None:
        short = count_where(Where(sheets.unit_use.column("Share used"), ">", above))
        text = "Provisioned units: blocks in which more are busy than there are"
        yield Check(text, short, ZERO, "lines", "units carry more than their mix allows")


def _spend(book: Book, signed: SignedSpend) -> Iterator[Check]:
    pay, plan = book.payments, book.facts.plan
    lines, part, expected = len(pay.rows), pay.column("Part"), pay.column("Expected USD")
    count = filled(signed.lists.now.column("Order"))
    value = signed.lists.now.total("Expected value USD")
    if signed.lists.later is not None:
        count = count + filled(signed.lists.later.column("Order"))
        value = value + signed.lists.later.total("Expected value USD")
    yield Check("Spend commitments listed", count, len(plan.committed_spend), "orders", "a commitment is missing")
    kind = Where(pay.column("Purchase kind"), "=", quoted(SPEND_COMMITMENT))
    covered = sum_where(expected, Where(part, "=", quoted(PART_COVERED)))
    text = "Spend commitments: value of the terms = what is billed for them"
    meaning = "a commitment is billed otherwise than its dollars and hours say"
    yield Check(text, value, sum_where(expected, kind) - covered, "USD", meaning, lines)
    rows = filled(signed.coverage.column("Contract")) if plan.coverage else ZERO
    yield Check("Spend commitments: lines of coverage", rows, len(plan.coverage), "lines", "covered use is missing")
    small = ZERO - book.inputs["ToleranceUnits"]
    over = count_where(Where(signed.use.column("Lost USD"), "<", small))
    meaning = "more is covered than the dollars of an hour allow"
    yield Check("Spend commitments: months in which more is used than committed", over, ZERO, "months", meaning)


def _agreed(book: Book) -> Iterator[Check]:
    agreed, pay = book.futures.agreed, book.payments
    lines, part, expected = len(pay.rows), pay.column("Part"), pay.column("Expected USD")

    def billed(kind: str, what: str) -> Expr:
        of_kind = Where(pay.column("Purchase kind"), "=", quoted(kind))
        return sum_where(expected, of_kind, Where(part, "=", quoted(what)))

    if agreed.years is not None:
        wrong = count_where(Where(agreed.years.column("Settled as planned"), "=", quoted("FAIL")))
        meaning = "a year is settled otherwise than its charges and its commitment say"
        yield Check("Agreements: years settled otherwise than in the plan", wrong, ZERO, "years", meaning)
        count = len(book.facts.plan.agreement_years)
        yield Check("Agreements: years written", filled(agreed.years.column("From")), count, "years", "one is missing")
        missing, taken_off = agreed.years.total("Expected shortfall USD"), agreed.years.total("Expected discount USD")
        text = "Agreements: shortfalls = what is billed for them"
        yield Check(text, missing, billed(AGREEMENT, SHORTFALL), "USD", "a shortfall is not billed", lines)
        text = "Agreements: discounts = what is billed less"
        less = ZERO - billed(AGREEMENT, DISCOUNT)
        yield Check(text, taken_off, less, "USD", "a discount is not billed, or billed twice", lines)
    if agreed.credits is not None:
        over = count_where(Where(agreed.credits.column("Within its limits"), "=", quoted("FAIL")))
        meaning = "a credit pays more than its balance, its share of the invoice or its limit allows"
        yield Check("Credits: months in which too much is used", over, ZERO, "months", meaning)
        used = ZERO - agreed.credits.total("Expected use USD")
        text = "Credits: used = what is billed less"
        yield Check(text, used, billed(CREDIT, USED), "USD", "a use is not billed, or billed twice", lines)


def _volume(book: Book, volume: Records[TierRow]) -> Iterator[Check]:
    pay, lines = book.payments, len(book.payments.rows)
    billed = sum_where(pay.column("Expected USD"), Where(pay.column("Purchase kind"), "=", quoted("volume")))
    text = "Volume tiers: cost of all parts = what is billed for them"
    meaning = "a window is billed otherwise than its tiers and its purchases say"
    yield Check(text, volume.total("Expected cost USD"), billed, "USD", meaning, lines)
    small = ZERO - book.inputs["ToleranceUnits"]
    short = count_where(Where(volume.column("Bought and not used"), "<", small))
    yield Check("Volume tiers: windows in which less is bought than used", short, ZERO, "windows", meaning)


def _outlooks(book: Book) -> Iterator[Check]:
    sheet, plan, pay = book.futures.outlooks, book.facts.plan, book.payments
    assert sheet is not None
    lines = len(plan.cost_lines)
    for measure in sheet.measures:
        unit = "Mtok" if "Mtok" in measure.label else "USD"
        short = measure.label.split(":")[0].removesuffix(", Mtok")
        for row, cell in zip(book.facts.scenario.outlooks, measure.by_outlook, strict=True):
            if cell.value is not None and unit == "USD":
                said = measure.of_plan(book.facts.totals_in[row.outlook])
                yield Check(f"{row.outlook}: {short}", cell, said, unit, _PLAN, lines)
    by_label = {measure.label: measure.expected for measure in sheet.measures}
    closes = "expected figures are not the mean of the outlooks"
    for label, whole, unit in (
        ("Effective cost in the horizon", book.effective.total.sum(0), "USD"),
        ("Cash in the horizon", book.cash.total.sum(0), "USD"),
        ("Objective: what was minimised", pay.total("Objective USD") + book.not_cash.total("Objective USD"), "USD"),
        ("Accepted output tokens served, Mtok", book.tokens.total.sum(0), "Mtok"),
    ):
        text = f"Mean of the outlooks = whole: {label}"
        yield Check(text, by_label[label], whole, unit, closes)
    yield from _nodes(book)


def _nodes(book: Book) -> Iterator[Check]:
    """Orders of all outlooks, each with its probability, are the commitments that are new."""
    lists, commitments = book.buy_lists, book.commitments
    ordered = lists.now.total("Nodes")
    if lists.later is not None:
        later = lists.later
        yield Check(
            "Orders that wait for their outlook",
            filled(later.column("Order")),
            len(book.facts.signed_later),
            "orders",
            "an order is missing",
        )
        ordered = ordered + product_sum(later.column("Nodes"), later.column("Probability"))
    nodes = commitments.column(EXPECTED_NODES)
    plain = [Where(commitments.column("Course"), "=", quoted(TERM))] if book.facts.plan.rights else []
    carried = sum_where(nodes, *plain) if plain else total(nodes)
    held = sum_where(nodes, Where(commitments.column("Kind"), "=", quoted("held")), *plain)
    text = "Expected nodes of new commitments = nodes on the buy lists"
    yield Check(text, carried - held, ordered, "nodes", "an order has no commitment")


def _knowing(book: Book) -> Iterator[Check]:
    sheet = book.futures.outlooks
    assert sheet is not None
    if sheet.knowing is None:
        return
    meaning = "what knowing is worth does not follow from the costs beside it"
    lines = len(book.facts.plan.cost_lines)
    for value in sheet.knowing.values:
        said = value.of_plan
        for word, cell, usd in (
            ("at least", value.at_least, said.at_least_usd),
            ("as found", value.found, said.usd),
            ("at most", value.at_most, said.at_most_usd),
        ):
            yield Check(f"{value.label}, {word}", cell, usd, "USD", meaning, lines)
