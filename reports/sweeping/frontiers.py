"""The lines of a sweep along its longest axis of numbers, as the frontiers that comparisons have, too."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise, product

from optimizer.comparing.differences import Difference
from optimizer.comparing.frontier import Between, Frontier, Point, number_in
from optimizer.sweeping.axes import Axis, Form
from optimizer.sweeping.reading import Reading, Step
from optimizer.sweeping.results import PointAnswer, PointResult

MOST_AXES = 2
"""With more, the lines are too many to be looked at one by one."""


def frontiers_of(reading: Reading) -> tuple[Frontier, ...]:
    """One for each value of the other axis; none without an axis of numbers, or with more than two axes."""
    axes = reading.grid.axes
    numbers = [i for i, axis in enumerate(axes) if axis.form is not Form.WORDS]
    if not numbers or len(axes) > MOST_AXES:
        return ()
    along = max(numbers, key=lambda i: len(axes[i].values))
    others = product(*(range(len(axis.values)) if i != along else (0,) for i, axis in enumerate(axes)))
    found = (_frontier(reading, along, place) for place in others)
    return tuple(frontier for frontier in found if frontier is not None)


def _frontier(reading: Reading, along: int, place: tuple[int, ...]) -> Frontier | None:
    axis = reading.grid.axes[along]
    solved = [(result, result.answer) for result in reading.line(along, place) if result.answer]
    if not solved:
        return None
    short = reading.grid.short_paths
    held = [f"{short[i]}={a.values[place[i]]}" for i, a in enumerate(reading.grid.axes) if i != along]
    steps = (Step(along, low, high, a, b) for (low, a), (high, b) in pairwise(solved))
    return Frontier(
        path=f"{short[along]} at {held[0]}" if held else axis.path,
        base_value=None if held else _base_value(axis, reading),
        points=tuple(_point(axis, along, result, answer) for result, answer in solved),
        between=tuple(_between(axis, step) for step in steps),
    )


def _base_value(axis: Axis, reading: Reading) -> Decimal | None:
    """Which value of the only axis is the base; None where there is no telling, as for several cells at once."""
    match axis.form:
        case Form.SHARE | Form.AMOUNT:
            return Decimal(0)
        case Form.FACTOR:
            return Decimal(1)
        case _:
            made = (change for result in reading.results for change in result.changes)
            before = {change.before for change in made if change.path == axis.path}
            return number_in(before.pop()) if len(before) == 1 else None


def _value(axis: Axis, along: int, result: PointResult) -> Decimal:
    number = axis.number(axis.values.index(result.values[along]))
    assert number is not None
    return number


def _point(axis: Axis, along: int, result: PointResult, answer: PointAnswer) -> Point:
    return Point(
        name=f"point {result.point}",
        value=_value(axis, along, result),
        objective_usd=answer.objective_usd,
        bound_usd=answer.bound_usd,
        effective_usd=answer.effective_usd,
        cash_usd=answer.cash_usd,
        served_mtok=answer.served_mtok,
        usd_per_mtok=answer.usd_per_mtok,
    )


def _between(axis: Axis, step: Step) -> Between:
    return Between(
        low=_value(axis, step.axis, step.low),
        high=_value(axis, step.axis, step.high),
        low_name=f"point {step.low.point}",
        high_name=f"point {step.high.point}",
        difference=Difference(
            usd=step.high_answer.objective_usd - step.low_answer.objective_usd,
            at_least_usd=step.at_least_usd,
            at_most_usd=step.at_most_usd,
            verdict=step.verdict,
        ),
        to_sign_differs=step.list_changes,
        first_change=next(iter(step.changes), ""),
    )


def kinds_of_value(reading: Reading) -> Iterator[str]:
    """What the numbers of the frontiers are, in words."""
    for axis in reading.grid.axes:
        match axis.form:
            case Form.SHARE:
                yield f"{axis.path}: values are shares added to what was (0.1 is +10 %)"
            case Form.AMOUNT:
                yield f"{axis.path}: values are added to what was"
            case Form.FACTOR:
                yield f"{axis.path}: what was is multiplied by the values"
