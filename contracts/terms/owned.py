"""Owned hardware: capital expenditure on delivery, then upkeep and power, and what it is worth at the end of its life.

Meanings: docs/decisions/0018.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from catalog.records import Id, NonNegative, Sourced, Usd
from contracts.terms.ordering import OrderedTerms


class Owned(OrderedTerms):
    """Nodes that are bought; the term is the life over which they are written off."""

    kind: Literal["owned"] = "owned"
    price_usd_per_node_hour: Usd = Decimal(0)
    """0: an hour of an owned node has no price of its own."""
    capex_usd_per_node: Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
    """Purchase, delivery and installation, paid in the first month of service."""
    residual_usd_per_node: Usd = Decimal(0)
    """What a node is worth after its life."""
    upkeep_usd_per_node_month: Usd = Decimal(0)
    """Service contract, spares, space and hands."""
    power_kw_per_node: NonNegative
    """Power of a node in service, used or idle, without cooling."""
    power_price_usd_per_kwh: Usd = Decimal(0)
    pue: Annotated[Decimal, Field(ge=1, allow_inf_nan=False)] = Decimal(1)
    """Power of the site for each unit of power of the node."""
    rack_units_per_node: NonNegative = 0.0
    site: Id
    """Site in sites.csv whose power and space it takes."""

    @model_validator(mode="after")
    def _is_bought_not_rented(self) -> Self:
        if self.price_usd_per_node_hour != 0:
            raise ValueError("price_usd_per_node_hour must be blank or 0 for owned hardware")
        if self.residual_usd_per_node > self.capex_usd_per_node:
            raise ValueError("residual_usd_per_node is above capex_usd_per_node")
        return self


class Site(Sourced):
    """Where owned hardware can stand."""

    site: Id
    power_kw: NonNegative
    """Power for new nodes, cooling included (node power x PUE)."""
    rack_units: NonNegative
    """Space for new nodes."""
