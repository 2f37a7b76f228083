"""Whole plans for the tests of reports: small, but with every kind of line a workbook must show."""

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from catalog.accelerators import Silicon
from catalog.offerings import Region
from catalog.records import Evidence
from contracts.terms.reserved import Upfront
from optimizer.plan import Plan
from optimizer.run import plan_fleet
from scenarios.policy import ConcentrationCap, Contingency, Grouping, Lost, ShareMeasure, Window
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_catalog,
    a_contingency,
    a_held,
    a_policy,
    a_reserved,
    a_scenario,
    a_size_class,
    a_spot,
    a_workload,
    an_accelerator,
    an_offering,
    an_on_demand,
    by_evidence,
    day_and_night,
    run_settings,
    two_points,
)

HOSTILE = '=HYPERLINK("http://example.invalid","click")'
"""A source text that must never become a formula."""


def a_rich_scenario(months: int = 14, **overrides: Any) -> Scenario:
    """Two providers, three chips, every purchase kind, a held contract, growth, a fallback and two caps."""
    catalog = a_catalog(
        accelerators=(
            an_accelerator(),
            an_accelerator("gpu-b", chip_vendor="vendor-b", stack="stack-b"),
            an_accelerator("asic-c", chip_vendor="vendor-c", stack="stack-c", silicon=Silicon.CUSTOM),
        ),
        regions=(Region(region="region-a", geography="geo-a"), Region(region="region-b", geography="geo-b")),
        offerings=(
            an_offering(source=HOSTILE),
            an_offering(
                "node-b",
                provider="cloud-b",
                region="region-b",
                accelerator="gpu-b",
                list_price_usd_per_node_hour=Decimal("9.4125"),
                lead_time_days=20,
                on_demand_confidence=0.6,
                stock_nodes=12,
                fictitious=True,
                pricing_rule="list price of node-a less 5.875 %",
            ),
            an_offering("node-c", provider="cloud-c", accelerator="asic-c", evidence=Evidence.VENDOR),
        ),
        goodput_points=(*two_points(), *two_points("gpu-b", 900.0, stack="stack-b")),
    )
    fields: dict[str, Any] = {
        "scenario": "sample",
        "description": "Two clouds, one of them new, for a chat and a batch workload.",
        "run": run_settings(
            months=months,
            order_date=date(2026, 12, 1),
            discount_rate_per_year=Decimal("0.09"),
            beyond_horizon_weight=Decimal("0.5"),
            usable_share=0.85,
            load_blocks=2,
            gap_share=0.002,
        ),
        "policy": a_policy(
            haircut_share=by_evidence(0.05),
            spot_share_cap=0.3,
            emergency_share=0.8,
            concentration=(
                ConcentrationCap(
                    rule="provider-spend",
                    measure=ShareMeasure.SPEND,
                    by=Grouping.PROVIDER,
                    cap_share=0.75,
                    window=Window.HORIZON,
                ),
                ConcentrationCap(
                    rule="vendor-tokens",
                    measure=ShareMeasure.TOKENS,
                    by=Grouping.CHIP_VENDOR,
                    cap_share=0.85,
                ),
                ConcentrationCap(
                    rule="stack-capacity",
                    measure=ShareMeasure.CAPACITY,
                    by=Grouping.STACK,
                    group="stack-a",
                    cap_share=0.9,
                ),
            ),
            contingencies=(
                a_contingency(floor_share=0.5, tpot_factor=1.5, probability_per_year=0.2, duration_hours=48.0),
                Contingency(
                    contingency="no-spot",
                    lost=Lost.SPOT,
                    name="*",
                    floor_share=1.0,
                    probability_per_year=1.0,
                    duration_hours=24.0,
                ),
            ),
        ),
        "catalog": catalog,
        "contracts": (
            an_on_demand(),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal("9.1"), startup_uplift_share=0.02),
            an_on_demand("od-c", offering="node-c"),
            a_spot(spot_depth_nodes=2, interruption_share_per_month=0.2, recovery_hours=2.0),
            a_reserved(
                price_usd_per_node_hour=Decimal("6.305"),
                term_months=12,
                upfront=Upfront.PARTIAL,
                upfront_share=0.5,
                quote="Q-17",
                quote_valid_until=date(2027, 1, 31),
            ),
            a_reserved(
                "res-b",
                offering="node-b",
                price_usd_per_node_hour=Decimal("5.20"),
                term_months=24,
                upfront=Upfront.ALL,
                upfront_share=1.0,
                firm=True,
                fictitious=True,
                pricing_rule="55 % of list",
            ),
        ),
        "held_contracts": (
            a_held(nodes=3, end=FIRST + 9, upfront_share=0.25),
            a_held("held-b", offering="node-b", nodes=1, end=FIRST + 20, firm=False),
        ),
        "workloads": (
            a_workload(
                geographies=("geo-a", "geo-b"),
                slo_class="chat",
                ttft_limit_ms=500.0,
                tpot_limit_ms=40.0,
                retry_share=0.02,
                accepted_share=0.97,
                cache_hit_share=0.3,
            ),
            a_workload(
                "batch",
                geographies=("geo-a", "geo-b"),
                slo_class="batch",
                priority=5,
                shortfall_price_usd_per_mtok=Decimal("3.15"),
                shortfall_limit_share=0.2,
            ),
        ),
        "size_classes": (
            a_size_class(size_class="short", request_share=0.7),
            a_size_class(size_class="long", input_tokens=800.0, output_tokens=200.0, request_share=0.3),
            a_size_class("batch", size_class="all"),
        ),
        "demand": (
            *(Demand(workload="chat", month=FIRST + i, accepted_requests_per_s=40.0 + 3 * i) for i in range(months)),
            *(Demand(workload="batch", month=FIRST + i, accepted_output_mtok=2500.0 + 100 * i) for i in range(months)),
        ),
        "blocks": day_and_night("chat", "batch"),
    }
    return a_scenario(**(fields | overrides))


@cache
def a_plan(months: int = 14) -> Plan:
    """The plan of the rich scenario, solved once per session."""
    return plan_fleet(a_rich_scenario(months))
