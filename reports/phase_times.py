"""What the phases of a run usually take, by the size of the model: measured figures and the line between them.

Source of the figures: `python -m tests.benchmarks.phase_times`, which runs made-up fleets of several sizes and the
realistic example, version 0.1.0, on one core of a shared virtual machine in November 2026. The seconds of another
machine differ; reports/time_left.py scales them by how long building took.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

SEARCH = ("solve", "relaxation", "dive", "dispatch", "branch and bound")
"""Phases that the time limit ends."""


@dataclass(frozen=True)
class Measured:
    """Seconds that a phase took for a model with so many coefficients that are not 0."""

    nonzeros: int
    seconds: float


@dataclass(frozen=True)
class UsualTimes:
    """The measurements of a phase, the smallest model first."""

    phase: str
    measured: tuple[Measured, ...]


SMALL, MIDDLE, LARGE, REALISTIC = 20_088, 71_568, 368_928, 798_169
"""Coefficients that are not 0 in the models that were timed."""

USUAL = (
    UsualTimes(
        "build", (Measured(SMALL, 0.31), Measured(MIDDLE, 0.45), Measured(LARGE, 2.06), Measured(REALISTIC, 8.83))
    ),
    UsualTimes(
        "relaxation", (Measured(SMALL, 0.36), Measured(MIDDLE, 0.91), Measured(LARGE, 7.76), Measured(REALISTIC, 122.9))
    ),
    UsualTimes("dive", (Measured(LARGE, 0.15), Measured(REALISTIC, 37.6))),
    UsualTimes(
        "extract", (Measured(SMALL, 0.06), Measured(MIDDLE, 0.25), Measured(LARGE, 0.72), Measured(REALISTIC, 1.92))
    ),
    UsualTimes(
        "baselines", (Measured(SMALL, 1.25), Measured(MIDDLE, 2.04), Measured(LARGE, 6.44), Measured(REALISTIC, 69.5))
    ),
    UsualTimes(
        "audit", (Measured(SMALL, 0.05), Measured(MIDDLE, 0.13), Measured(LARGE, 0.37), Measured(REALISTIC, 1.16))
    ),
    UsualTimes(
        "write", (Measured(SMALL, 2.14), Measured(MIDDLE, 4.69), Measured(LARGE, 17.29), Measured(REALISTIC, 24.8))
    ),
)
"""Size tells the order of magnitude only: a made-up fleet of 739,440 coefficients spent 32 s on its relaxation and 68 s
on its workbook, where the realistic one spent 123 s and 25 s."""

STEEPEST = 2.0
"""Beyond the largest model, time is taken to grow with this power of the size at most."""


def usual_s(phase: str, nonzeros: int) -> float | None:
    """What a phase usually takes; None for phases that were not measured."""
    for usual in USUAL:
        if usual.phase == phase:
            return on_the_line(usual.measured, nonzeros)
    return None


def on_the_line(measured: Sequence[Measured], nonzeros: int) -> float:
    """Seconds on the straight line of logarithms through the two nearest measurements, also beyond the last one.

    A model smaller than all that were measured is taken to need as long as the smallest: it is over in no time anyway.

    >>> squares = (Measured(10, 1.0), Measured(100, 100.0))
    >>> [round(on_the_line(squares, size), 6) for size in (10, 20, 1000)]
    [1.0, 4.0, 10000.0]
    """
    upper = next((i for i, row in enumerate(measured) if row.nonzeros >= nonzeros), len(measured) - 1)
    left, right = measured[max(upper, 1) - 1], measured[max(upper, 1)]
    power = log(right.seconds / left.seconds) / log(right.nonzeros / left.nonzeros)
    if nonzeros > right.nonzeros:
        return right.seconds * exp(min(power, STEEPEST) * log(nonzeros / right.nonzeros))
    return left.seconds * exp(power * log(max(nonzeros, left.nonzeros) / left.nonzeros))
