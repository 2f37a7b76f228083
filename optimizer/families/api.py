"""Per-token APIs: paid by the million tokens, within the rate limits of every block.

    stay_in_the_input_limit[a,t,b,s]:   sum over w,c of input_tok_per_s[w,c,t,b,s] * by_token[w,c,a,t,b,s]
                                            <=  input_tok_per_s_limit[a]
    stay_in_the_output_limit[a,t,b,s]:  sum over w,c of output_tok_per_s[w,c,t,b,s] * by_token[w,c,a,t,b,s]
                                            <=  output_tok_per_s_limit[a]

    charged:  by_token[w,c,a,t,b,s] * Mtok of the class in the block, uncached input, cached input and output each at
              its price; every attempt pays for all of its tokens

Rows are divided by their limit. What they serve after an event: family fallback.

symbol                       | V or P | explanation
by_token[w,c,a,t,b,s]        | V      | share of the class's demand in the block that API offer a serves
input_tok_per_s[w,c,t,b,s]   | P      | gross input tokens of the class per second, cached ones included
output_tok_per_s[w,c,t,b,s]  | P      | gross output tokens of the class per second: accepted / yield
"""

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from contracts.terms.api import usage_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.problem import ClassKey, Problem
from optimizer.supply import Supply

SENTENCES = {
    "stay_in_the_input_limit": "rate limit for input tokens of {0} used up",
    "stay_in_the_output_limit": "rate limit for output tokens of {0} used up",
}

Place = tuple[str, int, str, str]


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Hold the rate limits and charge every token."""
    sent: dict[Place, list[Term]] = defaultdict(list)
    received: dict[Place, list[Term]] = defaultdict(list)
    for (w, c, a, t, b, s), share in decide.by_token.items():
        offer = problem.token_offers.offer[a]
        uncached, cached, output = problem.token_offers.rate(ClassKey(w, c), t, b, s)
        sent[a, t, b, s].append(((uncached + cached) / offer.input_tok_per_s_limit, share))
        received[a, t, b, s].append((output / offer.output_tok_per_s_limit, share))

    def stay_in_the_input_limit(_: Any, a: str, t: int, b: str, s: str) -> Any:
        return linear(sent[a, t, b, s]) <= 1.0

    def stay_in_the_output_limit(_: Any, a: str, t: int, b: str, s: str) -> Any:
        return linear(received[a, t, b, s]) <= 1.0

    block.stay_in_the_input_limit = pyo.Constraint(list(sent), rule=stay_in_the_input_limit)
    block.stay_in_the_output_limit = pyo.Constraint(list(received), rule=stay_in_the_output_limit)
    _charge(problem, decide, ledger)


def _charge(problem: Problem, decide: Decisions, ledger: Ledger) -> None:
    offers = problem.token_offers
    for (w, c, a, t, b, s), share in decide.by_token.items():
        key = ClassKey(w, c)
        ledger.charge_bill(
            usage_bill(offers.offer[a], problem.months[t], offers.gross[key]),
            bills=problem.tok_per_s[key, t, b, s] * problem.hours[t, b] * 3600 / 1e6,
            offering=None,
            provider=offers.offer[a].provider,
            source=a,
            api=a,
            variable=share,
            outlook=s,
            probability=problem.probability[s],
        )
