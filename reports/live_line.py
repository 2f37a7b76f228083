"""A line on stderr that says where a long run stands: live on a terminal, now and then in a log."""

import threading
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

QUIET_EVERY_S = 10.0
"""A log gets a line when something begins, and so often while it lasts."""
LIVE_EVERY_S = 0.5

_START_OVER = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))


class Standing(Protocol):
    """What a run can say of itself at any time."""

    def line(self, width: int | None = None) -> str:
        """The line, whole or with as much as fits."""

    def elapsed_s(self) -> float:
        """Seconds since the run began."""


class LiveLine:
    """Shows a standing until it is left; a context manager."""

    def __init__(self, standing: Standing, console: Console | None = None) -> None:
        self._standing = standing
        self._console = console or Console(stderr=True)
        self._live = self._console.is_terminal and not self._console.is_dumb_terminal
        self._said = 0.0
        self._ended = threading.Event()
        self.writing = threading.Lock()
        """Held by whoever changes the standing."""

    def __enter__(self) -> Self:
        # While HiGHS or Pyomo is at work nobody else calls: the clock must go on by itself.
        threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.done()

    def _tick(self) -> None:
        while not self._ended.wait(LIVE_EVERY_S):
            with self.writing:
                if not self._ended.is_set():
                    self.show(always=False)

    def show(self, *, always: bool) -> None:
        """Show the line, in a log only if it is always to be shown, or was not for a while; hold `writing`."""
        if self._live:
            line = Text(self._standing.line(self._console.width))
            self._console.control(_START_OVER)
            self._console.print(line, end="", no_wrap=True, overflow="ellipsis")
        elif always or self._standing.elapsed_s() - self._said >= QUIET_EVERY_S:
            self._said = self._standing.elapsed_s()
            self._console.print(Text(self._standing.line()), soft_wrap=True)

    def done(self) -> None:
        """End the live line."""
        with self.writing:
            if self._live and not self._ended.is_set():
                self._console.control(_START_OVER)
            self._ended.set()
