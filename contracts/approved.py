"""Approved orders: what the last approved plan was going to sign, as an input of the next one.

Meanings: docs/decisions/0038.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from catalog.records import Id, Record, Text
from contracts.calendar import Month


class ApprovedOrder(Record):
    """An order of the last approved plan."""

    contract: Id
    """Contract, capacity block, spend commitment or provisioned throughput."""
    start: Month
    """First month of service that was promised."""
    quantity: Annotated[Decimal, Field(gt=0)]
    """Nodes, units of throughput, or dollars per hour of a spend commitment."""
    plan: Text = ""
    """Fingerprint of the plan that was approved."""
