"""price_history.csv: how list prices of the planned nodes moved, and which price of a history has settled."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from catalog.bundling.tables import RawRow, money
from catalog.records import Id, Record, Text, Usd

BLIP = timedelta(days=14)
"""A price that goes and comes back within so many days was an error of the feed, or a promotion; it is left out."""
BLIP_SHARE = Decimal("0.25")
"""Smaller moves are kept however short they last."""
SAME_SHARE = Decimal("0.02")
"""A price that comes back to within this share has come back."""

_REGIONS = ("us-east1", "us-east4", "us-central1", "europe-west1", "europe-west4", "asia-northeast1", "asia-southeast1")
_INSTANCES = ("a2-ultragpu-8g", "a3-highgpu-8g")


class PastPrice(Record):
    """A list price from the day it was first seen."""

    provider: Id
    instance_type: Text
    region: Text
    price_model: Text
    first_seen: date
    price_usd_per_node_hour: Usd
    source: Text
    licence: Text


def settled(history: Sequence[tuple[date, Decimal]]) -> list[tuple[date, Decimal]]:
    """The history without blips and without repetitions.

    >>> week = [(date(2025, 3, 1), Decimal(8)), (date(2025, 4, 1), Decimal(4)), (date(2025, 4, 8), Decimal(8))]
    >>> [str(price) for _, price in settled(week)]
    ['8']
    """
    kept: list[tuple[date, Decimal]] = []
    for index, (day, price) in enumerate(history):
        if kept and price == kept[-1][1]:
            continue
        if kept and _is_blip(kept[-1][1], history[index:]):
            continue
        kept.append((day, price))
    return kept


def _is_blip(before: Decimal, history: Sequence[tuple[date, Decimal]]) -> bool:
    """Whether a jump away from `before` is undone soon."""
    day, price = history[0]
    if abs(price - before) <= before * BLIP_SHARE:
        return False
    return any(abs(back - before) <= before * SAME_SHARE for later, back in history[1:] if later - day <= BLIP)


def price_history(aws: Sequence[RawRow], gcp: Sequence[RawRow]) -> list[PastPrice]:
    """Settled histories of AWS on demand and of GCP on demand and spot, sorted."""
    found = [*_aws(aws), *_gcp(gcp)]
    return sorted(found, key=lambda p: (p.provider, p.instance_type, p.region, p.price_model, p.first_seen))


def _aws(rows: Sequence[RawRow]) -> list[PastPrice]:
    wanted = ("p4d.", "p4de.", "p5.48", "p5en.", "p6-", "inf2.48", "trn1.32")
    return [
        PastPrice(
            provider="aws",
            instance_type=row["instance_type"],
            region=row["region"],
            price_model="on_demand",
            first_seen=date.fromisoformat(row["first_seen_date"]),
            price_usd_per_node_hour=Decimal(row["on_demand_usd_per_h"]),
            source="aws/karpenter-provider-aws history up to 2026-07-20",
            licence="Apache-2.0",
        )
        for row in rows
        if row["instance_type"].startswith(wanted)
    ]


def _gcp(rows: Sequence[RawRow]) -> list[PastPrice]:
    return [
        PastPrice(
            provider="gcp",
            instance_type=instance,
            region=region,
            price_model=model,
            first_seen=day,
            price_usd_per_node_hour=price,
            source="Cyclenerd/google-cloud-pricing-cost-calculator@fd66b26f history",
            licence="Apache-2.0",
        )
        for instance in _INSTANCES
        for region in _REGIONS
        for model in ("on_demand", "spot")
        for day, price in settled(_series(rows, instance, region, f"{model}_usd_per_h"))
    ]


def _series(rows: Sequence[RawRow], instance: str, region: str, column: str) -> list[tuple[date, Decimal]]:
    return sorted(
        (date.fromisoformat(row["effective_date_first_seen"]), price)
        for row in rows
        if (row["instance_type"], row["region"]) == (instance, region) and (price := money(row, column)) is not None
    )
