"""When what can be ordered may start, for which outlooks it is decided, and when it is delivered (decision 0008)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple, Protocol

from catalog.offerings import Offering
from contracts.calendar import Horizon, Month, first_service_month
from contracts.options import Ordered
from optimizer.futures import Futures
from scenarios.scenario import Scenario

ALL_FUTURES = ""
"""The future of what is decided before the outlook is known."""


class OrderKey(NamedTuple):
    """An order that could be made: contract, promised first month of service (index), and for which future."""

    contract: str
    start: int
    future: str


class OrderPlace(NamedTuple):
    """An order whatever the future: contract, and promised first month of service (index)."""

    contract: str
    start: int


class OnALattice(Protocol):
    """Terms that start in some months of a window only."""

    @property
    def earliest_start(self) -> Month | None:
        """First month in which it may start; None for the first of the horizon."""

    @property
    def latest_start(self) -> Month | None:
        """Last month in which it may start; None for the last of the horizon."""

    @property
    def start_every_months(self) -> int:
        """It starts only every so many months, counted from the earliest start."""


def starts_on_the_lattice(horizon: Horizon, terms: OnALattice) -> Iterator[tuple[int, Month]]:
    """Index and month of every start that window and lattice allow."""
    base = terms.earliest_start or horizon.first
    last = terms.latest_start or horizon.months[-1]
    for t, month in enumerate(horizon.months):
        if base <= month <= last and (month - base) % terms.start_every_months == 0:
            yield t, month


@dataclass(frozen=True)
class OrderCalendar:
    """All orders that could be made under the given terms; outlooks are sorted."""

    scenario: Scenario
    futures: Futures
    ordered: dict[str, Ordered]
    outlooks: tuple[str, ...]

    def _offering(self, contract: str) -> Offering:
        return self.scenario.catalog.offering[self.ordered[contract].offering]

    @cached_property
    def starts(self) -> dict[str, tuple[int, ...]]:
        """Months in which service under a contract may be promised to start (docs/decisions/0001)."""
        return {name: self._starts(name, terms) for name, terms in self.ordered.items()}

    def _starts(self, contract: str, terms: Ordered) -> tuple[int, ...]:
        run = self.scenario.run
        if terms.quote_valid_until is not None and terms.quote_valid_until < run.order_date:
            return ()
        delivered = first_service_month(run.order_date, self._offering(contract).lead_time_days)
        return tuple(t for t, month in starts_on_the_lattice(self.scenario.horizon, terms) if month >= delivered)

    def order_by(self, contract: str, start: Month) -> date:
        """Last day to sign: first day of service less the lead time, and no later than the quote allows."""
        terms = self.ordered[contract]
        latest = start.first_day - timedelta(days=self._offering(contract).lead_time_days)
        return latest if terms.quote_valid_until is None else min(latest, terms.quote_valid_until)

    def waits(self, day: date) -> bool:
        """Whether a decision of that day can wait until the outlook is known."""
        reveal = self.scenario.run.reveal_month
        return reveal is not None and len(self.outlooks) > 1 and day >= reveal.first_day

    def decided_for(self, day: date) -> tuple[str, ...]:
        """The futures for which a decision of that day is made: one for all, or one for each outlook."""
        return self.outlooks if self.waits(day) else (ALL_FUTURES,)

    @cached_property
    def keys(self) -> tuple[OrderKey, ...]:
        """Every order that could be made, by contract, start and future."""
        months = self.scenario.horizon.months
        return tuple(
            OrderKey(k, u, future)
            for k, starts in self.starts.items()
            for u in starts
            for future in self.decided_for(self.order_by(k, months[u]))
        )

    def delay(self, key: OrderKey, outlook: str) -> int:
        """Months by which an order is delivered late in an outlook."""
        names = self.futures.offering_names[self.ordered[key.contract].offering]
        return self.futures.delay_months(outlook, self.scenario.horizon.months[key.start], names)

    def delivered(self, key: OrderKey, outlook: str) -> Month:
        """First month of service of an order in an outlook in which it exists."""
        return self.scenario.horizon.months[key.start] + self.delay(key, outlook)

    def outlooks_of(self, key: OrderKey) -> tuple[str, ...]:
        """Outlooks in which an order exists."""
        return self.outlooks if key.future == ALL_FUTURES else (key.future,)

    def is_on_time(self, key: OrderKey) -> bool:
        """Whether an order is delivered as promised wherever it exists: then its bill is one for all of them."""
        return not any(self.delay(key, s) for s in self.outlooks_of(key))

    @cached_property
    def _served(self) -> dict[tuple[str, int, str], tuple[OrderKey, ...]]:
        """Orders of a contract whose nodes serve month t in outlook s."""
        found: dict[tuple[str, int, str], list[OrderKey]] = {}
        count = len(self.scenario.horizon.months)
        for key in self.keys:
            for s in self.outlooks_of(key):
                first = key.start + self.delay(key, s)
                for t in range(first, min(first + self.ordered[key.contract].term_months, count)):
                    found.setdefault((key.contract, t, s), []).append(key)
        return {place: tuple(keys) for place, keys in found.items()}

    def active_orders(self, contract: str, t: int, outlook: str) -> tuple[OrderKey, ...]:
        """Orders of a contract whose nodes serve month t in an outlook."""
        return self._served.get((contract, t, outlook), ())

    @cached_property
    def like(self) -> dict[tuple[str, int, str], str]:
        """For contract, month and outlook: the first outlook with the same active orders; absent where none serve."""
        first: dict[tuple[str, int, tuple[OrderKey, ...]], str] = {}
        return {
            (k, t, s): first.setdefault((k, t, self._served[k, t, s]), s)
            for k in self.ordered
            for t in range(len(self.scenario.horizon.months))
            for s in self.outlooks
            if (k, t, s) in self._served
        }
