"""Stability: how far a plan may move from the orders that were approved last, as a record.

Meanings: docs/decisions/0038.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from catalog.records import Record, Usd, Whole


class Stability(Record):
    """Changes against the approved orders, capped or priced."""

    changed_usd_at_most: Usd | None = None
    """Most value of orders that may be taken out, added or resized; blank: no limit."""
    changed_orders_at_most: Whole | None = None
    """Most orders that may differ; blank: no limit."""
    price_per_changed_usd: Annotated[Decimal, Field(ge=0, le=1)] = Decimal(0)
    """Counted as cost for every dollar of changed value: a change must save more than that."""
