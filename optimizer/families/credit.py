"""Credits: granted or bought by the lot, they pay charges of a provider until they are used up or expire.

    stay_in_the_balance[c,s]:      sum over t of use[c,t,b,s]  <=  balance_usd[c] * lots[c]
    stay_in_the_share[c,t,s]:      use[c,t,b,s]  <=  invoice_share_cap[c] * eligible[c,t,s]
    pay_what_is_charged[p,t,s]:    sum over credits c of provider p of use[c,t,b,s]
                                       <=  eligible for any of them
                                           - sum over a, i of discount_share[i] * under[a,i,credited,t,b,s]

    eligible: what the ledger charges for the provider's lines of the kinds that the credit names, paid in month t
    charged:  lots[c] * price_usd[c] in its first month;  - use[c,t,b,s] in month t

The limit of an invoice in dollars is the bound of use. Granted credits have no lots to choose. Dollars are counted in
units of a power of ten near the balances (Agreed.unit_usd). Rows are divided by the most that can be eligible, or by
the balance.

symbol               | V or P | explanation
lots[c]              | V      | lots of credit c that are bought (whole)
use[c,t,b,s]         | V      | dollars of month t that credit c pays; b stands for the whole month
under[a,i,e,t,b,s]   | V      | eligible charges under tier i of agreement a (family agreement); e: that credits may pay
eligible[c,t,s]      | P      | linear in nodes and orders; constants for what is held
balance_usd[c]       | P      | what one lot pays for
"""

from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.credit import Credit, purchase_line, use_line
from optimizer.agreed import CREDITED, UNSIGNED
from optimizer.decisions import WHOLE_MONTH, Decisions
from optimizer.eligible import EligibleCharges
from optimizer.ledger import Ledger
from optimizer.linear import Term, linear, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply

SENTENCES = {
    "stay_in_the_balance": "balance of {0} used up",
    "stay_in_the_share": "share of an invoice that {0} pays at its cap",
}


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Declare what is bought and used, hold balance, share and charges, and charge both."""
    rows = problem.agreed.credits
    horizon = problem.scenario.horizon
    charges = EligibleCharges(problem, ledger.charges if rows else ())
    block.lots = pyo.Var(
        [c for c, row in rows.items() if row.is_prepaid],
        domain=pyo.NonNegativeIntegers,
        bounds=lambda _, c: (0, rows[c].lots_at_most),
    )
    block.use = pyo.Var(
        [
            (c, horizon.index(month), WHOLE_MONTH, s)
            for c, row in rows.items()
            for month in row.months_in(horizon)
            for s in problem.outlooks
        ],
        bounds=lambda _, c, *rest: (0.0, _most_a_month(rows[c]) / problem.agreed.unit_usd),
    )
    _stay_in_the_balance(block, problem)
    _stay_in_the_share(block, problem, charges)
    _pay_what_is_charged(block, problem, decide, charges)
    _charge(block, problem, ledger)


def _balance(row: Credit) -> float:
    """Of all lots that can be had."""
    return float(row.balance_usd) * row.lots_at_most


def _most_a_month(row: Credit) -> float:
    return _balance(row) if row.invoice_cap_usd is None else min(_balance(row), float(row.invoice_cap_usd))


def _stay_in_the_balance(block: Any, problem: Problem) -> None:
    rows = problem.agreed.credits

    def stay_in_the_balance(_: Any, c: str, s: str) -> Any:
        part = problem.agreed.unit_usd / _balance(rows[c])
        used = [(part, use) for (name, _, _, o), use in block.use.items() if (name, o) == (c, s)]
        if not rows[c].is_prepaid:
            return linear(used) <= 1.0
        return linear([*used, (-1.0 / rows[c].lots_at_most, block.lots[c])]) <= 0.0

    places = [(c, s) for c in rows for s in problem.outlooks]
    block.stay_in_the_balance = pyo.Constraint(places, rule=stay_in_the_balance)


def _stay_in_the_share(block: Any, problem: Problem, charges: EligibleCharges) -> None:
    rows = problem.agreed.credits

    def stay_in_the_share(_: Any, c: str, t: int, s: str) -> Any:
        row = rows[c]
        charged = charges.of(row.provider, frozenset(row.eligible), t, s)
        size = 1.0 / max(1.0, charged.most_usd)
        share = -row.invoice_share_cap * size
        terms = [(problem.agreed.unit_usd * size, block.use[c, t, WHOLE_MONTH, s]), *scaled(share, charged.terms)]
        return linear(terms) <= -share * charged.constant_usd

    block.stay_in_the_share = pyo.Constraint([(c, t, s) for c, t, _, s in block.use], rule=stay_in_the_share)


def _pay_what_is_charged(block: Any, problem: Problem, decide: Decisions, charges: EligibleCharges) -> None:
    agreed = problem.agreed
    months = sorted({(agreed.credits[c].provider, t, s) for c, t, _, s in block.use})

    def pay_what_is_charged(_: Any, provider: str, t: int, s: str) -> Any:
        month = problem.months[t]
        charged = charges.of(provider, agreed.credited(provider, month), t, s)
        uses = [block.use[row.credit, t, WHOLE_MONTH, s] for row in agreed.credits_of(provider, month)]
        used = [(agreed.unit_usd, use) for use in uses]
        terms = [*used, *scaled(-1.0, charged.terms), *_discounts(problem, decide, provider, t, s)]
        size = 1.0 / max(1.0, charged.most_usd)
        return linear(scaled(size, terms)) <= size * charged.constant_usd

    block.pay_what_is_charged = pyo.Constraint(months, rule=pay_what_is_charged)


def _discounts(problem: Problem, decide: Decisions, provider: str, t: int, outlook: str) -> list[Term]:
    """What agreements of the provider take off charges that credits may pay."""
    agreed = problem.agreed
    return [
        (agreed.unit_usd * agreed.tiers[a, i].discount_share, under)
        for (a, i, part, month, _, s), under in decide.under.items()
        if (part, month, s) == (CREDITED, t, outlook) and i != UNSIGNED and agreed.agreements[a].provider == provider
    ]


def _charge(block: Any, problem: Problem, ledger: Ledger) -> None:
    rows = problem.agreed.credits
    for c, lots in block.lots.items():
        line = purchase_line(rows[c], 1, problem.scenario.horizon)
        ledger.charge_bill([line], offering=None, provider=rows[c].provider, variable=lots)
    for (c, t, _, s), use in block.use.items():
        ledger.charge_bill(
            [use_line(problem.months[t], Decimal(1))],
            offering=None,
            provider=rows[c].provider,
            variable=use,
            bills=problem.agreed.unit_usd,
            outlook=s,
            probability=problem.probability[s],
        )
