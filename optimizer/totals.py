"""Cost lines and placements -> the sums of a plan, expected and by outlook."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from contracts.money import exact, to_cents
from contracts.terms.common import BillLine, Nature
from optimizer.costing import SECONDS_PER_HOUR, TOKENS_PER_MTOK
from optimizer.extract import Extracted
from optimizer.extract_splits import busy_in_splits
from optimizer.plan import CostLine, OutlookTotals, Placement, Totals
from optimizer.plan_contracts import ApiPlacement
from optimizer.plan_splits import SplitPlacement
from optimizer.problem import Problem
from optimizer.tokens_bought import tokens_at_list_usd

Weights = Mapping[str, Decimal]
"""Weight of each outlook; those that are not there weigh nothing."""


def expected_totals(problem: Problem, decided: Extracted, lines: Sequence[CostLine]) -> Totals:
    """Sums over the lines and the placements, weighted by the probability of their outlook (docs/decisions/0003)."""
    return _totals(problem, decided, lines, {s: exact(p) for s, p in problem.probability.items()})


def totals_by_outlook(problem: Problem, decided: Extracted, lines: Sequence[CostLine]) -> tuple[OutlookTotals, ...]:
    """The same sums for each outlook alone; none where there is only one."""
    if len(problem.outlooks) == 1:
        return ()
    return tuple(
        OutlookTotals(
            outlook=s,
            probability=problem.probability[s],
            totals=_totals(problem, decided, lines, {s: Decimal(1)}),
        )
        for s in problem.outlooks
    )


def _totals(problem: Problem, decided: Extracted, lines: Sequence[CostLine], weights: Weights) -> Totals:
    valuation, horizon = problem.scenario.valuation, problem.scenario.horizon
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        weight = Decimal(1) if line.outlook is None else weights.get(line.outlook, Decimal(0))
        payment = BillLine.payment(_as_bill(line), line.amount_usd)
        inside = valuation.horizon_share(payment)
        sums["objective"] += weight * valuation.objective_usd(payment)
        if line.nature.is_cash:
            sums["effective"] += weight * line.amount_usd * inside
            sums["beyond"] += weight * line.amount_usd * valuation.tail_share(payment)
            cash = weight * line.amount_usd * (line.paid_month in horizon)
            sums["cash"] += cash
            sums["capex"] += cash * line.nature.is_capex
        else:
            sums[line.nature.value] += weight * line.amount_usd
    served = _served_mtok(problem, decided, weights)
    return Totals(
        objective_usd=to_cents(sums["objective"]),
        effective_usd=to_cents(sums["effective"]),
        cash_usd=to_cents(sums["cash"]),
        capex_usd=to_cents(sums["capex"]),
        beyond_horizon_usd=to_cents(sums["beyond"]),
        shortfall_penalty_usd=to_cents(sums[Nature.SHORTFALL_PENALTY.value]),
        emergency_expected_usd=to_cents(sums[Nature.EMERGENCY_EXPECTED.value]),
        carbon_price_usd=to_cents(sums[Nature.CARBON_PRICE.value]),
        stability_price_usd=to_cents(sums[Nature.STABILITY_PRICE.value]),
        list_usd=to_cents(_at_list(problem, decided, weights)),
        served_mtok=served,
        usd_per_mtok=(sums["effective"] / served).quantize(Decimal("0.000001")) if served else None,
    )


def _as_bill(line: CostLine) -> BillLine:
    return BillLine(
        nature=line.nature,
        paid_month=line.paid_month,
        service_first=line.service_first,
        service_end=line.service_end,
        quantity=line.quantity,
        unit_price_usd=line.unit_price_usd,
    )


def _served_mtok(problem: Problem, decided: Extracted, weights: Weights) -> Decimal:
    total = Decimal(0)
    rows: tuple[Placement | ApiPlacement | SplitPlacement, ...] = (
        *decided.placements,
        *decided.api_placements,
        *decided.split_placements,
    )
    for p in rows:
        hours = problem.hours[problem.scenario.horizon.index(p.month), p.block]
        total += weights.get(p.outlook, Decimal(0)) * exact(p.accepted_tok_per_s) * hours
    return (total * SECONDS_PER_HOUR / TOKENS_PER_MTOK).quantize(Decimal("0.000001"))


def _at_list(problem: Problem, decided: Extracted, weights: Weights) -> Decimal:
    total = Decimal(0)
    for p in decided.placements:
        hours = problem.hours[problem.scenario.horizon.index(p.month), p.block]
        price = problem.offering[p.offering].list_price_usd_per_node_hour
        total += weights.get(p.outlook, Decimal(0)) * exact(p.nodes) * hours * price
    for pool, row, nodes in busy_in_splits(problem, decided.split_placements):
        hours = problem.hours[problem.scenario.horizon.index(row.month), row.block]
        price = problem.offering[pool.offering].list_price_usd_per_node_hour
        total += weights.get(row.outlook, Decimal(0)) * exact(nodes) * hours * price
    return total + sum(
        (weights.get(s, Decimal(0)) * usd for s, usd in tokens_at_list_usd(problem, decided).items()), Decimal(0)
    )
