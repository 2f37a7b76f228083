"""Spot: cheap node-hours that can be taken away, with work lost at every interruption."""

from collections.abc import Mapping
from decimal import Decimal
from math import log
from typing import Literal

from pydantic import Field

from catalog.records import NonNegative, Share, Whole
from contracts.calendar import Month
from contracts.terms.common import BillLine, ContractTerms, Nature

HOURS_PER_STATISTICAL_MONTH = 730
"""Interruption statistics are published per month of 730 hours (AWS Spot Advisor)."""


class Spot(ContractTerms):
    """Interruptible nodes; never firm, bounded by an assumed depth."""

    kind: Literal["spot"] = "spot"
    spot_depth_nodes: Whole
    """Most spot nodes assumed to be there in any block: an assumption, not a promise."""
    interruption_share_per_month: Share = Field(lt=1.0)
    """Published frequency of interruption in a month."""
    recovery_hours: NonNegative
    """Node-hours lost with each interruption."""
    startup_uplift_share: NonNegative = 0.0
    whole_nodes: bool = False

    @property
    def interruptions_per_node_hour(self) -> float:
        """-ln(1 - f) / 730 for a monthly frequency f."""
        return -log(1.0 - self.interruption_share_per_month) / HOURS_PER_STATISTICAL_MONTH

    @property
    def productive_share(self) -> float:
        """1 - interruptions per node-hour x recovery hours, at least 0.

        The requests lost with a node are a share interruptions/h x open requests / requests served per
        hour, which by Little's law is interruptions/h x hours a request takes: below 1e-4 for requests
        of a minute, so it is folded into recovery_hours.
        """
        return max(0.0, 1.0 - self.interruptions_per_node_hour * self.recovery_hours)


def spot_bill(terms: Spot, node_hours: Mapping[Month, Decimal]) -> tuple[BillLine, ...]:
    """One line a month for all node-hours, productive or lost.

    `node_hours`: running (not only productive) node-hours by month.
    """
    uplift = 1 + Decimal(str(terms.startup_uplift_share))
    return tuple(
        BillLine(
            nature=Nature.SPOT_USAGE,
            paid_month=terms.paid_in(month),
            service_first=month,
            service_end=month + 1,
            quantity=hours * uplift,
            unit_price_usd=terms.price_usd_per_node_hour,
        )
        for month, hours in sorted(node_hours.items())
    )
