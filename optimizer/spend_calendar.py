"""Which spend commitments could be signed, when, for which outlooks, and what they cover (docs/decisions/0016)."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from contracts.calendar import Month, first_service_month
from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from optimizer.order_calendar import ALL_FUTURES, OrderCalendar, OrderKey
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class SpendCalendar:
    """All commitments that could be made under the given terms."""

    scenario: Scenario
    orders: OrderCalendar

    @cached_property
    def terms(self) -> dict[str, SpendCommitment]:
        """Spend commitments by contract, sorted."""
        rows = {row.contract: row for row in self.scenario.spend_commitments}
        return {contract: rows[contract] for contract in sorted(rows)}

    @cached_property
    def rates(self) -> dict[tuple[str, str], CoveredRate]:
        """Rates by commitment and on-demand contract, sorted."""
        on_demand = {row.contract for row in self.scenario.on_demand}
        rows = {(row.contract, row.covers): row for row in self.scenario.covered_rates if row.covers in on_demand}
        return {pair: rows[pair] for pair in sorted(rows) if pair[0] in self.terms}

    def order_by(self, contract: str, start: Month) -> date:
        """Last day to sign: the day before the first month begins, and no later than the quote allows."""
        until = self.terms[contract].quote_valid_until
        latest = start.first_day - timedelta(days=1)
        return latest if until is None else min(latest, until)

    def _starts(self, terms: SpendCommitment) -> tuple[int, ...]:
        run, horizon = self.scenario.run, self.scenario.horizon
        if terms.quote_valid_until is not None and terms.quote_valid_until < run.order_date:
            return ()
        base = terms.earliest_start or horizon.first
        first = max(first_service_month(run.order_date, 1), base)
        last = terms.latest_start or horizon.months[-1]
        return tuple(
            t
            for t, month in enumerate(horizon.months)
            if first <= month <= last and (month - base) % terms.start_every_months == 0
        )

    @cached_property
    def keys(self) -> tuple[OrderKey, ...]:
        """Every commitment that could be made, by contract, start and future."""
        months = self.scenario.horizon.months
        return tuple(
            OrderKey(k, u, future)
            for k, terms in self.terms.items()
            for u in self._starts(terms)
            for future in self.orders.decided_for(self.order_by(k, months[u]))
        )

    @cached_property
    def _active(self) -> dict[tuple[str, int, str], tuple[OrderKey, ...]]:
        found: dict[tuple[str, int, str], list[OrderKey]] = {}
        count = len(self.scenario.horizon.months)
        for key in self.keys:
            for s in self.orders.outlooks if key.future == ALL_FUTURES else (key.future,):
                for t in range(key.start, min(key.start + self.terms[key.contract].term_months, count)):
                    found.setdefault((key.contract, t, s), []).append(key)
        return {place: tuple(keys) for place, keys in found.items()}

    def active(self, contract: str, t: int, outlook: str) -> tuple[OrderKey, ...]:
        """Commitments of a contract that are paid in month t of an outlook."""
        return self._active.get((contract, t, outlook), ())
