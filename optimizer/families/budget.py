"""Budgets: cash leaves when it is paid, and in no window more of it than the budget allows.

    keep_the_budget[i,v,s]:  cash paid in the months of v, as charged in the ledger, held contracts included
                                 <=  limit_usd[i] * months of v that count / months of a whole window

    cash: undiscounted; all natures that somebody bills, or only capital expenditure, or all but that

Rows are divided by their limit. A row without variables is left out if it holds and makes the case impossible if not.

symbol        | V or P | explanation
limit_usd[i]  | P      | limit of budget i for a whole window; v is named by its first month
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from contracts.terms.common import Nature
from optimizer.decisions import Decisions
from optimizer.ledger import Charge, Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply
from scenarios.policy import Budget, BudgetWindow, Spending

WINDOW_MONTHS = {BudgetWindow.MONTH: 1, BudgetWindow.QUARTER: 3, BudgetWindow.YEAR: 12}
ROUNDING = 1e-9
"""What the sums of held contracts alone may be off, as a share of the limit."""

SENTENCES = {"keep_the_budget": "budget {0} used up in the window from {1}"}


@dataclass(frozen=True)
class Spent:
    """What is paid in one window of a budget in one outlook, and what may be."""

    budget: str
    first_month: str
    outlook: str
    terms: tuple[Term, ...]
    constant_usd: float
    limit_usd: float


@dataclass(frozen=True)
class Window:
    """Months (indices) of one window that count, and what may be spent in them."""

    months: tuple[int, ...]
    limit_usd: float


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """One row for every budget, window and outlook."""
    rows = {(row.budget, row.first_month, row.outlook): row for row in spending(problem, ledger)}

    def keep_the_budget(_: Any, i: str, v: str, s: str) -> Any:
        row = rows[i, v, s]
        size = max(row.limit_usd, 1.0)
        left = (row.limit_usd - row.constant_usd) / size
        if not row.terms:
            return pyo.Constraint.Skip if left >= -ROUNDING else pyo.Constraint.Infeasible
        return linear(scaled(1.0 / size, row.terms)) <= left

    block.keep_the_budget = pyo.Constraint(list(rows), rule=keep_the_budget)


def spending(problem: Problem, ledger: Ledger) -> Iterator[Spent]:
    """What the ledger holds against each budget, by budget, window and outlook."""
    budgets = {budget.budget: budget for budget in problem.scenario.policy.budgets}
    cash = {s: ledger.cash(s) for s in problem.outlooks} if budgets else {}
    for name in sorted(budgets):
        for first_month, window in windows(problem, budgets[name]).items():
            for s in problem.outlooks:
                terms, constant = _paid(cash[s], budgets[name].spending, frozenset(window.months))
                yield Spent(name, first_month, s, tuple(terms), constant, window.limit_usd)


def windows(problem: Problem, budget: Budget) -> dict[str, Window]:
    """The windows of a budget by their first month that counts."""
    whole = WINDOW_MONTHS.get(budget.window, len(problem.months))
    groups: dict[int, list[int]] = {}
    for t, month in enumerate(problem.months):
        if (budget.first_month or month) <= month <= (budget.last_month or month):
            number = 0 if budget.window is BudgetWindow.HORIZON else (month.year * 12 + month.number - 1) // whole
            groups.setdefault(number, []).append(t)
    return {
        str(problem.months[months[0]]): Window(tuple(months), float(budget.limit_usd) * len(months) / whole)
        for months in groups.values()
    }


def _paid(charges: list[Charge], spending: Spending, months: frozenset[int]) -> tuple[list[Term], float]:
    terms: dict[int, tuple[float, Any]] = {}
    constant = 0.0
    for charge in charges:
        if not _counts(charge.nature, spending):
            continue
        paid = sum(usd for t, usd in charge.cash_usd if t in months)
        if charge.variable is None:
            constant += paid
        elif paid:
            before = terms.get(id(charge.variable), (0.0, None))[0]
            terms[id(charge.variable)] = (before + paid, charge.variable)
    return list(terms.values()), constant


def _counts(nature: Nature, spending: Spending) -> bool:
    return spending is Spending.ALL or nature.is_capex == (spending is Spending.CAPEX)
