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

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.footprint_figures import FootprintFigures
from optimizer.ledger import ByHolderAndMonth, Ledger
from optimizer.linear import Term, at_most_nothing, scaled
from optimizer.problem import Problem
from optimizer.shares import windows
from optimizer.supply import Supply
from scenarios.policy import SovereigntyFloor

FULL_INDEX = 100.0
NOTHING = 1e-11
"""Points by which an index may miss the floor in binary digits alone."""

Sum = tuple[list[Term], float]
"""Terms and a constant."""

SENTENCES = {"hold_the_floor": "{0}: the index of the fleet at its floor"}


@dataclass(frozen=True, slots=True)
class Weighed:
    """Capacity of the fleet in a window of an outlook, and the same weighed with the index, in variables of a model."""

    rule: SovereigntyFloor
    capacity: Sum
    weighed: Sum
    size: float
    """By what the row is divided."""

    @property
    def short(self) -> Sum:
        """What capacity below the floor lacks, less what the rest has above it; none above 0 where it is kept."""
        least = self.rule.index_at_least
        pairs = zip(self.capacity[0], self.weighed[0], strict=True)
        lacking = [(least * listed - weighed, abs(listed), variable) for (listed, variable), (weighed, _) in pairs]
        terms = [(by, variable) for by, listed, variable in lacking if abs(by) > NOTHING * listed]
        return scaled(1.0 / self.size, terms), (least * self.capacity[1] - self.weighed[1]) / self.size


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every floor, window and outlook."""
    rows = indices(problem, problem.scenario.policy.sovereignty, ledger)

    def hold_the_floor(_: Any, *place: str) -> Any:
        return at_most_nothing(*rows[place].short)  # type: ignore[index]

    block.hold_the_floor = pyo.Constraint(list(rows), rule=hold_the_floor)


def indices(
    problem: Problem, rules: Iterable[SovereigntyFloor], ledger: Ledger
) -> dict[tuple[str, str, str], Weighed]:
    """What every floor is about, by rule, window and outlook, in variables of a model that need not have its rows."""
    figures = FootprintFigures(problem.scenario)
    index = {o: figures.index(o) for o in problem.offering}
    found: dict[tuple[str, str, str], Weighed] = {}
    for rule in sorted(rules, key=lambda row: row.rule):
        for s in problem.outlooks:
            node_hours = ledger.node_hours(s)
            for window, months in windows(problem, rule).items():
                hours = sum(problem.months[t].hours for t in months)
                size = hours * _mean_price(problem) * FULL_INDEX
                capacity = _summed(problem, months, node_hours, lambda _: 1.0)
                weighed = _summed(problem, months, node_hours, index.__getitem__)
                found[rule.rule, window, s] = Weighed(rule, capacity, weighed, size)
    return found


def _mean_price(problem: Problem) -> float:
    prices = [problem.list_price_usd(o) for o in problem.offering]
    return sum(prices) / max(1, len(prices)) or 1.0


def _summed(
    problem: Problem, months: list[int], node_hours: ByHolderAndMonth, weight: Callable[[str], float]
) -> Sum:
    terms: list[Term] = []
    constant = 0.0
    for o in problem.offering:
        factor = weight(o) * problem.list_price_usd(o)
        for t in months:
            terms += scaled(factor, node_hours.terms(o, t))
            constant += factor * node_hours.constant(o, t)
    return terms, constant
