"""Supply: what purchase families give, and demand and contingencies take."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from optimizer.linear import Term
from optimizer.order_calendar import OrderKey
from optimizer.problem import PoolKey


@dataclass(frozen=True, slots=True)
class Commitment:
    """Nodes of one contract in one month and outlook: there in every block."""

    contract: str
    firm: bool
    terms: tuple[Term, ...]
    constant_nodes: float = 0.0
    paid_by_use: bool = False
    """True when normal operation uses them through `offer`, because use is billed; after an event all are there."""
    ordered: bool = False
    """True for what this plan orders by the lot, which an event may leave undelivered."""


class Moment(NamedTuple):
    """A pool in a month, block and outlook."""

    pool: PoolKey
    month: int
    block: str
    outlook: str


class Supply:
    """Filled by the purchase families before the families that close over it are built."""

    def __init__(self) -> None:
        self._commitments: dict[tuple[str, int, str], list[Commitment]] = defaultdict(list)
        self._by_the_hour: dict[Moment, list[Term]] = defaultdict(list)
        self._by_quota: dict[tuple[str, int, str, str], list[Term]] = defaultdict(list)
        self._running: dict[tuple[str, int, str, str], list[Term]] = defaultdict(list)
        self._rented: dict[tuple[str, int, str, str], Any] = {}
        self._ordered: dict[OrderKey, Term] = {}

    def commit(self, offering: str, month: int, outlook: str, commitment: Commitment) -> None:
        """Offer nodes of the base pool that are there all month, used or not."""
        self._commitments[offering, month, outlook].append(commitment)

    def offer(self, moment: Moment, term: Term) -> None:
        """Offer (productive) nodes in one block of one outlook."""
        self._by_the_hour[moment].append(term)

    def rent(self, contract: str, month: int, block: str, outlook: str, nodes: Any) -> None:
        """Name the nodes in use under an on-demand contract, for what covers them."""
        self._rented[contract, month, block, outlook] = nodes

    def order(self, key: OrderKey, term: Term) -> None:
        """Name what is ordered in steps of units of its own: the units in one step, and the steps."""
        self._ordered[key] = term

    @property
    def ordered(self) -> Mapping[OrderKey, Term]:
        """What is ordered in units of its own."""
        return self._ordered

    def run(self, offering: str, month: int, block: str, outlook: str, term: Term) -> None:
        """Nodes by the hour that are running in a block, productive or not, for what counts all that draws power."""
        self._running[offering, month, block, outlook].append(term)

    def running(self, offering: str, month: int, block: str, outlook: str) -> tuple[Term, ...]:
        """Nodes by the hour of an offering that run in a block."""
        return tuple(self._running.get((offering, month, block, outlook), ()))

    def take_quota(self, offering: str, month: int, block: str, outlook: str, term: Term) -> None:
        """Nodes by the hour, other than on demand, that share the quota of an offering."""
        self._by_quota[offering, month, block, outlook].append(term)

    def quota_taken(self, offering: str, month: int, block: str, outlook: str) -> tuple[Term, ...]:
        """What shares the quota of an offering with its on-demand nodes."""
        return tuple(self._by_quota.get((offering, month, block, outlook), ()))

    def rented(self, contract: str, month: int, block: str, outlook: str) -> Any:
        """The nodes in use under an on-demand contract."""
        return self._rented[contract, month, block, outlook]

    def commitments(self, offering: str, month: int, outlook: str) -> tuple[Commitment, ...]:
        """All commitments of an offering in a month and outlook."""
        return tuple(self._commitments.get((offering, month, outlook), ()))

    def by_the_hour(self, moment: Moment) -> tuple[Term, ...]:
        """What is bought by the hour at a moment."""
        return tuple(self._by_the_hour.get(moment, ()))
