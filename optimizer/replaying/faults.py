"""Why a replay cannot begin."""


class CannotReplay(ValueError):
    """What is asked does not fit the plan; the message says what does."""
