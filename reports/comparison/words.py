"""Changes and outcomes in words, for sheets and for the screen."""

from collections.abc import Sequence

from optimizer.comparing.comparison import Compared
from optimizer.comparing.differences import Difference
from reports.money_text import close_usd, usd
from scenarios.changes import ChangeMade

MOST_CHANGES = 3


def change_words(change: ChangeMade) -> str:
    """One input: what it was and what it is.

    >>> change_words(ChangeMade(path="contracts.a.price_usd_per_node_hour", before="18", after="16.2"))
    'contracts.a.price_usd_per_node_hour 18 -> 16.2'
    >>> change_words(ChangeMade(path="contracts.a", before="price 18", after=None))
    'contracts.a taken out'
    """
    if change.after is None:
        return f"{change.path} taken out"
    if change.before is None:
        return f"{change.path} added" + (f": {change.after}" if "[" in change.path or change.after == "" else "")
    return f"{change.path} {change.before or '(blank)'} -> {change.after or '(blank)'}"


def changes_words(changes: Sequence[ChangeMade], most: int = MOST_CHANGES) -> str:
    """The first changes, and how many more there are."""
    if not changes:
        return "nothing is changed"
    said = [change_words(change) for change in changes[:most]]
    more = len(changes) - len(said)
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def inputs_words(changes: Sequence[ChangeMade], most: int = MOST_CHANGES) -> str:
    """That a plan is of a what-if, and what differs from the files."""
    count = len(changes)
    inputs = "1 input differs" if count == 1 else f"{count} inputs differ"
    return f"what-if: {inputs} from the files: {changes_words(changes, most)}"


def interval_words(found: Difference) -> str:
    """What is proven of a difference, in dollars."""
    if found.at_least_usd == found.at_most_usd:
        return "proven exactly"
    return f"between {close_usd(found.at_least_usd)} and {close_usd(found.at_most_usd)}"


def verdict_words(one: Compared) -> str:
    """A variant in a few words: what it costs more or less, or why it has no plan."""
    if one.against is None:
        return f"{one.outcome.value.upper()}: {one.reasons[0] if one.reasons else 'no reason is known'}"
    found = one.against.difference
    if found.verdict == "not distinguishable":
        return f"NOT DISTINGUISHABLE: {usd(found.usd)} as found, {interval_words(found)}"
    return f"{usd(abs(found.usd))} {found.verdict}, {interval_words(found)}"
