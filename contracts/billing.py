"""What a provider bills for nodes that run, in its own order and without any choice of the buyer.

Every hour reservations take what runs of their offering, then spend commitments for one kind of instance, then flexible
ones; within a commitment the use that saves most is taken first. What is not taken is on demand; what of a reservation
or a commitment is not used in an hour is lost. Meanings: docs/decisions/0016.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.common import BillLine
from contracts.terms.on_demand import OnDemand, on_demand_bill
from contracts.terms.reserved import Reserved, reserved_bill
from contracts.terms.spend_commitment import (
    CoveredRate,
    SpendCommitment,
    charged_usd_per_node_hour,
    covered_bill,
    spend_commitment_bill,
)

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Running:
    """Nodes that run in so many hours of a month that are alike, by on-demand contract."""

    month: Month
    hours: Decimal
    nodes: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class ReservedNodes:
    """Nodes of one order under reserved terms."""

    terms: Reserved
    nodes: int
    start: Month

    def serves(self, month: Month) -> bool:
        """Whether a month lies in the term."""
        return self.start <= month < self.start + self.terms.term_months


@dataclass(frozen=True, slots=True)
class CommittedDollars:
    """One spend commitment, with what it covers."""

    terms: SpendCommitment
    rates: tuple[CoveredRate, ...]
    usd_per_hour: Decimal
    start: Month

    def serves(self, month: Month) -> bool:
        """Whether a month lies in the term."""
        return self.start <= month < self.start + self.terms.term_months


@dataclass(frozen=True, slots=True)
class Taken:
    """Nodes that a commitment contract takes in hours that are alike."""

    contract: str
    covers: str
    nodes: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line of the bill, and the contract that it comes from."""

    source: str
    bill: BillLine


Prices = Mapping[tuple[str, Month], OnDemand]
"""On-demand terms by contract, at the price of the month."""


def taken_by_commitments(
    running: Running, prices: Prices, commitments: Iterable[CommittedDollars]
) -> tuple[Taken, ...]:
    """How much of what runs on demand each commitment contract takes in one hour, in the order of billing.

    Commitments of one contract that run at the same time are one sum of dollars.
    """
    left = dict(running.nodes)
    dollars: dict[str, Decimal] = defaultdict(Decimal)
    contracts: dict[str, CommittedDollars] = {}
    for commitment in commitments:
        if commitment.serves(running.month):
            dollars[commitment.terms.contract] += commitment.usd_per_hour
            contracts[commitment.terms.contract] = commitment
    found = []
    for contract in sorted(contracts, key=lambda k: (contracts[k].terms.flexible, k)):
        for rate in _highest_saving_first(contracts[contract].rates, running.month, prices):
            charged = charged_usd_per_node_hour(rate, prices[rate.covers, running.month])
            nodes = left.get(rate.covers, NOTHING)
            if nodes * charged > dollars[contract]:
                nodes = dollars[contract] / charged
            if nodes > 0:
                left[rate.covers] -= nodes
                dollars[contract] -= nodes * charged
                found.append(Taken(contract, rate.covers, nodes))
    return tuple(found)


def _highest_saving_first(rates: Iterable[CoveredRate], month: Month, prices: Prices) -> list[CoveredRate]:
    """By saving share, then by lower rate, then by id; a price of nothing saves least."""

    def place(rate: CoveredRate) -> tuple[Decimal, Decimal, str]:
        price = prices[rate.covers, month].price_usd_per_node_hour
        paid_share = rate.price_usd_per_node_hour / price if price else Decimal("Infinity")
        return paid_share, rate.price_usd_per_node_hour, rate.covers

    return sorted((rate for rate in rates if (rate.covers, month) in prices), key=place)


def invoice(
    usage: Iterable[Running],
    prices: Prices,
    reservations: tuple[ReservedNodes, ...] = (),
    commitments: tuple[CommittedDollars, ...] = (),
) -> tuple[InvoiceLine, ...]:
    """The whole bill of what runs: reservations and commitments for their terms, and use by the month.

    `usage` holds all nodes that run, those that reservations pay for included.
    """
    on_demand: dict[str, dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    covered: dict[tuple[str, str], dict[Month, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for hours in usage:
        rest = _after_reservations(hours, prices, reservations)
        for contract, nodes in rest.nodes.items():
            on_demand[contract][hours.month] += nodes * hours.hours
        for taken in taken_by_commitments(rest, prices, commitments):
            covered[taken.contract, taken.covers][hours.month] += taken.nodes * hours.hours
    lines = [
        InvoiceLine(row.terms.contract, bill)
        for row in reservations
        for bill in reserved_bill(row.terms, row.nodes, row.start)
    ]
    lines += [
        InvoiceLine(row.terms.contract, bill)
        for row in commitments
        for bill in spend_commitment_bill(row.terms, row.usd_per_hour, row.start)
    ]
    for contract, months in sorted(on_demand.items()):
        for month, used in sorted(months.items()):
            if used:
                lines += [InvoiceLine(contract, b) for b in on_demand_bill(prices[contract, month], {month: used})]
    for (contract, covers), months in sorted(covered.items()):
        for month, used in sorted(months.items()):
            lines += [InvoiceLine(contract, b) for b in covered_bill(prices[covers, month], {month: used})]
    return tuple(lines)


def _after_reservations(running: Running, prices: Prices, reservations: Iterable[ReservedNodes]) -> Running:
    """What runs beyond the reserved nodes of its offering."""
    reserved: dict[str, Decimal] = defaultdict(Decimal)
    for row in reservations:
        if row.serves(running.month):
            reserved[row.terms.offering] += row.nodes
    left = {}
    for contract, nodes in sorted(running.nodes.items()):
        offering = prices[contract, running.month].offering
        paid = min(nodes, reserved[offering])
        reserved[offering] -= paid
        left[contract] = nodes - paid
    return Running(running.month, running.hours, left)
