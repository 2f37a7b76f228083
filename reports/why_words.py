"""Why and why not, in words that screen and workbook share."""

from collections import Counter
from collections.abc import Iterator, Mapping

from optimizer.plan import Plan
from optimizer.plan_why import MigrationPayback, NotTaken, NotTakenReason, RuleWorth, Why, WhyEnded, WhyOutcome, Worth
from reports.money_text import usd

_OUTCOME = {
    WhyOutcome.SOLVED: "solved",
    WhyOutcome.IMPOSSIBLE: "impossible",
    WhyOutcome.REFUSED: "refused",
    WhyOutcome.NOT_SOLVED: "not solved",
    WhyOutcome.NO_UNIT: "no unit",
}
_REASON = {
    NotTakenReason.EXPIRED: "expired",
    NotTakenReason.LEAD_TIME: "too late",
    NotTakenReason.REGION: "region",
    NotTakenReason.QUALITY: "quality",
    NotTakenReason.MEMORY: "memory",
    NotTakenReason.SLO: "latency",
    NotTakenReason.REFUSED: "may serve nothing",
    NotTakenReason.GATE: "behind a gate",
    NotTakenReason.DOMINATED: "dominated",
    NotTakenReason.CAP: "a rule forbids",
    NotTakenReason.PRICE: "price",
}
_ENDED = {
    WhyEnded.FINISHED: "",
    WhyEnded.NUMBER: "; then it was as many as were allowed (--why)",
    WhyEnded.TIME_LIMIT: "; then the time was over (--why-time)",
    WhyEnded.STOPPED_BY_USER: "; then the user stopped",
}
CENT = 0.01
NEVER = "not in the horizon"
NOT_ESTIMATED = "not estimated"


def outcome_word(outcome: WhyOutcome) -> str:
    """What stands in the place of a cost."""
    return _OUTCOME[outcome]


def reason_word(reason: NotTakenReason) -> str:
    """A reason in a word or two."""
    return _REASON[reason]


def worth_words(worth: Worth) -> str:
    """An amount as found, and what is proven of it."""
    open_usd = worth.at_most_usd - worth.at_least_usd
    if open_usd < CENT:
        return f"{usd(worth.usd)}, and that is proven" if worth.usd else "nothing, and that is proven"
    proven = f"proven between {usd(worth.at_least_usd)} and {usd(worth.at_most_usd)}"
    unsure = "" if worth.distinguishable else "; not distinguishable from 0"
    return f"{usd(worth.usd)} as found, {proven}{unsure}"


def payback_word(row: MigrationPayback) -> str:
    """The month, or that there is none in the horizon; blank where nothing was solved."""
    if row.outcome is not WhyOutcome.SOLVED:
        return ""
    return NEVER if row.payback_month is None else str(row.payback_month)


def how_it_ended(told: Why) -> str:
    """How many plans were made again, and why no more."""
    plural = "plan was" if told.solves == 1 else "plans were"
    return f"{told.solves} {plural} made again for it{_ENDED[told.ended]}"


def unanswered(told: Why) -> Iterator[str]:
    """Names of what was not solved."""
    yield from (f"without {row.contingency}" for row in told.insurance if row.outcome is WhyOutcome.NOT_SOLVED)
    yield from (f"without migration {row.migration}" for row in told.paybacks if row.outcome is WhyOutcome.NOT_SOLVED)
    yield from (row.place for row in told.rules if row.outcome is WhyOutcome.NOT_SOLVED)


def dearest_rules(told: Why) -> tuple[RuleWorth, ...]:
    """Rules of which one unit more saves something, the most first."""
    solved = [row for row in told.rules if row.saves is not None and row.saves.usd > 0]
    return tuple(sorted(solved, key=lambda row: (-(row.saves.usd if row.saves else 0), row.path)))


def counted(told: Why) -> str:
    """How many offers are not taken, by reason, in the order of the reasons."""
    times = Counter(row.reason for row in told.not_taken)
    return ", ".join(f"{reason_word(reason)} {times[reason]}" for reason in NotTakenReason if reason in times)


def entering_words(row: NotTaken) -> str:
    """The price now and the estimate; blank where the price is not the reason, or is no single number."""
    if row.price_now is None:
        return ""
    if row.entering_price is None:
        return f"{row.price_now:f} {row.price_unit}; {NOT_ESTIMATED}"
    return f"{row.price_now:f} {row.price_unit} now, would enter at about {row.entering_price:f} (estimate)"


def not_taken_words(plan: Plan) -> Mapping[str, str]:
    """By offer: why it is not taken, in a sentence; empty for a plan that does not say why."""
    if plan.why is None:
        return {}
    return {row.offer: "; ".join(filter(None, (row.words, entering_words(row)))) for row in plan.why.not_taken}
