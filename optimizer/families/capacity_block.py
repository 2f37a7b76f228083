"""Capacity block: a dated offer in stated sizes, one of them or none, paid all upfront.

    buy_one_size[k,f]:  sum over sizes n of bought[k,n,f]  <=  1

    offered:  n * bought[k,n,f] * hours served in t / hours of t, in every block of a month that k touches;
              after an event only in months that it serves to the last hour, firm
    charged:  n * bought[k,n,f] * 24 * days[k] * price_usd_per_node_hour[k], in the month of the first day

symbol         | V or P | explanation
bought[k,n,f]  | V      | 1 if n nodes of block k are bought for future f; only sizes on offer that can still be signed
days[k]        | P      | length of the block
"""

from typing import Any

import pyomo.environ as pyo

from contracts.terms.capacity_block import capacity_block_bill
from optimizer.block_calendar import BlockKey
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import linear
from optimizer.plan import Pool
from optimizer.problem import PoolKey, Problem
from optimizer.supply import Commitment, Moment, Supply

SENTENCES = {"buy_one_size": "block {0} is bought, and there is one of it"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Offer and charge every size, and buy at most one."""
    sizes: dict[tuple[str, str], list[BlockKey]] = {}
    for key in problem.dated.keys:
        sizes.setdefault((key.contract, key.future), []).append(key)
        _offer(problem, decide, supply, key)
        _charge(problem, decide, ledger, key)

    def buy_one_size(_: Any, k: str, f: str) -> Any:
        return linear([(1.0, decide.bought[key]) for key in sizes[k, f]]) <= 1.0

    block.buy_one_size = pyo.Constraint([at for at, keys in sizes.items() if len(keys) > 1], rule=buy_one_size)


def _offer(problem: Problem, decide: Decisions, supply: Supply, key: BlockKey) -> None:
    """Whole months as a commitment, part of a month as an average of its hours."""
    offering = problem.dated.terms[key.contract].offering
    bought = decide.bought[key]
    for t, month, hours in problem.dated.served(key.contract):
        for s in problem.dated.outlooks_of(key.future):
            if hours == month.hours:
                nodes = ((float(key.nodes), bought),)
                supply.commit(offering, t, s, Commitment(key.contract, firm=True, terms=nodes))
                continue
            for b in problem.blocks:
                moment = Moment(PoolKey(offering, Pool.BASE), t, b, s)
                supply.offer(moment, (key.nodes * problem.dated.share_of_month(key.contract, t), bought))
                supply.run(offering, t, b, s, (float(key.nodes), bought))


def _charge(problem: Problem, decide: Decisions, ledger: Ledger, key: BlockKey) -> None:
    terms = problem.dated.terms[key.contract]
    outlook = key.future or None
    ledger.charge_bill(
        capacity_block_bill(terms, key.nodes),
        offering=terms.offering,
        source=key.contract,
        variable=decide.bought[key],
        node_hours=[(t, float(key.nodes * hours)) for t, _, hours in problem.dated.served(key.contract)],
        outlook=outlook,
        probability=problem.probability[outlook] if outlook else 1.0,
    )
