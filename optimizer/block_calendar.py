"""Capacity blocks that could be bought: dated offers, each of one size or not at all (docs/decisions/0018)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from optimizer.order_calendar import ALL_FUTURES, OrderCalendar
from scenarios.scenario import Scenario


class BlockKey(NamedTuple):
    """A capacity block that could be bought: contract, size, and for which future."""

    contract: str
    nodes: int
    future: str


@dataclass(frozen=True)
class BlockCalendar:
    """All blocks on offer; who decides on them, and when, is as for orders."""

    scenario: Scenario
    calendar: OrderCalendar

    @cached_property
    def terms(self) -> dict[str, CapacityBlock]:
        """Terms by contract, sorted."""
        return {row.contract: row for row in self.scenario.capacity_blocks}

    def order_by(self, contract: str) -> date:
        """Last day to sign: the day before its first less the lead time, and no later than the quote allows."""
        terms = self.terms[contract]
        lead_days = self.scenario.catalog.offering[terms.offering].lead_time_days
        latest = terms.first_day - timedelta(days=1 + lead_days)
        return latest if terms.quote_valid_until is None else min(latest, terms.quote_valid_until)

    def can_be_bought(self, contract: str) -> bool:
        """Whether it can still be signed, and begins inside the horizon."""
        in_time = self.order_by(contract) >= self.scenario.run.order_date
        return in_time and self.terms[contract].start in self.scenario.horizon

    @cached_property
    def keys(self) -> tuple[BlockKey, ...]:
        """Every block and size that could be bought, by contract, size and future."""
        return tuple(
            BlockKey(k, nodes, future)
            for k, terms in self.terms.items()
            if self.can_be_bought(k)
            for nodes in sorted(set(terms.sizes_nodes))
            for future in self.calendar.decided_for(self.order_by(k))
        )

    def outlooks_of(self, future: str) -> tuple[str, ...]:
        """Outlooks in which what is bought for a future is there; nothing delays a block."""
        return self.calendar.outlooks if future == ALL_FUTURES else (future,)

    def share_of_month(self, contract: str, t: int) -> float:
        """The share of a month's hours that a block serves."""
        month = self.scenario.horizon.months[t]
        return self.terms[contract].hours_in(month) / month.hours

    def served(self, contract: str) -> tuple[tuple[int, Month, int], ...]:
        """Index, month and hours of service of the months of the horizon that a block touches."""
        terms, horizon = self.terms[contract], self.scenario.horizon
        hours = ((t, month, terms.hours_in(month)) for t, month in enumerate(horizon.months))
        return tuple(row for row in hours if row[2])
