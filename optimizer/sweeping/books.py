"""Books: the results of a sweep, each written down once; what is worked out a second time must come out the same."""

from collections.abc import Callable, Iterable, Sequence

from optimizer.faults import SolverFault
from optimizer.sweeping.grid import Grid, Run
from optimizer.sweeping.results import PointResult, same_answer
from optimizer.sweeping.results_file import ResultsFile

BASE = 0
"""Number of the base among the results."""


class AnswersDiffer(SolverFault):
    """A point that was worked out a second time has another answer."""


class Books:
    """Results by point, and the file that they are written to."""

    def __init__(self, grid: Grid, there: Iterable[PointResult], file: ResultsFile, told: Callable[[], None]) -> None:
        self._file = file
        self._told = told
        self._runs = grid.runs()
        self._run_of = {point.number: run.number for run in self._runs for point in run.points}
        self._results = {result.point: result for result in there}
        self._loose = {self._run_of.get(result.point, BASE) for result in there if not result.repeatable}

    @property
    def results(self) -> tuple[PointResult, ...]:
        """All that is known, the base first, then by number."""
        return tuple(self._results[number] for number in sorted(self._results))

    @property
    def known(self) -> int:
        """How many points are known, the base not counted."""
        return len(self._results) - (BASE in self._results)

    @property
    def base(self) -> PointResult | None:
        """The result of the base, once it is known."""
        return self._results.get(BASE)

    def open_runs(self) -> tuple[Run, ...]:
        """Runs of which a point is not known; each is worked out again from its beginning."""
        return tuple(run for run in self._runs if any(point.number not in self._results for point in run.points))

    def take(self, result: PointResult) -> None:
        """Write a result down; one that is there already must be the same, but for effort.

        Raises AnswersDiffer where it is not, unless the clock or a fault had its part in the run.
        """
        run = self._run_of.get(result.point, BASE)
        if not result.repeatable:
            self._loose.update((run,))
        there = self._results.get(result.point)
        if there is None:
            self._file.add(result)
            self._results[result.point] = result
            self._told()
        elif not self._may_differ(run) and not same_answer(there, result):
            raise AnswersDiffer(_otherwise(there, result))

    def _may_differ(self, run: int) -> bool:
        """What the clock stopped in the base or earlier in a run, the rest of the run has learned from."""
        return bool(self._loose & {BASE, run})


def _otherwise(there: PointResult, now: PointResult) -> str:
    def words(result: PointResult) -> str:
        if result.answer is None:
            return f"{result.outcome.value} ({result.reason})"
        found = result.answer
        return f"{found.incumbent_usd:,.2f} USD, bound {found.bound_usd:,.2f}, buy list {found.buy_list}"

    what = f"point {now.point} ({', '.join(now.values)})" if now.values else "the base"
    return (
        f"{what} was worked out twice, and the answers differ: {words(there)} on file, {words(now)} now. One of the"
        " machines computes otherwise than the other, or a file was changed by hand; start again with another --out"
    )


def missing(grid: Grid, results: Sequence[PointResult]) -> tuple[int, ...]:
    """Numbers of the points that have no result."""
    known = {result.point for result in results}
    return tuple(number for number in range(1, grid.size + 1) if number not in known)
