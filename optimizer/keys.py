"""What the index sets of a problem are made of."""

from dataclasses import dataclass
from typing import NamedTuple

from optimizer.plan import Pool


class ClassKey(NamedTuple):
    """A size class of a workload."""

    workload: str
    size_class: str


ClassMoment = tuple[ClassKey, int, str, str]
"""A class in a month, block and outlook."""


class PoolKey(NamedTuple):
    """One of the two pools of an offering's capacity."""

    offering: str
    pool: Pool


class Cell(NamedTuple):
    """What shares a router: a workload on an offering in a month, block and outlook, or there after an event."""

    contingency: str
    """Empty in normal operation."""
    workload: str
    offering: str
    month: int
    block: str
    outlook: str


@dataclass(frozen=True)
class Bundle:
    """Classes of a workload that the same may serve after an event: offerings, splits, APIs. They move in their mix."""

    workload: str
    classes: tuple[ClassKey, ...]
    offerings: tuple[str, ...]
    splits: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The first class stands for the bundle."""
        return self.classes[0].size_class
