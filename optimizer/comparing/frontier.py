"""Plans that differ in one number: what it costs, what one unit of it is worth, and where the buy list changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from catalog.records import Record
from optimizer.comparing.buying import buy_difference, to_sign_differs
from optimizer.comparing.differences import Difference, difference
from optimizer.plan import Plan
from scenarios.changes import ChangeMade


@dataclass(frozen=True)
class Solved:
    """A plan with the name of its variant, and all inputs in which it differs from the base."""

    name: str
    plan: Plan
    changes: tuple[ChangeMade, ...]


class Point(Record):
    """One value of the number, and the plan made for it."""

    name: str
    value: Decimal
    objective_usd: Decimal
    bound_usd: float
    effective_usd: Decimal
    cash_usd: Decimal
    served_mtok: Decimal
    usd_per_mtok: Decimal | None


class Between(Record):
    """Two neighbouring values: what a step costs, and whether other things are to be signed."""

    low: Decimal
    high: Decimal
    low_name: str
    high_name: str
    difference: Difference
    """The plan at the high value less that at the low value."""
    to_sign_differs: bool
    first_change: str
    """The first line of the buy list that differs; blank where none does."""

    @property
    def usd_per_unit(self) -> Decimal:
        """What one unit more costs: what a concession of one unit is worth, of the incumbents."""
        return self.difference.usd / (self.high - self.low)


class Frontier(Record):
    """All plans along one number, the base among them, by its value."""

    path: str
    base_value: Decimal | None
    """None where the base is none of the plans."""
    points: tuple[Point, ...]
    between: tuple[Between, ...]


def frontiers(base: Solved, variants: Sequence[Solved]) -> tuple[Frontier, ...]:
    """One for each number in which alone a variant differs from the base, in the order of the variants."""
    by_path: dict[str, dict[Decimal, Solved]] = {}
    for variant in variants:
        cell = _only_number(variant.changes)
        if cell is not None:
            path, before, after = cell
            by_path.setdefault(path, {before: base}).setdefault(after, variant)
    return tuple(_frontier(path, along) for path, along in by_path.items())


def _only_number(changes: Sequence[ChangeMade]) -> tuple[str, Decimal, Decimal] | None:
    """Path, value in the base and in the variant, where one number is all that differs."""
    if len(changes) != 1:
        return None
    before, after = number_in(changes[0].before), number_in(changes[0].after)
    if before is None or after is None or before == after:
        return None
    return changes[0].path, before, after


def number_in(text: str | None) -> Decimal | None:
    """The number that a cell holds, None where it holds none.

    >>> number_in("18.50"), number_in("2027-01"), number_in(""), number_in("nan")
    (Decimal('18.50'), None, None, None)
    """
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _frontier(path: str, along: dict[Decimal, Solved]) -> Frontier:
    base_value = next(iter(along))
    ordered = sorted(along.items(), key=lambda item: item[0])
    points = tuple(_point(value, solved) for value, solved in ordered)
    between = tuple(_between(low, high) for low, high in pairwise(ordered))
    return Frontier(path=path, base_value=base_value, points=points, between=between)


def _point(value: Decimal, solved: Solved) -> Point:
    totals = solved.plan.totals
    return Point(
        name=solved.name,
        value=value,
        objective_usd=totals.objective_usd,
        bound_usd=solved.plan.bound_usd,
        effective_usd=totals.effective_usd,
        cash_usd=totals.cash_usd,
        served_mtok=totals.served_mtok,
        usd_per_mtok=totals.usd_per_mtok,
    )


def _between(low: tuple[Decimal, Solved], high: tuple[Decimal, Solved]) -> Between:
    rows = buy_difference(low[1].plan, high[1].plan)
    first = next((row for row in rows if row.way.is_signed and row.status != "same"), None)
    return Between(
        low=low[0],
        high=high[0],
        low_name=low[1].name,
        high_name=high[1].name,
        difference=difference(low[1].plan, high[1].plan),
        to_sign_differs=to_sign_differs(rows),
        first_change="" if first is None else f"{first.what} {first.start}: {first.status}",
    )
