"""Orders against those approved: what is compared, what a change is worth, and what policy counts for it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from contracts.calendar import Month
from contracts.terms.api import Provisioned
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.common import Nature
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.spend_commitment import SpendCommitment
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.audit import blocks, commitments
from optimizer.audit.due import Due, cents
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.orders import last_day_to_order, may_wait, start_faults
from optimizer.audit.prices import after_years
from optimizer.audit.statements import Statements
from optimizer.audit.take_or_pay import minimum_of_month

Orderable: TypeAlias = Reserved | TakeOrPay | Owned | CapacityBlock | SpendCommitment | Provisioned
"""All terms under which something is ordered for months."""
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Compared:
    """An order by contract and start: nodes, units or dollars an hour, as approved and as planned."""

    contract: str
    start: Month
    terms: Orderable
    approved: Decimal
    planned: Decimal

    @property
    def difference(self) -> Decimal:
        """By how much it was resized; all of it where it is new or taken out."""
        return abs(self.planned - self.approved)

    @property
    def changed_usd(self) -> Decimal:
        """What the difference is worth, unrounded; call inside the context of money."""
        return self.difference * _usd_of(self.terms, self.start) / _nodes_of(self.terms)


def terms_of(inputs: Inputs, contract: str) -> Orderable | None:
    """The terms of a contract, if something is ordered under it."""
    found = inputs.terms.get(contract)
    if isinstance(found, Reserved | TakeOrPay | Owned | CapacityBlock):
        return found
    return inputs.spend_commitments.get(contract) or inputs.provisioned.get(contract)


def compared(inputs: Inputs, stated: Statements) -> tuple[Compared, ...]:
    """Every order that was approved and can still be, or is planned for all outlooks; by contract and start."""
    approved: dict[tuple[str, Month], Decimal] = defaultdict(Decimal)
    for row in inputs.scenario.approved_orders:
        terms = terms_of(inputs, row.contract)
        if terms is not None and _can_be_ordered(inputs, terms, row.start):
            approved[row.contract, row.start] += row.quantity
    planned = _planned(inputs, stated)
    rows = []
    for contract, start in sorted({*approved, *planned}):
        terms = terms_of(inputs, contract)
        assert terms is not None, "sifted"
        key = (contract, start)
        rows.append(Compared(contract, start, terms, approved.get(key, NOTHING), planned.get(key, NOTHING)))
    return tuple(rows)


def _planned(inputs: Inputs, stated: Statements) -> dict[tuple[str, Month], Decimal]:
    planned: dict[tuple[str, Month], Decimal] = defaultdict(Decimal)
    is_single = len(inputs.probability) == 1
    sized: tuple[tuple[commitments.SignedForMonths, Decimal], ...] = (
        *((row, Decimal(str(row.nodes))) for row in stated.orders),
        *((row, row.usd_per_hour) for row in stated.bought.committed),
        *((row, Decimal(str(row.units))) for row in stated.bought.provisioned),
    )
    for row, size in sized:
        if size and (row.outlook is None or is_single):
            planned[row.contract, row.start] += size
    return planned


def _can_be_ordered(inputs: Inputs, terms: Orderable, start: Month) -> bool:
    """Whether an order may start in the month, and is decided for all outlooks."""
    if isinstance(terms, CapacityBlock):
        is_possible = start == blocks.months_of_block(terms)[0] and blocks.is_possible(inputs, terms)
        last_day = blocks.last_day_to_sign(inputs, terms)
    elif isinstance(terms, SpendCommitment | Provisioned):
        is_possible = not commitments.start_fault(inputs, terms, start)
        last_day = commitments.last_day_to_sign(terms, start)
    else:
        is_possible = not start_faults(inputs, terms, start)
        last_day = last_day_to_order(inputs, terms, start)
    return is_possible and not may_wait(inputs, last_day)


def _nodes_of(terms: Orderable) -> int:
    """What one price below is for: a lot of nodes under take-or-pay, else one node, unit or dollar."""
    return terms.lot_nodes if isinstance(terms, TakeOrPay) else 1


def _usd_of(terms: Orderable, start: Month) -> Decimal:
    """All payments of one order of that size, as signed: no right, no delay, no clause that follows an outlook."""
    if isinstance(terms, Owned):
        return terms.capex_usd_per_node
    if isinstance(terms, CapacityBlock):
        return terms.price_usd_per_node_hour * blocks.HOURS_OF_DAY * terms.days
    if isinstance(terms, Reserved):
        return _usd_of_reserved(terms, start)
    if isinstance(terms, TakeOrPay):
        return _usd_of_minimum(terms)
    price = terms.price_usd_per_unit_hour if isinstance(terms, Provisioned) else Decimal(1)
    return price * hours_between(start, start + terms.term_months)


def _usd_of_reserved(terms: Reserved, start: Month) -> Decimal:
    """What is paid upfront stays as signed, the rest moves with every year of service."""
    price, upfront = terms.price_usd_per_node_hour, exact(terms.upfront_share)
    usd = price * upfront * hours_between(start, start + terms.term_months)
    for served in range(terms.term_months):
        month = start + served
        usd += (1 - upfront) * after_years(terms, price, served) * hours_between(month, month + 1)
    return usd


def _usd_of_minimum(terms: TakeOrPay) -> Decimal:
    """The minimum of a lot in every month of the term, node-hours at the price of their month."""
    usd = NOTHING
    for served in range(terms.term_months):
        of_unit = Decimal(1)
        if terms.minimum_usd_per_month is None:
            of_unit = after_years(terms, terms.price_usd_per_node_hour, served)
        usd += minimum_of_month(terms, terms.lot_nodes, served) * of_unit
    return usd


def change_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """A line for every order that differs, where changes have a price; call inside the context of money."""
    stability = inputs.policy.stability
    if stability is None or not stability.price_per_changed_usd:
        return
    for row in compared(inputs, stated):
        if row.difference:
            provider, offering = _counterparty(inputs, row.terms)
            yield Due(
                nature=Nature.STABILITY_PRICE,
                outlook=None,
                payee=provider,
                offering=offering,
                source=row.contract,
                order=None,
                paid=inputs.first,
                service_first=inputs.first,
                service_end=inputs.first + 1,
                quantity=cents(row.changed_usd),
                unit="usd",
                unit_price=stability.price_per_changed_usd,
            )


def _counterparty(inputs: Inputs, terms: Orderable) -> tuple[str, str | None]:
    """Who would be paid, and for which offering."""
    if isinstance(terms, SpendCommitment):
        return terms.provider, None
    if isinstance(terms, Provisioned):
        return inputs.api_offers[terms.api].provider, None
    return inputs.offerings[terms.offering].provider, terms.offering
