"""Every line of cost that the terms call for, rebuilt from orders, held contracts and usage."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved
from optimizer.audit.contingencies import checked_blocks, survivors_of
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.statements import Statements
from scenarios.policy import Contingency

MONEY = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Wide enough for every product and sum of the audit to be exact."""
CENT = Decimal("0.01")
HELD = (Nature.HELD_UPFRONT, Nature.HELD_RECURRING)

Key = tuple[str, str | None, str, str | None, str | None, Month]
"""Nature, outlook, source, order, offering (of an emergency), month of payment."""


@dataclass(frozen=True)
class Due:
    """A line that the terms call for."""

    nature: Nature
    outlook: str | None
    payee: str
    offering: str | None
    source: str
    order: str | None
    paid: Month
    service_first: Month
    service_end: Month
    quantity: Decimal
    unit: str
    unit_price: Decimal
    is_quotient: bool = False
    """True where the quantity has no finite decimal form."""

    @property
    def amount(self) -> Decimal:
        """Quantity x unit price, half-even to the cent."""
        return cents(self.quantity * self.unit_price)

    @property
    def key(self) -> Key:
        """What tells the line from all others."""
        return key_of(self.nature, self.outlook, self.source, self.order, self.offering, self.paid)


def cents(amount: Decimal) -> Decimal:
    """Rounded half-even to the cent.

    >>> cents(Decimal("0.125")), cents(Decimal("0.135"))
    (Decimal('0.12'), Decimal('0.14'))
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def key_of(
    nature: Nature, outlook: str | None, source: str, order: str | None, offering: str | None, paid: Month
) -> Key:
    """What tells lines apart; an emergency line is one per offering."""
    place = offering if nature is Nature.EMERGENCY_EXPECTED else None
    return nature.value, outlook, source, order, place, paid


def lines_due(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    """All lines, from orders, held contracts, usage, shortfalls and contingencies."""
    for order in stated.orders:
        terms = inputs.terms[order.contract]
        if isinstance(terms, Reserved):
            yield from _fee(
                inputs,
                terms,
                (Nature.RESERVED_UPFRONT, Nature.RESERVED_RECURRING),
                order.contract,
                order.order,
                order.nodes,
                order.start,
                order.start + terms.term_months,
            )
    for held in inputs.held.values():
        for line in _fee(inputs, held, HELD, held.held, None, held.nodes, held.start, held.end):
            if line.service_end > inputs.first:
                yield line
    yield from _usage_lines(inputs, stated)
    yield from _shortfall_lines(inputs, stated)
    for event in inputs.policy.contingencies:
        yield from _emergency_lines(inputs, stated, event)


def _fee(
    inputs: Inputs,
    terms: Reserved | HeldContract,
    natures: tuple[Nature, Nature],
    source: str,
    order: str | None,
    nodes: int,
    start: Month,
    end: Month,
) -> Iterator[Due]:
    """The part paid at the start for the whole service, and the rest month by month."""
    payee = inputs.offerings[terms.offering].provider
    upfront = exact(terms.upfront_share)
    parts = [(natures[0], start, start, end, upfront)]
    month = start
    while month < end:
        parts.append((natures[1], month, month, month + 1, 1 - upfront))
        month = month + 1
    for nature, paid, first, last, share in parts:
        if share:
            yield Due(
                nature,
                None,
                payee,
                terms.offering,
                source,
                order,
                paid,
                first,
                last,
                Decimal(nodes * hours_between(first, last)),
                "node_hour",
                terms.price_usd_per_node_hour * share,
            )


def _usage_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    node_hours: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for usage in stated.usages:
        hours = inputs.block_hours[usage.month][usage.block]
        node_hours[usage.outlook, usage.contract, usage.month] += exact(usage.nodes) * hours
    for (outlook, contract, month), quantity in node_hours.items():
        terms = inputs.terms[contract]
        if isinstance(terms, Reserved):
            continue
        nature = Nature.ON_DEMAND_USAGE if isinstance(terms, OnDemand) else Nature.SPOT_USAGE
        billed = quantity * (1 + exact(terms.startup_uplift_share))
        yield Due(
            nature,
            outlook,
            inputs.offerings[terms.offering].provider,
            terms.offering,
            contract,
            None,
            month,
            month,
            month + 1,
            billed,
            "node_hour",
            terms.price_usd_per_node_hour,
        )


def _shortfall_lines(inputs: Inputs, stated: Statements) -> Iterator[Due]:
    mtok: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for gap in stated.shortfalls:
        hours = inputs.block_hours[gap.month][gap.block]
        mtok[gap.outlook, gap.workload, gap.month] += exact(gap.accepted_tok_per_s) * hours * 3600 / Decimal(1_000_000)
    for (outlook, workload, month), quantity in mtok.items():
        price = inputs.workloads[workload].shortfall_price_usd_per_mtok
        yield Due(
            Nature.SHORTFALL_PENALTY,
            outlook,
            workload,
            None,
            workload,
            None,
            month,
            month,
            month + 1,
            quantity,
            "mtok",
            price,
        )


def _emergency_lines(inputs: Inputs, stated: Statements, event: Contingency) -> Iterator[Due]:
    blocks = checked_blocks(inputs, event)
    left = survivors_of(inputs, stated, event).on_demand
    weighted: dict[tuple[str, str, Month], Decimal] = defaultdict(Decimal)
    for case in stated.cases:
        if case.contingency == event.contingency and case.block in blocks:
            for use in case.emergency:
                hours = inputs.block_hours[case.month][case.block]
                weighted[case.outlook, use.offering, case.month] += exact(use.on_demand_nodes) * hours
    for (outlook, offering, month), node_hours in weighted.items():
        prices = [terms.price_usd_per_node_hour for terms in left.get(offering, ())]
        if not node_hours or not prices:
            continue
        all_hours = sum(inputs.block_hours[month][block] for block in blocks)
        expected = exact(event.probability_per_year) / 12 * exact(event.duration_hours)
        yield Due(
            Nature.EMERGENCY_EXPECTED,
            outlook,
            inputs.offerings[offering].provider,
            offering,
            event.contingency,
            None,
            month,
            month,
            month + 1,
            expected * node_hours / all_hours,
            "node_hour",
            min(prices),
            is_quotient=True,
        )
