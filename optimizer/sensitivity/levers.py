"""How an input is moved: the cells that belong to it, and the changes that bring them to a low and to a high value."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from scenarios.changes import Change, Verb

STEP = Decimal("0.1")
"""Ten per cent down and up, unless the input has a natural range."""


@dataclass(frozen=True)
class Move:
    """The way to one end."""

    value: str
    """What is there then; the change in words where several cells move together."""
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Lever:
    """The cells of an input and the ways to its ends."""

    path: str
    """Of the first cell."""
    cells: int
    value: str
    """As it is; blank where several cells move together."""
    low: Move | None
    high: Move | None


def each_by_a_tenth(paths: Sequence[str], cells: int) -> Lever:
    """All cells 10 % down, and up; a path may have wildcards."""
    down, up = (tuple(setting(path, relative(share)) for path in paths) for share in (-STEP, STEP))
    return Lever(paths[0], cells, "", by_share(-STEP, down), by_share(STEP, up))


def by_a_tenth(path: str, value: Decimal | float, *, most: Decimal | None = None) -> Lever:
    """One cell 10 % down and up, at most to `most`."""
    exact = decimal(value)
    high = exact * (1 + STEP)
    return between(path, exact, exact * (1 - STEP), high if most is None else min(most, high))


def by_a_tenth_of_nodes(path: str, nodes: int) -> Lever:
    """A whole number 10 % down and up, by 1 at least and not below 0."""
    low = (nodes * (1 - STEP)).to_integral_value(ROUND_FLOOR)
    high = (nodes * (1 + STEP)).to_integral_value(ROUND_CEILING)
    return between(path, Decimal(nodes), low, high)


def between(path: str, value: Decimal, low: Decimal, high: Decimal) -> Lever:
    """One cell at two values; an end that is the value itself is none."""
    return Lever(
        path=path,
        cells=1,
        value=plain(value),
        low=_to(path, low) if low < value else None,
        high=_to(path, high) if high > value else None,
    )


def decimal(value: Decimal | float) -> Decimal:
    """The number as it was typed.

    >>> decimal(0.1)
    Decimal('0.1')
    """
    return value if isinstance(value, Decimal) else Decimal(repr(value))


def plain(value: Decimal) -> str:
    """A number as one types it.

    >>> plain(Decimal("36.00")), plain(Decimal("4E+1")), plain(Decimal("0.765"))
    ('36', '40', '0.765')
    """
    return f"{value.normalize():f}"


def relative(share: Decimal) -> str:
    """A change by a share of what is there, as one types it.

    >>> relative(Decimal("-0.1"))
    '-10%'
    """
    return f"{100 * share:+f}".rstrip("0").rstrip(".") + "%"


def by_share(share: Decimal, changes: tuple[Change, ...]) -> Move:
    """Several cells by one share."""
    return Move(f"{share:+.0%}".replace("%", " %"), changes)


def setting(path: str, value: str) -> Change:
    """A cell or key set to a value, or moved by one."""
    return Change(verb=Verb.SET, path=path, value=value)


def _to(path: str, value: Decimal) -> Move:
    return Move(plain(value), (setting(path, plain(value)),))
