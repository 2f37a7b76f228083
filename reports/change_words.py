"""What was changed of inputs, in words."""

from collections.abc import Sequence
from textwrap import shorten

from scenarios.changes import ChangeMade

MOST_CHANGES = 3
LONGEST = 160
"""Characters of one change where several are told."""


def changed_in_words(made: ChangeMade) -> str:
    """Path, what it was, what it is, and where it was typed.

    >>> changed_in_words(ChangeMade(path="run.seed", before=None, after="7", place="scenario.yaml, line 3"))
    'run.seed: not stated -> 7 (scenario.yaml, line 3)'
    >>> changed_in_words(ChangeMade(path="contracts.a.quote", before="Q-1", after="", place="contracts.csv, row 2"))
    'contracts.a.quote: Q-1 -> blank (contracts.csv, row 2)'
    """
    if made.before is None and not made.place:
        return f"{made.path}: added ({made.after})"
    place = f" ({made.place})" if made.place else ""
    if made.after is None:
        return f"{made.path}: taken out{place}; it was {made.before}"
    before = "not stated" if made.before is None else made.before or "blank"
    return f"{made.path}: {before} -> {made.after or 'blank'}{place}"


def changes_in_words(changes: Sequence[ChangeMade], most: int = MOST_CHANGES) -> str:
    """The first changes, and how many more there are.

    >>> changes_in_words([])
    'nothing is changed'
    """
    said = [shorten(changed_in_words(made), LONGEST, placeholder=" ...") for made in changes[:most]]
    more = len(changes) - len(said)
    return "; ".join([*said, *([f"and {more} more"] if more > 0 else [])]) or "nothing is changed"


def what_if_in_words(changes: Sequence[ChangeMade], most: int = MOST_CHANGES) -> str:
    """That a plan is of a what-if, and what differs from the files; blank where nothing does.

    >>> what_if_in_words([ChangeMade(path="run.seed", before="1", after="7")])
    'what-if: 1 input differs from the files: run.seed: 1 -> 7'
    """
    if not changes:
        return ""
    inputs = "1 input differs" if len(changes) == 1 else f"{len(changes)} inputs differ"
    return f"what-if: {inputs} from the files: {changes_in_words(changes, most)}"
