"""Checks of the split of cost: it adds up to the plan, however it is added up."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.plan_unit_cost import Part
from reports.formulas import Expr, Where
from reports.functions import quoted, sum_where
from reports.sheets.book import Book
from reports.sheets.charges import MIGRATION
from reports.sheets.check import Check
from reports.sheets.unit_cost import usd_of
from reports.unit_costs import View


def unit_cost_checks(book: Book) -> Iterator[Check]:
    """The parts against invoice lines, and the views against each other."""
    split, lines = book.unit_cost.split, book.unit_cost.lines
    effective, rounded = book.effective.total.sum(0), len(book.facts.plan.cost_lines)
    lost = "a line of cost is borne by nobody, or twice"
    yield Check("Cost in nine parts = effective cost", split.total("Total USD"), effective, "USD", lost, rounded)
    served = split.total("Accepted Mtok")
    yield Check("Tokens of the split = tokens served", served, book.tokens.total.sum(0), "Mtok", lost)

    def viewed(view: View) -> Expr:
        return sum_where(lines.column("Total USD"), Where(lines.column("View"), "=", quoted(view.value)))

    whole = split.total("Total USD")
    text = "Unit cost by workload = of the whole plan"
    yield Check(text, viewed(View.WORKLOAD), whole, "USD", "a workload is missing")
    columns, rest = viewed(View.OFFERING) + viewed(View.API), whole - viewed(View.SPLIT) - viewed(View.NO_COLUMN)
    text = "Unit cost of offerings and APIs = of the plan, splits and what has no column apart"
    yield Check(text, columns, rest, "USD", "a column is missing")
    if book.futures.migrations is not None:
        kind = Where(book.payments.column("Purchase kind"), "=", quoted(MIGRATION))
        work = sum_where(book.payments.column("Effective USD"), kind)
        text = "Engineering in the split = work on migrations"
        yield Check(text, split.total(usd_of(Part.ENGINEERING)), work, "USD", lost, rounded)
