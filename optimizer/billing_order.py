"""What spend commitments take off the bill: as the plan covers use, and as the provider will (docs/decisions/0016).

A provider does not ask which use to cover. Where its order saves less than the plan's coverage, the invoice of the
month is higher than the plan says by the difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from contracts.billing import CommittedDollars, Prices, Running, taken_by_commitments
from contracts.calendar import Month
from contracts.money import to_cents
from contracts.terms.on_demand import OnDemand
from contracts.terms.spend_commitment import covered_bill
from optimizer.futures import Futures
from optimizer.plan import Usage
from optimizer.plan_contracts import CommittedSpend, Coverage
from scenarios.outlooks import Effect
from scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class MonthBilled:
    """What one month of an outlook has taken off, in whole cents."""

    outlook: str
    month: Month
    planned_usd: Decimal
    """With the coverage of the plan."""
    in_order_usd: Decimal
    """In the provider's order of billing."""

    @property
    def more_usd(self) -> Decimal:
        """What the provider's order bills more than the plan says; below 0: less."""
        return self.planned_usd - self.in_order_usd


def billed_in_order(
    scenario: Scenario,
    usages: Iterable[Usage],
    committed: Iterable[CommittedSpend],
    coverage: Iterable[Coverage],
) -> tuple[MonthBilled, ...]:
    """Every month and outlook with on-demand use and a commitment, by outlook and month."""
    on_demand = {terms.contract: terms for terms in scenario.on_demand}
    signed = tuple(committed)
    if not signed:
        return ()
    hours = {block.block: block for block in scenario.blocks.blocks}
    running: dict[tuple[str, Month, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for usage in usages:
        if usage.contract in on_demand:
            running[usage.outlook, usage.month, usage.block][usage.contract] += Decimal(repr(usage.nodes))
    planned: dict[tuple[str, Month], Decimal] = defaultdict(Decimal)
    in_order: dict[tuple[str, Month], Decimal] = defaultdict(Decimal)
    prices = {s: _prices(scenario, on_demand, s) for s in {outlook for outlook, _, _ in running}}
    for (outlook, month, block), nodes in running.items():
        there = [committed_dollars(scenario, row) for row in signed if row.outlook in (None, outlook)]
        run = Running(month, Decimal(hours[block].hours_in(month)), nodes)
        for taken in taken_by_commitments(run, prices[outlook], there):
            in_order[outlook, month] += _off(prices[outlook], taken.covers, month, taken.nodes * run.hours)
    for row in coverage:
        node_hours = Decimal(repr(row.nodes)) * hours[row.block].hours_in(row.month)
        planned[row.outlook, row.month] += _off(prices[row.outlook], row.covers, row.month, node_hours)
    return tuple(
        MonthBilled(s, month, to_cents(planned[s, month]), to_cents(in_order[s, month]))
        for s, month in sorted({*planned, *in_order})
    )


def _off(prices: Prices, covers: str, month: Month, node_hours: Decimal) -> Decimal:
    return -sum((line.exact_usd for line in covered_bill(prices[covers, month], {month: node_hours})), Decimal(0))


def committed_dollars(scenario: Scenario, row: CommittedSpend) -> CommittedDollars:
    """A signed commitment as the provider settles it."""
    terms = next(terms for terms in scenario.spend_commitments if terms.contract == row.contract)
    rates = tuple(rate for rate in scenario.covered_rates if rate.contract == row.contract)
    return CommittedDollars(terms, rates, row.usd_per_hour, row.start)


def _prices(scenario: Scenario, on_demand: Mapping[str, OnDemand], outlook: str) -> Prices:
    futures = Futures(scenario)
    return {
        (k, month): terms.model_copy(
            update={
                "price_usd_per_node_hour": futures.price(
                    terms.price_usd_per_node_hour,
                    Effect.ON_DEMAND_PRICE,
                    outlook,
                    month,
                    futures.offering_names[terms.offering],
                )
            }
        )
        for k, terms in on_demand.items()
        for month in scenario.horizon.months
    }
