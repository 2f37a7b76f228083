"""What the terminal shows: the plan on one screen, and the run's progress while one waits."""

import shutil
import sys
import threading
from types import TracebackType

import click
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from optimizer.plan import Plan
from optimizer.solve_protocol import Progress
from reports.console_plan import plan_screen
from reports.progress import Asked, RunProgress

WIDTH_OF_A_FILE = 100
"""Where the screen is no terminal, the same plan gives the same lines."""
QUIET_EVERY_S = 10.0
"""A log gets a line when a phase begins, and so often while it lasts."""
LIVE_EVERY_S = 0.5

_START_OVER = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))


class ProgressLine:
    """The run's progress on stderr: one live line on a terminal, or a log line now and then; a context manager."""

    def __init__(self, console: Console | None = None, run: RunProgress | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._live = self._console.is_terminal and not self._console.is_dumb_terminal
        self._run = run or RunProgress()
        self._said = 0.0
        self._writing = threading.Lock()
        self._ended = threading.Event()

    def __enter__(self) -> "ProgressLine":
        # While HiGHS or Pyomo is at work nobody else calls: the clock must go on by itself.
        threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.done()

    def ask(self, asked: Asked) -> None:
        """What the run may stop at."""
        self._run.ask(asked)

    def phase(self, name: str) -> None:
        """Begin a phase."""
        with self._writing:
            self._run.begin(name)
            self._show(always=True)

    def size(self, nonzeros: int) -> None:
        """The model is built."""
        with self._writing:
            self._run.size(nonzeros)

    def progress(self, progress: Progress, money_scale_usd: float) -> None:
        """Show where the solver stands."""
        with self._writing:
            self._show(always=self._run.search(progress, money_scale_usd))

    def _tick(self) -> None:
        while not self._ended.wait(LIVE_EVERY_S):
            with self._writing:
                if not self._ended.is_set():
                    self._show(always=False)

    def _show(self, *, always: bool) -> None:
        if self._live:
            line = Text(self._run.line(self._console.width))
            self._console.control(_START_OVER)
            self._console.print(line, end="", no_wrap=True, overflow="ellipsis")
        elif always or self._run.elapsed_s() - self._said >= QUIET_EVERY_S:
            self._said = self._run.elapsed_s()
            self._console.print(Text(self._run.line()), soft_wrap=True)

    def done(self) -> None:
        """End the live line."""
        with self._writing:
            if self._live and not self._ended.is_set():
                self._console.control(_START_OVER)
            self._ended.set()


def show_plan(plan: Plan) -> None:
    """One screen for a procurement manager, on stdout."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH_OF_A_FILE
    for line in plan_screen(plan, width):
        click.echo(line if line[:1] in ("", " ") else click.style(line, bold=True))
