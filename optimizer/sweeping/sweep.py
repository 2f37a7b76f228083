"""The use case: a grid over inputs in, a result for every point out, written one by one and resumed after a kill."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from catalog.findings import Code, InputRejected
from optimizer.plan_making import versions_here
from optimizer.sweeping.bench import Bench, Task
from optimizer.sweeping.books import Books, missing
from optimizer.sweeping.hands import Hands, LostRun
from optimizer.sweeping.results import PointResult
from optimizer.sweeping.results_file import Header, ResultsFile, read_results, refuse_other

NO_CHANGE_AT_ALL = (
    Code.NO_SUCH_PATH,
    Code.NOTHING_MATCHES,
    Code.NOT_RELATIVE,
    Code.NO_SIGN,
    Code.NOT_A_CHANGE,
)
"""Findings that say that an axis is wrong, not one of its values."""


@dataclass(frozen=True)
class Listeners:
    """Who is told how a sweep goes on."""

    begun: Callable[[int, int], None] = field(default=lambda known, size: None)
    """Told how many points are known from before, and how many there are."""
    crew: Callable[[], None] = field(default=lambda: None)
    """Told when workers are called."""
    base: Callable[[], None] = field(default=lambda: None)
    """Told when work on the base begins."""
    runs: Callable[[], None] = field(default=lambda: None)
    """Told when work on the points begins."""
    point: Callable[[int], None] = field(default=lambda known: None)
    """Told how many points are known when another one is."""


@dataclass(frozen=True)
class Swept:
    """A sweep as far as it got."""

    header: Header
    base: PointResult | None
    results: tuple[PointResult, ...]
    """Without the base, by number."""
    lost: tuple[LostRun, ...] = ()
    interrupted: bool = False

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the points without a result."""
        return missing(self.header.grid, self.results)


def sweep(task: Task, path: Path, hands: Hands, tell: Listeners | None = None) -> Swept:
    """Work out what is missing in the results file; a person may stop it, and what is known stays.

    Raises InputRejected for inputs, paths or kinds of values that no point can have, ResultsUnusable for a file of
    another sweep, ClusterUnusable, and AnswersDiffer; what is written by then stays.
    """
    tell = tell or Listeners()
    header = _header(task)
    _refuse_wrong_axes(task)
    recorded = read_results(path)
    if recorded is not None:
        refuse_other(path, recorded.header, header)
    there = recorded.results if recorded else ()
    with ResultsFile(path, header, recorded) as file:
        books = Books(task.grid, there, file, lambda: tell.point(books.known))
        tell.begun(books.known, task.grid.size)
        lost, interrupted = _worked(task, books, hands, tell)
    points = tuple(result for result in books.results if result.point)
    return Swept(header, books.base, points, lost, interrupted)


def _worked(task: Task, books: Books, hands: Hands, tell: Listeners) -> tuple[tuple[LostRun, ...], bool]:
    runs = books.open_runs()
    if not runs and books.base is not None:
        return (), False
    tell.crew()
    try:
        with hands.crew(len(runs)) as crew, Bench(task) as bench:
            tell.base()
            books.take(bench.base())
            tell.runs()
            return crew.work(bench, runs, books.take), False
    except KeyboardInterrupt:
        return (), True


def _header(task: Task) -> Header:
    base = task.scenario(None)
    return Header(
        scenario=base.scenario,
        grid=task.grid,
        base=base.fingerprint(),
        run=base.run,
        files=base.input_files,
        versions=versions_here(),
    )


def _refuse_wrong_axes(task: Task) -> None:
    """Raise InputRejected for axes that name nothing; a single value out of its range is left to its point."""
    wrong = []
    for axis in task.grid.axes:
        try:
            task.inputs.load((*task.grid.fixed, axis.change(0)), load_blocks=task.settings.load_blocks)
        except InputRejected as rejected:
            wrong += [finding for finding in rejected.findings if finding.code in NO_CHANGE_AT_ALL]
    if wrong:
        raise InputRejected(wrong)
