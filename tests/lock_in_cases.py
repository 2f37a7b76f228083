"""Fleets that bind themselves: January has 744 hours, February 672, March 744, April 720, May 744."""

from decimal import Decimal
from typing import Any

from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.builders import a_policy, a_scenario, an_on_demand, nodes_of_load, ten_requests_a_node, two_clouds
from tests.proving import planned

OD_B = an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))
HOURS = 1416
"""Of January and February."""


def a_bound_fleet(
    *contracts: Any, nodes: float = 1.0, policy: dict[str, Any] | None = None, **overrides: Any
) -> Scenario:
    """One node of load for two months: on demand at 10 USD, or under the contracts."""
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(), *contracts),
        "demand": nodes_of_load(nodes),
        "policy": a_policy(**(policy or {})),
    }
    return a_scenario(**(fields | overrides))


def two_clouds_plan(policy: dict[str, Any], **overrides: Any) -> Plan:
    """Two nodes of load on demand: cloud-a at 10 USD, cloud-b at 12."""
    fields: dict[str, Any] = {
        "catalog": two_clouds(),
        "contracts": (an_on_demand(), OD_B),
        "demand": nodes_of_load(2.0),
        "policy": a_policy(**policy),
    }
    return planned(a_scenario(**(fields | overrides)))
