"""The inputs that a plan may say it has moved, by kind and name, with what they are where that is one number."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from contracts.terms.common import ContractTerms
from contracts.terms.on_demand import OnDemand
from contracts.terms.owned import Owned
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumePriced
from optimizer.audit.figures import exact
from optimizer.plan_sensitivity import Varied
from scenarios.scenario import Scenario

Values = Mapping[str, Decimal | None]
"""By name: the number, or None where several cells are meant, or none is stated."""


def varied_inputs(scenario: Scenario, varied: Varied) -> Values:
    """All inputs of a kind."""
    return _KINDS[varied](scenario)


def _demand(scenario: Scenario) -> Values:
    return dict.fromkeys((row.workload for row in scenario.demand), None)


def _by_the_hour(kind: type[OnDemand] | type[Spot]) -> Callable[[Scenario], Values]:
    def prices(scenario: Scenario) -> Values:
        found: dict[str, list[Decimal]] = {}
        for row in scenario.contracts:
            if isinstance(row, kind):
                found.setdefault(scenario.catalog.offering[row.offering].provider, []).append(_stated(row))
        return {provider: prices[0] if len(prices) == 1 else None for provider, prices in found.items()}

    return prices


def _prices(scenario: Scenario) -> Values:
    found: dict[str, Decimal | None] = {}
    for row in scenario.contracts:
        if isinstance(row, Owned):
            found[row.contract] = row.capex_usd_per_node
        elif not isinstance(row, OnDemand | Spot):
            found[row.contract] = None if isinstance(row, VolumePriced) else _stated(row)
    found |= dict.fromkeys((row.contract for row in scenario.spend_commitments), None)
    found |= dict.fromkeys((row.api for row in scenario.api_offers), None)
    return found | {row.contract: row.price_usd_per_unit_hour for row in scenario.provisioned}


def _stated(row: ContractTerms) -> Decimal:
    """In the currency in which it is agreed."""
    return row.price_usd_per_node_hour if row.price_per_node_hour is None else row.price_per_node_hour


def _goodput(scenario: Scenario) -> Values:
    return dict.fromkeys((row.accelerator for row in scenario.catalog.offerings), None)


def _caps(scenario: Scenario) -> Values:
    return {row.rule: exact(row.cap_share) for row in scenario.policy.concentration}


def _floors(scenario: Scenario) -> Values:
    return {row.contingency: exact(row.floor_share) for row in scenario.policy.contingencies}


def _budgets(scenario: Scenario) -> Values:
    return {row.budget: row.limit_usd for row in scenario.policy.budgets}


def _spot_shares(scenario: Scenario) -> Values:
    stated = ((row.workload, row.spot_share_cap) for row in scenario.workloads)
    return {"": exact(scenario.policy.spot_share_cap)} | {name: exact(cap) for name, cap in stated if cap is not None}


def _migrations_at_once(scenario: Scenario) -> Values:
    limit = scenario.policy.migrations_at_once
    return {} if limit is None else {"": Decimal(limit)}


def _nodes(rows: Iterable[tuple[str, int | None]], bound: int | None) -> Values:
    found = ((name, bound if nodes is None else nodes) for name, nodes in rows)
    return {name: None if nodes is None else Decimal(nodes) for name, nodes in found}


def _stock(scenario: Scenario) -> Values:
    rows = ((row.offering, row.stock_nodes) for row in scenario.catalog.offerings)
    return _nodes(rows, scenario.policy.unknown_stock_nodes)


def _quota(scenario: Scenario) -> Values:
    rows = ((row.offering, row.quota_nodes) for row in scenario.catalog.offerings)
    return _nodes(rows, scenario.policy.unknown_quota_nodes)


_KINDS: dict[Varied, Callable[[Scenario], Values]] = {
    Varied.DEMAND: _demand,
    Varied.ON_DEMAND_PRICES: _by_the_hour(OnDemand),
    Varied.SPOT_PRICES: _by_the_hour(Spot),
    Varied.PRICE: _prices,
    Varied.GOODPUT: _goodput,
    Varied.CAP: _caps,
    Varied.FLOOR: _floors,
    Varied.BUDGET: _budgets,
    Varied.EMERGENCY_SHARE: lambda scenario: {"": exact(scenario.policy.emergency_share)},
    Varied.SPOT_SHARE: _spot_shares,
    Varied.MIGRATIONS_AT_ONCE: _migrations_at_once,
    Varied.USABLE_SHARE: lambda scenario: {"": exact(scenario.run.usable_share)},
    Varied.DISCOUNT_RATE: lambda scenario: {"": scenario.run.discount_rate_per_year},
    Varied.BEYOND_HORIZON: lambda scenario: {"": scenario.run.beyond_horizon_weight},
    Varied.STOCK: _stock,
    Varied.QUOTA: _quota,
}
