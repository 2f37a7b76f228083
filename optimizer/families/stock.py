"""Orders and stock: what is active, what is there to sign, and how little or much of it at once.

    add_up_what_is_active[k,t,s]:  active[k,t,s]
        =  lot_nodes[k] * sum over orders (u,f) of k that are there in outlook s with
           u + delay <= t < u + delay + term_months[k]  of order_lots[k,u,f]
           -  lot_nodes[k] * sum over courses that have left or been swapped by t of course[c]
           +  lot_nodes[k] * sum over courses renewed for t of course[c]
    stay_in_the_stock[o,t,s]:      sum over contracts k of o of active[k,t,s]
                                   +  sum over courses swapped to o by t of swapped[c]
                                   +  sum over blocks k of o that touch t of n * bought[k,n,f]  <=  stock_nodes[o]
    reach_the_minimum[k,u,f]:      lot_nodes[k] * order_lots[k,u,f]  >=  minimum_order_nodes[k] * sign[k,u,f]
    order_only_if_signed[k,u,f]:   order_lots[k,u,f]  <=  most_lots[k] * sign[k,u,f]

Lead time, start window and start lattice are in the index set of order_lots; the maximum order is its bound. Rows that
are the same in several outlooks stand once, under the first of them.

symbol                  | V or P | explanation
active[k,t,s]           | V      | nodes of contract k in month t; one for all outlooks with the same orders
order_lots[k,u,f]       | V      | lots ordered for service from month u in future f
course[c]               | V      | lots that take course c instead of their plain term (family rights)
swapped[c]              | V      | nodes of another offering for lots, or held nodes, that are swapped
bought[k,n,f]           | V      | 1 if n nodes of capacity block k are bought (family capacity_block)
sign[k,u,f]             | V      | 1 if there is such an order; exists only where there is a minimum order above a lot
delay                   | P      | months by which the order is late in outlook s
stock_nodes[o]          | P      | most nodes under new commitments; the policy's bound where it is unknown
most_lots[k]            | P      | by maximum order and stock: the smallest big-M there is
"""

from typing import Any

import pyomo.environ as pyo

from optimizer.block_calendar import BlockKey
from optimizer.decisions import Decisions, most_lots
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear
from optimizer.problem import Problem
from optimizer.supply import Supply

SENTENCES = {
    "stay_in_the_stock": "stock of {0} used up",
    "reach_the_minimum": "order under {0} at its minimum",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add the rows of the family."""

    def add_up_what_is_active(_: Any, k: str, t: int, s: str) -> Any:
        lot = float(problem.ordered[k].lot_nodes)
        started = [(-lot, decide.order_lots[key]) for key in problem.calendar.active_orders(k, t, s)]
        changed = [(-sign * lot, decide.course[key]) for sign, key in problem.courses.changes(k, t, s)]
        return linear([(1.0, decide.active_nodes[k, t, s]), *started, *changed]) == 0.0

    def reach_the_minimum(_: Any, k: str, u: int, f: str) -> Any:
        terms = problem.ordered[k]
        ordered, signed = decide.order_lots[k, u, f], decide.sign[k, u, f]
        return linear([(float(terms.lot_nodes), ordered), (-float(terms.minimum_order_nodes), signed)]) >= 0.0

    def order_only_if_signed(_: Any, k: str, u: int, f: str) -> Any:
        most = float(most_lots(problem, k))
        return linear([(1.0, decide.order_lots[k, u, f]), (-most, decide.sign[k, u, f])]) <= 0.0

    ordered = [index for index in decide.active_nodes if index[0] in problem.ordered]
    block.add_up_what_is_active = pyo.Constraint(ordered, rule=add_up_what_is_active)
    _stay_in_the_stock(block, problem, decide)
    block.reach_the_minimum = pyo.Constraint(list(decide.sign), rule=reach_the_minimum)
    block.order_only_if_signed = pyo.Constraint(list(decide.sign), rule=order_only_if_signed)


def _stay_in_the_stock(block: Any, problem: Problem, decide: Decisions) -> None:
    rows: dict[tuple[str, int, str], list[Term]] = {}
    first: dict[tuple[str, int, tuple[int, ...]], str] = {}
    committed = (*problem.ordered.values(), *problem.dated.terms.values())
    for o in sorted({terms.offering for terms in committed} | problem.swapped_to):
        contracts = [k for k, terms in problem.ordered.items() if terms.offering == o]
        blocks = [key for key in problem.dated.keys if problem.dated.terms[key.contract].offering == o]
        for t in problem.month_indices:
            for s in problem.outlooks:
                terms = [(1.0, v) for k in contracts if (v := decide.active(k, t, s)) is not None]
                terms += [(float(key.nodes), decide.bought[key]) for key in blocks if _touches(problem, key, t, s)]
                terms += [(1.0, decide.swapped[key]) for key in problem.courses.swapped_in(o, t, s)]
                if terms and first.setdefault((o, t, tuple(id(v) for _, v in terms)), s) == s:
                    rows[o, t, s] = terms

    def stay_in_the_stock(_: Any, o: str, t: int, s: str) -> Any:
        return linear(rows[o, t, s]) <= problem.stock_nodes(o)

    block.stay_in_the_stock = pyo.Constraint(list(rows), rule=stay_in_the_stock)


def _touches(problem: Problem, key: BlockKey, t: int, outlook: str) -> bool:
    """Whether a capacity block has nodes in a month and outlook."""
    there = outlook in problem.dated.outlooks_of(key.future)
    return there and any(month == t for month, _, _ in problem.dated.served(key.contract))
