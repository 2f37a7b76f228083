"""Capacity block: nodes for fixed dates, in stated sizes, paid all upfront; it cannot be cancelled.

Meanings: docs/decisions/0018.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, Self

from pydantic import model_validator

from catalog.records import Count
from contracts.calendar import Month
from contracts.terms.common import BillLine, ContractTerms, Nature

HOURS_PER_DAY = 24


class CapacityBlock(ContractTerms):
    """One dated offer: some number of nodes, out of the sizes on offer, from one day to another."""

    kind: Literal["capacity_block"] = "capacity_block"
    first_day: date
    """First day of service, from 00:00 UTC."""
    days: Count
    """Length; the last day is served to its end."""
    sizes_nodes: tuple[Count, ...]
    """Numbers of nodes that can be bought; one of them, once."""

    @model_validator(mode="after")
    def _has_sizes(self) -> Self:
        if not self.sizes_nodes:
            raise ValueError("sizes_nodes names no size")
        return self

    @property
    def end_day(self) -> date:
        """First day that is no longer served."""
        return self.first_day + timedelta(days=self.days)

    @property
    def start(self) -> Month:
        """Month of the first day."""
        return Month(self.first_day.year, self.first_day.month)

    @property
    def end(self) -> Month:
        """First month without a served day."""
        last = self.end_day - timedelta(days=1)
        return Month(last.year, last.month) + 1

    def hours_in(self, month: Month) -> int:
        """Hours of service in a month."""
        first = max(self.first_day, month.first_day)
        end = min(self.end_day, (month + 1).first_day)
        return max(0, (end - first).days) * HOURS_PER_DAY


def capacity_block_bill(terms: CapacityBlock, nodes: int) -> tuple[BillLine, ...]:
    """One line, paid in the month of the first day for the whole block."""
    line = BillLine(
        nature=Nature.CAPACITY_BLOCK,
        paid_month=terms.start,
        service_first=terms.start,
        service_end=terms.end,
        quantity=Decimal(nodes * HOURS_PER_DAY * terms.days),
        unit_price_usd=terms.price_usd_per_node_hour,
    )
    return (line,)
