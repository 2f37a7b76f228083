"""On demand: average nodes in a block times the hours, at the price of the hour."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from catalog.records import NonNegative
from contracts.calendar import Month
from contracts.terms.common import BillLine, ContractTerms, Nature


class OnDemand(ContractTerms):
    """Nodes by the hour, up to the offering's quota in every block, without commitment."""

    kind: Literal["on_demand"] = "on_demand"
    startup_uplift_share: NonNegative = 0.0
    """Billed on top of the hours used, for nodes that start before they serve."""
    whole_nodes: bool = False
    """True when the nodes of a block must be a whole number rather than an average."""


def on_demand_bill(terms: OnDemand, node_hours: Mapping[Month, Decimal]) -> tuple[BillLine, ...]:
    """One line a month: node-hours used, with the start-up uplift, at the price.

    `node_hours`: productive node-hours by month.
    """
    uplift = 1 + Decimal(str(terms.startup_uplift_share))
    return tuple(
        BillLine(
            nature=Nature.ON_DEMAND_USAGE,
            paid_month=terms.paid_in(month),
            service_first=month,
            service_end=month + 1,
            quantity=hours * uplift,
            unit_price_usd=terms.price_usd_per_node_hour,
        )
        for month, hours in sorted(node_hours.items())
    )
