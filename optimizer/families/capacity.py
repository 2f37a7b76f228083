"""Capacity: what a pool serves fits the nodes that it has.

    fit_the_pool[o,pool,t,b,s]:
        sum over w,c of busy_nodes[w,c,o,t,b,s] * route[w,c,o,pool,t,b,s]
        +  sum over w,c,x,p,d of role_nodes[w,c,x,p,d,t,b,s] * by_split[w,c,x,p,d,t,b,s]  for the roles in this pool
            <=  sum over commitments of nodes[k,t,s]  (base pool)  +  nodes bought by the hour [o,pool,t,b,s]

symbol                 | V or P | explanation
route                  | V      | share of the class's demand in the block that the pool serves
by_split               | V      | share of it that a split serves
role_nodes[...]        | P      | nodes that the whole demand of the class would keep busy for a role of the split
busy_nodes[...]        | P      | nodes that the whole demand of the class would keep busy, headroom included
nodes                  | V      | what the purchase families offer through Supply: commitments, or used by the hour
"""

from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.plan import Pool
from optimizer.problem import PoolKey, Problem
from optimizer.split_routes import role_nodes
from optimizer.supply import Moment, Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add one row for every pool, month, block and outlook in which something could be served."""
    by_split: dict[Moment, list[Term]] = defaultdict(list)
    for route, share in decide.split_routes:
        for role in role_nodes(problem, route):
            by_split[Moment(role.pool, route.month, route.block, route.outlook)].append((role.nodes, share))
    moments = [
        (*pool, t, b, s)
        for pool in problem.pools
        for t in problem.month_indices
        for b in problem.blocks
        for s in problem.outlooks
        if any((key, t, b, s) in problem.tok_per_s for key in problem.classes_of[pool])
        or Moment(pool, t, b, s) in by_split
    ]

    def fit_the_pool(_: Any, o: str, kind: str, t: int, b: str, s: str) -> Any:
        pool = PoolKey(o, Pool(kind))
        nodes, constant = _nodes(supply, Moment(pool, t, b, s))
        busy: list[Term] = [
            (problem.busy_nodes(key, o, t, b, s), decide.route[*key, o, kind, t, b, s])
            for key in problem.classes_of[pool]
            if (*key, o, kind, t, b, s) in decide.route
        ]
        busy += by_split.get(Moment(pool, t, b, s), [])
        return linear([*busy, *((-coefficient, variable) for coefficient, variable in nodes)]) <= constant

    block.fit_the_pool = pyo.Constraint([(o, p.value, t, b, s) for o, p, t, b, s in moments], rule=fit_the_pool)


def _nodes(supply: Supply, moment: Moment) -> tuple[list[Term], float]:
    terms = list(supply.by_the_hour(moment))
    if moment.pool.pool is Pool.SPOT:
        return terms, 0.0
    commitments = [
        c for c in supply.commitments(moment.pool.offering, moment.month, moment.outlook) if not c.paid_by_use
    ]
    for commitment in commitments:
        terms.extend(commitment.terms)
    return terms, sum(commitment.constant_nodes for commitment in commitments)
