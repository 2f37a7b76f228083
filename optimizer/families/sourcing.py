"""Sourcing: a critical workload is served by several providers in every month, each with a part worth the name.

For rule r of workload w, month t with demand of w, and outlook s:

    be_worth_the_name[r,p,t,s]:  sum over classes, pools and offers of provider p, and blocks of
                                     tokens[w,c,t,b,s] / tokens[w,t,s] * (route + by_token + by_unit + by_split)
                                 >=  share_at_least[r] * counts[r,p,t,s]
    have_so_many[r,t,s]:         sum over providers p of counts[r,p,t,s]  >=  providers_at_least[r]

A provider that serves by nodes and by the token counts once, with both. A split is its decode side's.

symbol                 | V or P | explanation
counts[r,p,t,s]        | V      | 1 if provider p counts as a source of the workload in the month
route, by_token        | V      | shares of a class's demand in a block that are served on nodes, and by the token
by_unit, by_split      | V      | the same by provisioned units, and by splits
tokens[w,c,t,b,s]      | P      | accepted output tokens of the class in the block; of all classes and blocks together
share_at_least[r]      | P      | share of the month's demand from which on a provider counts
providers_at_least[r]  | P      | how many there must be
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.keys import ClassKey
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.problem import Problem
from optimizer.shares import months_of, served_by_token
from optimizer.supply import Supply
from scenarios.policy import SourcingRule

SENTENCES = {"be_worth_the_name": "{0}: {1} serves no more than makes it a source"}

Month = tuple[str, int, str]
"""Workload, month and outlook."""


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Count the providers of every rule, month and outlook."""
    rows = parts_served(problem, problem.scenario.policy.sourcing, decide)
    sources = [(r, p, t, s) for (r, t, s), row in rows.items() for p in row.parts]
    block.counts = pyo.Var(sources, domain=pyo.Binary)

    def be_worth_the_name(_: Any, r: str, p: str, t: int, s: str) -> Any:
        row = rows[r, t, s]
        return linear([*row.parts[p], (-row.rule.share_at_least, block.counts[r, p, t, s])]) >= 0.0

    def have_so_many(_: Any, r: str, t: int, s: str) -> Any:
        counted: list[Term] = [(1.0, block.counts[r, p, t, s]) for p in rows[r, t, s].parts]
        least = float(rows[r, t, s].rule.providers_at_least)
        return linear(counted) >= least if counted else pyo.Constraint.Infeasible

    block.be_worth_the_name = pyo.Constraint(sources, rule=be_worth_the_name)
    block.have_so_many = pyo.Constraint(list(rows), rule=have_so_many)


@dataclass(frozen=True, slots=True)
class Sources:
    """What could serve a workload in a month, as shares of its demand, by provider."""

    rule: SourcingRule
    parts: dict[str, list[Term]]


def parts_served(
    problem: Problem, rules: Iterable[SourcingRule], decide: Decisions
) -> dict[tuple[str, int, str], Sources]:
    """By rule, month with demand and outlook, in the variables of a model that need not have the rows."""
    ordered = sorted(rules, key=lambda rule: rule.rule)
    served = _served(problem, decide, {rule.workload for rule in ordered})
    asked = _asked(problem) if ordered else {}
    rows: dict[tuple[str, int, str], Sources] = {}
    for rule in ordered:
        for t in months_of(problem, rule):
            for s in problem.outlooks:
                tokens = asked.get((rule.workload, t, s), 0.0)
                if tokens:
                    by_provider = served.get((rule.workload, t, s), {})
                    parts = {p: scaled(1.0 / tokens, by_provider[p]) for p in sorted(by_provider)}
                    rows[rule.rule, t, s] = Sources(rule, parts)
    return rows


def _asked(problem: Problem) -> dict[Month, float]:
    """Accepted tokens of each workload's demand by month and outlook."""
    asked: dict[Month, float] = defaultdict(float)
    for (key, t, b, s), rate in problem.tok_per_s.items():
        asked[key.workload, t, s] += rate * problem.hours[t, b] * 3600
    return asked


def _served(problem: Problem, decide: Decisions, workloads: set[str]) -> dict[Month, dict[str, list[Term]]]:
    """What each provider serves of the workloads, in tokens."""
    served: dict[Month, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for key, provider, (t, b, s), share in _shares(problem, decide) if workloads else ():
        if key.workload in workloads:
            tokens = problem.tok_per_s[key, t, b, s] * problem.hours[t, b] * 3600
            served[key.workload, t, s][provider].append((tokens, share))
    return served


def _shares(problem: Problem, decide: Decisions) -> Iterator[tuple[ClassKey, str, tuple[int, str, str], Any]]:
    """Class, provider, moment and variable of everything that is served."""
    for (w, c, o, _, t, b, s), share in decide.route.items():
        yield ClassKey(w, c), problem.offering[o].provider, (t, b, s), share
    for api, (w, c, _, t, b, s), share in served_by_token(problem, decide):
        yield ClassKey(w, c), problem.token_offers.offer[api].provider, (t, b, s), share
    for at, share in decide.split_routes:
        decode = problem.splits.split[at.split].decode_offering
        yield at.key, problem.offering[decode].provider, (at.month, at.block, at.outlook), share
