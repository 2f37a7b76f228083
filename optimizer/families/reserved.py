"""Reserved: whole lots for a whole term, paid in every hour whether used or not.

    offered:  active[k,t,s] to the base pool of the offering, firm or not as the terms say
    charged:  order_lots[k,u,f] * the whole bill of one lot that is delivered in u + delay
              (upfront part on delivery for the whole term, the rest month by month, also after the horizon)
    rest:     (1 - upfront_share[k]) * min(price[k] * (1 + escalator[k]) ^ full years of service,
                                           most_favoured_share[k] * on-demand price of the month in s)

symbol             | V or P | explanation
order_lots[k,u,f]  | V      | lots of contract k promised for month u in future f; only allowed starts exist
active[k,t,s]      | V      | nodes of contract k in month t (family stock)
delay              | P      | months by which the order is late in outlook s
escalator[k]       | P      | rise of the price with every full year of service; the bound only with that clause
"""

from typing import Any

from contracts.terms.common import Nature
from optimizer.decisions import Decisions
from optimizer.ledger import Ledger
from optimizer.order_bills import reserved_bills
from optimizer.order_calendar import OrderKey
from optimizer.problem import Problem
from optimizer.supply import Commitment, Supply

SENTENCES: dict[str, str] = {}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Offer what is active, and charge the whole bill of each order."""
    for (k, t, s), first in decide.like.items():
        if k in problem.reserved:
            terms = problem.reserved[k]
            active = decide.active_nodes[k, t, first]
            supply.commit(terms.offering, t, s, Commitment(k, terms.firm, ((1.0, active),), ordered=True))
    for key in problem.calendar.keys:
        if key.contract in problem.reserved:
            _charge(problem, decide, ledger, key)


def _charge(problem: Problem, decide: Decisions, ledger: Ledger, key: OrderKey) -> None:
    """The bill of one lot, and the node-hours that it holds, used or not."""
    terms, calendar = problem.reserved[key.contract], problem.calendar
    for outlook, lines in reserved_bills(problem, key, terms.lot_nodes):
        ledger.charge_bill(
            lines,
            offering=terms.offering,
            source=key.contract,
            variable=decide.order_lots[key],
            outlook=outlook,
            probability=problem.probability[outlook] if outlook else 1.0,
        )
    for outlook in problem.billed_outlooks(key):
        ledger.hold(
            Nature.RESERVED_RECURRING,
            offering=terms.offering,
            source=key.contract,
            variable=decide.order_lots[key],
            node_hours=problem.lot_node_hours(key, calendar.delivered(key, outlook or calendar.outlooks_of(key)[0])),
            outlook=outlook,
        )
