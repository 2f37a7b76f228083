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


def _second_sources(scenario: Scenario) -> Values:
    return {row.rule: Decimal(row.providers_at_least) for row in scenario.policy.sourcing}


def _floors_of_workloads(scenario: Scenario) -> Values:
    return {
        f"{event.contingency}/{row.workload}": exact(row.floor_share)
        for event in scenario.policy.contingencies
        for row in event.floors
    }


def _of_the_policy(value: Decimal | int | None) -> Values:
    """A number that is stated once, or not at all."""
    return {} if value is None else {"": Decimal(value)}


def _changed_value(scenario: Scenario) -> Values:
    stated = scenario.policy.stability
    return _of_the_policy(None if stated is None else stated.changed_usd_at_most)


def _changed_orders(scenario: Scenario) -> Values:
    stated = scenario.policy.stability
    return _of_the_policy(None if stated is None else stated.changed_orders_at_most)


def _change_price(scenario: Scenario) -> Values:
    stated = scenario.policy.stability
    return _of_the_policy(None if stated is None else stated.price_per_changed_usd)


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
    Varied.SHARE_FLOOR: lambda scenario: {row.rule: exact(row.floor_share) for row in scenario.policy.share_floors},
    Varied.OUTSTANDING: lambda scenario: {row.rule: row.limit_usd for row in scenario.policy.outstanding},
    Varied.REMAINING_TERM: lambda scenario: {
        row.rule: exact(row.limit_months) for row in scenario.policy.remaining_terms
    },
    Varied.EXPIRY: lambda scenario: {row.rule: exact(row.cap_share) for row in scenario.policy.expiries},
    Varied.SOURCES: _second_sources,
    Varied.SOURCE_SHARE: lambda scenario: {row.rule: exact(row.share_at_least) for row in scenario.policy.sourcing},
    Varied.SOVEREIGNTY: lambda scenario: {row.rule: exact(row.index_at_least) for row in scenario.policy.sovereignty},
    Varied.AUDIT_ANSWERS: lambda scenario: {
        row.rule: Decimal(row.yes_at_least) for row in scenario.policy.audit_answers
    },
    Varied.POWER: lambda scenario: {row.rule: exact(row.limit_mw) for row in scenario.policy.power},
    Varied.CARBON: lambda scenario: {row.rule: exact(row.limit_t_co2e) for row in scenario.policy.carbon},
    Varied.CARBON_PRICE: lambda scenario: _of_the_policy(scenario.policy.carbon_price_usd_per_t),
    Varied.CHANGE_PRICE: _change_price,
    Varied.CHANGED_VALUE: _changed_value,
    Varied.CHANGED_ORDERS: _changed_orders,
    Varied.WORKLOAD_FLOOR: _floors_of_workloads,
    Varied.API_SHARE: lambda scenario: {row.contingency: exact(row.api_share) for row in scenario.policy.contingencies},
    Varied.USABLE_SHARE: lambda scenario: {"": exact(scenario.run.usable_share)},
    Varied.DISCOUNT_RATE: lambda scenario: {"": scenario.run.discount_rate_per_year},
    Varied.BEYOND_HORIZON: lambda scenario: {"": scenario.run.beyond_horizon_weight},
    Varied.STOCK: _stock,
    Varied.QUOTA: _quota,
}
