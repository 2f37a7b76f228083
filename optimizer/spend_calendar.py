"""Which spend commitments could be signed, when, for which outlooks, and what they cover (docs/decisions/0016)."""

from dataclasses import dataclass
from functools import cached_property

from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from optimizer.month_calendar import MonthCalendar


@dataclass(frozen=True)
class SpendCalendar(MonthCalendar[SpendCommitment]):
    """All commitments that could be made under the given terms."""

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
