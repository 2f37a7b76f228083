"""Where a run stands, in one line: phase, elapsed, incumbent, bound, gap, and a guess of the time left."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from optimizer.solve_protocol import Progress
from reports.money_text import usd
from reports.phase_times import SEARCH
from reports.time_left import GapReading, Standing, SteadyGuess, guess, slowness, time_left_words

ORDER = ("read", "goodput", "build", "relaxation", "dive", "extract", "baselines", "audit", "write")
"""Phases of a run that meets its gap without branch and bound."""
_AT = {phase: place for place, phase in enumerate(ORDER)} | {
    "solve": 3,
    "dispatch": 4,
    "branch and bound": 4,
    "ties": 4,
}
"""Where each phase stands in that order: what follows is still to come."""
MOST_READINGS = 2000


@dataclass(frozen=True)
class Asked:
    """When the search may stop, and whether other ways are compared afterwards."""

    gap_share: float
    gap_usd: float
    time_limit_s: float
    with_baselines: bool = True


@dataclass(frozen=True)
class SolverState:
    """What is known of the search, in dollars."""

    incumbent_usd: float | None
    bound_usd: float | None

    @property
    def gap_usd(self) -> float | None:
        """Incumbent less bound, never negative; None while one of them is unknown."""
        if self.incumbent_usd is None or self.bound_usd is None:
            return None
        return max(self.incumbent_usd - self.bound_usd, 0.0)

    @property
    def gap_share(self) -> float | None:
        """The gap as a share of the incumbent; 0 where that costs nothing."""
        gap = self.gap_usd
        if gap is None or self.incumbent_usd is None:
            return None
        return gap / abs(self.incumbent_usd) if self.incumbent_usd else 0.0


class RunProgress:
    """Follows one run; what is asked of it in the course of time depends on the clock only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._about, self._phase, self._part = "", "", ""
        self._phase_began = self._part_began = self._started
        self._asked: Asked | None = None
        self._nonzeros: int | None = None
        self._slowness = 1.0
        self._state: SolverState | None = None
        self._gaps: list[GapReading] = []
        self._steady = SteadyGuess()

    def ask(self, asked: Asked) -> None:
        """What the run may stop at, once the scenario is read."""
        self._asked = asked

    def about(self, what: str) -> None:
        """Which of several plans the phases from now on belong to."""
        self._about = f"{what}: "

    def begin(self, phase: str) -> None:
        """Begin a phase."""
        self._phase, self._state = phase, None
        self._phase_began = self._clock()
        self._begin_part("")

    def size(self, nonzeros: int) -> None:
        """The model is built, with so many coefficients that are not 0."""
        self._nonzeros = nonzeros
        self._slowness = slowness(self._clock() - self._phase_began, nonzeros)

    def search(self, progress: Progress, money_scale_usd: float) -> bool:
        """Where the solver stands; True if that begins a part of the search."""
        incumbent, bound = (
            None if value is None else value * money_scale_usd for value in (progress.incumbent, progress.bound)
        )
        self._state = SolverState(incumbent, bound)
        began = progress.phase != self._part
        if began:
            self._begin_part(progress.phase)
        if self._part == "branch and bound" and self._state.gap_share is not None:
            self._gaps.append(GapReading(self._clock() - self._part_began, self._state.gap_share))
            del self._gaps[:-MOST_READINGS]
        return began

    def _begin_part(self, part: str) -> None:
        self._part, self._part_began = part, self._clock()
        self._gaps.clear()
        self._steady = SteadyGuess()  # what is known now is better than what was guessed before

    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._started

    def line(self, width: int | None = None) -> str:
        """The line, whole or with as much as fits."""
        label = self._about + (f"{self._phase}, {self._part}" if self._part else self._phase)
        return fitted(f"{self.elapsed_s():6.1f} s  {label}", self._said(), width)

    def _said(self) -> list["Said"]:
        left = self._time_left()
        if self._phase != "solve":
            return [] if left == time_left_words(None) else [Said(left, 0)]
        return [*state_words(self._state), Said(left, 0), Said(_stop_hint(self._state), 4)]

    def _time_left(self) -> str:
        now = self._clock()
        fresh = guess(self._standing(now))
        return time_left_words(self._steady.at(now, fresh.left_s), fresh.search_ends_s)

    def _standing(self, now: float) -> Standing:
        phase = self._part or self._phase
        if phase == "solve" or (phase == "branch and bound" and not self._gaps):
            phase = "relaxation"  # any search begins with one, whether it says so or not
        coming = ORDER[_AT[phase] + 1 :] if phase in _AT else ()
        standing = Standing(
            phase=phase,
            in_phase_s=now - self._part_began,
            coming=coming,
            nonzeros=self._nonzeros,
            slowness=self._slowness,
        )
        if self._asked is None:
            return standing
        without = () if self._asked.with_baselines else ("baselines",)
        standing = replace(standing, coming=tuple(name for name in coming if name not in without))
        if phase not in SEARCH:
            return standing
        return replace(
            standing,
            gaps=tuple(self._gaps),
            asked_gap_share=self._asked_share(self._asked),
            search_left_s=max(self._asked.time_limit_s - (now - self._phase_began), 0.0),
        )

    def _asked_share(self, asked: Asked) -> float:
        """The wider of the two gaps that are asked for, as a share of the incumbent."""
        incumbent = self._state.incumbent_usd if self._state else None
        return max(asked.gap_share, asked.gap_usd / abs(incumbent) if incumbent else 0.0)


@dataclass(frozen=True)
class Said:
    """A part of the line; the larger the rank, the sooner it makes room."""

    text: str
    rank: int


def state_words(state: SolverState | None) -> list[Said]:
    """Incumbent, bound and gap, as far as they are known."""
    if state is None or state.bound_usd is None:
        return []
    bound = Said(f"bound {usd(state.bound_usd)}", 3)
    if state.incumbent_usd is None or state.gap_usd is None or state.gap_share is None:
        return [Said("no plan yet", 2), bound]
    gap = f"gap {state.gap_share:.2%} ({usd(state.gap_usd)})"
    return [Said(f"plan {usd(state.incumbent_usd)}", 2), bound, Said(gap, 1)]


def _stop_hint(state: SolverState | None) -> str:
    has_plan = state is not None and state.incumbent_usd is not None
    return "(Ctrl-C keeps this plan)" if has_plan else "(Ctrl-C stops)"


def fitted(head: str, parts: Sequence[Said], width: int | None) -> str:
    """Head and parts in one line, without those of highest rank where it would be too wide.

    >>> fitted("solve", [Said("plan 200 USD", 2), Said("gap 5%", 1)], 17)
    'solve ... gap 5%'
    >>> fitted("read", [], None)
    'read ...'
    """
    kept = list(parts)
    while kept and width is not None and len(_joined(head, kept)) > width:
        kept.remove(max(kept, key=lambda part: part.rank))
    return _joined(head, kept)


def _joined(head: str, parts: Sequence[Said]) -> str:
    said = ", ".join(part.text for part in parts).replace(", (", " (")
    return f"{head} ... {said}".rstrip()
