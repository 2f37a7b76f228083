"""What one node, unit or dollar an hour of an order is worth as signed (docs/decisions/0038).

    reserved, capacity block    every payment of its bill
    take-or-pay                 the minimum of every month of the term, ramped, at the price of the unit in the month
    owned hardware              its capital expenditure
    spend commitment            an hour's dollar for every hour of the term
    provisioned throughput      every hour of the term

No right is used and nothing is late. A most-favoured price is left out: it follows the on-demand price of an outlook.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from typing import NamedTuple

from contracts.calendar import Month, months_between
from contracts.money import EXACT
from contracts.terms.api import Provisioned, provisioned_bill
from contracts.terms.capacity_block import CapacityBlock, capacity_block_bill
from contracts.terms.common import BillLine
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved, reserved_bill
from contracts.terms.spend_commitment import SpendCommitment, spend_commitment_bill
from contracts.terms.take_or_pay import TakeOrPay
from scenarios.scenario import Scenario

SignedTerms = Reserved | TakeOrPay | Owned | CapacityBlock | SpendCommitment | Provisioned
"""Terms of everything that is ordered before it is used."""


class Payee(NamedTuple):
    """Who is paid for an order, and the offering that it is of; none for dollars and units."""

    provider: str
    offering: str | None


def signed_terms(scenario: Scenario) -> Mapping[str, SignedTerms]:
    """Everything that is ordered before it is used, by contract."""
    rows: tuple[SignedTerms, ...] = (
        *scenario.reserved,
        *scenario.take_or_pay,
        *scenario.owned,
        *scenario.capacity_blocks,
        *scenario.spend_commitments,
        *scenario.provisioned,
    )
    return {row.contract: row for row in rows}


def order_payee(scenario: Scenario, terms: SignedTerms) -> Payee:
    """Who is paid for an order under some terms."""
    if isinstance(terms, SpendCommitment):
        return Payee(terms.provider, None)
    if isinstance(terms, Provisioned):
        return Payee(next(offer.provider for offer in scenario.api_offers if offer.api == terms.api), None)
    return Payee(scenario.catalog.offering[terms.offering].provider, terms.offering)


def order_usd(terms: SignedTerms, start: Month) -> Decimal:
    """The exact value of one node, unit or dollar an hour of an order that is promised for a month."""
    with localcontext(EXACT):
        if isinstance(terms, Owned):
            return terms.capex_usd_per_node
        if isinstance(terms, TakeOrPay):
            return _minimum_usd(terms, start) / terms.lot_nodes
        if isinstance(terms, CapacityBlock):
            return _summed(capacity_block_bill(terms, 1))
        if isinstance(terms, SpendCommitment):
            return _summed(spend_commitment_bill(terms, Decimal(1), start))
        if isinstance(terms, Provisioned):
            return _summed(provisioned_bill(terms, 1, start))
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
