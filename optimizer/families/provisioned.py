"""Provisioned throughput: whole units for a term, each of which carries a mix of input and output tokens.

    carry_the_mix[k,t,b,s]:        sum over w,c of units[w,c,k,t,b,s] * by_unit[w,c,k,t,b,s]
        <=  step_units[k] * sum over orders (u,f) of k that are there in outlook s with u <= t < u + term_months[k]
            of steps[k,u,f]
    reach_the_minimum[k,u,f]:      steps[k,u,f]  >=  fewest_steps[k] * sign[k,u,f]
    order_only_if_signed[k,u,f]:   steps[k,u,f]  <=  most_steps[k] * sign[k,u,f]

    units[w,c,k,t,b,s]  =  uncached input tok/s / input_tok_per_s_per_unit[k]
                           +  output tok/s / output_tok_per_s_per_unit[k]

    charged:  steps[k,u,f] * step_units[k] * hours of every month of the term * price_usd_per_unit_hour[k]

Start window and lattice are in the index set of steps; the lead time is 0 days. After an event the units do not count.

symbol                 | V or P | explanation
by_unit[w,c,k,t,b,s]   | V      | share of the class's demand in the block that the units of contract k serve
steps[k,u,f]           | V      | steps of contract k ordered for month u in future f (whole)
sign[k,u,f]            | V      | 1 if there is such an order; exists only where there is a minimum above a step
units[w,c,k,t,b,s]     | P      | units that the whole demand of the class keeps busy; cached input is free
"""

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from contracts.terms.api import provisioned_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.problem import ClassKey, Problem
from optimizer.supply import Supply

SENTENCES = {
    "carry_the_mix": "units of {0} used up",
    "reach_the_minimum": "order under {0} at its minimum",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare the orders, hold the mix within them, and charge every hour of their terms."""
    terms = problem.token_offers.provisioned
    keys = list(problem.token_offers.orders.keys)
    block.steps = pyo.Var(keys, domain=pyo.NonNegativeIntegers, bounds=lambda _, k, u, f: (0, terms[k].most_steps))
    block.sign = pyo.Var([key for key in keys if terms[key.contract].fewest_steps > 1], domain=pyo.Binary)
    _carry_the_mix(block, problem, decide)

    def reach_the_minimum(_: Any, k: str, u: int, f: str) -> Any:
        return linear([(1.0, block.steps[k, u, f]), (-float(terms[k].fewest_steps), block.sign[k, u, f])]) >= 0.0

    def order_only_if_signed(_: Any, k: str, u: int, f: str) -> Any:
        return linear([(1.0, block.steps[k, u, f]), (-float(terms[k].most_steps), block.sign[k, u, f])]) <= 0.0

    block.reach_the_minimum = pyo.Constraint(list(block.sign), rule=reach_the_minimum)
    block.order_only_if_signed = pyo.Constraint(list(block.sign), rule=order_only_if_signed)
    _charge(block, problem, supply, ledger)


def _carry_the_mix(block: Any, problem: Problem, decide: Decisions) -> None:
    offers = problem.token_offers
    busy: dict[tuple[str, int, str, str], list[Term]] = defaultdict(list)
    for (w, c, k, t, b, s), share in decide.by_unit.items():
        busy[k, t, b, s].append((offers.units(ClassKey(w, c), k, t, b, s), share))

    def carry_the_mix(_: Any, k: str, t: int, b: str, s: str) -> Any:
        step = float(offers.provisioned[k].step_units)
        there = [(-step, block.steps[key]) for key in offers.orders.active(k, t, s)]
        return linear([*busy[k, t, b, s], *there]) <= 0.0

    block.carry_the_mix = pyo.Constraint(list(busy), rule=carry_the_mix)


def _charge(block: Any, problem: Problem, supply: Supply, ledger: Ledger) -> None:
    for key in problem.token_offers.orders.keys:
        terms = problem.token_offers.provisioned[key.contract]
        supply.order(key, (float(terms.step_units), block.steps[key]))
        ledger.charge_bill(
            provisioned_bill(terms, terms.step_units, problem.months[key.start]),
            offering=None,
            provider=problem.token_offers.served_by(key.contract).provider,
            source=key.contract,
            api=terms.api,
            variable=block.steps[key],
            outlook=key.future or None,
            probability=problem.probability[key.future] if key.future else 1.0,
        )
