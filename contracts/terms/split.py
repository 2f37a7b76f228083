"""Split: prefill on one offering, decode on another, with the key-value cache handed over between them.

Meanings: docs/decisions/0030.
"""

from decimal import Decimal

from catalog.records import Id, NonNegative, Positive, Sourced, Usd
from contracts.calendar import Month
from contracts.terms.common import BillLine, Nature


class Split(Sourced):
    """Two offerings that can hand over the key-value cache of a model at a precision."""

    split: Id
    """Name of the split; its transfers are billed under it."""
    model: Id
    precision: Id
    """Precision in which both sides run the model: it says how large the cache is."""
    prefill_offering: Id
    """Where prompts are read."""
    decode_offering: Id
    """Where answers are written, in the same geography; it may be the same offering."""
    transfer_usd_per_gb: Usd
    """Price of moving a GB (a billion bytes) of cache; 0 where the network is free."""
    transfer_gb_per_s: Positive
    """Rate at which the cache of one request moves under load, at the percentile of the SLO."""
    handover_ms: NonNegative
    """All other time between the end of prefill and the first token on the other side."""

    def transfer_ms(self, gb: float) -> float:
        """Time that the hand-over of so many GB takes from the TTFT limit."""
        return self.handover_ms + 1000.0 * gb / self.transfer_gb_per_s


BILLED_GB = Decimal("0.000000001")
"""A bill counts bytes: GB per accepted token are quotients without a finite decimal form."""


def transfer_bill(split: Split, month: Month, gb: Decimal) -> tuple[BillLine, ...]:
    """What moves in a month; no line if nothing does."""
    if not gb:
        return ()
    return (
        BillLine(
            nature=Nature.KV_TRANSFER,
            paid_month=month,
            service_first=month,
            service_end=month + 1,
            quantity=gb,
            unit_price_usd=split.transfer_usd_per_gb,
        ),
    )
