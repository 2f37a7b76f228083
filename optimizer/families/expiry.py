"""Expiry: no more than a share of what is under commitment when a quarter begins may end in that quarter.

For rule r, calendar quarter q that begins in the horizon (its first month), and outlook s, over nodes that serve under
reserved, take-or-pay, block and held contracts in that month, by the course that they take (family remaining_term):

    end_one_by_one[r,q,s]:  sum over courses that end in q + 1 .. q + 3 of list_price[o] * nodes
                                <=  cap_share[r] * sum over all courses of list_price[o] * nodes

Nodes that leave end where they leave, those that are renewed with their last renewal. Rows are divided by the highest
list price. Rows that are the same in several outlooks stand once, under the first of them.

symbol               | V or P | explanation
list_price[o]        | P      | list price of a node-hour of the offering that serves
cap_share[r]         | P      | the cap
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import at_most_nothing, scaled
from optimizer.problem import Problem
from optimizer.shares import Sum, months_of
from optimizer.supply import Supply
from optimizer.under_commitment import Stretch, stretches, weighed
from scenarios.policy import ExpiryCap

SENTENCES = {"end_one_by_one": "{0}: what ends in a quarter at its cap"}

QUARTER_MONTHS = 3


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, quarter and outlook."""
    rows = ending(problem, problem.scenario.policy.expiries, decide)

    def end_one_by_one(_: Any, r: str, q: int, s: str) -> Any:
        return at_most_nothing(*rows[r, q, s].too_much)

    block.end_one_by_one = pyo.Constraint(list(rows), rule=end_one_by_one)


@dataclass(frozen=True, slots=True)
class Ending:
    """List price * nodes under commitment in the first month of a quarter: what ends in it, and all."""

    rule: ExpiryCap
    ends: Sum
    all: Sum
    highest_usd: float

    @property
    def too_much(self) -> Sum:
        """By how much more ends than the cap allows, divided by the row's size."""
        size = self.highest_usd or 1.0
        terms = [*scaled(1.0 / size, self.ends[0]), *scaled(-self.rule.cap_share / size, self.all[0])]
        return terms, (self.ends[1] - self.rule.cap_share * self.all[1]) / size


def ending(
    problem: Problem, rules: Iterable[ExpiryCap], decide: Decisions
) -> dict[tuple[str, int, str], Ending]:
    """What ends under every rule where anything serves, in the variables of a model that need not have its rows."""
    rows: dict[tuple[str, int, str], Ending] = {}
    ordered = sorted(rules, key=lambda rule: rule.rule)
    told: set[tuple[object, ...]] = set()
    for s in problem.outlooks if ordered else ():
        there = stretches(problem, decide, s)
        for rule in ordered:
            for q in quarters(problem, rule):
                row = _ending(problem, rule, there, q)
                named = tuple((amount, id(variable)) for amount, variable in (*row.ends[0], *row.all[0]))
                alike = rule.rule, q, row.ends[1], row.all[1], named
                if (row.all[0] or row.all[1]) and alike not in told:
                    told.add(alike)
                    rows[rule.rule, q, s] = row
    return rows


def quarters(problem: Problem, rule: ExpiryCap) -> list[int]:
    """The first months (indices) of the quarters that begin in the months of a rule."""
    return [t for t in months_of(problem, rule) if problem.months[t].number % QUARTER_MONTHS == 1]


def _ending(problem: Problem, rule: ExpiryCap, there: tuple[Stretch, ...], q: int) -> Ending:
    month = problem.months[q]
    serving = [(problem.list_price_usd(row.offering), row) for row in there if row.serves(month)]
    return Ending(
        rule,
        ends=weighed((price, row) for price, row in serving if row.end <= month + QUARTER_MONTHS),
        all=weighed(serving),
        highest_usd=max((price for price, _ in serving), default=0.0),
    )
