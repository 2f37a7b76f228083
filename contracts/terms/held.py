"""Held: a commitment signed before this plan; its fee is sunk, its use is free up to its nodes."""

from decimal import Decimal
from typing import Self

from pydantic import model_validator

from catalog.records import Count, Id, Share, Sourced, Text, Usd
from contracts.calendar import Horizon, Month, hours_between, months_between
from contracts.clauses import Rights
from contracts.terms.common import BillLine, Nature


class HeldContract(Sourced, Rights):
    """Nodes already under contract."""

    held: Id
    offering: Id
    nodes: Count
    price_usd_per_node_hour: Usd
    start: Month
    """First month of service, usually in the past."""
    end: Month
    """First month that is no longer served."""
    firm: bool
    upfront_share: Share = 0.0
    """Share of the whole fee that was paid when service started."""
    quote: Text = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end <= self.start:
            raise ValueError("end must be after start (it is the first month no longer served)")
        self.refuse_beyond(self.end - self.start, self.upfront_share)
        return self

    def is_of(self, horizon: Horizon) -> bool:
        """Whether it serves a month of the horizon, or ends as the horizon begins and could be renewed."""
        ends_later = self.end > horizon.first or (self.end == horizon.first and self.renewal_months is not None)
        return ends_later and self.start < horizon.end


def held_bill(held: HeldContract, horizon: Horizon) -> tuple[BillLine, ...]:
    """The lines that serve months from the horizon's first on, also beyond its end.

    What was paid upfront is a line of its own, paid in the month in which service started.
    """
    upfront_share = Decimal(str(held.upfront_share))
    lines: list[BillLine] = []
    if held.end <= horizon.first:
        return ()
    if upfront_share > 0:
        lines.append(
            BillLine(
                nature=Nature.HELD_UPFRONT,
                paid_month=held.start,
                service_first=held.start,
                service_end=held.end,
                quantity=Decimal(held.nodes * hours_between(held.start, held.end)),
                unit_price_usd=held.price_usd_per_node_hour * upfront_share,
            )
        )
    if upfront_share < 1:
        lines.extend(
            BillLine(
                nature=Nature.HELD_RECURRING,
                paid_month=month,
                service_first=month,
                service_end=month + 1,
                quantity=Decimal(held.nodes * month.hours),
                unit_price_usd=held.price_usd_per_node_hour * (1 - upfront_share),
            )
            for month in months_between(max(held.start, horizon.first), held.end)
        )
    return tuple(lines)
