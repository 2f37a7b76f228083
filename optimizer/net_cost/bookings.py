"""Bookings: who bears how much of which part of cost, by provider, month, outlook and kind of charge."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from contracts.calendar import Month
from contracts.terms.agreement import Charge
from optimizer.plan_unit_cost import Part

NOTHING = Decimal(0)


class Column(NamedTuple):
    """What serves tokens: an offering, an API offer or a split; none where cost belongs to no column."""

    offering: str | None = None
    api: str | None = None
    split: str | None = None

    @property
    def order(self) -> "Order":
        """How columns are sorted: by name, what has none at the end."""
        return _none_last(*self)


Order = tuple[tuple[bool, str], ...]


def _none_last(*names: str | None) -> Order:
    return tuple((name is None, name or "") for name in names)


NO_COLUMN = Column()


class User(NamedTuple):
    """Who uses a column; without workload: nobody does."""

    workload: str | None
    size_class: str | None
    column: Column

    @property
    def order(self) -> Order:
        """How rows are sorted: by name, what has none at the end."""
        return _none_last(self.workload, self.size_class, *self.column)


class Cell(NamedTuple):
    """A part of a user's cost; of idle capacity, headroom apart."""

    user: User
    part: Part
    is_headroom: bool = False


class Moment(NamedTuple):
    """A month in an outlook."""

    outlook: str
    month: Month


class Account(NamedTuple):
    """Who is paid when, and under which kind of charge an agreement would count it."""

    payee: str
    moment: Moment
    charge: Charge | None


class Bookings:
    """Amounts in dollars, unrounded, expected over the outlooks."""

    def __init__(self) -> None:
        self._usd: dict[Account, dict[Cell, Decimal]] = defaultdict(lambda: defaultdict(Decimal))

    def book(self, account: Account, cell: Cell, usd: Decimal) -> None:
        """Add an amount; a cell that is booked with 0 is known to be stated."""
        self._usd[account][cell] += usd

    def book_served(self, account: Account, cell: Cell, usd: Decimal, yield_share: Decimal) -> None:
        """Add what is at work: of it attempts that come to nothing are failed requests."""
        failed = usd * (1 - yield_share)
        self.book(account, cell, usd - failed)
        self.book(account, Cell(cell.user, Part.FAILED_REQUESTS), failed)

    def weights(self, which: Callable[[Account], bool]) -> Mapping[Cell, Decimal]:
        """What accounts add up to, cell by cell."""
        sums: dict[Cell, Decimal] = defaultdict(Decimal)
        for account in filter(which, self._usd):
            for cell, usd in self._usd[account].items():
                sums[cell] += usd
        return sums

    def cells(self) -> Mapping[Cell, Decimal]:
        """All accounts together."""
        return self.weights(lambda _: True)


def shared(usd: Decimal, weights: Mapping[Cell, Decimal]) -> Iterator[tuple[Cell, Decimal]]:
    """An amount in proportion to weights, whose sum must be above 0."""
    whole = sum(weights.values(), NOTHING)
    for cell, weight in weights.items():
        yield cell, usd * weight / whole
