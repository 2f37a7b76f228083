"""Budgets: cash by the month in which it is paid, in every window and outlook, to the cent."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal, localcontext

from contracts.calendar import Month
from optimizer.audit.checks import Checks
from optimizer.audit.due import CENT, MONEY, NOT_CASH, is_capital
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine
from scenarios.policy import Budget, BudgetWindow, Spending


def check_budgets(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every budget in every outlook and window; one cent is allowed for each line, which the solver did not round."""
    cash = [line for line in stated.lines if line.nature not in NOT_CASH]
    with localcontext(MONEY):
        for budget in inputs.policy.budgets:
            lines = [line for line in cash if _counts(budget, line)]
            for window, months in _windows(inputs, budget).items():
                limit = budget.limit_usd * len(months) / whole_window(inputs, budget.window)
                for outlook in inputs.probability:
                    paid = [row for row in lines if row.paid_month in months and row.outlook in (None, outlook)]
                    checks.at_most_usd(
                        "policy.budget",
                        (budget.budget, outlook, window),
                        sum((row.amount_usd for row in paid), Decimal(0)),
                        limit,
                        allowed=CENT * len(paid),
                    )


def _counts(budget: Budget, line: CostLine) -> bool:
    if budget.spending is Spending.ALL:
        return True
    return is_capital(line.nature) == (budget.spending is Spending.CAPEX)


def _windows(inputs: Inputs, budget: Budget) -> dict[str, list[Month]]:
    """The months that count, by calendar window."""
    months = (
        month
        for month in inputs.months
        if (budget.first_month is None or budget.first_month <= month)
        and (budget.last_month is None or month <= budget.last_month)
    )
    return months_by_window(months, budget.window)


def months_by_window(months: Iterable[Month], window: BudgetWindow) -> dict[str, list[Month]]:
    """Months by the calendar window that they belong to."""
    windows: dict[str, list[Month]] = defaultdict(list)
    for month in months:
        windows[_name(window, month)].append(month)
    return dict(windows)


def _name(window: BudgetWindow, month: Month) -> str:
    return {
        BudgetWindow.MONTH: str(month),
        BudgetWindow.QUARTER: f"{month.year} Q{(month.number + 2) // 3}",
        BudgetWindow.YEAR: str(month.year),
        BudgetWindow.HORIZON: "horizon",
    }[window]


def whole_window(inputs: Inputs, window: BudgetWindow) -> int:
    """Months of a window that nothing cuts."""
    return {
        BudgetWindow.MONTH: 1,
        BudgetWindow.QUARTER: 3,
        BudgetWindow.YEAR: 12,
        BudgetWindow.HORIZON: len(inputs.months),
    }[window]
