"""Differences and outcomes in words, for sheets and for the screen."""

from optimizer.comparing.comparison import Against
from optimizer.comparing.differences import Difference
from reports.money_text import close_usd, usd

ONE_DOLLAR = 1.0


def interval_words(found: Difference) -> str:
    """What is proven of a difference, in dollars."""
    if found.at_most_usd - found.at_least_usd < ONE_DOLLAR:
        return "proven to the dollar"
    return f"between {close_usd(found.at_least_usd)} and {close_usd(found.at_most_usd)}"


def verdict_words(against: Against) -> str:
    """What a variant costs more or less, as far as that is proven."""
    found = against.difference
    if max(abs(found.at_least_usd), abs(found.at_most_usd)) <= against.tolerance_usd:
        return f"costs the same, {interval_words(found)}"
    if found.verdict == "not distinguishable":
        return f"NOT DISTINGUISHABLE: {usd(found.usd)} as found, {interval_words(found)}"
    return f"{usd(abs(found.usd))} {found.verdict}, {interval_words(found)}"
