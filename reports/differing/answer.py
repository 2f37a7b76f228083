"""What `--json` prints of a difference of two plans: all its figures, and the files written."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from catalog.records import Record
from optimizer.differing.diff import PlanDiff
from optimizer.plan import Status
from reports.answers import ExitCode, PhaseSeconds, exit_code
from reports.exits import Exit


class DiffAnswer(Record):
    """Orders that moved, each with its cause; what each input does alone; money and proof."""

    format: Literal["siliconmix-diff-answer-1"] = "siliconmix-diff-answer-1"
    command: Literal["diff"] = "diff"
    exit: ExitCode
    diff: PlanDiff
    files: tuple[str, ...]
    """Files written."""
    seconds: tuple[PhaseSeconds, ...]
    """Of this run, the only part that differs from run to run."""


def diff_answer(diff: PlanDiff, files: Sequence[Path], seconds: Mapping[str, float]) -> DiffAnswer:
    """The answer that a difference is."""
    return DiffAnswer(
        exit=exit_code(exit_of(diff)),
        diff=diff,
        files=tuple(map(str, files)),
        seconds=tuple(PhaseSeconds(phase=name, seconds=round(spent, 1)) for name, spent in seconds.items()),
    )


def exit_of(diff: PlanDiff) -> Exit:
    """PARTLY where an order has no cause because of the limits, SHORT_OF_GAP where a plan is, else PUBLISHED."""
    if not diff.is_whole:
        return Exit.PARTLY
    proofs = [diff.comparison.base, *(against.proof for _, against in diff.comparison.solved())]
    return Exit.PUBLISHED if all(proof.status is Status.WITHIN_GAP for proof in proofs) else Exit.SHORT_OF_GAP
