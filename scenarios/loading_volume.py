"""Volume tiers make sense: every contract of that kind has some, from 0 on, and the first has the contract's price."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from catalog.findings import Code, Finding, Location
from catalog.loading import Placed
from contracts.terms.volume import TierRule, VolumePriced, VolumeTier
from scenarios.loading_tables import Tables


def check_volume(tables: Tables, findings: list[Finding]) -> None:
    """Report contracts without tiers, tiers without a contract, and tiers that are not a price list."""
    findings += _of_another_kind(tables)
    if not tables.volume_tiers.whole or tables.volume_tiers.refused:
        return
    tiers: dict[str, list[Placed[VolumeTier]]] = defaultdict(list)
    for tier in tables.volume_tiers.placed:
        tiers[tier.record.contract].append(tier)
    for row in tables.contracts.placed:
        if isinstance(row.record, VolumePriced):
            ascending = sorted(tiers[row.record.contract], key=lambda placed: placed.record.from_node_hours)
            findings += _wrong_tiers(row.at("contract"), row.record, ascending)


def _of_another_kind(tables: Tables) -> Iterator[Finding]:
    kinds = {row.record.contract: row.record for row in tables.contracts.placed}
    for row in tables.volume_tiers.placed:
        terms = kinds.get(row.record.contract)
        if terms is not None and not isinstance(terms, VolumePriced):
            hint = "tiers belong to contracts of kind volume; correct the name, or delete the row"
            found = f"a contract of kind {terms.kind}"
            yield Finding(Code.VOLUME_TIERS, row.at("contract"), found, "a contract of kind volume", hint)


def _wrong_tiers(
    place: Location, terms: VolumePriced, tiers: list[Placed[VolumeTier]]
) -> Iterator[Finding]:
    if not tiers:
        hint = "add its tiers to volume_tiers, the first from 0 on"
        yield Finding(Code.VOLUME_TIERS, place, "no tier", "rows of volume_tiers", hint)
        return
    first = tiers[0]
    if first.record.from_node_hours != 0:
        found = f"{first.record.from_node_hours:f} as the lowest threshold"
        hint = "add the tier for the first node-hour; its price is the contract's"
        yield Finding(Code.VOLUME_TIERS, first.at("from_node_hours"), found, "a first tier from 0", hint)
    elif first.record.price_usd_per_node_hour != terms.price_usd_per_node_hour:
        found = f"{first.record.price_usd_per_node_hour:f}"
        expected = f"{terms.price_usd_per_node_hour:f}, the price of {terms.contract} in contracts"
        hint = "the contract's price is that of its first tier; correct one of the two"
        yield Finding(Code.VOLUME_TIERS, first.at("price_usd_per_node_hour"), found, expected, hint)
    if terms.tier_rule is TierRule.ALL_UNITS:
        yield from _rising(tiers)


def _rising(tiers: list[Placed[VolumeTier]]) -> Iterator[Finding]:
    """With one price for all units a dearer tier would be reached by no one who can help it."""
    for before, tier in pairwise(tiers):
        if tier.record.price_usd_per_node_hour > before.record.price_usd_per_node_hour:
            found = f"{tier.record.price_usd_per_node_hour:f}, above the tier before"
            hint = "thresholds ascend and prices of all units fall; correct the price or the threshold"
            expected = f"at most {before.record.price_usd_per_node_hour:f}"
            yield Finding(Code.VOLUME_TIERS, tier.at("price_usd_per_node_hour"), found, expected, hint)
