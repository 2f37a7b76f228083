"""Capacity: what a pool serves fits the nodes that it has.

    fit_the_pool[o,pool,t,b,s]:
        sum over w,c of busy_nodes[w,c,o,t,b] * route[w,c,o,pool,t,b,s]
            <=  sum over commitments of nodes[k,t]  (base pool)  +  nodes bought by the hour [o,pool,t,b,s]

symbol                 | V or P | explanation
route                  | V      | share of the class's demand in the block that the pool serves
busy_nodes[w,c,o,t,b]  | P      | nodes that the whole demand of the class would keep busy, headroom included
nodes                  | V      | what the purchase families offer through Supply
"""

from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.plan import Pool
from optimizer.problem import PoolKey, Problem
from optimizer.supply import Moment, Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add one row for every pool, month, block and outlook in which something could be served."""
    moments = [
        (*pool, t, b, s)
        for pool in problem.pools
        for t in problem.month_indices
        for b in problem.blocks
        for s in problem.outlooks
        if any((key, t, b) in problem.tok_per_s for key in problem.classes_of[pool])
    ]

    def fit_the_pool(_: Any, o: str, kind: str, t: int, b: str, s: str) -> Any:
        pool = PoolKey(o, Pool(kind))
        nodes, constant = _nodes(supply, Moment(pool, t, b, s))
        busy: list[Term] = [
            (problem.tok_per_s[key, t, b] * problem.node_seconds[key, o], decide.route[*key, o, kind, t, b, s])
            for key in problem.classes_of[pool]
            if (key, t, b) in problem.tok_per_s
        ]
        return linear([*busy, *((-coefficient, variable) for coefficient, variable in nodes)]) <= constant

    block.fit_the_pool = pyo.Constraint([(o, p.value, t, b, s) for o, p, t, b, s in moments], rule=fit_the_pool)


def _nodes(supply: Supply, moment: Moment) -> tuple[list[Term], float]:
    terms = list(supply.by_the_hour(moment))
    if moment.pool.pool is Pool.SPOT:
        return terms, 0.0
    commitments = supply.commitments(moment.pool.offering, moment.month)
    for commitment in commitments:
        terms.extend(commitment.terms)
    return terms, sum(commitment.constant_nodes for commitment in commitments)
