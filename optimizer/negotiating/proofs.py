"""What two solves prove: whether an offer is in the plan, is out of it, or whether their gaps hide it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import inf, isinf

from optimizer.tolerances import SOLVER_TOLERANCE


class Sign(StrEnum):
    """Whether it is proven that a value is on this side or on that."""

    IN = "in"
    """Any best plan takes it."""
    OUT = "out"
    """No best plan takes it."""
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Proven:
    """The least cost of some plans lies in [at_least_usd, at_most_usd]; both infinite where there is none."""

    at_least_usd: float
    at_most_usd: float
    rounding_usd: float = 0.0
    """What rounding to the cent may be off in all."""

    @property
    def gap_usd(self) -> float:
        """How wide it is; 0 for what is proven not to exist."""
        return 0.0 if isinf(self.at_least_usd) and self.at_least_usd > 0 else self.at_most_usd - self.at_least_usd

    @property
    def tolerance_usd(self) -> float:
        """What both ends may be off."""
        finite = [abs(end) for end in (self.at_least_usd, self.at_most_usd) if not isinf(end)]
        return SOLVER_TOLERANCE * max(finite, default=0.0) + self.rounding_usd

    def and_also(self, other: "Proven") -> "Proven":
        """What two solves of the same case prove together."""
        return Proven(
            max(self.at_least_usd, other.at_least_usd),
            min(self.at_most_usd, other.at_most_usd),
            max(self.rounding_usd, other.rounding_usd),
        )


IMPOSSIBLE = Proven(inf, inf)
NOTHING_KNOWN = Proven(-inf, inf)


@dataclass(frozen=True)
class Trial:
    """One value that was tried: the least cost with the offer and without it."""

    value: Decimal
    with_it: Proven
    without: Proven
    sharpness: int = 0
    """How often the asked gap was tightened."""
    slope_usd: float | None = None
    """By how much the plan found with it costs more for each unit of the value: says where to look, proves nothing."""

    @property
    def sign(self) -> Sign:
        """Proven by an incumbent on one side and a bound on the other, never by two incumbents.

        Where there is no plan with it, it is out, whether there is one without it or not.
        """
        if self.with_it == IMPOSSIBLE:
            return Sign.OUT
        tolerance = self.with_it.tolerance_usd + self.without.tolerance_usd
        if self.with_it.at_most_usd + tolerance < self.without.at_least_usd:
            return Sign.IN
        if self.with_it.at_least_usd - tolerance > self.without.at_most_usd:
            return Sign.OUT
        return Sign.UNDECIDED

    @property
    def difference_usd(self) -> float | None:
        """About what it costs more with it than without; None where one of them is not known."""
        ends = (
            *(self.with_it.at_least_usd, self.with_it.at_most_usd),
            *(self.without.at_least_usd, self.without.at_most_usd),
        )
        if any(isinf(end) for end in ends):
            return None
        return (ends[0] + ends[1] - ends[2] - ends[3]) / 2

    @property
    def gaps_usd(self) -> float:
        """Both gaps together: what they may hide."""
        return self.with_it.gap_usd + self.without.gap_usd
