"""Where a sweep stands, in one line: points done, how fast, and a guess of the time left."""

import time
from collections.abc import Callable

from reports.progress import Said, fitted
from reports.time_left import time_left_words

FEWEST_FOR_A_GUESS = 2
MINUTE_S = 60


class SweepProgress:
    """Follows one sweep; what is asked of it in the course of time depends on the clock only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = self._runs_began = clock()
        self._phase = "read"
        self._size = self._before = self._known = 0

    def begun(self, known: int, size: int) -> None:
        """So many results are known from before, of so many points."""
        self._size, self._before, self._known = size, known, known

    def phase(self, name: str) -> None:
        """Begin a phase: read, workers, base, points, write."""
        self._phase, self._runs_began, self._before = name, self._clock(), self._known

    def point(self, known: int) -> None:
        """So many points are known now."""
        self._known = known

    def elapsed_s(self) -> float:
        """Seconds since the sweep began."""
        return self._clock() - self._started

    def line(self, width: int | None = None) -> str:
        """The line, whole or with as much as fits."""
        head = f"{self.elapsed_s():6.1f} s  {self._phase}"
        return fitted(head, self._points_said() if self._phase == "points" else [], width)

    def _points_said(self) -> list[Said]:
        done, spent = self._known - self._before, self._clock() - self._runs_began
        said = [Said(f"{self._known:,} of {self._size:,}", 0)]
        left_s = None
        if done >= FEWEST_FOR_A_GUESS and spent > 0:
            said.append(Said(f"{rate_words(done / spent)}", 2))
            left_s = (self._size - self._known) * spent / done
        return [*said, Said(time_left_words(left_s), 1), Said("(Ctrl-C keeps what is there)", 3)]


def rate_words(per_s: float) -> str:
    """A rate in the unit that gives a readable figure.

    >>> rate_words(2.51), rate_words(0.2), rate_words(0.001)
    ('2.5 a second', '12 a minute', '3.6 an hour')
    """
    if per_s >= 1:
        return f"{per_s:.1f} a second"
    per_minute = per_s * MINUTE_S
    if per_minute >= 1:
        return f"{per_minute:.0f} a minute" if per_minute >= 10 else f"{per_minute:.1f} a minute"
    return f"{per_minute * MINUTE_S:.1f} an hour"
