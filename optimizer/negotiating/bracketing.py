"""Between which two values an offer leaves the plan: a search whose every end is proven (decision 0024).

A higher value is worse for the offer: a price, or a haircut on its goodput. `next_step` decides from what was tried so
far, and from nothing else, what to try next; so it can be followed, and tested, without a solver:

    1.  try the asked value; while nothing is proven in, go down; while nothing above that is proven out, go up
    2.  with both ends, try as near to where the costs seem to meet as the gaps allow a proof, on the wider side of it
    3.  with tighter gaps, each time to a quarter, once there is little to gain so

Values are kept to steps of `step`, so that prices are such as can be written into an offer.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum

from optimizer.negotiating.proofs import IMPOSSIBLE, Sign, Trial

SHARPEST = 4
"""So often the asked gap is tightened, each time to a quarter."""
BEYOND = Decimal("0.02")
"""What a step that should reach the other side goes further, as a share of itself."""
DOWN = Decimal("0.4")
UP = Decimal("1.5")
CLEAR = Decimal("0.15")
"""A value is tried by this share further away from where the costs seem to meet than the gaps make necessary."""
LEAST_GAIN = 7
"""Tighter gaps are asked for where a trial would take less than one part in so many off the bracket."""


@dataclass(frozen=True)
class Search:
    """What is looked for, and where."""

    asked: Decimal
    lowest: Decimal
    highest: Decimal
    """No value beyond is tried."""
    tolerance: Decimal
    """The bracket is narrow enough when its ends are no further apart."""
    step: Decimal
    """Values are multiples of it, but for the asked, the lowest and the highest."""


@dataclass(frozen=True)
class Try:
    """Try a value, with the asked gap tightened so often."""

    value: Decimal
    sharpness: int = 0


class Ended(StrEnum):
    """Why a search is over."""

    narrow = "as narrow as asked"
    in_at_highest = "in the plan at the highest value that was tried"
    out_at_lowest = "out of the plan even at the lowest value there is"
    hidden = "the gaps hide the sign of what lies between, also at the tightest gap that is tried"
    stopped = "stopped before it was as narrow as asked"


@dataclass(frozen=True)
class Found:
    """What a search has found: all trials, in order, and why it is over."""

    trials: tuple[Trial, ...]
    ended: Ended

    @property
    def proven_in(self) -> Trial | None:
        """The highest value that is proven in."""
        return _highest_in(_latest(self.trials))

    @property
    def proven_out(self) -> Trial | None:
        """The lowest value above it that is proven out; the lowest of all where nothing is proven in."""
        return _lowest_out(_latest(self.trials))


def search(wanted: Search, ask: Callable[[Try], Trial | None]) -> Found:
    """Ask until the bracket is narrow, cannot be narrowed, or `ask` answers None: there is no time left."""
    trials: list[Trial] = []
    while True:
        step = next_step(wanted, trials)
        if isinstance(step, Ended):
            return Found(tuple(trials), step)
        trial = ask(step)
        if trial is None:
            return Found(tuple(trials), Ended.stopped)
        trials.append(trial)


def next_step(wanted: Search, trials: Sequence[Trial]) -> Try | Ended:
    """What to try next, or why there is nothing more to try."""
    if not trials:
        return Try(wanted.asked)
    known = _latest(trials)
    below, above = _highest_in(known), _lowest_out(known)
    if below is None:
        return _down(wanted, known)
    if above is None:
        return _up(wanted, known)
    if above.value - below.value <= wanted.tolerance:
        return Ended.narrow
    return _between(wanted, known, below, above, misled=_is_misleading(trials))


def _latest(trials: Iterable[Trial]) -> list[Trial]:
    """The last trial of each value, by value."""
    by_value = {trial.value: trial for trial in trials}
    return [by_value[value] for value in sorted(by_value)]


def _highest_in(known: Sequence[Trial]) -> Trial | None:
    return next((trial for trial in reversed(known) if trial.sign is Sign.IN), None)


def _lowest_out(known: Sequence[Trial]) -> Trial | None:
    below = _highest_in(known)
    return next((t for t in known if t.sign is Sign.OUT and (below is None or t.value > below.value)), None)


def _down(wanted: Search, known: Sequence[Trial]) -> Try | Ended:
    """Nothing is proven in yet: a lower value, by the slope where there is one."""
    lowest = known[0]
    if lowest.value <= wanted.lowest:
        return Ended.out_at_lowest if all(t.sign is Sign.OUT for t in known) else _sharper(known)
    value = _by_slope(wanted, lowest, -1)
    if lowest.with_it == IMPOSSIBLE:
        value = wanted.lowest
    if value is None:
        value = wanted.lowest + (lowest.value - wanted.lowest) * DOWN
        if value - wanted.lowest < wanted.tolerance:
            value = wanted.lowest
    value = max(wanted.lowest, _rounded(wanted, value, ROUND_FLOOR))
    return Try(value if value < lowest.value else wanted.lowest)


def _up(wanted: Search, known: Sequence[Trial]) -> Try | Ended:
    """Nothing above what is in is proven out yet: a higher value."""
    highest = known[-1]
    if highest.value >= wanted.highest:
        return Ended.in_at_highest if highest.sign is Sign.IN else _sharper(known)
    value = _by_slope(wanted, highest, 1) or highest.value * UP
    if highest.without == IMPOSSIBLE:
        value = wanted.highest
    value = min(wanted.highest, _rounded(wanted, max(value, highest.value + wanted.tolerance), ROUND_CEILING))
    return Try(value if value > highest.value else wanted.highest)


def _by_slope(wanted: Search, trial: Trial, direction: int) -> Decimal | None:
    """Where the plan of a trial would cost what plans without the offer cost, and a little beyond."""
    if trial.difference_usd is None or not trial.slope_usd or trial.slope_usd < 0:
        return None
    apart = max(0.0, -direction * trial.difference_usd) + trial.gaps_usd
    move = Decimal(repr(apart / trial.slope_usd)) * (1 + BEYOND) + wanted.tolerance / 3
    return trial.value + direction * move


def _between(wanted: Search, known: Sequence[Trial], below: Trial, above: Trial, *, misled: bool) -> Try | Ended:
    """Where the costs seem to meet, at the widest gap at which there is enough to gain there; else in the middle.

    In the middle, too, where trials came out on the other side than they should: the costs do not run straight.
    """
    first = max(trial.sharpness for trial in known)
    for sharpness in range(first, SHARPEST + 1) if not misled else ():
        value = _beside(wanted, below, above, sharpness)
        if value is not None and not _is_hidden(known, value, sharpness):
            return Try(value, sharpness)
    return _halved(wanted, known, below, above)


def _is_misleading(trials: Sequence[Trial]) -> bool:
    """Whether the last trial was misled by where the costs seemed to meet, or more than one before it."""
    misled = [_was_misled(trials[:count]) for count in range(1, len(trials) + 1)]
    return misled[-1] or sum(misled) > 1


def _was_misled(trials: Sequence[Trial]) -> bool:
    """Whether the last trial fell on the other side than where the costs seemed to meet before it."""
    before, last = _latest(trials[:-1]), trials[-1]
    below, above = _highest_in(before), _lowest_out(before)
    if below is None or above is None or last.sign is Sign.UNDECIDED:
        return False
    meets = _meets(below, above)
    return meets is not None and (last.value < meets) != (last.sign is Sign.IN)


def _meets(below: Trial, above: Trial) -> Decimal | None:
    """Where the costs with it and without it would be the same if they ran straight between two values."""
    lower, upper = below.difference_usd, above.difference_usd
    if lower is None or upper is None or not lower < 0 < upper:
        return None
    return below.value - Decimal(repr(lower)) * (above.value - below.value) / Decimal(repr(upper - lower))


def _beside(wanted: Search, below: Trial, above: Trial, sharpness: int) -> Decimal | None:
    """The value nearest to where the costs seem to meet that could be proven at a sharpness, on the wider side.

    None where it would narrow the bracket by less than a seventh.
    """
    width = above.value - below.value
    meets = _meets(below, above)
    if meets is None:
        return None
    per_value = Decimal(repr((above.difference_usd or 0.0) - (below.difference_usd or 0.0))) / width
    open_usd = max(trial.gaps_usd * 4.0 ** (trial.sharpness - sharpness) for trial in (below, above))
    hides = max(Decimal(repr(open_usd)) / 2 / per_value * (1 + CLEAR), wanted.tolerance / 3)
    left, right = meets - hides, meets + hides
    from_below = left - below.value > above.value - right
    value = _rounded(wanted, left, ROUND_FLOOR) if from_below else _rounded(wanted, right, ROUND_CEILING)
    gained = value - below.value if from_below else above.value - value
    return value if below.value < value < above.value and gained >= width / LEAST_GAIN else None


def _is_hidden(known: Sequence[Trial], value: Decimal, sharpness: int) -> bool:
    """Whether trials as sharp as that were undecided there, or on both sides of it."""
    hidden = [trial.value for trial in known if trial.sign is Sign.UNDECIDED and trial.sharpness >= sharpness]
    return bool(hidden) and min(hidden) <= value <= max(hidden)


def _halved(wanted: Search, known: Sequence[Trial], below: Trial, above: Trial) -> Try | Ended:
    """The middle of the bracket, or of the wider side of what the gaps hide; what they hide more closely at last."""
    sharpness = max(below.sharpness, above.sharpness)
    hidden = [trial for trial in known if below.value < trial.value < above.value]
    ends = (below, *hidden, above)
    sides = [(ends[0], ends[1]), (ends[-2], ends[-1])]
    low, high = max(sides, key=lambda side: side[1].value - side[0].value)
    value = _rounded(wanted, (low.value + high.value) / 2, ROUND_FLOOR)
    if high.value - low.value > wanted.tolerance / 2 and low.value < value < high.value:
        return Try(value, sharpness)
    return _sharper(hidden)


def _sharper(trials: Sequence[Trial]) -> Try | Ended:
    """The undecided value that was looked at least closely, the middle one of several, more closely."""
    hidden = [trial for trial in trials if trial.sign is Sign.UNDECIDED]
    least = min((trial.sharpness for trial in hidden), default=SHARPEST)
    if least >= SHARPEST:
        return Ended.hidden
    same = [trial for trial in hidden if trial.sharpness == least]
    return Try(same[len(same) // 2].value, least + 1)


def _rounded(wanted: Search, value: Decimal, rounding: str) -> Decimal:
    return (value / wanted.step).to_integral_value(rounding) * wanted.step
