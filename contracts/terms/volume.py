"""Volume tiers: nodes by the hour whose price falls with what is bought in a window of months.

Meanings: docs/decisions/0017.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from catalog.records import Count, Id, Sourced, Usd
from contracts.calendar import Horizon, Month, months_between
from contracts.terms.common import BillLine, ContractTerms, Nature


class TierRule(StrEnum):
    """To which part of what is bought a tier's price applies."""

    INCREMENTAL = "incremental"
    """To what lies above its threshold."""
    ALL_UNITS = "all_units"
    """To everything, once the threshold is reached: buying more than is used can then be cheaper."""


class VolumePriced(ContractTerms):
    """Nodes by the hour within the offering's quota; its price column is that of the first tier."""

    kind: Literal["volume"] = "volume"
    tier_rule: TierRule
    """incremental: each tier's price for the part above its threshold; all_units: one price for all that is bought."""
    window_months: Count = 1
    """Months over which purchases are added up, counted from the first month of the horizon."""


class VolumeTier(Sourced):
    """A price from a threshold on; the first tier of a contract starts at 0."""

    contract: Id
    from_node_hours: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
    """Node-hours of a window from which the price holds."""
    price_usd_per_node_hour: Usd


NANO = Decimal("1e-9")
"""Thresholds of a window that the horizon cuts are kept to nine decimals."""


@dataclass(frozen=True, slots=True)
class PricedTier:
    """A threshold of one window, and the price from it on."""

    from_node_hours: Decimal
    price_usd_per_node_hour: Decimal


@dataclass(frozen=True, slots=True)
class TieredWindow:
    """The months of one window that lie in the horizon, and its tiers by threshold."""

    first: Month
    end: Month
    """First month that is no longer part of it: of the window, or of the horizon."""
    tiers: tuple[PricedTier, ...]

    @property
    def months(self) -> tuple[Month, ...]:
        """Its months, in order."""
        return months_between(self.first, self.end)

    def reached(self, bought: Decimal) -> PricedTier:
        """The highest tier whose threshold is reached."""
        return [tier for tier in self.tiers if bought >= tier.from_node_hours][-1]


def volume_windows(terms: VolumePriced, tiers: Iterable[VolumeTier], horizon: Horizon) -> tuple[TieredWindow, ...]:
    """All windows of the horizon; thresholds of one that it cuts count by its months."""
    ascending = sorted(tiers, key=lambda tier: tier.from_node_hours)
    found = []
    for begun in range(0, horizon.count, terms.window_months):
        first, end = horizon.first + begun, min(horizon.first + begun + terms.window_months, horizon.end)
        inside = end - first
        thresholds = (_in_part(tier.from_node_hours, inside, terms.window_months) for tier in ascending)
        prices = (tier.price_usd_per_node_hour for tier in ascending)
        found.append(TieredWindow(first, end, tuple(map(PricedTier, thresholds, prices))))
    return tuple(found)


def _in_part(threshold: Decimal, inside: int, whole: int) -> Decimal:
    return threshold if inside == whole else (threshold * inside / whole).quantize(NANO)


def volume_line(terms: VolumePriced, window: TieredWindow, node_hours: Decimal, price_usd: Decimal) -> BillLine:
    """Node-hours of a window at one price, paid when the window is over for the whole of it."""
    return BillLine(
        nature=Nature.VOLUME_USAGE,
        paid_month=terms.settled_in(window.end + -1),
        service_first=window.first,
        service_end=window.end,
        quantity=node_hours,
        unit_price_usd=price_usd,
    )


def volume_bill(terms: VolumePriced, window: TieredWindow, bought: Decimal) -> tuple[BillLine, ...]:
    """The bill of what is bought in a window: a line for each tier with a part, or one at the price of all units."""
    if not bought:
        return ()
    if terms.tier_rule is TierRule.ALL_UNITS:
        return (volume_line(terms, window, bought, window.reached(bought).price_usd_per_node_hour),)
    ends = [tier.from_node_hours for tier in window.tiers[1:]] + [bought]
    parts = ((min(end, bought) - tier.from_node_hours, tier) for tier, end in zip(window.tiers, ends, strict=True))
    return tuple(
        volume_line(terms, window, part, tier.price_usd_per_node_hour) for part, tier in parts if part > 0
    )
