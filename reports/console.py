"""What the terminal shows: the plan on one screen, and the run's progress while one waits."""

import shutil
import sys
from collections.abc import Iterable

import click
from rich.console import Console

from optimizer.diagnosing.effort import STEP
from optimizer.plan import Plan
from optimizer.solve_protocol import Progress
from reports.console_plan import plan_screen
from reports.live_line import LiveLine
from reports.progress import Asked, RunProgress

WIDTH_OF_A_FILE = 100
"""Where the screen is no terminal, the same plan gives the same lines."""


class ProgressLine(LiveLine):
    """The progress of planning on stderr; a context manager."""

    def __init__(self, console: Console | None = None, run: RunProgress | None = None) -> None:
        self._run = run or RunProgress()
        super().__init__(self._run, console)

    def ask(self, asked: Asked) -> None:
        """What the run may stop at."""
        self._run.ask(asked)

    def about(self, what: str) -> None:
        """Which of several plans is worked on from now on."""
        with self.writing:
            self._run.about(what)

    def phase(self, name: str) -> None:
        """Begin a phase."""
        with self.writing:
            self._run.begin(name)
            self.show(always=True)

    def part(self, name: str) -> None:
        """Begin a part of a phase: a log is told of it only when it was told nothing for a while."""
        with self.writing:
            self._run.begin(name)
            self.show(always=False)

    def step(self, name: str) -> None:
        """Begin a phase; of an explanation, which has many steps, a log is told now and then only."""
        if name.startswith(STEP):
            self.part(name)
        else:
            self.phase(name)

    def size(self, nonzeros: int) -> None:
        """The model is built."""
        with self.writing:
            self._run.size(nonzeros)

    def progress(self, progress: Progress, money_scale_usd: float) -> None:
        """Show where the solver stands."""
        with self.writing:
            self.show(always=self._run.search(progress, money_scale_usd))


def show_plan(plan: Plan) -> None:
    """One screen for a procurement manager, on stdout."""
    show_screen(plan_screen(plan, screen_width()))


def screen_width() -> int:
    """Characters of a line of the terminal, or of a file."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH_OF_A_FILE


def show_screen(lines: Iterable[str]) -> None:
    """Lines on stdout; headings, which begin at the margin, are bold."""
    for line in lines:
        click.echo(line if line[:1] in ("", " ") else click.style(line, bold=True))
