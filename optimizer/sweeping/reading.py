"""What a sweep says: which buy lists there are, where they change, and which neighbours can be told apart."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from string import ascii_uppercase

from optimizer.comparing.differences import Verdict, verdict
from optimizer.sweeping.buying import ToSign, differences
from optimizer.sweeping.grid import Grid
from optimizer.sweeping.results import Outcome, PointAnswer, PointResult


@dataclass(frozen=True)
class BuyList:
    """A list that one point or several have."""

    label: str
    """A, B, ... in the order in which they are met."""
    fingerprint: str
    to_sign: tuple[ToSign, ...]
    points: int
    """How many have it, the base not counted."""


@dataclass(frozen=True)
class Step:
    """Two neighbours along one axis that both have a plan."""

    axis: int
    low: PointResult
    high: PointResult
    low_answer: PointAnswer
    high_answer: PointAnswer

    @property
    def at_least_usd(self) -> float:
        """The least that the optimum of the high value can cost more than that of the low one."""
        return self.high_answer.bound_usd - self.low_answer.incumbent_usd

    @property
    def at_most_usd(self) -> float:
        """The most that it can cost more."""
        return self.high_answer.incumbent_usd - self.low_answer.bound_usd

    @property
    def verdict(self) -> Verdict:
        """What the two gaps allow to say of the high value."""
        tolerance = self.low_answer.tolerance_usd + self.high_answer.tolerance_usd
        return verdict(self.at_least_usd, self.at_most_usd, tolerance)

    @property
    def list_changes(self) -> bool:
        """Whether other things are to be signed."""
        return self.low_answer.buy_list != self.high_answer.buy_list

    @property
    def changes(self) -> tuple[str, ...]:
        """What is signed otherwise at the high value."""
        return differences(self.low_answer.to_sign, self.high_answer.to_sign)


@dataclass(frozen=True)
class Edge:
    """Two neighbours along one axis of which one has a plan and the other has none."""

    axis: int
    low: PointResult
    high: PointResult

    @property
    def without(self) -> PointResult:
        """The one without a plan."""
        return self.high if self.high.answer is None else self.low


@dataclass(frozen=True)
class Segment:
    """Neighbours along the only axis with the same outcome and the same buy list."""

    points: tuple[PointResult, ...]

    @property
    def first(self) -> PointResult:
        """At the lowest value."""
        return self.points[0]

    @property
    def last(self) -> PointResult:
        """At the highest value."""
        return self.points[-1]


@dataclass(frozen=True)
class Reading:
    """The results of a grid, by place."""

    grid: Grid
    results: tuple[PointResult, ...]
    """Those of the points, by number."""
    base: PointResult | None = None

    @cached_property
    def at(self) -> dict[tuple[int, ...], PointResult]:
        """Results by their steps along the axes."""
        by_number = {result.point: result for result in self.results}
        places = product(*(range(len(axis.values)) for axis in self.grid.axes))
        return {steps: by_number[n] for n, steps in enumerate(places, start=1) if n in by_number}

    @cached_property
    def buy_lists(self) -> tuple[BuyList, ...]:
        """All that differ: that of the base first, then in the order of the points."""
        lists: dict[str, tuple[ToSign, ...]] = {}
        for result in ([self.base] if self.base else []) + list(self.results):
            if result.answer:
                lists.setdefault(result.answer.buy_list, result.answer.to_sign)
        counts = Counter(result.answer.buy_list for result in self.results if result.answer)
        return tuple(BuyList(letters(i), key, lists[key], counts[key]) for i, key in enumerate(lists))

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {one.fingerprint: one.label for one in self.buy_lists}

    def label(self, result: PointResult) -> str:
        """The letters of its buy list; blank where there is no plan."""
        return self._labels[result.answer.buy_list] if result.answer else ""

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All neighbours that both have a plan, axis by axis."""
        return tuple(
            Step(axis, low, high, low.answer, high.answer)
            for axis, low, high in self._neighbours()
            if low.answer and high.answer
        )

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All places where plans end, axis by axis."""
        return tuple(
            Edge(axis, low, high)
            for axis, low, high in self._neighbours()
            if (low.answer is None) != (high.answer is None)
        )

    @cached_property
    def thresholds(self) -> tuple[Step | Edge, ...]:
        """Where the buy list changes, or plans end: axis by axis, from low to high."""
        found: list[Step | Edge] = [*(step for step in self.steps if step.list_changes), *self.edges]
        return tuple(sorted(found, key=lambda step: (step.axis, step.low.point)))

    def _neighbours(self) -> Iterator[tuple[int, PointResult, PointResult]]:
        for axis in range(len(self.grid.axes)):
            for here, low in self.at.items():
                there = (*here[:axis], here[axis] + 1, *here[axis + 1 :])
                if there in self.at:
                    yield axis, low, self.at[there]

    def line(self, axis: int, place: tuple[int, ...]) -> tuple[PointResult, ...]:
        """The results along an axis, the steps along the others being those of a place."""
        steps = range(len(self.grid.axes[axis].values))
        along = ((*place[:axis], step, *place[axis + 1 :]) for step in steps)
        return tuple(self.at[there] for there in along if there in self.at)

    def segments(self) -> tuple[Segment, ...]:
        """The points of the only axis in pieces that are alike."""
        pieces: list[list[PointResult]] = []
        for result in self.results:
            if pieces and _alike(pieces[-1][-1], result):
                pieces[-1].append(result)
            else:
                pieces.append([result])
        return tuple(Segment(tuple(piece)) for piece in pieces)

    def of(self, outcome: Outcome) -> tuple[PointResult, ...]:
        """Results with an outcome."""
        return tuple(result for result in self.results if result.outcome is outcome)


def _alike(one: PointResult, other: PointResult) -> bool:
    """Whether one stands beside the other, and says the same."""
    if other.point != one.point + 1 or one.outcome is not other.outcome:
        return False
    if one.answer is None or other.answer is None:
        return True
    return one.answer.buy_list == other.answer.buy_list


def letters(number: int) -> str:
    """Letters for a number from 0 on, as spreadsheets count columns.

    >>> letters(0), letters(25), letters(26), letters(702)
    ('A', 'Z', 'AA', 'AAA')
    """
    text = ""
    while number >= 0:
        number, rest = divmod(number, 26)
        text, number = ascii_uppercase[rest] + text, number - 1
    return text
