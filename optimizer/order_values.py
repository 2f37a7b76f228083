"""What one node, unit or dollar an hour of an order is worth as signed (docs/decisions/0038).

    reserved, capacity block    every payment of its bill
    take-or-pay                 the minimum of every month of the term, ramped, at the price of the unit in the month
    owned hardware              its capital expenditure
    spend commitment            an hour's dollar for every hour of the term
    provisioned throughput      every hour of the term

No right is used and nothing is late. A most-favoured price is left out: it follows the on-demand price of an outlook.
"""

from collections.abc import Iterable
from decimal import Decimal, localcontext
from typing import NamedTuple

from contracts.calendar import Month, months_between
from contracts.money import EXACT
from contracts.terms.api import provisioned_bill
from contracts.terms.capacity_block import capacity_block_bill
from contracts.terms.common import BillLine
from contracts.terms.owned import Owned
from contracts.terms.reserved import reserved_bill
from contracts.terms.spend_commitment import spend_commitment_bill
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.problem import Problem


class Payee(NamedTuple):
    """Who is paid for an order, and the offering that it is of; none for dollars and units."""

    provider: str
    offering: str | None


def order_payee(problem: Problem, contract: str) -> Payee:
    """Who is paid for an order under a contract; KeyError for what nobody orders."""
    if contract in problem.spend.terms:
        return Payee(problem.spend.terms[contract].provider, None)
    if contract in problem.token_offers.provisioned:
        return Payee(problem.token_offers.served_by(contract).provider, None)
    block = problem.dated.terms.get(contract)
    offering = problem.ordered[contract].offering if block is None else block.offering
    return Payee(problem.offering[offering].provider, offering)


def order_usd(problem: Problem, contract: str, start: Month) -> Decimal:
    """The exact value of one of an order that is promised for a month; KeyError for what nobody orders."""
    with localcontext(EXACT):
        if contract in problem.dated.terms:
            return _summed(capacity_block_bill(problem.dated.terms[contract], 1))
        if contract in problem.spend.terms:
            return _summed(spend_commitment_bill(problem.spend.terms[contract], Decimal(1), start))
        if contract in problem.token_offers.provisioned:
            return _summed(provisioned_bill(problem.token_offers.provisioned[contract], 1, start))
        terms = problem.ordered[contract]
        if isinstance(terms, Owned):
            return terms.capex_usd_per_node
        if isinstance(terms, TakeOrPay):
            return _minimum_usd(terms, start) / terms.lot_nodes
        return _summed(reserved_bill(terms, 1, start, {}))


def _summed(lines: Iterable[BillLine]) -> Decimal:
    return sum((line.exact_usd for line in lines), Decimal(0))


def _minimum_usd(terms: TakeOrPay, start: Month) -> Decimal:
    """What a lot pays at least over its term."""
    months = months_between(start, start + terms.term_months)
    return sum(
        (
            terms.minimum_units_per_lot * terms.ramp_share(month - start) * terms.price_per_unit_in(start, month)
            for month in months
        ),
        Decimal(0),
    )
