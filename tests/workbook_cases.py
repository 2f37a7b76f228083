"""Plans with everything at once: futures, take-or-pay, migrations and budgets, for the tests of what readers see."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.accelerators import Quality
from optimizer.plan import Plan
from optimizer.run import plan_fleet
from scenarios.migrations import Migration
from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.policy import Budget, BudgetWindow, ConcentrationCap, Grouping, ShareMeasure, Spending
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_held,
    a_migration,
    a_point,
    a_policy,
    a_reserved,
    a_scenario,
    a_size_class,
    a_spot,
    a_take_or_pay,
    a_workload,
    an_accelerator,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    day_and_night,
    run_settings,
    ten_requests_a_node,
)

MONTHS = 6


def a_scenario_with_everything(**overrides: Any) -> Scenario:
    """Three futures, known from April on; node-a under take-or-pay, node-b behind a migration, node-c new."""
    fields: dict[str, Any] = {
        "scenario": "everything",
        "description": "Three futures, a take-or-pay contract, two migrations and two budgets.",
        "run": run_settings(
            months=MONTHS,
            reveal_month=FIRST + 3,
            order_date=date(2026, 12, 1),
            discount_rate_per_year=Decimal("0.09"),
            beyond_horizon_weight=Decimal("0.5"),
            load_blocks=2,
        ),
        "policy": a_policy(
            concentration=(
                ConcentrationCap(
                    rule="provider-capacity", measure=ShareMeasure.CAPACITY, by=Grouping.PROVIDER, cap_share=0.8
                ),
            ),
            contingencies=(
                a_contingency(
                    "no-spot", lost="spot", name="*", floor_share=0.9, probability_per_year=0.5, duration_hours=48.0
                ),
            ),
            budgets=_budgets(),
        ),
        "catalog": ten_requests_a_node(
            accelerators=(
                an_accelerator(),
                an_accelerator("gpu-b", chip_vendor="vendor-b", stack="stack-b"),
                an_accelerator("gpu-c", chip_vendor="vendor-c", stack="stack-c"),
            ),
            offerings=(
                an_offering(quota_nodes=8),
                an_offering("node-b", provider="cloud-b", accelerator="gpu-b"),
                an_offering("node-c", provider="cloud-c", accelerator="gpu-c"),
            ),
            quality=tuple(
                Quality(model="model-a", precision="fp8", stack=f"stack-{x}", quality_score=99.0, source="test")
                for x in "abc"
            ),
            goodput_points=tuple(
                a_point(f"point-{x}", curve=f"curve-{x}", accelerator=f"gpu-{x}", stack=f"stack-{x}") for x in "abc"
            ),
        ),
        "contracts": _contracts(),
        "held_contracts": (a_held(end=FIRST + 4),),
        "workloads": (
            a_workload(),
            a_workload("batch", shortfall_price_usd_per_mtok=Decimal("4.25"), shortfall_limit_share=0.1),
        ),
        "size_classes": (a_size_class(), a_size_class("batch")),
        "demand": (
            *(Demand(workload="chat", month=FIRST + i, accepted_requests_per_s=30.0 + 4 * i) for i in range(MONTHS)),
            *(Demand(workload="batch", month=FIRST + i, accepted_output_mtok=1300.0) for i in range(MONTHS)),
        ),
        "blocks": day_and_night("chat", "batch"),
        "outlooks": (
            an_outlook("base", probability=0.5, description="As in the tables."),
            an_outlook("high", probability=0.3, description="Demand grows, and nodes come late."),
            an_outlook("low", probability=0.2, description="Demand falls, and so do prices."),
        ),
        "outlook_effects": _effects(),
        "migrations": _migrations(),
    }
    return a_scenario(**(fields | overrides))


def _budgets() -> tuple[Budget, ...]:
    return (
        a_budget("cash", window=BudgetWindow.QUARTER, limit_usd=Decimal(84_000)),
        a_budget("capex", spending=Spending.CAPEX, window=BudgetWindow.YEAR, limit_usd=Decimal(30_000)),
    )


def _contracts() -> tuple[Any, ...]:
    return (
        an_on_demand(),
        an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal("7.5")),
        a_spot(spot_depth_nodes=2, interruption_share_per_month=0.1, recovery_hours=1.0),
        a_reserved(term_months=4, earliest_start=FIRST),
        a_reserved(
            "res-b",
            offering="node-b",
            price_usd_per_node_hour=Decimal("3.6"),
            term_months=4,
            upfront="partial",
            upfront_share=0.25,
            earliest_start=FIRST + 2,
        ),
        a_take_or_pay(
            price_usd_per_node_hour=Decimal("5.05"),
            term_months=10,
            window_months=3,
            minimum_node_hours_per_month=Decimal(450),
            ramp_shares=(0.5,),
            make_up_right=True,
            excess_carries_forward=True,
            latest_start=FIRST + 1,
            maximum_order_nodes=3,
        ),
        a_take_or_pay(
            "top-usd",
            price_usd_per_node_hour=Decimal("5.2"),
            term_months=6,
            window_months=2,
            minimum_node_hours_per_month=None,
            minimum_usd_per_month=Decimal(2400),
            earliest_start=FIRST + 3,
            latest_start=FIRST + 5,
        ),
    )


def _effects() -> tuple[OutlookEffect, ...]:
    return (
        an_effect(value=1.4, first_month=FIRST + 3),
        an_effect(effect=Effect.DELIVERY_DELAY, of=Subject.OFFERING, name="node-b", value=1),
        an_effect("low", value=0.5, first_month=FIRST + 3),
        an_effect("low", effect=Effect.ON_DEMAND_PRICE, of=Subject.PROVIDER, name="cloud-a", value=0.85),
        an_effect("low", effect=Effect.SPOT_PRICE, value=0.8),
        an_effect("low", effect=Effect.GATE, of=Subject.MIGRATION, name="to-b", value=0),
    )


def _migrations() -> tuple[Migration, ...]:
    return (
        a_migration(
            "to-b",
            stack="stack-b",
            engineering_usd=Decimal(10_000),
            engineering_months=3,
            lead_months=3,
            ramp_shares=(0.5,),
            capitalised=True,
            upkeep_usd_per_month=Decimal(400),
        ),
        a_migration("to-c", stack="stack-c", engineering_usd=Decimal(90_000)),
    )


@cache
def a_plan_with_everything() -> Plan:
    """Solved once per session, with what knowing is worth."""
    return plan_fleet(a_scenario_with_everything())
