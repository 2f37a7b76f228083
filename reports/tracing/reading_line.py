"""How far the reading of a trace has come: a line on stderr, live on a terminal, now and then in a log."""

import time

from rich.console import Console

from reports.live_line import LiveLine


class _Reading:
    """What is done, and since when."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._began = time.monotonic()

    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    def line(self, width: int | None = None) -> str:
        """What is done, and for how long."""
        return f"{self.what}; {self.elapsed_s():.0f} s"[:width]


class ReadingLine(LiveLine):
    """The progress of reading and fitting; a context manager."""

    def __init__(self, file: str, console: Console | None = None) -> None:
        self._file, self._reading = file, _Reading(f"reading {file}")
        super().__init__(self._reading, console)

    def read(self, rows: int) -> None:
        """So many rows were read."""
        self.phase(f"reading {self._file}: {rows:,} rows")

    def phase(self, what: str) -> None:
        """Something else is done from now on."""
        with self.writing:
            self._reading.what = what
            self.show(always=False)
