"""What was changed of an input, in one line."""

from scenarios.changes import ChangeMade


def changed_in_words(made: ChangeMade) -> str:
    """Path, what it was, what it is, and where it was typed.

    >>> changed_in_words(ChangeMade(path="run.seed", before=None, after="7", place="scenario.yaml, line 3"))
    'run.seed: not stated -> 7 (scenario.yaml, line 3)'
    >>> changed_in_words(ChangeMade(path="contracts.a.quote", before="Q-1", after="", place="contracts.csv, row 2"))
    'contracts.a.quote: Q-1 -> blank (contracts.csv, row 2)'
    """
    if made.before is None and not made.place:
        return f"{made.path}: added ({made.after})"
    if made.after is None:
        return f"{made.path}: taken out ({made.place}; it was {made.before})"
    before = "not stated" if made.before is None else made.before or "blank"
    return f"{made.path}: {before} -> {made.after or 'blank'} ({made.place})"
