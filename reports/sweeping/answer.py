"""The answer of `siliconmix sweep`: sweep.json, and what `--json` prints."""

from pathlib import Path
from typing import Literal

from catalog.records import Record
from optimizer.sweeping.axes import Axis
from optimizer.sweeping.reading import Reading
from optimizer.sweeping.results import Outcome, PointResult
from optimizer.sweeping.results_file import POINTS_FILE
from optimizer.sweeping.sweep import Swept
from reports.answers import ExitCode, exit_code
from reports.exits import Exit
from scenarios.changes import Change

SWEEP_JSON = "sweep.json"
SWEEP_XLSX = "sweep.xlsx"


class SweepCounts(Record):
    """How many points became what."""

    points: int
    solved: int
    impossible: int
    rejected: int
    """Values that are no input."""
    not_solved: int
    missing: int
    """Not worked out yet, or given up; the same command goes on with them."""


class BuyListChange(Record):
    """Two neighbours along one axis between which the buy list changes."""

    axis: str
    """The path."""
    low_point: int
    high_point: int
    low_value: str
    high_value: str
    changes: tuple[str, ...]
    """What is signed otherwise at the high value."""


class GivenUp(Record):
    """Points that were given up in this run."""

    points: tuple[int, ...]
    reason: str


class SweepAnswer(Record):
    """A grid of plans: what each point costs, what is proven, what it signs, and where that changes."""

    format: Literal["siliconmix-sweep-answer-1"] = "siliconmix-sweep-answer-1"
    command: Literal["sweep"] = "sweep"
    exit: ExitCode
    scenario: str
    axes: tuple[Axis, ...]
    changes: tuple[Change, ...]
    """Made at every point."""
    counts: SweepCounts
    interrupted: bool
    base: PointResult | None
    points: tuple[PointResult, ...]
    """By number; the last axis counts fastest."""
    buy_list_changes: tuple[BuyListChange, ...]
    not_distinguishable: tuple[tuple[int, int], ...]
    """Neighbours whose difference in cost the two gaps hide."""
    given_up: tuple[GivenUp, ...]
    files: tuple[str, ...]


def sweep_answer(swept: Swept, code: Exit, folder: Path) -> SweepAnswer:
    """The answer that a sweep is."""
    grid = swept.header.grid
    reading = Reading(grid, swept.results, swept.base)
    return SweepAnswer(
        exit=exit_code(code),
        scenario=swept.header.scenario,
        axes=grid.axes,
        changes=grid.fixed,
        counts=_counts(swept, reading),
        interrupted=swept.interrupted,
        base=swept.base,
        points=swept.results,
        buy_list_changes=tuple(
            BuyListChange(
                axis=grid.axes[step.axis].path,
                low_point=step.low.point,
                high_point=step.high.point,
                low_value=step.low.values[step.axis],
                high_value=step.high.values[step.axis],
                changes=step.changes,
            )
            for step in reading.steps
            if step.list_changes
        ),
        not_distinguishable=tuple(
            (step.low.point, step.high.point) for step in reading.steps if step.verdict == "not distinguishable"
        ),
        given_up=tuple(
            GivenUp(points=tuple(point.number for point in lost.run.points), reason=lost.reason) for lost in swept.lost
        ),
        files=tuple(str(folder / name) for name in (SWEEP_XLSX, SWEEP_JSON, POINTS_FILE)),
    )


def _counts(swept: Swept, reading: Reading) -> SweepCounts:
    return SweepCounts(
        points=swept.header.grid.size,
        solved=len(reading.of(Outcome.SOLVED)),
        impossible=len(reading.of(Outcome.IMPOSSIBLE)),
        rejected=len(reading.of(Outcome.REJECTED)),
        not_solved=len(reading.of(Outcome.NOT_SOLVED)),
        missing=len(swept.missing),
    )
