"""Volume tiers: nodes by the hour whose price falls with what is bought in a window of months.

Meanings: docs/decisions/0017.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from catalog.records import Count, Id, Sourced, Usd
from contracts.terms.common import ContractTerms


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
    window_months: Count = 1
    """Months over which purchases are added up, counted from the first month of the horizon."""


class VolumeTier(Sourced):
    """A price from a threshold on; the first tier of a contract starts at 0."""

    contract: Id
    from_node_hours: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]
    """Node-hours of a window from which the price holds."""
    price_usd_per_node_hour: Usd
