"""Supply: what purchase families give, and demand and contingencies take."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from optimizer.linear import Term
from optimizer.problem import PoolKey


@dataclass(frozen=True, slots=True)
class Commitment:
    """Nodes of one contract in one month: there in every block and outlook."""

    contract: str
    firm: bool
    terms: tuple[Term, ...]
    constant_nodes: float = 0.0


class Moment(NamedTuple):
    """A pool in a month, block and outlook."""

    pool: PoolKey
    month: int
    block: str
    outlook: str


class Supply:
    """Filled by the purchase families before the families that close over it are built."""

    def __init__(self) -> None:
        self._commitments: dict[tuple[str, int], list[Commitment]] = defaultdict(list)
        self._by_the_hour: dict[Moment, list[Term]] = defaultdict(list)

    def commit(self, offering: str, month: int, commitment: Commitment) -> None:
        """Offer nodes of the base pool that are there all month, used or not."""
        self._commitments[offering, month].append(commitment)

    def offer(self, moment: Moment, term: Term) -> None:
        """Offer (productive) nodes in one block of one outlook."""
        self._by_the_hour[moment].append(term)

    def commitments(self, offering: str, month: int) -> tuple[Commitment, ...]:
        """All commitments of an offering in a month."""
        return tuple(self._commitments.get((offering, month), ()))

    def by_the_hour(self, moment: Moment) -> tuple[Term, ...]:
        """What is bought by the hour at a moment."""
        return tuple(self._by_the_hour.get(moment, ()))

    def all_commitments(self) -> Iterator[tuple[str, int, Commitment]]:
        """Every (offering, month, commitment)."""
        for (offering, month), rows in self._commitments.items():
            for row in rows:
                yield offering, month, row
