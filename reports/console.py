"""What the terminal shows: the plan on one screen, and the solver's progress while one waits."""

import shutil
import sys
import time

import click
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from optimizer.plan import Plan
from optimizer.solve_protocol import Progress
from reports.console_plan import plan_screen
from reports.money_text import usd

WIDTH_OF_A_FILE = 100
"""Where the screen is no terminal, the same plan gives the same lines."""
QUIET_EVERY_S = 10.0

_START_OVER = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))


class ProgressLine:
    """Phase, elapsed time, incumbent, bound and gap on stderr: one live line, or a line now and then."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._started = time.monotonic()
        self._said = -QUIET_EVERY_S
        self._phase = ""

    def phase(self, name: str) -> None:
        """Begin a phase."""
        self._phase = name
        self._say(f"{name} ...", always=True)

    def progress(self, progress: Progress, money_scale_usd: float) -> None:
        """Show where the solver stands."""
        self._say(f"{self._phase}: {solver_state(progress, money_scale_usd)}", always=False)

    def _say(self, text: str, *, always: bool) -> None:
        now = time.monotonic() - self._started
        line = Text(f"{now:6.1f} s  {text}")
        if self._console.is_terminal:
            self._console.control(_START_OVER)
            self._console.print(line, end="", no_wrap=True, overflow="ellipsis")
        elif always or now - self._said >= QUIET_EVERY_S:
            self._said = now
            self._console.print(line, soft_wrap=True)

    def done(self) -> None:
        """End the live line."""
        if self._console.is_terminal:
            self._console.control(_START_OVER)


def solver_state(progress: Progress, money_scale_usd: float) -> str:
    """Incumbent, bound and gap in words, as far as they are known."""
    if progress.bound is None:
        return "no bound yet (Ctrl-C stops)"
    bound = progress.bound * money_scale_usd
    if progress.incumbent is None:
        return f"no plan yet, bound {usd(bound)} (Ctrl-C stops)"
    incumbent = progress.incumbent * money_scale_usd
    gap = (incumbent - bound) / incumbent if incumbent else 0.0
    return f"plan {usd(incumbent)}, bound {usd(bound)}, gap {gap:.2%} (Ctrl-C keeps this plan)"


def show_plan(plan: Plan) -> None:
    """One screen for a procurement manager, on stdout."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH_OF_A_FILE
    for line in plan_screen(plan, width):
        click.echo(line if line[:1] in ("", " ") else click.style(line, bold=True))
