"""How the costs of two plans, or the prices of two scenarios, are related: shared by the tests of relations."""

from decimal import Decimal
from typing import Any

from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.proving import EXACT_USD, changed


def same_cost(one: Plan, other: Plan, factor: float = 1.0) -> bool:
    """Whether the second costs `factor` times the first, within what is proven and rounded."""
    rounding = EXACT_USD + 0.005 * (factor * len(one.cost_lines) + len(other.cost_lines))
    lowest = min(factor * one.bound_usd, other.bound_usd)
    highest = max(factor * one.incumbent_usd, other.incumbent_usd)
    return highest - lowest <= rounding + 1e-6 * highest


def with_prices(scenario: Scenario, factor: Decimal, only: str | None = None) -> Scenario:
    """All prices (or those of one contract) times the factor."""

    def scaled(row: Any) -> Any:
        return row.model_copy(update={"price_usd_per_node_hour": row.price_usd_per_node_hour * factor})

    if only is not None:
        contracts = tuple(scaled(c) if c.contract == only else c for c in scenario.contracts)
        return changed(scenario, contracts=contracts)
    workloads = tuple(
        w.model_copy(update={"shortfall_price_usd_per_mtok": w.shortfall_price_usd_per_mtok * factor})
        for w in scenario.workloads
    )
    return changed(
        scenario,
        contracts=tuple(scaled(c) for c in scenario.contracts),
        held_contracts=tuple(scaled(h) for h in scenario.held_contracts),
        workloads=workloads,
    )
