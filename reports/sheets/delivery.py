"""An order as one outlook, or all of them, deliver it: what sheets by month of service are lists of."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month


@dataclass(frozen=True, slots=True)
class Delivery:
    """An order with its months of service."""

    order: str
    contract: str
    outlook: str
    start: Month
    end: Month
