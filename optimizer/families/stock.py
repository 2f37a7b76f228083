"""Stock and order sizes: what is there to sign, and how little or much of it at once.

    stay_in_the_stock[o,t]:      sum over reserved contracts k of o of active[k,t]  <=  stock_nodes[o]
    reach_the_minimum[k,t]:      lot_nodes[k] * order_lots[k,t]  >=  minimum_order_nodes[k] * sign[k,t]
    order_only_if_signed[k,t]:   order_lots[k,t]  <=  most_lots[k] * sign[k,t]

Lead time, start window and start lattice are in the index set of order_lots; the maximum order is its bound.

symbol                  | V or P | explanation
active[k,t]             | V      | nodes of contract k in month t
order_lots[k,t]         | V      | lots ordered for service from month t
sign[k,t]               | V      | 1 if there is such an order; exists only where there is a minimum order above a lot
stock_nodes[o]          | P      | most nodes under new commitments; the policy's bound where it is unknown
most_lots[k]            | P      | by maximum order and stock: the smallest big-M there is
"""

from typing import Any

import pyomo.environ as pyo

from optimizer.decisions import Decisions, most_lots
from optimizer.ledger import Ledger
from optimizer.linear import linear
from optimizer.problem import Problem
from optimizer.supply import Supply

SENTENCES = {
    "stay_in_the_stock": "stock of {0} used up",
    "reach_the_minimum": "order under {0} at its minimum",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add the rows of the family."""
    stocked = sorted({(problem.reserved[k].offering, t) for k, t in decide.active})

    def stay_in_the_stock(_: Any, o: str, t: int) -> Any:
        nodes = [(1.0, decide.active[k, u]) for k, u in decide.active if u == t and problem.reserved[k].offering == o]
        return linear(nodes) <= problem.stock_nodes(o)

    def reach_the_minimum(_: Any, k: str, t: int) -> Any:
        terms = problem.reserved[k]
        return (
            linear(
                [
                    (float(terms.lot_nodes), decide.order_lots[k, t]),
                    (-float(terms.minimum_order_nodes), decide.sign[k, t]),
                ]
            )
            >= 0.0
        )

    def order_only_if_signed(_: Any, k: str, t: int) -> Any:
        return linear([(1.0, decide.order_lots[k, t]), (-float(most_lots(problem, k)), decide.sign[k, t])]) <= 0.0

    block.stay_in_the_stock = pyo.Constraint(stocked, rule=stay_in_the_stock)
    block.reach_the_minimum = pyo.Constraint(list(decide.sign), rule=reach_the_minimum)
    block.order_only_if_signed = pyo.Constraint(list(decide.sign), rule=order_only_if_signed)
