"""What contracts by the lot and the term have in common: sizes of an order and the months in which it may start."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.records import Count, Whole
from contracts.calendar import MONTHS_PER_YEAR, Month
from contracts.money import EXACT
from contracts.terms.common import ContractTerms


class OrderedTerms(ContractTerms):
    """Whole lots of nodes for a whole term."""

    term_months: Count
    firm: bool
    """False when the contract is a discount and not capacity (a GCP committed-use discount, for example)."""
    lot_nodes: Count = 1
    """Nodes are ordered in multiples of the lot."""
    minimum_order_nodes: Whole = 0
    """An order, if there is one in a month, has at least so many nodes."""
    maximum_order_nodes: Count | None = None
    """Most nodes of one order; blank for no limit of its own (the stock still holds)."""
    earliest_start: Month | None = None
    """First month in which service may start; blank for the first of the horizon."""
    latest_start: Month | None = None
    """Last month in which service may start; blank for the last of the horizon."""
    start_every_months: Count = 1
    """Service starts only every so many months, counted from the earliest start."""
    escalator_share_per_year: Annotated[Decimal, Field(gt=-1, le=10, allow_inf_nan=False)] = Decimal(0)
    """Rise of the price with every full year of service (0.03: by 3 %; below 0: a step-down); upfront parts stay."""

    @model_validator(mode="after")
    def _order_sizes_and_window_agree(self) -> Self:
        if self.maximum_order_nodes is not None and self.maximum_order_nodes < max(
            self.minimum_order_nodes, self.lot_nodes
        ):
            raise ValueError("maximum_order_nodes is below the minimum order or the lot")
        if self.earliest_start and self.latest_start and self.latest_start < self.earliest_start:
            raise ValueError("latest_start is before earliest_start")
        return self

    def escalated(self, price_usd: Decimal, start: Month, month: Month) -> Decimal:
        """A signed price as it is in a month of service that started in `start`: moved once for every full year."""
        years = (month - start) // MONTHS_PER_YEAR
        if not (years and self.escalator_share_per_year):
            return price_usd
        return EXACT.multiply(price_usd, EXACT.power(1 + self.escalator_share_per_year, years))

    def price_in(self, start: Month, month: Month) -> Decimal:
        """Price of the node-hour in a month of service that started in `start`."""
        return self.escalated(self.price_usd_per_node_hour, start, month)
