"""What is claimed of chips that nobody has measured in public."""

import csv
from decimal import Decimal
from pathlib import Path

from catalog.goodput import PricePerformanceClaim
from catalog.records import Evidence
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.supply import TRN3_CHIPS, trainium3_list


def public_claims(bundled: Path) -> list[PricePerformanceClaim]:
    """The claims of the bundled catalog."""
    with (bundled / "claims.csv").open(encoding="utf-8", newline="") as file:
        return [PricePerformanceClaim.model_validate(row) for row in csv.DictReader(file)]


def assumed_claims(prices: PriceBook) -> list[PricePerformanceClaim]:
    """Trainium3 has no public price: Trainium2's gain on a stand-in price. AWS's "up to 50 %" is not used."""
    baseline = prices.price("aws", "p5.48xlarge", "us-east-2", "capacity_block")
    return [
        PricePerformanceClaim(
            claim="assumed-trn3-vs-h100",
            accelerator="Trainium3",
            baseline_accelerator="H100-80GB",
            own_list_price_usd_per_accelerator_hour=trainium3_list(prices) / TRN3_CHIPS,
            baseline_list_price_usd_per_accelerator_hour=baseline.usd_per_node_hour / Decimal(8),
            gain_share=0.30,
            source=(
                "fictitious: the gain that AWS claims of Trainium2 over A100/H100, low end, on the stand-in price of "
                f"quote-aws-trn3-use1; baseline: {baseline.what}"
            ),
            as_of=baseline.as_of,
            evidence=Evidence.VENDOR,
        )
    ]
