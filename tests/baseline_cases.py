"""Baselines of a scenario by name, and the fleets that the tests of baselines share."""

from functools import cache
from typing import Any

from optimizer.plan import Baseline, Plan
from optimizer.run import plan_fleet
from scenarios.scenario import Scenario
from tests.builders import a_reserved, a_scenario, an_on_demand, nodes_of_load, ten_requests_a_node, two_clouds

HOURS = 744 + 672
"""January and February 2027."""


def baselines(plan: Plan) -> dict[str, Baseline]:
    """Baselines of a plan, by name."""
    return {row.name: row for row in plan.baselines}


def compared(scenario: Scenario) -> dict[str, Baseline]:
    """Plan, and return what the plan is compared with."""
    return baselines(plan_fleet(scenario))


def one_node_type(nodes: float = 2.5, **overrides: Any) -> Scenario:
    """Flat load on node-a: 10 USD on demand, 6 USD reserved for the two months."""
    return a_scenario(**({"catalog": ten_requests_a_node(), "demand": nodes_of_load(nodes)} | overrides))


def two_providers(nodes: float = 2.5, **overrides: Any) -> Scenario:
    """Flat load that node-a serves at 10 USD on demand and 6 reserved, node-b at 12 and 9."""
    contracts = (
        an_on_demand(),
        a_reserved(),
        an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=12),
        a_reserved("res-b", offering="node-b", price_usd_per_node_hour=9),
    )
    return a_scenario(
        **({"catalog": two_clouds(), "demand": nodes_of_load(nodes), "contracts": contracts} | overrides)
    )


@cache
def plain() -> dict[str, Baseline]:
    """The baselines of `one_node_type`, solved once."""
    return compared(one_node_type())
