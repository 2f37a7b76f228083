"""What the replayed hours are billed: the bills of contracts/ on the usage of the replay, and their sums.

Usage of each hour is averaged over the hours of its month and block: bills by the hour are linear in it. Only spend
commitments are not, so they cover every hour for itself, in the provider's order (docs/decisions/0016).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from contracts.billing import CommittedDollars, Prices, Running, taken_by_commitments
from contracts.calendar import Month
from contracts.money import Payment, exact, to_cents
from contracts.terms.common import Nature
from contracts.terms.volume import TieredWindow, TierRule, VolumePriced, volume_bill
from optimizer.billing_order import committed_dollars
from optimizer.costing import cost_lines
from optimizer.extract import Extracted
from optimizer.plan import QUANTITY_DECIMALS, CostLine, Plan, Shortfall, Usage
from optimizer.plan_contracts import ApiPlacement, CommittedSpend, Coverage, VolumeWindow
from optimizer.problem import Problem
from optimizer.replaying.dispatch import MonthServed
from optimizer.replaying.loads import MonthHours

Floats = NDArray[np.float64]
NOTHING = Decimal(0)


def decided_by(plan: Plan) -> Extracted:
    """The decisions of a published plan; contingencies apart, which no replay lives through."""
    return Extracted(
        orders=plan.orders,
        rights=plan.rights,
        usages=plan.usages,
        placements=plan.placements,
        shortfalls=plan.shortfalls,
        contingencies=(),
        migrations=plan.migrations,
        committed_spend=plan.committed_spend,
        coverage=plan.coverage,
        volume=plan.volume,
        agreements=plan.agreements,
        credits=plan.credits,
        credit_uses=plan.credit_uses,
        api_placements=plan.api_placements,
        provisioned=plan.provisioned,
    )


@dataclass(frozen=True)
class Billed:
    """A bill in one outlook, without expected emergencies."""

    effective_usd: Mapping[Nature, Decimal]
    """Effective cost of the horizon by nature of charge; penalties are a nature of their own."""
    cash_usd: Mapping[Month, Decimal]
    """Paid in each month of the horizon; penalties apart."""

    @property
    def total_usd(self) -> Decimal:
        """Effective cost of the horizon, penalties apart, in whole cents."""
        return to_cents(sum((usd for nature, usd in self.effective_usd.items() if nature.is_cash), NOTHING))

    @property
    def penalty_usd(self) -> Decimal:
        """Shortfall penalties, in whole cents."""
        return to_cents(self.effective_usd.get(Nature.SHORTFALL_PENALTY, NOTHING))


def billed(problem: Problem, lines: Iterable[CostLine], outlook: str) -> Billed:
    """The lines of one outlook, summed."""
    valuation, horizon = problem.scenario.valuation, problem.scenario.horizon
    effective: dict[Nature, Decimal] = defaultdict(Decimal)
    cash: dict[Month, Decimal] = dict.fromkeys(horizon.months, NOTHING)
    for line in lines:
        if line.outlook not in (None, outlook) or line.nature is Nature.EMERGENCY_EXPECTED:
            continue
        if not line.nature.is_cash:
            effective[line.nature] += line.amount_usd
            continue
        payment = Payment(line.amount_usd, line.paid_month, line.service_first, line.service_end)
        effective[line.nature] += line.amount_usd * valuation.horizon_share(payment)
        if line.paid_month in horizon:
            cash[line.paid_month] += line.amount_usd
    return Billed(dict(effective), cash)


def replayed_lines(
    problem: Problem, decided: Extracted, months: Sequence[MonthServed], outlook: str
) -> tuple[CostLine, ...]:
    """Every line of cost with the use of the replay in place of the plan's, in one outlook."""
    usages = tuple(_usages(problem, months, outlook))
    return cost_lines(
        problem,
        replace(
            decided,
            usages=usages,
            shortfalls=tuple(_shortfalls(problem, months, outlook)),
            coverage=_coverage(problem, decided.committed_spend, months, outlook),
            volume=tuple(_volume(problem, usages, outlook)),
            api_placements=tuple(_by_token(problem, months, outlook)),
        ),
    )


def _mean_by_block(problem: Problem, hours: MonthHours, rate: Floats) -> Iterator[tuple[str, float]]:
    """The mean over the hours of each block of the month, where it is above 0."""
    sums = np.bincount(hours.block, weights=rate, minlength=len(problem.blocks))
    counts = np.bincount(hours.block, minlength=len(problem.blocks))
    for index, block in enumerate(problem.blocks):
        if counts[index]:
            mean = round(float(sums[index] / counts[index]), QUANTITY_DECIMALS)
            if mean > 0:
                yield block, mean


def _usages(problem: Problem, months: Sequence[MonthServed], outlook: str) -> Iterator[Usage]:
    for served in months:
        for pool, contracts in served.rented.items():
            for (contract, order), nodes in contracts.items():
                for block, mean in _mean_by_block(problem, served.hours, nodes):
                    yield Usage(
                        outlook=outlook,
                        contract=contract,
                        order=order,
                        offering=pool.offering,
                        month=served.hours.month,
                        block=block,
                        nodes=mean,
                    )


def _shortfalls(problem: Problem, months: Sequence[MonthServed], outlook: str) -> Iterator[Shortfall]:
    for served in months:
        for key, missed in served.missed.items():
            everything = missed + served.planned_shortfall[key]
            for block, mean in _mean_by_block(problem, served.hours, everything):
                yield Shortfall(
                    outlook=outlook,
                    month=served.hours.month,
                    block=block,
                    workload=key.workload,
                    size_class=key.size_class,
                    accepted_tok_per_s=mean,
                )


def _by_token(problem: Problem, months: Sequence[MonthServed], outlook: str) -> Iterator[ApiPlacement]:
    for served in months:
        for (key, api, contract), rate in served.by_token.items():
            for block, mean in _mean_by_block(problem, served.hours, rate):
                yield ApiPlacement(
                    outlook=outlook,
                    month=served.hours.month,
                    block=block,
                    workload=key.workload,
                    size_class=key.size_class,
                    api=api,
                    contract=contract,
                    accepted_tok_per_s=mean,
                )


def _volume(problem: Problem, usages: Iterable[Usage], outlook: str) -> Iterator[VolumeWindow]:
    used: dict[tuple[str, Month], Decimal] = defaultdict(Decimal)
    for usage in usages:
        if usage.contract in problem.volume:
            hours = problem.hours[problem.scenario.horizon.index(usage.month), usage.block]
            used[usage.contract, usage.month] += exact(usage.nodes) * hours
    for k, terms in problem.volume.items():
        for window in problem.scenario.volume_windows[k]:
            spent = sum((used[k, month] for month in window.months), NOTHING)
            if spent:
                yield VolumeWindow(
                    outlook=outlook,
                    contract=k,
                    first=window.first,
                    end=window.end,
                    used_node_hours=spent,
                    bought_node_hours=_bought(terms, window, spent),
                )


def _bought(terms: VolumePriced, window: TieredWindow, used: Decimal) -> Decimal:
    """What is used; for all units the cheapest of that and of the thresholds above."""
    if terms.tier_rule is TierRule.INCREMENTAL:
        return used
    above = [tier.from_node_hours for tier in window.tiers if tier.from_node_hours > used]

    def cost(bought: Decimal) -> Decimal:
        return sum((line.exact_usd for line in volume_bill(terms, window, bought)), NOTHING)

    return min((used, *above), key=lambda bought: (cost(bought), bought))


def _coverage(
    problem: Problem, signed: Sequence[CommittedSpend], months: Sequence[MonthServed], outlook: str
) -> tuple[Coverage, ...]:
    """Nodes that spend commitments pay for, hour by hour in the provider's order, averaged over each block."""
    there = [committed_dollars(problem.scenario, row) for row in signed if row.outlook in (None, outlook)]
    if not there:
        return ()
    found: list[Coverage] = []
    for served in months:
        prices: Prices = {
            (k, served.hours.month): problem.on_demand_in[k, served.hours.t, outlook] for k in problem.on_demand
        }
        covered = _covered_in(served, prices, there)
        found += [
            Coverage(
                outlook=outlook,
                contract=contract,
                covers=covers,
                month=served.hours.month,
                block=block,
                nodes=mean,
            )
            for (contract, covers), nodes in sorted(covered.items())
            for block, mean in _mean_by_block(problem, served.hours, nodes)
        ]
    return tuple(found)


def _covered_in(
    served: MonthServed, prices: Prices, there: Sequence[CommittedDollars]
) -> dict[tuple[str, str], Floats]:
    """Covered nodes by commitment and on-demand contract; hours with equal use are asked for once."""
    month = served.hours.month
    running = {
        contract: np.round(nodes, QUANTITY_DECIMALS)
        for contracts in served.rented.values()
        for (contract, _), nodes in contracts.items()
        if (contract, month) in prices
    }
    contracts = sorted(running)
    covered: dict[tuple[str, str], Floats] = defaultdict(lambda: np.zeros(served.hours.count))
    if not contracts:
        return covered
    uses, which = np.unique(np.stack([running[k] for k in contracts]), axis=1, return_inverse=True)
    for column in range(uses.shape[1]):
        nodes = {k: exact(float(n)) for k, n in zip(contracts, uses[:, column], strict=True) if n > 0}
        for taken in taken_by_commitments(Running(month, Decimal(1), nodes), prices, there):
            covered[taken.contract, taken.covers][which.ravel() == column] = float(taken.nodes)
    return covered
