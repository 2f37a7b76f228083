"""Thirty public nodes and a quoted one to choose from: where they stand, and what is assumed of their supply.

Stock, quota, confidence and lead times are assumptions of the example: no provider publishes them.
"""

from dataclasses import dataclass
from decimal import Decimal

from catalog.offerings import Offering
from scenarios.example_building.prices import GLOBAL, PriceBook

ASSUMED = "stock, quota, confidence and lead time: assumptions of this example"


@dataclass(frozen=True, slots=True)
class Node:
    """An offering of the example and how to find its public price."""

    offering: str
    provider: str
    instance: str
    region: str
    stock_nodes: int
    quota_nodes: int
    confidence: float
    lead_time_days: int
    price_region: str | None = None
    """Region under which the price is listed, where it is another than the node's."""
    price_model: str = "on_demand"
    """What the list price is: capacity block where no on-demand price is public."""

    @property
    def listed_under(self) -> str:
        """The region of its prices."""
        return self.region if self.price_region is None else self.price_region


NODES = (
    Node("aws-a100-use1", "aws", "p4de.24xlarge", "us-east-1", 24, 16, 0.8, 14),
    Node("aws-h100-use1", "aws", "p5.48xlarge", "us-east-1", 80, 40, 0.7, 14),
    Node("aws-h200-use1", "aws", "p5en.48xlarge", "us-east-1", 64, 30, 0.7, 14),
    Node("aws-b200-use1", "aws", "p6-b200.48xlarge", "us-east-1", 32, 12, 0.5, 28),
    Node("aws-inf2-use1", "aws", "inf2.48xlarge", "us-east-1", 60, 20, 0.9, 14),
    Node("aws-trn1-use1", "aws", "trn1.32xlarge", "us-east-1", 40, 12, 0.9, 14),
    Node("aws-trn2-use2", "aws", "trn2.48xlarge", "us-east-2", 64, 0, 0.0, 45, None, "capacity_block"),
    Node("aws-h100-eun1", "aws", "p5.48xlarge", "eu-north-1", 60, 30, 0.7, 14),
    Node("aws-h200-eun1", "aws", "p5en.48xlarge", "eu-north-1", 40, 24, 0.7, 14),
    Node("aws-h200-apne1", "aws", "p5en.48xlarge", "ap-northeast-1", 80, 32, 0.7, 14),
    Node("gcp-h100-use4", "gcp", "a3-highgpu-8g", "us-east4", 60, 40, 0.8, 7),
    Node("gcp-v6e-use1", "gcp", "v6e-8", "us-east1", 64, 32, 0.8, 30),
    Node("gcp-h100-euw1", "gcp", "a3-highgpu-8g", "europe-west1", 90, 80, 0.8, 7),
    Node("gcp-v6e-euw4", "gcp", "v6e-8", "europe-west4", 64, 32, 0.8, 30),
    Node("gcp-v6e-asne1", "gcp", "v6e-8", "asia-northeast1", 64, 32, 0.8, 30),
    Node("gcp-h100-asse1", "gcp", "a3-highgpu-8g", "asia-southeast1", 60, 40, 0.8, 7),
    Node("gcp-a100-asse1", "gcp", "a2-ultragpu-8g", "asia-southeast1", 24, 12, 0.8, 7),
    Node("azure-a100-eus", "azure", "Standard_ND96amsr_A100_v4", "eastus", 24, 12, 0.8, 7),
    Node("azure-h200-eus2", "azure", "Standard_ND96isr_H200_v5", "eastus2", 40, 32, 0.7, 21),
    Node("azure-mi300x-eus2", "azure", "Standard_ND96isr_MI300X_v5", "eastus2", 40, 20, 0.7, 21),
    Node("azure-mi300x-swc", "azure", "Standard_ND96isr_MI300X_v5", "swedencentral", 40, 20, 0.7, 21),
    Node("azure-h200-swc", "azure", "Standard_ND96isr_H200_v5", "swedencentral", 40, 24, 0.7, 21),
    Node("azure-h200-jpe", "azure", "Standard_ND96isr_H200_v5", "japaneast", 40, 24, 0.7, 21),
    Node("oci-mi300x-iad", "oci", "BM.GPU.MI300X.8", "us-ashburn-1", 32, 16, 0.7, 30, GLOBAL),
    Node("oci-h200-fra", "oci", "BM.GPU.H200.8", "eu-frankfurt-1", 32, 24, 0.7, 30, GLOBAL),
    Node("oci-h200-nrt", "oci", "BM.GPU.H200.8", "ap-tokyo-1", 32, 20, 0.7, 30, GLOBAL),
    Node("nebius-h200-usc1", "nebius", "gpu-h200-sxm_8gpu", "us-central1", 60, 20, 0.6, 14),
    Node("nebius-b200-usc1", "nebius", "gpu-b200-sxm_8gpu", "us-central1", 32, 10, 0.5, 30),
    Node("nebius-h100-eun1", "nebius", "gpu-h100-sxm_8gpu", "eu-north1", 60, 20, 0.6, 14),
    Node("nebius-h200-euw1", "nebius", "gpu-h200-sxm_8gpu", "eu-west1", 40, 14, 0.6, 14),
)

TRN3_CHIPS = 16
TRN3_TO_TRN2 = Decimal(2517) / Decimal(1299)
"""Dense FP8 TFLOPs of Trainium3 over Trainium2 (catalog figures of the maker's documentation)."""


def offerings(prices: PriceBook) -> list[Offering]:
    """The thirty public offerings and one that stands for a quote."""
    return [*(listed_offering(node, prices) for node in NODES), _trainium3(prices)]


def listed_offering(node: Node, prices: PriceBook) -> Offering:
    """A node at its public price, with assumed supply."""
    accelerator, chips = prices.chips(node.provider, node.instance)
    listed = prices.price(node.provider, node.instance, node.listed_under, node.price_model)
    return Offering(
        offering=node.offering,
        provider=node.provider,
        region=f"{node.provider}-{node.region}",
        accelerator=accelerator,
        accelerators_per_node=chips,
        list_price_usd_per_node_hour=listed.usd_per_node_hour,
        stock_nodes=node.stock_nodes,
        quota_nodes=node.quota_nodes,
        on_demand_confidence=node.confidence,
        lead_time_days=node.lead_time_days,
        source=f"{listed.what}: {listed.source}; {ASSUMED}",
        as_of=listed.as_of,
        evidence=listed.evidence,
        licence=listed.licence,
    )


def trainium3_list(prices: PriceBook) -> Decimal:
    """A stand-in for a list price that is not public: Trainium2's, by peak arithmetic."""
    trainium2 = prices.price("aws", "trn2.48xlarge", "us-east-2", "capacity_block")
    return (trainium2.usd_per_node_hour * TRN3_TO_TRN2).quantize(Decimal("0.0001"))


def _trainium3(prices: PriceBook) -> Offering:
    trainium2 = prices.price("aws", "trn2.48xlarge", "us-east-2", "capacity_block")
    return Offering(
        offering="quote-aws-trn3-use1",
        provider="aws",
        region="aws-us-east-1",
        accelerator="Trainium3",
        accelerators_per_node=TRN3_CHIPS,
        list_price_usd_per_node_hour=trainium3_list(prices),
        stock_nodes=40,
        quota_nodes=0,
        on_demand_confidence=0.0,
        lead_time_days=150,
        fictitious=True,
        pricing_rule=f"{trainium2.what} x 2517/1299, dense FP8 TFLOPs of Trainium3 over Trainium2",
        source=f"fictitious; {ASSUMED}",
        as_of=trainium2.as_of,
        evidence="vendor",
        licence="",
    )
