"""Who bears what: amounts by user and part of cost, and by line, so that discounts can follow them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from contracts.calendar import Month
from contracts.terms.agreement import Charge
from optimizer.audit.charges import charge_of
from optimizer.audit.figures import Inputs
from optimizer.plan import CostLine

ACCELERATOR, IDLE, HEADROOM, FAILED = "accelerator", "idle_capacity", "headroom", "failed_requests"
"""Parts of cost; headroom is told apart of what is idle, and belongs to it."""


class User(NamedTuple):
    """A size class on a column; all None where nothing of it is known."""

    workload: str | None
    size_class: str | None
    kind: str | None
    """Offering, API or split."""
    column: str | None


NOBODY = User(None, None, None, None)
Cell = tuple[User, str]
"""A user and a part of cost."""
Weights = Mapping[Cell, float]


@dataclass(frozen=True)
class Booked:
    """A line's share of a month and an outlook."""

    provider: str
    charge: Charge | None
    outlook: str
    month: Month

    @staticmethod
    def of(line: CostLine, outlook: str, month: Month) -> "Booked":
        """Who is paid, for what kind of charge."""
        return Booked(line.payee, charge_of(line), outlook, month)


class Ledger:
    """Amounts in dollars, expected over the outlooks."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self.cells: dict[Cell, float] = defaultdict(float)
        self._by_line: dict[Booked, dict[Cell, float]] = defaultdict(lambda: defaultdict(float))
        self._of_provider: dict[str, dict[Booked, None]] = defaultdict(dict)

    def book(self, line: Booked, user: User, part: str, usd: float) -> None:
        """Add an amount to a user and a part."""
        if usd:
            self.cells[user, part] += usd
            self._by_line[line][user, part] += usd
            self._of_provider[line.provider][line] = None

    def book_served(self, line: Booked, user: User, part: str, usd: float) -> None:
        """Add what is at work: attempts that fail are told apart."""
        failed = usd * self._failed_share(user)
        self.book(line, user, FAILED, failed)
        self.book(line, user, part, usd - failed)

    def _failed_share(self, user: User) -> float:
        assert user.workload is not None
        workload = self._inputs.workloads[user.workload]
        if user.kind == "offering" and user.column is not None:
            return 1.0 - self._inputs.accepted_per_attempt(workload, user.column)
        return 1.0 - workload.accepted_share * (1.0 - workload.retry_share)

    def weights(self, at: Booked, eligible: Collection[Charge]) -> Weights:
        """What the provider is paid for eligible charges, else for all, in the month, else in the horizon."""
        own = list(self._of_provider[at.provider])
        now = [row for row in own if (row.outlook, row.month) == (at.outlook, at.month)]
        for rows in ([row for row in now if row.charge in eligible], now, own):
            sums: dict[Cell, float] = defaultdict(float)
            for row in rows:
                for cell, usd in self._by_line[row].items():
                    sums[cell] += usd
            if sum(sums.values()) > 1e-9:
                return sums
        return {}
