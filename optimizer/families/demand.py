"""Demand: every class is served in full in every block, but for a priced and limited shortfall.

    serve_or_fall_short[w,c,t,b,s]:  sum over pools of route[w,c,o,pool,t,b,s]
        +  sum over APIs a of by_token[w,c,a,t,b,s]  +  sum over provisioned contracts k of by_unit[w,c,k,t,b,s]
        +  sum over splits x and pools p, d of by_split[w,c,x,p,d,t,b,s]  +  shortfall[w,c,t,b,s]  =  1
    limit_the_shortfall[w,t,b,s]:    sum over c of mix[w,c] * shortfall[w,c,t,b,s]  <=  shortfall_limit_share[w]

    charged:  shortfall[w,c,t,b,s] * Mtok of the class in the block * shortfall_price_usd_per_mtok[w]

symbol                | V or P | explanation
route, shortfall      | V      | shares of the class's demand in the block
by_token, by_unit     | V      | shares of it that are served by the token
by_split              | V      | shares of it that are served by a split
mix[w,c]              | P      | share of the class in the workload's tokens
shortfall_limit_share | P      | most of a workload's demand in a month and block that may go unserved
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.common import BillLine, Nature
from optimizer.decisions import Decisions
from optimizer.keys import ClassMoment
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.problem import ClassKey, Problem
from optimizer.supply import Supply

SENTENCES = {
    "limit_the_shortfall": "shortfall of {0} at its limit",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add the rows and the penalty of the family."""
    by_split: dict[ClassMoment, list[Term]] = defaultdict(list)
    for route, share in decide.split_routes:
        by_split[route.moment].append((1.0, share))
    moments = [(*key, t, b, s) for (key, t, b, s) in problem.tok_per_s]

    def serve_or_fall_short(_: Any, w: str, c: str, t: int, b: str, s: str) -> Any:
        key = ClassKey(w, c)
        served = [(1.0, decide.route[w, c, p.offering, p.pool.value, t, b, s]) for p in problem.pools_in(key, t, s)]
        served += [(1.0, decide.by_token[w, c, a, t, b, s]) for a in problem.token_offers.apis_of[key]]
        served += [(1.0, decide.by_unit[w, c, k, t, b, s]) for k in problem.token_offers.contracts_of(key, t, s)]
        served += by_split[key, t, b, s]
        missed = [(1.0, decide.shortfall[w, c, t, b, s])] if (w, c, t, b, s) in decide.shortfall else []
        return (linear([*served, *missed]) == 1.0) if served or missed else pyo.Constraint.Infeasible

    block.serve_or_fall_short = pyo.Constraint(moments, rule=serve_or_fall_short)
    limited = sorted({(w, t, b, s) for w, _, t, b, s in decide.shortfall})

    def limit_the_shortfall(_: Any, w: str, t: int, b: str, s: str) -> Any:
        classes = [key for key in problem.classes if key.workload == w and (key, t, b, s) in problem.tok_per_s]
        total = sum(problem.tok_per_s[key, t, b, s] for key in classes)
        terms = [(problem.tok_per_s[key, t, b, s] / total, decide.shortfall[*key, t, b, s]) for key in classes]
        return linear(terms) <= problem.workload[w].shortfall_limit_share

    block.limit_the_shortfall = pyo.Constraint(limited, rule=limit_the_shortfall)
    _charge_penalties(problem, decide, ledger)


def _charge_penalties(problem: Problem, decide: Decisions, ledger: Ledger) -> None:
    for (w, c, t, b, s), variable in decide.shortfall.items():
        mtok = problem.tok_per_s[ClassKey(w, c), t, b, s] * problem.hours[t, b] * 3600 / 1e6
        month = problem.months[t]
        line = BillLine(
            nature=Nature.SHORTFALL_PENALTY,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(mtok),
            unit_price_usd=problem.workload[w].shortfall_price_usd_per_mtok,
        )
        ledger.charge_bill(
            [line], offering=None, variable=variable, outlook=s, probability=problem.probability[s]
        )
