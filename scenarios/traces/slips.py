"""Bad cells of a trace: the first few of a kind are named row by row, the rest are counted."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.findings import Code, Finding, Location

MOST_NAMED = 20
"""Rows named of one kind in one column; a column that is wrong throughout would bury the others."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One cell that cannot be read."""

    code: Code
    row: int
    column: str
    found: str
    expected: str
    hint: str


@dataclass(slots=True)
class Slips:
    """What is wrong with the rows of one file."""

    file: str
    named: list[Slip] = field(default_factory=list)
    _counts: dict[tuple[Code, str], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, slips: Iterable[Slip]) -> None:
        """Take up slips, in order of their rows."""
        for slip in slips:
            self._counts[slip.code, slip.column] += 1
            if self._counts[slip.code, slip.column] <= MOST_NAMED:
                self.named.append(slip)

    def findings(self) -> list[Finding]:
        """Every named slip, and one finding for those of each kind that are only counted."""
        found = [
            Finding(slip.code, Location(self.file, slip.row, slip.column), slip.found, slip.expected, slip.hint)
            for slip in self.named
        ]
        for (code, column), count in self._counts.items():
            if count > MOST_NAMED:
                last = [slip for slip in self.named if (slip.code, slip.column) == (code, column)][-1]
                more = f"{count - MOST_NAMED:,} more rows like it, which are not named here"
                where = Location(self.file, last.row, column)
                found.append(Finding(code, where, more, last.expected, last.hint))
        return found
