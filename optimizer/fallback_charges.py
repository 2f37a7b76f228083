"""What nodes and tokens are expected to cost after events, as charges of the objective.

For the family fallback; index sets and meanings there. Bills of a plan: optimizer/emergencies.py.
"""

from decimal import Decimal
from typing import Any

from contracts.terms.api import emergency_bill
from contracts.terms.common import BillLine, Nature
from optimizer.fallback_apis import Bundles
from optimizer.ledger import Ledger
from optimizer.problem import Problem


def charge_rent(rent: Any, problem: Problem, ledger: Ledger) -> None:
    """Charge nodes on demand for the hours that are expected."""
    prices = {
        (q, o, t, s): problem.emergency_price(problem.contingencies[q], o, t, s)
        for q, o, t, s in {(q, o, t, s) for q, o, t, _, s in rent}
    }
    for (q, o, t, b, s), nodes in rent.items():
        month = problem.months[t]
        line = BillLine(
            nature=Nature.EMERGENCY_EXPECTED,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=Decimal(1),
            unit_price_usd=prices[q, o, t, s],
        )
        ledger.charge_bill(
            [line],
            bills=_hours(problem, q, t, b),
            offering=o,
            variable=nodes,
            outlook=s,
            probability=problem.probability[s],
        )


def charge_tokens(serve_api: Any, problem: Problem, bundles: Bundles, ledger: Ledger) -> None:
    """Charge the tokens that are expected, kind by kind."""
    offers = problem.token_offers
    for (q, w, g, a, t, b, s), share in serve_api.items():
        hours = _hours(problem, q, t, b)
        for key in bundles[q, w, g].classes:
            rate = problem.tok_per_s.get((key, t, b, s), 0.0)
            ledger.charge_bill(
                emergency_bill(offers.offer[a], problem.months[t], offers.gross[key]),
                bills=rate * hours * 3600 / 1e6,
                offering=None,
                provider=offers.offer[a].provider,
                variable=share,
                outlook=s,
                probability=problem.probability[s],
            )


def _hours(problem: Problem, contingency: str, t: int, block: str) -> float:
    """Expected hours of an event that fall into a checked block of a month."""
    event = problem.contingencies[contingency]
    return event.expected_hours_per_month * problem.hours[t, block] / problem.events.checked_hours(event, t)
