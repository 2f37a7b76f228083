"""Grid: the points of a sweep, the walk along them, and the runs that the walk is cut into.

The walk is a snake: the last axis goes up, then down, then up again, so that each point differs from the one before in
one step of one axis. With two axes of three values:

    1 2 3
    6 5 4     the order of the walk; the numbers of the points are 1 2 3, 4 5 6, 7 8 9
    7 8 9
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from pydantic import Field

from catalog.records import Record
from optimizer.sweeping.axes import Axis
from optimizer.sweeping.faults import WrongAxis
from scenarios.changes import Change

MOST_POINTS = 100_000
RUN_LENGTH = 8
"""Points of a run. Fixed, so that answers do not depend on the number of workers; few, so that a kill loses little."""


class Point(Record):
    """One point of a grid."""

    number: int
    """From 1 on, the last axis counting fastest; it does not depend on the walk."""
    steps: tuple[int, ...]
    """Which value of each axis, from 0 on."""
    values: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """Neighbouring points that are worked out one after the other, from what the base has taught."""

    number: int
    points: tuple[Point, ...]


class Grid(Record):
    """Axes, and what else is changed at every point."""

    axes: tuple[Axis, ...] = Field(min_length=1)
    fixed: tuple[Change, ...] = ()

    @property
    def size(self) -> int:
        """How many points."""
        return prod(len(axis.values) for axis in self.axes)

    @property
    def short_paths(self) -> tuple[str, ...]:
        """What stands behind the last dot of each path, or the whole path where that would not tell them apart."""
        paths = [axis.path for axis in self.axes]
        last = [path.rpartition(".")[2] for path in paths]
        return tuple(short if last.count(short) == 1 else path for short, path in zip(last, paths, strict=True))

    def point(self, steps: Sequence[int]) -> Point:
        """The point at so many steps along each axis."""
        number = 0
        for axis, step in zip(self.axes, steps, strict=True):
            number = number * len(axis.values) + step
        values = tuple(axis.values[step] for axis, step in zip(self.axes, steps, strict=True))
        return Point(number=number + 1, steps=tuple(steps), values=values)

    def points(self) -> Iterator[Point]:
        """All points in the order of the walk."""
        return (self.point(steps) for steps in snake([len(axis.values) for axis in self.axes]))

    def runs(self) -> tuple[Run, ...]:
        """The walk in pieces of RUN_LENGTH points, the last one perhaps shorter."""
        walk = tuple(self.points())
        pieces = (walk[i : i + RUN_LENGTH] for i in range(0, len(walk), RUN_LENGTH))
        return tuple(Run(number, piece) for number, piece in enumerate(pieces, start=1))

    def changes(self, point: Point) -> tuple[Change, ...]:
        """What is changed at a point: what is changed everywhere, then each axis."""
        moved = (axis.change(step) for axis, step in zip(self.axes, point.steps, strict=True))
        return (*self.fixed, *moved)


def grid_of(axes: Sequence[Axis], fixed: Sequence[Change] = ()) -> Grid:
    """The grid over these axes; raises WrongAxis for a path that is swept twice or for too many points."""
    paths = [axis.path for axis in axes]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise WrongAxis(f"{twice} is swept twice; join its values in one --over")
    grid = Grid(axes=tuple(axes), fixed=tuple(fixed))
    if grid.size > MOST_POINTS:
        counts = " x ".join(str(len(axis.values)) for axis in axes)
        raise WrongAxis(f"{counts} are {grid.size:,} points; a sweep may have {MOST_POINTS:,}")
    return grid


def snake(counts: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """All places of a grid, each one step from the one before.

    >>> list(snake([2, 3]))
    [(0, 0), (0, 1), (0, 2), (1, 2), (1, 1), (1, 0)]
    """
    if not counts:
        yield ()
        return
    inner = list(snake(counts[1:]))
    for first in range(counts[0]):
        for rest in inner if first % 2 == 0 else reversed(inner):
            yield (first, *rest)
