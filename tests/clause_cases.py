"""Plans whose contracts carry clauses of price and payment, for the tests of what readers see."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from contracts.clauses import DueDay, ExchangeRate
from contracts.terms.reserved import Upfront
from optimizer.plan import Plan
from scenarios.outlooks import Effect
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    SOURCED,
    a_reserved,
    a_scenario,
    a_take_or_pay,
    an_effect,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.proving import planned

EURO = ExchangeRate(currency="EUR", usd_per_unit=Decimal("1.0825"), **SOURCED)
MONTHS = 14


def replaced(row: Demand, **fields: Any) -> Demand:
    """The row with some fields replaced."""
    return row.model_copy(update=fields)


def a_scenario_with_clauses(**overrides: Any) -> Scenario:
    """Fourteen months from January 2027. 2.4 nodes of load; on demand halves in outlook `low` from July on.

    favoured: 2 EUR x 1.0825 a node-hour, a quarter upfront, 10 % a year, at most a fifth of on demand (10 USD), paid 45
    days after the end of the month. flexible: take-or-pay at 3 USD, 5 % a year, 600 USD a month and lot, made up later.
    """
    fields: dict[str, Any] = {
        "run": run_settings(months=MONTHS, order_date=date(2026, 12, 1), beyond_horizon_weight=Decimal("0.5")),
        "catalog": two_clouds(stock_nodes=1, node_b={"stock_nodes": 1}),
        "contracts": (
            an_on_demand(net_days=30),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(11), due_day=DueDay.IN_ADVANCE),
            a_reserved(
                "favoured",
                currency="EUR",
                price_per_node_hour=Decimal(2),
                price_usd_per_node_hour=Decimal("2.165"),
                term_months=18,
                upfront=Upfront.PARTIAL,
                upfront_share=0.25,
                latest_start=FIRST,
                escalator_share_per_year=Decimal("0.1"),
                most_favoured_of="od-a",
                most_favoured_share=Decimal("0.23"),
                net_days=45,
            ),
            a_take_or_pay(
                "flexible",
                offering="node-b",
                price_usd_per_node_hour=Decimal(3),
                term_months=16,
                window_months=7,
                latest_start=FIRST,
                minimum_node_hours_per_month=Decimal(500),
                make_up_right=True,
                escalator_share_per_year=Decimal("0.05"),
                due_day=DueDay.IN_ADVANCE,
                net_days=14,
            ),
        ),
        "exchange_rates": (EURO,),
        "demand": (*nodes_of_load(1.4, 7), *(replaced(row, month=row.month + 7) for row in nodes_of_load(2.4, 7))),
        "outlooks": (an_outlook(), an_outlook("low")),
        "outlook_effects": (
            an_effect("low", effect=Effect.ON_DEMAND_PRICE, first_month=FIRST + 6, value=0.5),
        ),
    }
    return a_scenario(**(fields | overrides))


@cache
def a_plan_with_clauses() -> Plan:
    """The audited plan of it."""
    return planned(a_scenario_with_clauses())
