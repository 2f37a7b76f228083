"""What a Plan says of orders that were approved before it."""

from decimal import Decimal

from catalog.records import Id, Record
from contracts.calendar import Month


class OrderChange(Record):
    """An order that is planned or was approved, compared (docs/decisions/0038): the same, resized, added or dropped."""

    contract: Id
    start: Month
    """First month of service as promised."""
    approved: Decimal
    """Nodes, units of throughput or dollars an hour that were approved; 0 where the order is new."""
    planned: Decimal
    """What is planned of them; 0 where the order is dropped."""
    changed_usd: Decimal
    """Value of the difference as signed, to the cent."""

    @property
    def is_changed(self) -> bool:
        """Whether plan and approval differ."""
        return self.approved != self.planned
