"""Small valid records with keyword-only overrides, so that a test states only what it is about."""

from datetime import date
from decimal import Decimal
from typing import Any

from catalog.accelerators import Accelerator, ModelPrecision, Quality, Silicon
from catalog.book import Catalog
from catalog.footprint import AcceleratorPower, RatedScope, RegionEnergy, SovereigntyRating
from catalog.goodput import GoodputPoint
from catalog.offerings import Offering, Region
from catalog.records import ByEvidence, Evidence
from contracts.approved import ApprovedOrder
from contracts.calendar import Month
from contracts.terms.agreement import Agreement, AgreementTier, Charge
from contracts.terms.api import ApiOffer, Provisioned
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.credit import Credit
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.owned import Owned, Site
from contracts.terms.reserved import Reserved, Upfront
from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import TierRule, VolumePriced, VolumeTier
from scenarios.blocks import BlockLoad, BlockModel, LoadBlock
from scenarios.migrations import Migration
from scenarios.outlooks import Effect, Outlook, OutlookEffect
from scenarios.policy import Budget, BudgetWindow, Contingency, Lost, Policy
from scenarios.scenario import RunSettings, Scenario
from scenarios.workloads import Demand, SizeClass, Workload

AS_OF = date(2026, 7, 1)
FIRST = Month(2027, 1)
SOURCED: dict[str, Any] = {"source": "test", "as_of": AS_OF, "evidence": Evidence.MEASURED}


def an_accelerator(name: str = "gpu-a", **overrides: Any) -> Accelerator:
    """A GPU of 80 GB."""
    fields: dict[str, Any] = {
        "accelerator": name,
        "chip_vendor": "vendor-a",
        "family": f"{name}-family",
        "stack": "stack-a",
        "silicon": Silicon.GPU,
        "memory_gb": 80.0,
    }
    return Accelerator(**(SOURCED | fields | overrides))


def an_offering(name: str = "node-a", **overrides: Any) -> Offering:
    """A node of one chip at 10 USD an hour list price, delivered at once."""
    fields: dict[str, Any] = {
        "offering": name,
        "provider": "cloud-a",
        "region": "region-a",
        "accelerator": "gpu-a",
        "accelerators_per_node": 1,
        "list_price_usd_per_node_hour": Decimal("10"),
        "stock_nodes": 100,
        "quota_nodes": 100,
    }
    return Offering(**(SOURCED | fields | overrides))


def a_point(name: str = "point-a", **overrides: Any) -> GoodputPoint:
    """1,000 output tok/s of one chip at 100 input and 100 output tokens, well inside any SLO."""
    fields: dict[str, Any] = {
        "point": name,
        "curve": "curve-a",
        "model": "model-a",
        "precision": "fp8",
        "accelerator": "gpu-a",
        "stack": "stack-a",
        "engine": "engine-a",
        "accelerators_per_replica": 1,
        "input_tokens": 100.0,
        "output_tokens": 100.0,
        "concurrency": 8.0,
        "output_tok_per_s": 1000.0,
        "ttft_ms": 100.0,
        "ttft_percentile": 99,
        "tpot_ms": 10.0,
        "tpot_percentile": 99,
    }
    return GoodputPoint(**(SOURCED | fields | overrides))


def two_points(accelerator: str = "gpu-a", tok_per_s: float = 1000.0, **overrides: Any) -> tuple[GoodputPoint, ...]:
    """Two sizes that identify the law exactly: prefill at ten times the decode rate `tok_per_s`.

    Node-seconds of a request of (i, o) tokens on one chip: i / (10 * tok_per_s) + o / tok_per_s.
    """
    points = []
    for size, (inp, out) in {"short": (100.0, 100.0), "long": (1000.0, 100.0)}.items():
        seconds = inp / (10 * tok_per_s) + out / tok_per_s
        points.append(
            a_point(
                f"{accelerator}-{size}",
                **(
                    {
                        "curve": f"{accelerator}-curve",
                        "accelerator": accelerator,
                        "input_tokens": inp,
                        "output_tokens": out,
                        "output_tok_per_s": out / seconds,
                    }
                    | overrides
                ),
            )
        )
    return tuple(points)


def a_rating(name: str = "node-a", score: float = 50.0, **overrides: Any) -> SovereigntyRating:
    """The rating of an offering with the same score in all four parts; no question is answered."""
    fields: dict[str, Any] = {
        "scope": RatedScope.OFFERING,
        "name": name,
        "ip_ownership": score,
        "fabrication_diversity": score,
        "compiler_openness": score,
        "energy_integration": score,
    }
    return SovereigntyRating(**(SOURCED | fields | overrides))


def a_power(accelerator: str = "gpu-a", **overrides: Any) -> AcceleratorPower:
    """One kW, without what the site draws."""
    return AcceleratorPower(**(SOURCED | {"accelerator": accelerator, "power_kw": 1.0} | overrides))


def an_energy(region: str = "region-a", **overrides: Any) -> RegionEnergy:
    """500 g of CO2e for a kWh, and a PUE of 1.2."""
    return RegionEnergy(**(SOURCED | {"region": region, "grid_g_co2e_per_kwh": 500.0, "pue": 1.2} | overrides))


def an_on_demand(name: str = "od-a", **overrides: Any) -> OnDemand:
    """On demand at 10 USD per node-hour."""
    fields: dict[str, Any] = {
        "contract": name,
        "offering": "node-a",
        "price_usd_per_node_hour": Decimal("10"),
    }
    return OnDemand(**(SOURCED | fields | overrides))


def a_spot(name: str = "spot-a", **overrides: Any) -> Spot:
    """Spot at 3 USD, 50 nodes deep, never interrupted."""
    fields: dict[str, Any] = {
        "contract": name,
        "offering": "node-a",
        "price_usd_per_node_hour": Decimal("3"),
        "spot_depth_nodes": 50,
        "interruption_share_per_month": 0.0,
        "recovery_hours": 1.0,
    }
    return Spot(**(SOURCED | fields | overrides))


def a_reserved(name: str = "res-a", **overrides: Any) -> Reserved:
    """Reserved for two months at 6 USD, nothing upfront, firm."""
    fields: dict[str, Any] = {
        "contract": name,
        "offering": "node-a",
        "price_usd_per_node_hour": Decimal("6"),
        "term_months": 2,
        "upfront": Upfront.NONE,
        "upfront_share": 0.0,
        "firm": True,
    }
    return Reserved(**(SOURCED | fields | overrides))


def a_take_or_pay(name: str = "top-a", **overrides: Any) -> TakeOrPay:
    """Firm for two months at 6 USD per node-hour used, at least 300 node-hours of each month paid, month by month."""
    fields: dict[str, Any] = {
        "contract": name,
        "offering": "node-a",
        "price_usd_per_node_hour": Decimal("6"),
        "term_months": 2,
        "firm": True,
        "minimum_node_hours_per_month": Decimal("300"),
        "window_months": 1,
    }
    return TakeOrPay(**(SOURCED | fields | overrides))


def a_spend_commitment(name: str = "plan-a", **overrides: Any) -> SpendCommitment:
    """Steps of 1 USD an hour to cloud-a for two months, at most 100, month by month."""
    fields: dict[str, Any] = {
        "contract": name,
        "provider": "cloud-a",
        "flexible": False,
        "term_months": 2,
        "step_usd_per_hour": Decimal(1),
        "maximum_usd_per_hour": Decimal(100),
    }
    return SpendCommitment(**(SOURCED | fields | overrides))


def a_covered_rate(contract: str = "plan-a", covers: str = "od-a", usd: str = "7") -> CoveredRate:
    """Seven dollars of plan-a for a node-hour of od-a."""
    return CoveredRate(contract=contract, covers=covers, price_usd_per_node_hour=Decimal(usd), **SOURCED)
def an_api_offer(name: str = "api-a", **overrides: Any) -> ApiOffer:
    """model-a at cloud-t: Mtok of input cost 0.50 USD, of cached input 0.10, of output 1.50; limits out of reach."""
    fields: dict[str, Any] = {
        "api": name,
        "provider": "cloud-t",
        "region": "region-a",
        "model": "model-a",
        "quality_score": 99.0,
        "price_usd_per_mtok_input": Decimal("0.5"),
        "price_usd_per_mtok_cached_input": Decimal("0.1"),
        "price_usd_per_mtok_output": Decimal("1.5"),
        "input_tok_per_s_limit": 1e6,
        "output_tok_per_s_limit": 1e6,
        "ttft_ms": 200.0,
        "tpot_ms": 20.0,
        "percentile": 99,
        "longest_request_tok": 8192.0,
    }
    return ApiOffer(**(SOURCED | fields | overrides))


def a_provisioned(name: str = "units-a", **overrides: Any) -> Provisioned:
    """Units of api-a for two months at 1 USD an hour; one carries 1,000 uncached input tok/s, or 500 of output."""
    fields: dict[str, Any] = {
        "contract": name,
        "api": "api-a",
        "term_months": 2,
        "price_usd_per_unit_hour": Decimal(1),
        "input_tok_per_s_per_unit": 1000.0,
        "output_tok_per_s_per_unit": 500.0,
        "maximum_units": 100,
    }
    return Provisioned(**(SOURCED | fields | overrides))


def a_capacity_block(name: str = "block-a", **overrides: Any) -> CapacityBlock:
    """January 2027 from its first day to its last, one or two nodes at 4 USD."""
    fields: dict[str, Any] = {
        "contract": name,
        "offering": "node-a",
        "price_usd_per_node_hour": Decimal("4"),
        "first_day": date(2027, 1, 1),
        "days": 31,
        "sizes_nodes": (1, 2),
    }
    return CapacityBlock(**(SOURCED | fields | overrides))


def an_owned(name: str = "own-a", **overrides: Any) -> Owned:
    """Nodes for 12,000 USD that last four months and are worth 2,000 then; 100 USD upkeep a month, no power."""
    fields: dict[str, Any] = {
        "contract": name,
        "offering": "node-a",
        "term_months": 4,
        "firm": True,
        "capex_usd_per_node": Decimal("12000"),
        "residual_usd_per_node": Decimal("2000"),
        "upkeep_usd_per_node_month": Decimal("100"),
        "power_kw_per_node": 10.0,
        "site": "site-a",
    }
    return Owned(**(SOURCED | fields | overrides))


def a_site(site: str = "site-a", **overrides: Any) -> Site:
    """Power for ten nodes of 10 kW, and room for any number."""
    fields: dict[str, Any] = {"site": site, "power_kw": 100.0, "rack_units": 1000.0}
    return Site(**(SOURCED | fields | overrides))


def a_volume(name: str = "vol-a", **overrides: Any) -> VolumePriced:
    """Nodes by the hour at 10 USD up to the first tier, all units of a month at one price."""
    fields: dict[str, Any] = {
        "contract": name,
        "offering": "node-a",
        "price_usd_per_node_hour": Decimal("10"),
        "tier_rule": TierRule.ALL_UNITS,
    }
    return VolumePriced(**(SOURCED | fields | overrides))


def volume_tiers(contract: str, prices: dict[int, str]) -> tuple[VolumeTier, ...]:
    """Tiers by threshold and price."""
    return tuple(
        VolumeTier(contract=contract, from_node_hours=Decimal(hours), price_usd_per_node_hour=Decimal(usd), **SOURCED)
        for hours, usd in prices.items()
    )


def a_held(name: str = "held-a", **overrides: Any) -> HeldContract:
    """One firm node at 5 USD until the end of the second month."""
    fields: dict[str, Any] = {
        "held": name,
        "offering": "node-a",
        "nodes": 1,
        "price_usd_per_node_hour": Decimal("5"),
        "start": FIRST + -6,
        "end": FIRST + 2,
        "firm": True,
    }
    return HeldContract(**(SOURCED | fields | overrides))


def an_agreement(name: str = "edp", **overrides: Any) -> Agreement:
    """A year with cloud-a from the first month on; everything that is charged by the month is eligible."""
    fields: dict[str, Any] = {
        "agreement": name,
        "provider": "cloud-a",
        "start": FIRST,
        "years": 1,
        "eligible": tuple(Charge),
    }
    return Agreement(**(SOURCED | fields | overrides))


def a_tier(tier: str = "small", **overrides: Any) -> AgreementTier:
    """10 % off for 12,000 USD a year."""
    fields: dict[str, Any] = {
        "agreement": "edp",
        "tier": tier,
        "commitment_usd_per_year": Decimal(12000),
        "discount_share": 0.1,
    }
    return AgreementTier(**(SOURCED | fields | overrides))


def a_credit(name: str = "grant", **overrides: Any) -> Credit:
    """1,000 USD granted by cloud-a for any monthly charge of the first two months."""
    fields: dict[str, Any] = {
        "credit": name,
        "provider": "cloud-a",
        "balance_usd": Decimal(1000),
        "first_month": FIRST,
        "last_month": FIRST + 1,
        "eligible": tuple(Charge),
    }
    return Credit(**(SOURCED | fields | overrides))


def a_migration(name: str = "mig-a", **overrides: Any) -> Migration:
    """One month of work for 1,000 USD before model-a may be served on stack-a; no ramp, no upkeep."""
    fields: dict[str, Any] = {
        "migration": name,
        "model": "model-a",
        "stack": "stack-a",
        "engineering_usd": Decimal("1000"),
        "engineering_months": 1,
        "lead_months": 1,
    }
    return Migration(**(SOURCED | fields | overrides))


def a_workload(name: str = "chat", **overrides: Any) -> Workload:
    """A workload that anything may serve; a shortfall costs 1,000 USD per Mtok and is not allowed."""
    fields: dict[str, Any] = {
        "workload": name,
        "model": "model-a",
        "geographies": ("geo-a",),
        "shortfall_price_usd_per_mtok": Decimal("1000"),
    }
    return Workload(**(fields | overrides))


def a_size_class(workload: str = "chat", **overrides: Any) -> SizeClass:
    """The only class of the workload: 100 tokens in, 100 out."""
    fields: dict[str, Any] = {
        "workload": workload,
        "size_class": "all",
        "input_tokens": 100.0,
        "output_tokens": 100.0,
        "request_share": 1.0,
    }
    return SizeClass(**(fields | overrides))


def flat_demand(workload: str = "chat", months: int = 2, requests_per_s: float = 10.0) -> tuple[Demand, ...]:
    """The same accepted requests/s in every month."""
    return tuple(
        Demand(workload=workload, month=FIRST + i, accepted_requests_per_s=requests_per_s) for i in range(months)
    )


def flat_blocks(*workloads: str) -> BlockModel:
    """One block for the whole week."""
    return BlockModel(
        blocks=(LoadBlock(block="all", hours_of_week=tuple(range(168))),),
        loads=tuple(BlockLoad(workload=w, block="all", relative_load=1.0) for w in workloads),
    )


def day_and_night(*workloads: str, day: float = 1.5, night: float = 0.5) -> BlockModel:
    """Two blocks of 84 hours: the first twelve hours of each day busy, the others calm."""
    hours = range(168)
    return BlockModel(
        blocks=(
            LoadBlock(block="day", hours_of_week=tuple(h for h in hours if h % 24 < 12)),
            LoadBlock(block="night", hours_of_week=tuple(h for h in hours if h % 24 >= 12)),
        ),
        loads=tuple(
            BlockLoad(workload=w, block=b, relative_load=load)
            for w in workloads
            for b, load in (("day", day), ("night", night))
        ),
        requested_blocks=2,
    )


def by_evidence(value: float) -> ByEvidence:
    """The same number for every grade."""
    return ByEvidence(measured=value, independent=value, modelled=value, vendor=value, roofline=value)


def a_policy(**overrides: Any) -> Policy:
    """No haircut, no factor, no rule."""
    fields: dict[str, Any] = {"haircut_share": by_evidence(0.0), "percentile_factor": by_evidence(1.0)}
    return Policy(**(fields | overrides))


def a_contingency(contingency: str = "lose-cloud-a", **overrides: Any) -> Contingency:
    """Loss of cloud-a with a floor of 80 %, unlikely and without cost."""
    fields: dict[str, Any] = {
        "contingency": contingency,
        "lost": Lost.PROVIDER,
        "name": "cloud-a",
        "floor_share": 0.8,
        "probability_per_year": 0.0,
        "duration_hours": 0.0,
    }
    return Contingency(**(fields | overrides))


def a_budget(budget: str = "cash", **overrides: Any) -> Budget:
    """At most 10,000 USD of all payments of a month."""
    fields: dict[str, Any] = {"budget": budget, "window": BudgetWindow.MONTH, "limit_usd": Decimal("10000")}
    return Budget(**(fields | overrides))


def an_outlook(outlook: str = "base", **overrides: Any) -> Outlook:
    """One of two futures that are as likely as each other."""
    fields: dict[str, Any] = {"outlook": outlook, "probability": 0.5}
    return Outlook(**(fields | overrides))


def an_effect(outlook: str = "high", **overrides: Any) -> OutlookEffect:
    """Twice the demand of every workload over the whole horizon."""
    fields: dict[str, Any] = {"outlook": outlook, "effect": Effect.DEMAND, "value": 2.0}
    return OutlookEffect(**(fields | overrides))


def run_settings(**overrides: Any) -> RunSettings:
    """Two months from January 2027, no discount, the tail free, whole nodes usable, solved to the end."""
    fields: dict[str, Any] = {
        "first_month": FIRST,
        "months": 2,
        "order_date": date(2026, 12, 1),
        "discount_rate_per_year": Decimal("0"),
        "beyond_horizon_weight": Decimal("0"),
        "usable_share": 1.0,
        "load_blocks": 1,
        "gap_share": 0.0,
        "gap_usd": 0.0,
    }
    return RunSettings(**(fields | overrides))


def a_catalog(**overrides: Any) -> Catalog:
    """One chip, one model, one region, one offering with two measured sizes."""
    fields: dict[str, Any] = {
        "accelerators": (an_accelerator(),),
        "models": (
            ModelPrecision(model="model-a", precision="fp8", weights_gb=8.0, kv_kb_per_token=100.0, **SOURCED),
        ),
        "quality": (
            Quality(model="model-a", precision="fp8", stack="stack-a", quality_score=99.0, source="test"),
        ),
        "regions": (Region(region="region-a", geography="geo-a"), Region(region="region-b", geography="geo-b")),
        "offerings": (an_offering(),),
        "goodput_points": two_points(),
    }
    return Catalog(**(fields | overrides))


def a_scenario(**overrides: Any) -> Scenario:
    """Ten requests/s of 100 + 100 tokens for two months: 1.1 nodes of node-a, on demand or reserved."""
    fields: dict[str, Any] = {
        "scenario": "test",
        "run": run_settings(),
        "policy": a_policy(),
        "catalog": a_catalog(),
        "contracts": (an_on_demand(), a_reserved()),
        "workloads": (a_workload(),),
        "size_classes": (a_size_class(),),
        "demand": flat_demand(),
        "blocks": flat_blocks("chat"),
    }
    return Scenario(**(fields | overrides))


def ten_requests_a_node(**overrides: Any) -> Catalog:
    """A catalog in which a node carries exactly 10 requests/s of 100 + 100 tokens: one size, 1,000 tok/s."""
    return a_catalog(**({"goodput_points": (a_point(),)} | overrides))


def two_clouds(node_b: dict[str, Any] | None = None, **node_a: Any) -> Catalog:
    """node-a of cloud-a and node-b of cloud-b, chips of two vendors; either node carries 10 requests/s."""
    fields_b: dict[str, Any] = {"provider": "cloud-b", "accelerator": "gpu-b"}
    return ten_requests_a_node(
        accelerators=(an_accelerator(), an_accelerator("gpu-b", chip_vendor="vendor-b")),
        offerings=(an_offering(**node_a), an_offering("node-b", **(fields_b | (node_b or {})))),
        goodput_points=(a_point(), a_point("point-b", curve="curve-b", accelerator="gpu-b")),
    )


def nodes_of_load(nodes: float, months: int = 2, workload: str = "chat") -> tuple[Demand, ...]:
    """Demand that keeps so many nodes of `ten_requests_a_node` busy in every month."""
    return flat_demand(workload, months, 10 * nodes)


def an_approved(contract: str = "res-a", **overrides: Any) -> ApprovedOrder:
    """One node approved for January 2027."""
    fields: dict[str, Any] = {"contract": contract, "start": FIRST, "quantity": Decimal(1)}
    return ApprovedOrder(**(fields | overrides))
