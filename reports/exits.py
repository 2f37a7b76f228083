"""Exit codes: each says one thing."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code means."""

    meaning: str

    def __new__(cls, code: int, meaning: str = "") -> "Exit":
        """A member that is its code and carries what it means."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    PUBLISHED = 0, "done; for `plan`: a plan within the asked gap is published"
    BAD_INPUT = 2, "bad input or usage; nothing was solved"
    IMPOSSIBLE = 3, "no plan can keep all rules; the rules that collide are named"
    SHORT_OF_GAP = 4, "a plan is published, but the search stopped before the asked gap was proven"
    NO_PLAN = 5, "stopped at the time limit without a plan"
    AUDIT_FAILED = 6, "the audit found a difference; nothing is published"
    SOLVER_FAULT = 7, "the solver crashed or contradicts itself; nothing is published"
    NOT_WRITABLE = 8, "the output cannot be written, or another run is writing there"
    PARTLY = 9, "some of what was asked has no answer: those parts are named, the rest is published"
    INTERRUPTED = 130, "interrupted before there was a plan"
