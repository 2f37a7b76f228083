"""The courses of nodes under a commitment: the plain term, or leaving it, another offering, or staying on."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from contracts.calendar import Month
from contracts.clauses import Rights
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import Right, RightUsed


class Course(Enum):
    """Under which price nodes serve."""

    PLAIN = auto()
    SWAPPED = auto()
    RENEWED = auto()


@dataclass(frozen=True)
class Stay:
    """Nodes of an offering that are there from one month to another."""

    course: Course
    offering: str
    nodes: int
    first: Month
    end: Month
    """First month in which they are no longer there."""

    def serves(self, month: Month) -> bool:
        """Whether the nodes are there in a month."""
        return self.first <= month < self.end


class RightsBook:
    """The rights used of every order and held contract."""

    def __init__(self, stated: Statements) -> None:
        self._rows: dict[tuple[str | None, str | None], list[RightUsed]] = defaultdict(list)
        for row in stated.rights:
            self._rows[row.order, row.held].append(row)

    def of(self, outlook: str, *, order: str | None = None, held: str | None = None) -> tuple[RightUsed, ...]:
        """Those used in an outlook: decided for it, or before it is known."""
        if not self._rows:
            return ()
        return tuple(row for row in self._rows.get((order, held), ()) if row.outlook in (None, outlook))

    def differ(self, *, order: str | None = None, held: str | None = None) -> bool:
        """Whether any is used in one outlook only."""
        return any(row.outlook is not None for row in self._rows.get((order, held), ()))


def stays(
    offering: str, nodes: int, span: tuple[Month, Month], terms: Rights | None, rights: tuple[RightUsed, ...]
) -> Iterator[Stay]:
    """Where the nodes of a commitment are, month by month; renewed nodes serve the plain term before."""
    start, end = span
    plain = nodes
    for row in rights:
        assert terms is not None, "sifted"
        if row.right is Right.RENEW:
            more = row.renewals * (terms.renewal_months or 0)
            yield Stay(Course.RENEWED, offering, row.nodes, end, end + more)
            continue
        leaves = min(max(row.month, start), end)
        plain -= row.nodes
        yield Stay(Course.PLAIN, offering, row.nodes, start, leaves)
        if row.to_offering is not None:
            yield Stay(Course.SWAPPED, row.to_offering, row.to_nodes, leaves, end)
    yield Stay(Course.PLAIN, offering, plain, start, end)
