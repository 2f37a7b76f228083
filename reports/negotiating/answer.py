"""What `--json` prints of a negotiation: all its figures, and the files written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from catalog.records import Record
from optimizer.negotiating.records import Negotiation
from reports.answers import ExitCode, exit_code
from reports.exits import Exit


class NegotiationAnswer(Record):
    """An offer is negotiated: brackets with proven ends, worths of clauses, every solve they rest on."""

    format: Literal["siliconmix-negotiation-answer-1"] = "siliconmix-negotiation-answer-1"
    command: Literal["negotiate"] = "negotiate"
    exit: ExitCode
    negotiation: Negotiation
    files: tuple[str, ...]
    """Files written."""


def negotiation_answer(found: Negotiation, files: Sequence[Path]) -> NegotiationAnswer:
    """The answer that a negotiation is."""
    return NegotiationAnswer(exit=exit_code(exit_of(found)), negotiation=found, files=tuple(map(str, files)))


def exit_of(found: Negotiation) -> Exit:
    """PARTLY where a question has no answer, or one that is wider than asked."""
    return Exit.PUBLISHED if found.is_whole else Exit.PARTLY
