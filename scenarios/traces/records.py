"""What is read from a trace: its requests as columns."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from catalog.findings import Finding

SECONDS_PER_MINUTE, SECONDS_PER_HOUR = 60, 3600


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Requests in order of arrival, one entry of every column for each; at least one."""

    source: str
    """Name of the file."""
    seconds: NDArray[np.float64]
    """Arrival after that of the first request; ascending."""
    input_tokens: NDArray[np.int64]
    """Prompt tokens, cached ones and those of images, audio and video included; at least 1."""
    output_tokens: NDArray[np.int64]
    """Answer tokens; 0 for a request whose result is no text."""
    cached_tokens: NDArray[np.int64] | None
    """Prompt tokens found in the prompt cache; None where the file does not say."""
    workload: NDArray[np.str_] | None
    """Whose request it is; None where the file does not say."""
    start: datetime | None
    """Moment of the first request, in UTC; None where the file states no date."""
    warnings: tuple[Finding, ...] = ()
    """What was assumed, moved or seen to be missing while it was read."""

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def start_s(self) -> float:
        """Seconds from 1970 to the first request; 0 without a date."""
        return 0.0 if self.start is None else self.start.timestamp()

    def with_warnings(self, more: Iterable[Finding]) -> "Trace":
        """The same requests with more said about them."""
        return replace(self, warnings=(*self.warnings, *more))

    def chosen(self, rows: NDArray[np.bool_]) -> "Trace":
        """The requests for which `rows` is true, at least one; seconds count from the first of them."""
        seconds = self.seconds[rows]
        start = self.start
        if start is not None:
            start += timedelta(seconds=float(seconds[0]))
        return replace(
            self,
            seconds=seconds - seconds[0],
            input_tokens=self.input_tokens[rows],
            output_tokens=self.output_tokens[rows],
            cached_tokens=None if self.cached_tokens is None else self.cached_tokens[rows],
            workload=None if self.workload is None else self.workload[rows],
            start=start,
        )
