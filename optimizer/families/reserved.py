"""Reserved: whole lots for a whole term, paid in every hour whether used or not.

    add_up_what_is_active[k,t]:  active[k,t]  =  lot_nodes[k] * sum over starts u with u <= t < u + term_months[k]
                                                 of order_lots[k,u]

    offered:  active[k,t] to the base pool of the offering, firm or not as the terms say
    charged:  order_lots[k,u] * lot_nodes[k] * the whole bill of one node that starts in u
              (upfront part in u for the whole term, the rest month by month, also after the horizon)

symbol           | V or P | explanation
order_lots[k,u]  | V      | lots of contract k whose service starts in month u; only allowed starts exist
active[k,t]      | V      | nodes of contract k in month t
lot_nodes[k]     | P      | nodes in a lot
"""

from typing import Any

import pyomo.environ as pyo

from contracts.calendar import Month
from contracts.terms.reserved import Reserved, reserved_bill
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.linear import linear
from optimizer.problem import Problem
from optimizer.supply import Commitment, Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Tie active nodes to orders, offer them, and charge the whole bill of each order."""

    def add_up_what_is_active(_: Any, k: str, t: int) -> Any:
        lot = problem.reserved[k].lot_nodes
        started = [(-float(lot), decide.order_lots[k, u]) for u in problem.active_starts(k, t)]
        return linear([(1.0, decide.active[k, t]), *started]) == 0.0

    block.add_up_what_is_active = pyo.Constraint(list(decide.active), rule=add_up_what_is_active)
    for (k, t), active in decide.active.items():
        terms = problem.reserved[k]
        supply.commit(terms.offering, t, Commitment(k, terms.firm, ((1.0, active),)))
    for (k, u), lots in decide.order_lots.items():
        terms = problem.reserved[k]
        ledger.charge_bill(
            reserved_bill(terms, terms.lot_nodes, problem.months[u]),
            offering=terms.offering,
            variable=lots,
            node_hours=_node_hours(problem, terms, problem.months[u]),
        )


def _node_hours(problem: Problem, terms: Reserved, start: Month) -> list[tuple[int, float]]:
    first = problem.scenario.horizon.index(start)
    served = range(first, min(first + terms.term_months, len(problem.months)))
    return [(t, float(terms.lot_nodes * problem.months[t].hours)) for t in served]
