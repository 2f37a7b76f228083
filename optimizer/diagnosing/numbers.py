"""Numbers of inputs that can be loosened: where they stand, how far they go, and what a scenario is with another."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import IntEnum

from optimizer.diagnosing.records import Unit
from scenarios.scenario import Scenario

WHOLE_UNITS = frozenset({Unit.NODES, Unit.COUNT})


class Way(IntEnum):
    """In which direction a number is looser."""

    UP = 1
    DOWN = -1


Putting = Callable[[Scenario, Decimal], Scenario]
"""The scenario with another number in the place."""


@dataclass(frozen=True)
class Number:
    """A number, and how it is loosened."""

    words: str
    paths: tuple[str, ...]
    row: str
    """The path of the row or of the key that it belongs to."""
    unit: Unit
    value: Decimal
    way: Way
    end: Decimal | None
    """The loosest that it can be; None: it can grow without end."""
    put: Putting

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.unit in WHOLE_UNITS

    def after(self, change: Decimal) -> Decimal:
        """The number loosened by so much, at most to its end."""
        moved = self.value + self.way * change
        if self.end is None:
            return moved
        return min(moved, self.end) if self.way is Way.UP else max(moved, self.end)

    def rounded(self, least: Decimal, most: Decimal) -> Decimal:
        """The number with the fewest decimals that is loosened by at least `least` and at most `most`."""
        rounding = ROUND_CEILING if self.way is Way.UP else ROUND_FLOOR
        target = self.after(least)
        for decimals in range(-12, 13):
            step = Decimal(1).scaleb(-decimals)
            rounded = (target / step).to_integral_value(rounding) * step
            if abs(rounded - self.value) <= most and self.after(abs(rounded - self.value)) == rounded:
                return rounded
        return target


def exactly(value: Decimal | float) -> Decimal:
    """The number as it was typed.

    >>> exactly(0.1), exactly(3)
    (Decimal('0.1'), Decimal('3'))
    """
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def typed(value: Decimal) -> str:
    """A number as one types it.

    >>> typed(Decimal("4E+1")), typed(Decimal("0.7650"))
    ('40', '0.765')
    """
    return f"{value.normalize():f}" if value else "0"


def like(sample: object, value: Decimal) -> Decimal | float | int:
    """The value in the type of what stood there."""
    if isinstance(sample, int):
        return int(value)
    return value if isinstance(sample, Decimal) else float(value)
