"""On demand: nodes by the hour, within the quota of every block.

    stay_in_the_quota[o,t,b,s]:  sum over on-demand contracts k of o of nodes[k,t,b,s]
                                 + nodes under volume tiers (family volume)  <=  quota_nodes[o]

    offered:  nodes[k,t,b,s] to the base pool of the offering
    charged:  nodes[k,t,b,s] * hours[t,b] * (1 + startup_uplift_share[k]) * price_usd_per_node_hour[k,t,s]

symbol          | V or P | explanation
nodes[k,t,b,s]  | V      | average nodes over the hours of the block; whole where the terms say whole_nodes
quota_nodes[o]  | P      | quota of the offering; the policy's bound where it is unknown
"""

from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.on_demand import on_demand_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import linear
from optimizer.plan import Pool
from optimizer.problem import PoolKey, Problem
from optimizer.supply import Moment, Supply

SENTENCES = {"stay_in_the_quota": "on-demand quota of {0} used up"}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare the nodes, offer and charge them, and hold the quota."""
    index = [
        (k, t, b, s)
        for k in problem.on_demand
        for t in problem.month_indices
        for b in problem.blocks
        if problem.hours[t, b]
        for s in problem.outlooks
    ]
    block.nodes = pyo.Var(
        index,
        domain=lambda _, k, *rest: (
            pyo.NonNegativeIntegers if problem.on_demand[k].whole_nodes else pyo.NonNegativeReals
        ),
    )
    for (k, t, b, s), nodes in block.nodes.items():
        terms = problem.on_demand[k]
        hours = problem.hours[t, b]
        supply.offer(Moment(PoolKey(terms.offering, Pool.BASE), t, b, s), (1.0, nodes))
        supply.rent(k, t, b, s, nodes)
        supply.run(terms.offering, t, b, s, (1.0, nodes))
        ledger.charge_bill(
            on_demand_bill(problem.on_demand_in[k, t, s], {problem.months[t]: Decimal(1)}),
            bills=hours,
            offering=terms.offering,
            source=k,
            variable=nodes,
            node_hours=[(t, hours)],
            outlook=s,
            probability=problem.probability[s],
        )
    offerings = sorted({terms.offering for terms in (*problem.on_demand.values(), *problem.volume.values())})
    moments = [
        (t, b, s)
        for t in problem.month_indices
        for b in problem.blocks
        if problem.hours[t, b]
        for s in problem.outlooks
    ]

    def stay_in_the_quota(_: Any, o: str, t: int, b: str, s: str) -> Any:
        nodes = [
            (1.0, block.nodes[k, t, b, s]) for k, terms in problem.on_demand.items() if terms.offering == o
        ]
        return linear([*nodes, *supply.quota_taken(o, t, b, s)]) <= problem.quota_nodes(o)

    block.stay_in_the_quota = pyo.Constraint(
        [(o, *moment) for o in offerings for moment in moments], rule=stay_in_the_quota
    )
