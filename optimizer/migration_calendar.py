"""When migrations may begin, for which outlooks, and what they open (docs/decisions/0010)."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from optimizer.futures import Futures
from optimizer.order_calendar import ALL_FUTURES, OrderCalendar
from scenarios.migrations import Migration
from scenarios.scenario import Scenario


class BeginKey(NamedTuple):
    """A migration that could be begun: its id, the first month of work (index), and for which future."""

    migration: str
    start: int
    future: str


Opening = tuple[float, BeginKey]
"""The share of a class that a migration begun so may serve."""


@dataclass(frozen=True)
class MigrationCalendar:
    """All migrations that could be begun."""

    scenario: Scenario
    futures: Futures
    orders: OrderCalendar

    @cached_property
    def migration(self) -> dict[str, Migration]:
        """Migrations by id, sorted."""
        rows = {row.migration: row for row in self.scenario.migrations}
        return {name: rows[name] for name in sorted(rows)}

    @cached_property
    def needed(self) -> dict[tuple[str, str], str]:
        """The migration without which a model may not be served on a stack."""
        return {(row.model, row.stack): name for name, row in self.migration.items()}

    @cached_property
    def keys(self) -> tuple[BeginKey, ...]:
        """Every migration that could be begun so that its gate lies in the horizon."""
        months = self.scenario.horizon.months
        return tuple(
            BeginKey(name, u, future)
            for name, row in self.migration.items()
            for u, month in enumerate(months)
            if (row.earliest_start or month) <= month <= (row.latest_start or month)
            and u + row.lead_months < len(months)
            for future in self.orders.decided_for(month.first_day)
        )

    def outlooks_of(self, key: BeginKey) -> tuple[str, ...]:
        """Outlooks in which a migration is begun."""
        return self.orders.outlooks if key.future == ALL_FUTURES else (key.future,)

    def gate(self, key: BeginKey) -> int:
        """Index of the first month in which the stack may serve."""
        return key.start + self.migration[key.migration].lead_months

    def upkeep_outlooks(self, key: BeginKey) -> tuple[str | None, ...]:
        """For which outlooks upkeep is stated: once (the start's own or None) if all of them pass the gate."""
        passing = tuple(s for s in self.outlooks_of(key) if self.futures.passes(key.migration, s))
        if passing == self.outlooks_of(key):
            return (key.future or None,)
        return passing

    @cached_property
    def _openings(self) -> dict[tuple[str, int, str], tuple[Opening, ...]]:
        found: dict[tuple[str, int, str], list[Opening]] = defaultdict(list)
        for key in self.keys:
            gate = self.gate(key)
            passing = [s for s in self.outlooks_of(key) if self.futures.passes(key.migration, s)]
            for t in range(gate, len(self.scenario.horizon.months)):
                share = self.migration[key.migration].ramp_share(t - gate)
                if share > 0:
                    for s in passing:
                        found[key.migration, t, s].append((share, key))
        return {place: tuple(openings) for place, openings in found.items()}

    def openings(self, migration: str, t: int, outlook: str) -> tuple[Opening, ...]:
        """What each way to begin a migration lets the stack serve in a month; empty where it cannot be through."""
        return self._openings.get((migration, t, outlook), ())
