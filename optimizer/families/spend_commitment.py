"""Spend commitments: dollars paid for every hour of a term, against which on-demand use is charged at lower rates.

    cover_what_is_used[c,t,b,s]:       sum over k of covered[k,c,t,b,s]  <=  nodes[c,t,b,s]
    spend_what_is_committed[k,t,b,s]:  sum over c of covered[k,c,t,b,s] * (1 + startup_uplift_share[c]) * rate[k,c]
                                           <=  step_usd_per_hour[k] * sum over commitments (u,f) of k that are
                                               there in outlook s with u <= t < u + term_months[k]  of steps[k,u,f]
    reach_the_minimum[k,u,f]:          steps[k,u,f]  >=  fewest_steps[k] * sign[k,u,f]
    commit_only_if_signed[k,u,f]:      steps[k,u,f]  <=  most_steps[k] * sign[k,u,f]

    charged:  steps[k,u,f] * the whole bill of one step from month u on, also after the horizon
              covered[k,c,t,b,s] * hours[t,b] * (1 + startup_uplift_share[c]) * -price_usd_per_node_hour[c,t,s]

Use is charged in full by its own contract, so that covered use is free: the commitment has paid for it. Hours are flat
within a block: what is not used in an hour is lost. Rows are divided by the highest rate of the commitment.

symbol                  | V or P | explanation
covered[k,c,t,b,s]      | V      | on-demand nodes of contract c that commitment k pays for
nodes[c,t,b,s]          | V      | on-demand nodes in use (family on_demand)
steps[k,u,f]            | V      | steps of commitment k signed for month u in future f (whole)
sign[k,u,f]             | V      | 1 if there is such a commitment; exists only where there is a minimum above a step
rate[k,c]               | P      | dollars of commitment k that a node-hour of contract c takes
step_usd_per_hour[k]    | P      | dollars an hour of one step
fewest_steps[k]         | P      | steps of the smallest commitment
most_steps[k]           | P      | steps of the largest commitment; the bound of steps
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.spend_commitment import charged_usd_per_node_hour, covered_bill, spend_commitment_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply

SENTENCES = {"spend_what_is_committed": "dollars an hour committed under {0} all used"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare steps and coverage, hold them together, and charge them."""
    _declare(block, problem)
    _reach_the_minimum(block, problem)
    _cover(block, problem, supply)
    _charge_commitments(block, problem, supply, ledger)
    _charge_coverage(block, problem, ledger)


def _declare(block: Any, problem: Problem) -> None:
    spend = problem.spend
    block.steps = pyo.Var(
        list(spend.keys),
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, k, u, f: (0, spend.terms[k].most_steps),
    )
    block.sign = pyo.Var([key for key in spend.keys if spend.terms[key.contract].fewest_steps > 1], domain=pyo.Binary)
    block.covered = pyo.Var(
        [
            (k, c, t, b, s)
            for k, c in spend.rates
            for t in problem.month_indices
            for b in problem.blocks
            if problem.hours[t, b]
            for s in problem.outlooks
            if spend.active(k, t, s)
        ],
        domain=pyo.NonNegativeReals,
    )


def _reach_the_minimum(block: Any, problem: Problem) -> None:
    terms = problem.spend.terms

    def reach_the_minimum(_: Any, k: str, u: int, f: str) -> Any:
        fewest = float(terms[k].fewest_steps)
        return linear([(1.0, block.steps[k, u, f]), (-fewest, block.sign[k, u, f])]) >= 0.0

    def commit_only_if_signed(_: Any, k: str, u: int, f: str) -> Any:
        most = float(terms[k].most_steps)
        return linear([(1.0, block.steps[k, u, f]), (-most, block.sign[k, u, f])]) <= 0.0

    block.reach_the_minimum = pyo.Constraint(list(block.sign), rule=reach_the_minimum)
    block.commit_only_if_signed = pyo.Constraint(list(block.sign), rule=commit_only_if_signed)


def _cover(block: Any, problem: Problem, supply: Supply) -> None:
    used: dict[tuple[str, int, str, str], list[Term]] = defaultdict(list)
    spent: dict[tuple[str, int, str, str], list[Term]] = defaultdict(list)
    rates = {(k, c): _rate(problem, k, c) for k, c in problem.spend.rates}
    highest = {k: max(rate for (other, _), rate in rates.items() if other == k) for k, _ in rates}
    for (k, c, t, b, s), covered in block.covered.items():
        used[c, t, b, s].append((1.0, covered))
        spent[k, t, b, s].append((rates[k, c], covered))

    def cover_what_is_used(_: Any, c: str, t: int, b: str, s: str) -> Any:
        return linear([*used[c, t, b, s], (-1.0, supply.rented(c, t, b, s))]) <= 0.0

    def spend_what_is_committed(_: Any, k: str, t: int, b: str, s: str) -> Any:
        step = float(problem.spend.terms[k].step_usd_per_hour)
        committed = [(-step, block.steps[key]) for key in problem.spend.active(k, t, s)]
        return linear(scaled(1.0 / highest[k], [*spent[k, t, b, s], *committed])) <= 0.0

    block.cover_what_is_used = pyo.Constraint(list(used), rule=cover_what_is_used)
    block.spend_what_is_committed = pyo.Constraint(list(spent), rule=spend_what_is_committed)


def _rate(problem: Problem, contract: str, covers: str) -> float:
    return float(charged_usd_per_node_hour(problem.spend.rates[contract, covers], problem.on_demand[covers]))


def _charge_commitments(block: Any, problem: Problem, supply: Supply, ledger: Ledger) -> None:
    for key in problem.spend.keys:
        terms = problem.spend.terms[key.contract]
        supply.order(key, (float(terms.step_usd_per_hour), block.steps[key]))
        ledger.charge_bill(
            spend_commitment_bill(terms, terms.step_usd_per_hour, problem.months[key.start]),
            offering=None,
            provider=terms.provider,
            source=key.contract,
            variable=block.steps[key],
            outlook=key.future or None,
            probability=problem.probability[key.future] if key.future else 1.0,
        )


def _charge_coverage(block: Any, problem: Problem, ledger: Ledger) -> None:
    for (k, c, t, b, s), covered in block.covered.items():
        ledger.charge_bill(
            covered_bill(problem.on_demand_in[c, t, s], {problem.months[t]: Decimal(1)}),
            bills=problem.hours[t, b],
            offering=problem.on_demand[c].offering,
            source=k,
            variable=covered,
            outlook=s,
            probability=problem.probability[s],
        )
