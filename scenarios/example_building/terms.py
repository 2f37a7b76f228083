"""What can be signed at public prices.

| contract | price | firm |
|---|---|---|
| od-... | public on-demand list | no commitment |
| spot-... | public spot price; depth, frequency and recovery are assumptions where no band is published | never |
| cud..., ri..., | public committed price | a GCP commitment is a discount, not capacity; a reservation is |
| cb-... | public capacity-block price, all upfront, 64 nodes at most, in quarters of about 13 weeks | yes |
"""

from dataclasses import dataclass

from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved, Upfront
from contracts.terms.spot import Spot
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.supply import NODES, Node

BY_ID = {node.offering: node for node in NODES}

_NO_ON_DEMAND = frozenset({"aws-trn2-use2"})


@dataclass(frozen=True, slots=True)
class _SpotTerms:
    offering: str
    depth_nodes: int
    interrupted_per_month: float
    said: str
    """Where the frequency comes from."""


_ASSUMED = "frequency, depth and recovery: assumptions"
_SPOT = (
    _SpotTerms(
        "aws-a100-use1", 16, 0.05, "frequency: upper end of Spot Advisor's band <5 % (2025-06-28); depth: assumption"
    ),
    _SpotTerms("aws-h200-apne1", 10, 0.20, _ASSUMED),
    _SpotTerms("gcp-h100-use4", 16, 0.15, _ASSUMED),
    _SpotTerms("gcp-v6e-use1", 16, 0.15, _ASSUMED),
    _SpotTerms("gcp-v6e-asne1", 12, 0.15, _ASSUMED),
    _SpotTerms("nebius-h200-usc1", 24, 0.20, _ASSUMED),
    _SpotTerms("nebius-h100-eun1", 24, 0.20, _ASSUMED),
)
_RECOVERY_HOURS = 0.5


@dataclass(frozen=True, slots=True)
class _Committed:
    """A public commitment."""

    contract: str
    offering: str
    months: int
    listed_months: int | None
    """Term under which the price is listed; None where the source does not state one."""
    firm: bool
    note: str = ""


_TERM_ASSUMED = "term, region and payment are not stated by the source: assumed"
_COMMITTED = (
    _Committed("cud1y-gcp-h100-use4", "gcp-h100-use4", 12, 12, False),
    _Committed("cud3y-gcp-h100-use4", "gcp-h100-use4", 36, 36, False),
    _Committed("cud1y-gcp-h100-euw1", "gcp-h100-euw1", 12, 12, False),
    _Committed("cud3y-gcp-h100-euw1", "gcp-h100-euw1", 36, 36, False),
    _Committed("cud3y-gcp-h100-asse1", "gcp-h100-asse1", 36, 36, False),
    _Committed("ri-aws-inf2-use1", "aws-inf2-use1", 12, None, True, _TERM_ASSUMED),
    _Committed("ri-aws-trn1-use1", "aws-trn1-use1", 36, None, True, _TERM_ASSUMED),
)

_CAPACITY_BLOCKS = (
    "aws-a100-use1", "aws-h100-use1", "aws-h200-use1", "aws-b200-use1", "aws-trn1-use1", "aws-trn2-use2",
    "aws-h100-eun1", "aws-h200-eun1", "aws-h200-apne1",
)  # fmt: skip
_BLOCK_MONTHS = 3
_BLOCK_LARGEST = 64


def on_demand_terms(prices: PriceBook) -> list[OnDemand]:
    """Every offering that has a public on-demand price, at that price."""
    return [_on_demand(node, prices) for node in NODES if node.offering not in _NO_ON_DEMAND]


def _on_demand(node: Node, prices: PriceBook) -> OnDemand:
    listed = prices.price(node.provider, node.instance, node.listed_under, "on_demand")
    return OnDemand(
        contract=f"od-{node.offering}",
        offering=node.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        startup_uplift_share=0.02,
        source=f"{listed.what}: {listed.source}; start-up uplift: assumption",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def spot_terms(prices: PriceBook) -> list[Spot]:
    """Spot where a public price lies well below the alternatives."""
    return [_spot(terms, prices) for terms in _SPOT]


def _spot(terms: _SpotTerms, prices: PriceBook) -> Spot:
    node = BY_ID[terms.offering]
    listed = prices.price(node.provider, node.instance, node.listed_under, "spot")
    return Spot(
        contract=f"spot-{node.offering}",
        offering=node.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        spot_depth_nodes=terms.depth_nodes,
        interruption_share_per_month=terms.interrupted_per_month,
        recovery_hours=_RECOVERY_HOURS,
        startup_uplift_share=0.02,
        source=f"{listed.what}: {listed.source}; {terms.said}",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def reserved_terms(prices: PriceBook) -> list[Reserved]:
    """Public commitments and capacity blocks."""
    return [
        *(_committed(terms, prices) for terms in _COMMITTED),
        *(_capacity_block(BY_ID[offering], prices) for offering in _CAPACITY_BLOCKS),
    ]


def _committed(terms: _Committed, prices: PriceBook) -> Reserved:
    node = BY_ID[terms.offering]
    region = node.listed_under if terms.listed_months else ""
    listed = prices.price(node.provider, node.instance, region, "committed", terms.listed_months)
    return Reserved(
        contract=terms.contract,
        offering=terms.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        term_months=terms.months,
        upfront=Upfront.NONE,
        upfront_share=0.0,
        firm=terms.firm,
        start_every_months=3,
        source="; ".join(filter(None, (f"{listed.what}: {listed.source}", terms.note))),
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def _capacity_block(node: Node, prices: PriceBook) -> Reserved:
    listed = prices.price(node.provider, node.instance, node.listed_under, "capacity_block")
    return Reserved(
        contract=f"cb-{node.offering}",
        offering=node.offering,
        price_usd_per_node_hour=listed.usd_per_node_hour,
        term_months=_BLOCK_MONTHS,
        upfront=Upfront.ALL,
        upfront_share=1.0,
        firm=True,
        maximum_order_nodes=_BLOCK_LARGEST,
        start_every_months=3,
        source=f"{listed.what}: {listed.source}; the price is taken to stand, though it moves with supply and demand",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )
