"""prices.csv: what one node costs by the hour, per provider, instance, region and way of paying.

Sources mix prices per instance and per chip: a row is taken by its instance price where the instance is a node, and
the chip price is checked against it. Rows without a date say so, and carry the day on which they were read.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from catalog.bundling.aliases import ACCELERATORS
from catalog.bundling.chips import READ_ON
from catalog.bundling.tables import RawRow, money
from catalog.records import Count, Evidence, Id, Sourced, Text, Usd


class PriceModel(StrEnum):
    """How a public price is paid."""

    ON_DEMAND = "on_demand"
    SPOT = "spot"
    COMMITTED = "committed"
    CAPACITY_BLOCK = "capacity_block"


class ListPrice(Sourced):
    """A public price of one node."""

    provider: Id
    instance_type: Text
    accelerator: Id
    accelerators_per_node: Count
    region: Text = ""
    """The provider's own name; blank where the source does not say."""
    price_model: PriceModel
    term_months: Count | None = None
    """Length of the commitment; blank where there is none, or where the source does not state it."""
    price_usd_per_node_hour: Usd


@dataclass(frozen=True, slots=True)
class _Feed:
    """A group of raw rows with one origin and one licence."""

    licence: str
    takes: Callable[[RawRow], bool]
    evidence: Evidence = Evidence.INDEPENDENT


CHIP_ROWS = {"TPU v6e chip": ("v6e-8", 8)}
"""Instances that a source prices by the chip -> the node that is planned, and its chips."""

_NODES = ("a2-highgpu-8g", "a2-ultragpu-8g", "a3-highgpu-8g", "a3-megagpu-8g")
_GPUHUNT = "dstackai/gpuhunt@b707e74 src/gpuhunt/resources/tpu_pricing.json"

FEEDS = (
    _Feed("Apache-2.0", lambda r: r["price_model"] == "on_demand" and "karpenter-provider-aws" in r["source"]),
    _Feed("MIT", lambda r: r["price_model"] == "capacity_block"),
    _Feed("Apache-2.0", lambda r: "Cyclenerd" in r["source"] and r["instance_type"] in _NODES),
    _Feed("MPL-2.0", lambda r: "gpuhunt" in r["source"] and r["instance_type"] in CHIP_ROWS),
    _Feed("Apache-2.0", lambda r: "karpenter-provider-azure" in r["source"]),
)
"""Rows whose licence lets them ship as a table."""

SHARE_ALIKE = _Feed("CC-BY-SA-4.0", lambda r: r["price_model"] == "reserved", Evidence.VENDOR)
"""Effective reserved rates of Inf2 and Trn1: a file of their own."""

FACTS = (
    ("aws", "p4de.24xlarge", "us-east-1", "spot"),
    ("aws", "p5.48xlarge", "eu-north-1", "on_demand"),
    ("aws", "p5en.48xlarge", "eu-north-1", "on_demand"),
    ("aws", "p5en.48xlarge", "ap-northeast-1", "on_demand"),
    ("aws", "p5en.48xlarge", "ap-northeast-1", "spot"),
    ("oci", "BM.GPU.H200.8", "", "on_demand"),
    ("oci", "BM.GPU.MI300X.8", "", "on_demand"),
    ("oci", "BM.GPU.B200.8", "", "on_demand"),
    ("nebius", "gpu-h100-sxm_8gpu", "eu-north1", "on_demand"),
    ("nebius", "gpu-h100-sxm_8gpu", "eu-north1", "spot"),
    ("nebius", "gpu-h200-sxm_8gpu", "eu-west1", "on_demand"),
    ("nebius", "gpu-h200-sxm_8gpu", "us-central1", "on_demand"),
    ("nebius", "gpu-h200-sxm_8gpu", "us-central1", "spot"),
    ("nebius", "gpu-b200-sxm_8gpu", "us-central1", "on_demand"),
)
"""Single facts of a catalog whose licence was not read: provider, instance, region, price model. Never the table."""


def list_prices(aws: Sequence[RawRow], others: Sequence[RawRow]) -> list[ListPrice]:
    """Prices that may ship as a table, and the single facts, sorted."""
    rows = [*aws, *others]
    found = [price for feed in FEEDS for row in rows if feed.takes(row) for price in _price(row, feed)]
    return _sorted([*found, *_facts(rows)])


def share_alike_prices(aws: Sequence[RawRow]) -> list[ListPrice]:
    """Prices of the file under CC BY-SA 4.0, sorted."""
    return _sorted([price for row in aws if SHARE_ALIKE.takes(row) for price in _price(row, SHARE_ALIKE)])


def _facts(rows: Sequence[RawRow]) -> Iterable[ListPrice]:
    feed = _Feed("single fact, cited", lambda r: "skypilot" in r["source"])
    for provider, instance, region, model in FACTS:
        matching = [
            row
            for row in rows
            if feed.takes(row)
            and (row["provider"], row["instance_type"], row["price_model"]) == (provider, instance, model)
            and (not region or row["region"] == region)
        ]
        yield from _price(matching[0], feed)


def _sorted(prices: Iterable[ListPrice]) -> list[ListPrice]:
    return sorted(
        prices,
        key=lambda p: (
            p.provider,
            p.instance_type,
            p.region,
            p.price_model,
            p.term_months or 0,
            p.price_usd_per_node_hour,
        ),
    )


def _price(row: RawRow, feed: _Feed) -> list[ListPrice]:
    """The row as a price; none if its chip is not in the catalog or its price is blank."""
    price = money(row, "price_usd_per_h")
    if price is None or row["accelerator"] not in ACCELERATORS:
        return []
    instance, chips = row["instance_type"], int(float(row["accelerator_count"]))
    _check_chip_price(row, price, chips)
    note = ""
    if instance in CHIP_ROWS:
        instance, node = CHIP_ROWS[instance]
        price, chips, note = price * node, node, f"; per chip-hour x {node}"
    observed = row["observed_date"].strip()
    if not observed:
        note += "; undated in the source, dated the day it was read"
    return [
        ListPrice(
            provider=row["provider"],
            instance_type=instance,
            accelerator=ACCELERATORS[row["accelerator"]],
            accelerators_per_node=chips,
            region=_region(row),
            price_model=_model(row),
            term_months=int(float(row["term_months"])) if row["term_months"].strip() else None,
            price_usd_per_node_hour=price,
            source=_source(row) + note,
            as_of=date.fromisoformat(observed) if observed else READ_ON,
            evidence=feed.evidence,
            licence=feed.licence,
        )
    ]


def _check_chip_price(row: RawRow, price: Decimal, chips: int) -> None:
    """ValueError when price and price per chip do not belong to the same number of chips."""
    per_chip = money(row, "price_usd_per_accel_h")
    if per_chip is not None and abs(per_chip * chips - price) > price / 1000:
        raise ValueError(f"{row['instance_type']} in {row['region']}: {price} is not {chips} x {per_chip}")


def _region(row: RawRow) -> str:
    """OCI states one price for all regions, beside the names of two; a question mark is not a region."""
    region = row["region"].strip()
    return "" if row["provider"] == "oci" or region.endswith("?") else region


def _model(row: RawRow) -> PriceModel:
    return {
        "on_demand": PriceModel.ON_DEMAND,
        "spot": PriceModel.SPOT,
        "cud_resource": PriceModel.COMMITTED,
        "reserved": PriceModel.COMMITTED,
        "capacity_block": PriceModel.CAPACITY_BLOCK,
    }[row["price_model"]]


def _source(row: RawRow) -> str:
    zone = row.get("zone", "").strip()
    source = row["source"].replace("dstackai/gpuhunt src/gpuhunt/resources/tpu_pricing.json", _GPUHUNT)
    return source + (f"; zone {zone}" if zone else "")
