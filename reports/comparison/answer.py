"""What `--json` prints of a comparison: all its figures, and the files written."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from catalog.records import Record
from optimizer.comparing.comparison import Comparison, Outcome
from optimizer.plan import Status
from reports.answers import ExitCode, PhaseSeconds, exit_code
from reports.exits import Exit


class ComparisonAnswer(Record):
    """Plans are compared: what differs, what of it is proven, what would be signed otherwise."""

    format: Literal["siliconmix-comparison-answer-1"] = "siliconmix-comparison-answer-1"
    command: Literal["whatif", "compare"]
    exit: ExitCode
    comparison: Comparison
    files: tuple[str, ...]
    """Files written."""
    seconds: tuple[PhaseSeconds, ...]
    """Of this run, the only part that differs from run to run; empty where nothing was solved."""


def comparison_answer(
    comparison: Comparison, command: Literal["whatif", "compare"], files: Sequence[Path], seconds: Mapping[str, float]
) -> ComparisonAnswer:
    """The answer that a comparison is."""
    return ComparisonAnswer(
        command=command,
        exit=exit_code(exit_of(comparison)),
        comparison=comparison,
        files=tuple(map(str, files)),
        seconds=tuple(PhaseSeconds(phase=name, seconds=round(spent, 1)) for name, spent in seconds.items()),
    )


def exit_of(comparison: Comparison) -> Exit:
    """PARTLY where a variant has no plan, SHORT_OF_GAP where one is not proven as asked, else PUBLISHED."""
    if any(one.outcome is not Outcome.SOLVED for one in comparison.variants):
        return Exit.PARTLY
    proofs = [comparison.base, *(against.proof for _, against in comparison.solved())]
    return Exit.PUBLISHED if all(proof.status is Status.WITHIN_GAP for proof in proofs) else Exit.SHORT_OF_GAP
