"""Fleets that may serve by the token, and what becomes of them."""

from decimal import Decimal
from typing import Any

from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.builders import a_scenario, an_api_offer, an_on_demand, nodes_of_load, ten_requests_a_node


def a_token_fleet(nodes: float = 1.0, price_usd: str = "10", **overrides: Any) -> Scenario:
    """So many nodes of load: on demand at a price of a node-hour, or by the token at api-a.

    A node serves 10 requests/s of 100 + 100 tokens, 3.6 Mtok each way in an hour.
    """
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(price_usd_per_node_hour=Decimal(price_usd)),),
        "api_offers": (an_api_offer(),),
        "demand": nodes_of_load(nodes),
    }
    return a_scenario(**(fields | overrides))


def amounts(plan: Plan, nature: Nature) -> list[Decimal]:
    """Amounts of the lines of a nature, in the order of the plan."""
    return [line.amount_usd for line in plan.cost_lines if line.nature is nature]


def tok_per_s(plan: Plan) -> dict[str, float]:
    """Accepted tok/s by API offer or provisioned contract, all months and blocks added up."""
    found: dict[str, float] = {}
    for row in plan.api_placements:
        name = row.contract or row.api
        found[name] = found.get(name, 0.0) + row.accepted_tok_per_s
    return found
