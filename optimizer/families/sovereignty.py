"""Sovereignty: the index of the fleet, weighed with capacity, is at least at its floor.

    hold_the_floor[r,v,s]:
        sum over o, t in v of (index_at_least[r] - index[o]) * list_price[o] * node_hours[o,t,s]  <=  0

    index[o]           =  sum over the four parts of weight * score / 100, of the rating of o; 0 without one
    node_hours[o,t,s]  =  held or used, as charged in the ledger; what is served by the token has none

A window is a month in which the rule holds, or all of them together. Rows are divided by the price of 100 points of a
node for the hours of the window. A window without capacity is exempt. A row without variables is left out if it holds
and makes the case impossible if not.

symbol             | V or P | explanation
node_hours[o,t,s]  | P      | linear in orders, active nodes and nodes by the hour; v as its month, or horizon
index_at_least[r]  | P      | the floor of rule r
list_price[o]      | P      | list price of a node-hour
"""

from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.footprint_figures import FootprintFigures
from optimizer.ledger import ByHolderAndMonth, Ledger
from optimizer.linear import Term, linear
from optimizer.problem import Problem
from optimizer.supply import Supply
from scenarios.policy import SovereigntyFloor, Window

ROUNDING = 1e-9
"""What the sums of held contracts alone may be off, as a share of the row's size."""
FULL_INDEX = 100.0

SENTENCES = {"hold_the_floor": "{0}: the index of the fleet at its floor"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every floor, window and outlook."""
    rules = {rule.rule: rule for rule in problem.scenario.policy.sovereignty}
    figures = FootprintFigures(problem.scenario)
    index = {o: figures.index(o) for o in problem.offering} if rules else {}
    node_hours = {s: ledger.node_hours(s) for s in problem.outlooks} if rules else {}
    windows = {
        (name, window): months
        for name, rule in sorted(rules.items())
        for window, months in _windows(problem, rule).items()
    }

    def hold_the_floor(_: Any, r: str, window: str, s: str) -> Any:
        months = windows[r, window]
        terms, constant = _short_of(problem, rules[r].index_at_least, index, months, node_hours[s])
        if not terms:
            return pyo.Constraint.Skip if constant <= ROUNDING else pyo.Constraint.Infeasible
        return linear(terms) <= -constant

    rows = [(*place, s) for place in windows for s in problem.outlooks]
    block.hold_the_floor = pyo.Constraint(rows, rule=hold_the_floor)


def _windows(problem: Problem, rule: SovereigntyFloor) -> dict[str, list[int]]:
    """The months of every window of a rule, by the window's name."""
    months = [t for t in problem.month_indices if rule.holds_in(problem.months[t])]
    if rule.window is Window.HORIZON:
        return {"horizon": months} if months else {}
    return {str(problem.months[t]): [t] for t in months}


def _short_of(
    problem: Problem, floor: float, index: dict[str, float], months: list[int], node_hours: ByHolderAndMonth
) -> tuple[list[Term], float]:
    """What capacity below the floor lacks, less what the rest has above it, divided by the row's size."""
    prices = {o: float(row.list_price_usd_per_node_hour) for o, row in problem.offering.items()}
    mean = sum(prices.values()) / max(1, len(prices)) or 1.0
    size = sum(problem.months[t].hours for t in months) * mean * FULL_INDEX
    terms: list[Term] = []
    constant = 0.0
    for o, price in prices.items():
        weight = (floor - index[o]) * price / size
        for t in months:
            terms.extend((weight * hours, variable) for hours, variable in node_hours.terms(o, t) if weight)
            constant += weight * node_hours.constant(o, t)
    return terms, constant
