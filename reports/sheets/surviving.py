"""What the sheets of the fallback have a line for: a case, and an offering in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from optimizer.plan import ContingencyCase
from scenarios.policy import Contingency


@dataclass(frozen=True, slots=True)
class Case:
    """An event in one block of one month."""

    number: int
    """1 for the first case of the list."""
    case: ContingencyCase
    event: Contingency
    asked: dict[tuple[str, str], float]
    """Accepted tokens/s asked, by workload and size class."""

    @property
    def id(self) -> str:
        """A name of the case, for look-ups."""
        return f"C{self.number:05d}"

    @property
    def served(self) -> dict[tuple[str, str], float]:
        """Accepted tokens/s served after the event, by workload and size class."""
        sums: dict[tuple[str, str], float] = defaultdict(float)
        for p in self.case.placements:
            sums[p.workload, p.size_class] += p.accepted_tok_per_s
        for x in self.case.split_placements:
            sums[x.workload, x.size_class] += x.accepted_tok_per_s
        for a in self.case.api_placements:
            sums[a.workload, a.size_class] += a.accepted_tok_per_s
        return sums

    @property
    def shares(self) -> dict[tuple[str, str], float]:
        """The share served of every workload and size class that asks for something."""
        served = self.served
        return {key: served.get(key, 0.0) / rate for key, rate in sorted(self.asked.items()) if rate > 0}

    @property
    def weakest(self) -> tuple[str, str] | None:
        """The workload and size class that is nearest to its floor; None where nothing is asked."""
        shares = self.shares
        return min(shares, key=lambda key: shares[key] - self.event.floor_of(key[0]), default=None)

    @property
    def weakest_share(self) -> float:
        """The share served of it."""
        return 1.0 if self.weakest is None else self.shares[self.weakest]


@dataclass(frozen=True, slots=True)
class Surviving:
    """An offering after an event."""

    case: Case
    offering: str
    busy: float
    on_demand: float
    not_firm: float
