"""Splits: the key-value cache that moves from the offering that reads prompts to the one that writes answers.

    charged:  by_split[w,c,x,p,d,t,b,s] * GB of the class in the block * transfer_usd_per_gb[x]; every attempt moves
              the cache of its whole prompt

What a split keeps busy is in the family capacity; there is no limit on what moves.

symbol                     | V or P | explanation
by_split[w,c,x,p,d,t,b,s]  | V      | share of the class's demand in the block that split x serves
transfer_usd_per_gb[x]     | P      | price of moving a GB
"""

from decimal import Decimal
from typing import Any

from contracts.terms.split import transfer_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.problem import Problem
from optimizer.split_routes import gb_per_token, splits_of
from optimizer.supply import Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Charge what moves."""
    per_token = {
        (key, x): float(gb_per_token(problem, key, x)) for key, names in splits_of(problem).items() for x in names
    }
    for at, share in decide.split_routes:
        tokens = problem.tok_per_s[at.moment] * problem.hours[at.month, at.block] * 3600
        split = problem.splits.split[at.split]
        ledger.charge_bill(
            transfer_bill(split, problem.months[at.month], Decimal(1)),
            bills=tokens * per_token[at.key, at.split],
            offering=split.prefill_offering,
            source=at.split,
            variable=share,
            outlook=at.outlook,
            probability=problem.probability[at.outlook],
        )
