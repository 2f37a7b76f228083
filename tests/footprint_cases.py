"""Two clouds of which it is known what they are rated, draw and emit: shared by tests on sovereignty, power and carbon.

Either node carries 10 requests/s and draws 1 kW, 1.2 kW at its site. node-a stands in region-a and costs 10 an hour;
node-b stands in region-b, costs 12, and has a grid of 100 g where region-a has 500 g of CO2e for a kWh.
"""

from decimal import Decimal
from typing import Any

from catalog.book import Catalog
from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.builders import a_power, a_rating, a_scenario, a_workload, an_energy, an_on_demand, nodes_of_load, two_clouds

HOURS = 744 + 672
"""January and February 2027."""


def known_clouds(*, score_a: float = 40.0, score_b: float = 80.0, **overrides: Any) -> Catalog:
    """The catalog with everything known; node-a is rated 40, node-b 80."""
    known: dict[str, Any] = {
        "sovereignty": (a_rating("node-a", score_a), a_rating("node-b", score_b)),
        "accelerator_power": (a_power("gpu-a"), a_power("gpu-b")),
        "region_energy": (an_energy("region-a"), an_energy("region-b", grid_g_co2e_per_kwh=100.0)),
    }
    return two_clouds(node_b={"region": "region-b"}).model_copy(update=known | overrides)


def two_priced(usd_a: str = "10", usd_b: str = "12", **overrides: Any) -> Scenario:
    """Two nodes of load, on demand in either cloud."""
    fields: dict[str, Any] = {
        "catalog": known_clouds(),
        "workloads": (a_workload(geographies=("geo-a", "geo-b")),),
        "contracts": (
            an_on_demand("od-a", price_usd_per_node_hour=Decimal(usd_a)),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(usd_b)),
        ),
        "demand": nodes_of_load(2.0),
    }
    return a_scenario(**(fields | overrides))


def nodes_used(plan: Plan, offering: str, block: str | None = None) -> list[float]:
    """Nodes by the hour of an offering, by month, in a block or in the only one."""
    rows = [row for row in plan.usages if row.offering == offering and block in (None, row.block)]
    return [round(row.nodes, 6) for row in sorted(rows, key=lambda row: row.month)]


def tonnes(plan: Plan) -> Decimal:
    """t CO2e of the whole plan, outlooks apart."""
    return sum((row.t_co2e for row in plan.footprint), Decimal(0))
