"""The part of sheet Summary that only some plans have, and what is to be done next."""

from __future__ import annotations

from reports.formulas import Where
from reports.functions import count_where, greatest, least, product_sum, quoted
from reports.layout import Fmt
from reports.sheets.book import Book
from reports.sheets.not_cash import others_not_billed
from reports.sheets.rights import REFUSE, USED
from reports.sheets.signing_lists import to_sign
from reports.sheets.summary_writer import SummaryWriter

_NOT_YET = "do not sign yet: Buy_Later"


def write_sometimes(write: SummaryWriter, book: Book) -> None:
    """Measures that only some plans have: capital expenditure, take-or-pay, budgets, the spread over outlooks."""
    if book.cash.capex is not None:
        capex = book.cash.capex.sum(0)
        write.measure("Of the cash: capital expenditure", capex, "USD", "owned hardware, capitalised work: Calc_Cash")
    windows, budgets, outlooks = book.futures.windows, book.futures.budgets, book.futures.outlooks
    if windows is not None:
        unused = product_sum(windows.column("True up USD"), windows.column("Probability"))
        write.measure("Paid without use (true-ups)", unused, "USD", "expected over outlooks: Take_or_Pay")
    if budgets is not None:
        used = greatest(budgets.column("Used of the limit"))
        write.measure(
            "Budget that is used most", used, "of its limit", "tightest window and outlook: Budgets", Fmt.SHARE
        )
    if outlooks is not None:
        cost = outlooks.measures[0].by_outlook
        write.measure("Effective cost in the cheapest outlook", least(*cost), "USD", "Outlooks")
        write.measure("Effective cost in the dearest outlook", greatest(*cost), "USD", "Outlooks")


def write_not_billed(write: SummaryWriter, book: Book) -> None:
    """Prices of the policy, and how far the plan is from what was approved."""
    for row, words in enumerate(others_not_billed(book.not_cash), start=2):
        usd = book.effective.not_cash.sum(row)
        write.measure(f"Policy: {words} (not billed)", usd, "USD", "quantity x the policy's price: Not_Cash")
    changes = book.futures.changes
    if changes is not None:
        write.measure("Orders not as approved", changes.total("Differs"), "orders", "Changes", Fmt.WHOLE)
        write.measure("Value of what is not as approved", changes.total("Changed USD"), "USD", "as signed: Changes")


def write_next_steps(write: SummaryWriter, book: Book) -> None:
    """What must be signed until when, what must wait, and which work begins."""
    write.section("To do")
    orders, waiting = book.buy_lists.now, book.buy_lists.later
    label = "Orders to sign" if waiting is None else "Orders to sign now, whatever comes"
    if orders.rows:
        write.measure(label, len(orders.rows), "orders", "Buy_List", Fmt.WHOLE)
        write.measure("Value of these orders", orders.total("Order value USD"), "USD", "whole terms: Buy_List")
        write.measure("Of it upfront", orders.total("Upfront due USD"), "USD", "due with the start of service")
    else:
        write.measure(label, 0, "orders", "nothing to sign", Fmt.WHOLE)
    if waiting is not None:
        write.measure("Orders that wait for an outlook", len(waiting.rows), "orders", _NOT_YET, Fmt.WHOLE)
        expected = waiting.total("Expected value USD")
        write.measure("Expected value of these orders", expected, "USD", "value x probability of its outlook")
    _write_other_signatures(write, book)
    days = [signed.column("Order by") for signed in to_sign(book) if signed.rows]
    if days:
        write.measure("Next deadline to sign", least(*days), "day", "earliest order-by date of all lists", Fmt.DATE)
    migrations = book.futures.migrations
    if migrations is not None:
        begun = count_where(Where(migrations.column("Begun"), "=", quoted("yes")))
        write.measure("Migrations to begin", begun, f"of {len(migrations.rows)}", "Migrations", Fmt.WHOLE)
        cost = migrations.total("Expected cost USD")
        write.measure("Expected cost of migrations", cost, "USD", "engineering and upkeep in the horizon: Migrations")


def _write_other_signatures(write: SummaryWriter, book: Book) -> None:
    """What is signed, bought or declared beside orders of nodes."""
    spend, tokens, agreed = book.futures.spend, book.futures.by_token, book.futures.agreed_terms
    if spend is not None and spend.signed is not None:
        count = len(spend.signed.lists.now.rows)
        write.measure("Spend commitments to sign", count, "orders", "dollars an hour: Buy_Spend", Fmt.WHOLE)
    if tokens is not None and tokens.units is not None:
        count = len(tokens.units.rows)
        write.measure("Provisioned units to sign", count, "orders", "units of throughput: Buy_Units", Fmt.WHOLE)
    if agreed.signed is not None:
        count = sum(row.order_by is not None for row in agreed.signed.rows)
        write.measure("Agreements to sign", count, "agreements", "Buy_Agreements", Fmt.WHOLE)
    if agreed.credits is not None:
        cost = agreed.credits.total("Cost USD")
        write.measure("Credits to buy", cost, "USD", "lots, paid in their first month: Buy_Credits")
    if book.futures.rights is not None:
        states = book.futures.rights.column("State")
        declared = count_where(Where(states, "=", quoted(USED))) + count_where(Where(states, "=", quoted(REFUSE)))
        write.measure("Rights to use or refuse", declared, "notices", "what to say by which day: Rights", Fmt.WHOLE)
