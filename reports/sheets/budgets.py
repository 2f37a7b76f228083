"""Budgets: what is paid in every window and outlook, against the part of the limit that the window may spend."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month
from optimizer.plan import CostLine
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, Expr, Where
from reports.functions import compared, count_where, part_of_date, quoted, ratio, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs
from scenarios.policy import Budget, BudgetWindow, Spending


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A budget in one of its windows and in one outlook."""

    budget: Budget
    first: Month
    end: Month
    """First month that no longer counts."""
    outlook: str


def budgets_sheet(facts: Facts, inputs: Inputs, payments: Records[CostLine]) -> Records[BudgetRow]:
    """One line per budget, window and outlook, in order of time."""
    return write_records(
        Grid("Budgets", "decisions"),
        "tblBudgets",
        [*_which(facts), *_limit(inputs), *_paid(payments), *_kept(inputs, payments)],
        budget_rows(facts),
        "Budgets: cash of each window against its limit",
        "Undiscounted, in the month of payment, held contracts included, penalties and expected emergencies not. A"
        " window that is cut by the horizon has its part of the limit, by months.",
    )


def budget_rows(facts: Facts) -> list[BudgetRow]:
    """Windows of the calendar, as far as months of the horizon count in them."""
    return [
        BudgetRow(budget, months[0], months[-1] + 1, row.outlook)
        for budget in facts.scenario.policy.budgets
        for months in _windows(facts, budget)
        for row in facts.scenario.outlooks
    ]


def _windows(facts: Facts, budget: Budget) -> list[list[Month]]:
    first, last = budget.first_month or facts.months[0], budget.last_month or facts.months[-1]
    found: dict[object, list[Month]] = {}
    for month in facts.months:
        if first <= month <= last:
            found.setdefault(window_of(budget.window, month), []).append(month)
    return list(found.values())


def window_of(window: BudgetWindow, month: Month) -> object:
    """What the months of one window of the calendar have in common."""
    return {
        BudgetWindow.MONTH: month,
        BudgetWindow.QUARTER: (month.year, (month.number - 1) // 3),
        BudgetWindow.YEAR: month.year,
        BudgetWindow.HORIZON: "all",
    }[window]


def _which(facts: Facts) -> list[Field[BudgetRow]]:
    outlook = Field[BudgetRow]("Outlook", lambda r, _: r.outlook)
    return [
        Field("Budget", lambda r, _: r.budget.budget),
        Field("Spending", lambda r, _: r.budget.spending.value, Kind.INPUT),
        Field("Window", lambda r, _: r.budget.window.value, Kind.INPUT),
        Field("From", lambda r, _: r.first.first_day, fmt=Fmt.DATE),
        Field("Until", lambda r, _: r.end.first_day, fmt=Fmt.DATE),
        outlook,
    ]


def _limit(inputs: Inputs) -> list[Field[BudgetRow]]:
    whole = {
        BudgetWindow.MONTH: ONE,
        BudgetWindow.QUARTER: inputs["MonthsPerQuarter"],
        BudgetWindow.YEAR: inputs["MonthsPerYear"],
        BudgetWindow.HORIZON: inputs["HorizonMonths"],
    }

    def months(_: BudgetRow, at: Line) -> Expr:
        years = part_of_date(at["Until"], "YEAR") - part_of_date(at["From"], "YEAR")
        more = part_of_date(at["Until"], "MONTH") - part_of_date(at["From"], "MONTH")
        return years * inputs["MonthsPerYear"] + more

    def limit(_: BudgetRow, at: Line) -> Expr:
        return at["Limit of a whole window USD"] * at["Months that count"] / at["Months of a whole window"]

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        Field("Limit of a whole window USD", lambda r, _: inputs.budgets[r.budget.budget], Kind.LINK, money),
        Field("Months that count", months, calc, Fmt.WHOLE),
        Field("Months of a whole window", lambda r, _: whole[r.budget.window], Kind.LINK, Fmt.WHOLE),
        Field("Limit USD", limit, calc, money),
    ]


def _paid(payments: Records[CostLine]) -> list[Field[BudgetRow]]:
    def paid(row: BudgetRow, at: Line, outlook: Expr) -> Expr:
        narrowed = row.budget.spending is not Spending.ALL
        spending = [Where(payments.column("Spending"), "=", at["Spending"])] if narrowed else []
        return sum_where(
            payments.column("Amount USD"),
            Where(payments.column("Outlook"), "=", outlook),
            Where(payments.column("Paid in"), ">=", at["From"]),
            Where(payments.column("Paid in"), "<", at["Until"]),
            *spending,
        )

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        Field("Paid in all outlooks USD", lambda r, at: paid(r, at, quoted(ALL_OUTLOOKS)), calc, money),
        Field("Paid in this outlook USD", lambda r, at: paid(r, at, at["Outlook"]), calc, money),
        Field("Paid USD", lambda _, at: at["Paid in all outlooks USD"] + at["Paid in this outlook USD"], calc, money),
    ]


def _kept(inputs: Inputs, payments: Records[CostLine]) -> list[Field[BudgetRow]]:
    def lines(_: BudgetRow, at: Line) -> Expr:
        paid_in = payments.column("Paid in")
        return count_where(Where(paid_in, ">=", at["From"]), Where(paid_in, "<", at["Until"]))

    def verdict(_: BudgetRow, at: Line) -> Expr:
        cents = inputs["ToleranceUSD"] * at["Lines of these months"]
        return when(compared(at["Paid USD"], "<=", at["Limit USD"] + cents), quoted("OK"), quoted("FAIL"))

    calc = Kind.CALC
    return [
        Field("Used of the limit", lambda _, at: ratio(at["Paid USD"], at["Limit USD"]), calc, Fmt.SHARE),
        Field("Headroom USD", lambda _, at: at["Limit USD"] - at["Paid USD"], calc, Fmt.MONEY),
        Field("Lines of these months", lines, calc, Fmt.WHOLE),
        Field("Kept", verdict, calc),
    ]
