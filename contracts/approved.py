"""Approved orders: what the last approved plan was going to sign, as an input of the next one.

Meanings: docs/decisions/0038.
"""

from catalog.records import Count, Id, Record, Text
from contracts.calendar import Month


class ApprovedOrder(Record):
    """An order of the last approved plan."""

    contract: Id
    """Contract, capacity block, spend commitment or provisioned throughput."""
    start: Month
    """First month of service that was promised."""
    quantity: Count
    """Nodes, units of throughput, or dollars per hour of a spend commitment."""
    plan: Text = ""
    """Fingerprint of the plan that was approved."""
