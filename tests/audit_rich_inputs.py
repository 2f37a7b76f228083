"""Inputs of the rich plan: two providers, every kind of contract by the hour, contingencies and caps."""

from datetime import date

from catalog.accelerators import ModelPrecision, Quality
from catalog.book import Catalog
from catalog.offerings import Region
from catalog.records import ByEvidence
from contracts.calendar import Month
from contracts.terms.reserved import Upfront
from scenarios.policy import BlockChoice, ConcentrationCap, Grouping, Lost, Policy, ShareMeasure, Window
from scenarios.scenario import InputFile, Scenario
from tests import builders as make
from tests.audit_lines import FEB, JAN, usd


def rich_scenario() -> Scenario:
    """Two providers, every kind of contract, two blocks, two contingencies and a cap of every measure."""
    return make.a_scenario(
        run=make.run_settings(discount_rate_per_year=usd("0.1"), beyond_horizon_weight=usd("0.5"), usable_share=0.5),
        policy=rich_policy(),
        catalog=rich_catalog(),
        contracts=(
            make.an_on_demand(startup_uplift_share=0.05),
            make.an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=usd("70")),
            make.an_on_demand("od-c", offering="node-c"),
            make.a_spot(
                spot_depth_nodes=2,
                interruption_share_per_month=0.5,
                recovery_hours=73.0,
                startup_uplift_share=0.1,
                whole_nodes=True,
            ),
            make.a_reserved(
                term_months=3,
                upfront=Upfront.PARTIAL,
                upfront_share=0.25,
                lot_nodes=2,
                minimum_order_nodes=2,
                maximum_order_nodes=4,
                earliest_start=JAN,
                latest_start=FEB,
                start_every_months=2,
                quote_valid_until=date(2026, 12, 15),
            ),
        ),
        held_contracts=(make.a_held(start=Month(2026, 11), end=FEB),),
        workloads=(
            make.a_workload(
                geographies=("geo-a", "geo-b"),
                ttft_limit_ms=200.0,
                cache_hit_share=0.5,
                accepted_share=0.875,
                retry_share=0.2,
                shortfall_price_usd_per_mtok=usd("2"),
                shortfall_limit_share=0.025,
                quality_bar=90.0,
                spot_share_cap=0.2,
            ),
        ),
        size_classes=(
            make.a_size_class(size_class="short", request_share=0.5),
            make.a_size_class(size_class="long", input_tokens=1000.0, output_tokens=300.0, request_share=0.5),
        ),
        demand=make.flat_demand(requests_per_s=6.0),
        blocks=make.day_and_night("chat"),
        input_files=(InputFile(name="demand.csv", sha256="d"), InputFile(name="contracts.yaml", sha256="c")),
    )


def rich_policy() -> Policy:
    return make.a_policy(
        haircut_share=ByEvidence(measured=0.0, independent=0.1, modelled=0.2, vendor=0.3, roofline=0.5),
        emergency_share=0.5,
        concentration=(
            ConcentrationCap(rule="tokens", measure=ShareMeasure.TOKENS, by=Grouping.PROVIDER, cap_share=0.85),
            ConcentrationCap(
                rule="spend",
                measure=ShareMeasure.SPEND,
                by=Grouping.GEOGRAPHY,
                cap_share=0.72,
                window=Window.HORIZON,
            ),
            ConcentrationCap(
                rule="capacity",
                measure=ShareMeasure.CAPACITY,
                by=Grouping.CHIP_VENDOR,
                group="vendor-a",
                cap_share=0.8,
                window=Window.HORIZON,
            ),
        ),
        contingencies=(
            make.a_contingency(
                "lose-cloud-b",
                name="cloud-b",
                floor_share=0.5,
                probability_per_year=0.12,
                duration_hours=100.0,
            ),
            make.a_contingency(
                "lose-held-a",
                lost=Lost.CONTRACT,
                name="held-a",
                floor_share=0.25,
                ttft_factor=2.0,
                blocks=BlockChoice.ALL,
            ),
        ),
    )


def rich_catalog() -> Catalog:
    return make.a_catalog(
        accelerators=(make.an_accelerator(), make.an_accelerator("gpu-b", chip_vendor="vendor-b")),
        models=(
            ModelPrecision(model="model-a", precision="fp8", weights_gb=8.0, kv_kb_per_token=100.0, **make.SOURCED),
        ),
        quality=(Quality(model="model-a", precision="fp8", stack="stack-a", quality_score=99.0, source="test"),),
        regions=tuple(Region(region=f"region-{x}", geography=f"geo-{x}") for x in "abc"),
        offerings=(
            make.an_offering(lead_time_days=31, stock_nodes=2, quota_nodes=4, on_demand_confidence=0.5),
            make.an_offering(
                "node-b",
                provider="cloud-b",
                region="region-b",
                accelerator="gpu-b",
                accelerators_per_node=8,
                list_price_usd_per_node_hour=usd("80"),
                quota_nodes=4,
            ),
            make.an_offering("node-c", region="region-c"),
            make.an_offering("node-d", region="region-a"),
        ),
        goodput_points=make.two_points() + make.two_points("gpu-b", tok_per_s=4000.0, accelerators_per_replica=4),
    )
