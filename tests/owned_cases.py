"""A plan with capacity blocks and owned hardware, in two futures, for the tests of what readers see."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from optimizer.plan import Plan
from scenarios.outlooks import Effect
from scenarios.policy import BudgetWindow, Spending
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_capacity_block,
    a_contingency,
    a_policy,
    a_scenario,
    a_site,
    an_effect,
    an_on_demand,
    an_outlook,
    an_owned,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.proving import planned

MONTHS = 4


def a_scenario_with_blocks_and_hardware(**overrides: Any) -> Scenario:
    """Three nodes of load, four from February on in `high`, where hardware is a month late; blocks on node-b.

    own-a: 12,000 USD a node, 2,000 after 14 months, 100 USD a month and 5 % more after a year, 12 kW at 0.10 USD.
    block-b: two nodes from 15 January for 28 days; block-c: one node in March, decided once the outlook is known.
    """
    fields: dict[str, Any] = {
        "run": run_settings(
            months=MONTHS,
            order_date=date(2026, 12, 1),
            reveal_month=FIRST + 1,
            beyond_horizon_weight=Decimal("0.5"),
            discount_rate_per_year=Decimal("0.06"),
        ),
        "catalog": two_clouds(node_b={"lead_time_days": 0}),
        "contracts": (
            an_on_demand(net_days=15),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(11)),
            an_owned(
                term_months=14,
                pue=Decimal("1.2"),
                power_price_usd_per_kwh=Decimal("0.1"),
                escalator_share_per_year=Decimal("0.05"),
                rack_units_per_node=4.0,
            ),
            a_capacity_block("block-b", offering="node-b", first_day=date(2027, 1, 15), days=28, sizes_nodes=(1, 2)),
            a_capacity_block("block-c", offering="node-b", first_day=date(2027, 3, 1), days=31, sizes_nodes=(1,)),
        ),
        "sites": (a_site(power_kw=25.0),),
        "policy": a_policy(
            contingencies=(a_contingency("spot", lost="spot", name="*", floor_share=0.5),),
            budgets=(
                a_budget("capital", spending=Spending.CAPEX, window=BudgetWindow.HORIZON, limit_usd=Decimal(40_000)),
            ),
        ),
        "demand": nodes_of_load(3.0, MONTHS),
        "outlooks": (an_outlook(), an_outlook("high")),
        "outlook_effects": (
            an_effect(first_month=FIRST + 1, value=4 / 3),
            an_effect("high", effect=Effect.DELIVERY_DELAY, of="offering", name="node-a", value=1.0),
        ),
    }
    return a_scenario(**(fields | overrides))


@cache
def a_plan_with_blocks_and_hardware() -> Plan:
    """The audited plan of it."""
    return planned(a_scenario_with_blocks_and_hardware())
