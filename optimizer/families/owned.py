"""Owned hardware: bought by the lot, there for its life, within the power and space of its site.

    offered:  active[k,t,s] to the base pool of the offering, firm or not as the terms say
    charged:  order_lots[k,u,f] * the whole bill of one lot that is delivered in u + delay: capital expenditure, then
              upkeep (with its escalator) and power month by month for the whole life, less the residual after it

symbol             | V or P | explanation
order_lots[k,u,f]  | V      | lots of contract k promised for month u in future f; only allowed starts exist
active[k,t,s]      | V      | nodes of contract k in month t (family stock)
delay              | P      | months by which the order is late in outlook s
"""

from typing import Any

from contracts.terms.common import Nature
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.order_bills import owned_bills
from optimizer.order_calendar import OrderKey
from optimizer.problem import Problem
from optimizer.supply import Commitment, Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Offer what is active, and charge the whole bill of each order."""
    for (k, t, s), first in problem.calendar.like.items():
        if k in problem.owned:
            terms = problem.owned[k]
            active = decide.active_nodes[k, t, first]
            supply.commit(terms.offering, t, s, Commitment(k, terms.firm, ((1.0, active),), ordered=True))
    for key in problem.calendar.keys:
        if key.contract in problem.owned:
            _charge(problem, decide, ledger, key)


def _charge(problem: Problem, decide: Decisions, ledger: Ledger, key: OrderKey) -> None:
    """Capital and operating expenditure apart, because budgets tell them apart."""
    terms, calendar = problem.owned[key.contract], problem.calendar
    for outlook, lines in owned_bills(problem, key, terms.lot_nodes):
        for capital in (True, False):
            ledger.charge_bill(
                [line for line in lines if line.nature.is_capex is capital],
                offering=terms.offering,
                source=key.contract,
                variable=decide.order_lots[key],
                outlook=outlook,
                probability=problem.probability[outlook] if outlook else 1.0,
            )
        ledger.hold(
            Nature.OWNED_UPKEEP,
            offering=terms.offering,
            source=key.contract,
            variable=decide.order_lots[key],
            node_hours=problem.lot_node_hours(key, calendar.delivered(key, outlook or calendar.outlooks_of(key)[0])),
            outlook=outlook,
        )
