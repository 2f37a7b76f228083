"""Outstanding: no more than a limit may still have to be paid after any month under what has been signed.

For rule r, provider p (blank: all of them together), month t and outlook s:

    owe_no_more[r,p,t,s]:  sum over what is held of owed[h,t]
                           +  sum over orders (k,u,f) that are signed by t of owed[k,u,t,s] * order_lots[k,u,f]
                           +  sum over blocks, spend commitments and provisioned throughput of the same
                           +  sum over renewals c that are declared by t of owed[c,t,s] * course[c]  <=  limit_usd[r]

    owed  =  what is paid after t as signed; with a right to terminate less the most that an exit saves which can still
             be declared after t: the recurring fees given up, less the fee for leaving

A right that is used lowers nothing. Rows are divided by the middle (geometric) of their amounts. Rows that are the same
in several outlooks stand once, under the first of them.

symbol               | V or P | explanation
order_lots[k,u,f]    | V      | lots of contract k promised for month u in future f
course[c]            | V      | lots (of what is held: nodes) that take course c (family rights)
owed                 | P      | dollars still to be paid after month t by a lot, node, block or step; all that is held
limit_usd[r]         | P      | the cap
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, at_most_nothing, scaled
from optimizer.problem import Problem
from optimizer.shares import months_of
from optimizer.signed import Signed, signed
from optimizer.supply import Supply
from scenarios.policy import OutstandingCap

SENTENCES = {"owe_no_more": "{0}: what is outstanding at its limit"}

Place = tuple[str, str, int, str]
"""Rule, provider (blank: all), month and outlook."""


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every rule, provider, month and outlook."""
    rows = amounts_owed(problem, problem.scenario.policy.outstanding, decide, supply)

    def owe_no_more(_: Any, r: str, p: str, t: int, s: str) -> Any:
        row = rows[r, p, t, s]
        size = _middle([*(abs(usd) for usd, _ in row.terms), float(row.rule.limit_usd)])
        return at_most_nothing(scaled(1.0 / size, row.terms), (row.held_usd - float(row.rule.limit_usd)) / size)

    block.owe_no_more = pyo.Constraint(list(rows), rule=owe_no_more)


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What is outstanding under a rule after a month: terms in dollars, and what is held."""

    rule: OutstandingCap
    terms: list[Term]
    held_usd: float


def amounts_owed(
    problem: Problem, rules: Iterable[OutstandingCap], decide: Decisions, supply: Supply
) -> dict[Place, Outstanding]:
    """What is owed under every rule where anything is owed, in the variables of a model that need not have its rows."""
    rows: dict[Place, Outstanding] = {}
    ordered = sorted(rules, key=lambda rule: rule.rule)
    told: set[tuple[object, ...]] = set()
    for s in problem.outlooks if ordered else ():
        there = list(signed(problem, decide, supply, s))
        owed = {t: _owed_after(problem, there, t) for t in problem.month_indices}
        for rule in ordered:
            for p in providers(rule, {row.provider for row in there}):
                for t in months_of(problem, rule):
                    terms, held_usd = _of(owed[t], p)
                    alike = rule.rule, p, t, held_usd, tuple((usd, id(v)) for usd, v in terms)
                    if (terms or held_usd) and alike not in told:
                        told.add(alike)
                        rows[rule.rule, p, t, s] = Outstanding(rule, terms, held_usd)
    return rows


def providers(rule: OutstandingCap, known: set[str]) -> list[str]:
    """The providers that a rule is about each by itself; one blank for all of them together."""
    return sorted(known) if rule.provider == "*" else [rule.provider]


def _owed_after(problem: Problem, there: list[Signed], t: int) -> list[tuple[str, float, Any | None]]:
    """Provider, dollars and variable of all that is signed by a month and owes something after it."""
    month = problem.months[t]
    owed = ((row, float(row.owed.after(month))) for row in there if row.counts_from <= month)
    return [(row.provider, usd, row.variable) for row, usd in owed if usd]


def _of(owed: list[tuple[str, float, Any | None]], provider: str) -> tuple[list[Term], float]:
    mine = [(usd, variable) for other, usd, variable in owed if provider in ("", other)]
    held = sum(usd for usd, variable in mine if variable is None)
    return [(usd, variable) for usd, variable in mine if variable is not None], held


def _middle(amounts: list[float]) -> float:
    stated = [amount for amount in amounts if amount]
    return sqrt(min(stated) * max(stated)) if stated else 1.0
