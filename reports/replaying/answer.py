"""What `--json` prints of a replay: all its figures, and the files written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from catalog.records import Record
from optimizer.replaying.records import Replay
from reports.answers import ExitCode, exit_code
from reports.exits import Exit


class ReplayAnswer(Record):
    """A plan is replayed: misses, idle nodes, latencies, and the bill in steps."""

    format: Literal["siliconmix-replay-answer-1"] = "siliconmix-replay-answer-1"
    command: Literal["replay"] = "replay"
    exit: ExitCode
    replay: Replay
    files: tuple[str, ...]
    """Files written."""


def replay_answer(found: Replay, files: Sequence[Path]) -> ReplayAnswer:
    """The answer that a replay is."""
    return ReplayAnswer(exit=exit_code(Exit.PUBLISHED), replay=found, files=tuple(map(str, files)))
