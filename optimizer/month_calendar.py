"""When what is signed for whole months without a lead time may start, for whom it is decided, and when it is active."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Generic, Protocol, TypeVar

from contracts.calendar import Month
from optimizer.order_calendar import OnALattice, OrderCalendar, OrderKey, starts_on_the_lattice
from scenarios.scenario import Scenario


class SignedForMonths(OnALattice, Protocol):
    """The terms that a calendar of months asks for."""

    @property
    def term_months(self) -> int:
        """Months that are paid."""

    @property
    def quote_valid_until(self) -> date | None:
        """Last day on which it can be signed; None for no end."""


Terms = TypeVar("Terms", bound=SignedForMonths)


@dataclass(frozen=True)
class MonthCalendar(ABC, Generic[Terms]):
    """All that could be signed under terms of one kind; whatever is signed is there in every outlook on time."""

    scenario: Scenario
    orders: OrderCalendar

    @property
    @abstractmethod
    def terms(self) -> dict[str, Terms]:
        """Terms by contract, sorted."""

    def order_by(self, contract: str, start: Month) -> date:
        """Last day to sign: the day before the first month begins, and no later than the quote allows."""
        until = self.terms[contract].quote_valid_until
        latest = start.first_day - timedelta(days=1)
        return latest if until is None else min(latest, until)

    @cached_property
    def starts(self) -> dict[str, tuple[int, ...]]:
        """Months (indices) in which each contract may start: its last day to sign is not past."""
        return {contract: self._starts(contract, terms) for contract, terms in self.terms.items()}

    def _starts(self, contract: str, terms: Terms) -> tuple[int, ...]:
        signed_on = self.scenario.run.order_date
        return tuple(
            t
            for t, month in starts_on_the_lattice(self.scenario.horizon, terms)
            if self.order_by(contract, month) >= signed_on
        )

    @cached_property
    def keys(self) -> tuple[OrderKey, ...]:
        """Everything that could be signed, by contract, start and future."""
        months = self.scenario.horizon.months
        return tuple(
            OrderKey(contract, start, future)
            for contract, starts in self.starts.items()
            for start in starts
            for future in self.orders.decided_for(self.order_by(contract, months[start]))
        )

    @cached_property
    def _active(self) -> dict[tuple[str, int, str], tuple[OrderKey, ...]]:
        found: dict[tuple[str, int, str], list[OrderKey]] = {}
        count = len(self.scenario.horizon.months)
        for key in self.keys:
            end = min(key.start + self.terms[key.contract].term_months, count)
            for s in self.orders.outlooks_of(key):
                for t in range(key.start, end):
                    found.setdefault((key.contract, t, s), []).append(key)
        return {place: tuple(keys) for place, keys in found.items()}

    def active(self, contract: str, t: int, outlook: str) -> tuple[OrderKey, ...]:
        """What is paid under a contract in month t of an outlook."""
        return self._active.get((contract, t, outlook), ())
