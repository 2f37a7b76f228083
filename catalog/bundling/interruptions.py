"""spot_interruption.csv: published bands of how often AWS takes a spot instance back in a month."""

from collections.abc import Sequence
from datetime import date

from catalog.bundling.aliases import ACCELERATORS
from catalog.bundling.tables import RawRow
from catalog.records import Id, Record, Share, Text

BANDS = {
    "<5%": (0.0, 0.05),
    "5-10%": (0.05, 0.10),
    "10-15%": (0.10, 0.15),
    "15-20%": (0.15, 0.20),
    ">20%": (0.20, None),
}


class SpotInterruption(Record):
    """The band of one instance type in one region."""

    provider: Id
    instance_type: Text
    accelerator: Id
    region: Text
    interruption_share_low: Share
    interruption_share_high: Share | None = None
    """Blank for the open band above 20 %."""
    discount_share: float | None = None
    """Published saving against on demand; negative where spot was dearer."""
    source: Text
    as_of: date
    licence: Text


def interruptions(aws: Sequence[RawRow]) -> list[SpotInterruption]:
    """All bands of instances with a chip of the catalog, sorted."""
    found = [
        _band(row)
        for row in aws
        if row["price_model"] == "spot_advisor" and row["accelerator"] in ACCELERATORS and row["interruption_band"]
    ]
    return sorted(found, key=lambda row: (row.instance_type, row.region))


def _band(row: RawRow) -> SpotInterruption:
    low, high = BANDS[row["interruption_band"]]
    saving = row["spot_savings_pct_vs_od"].strip()
    return SpotInterruption(
        provider=row["provider"],
        instance_type=row["instance_type"],
        accelerator=ACCELERATORS[row["accelerator"]],
        region=row["region"],
        interruption_share_low=low,
        interruption_share_high=high,
        discount_share=float(saving) / 100 if saving else None,
        source=row["source"],
        as_of=date.fromisoformat(row["observed_date"]),
        licence="Apache-2.0",
    )
