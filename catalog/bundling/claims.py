"""claims.csv: published price-performance claims that name their baseline, and for which both prices are public."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from catalog.bundling.prices import ListPrice, PriceModel
from catalog.goodput import PricePerformanceClaim
from catalog.records import Evidence

CLAIM_REGION = "us-east-2"
"""Where both nodes have a capacity-block price of the same day."""


def claims(prices: Sequence[ListPrice]) -> list[PricePerformanceClaim]:
    """Trainium2 against H100, at the low end of the recurring claim. Trainium3 has no public price, so no claim."""
    own, baseline = _per_chip(prices, "trn2.48xlarge"), _per_chip(prices, "p5.48xlarge")
    return [
        PricePerformanceClaim(
            claim="aws-trn2-vs-h100",
            accelerator="Trainium2",
            baseline_accelerator="H100-80GB",
            own_list_price_usd_per_accelerator_hour=own,
            baseline_list_price_usd_per_accelerator_hour=baseline,
            gain_share=0.30,
            source=(
                "AWS's recurring claim: 30-40 % better price-performance than contemporary A100/H100 (low end taken); "
                f"prices: capacity blocks of trn2.48xlarge and p5.48xlarge in {CLAIM_REGION} on 2026-07-22"
            ),
            as_of=date(2026, 7, 22),
            evidence=Evidence.VENDOR,
            licence="single fact, cited",
        )
    ]


def _per_chip(prices: Sequence[ListPrice], instance: str) -> Decimal:
    (price,) = (
        price
        for price in prices
        if price.instance_type == instance
        and price.region == CLAIM_REGION
        and price.price_model is PriceModel.CAPACITY_BLOCK
    )
    return price.price_usd_per_node_hour / price.accelerators_per_node
