"""Contracts that run when the plan begins: public prices of their time, made-up sizes and dates."""

from dataclasses import dataclass
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.held import HeldContract
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.terms import BY_ID

MADE_UP = "nodes and dates of the contract: made up for this example"


@dataclass(frozen=True, slots=True)
class _Held:
    held: str
    offering: str
    nodes: int
    start: str
    end: str
    firm: bool
    model: str
    listed_months: int | None = None
    region: str | None = None
    upfront_share: float = 0.0


HELD = (
    _Held(
        "held-block-h200-apne1", "aws-h200-apne1", 8, "2026-10", "2027-04", True, "capacity_block", upfront_share=1.0
    ),
    _Held("held-ri-inf2-use1", "aws-inf2-use1", 24, "2026-05", "2027-05", True, "committed", region=""),
    _Held("held-cud3y-h100-use4", "gcp-h100-use4", 16, "2024-07", "2027-07", False, "committed", 36),
    _Held("held-cud1y-h100-euw1", "gcp-h100-euw1", 6, "2026-09", "2027-09", False, "committed", 12),
    _Held("held-h200-jpe", "azure-h200-jpe", 6, "2025-11", "2027-11", True, "on_demand"),
    _Held("held-h100-eun1", "nebius-h100-eun1", 16, "2026-02", "2028-02", True, "on_demand"),
    _Held("held-ri-trn1-use1", "aws-trn1-use1", 12, "2025-11", "2028-11", True, "committed", region=""),
    _Held("held-mi300x-iad", "oci-mi300x-iad", 10, "2025-12", "2027-12", True, "on_demand"),
)


def held_contracts(prices: PriceBook) -> list[HeldContract]:
    """All held contracts."""
    return [_contract(held, prices) for held in HELD]


def _contract(held: _Held, prices: PriceBook) -> HeldContract:
    node = BY_ID[held.offering]
    region = node.listed_under if held.region is None else held.region
    listed = prices.price(node.provider, node.instance, region, held.model, held.listed_months)
    return HeldContract(
        held=held.held,
        offering=held.offering,
        nodes=held.nodes,
        price_usd_per_node_hour=Decimal(listed.usd_per_node_hour),
        start=Month.parse(held.start),
        end=Month.parse(held.end),
        firm=held.firm,
        upfront_share=held.upfront_share,
        source=f"{listed.what}: {listed.source}; {MADE_UP}",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )
