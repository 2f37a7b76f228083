"""Owned hardware: capital expenditure on delivery, then upkeep and power, and what it is worth at the end of its life.

Meanings: docs/decisions/0018.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from catalog.records import Id, NonNegative, Sourced, Usd
from contracts.calendar import Month, months_between
from contracts.money import EXACT
from contracts.terms.common import BillLine, Nature
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
    """Price of the power that the site draws for it, cooling included."""
    pue: Annotated[Decimal, Field(ge=1, allow_inf_nan=False)] = Decimal(1)
    """Power of the site for each unit of power of the node."""
    rack_units_per_node: NonNegative = 0.0
    """Space that a node takes."""
    site: Id
    """Site in sites.csv whose power and space it takes."""

    @model_validator(mode="after")
    def _is_bought_not_rented(self) -> Self:
        if self.price_usd_per_node_hour != 0:
            raise ValueError("price_usd_per_node_hour must be blank or 0 for owned hardware")
        if self.residual_usd_per_node > self.capex_usd_per_node:
            raise ValueError("residual_usd_per_node is above capex_usd_per_node")
        return self

    @property
    def site_power_kw_per_node(self) -> Decimal:
        """Power that the site needs for a node, cooling included."""
        return EXACT.multiply(Decimal(str(self.power_kw_per_node)), self.pue)


class Site(Sourced):
    """Where owned hardware can stand."""

    site: Id
    """Name of the site."""
    power_kw: NonNegative
    """Power for new nodes, cooling included (node power x PUE)."""
    rack_units: NonNegative
    """Space for new nodes."""


def owned_bill(terms: Owned, nodes: int, start: Month) -> tuple[BillLine, ...]:
    """The whole bill of nodes delivered in a month, also beyond the horizon: capital, upkeep, power, residual.

    Capital expenditure is paid in the first month for the whole life, the residual comes back in the month after it.
    """
    end = start + terms.term_months
    life = _life(Nature.OWNED_CAPEX, terms.capex_usd_per_node, nodes, (start, start, end))
    residual = _life(Nature.OWNED_RESIDUAL, -terms.residual_usd_per_node, nodes, (end, start, end))
    months = months_between(start, end)
    return (*life, *(line for month in months for line in _month(terms, nodes, start, month)), *residual)


def _life(
    nature: Nature, usd_per_node: Decimal, nodes: int, paid_first_end: tuple[Month, Month, Month]
) -> tuple[BillLine, ...]:
    """One line for the whole life; none for nothing."""
    paid, first, end = paid_first_end
    return (BillLine(nature, paid, first, end, Decimal(nodes), usd_per_node),) if usd_per_node else ()


def _month(terms: Owned, nodes: int, start: Month, month: Month) -> Iterator[BillLine]:
    """Upkeep and power of a month; no line for what costs nothing."""
    upkeep = terms.escalated(terms.upkeep_usd_per_node_month, start, month)
    kwh = nodes * terms.site_power_kw_per_node * month.hours
    paid = terms.paid_in(month)
    if upkeep:
        yield BillLine(Nature.OWNED_UPKEEP, paid, month, month + 1, Decimal(nodes), upkeep)
    if kwh and terms.power_price_usd_per_kwh:
        yield BillLine(Nature.OWNED_POWER, paid, month, month + 1, kwh, terms.power_price_usd_per_kwh)
