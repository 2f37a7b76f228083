"""Budgets: most cash that may leave, as records.

Meanings: docs/decisions/0011.
"""

from enum import StrEnum

from catalog.records import Id, Usd
from scenarios.policy_shares import InMonths


class Spending(StrEnum):
    """Which payments a budget is for."""

    ALL = "all"
    OPEX = "opex"
    """Everything that is paid but capital expenditure."""
    CAPEX = "capex"
    """Capital expenditure: engineering that is capitalised."""


class BudgetWindow(StrEnum):
    """Over which months a budget is added up; quarters and years are those of the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    HORIZON = "horizon"


class Budget(InMonths):
    """Most cash that may leave in each window: undiscounted, when it is paid, held contracts included."""

    budget: Id
    spending: Spending = Spending.ALL
    window: BudgetWindow
    limit_usd: Usd
    """For a whole window; one that is cut by the horizon or by the months below has its part of it, by months."""
