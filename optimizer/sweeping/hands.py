"""Who works out the runs of a sweep: this process, one run after the other, or the workers of a cluster."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from optimizer.sweeping.bench import Bench, Take
from optimizer.sweeping.grid import Run


@dataclass(frozen=True)
class LostRun:
    """A run that was given up; its points have no answer, and are tried again when the sweep is resumed."""

    run: Run
    reason: str


class Crew(Protocol):
    """Whoever is there to work out runs."""

    def work(self, bench: Bench, runs: Sequence[Run], take: Take) -> tuple[LostRun, ...]:
        """Work out the runs and tell each result as soon as it is known; the bench has answered the base.

        Returns the runs that were given up; raises ClusterUnusable where none can be worked out.
        """


class Hands(Protocol):
    """Where a crew comes from."""

    def crew(self, runs: int) -> AbstractContextManager[Crew]:
        """Call a crew for so many runs, for as long as the context lasts; raises ClusterUnusable."""


class OneByOne:
    """This process: one run after the other."""

    @contextmanager
    def crew(self, runs: int) -> Iterator[Crew]:
        """Itself."""
        yield self

    def work(self, bench: Bench, runs: Sequence[Run], take: Take) -> tuple[LostRun, ...]:
        """With the living model that has answered the base."""
        for run in runs:
            bench.work(run, take)
        return ()
