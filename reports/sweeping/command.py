"""What `siliconmix sweep` does: read, work out what is missing, publish, tell."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

from optimizer.plan import Status
from optimizer.sweeping.axes import Axis
from optimizer.sweeping.bench import Settings, Task
from optimizer.sweeping.faults import ClusterUnusable
from optimizer.sweeping.grid import grid_of
from optimizer.sweeping.hands import Hands, OneByOne
from optimizer.sweeping.results_file import POINTS_FILE
from optimizer.sweeping.sweep import Listeners, Swept
from optimizer.sweeping.sweep import sweep as swept_over
from reports.console import screen_width, show_screen
from reports.exits import Exit
from reports.live_line import LiveLine
from reports.publishing import output_folder, refuse_folders_in_the_way
from reports.sweeping.answer import SWEEP_JSON, SWEEP_XLSX, sweep_answer
from reports.sweeping.progress import SweepProgress
from reports.sweeping.publishing import publish_sweep
from reports.sweeping.screen import sweep_screen
from reports.telling import faults_told, teller
from scenarios.changes import Change
from scenarios.inputs import Inputs

WITHOUT_THE_EXTRA = (
    "The points are worked out one after the other: the extra `cluster` is not installed"
    " (pip install 'siliconmix[cluster]')."
)


@dataclass(frozen=True)
class SweepAsked:
    """What was asked for on the command line; None is the scenario's own, or what is usual."""

    axes: tuple[Axis, ...]
    changes: tuple[Change, ...] = ()
    gap_share: float | None = None
    time_limit_s: float | None = None
    load_blocks: int | None = None
    workers: int | None = None
    scheduler: str | None = None


def sweep(folder: Path, out: Path, asked: SweepAsked, *, as_json: bool) -> Exit:
    """Work out a grid, or go on with one, and publish points.jsonl, sweep.json and sweep.xlsx."""
    to, progress = teller(as_json=as_json), SweepProgress()
    with faults_told("sweep", to) as outcome:
        grid = grid_of(asked.axes, asked.changes)
        settings = Settings(asked.gap_share, asked.time_limit_s, asked.load_blocks)
        with output_folder(out) as target, LiveLine(progress) as line:
            refuse_folders_in_the_way(target, POINTS_FILE, SWEEP_JSON, SWEEP_XLSX)
            task = Task(Inputs.read(folder), grid, settings)
            found = swept_over(task, target / POINTS_FILE, _hands(asked, target), _listeners(line, progress))
            if found.interrupted and not found.results:
                raise KeyboardInterrupt
            with _shown(line):
                progress.phase("write")
            outcome.exit = exit_of(found)
            answer = sweep_answer(found, outcome.exit, target)
            publish_sweep(found, answer, target)
        if as_json:
            click.echo(answer.model_dump_json(indent=1))
        else:
            show_screen([*sweep_screen(found, screen_width()), f"Written: {' and '.join(answer.files)}"])
    return outcome.exit


def exit_of(found: Swept) -> Exit:
    """PARTLY where a point has no plan; SHORT_OF_GAP where one stopped before its gap was proven."""
    answers = [result.answer for result in found.results if result.answer]
    if len(answers) < found.header.grid.size:
        return Exit.PARTLY
    within = all(answer.status is Status.WITHIN_GAP for answer in answers)
    return Exit.PUBLISHED if within else Exit.SHORT_OF_GAP


def _hands(asked: SweepAsked, target: Path) -> Hands:
    """A scheduler if one is named, else processes of this machine, else this one."""
    workers = asked.workers or cores()
    if find_spec("distributed") is None:
        if asked.scheduler is not None:
            raise ClusterUnusable("--scheduler needs the extra `cluster`: pip install 'siliconmix[cluster]'")
        if workers > 1:
            click.echo(WITHOUT_THE_EXTRA, err=True)
        return OneByOne()
    if asked.scheduler is None and workers == 1:
        return OneByOne()
    from optimizer.sweeping.cluster import LocalWorkers, RemoteWorkers

    return LocalWorkers(workers, target) if asked.scheduler is None else RemoteWorkers(asked.scheduler)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _listeners(line: LiveLine, progress: SweepProgress) -> Listeners:
    def begun(known: int, size: int) -> None:
        with _shown(line):
            progress.begun(known, size)

    def crew() -> None:
        with _shown(line):
            progress.phase("workers")

    def base() -> None:
        with _shown(line):
            progress.phase("base")

    def runs() -> None:
        with _shown(line):
            progress.phase("points")

    def point(known: int) -> None:
        with line.writing:
            progress.point(known)
            line.show(always=False)

    return Listeners(begun, crew, base, runs, point)


@contextmanager
def _shown(line: LiveLine) -> Iterator[None]:
    """Show what has changed."""
    with line.writing:
        yield
        line.show(always=True)
