"""How public prices moved: factors between two days of the bundled history, looked up and never retyped."""

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

FACTOR_STEP = Decimal("0.0001")


class PriceHistory:
    """Public prices by provider, instance, region and price model, from the day on which each was first seen."""

    def __init__(self, bundled: Path) -> None:
        self._series: dict[tuple[str, str, str, str], dict[date, Decimal]] = {}
        with (bundled / "price_history.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                first_seen = date.fromisoformat(row["first_seen"])
                self._series.setdefault(_key(row), {})[first_seen] = Decimal(row["price_usd_per_node_hour"])

    def factor(self, provider: str, instance: str, region: str, model: str, first: str, last: str) -> float:
        """Price first seen on the day `last`, as a factor on that of the day `first`; KeyError if there is none.

        Rounded to a ten-thousandth: the factor is written in a table, and holds as it is written.
        """
        series = self._series[provider, instance, region, model]
        return float((series[date.fromisoformat(last)] / series[date.fromisoformat(first)]).quantize(FACTOR_STEP))


def _key(row: Mapping[str, str]) -> tuple[str, str, str, str]:
    return row["provider"], row["instance_type"], row["region"], row["price_model"]
