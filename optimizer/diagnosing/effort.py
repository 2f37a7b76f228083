"""How much may be spent on an explanation."""

import time
from collections.abc import Callable
from dataclasses import dataclass

STEP = "explain: "
"""How the name of a phase begins that is one of the many tries of an explanation."""


@dataclass(frozen=True)
class Effort:
    """Limits of an explanation."""

    time_limit_s: float | None = None
    """For all tries together; None: as long as the search may take."""
    with_changes: bool = False
    """Also look for the least changes, not only for the rules that collide."""
    clock: Callable[[], float] = time.monotonic


RULES_ONLY = Effort()
"""Which rules collide, within the time of a search."""
