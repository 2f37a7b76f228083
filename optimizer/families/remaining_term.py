"""Remaining term: on the first day of any month, commitments run on for no more months than a limit on average.

For rule r, provider p (blank: all of them together), month t and outlook s, over nodes that serve under reserved,
take-or-pay, block and held contracts in month t, by the course that they take:

    run_no_longer[r,p,t,s]:  sum of list_price[o] * nodes * months_left[t]
                                 <=  limit_months[r] * sum of list_price[o] * nodes

    nodes        plain term:  lot_nodes[k] * (order_lots[k,u,f]  -  sum over its courses c of course[c]), or the held
                 a course:    lot_nodes[k] * course[c] on the own offering, swapped[c] on the other
                 a block:     n * bought[k,n,f]
    months_left  end of the course less t; a renewal that is not declared by then has the end of the plain term; of a
                 plain or terminated course at most to the first month in which the buyer may have left, if declared now

Rows are divided by the highest list price times limit_months, or times one month where the limit is less: a tiny limit
would otherwise make the row larger than the solver can keep to. Rows that are the same in several outlooks stand once,
under the first of them. A month without such nodes asks for nothing.

symbol               | V or P | explanation
order_lots[k,u,f]    | V      | lots of contract k promised for month u in future f
course[c]            | V      | lots (of what is held: nodes) that take course c (family rights)
swapped[c]           | V      | nodes of the other offering for those that are swapped
bought[k,n,f]        | V      | 1 if n nodes of capacity block k are bought
list_price[o]        | P      | list price of a node-hour of the offering that serves
limit_months[r]      | P      | the cap
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, at_most_nothing, scaled
from optimizer.problem import Problem
from optimizer.shares import Sum, months_of
from optimizer.supply import Supply
from optimizer.under_commitment import Stretch, stretches, weighed
from scenarios.policy import RemainingTermCap

SENTENCES = {"run_no_longer": "{0}: remaining terms at their limit"}

Place = tuple[str, str, int, str]
"""Rule, provider (blank: all), month and outlook."""


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, provider, month and outlook."""
    rows = terms_left(problem, problem.scenario.policy.remaining_terms, decide)

    def run_no_longer(_: Any, r: str, p: str, t: int, s: str) -> Any:
        return at_most_nothing(*rows[r, p, t, s].longer)

    block.run_no_longer = pyo.Constraint(list(rows), rule=run_no_longer)


@dataclass(frozen=True, slots=True)
class TermsLeft:
    """Nodes of a month under a rule: list price * nodes, and list price * nodes * months left."""

    rule: RemainingTermCap
    weighed: Sum
    weighed_months: Sum
    highest_usd: float

    @property
    def longer(self) -> Sum:
        """By how much they run longer than the limit, divided by the row's size."""
        limit = self.rule.limit_months
        size = max(limit, 1.0) * self.highest_usd or 1.0
        terms = [*scaled(1.0 / size, self.weighed_months[0]), *scaled(-limit / size, self.weighed[0])]
        return terms, (self.weighed_months[1] - limit * self.weighed[1]) / size


def terms_left(problem: Problem, rules: Iterable[RemainingTermCap], decide: Decisions) -> dict[Place, TermsLeft]:
    """What runs under every rule where anything does, in the variables of a model that need not have its rows."""
    rows: dict[Place, TermsLeft] = {}
    ordered = sorted(rules, key=lambda rule: rule.rule)
    told: set[tuple[object, ...]] = set()
    for s in problem.outlooks if ordered else ():
        there = stretches(problem, decide, s)
        for rule in ordered:
            for p in _providers(problem, rule, there):
                mine = [row for row in there if p in ("", problem.offering[row.offering].provider)]
                for t in months_of(problem, rule):
                    row = _left(problem, rule, mine, t)
                    alike = rule.rule, p, t, row.weighed[1], row.weighed_months[1], _named(row.weighed_months[0])
                    if (row.weighed[0] or row.weighed[1]) and alike not in told:
                        told.add(alike)
                        rows[rule.rule, p, t, s] = row
    return rows


def _named(terms: list[Term]) -> tuple[tuple[float, int], ...]:
    return tuple((amount, id(variable)) for amount, variable in terms)


def _providers(problem: Problem, rule: RemainingTermCap, there: tuple[Stretch, ...]) -> list[str]:
    if rule.provider != "*":
        return [rule.provider]
    return sorted({problem.offering[row.offering].provider for row in there})


def _left(problem: Problem, rule: RemainingTermCap, there: list[Stretch], t: int) -> TermsLeft:
    month = problem.months[t]
    serving = [(problem.list_price_usd(row.offering), row) for row in there if row.serves(month)]
    return TermsLeft(
        rule,
        weighed=weighed(serving),
        weighed_months=weighed((price * row.months_left(month), row) for price, row in serving),
        highest_usd=max((price for price, _ in serving), default=0.0),
    )
