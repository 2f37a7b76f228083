"""Exit codes: each says one thing."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit code means."""

    PUBLISHED = 0
    """Done; for `plan`: a plan within the asked gap is published."""
    BAD_INPUT = 2
    """Bad input or usage; nothing was solved."""
    IMPOSSIBLE = 3
    """No plan can keep all rules (seen before solving, or said twice by the solver)."""
    SHORT_OF_GAP = 4
    """A plan is published, but the solver stopped before the asked gap was proven."""
    NO_PLAN = 5
    """Stopped at a limit without a plan."""
    AUDIT_FAILED = 6
    """The audit found a difference; nothing is published."""
    SOLVER_FAULT = 7
    """The solver crashed or contradicts itself; nothing is published."""
    NOT_WRITABLE = 8
    """The output folder cannot be written, or another run is writing there."""
    INTERRUPTED = 130
    """Ctrl-C before there was a plan."""
