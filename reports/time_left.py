"""How long a run may still take: a guess from the trend of the gap or from the model's size, and "no guess" otherwise.

Two roads, both in seconds:

    by trend   left = ln(gap / asked gap) / decline, where decline is the slope of -ln(gap) over the later half of
               branch and bound: a gap that has been halving every minute is taken to go on halving
    by size    left = what the phase usually takes for so many non-zero coefficients (reports/phase_times.py), times the
               slowness of this machine, less what it has taken

The time limit ends the search, so no guess of the search exceeds what is left of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

from optimizer.sensitivity.measuring import Step
from reports.phase_times import SEARCH, usual_s

FEWEST_READINGS = 5
SHORTEST_TREND_S = 10.0
LEAST_DECLINE = 0.02
"""A gap that has shrunk by less, over the time looked at, shows no trend."""
LONGEST_GUESS_S = 24 * 3600.0
OUTLASTED = 2.0
"""A phase that has taken so many times what is usual is one that the measured figures do not describe ..."""
PATIENCE_S = 10.0
"""... but not before so many seconds: a busy machine may stretch a short phase."""
LAST_SHARE = 0.1
"""A phase that should be over is taken to need this share of its usual time."""
SLOWNESS = (0.5, 4.0)
"""Least and most that the time of building may say of a machine."""
TOO_QUICK_TO_TELL_S = 0.5
NEAR_SHARE, NEAR_S = 0.25, 5.0
"""A new guess so near the old one leaves it as it is ..."""
STEP = 0.3
"""... and one further away moves it by this share of the difference."""


@dataclass(frozen=True)
class GapReading:
    """The gap, as a share of the incumbent, so many seconds after branch and bound began."""

    elapsed_s: float
    gap_share: float


@dataclass(frozen=True)
class Standing:
    """All that a guess rests on."""

    phase: str
    """One of the phases of reports/phase_times.py, or any other."""
    in_phase_s: float
    coming: tuple[str, ...] = ()
    """The phases that follow, as far as they are known to come."""
    nonzeros: int | None = None
    """None before the model is built."""
    slowness: float = 1.0
    gaps: tuple[GapReading, ...] = ()
    """Readings of branch and bound, oldest first."""
    asked_gap_share: float = 0.0
    search_left_s: float | None = None
    """Until the time limit; None outside the search."""


@dataclass(frozen=True)
class Guess:
    """Seconds until the end of the run (None: no guess), and until the time limit ends the search."""

    left_s: float | None
    search_ends_s: float | None = None


def guess(now: Standing) -> Guess:
    """The guess for a standing; never negative, and in a search never past the time limit."""
    in_phase = left_by_trend(now.gaps, now.asked_gap_share) if now.gaps else _left_in_phase(now)
    searching = [phase for phase in now.coming if phase in SEARCH]
    search_s = _sum([in_phase, *(_usual_s(phase, now) for phase in searching)])
    if search_s is not None and now.search_left_s is not None:
        search_s = min(search_s, max(now.search_left_s, 0.0))
    after = [_usual_s(phase, now) for phase in now.coming if phase not in SEARCH]
    return Guess(_sum([search_s, *after]), now.search_left_s)


def left_by_trend(readings: Sequence[GapReading], asked_gap_share: float) -> float | None:
    """Seconds until the gap is the asked one, if it goes on shrinking as in the later half of the readings.

    None where there is no trend, or where nothing less than a gap of 0 is asked for: a straight line of logarithms
    never gets there.

    >>> halving = [GapReading(10.0 * i, 0.08 / 2**i) for i in range(10)]
    >>> round(left_by_trend(halving, 0.08 / 2**11), 6)
    20.0
    """
    if not readings or asked_gap_share <= 0:
        return None
    last = readings[-1]
    if last.gap_share <= asked_gap_share:
        return 0.0
    middle = (readings[0].elapsed_s + last.elapsed_s) / 2
    later = [reading for reading in readings if reading.elapsed_s >= middle]
    span_s = last.elapsed_s - later[0].elapsed_s
    if len(later) < FEWEST_READINGS or span_s < SHORTEST_TREND_S:
        return None
    decline = -_slope([(r.elapsed_s, log(max(r.gap_share, asked_gap_share))) for r in later])
    if decline * span_s < LEAST_DECLINE:
        return None
    left_s = log(last.gap_share / asked_gap_share) / decline
    return left_s if left_s <= LONGEST_GUESS_S else None


def slowness(build_s: float, nonzeros: int) -> float:
    """How much slower this machine builds models than the one on which the usual times were measured."""
    usual = usual_s("build", nonzeros)
    if usual is None or min(build_s, usual) < TOO_QUICK_TO_TELL_S:
        return 1.0
    least, most = SLOWNESS
    return min(max(build_s / usual, least), most)


class SteadyGuess:
    """Guesses over time as one countdown: it runs down by itself, and a new guess moves it only by steps."""

    def __init__(self) -> None:
        self._ends_s: float | None = None

    def at(self, now_s: float, fresh_left_s: float | None) -> float | None:
        """What to say is left, given the guess made now; None forgets the countdown."""
        if fresh_left_s is None:
            self._ends_s = None
            return None
        if self._ends_s is None:
            self._ends_s = now_s + fresh_left_s
        left_s = max(self._ends_s - now_s, 0.0)
        off_s = fresh_left_s - left_s
        if abs(off_s) > max(NEAR_S, NEAR_SHARE * left_s):
            left_s += STEP * off_s
            self._ends_s = now_s + left_s
        return left_s


def time_left_words(left_s: float | None, search_ends_s: float | None = None) -> str:
    """A guess without false precision.

    >>> time_left_words(7), time_left_words(41), time_left_words(100), time_left_words(1300), time_left_words(9000)
    ('some seconds left', 'about 50 s left', 'about 2 min left', 'about 25 min left', 'about 3 h left')
    >>> time_left_words(None), time_left_words(None, 700)
    ('no guess yet', 'no guess yet, the search ends in 12 min at the latest')
    """
    if left_s is not None:
        return "some seconds left" if left_s < 10 else f"about {_rounded_up(left_s)} left"
    if search_ends_s is None:
        return "no guess yet"
    return f"no guess yet, the search ends in {_rounded_up(max(search_ends_s, 0.0))} at the latest"


def step_words(what: str, step: Step, spent_s: float) -> str:
    """What is solved now, and for how long it may go on: as the steps before went, and never past the limit.

    >>> step_words("why", Step(5, 12, "without lose-cloud-a", left_s=300.0), 40.0)
    'why 5 of 12, without lose-cloud-a, about 2 min left'
    >>> step_words("sensitivity", Step(1, 20, "demand of chat -10 %", left_s=90.0), 0.0)
    'sensitivity 1 of 20, demand of chat -10 %, ends in 2 min at the latest'
    """
    done = step.number - 1
    head = f"{what} {step.number} of {step.of}, {step.name}"
    if not done:
        latest = time_left_words(None, step.left_s).removeprefix("no guess yet, the search ")
        return f"{head}, {latest}"
    left_s = min(spent_s / done * (step.of - done), step.left_s)
    return f"{head}, {time_left_words(left_s)}"


def _rounded_up(seconds: float) -> str:
    if seconds <= 50:
        return f"{max(10, 10 * ceil(seconds / 10))} s"
    if seconds <= 15 * 60:
        return f"{ceil(seconds / 60)} min"
    if seconds <= 100 * 60:
        return f"{5 * ceil(seconds / 300)} min"
    return f"{ceil(seconds / 3600)} h"


def _left_in_phase(now: Standing) -> float | None:
    usual = _usual_s(now.phase, now)
    if usual is None or now.in_phase_s > max(OUTLASTED * usual, PATIENCE_S):
        return None
    return max(usual - now.in_phase_s, LAST_SHARE * usual)


def _usual_s(phase: str, now: Standing) -> float | None:
    """What a phase usually takes for a model of this size on a machine like this one."""
    if now.nonzeros is None:
        return None
    usual = usual_s(phase, now.nonzeros)
    return None if usual is None else usual * now.slowness


def _sum(parts: Sequence[float | None]) -> float | None:
    """The sum, None if a part is."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the line of least squares through points that are not all at the same place."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
