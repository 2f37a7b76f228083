"""Why, and why not, as lines for the screen: insurance, payback, the dearest rules, offers by reason."""

from collections.abc import Iterator

from optimizer.plan import Plan
from optimizer.plan_why import InsuranceCost, MigrationPayback, NotTaken, RuleWorth, Why, WhyOutcome
from reports.console_tables import wrapped
from reports.money_text import usd
from reports.why_words import (
    counted,
    dearest_rules,
    entering_words,
    how_it_ended,
    outcome_word,
    payback_word,
    unanswered,
    worth_words,
)

INDENT = "  "
MOST_RULES = 3
MOST_OFFERS = 3


def why_lines(plan: Plan, width: int) -> Iterator[str]:
    """What it costs to be safe, what pays, what rules cost, and which offers are nearest to being taken."""
    told = plan.why
    if told is None:
        return
    yield ""
    yield "Why, and why not"
    for sentence in _sentences(told):
        yield from wrapped(sentence, width, first=INDENT, rest=INDENT * 2)


def _sentences(told: Why) -> Iterator[str]:
    yield from (_insured(row) for row in told.insurance if row.outcome is not WhyOutcome.NOT_SOLVED)
    yield from (_paid_back(row) for row in told.paybacks if row.outcome is not WhyOutcome.NOT_SOLVED)
    dear = dearest_rules(told)
    yield from (_worth(row) for row in dear[:MOST_RULES])
    if len(dear) > MOST_RULES:
        yield f"... and {len(dear) - MOST_RULES} more rules (workbook, sheet Why)"
    if told.not_taken:
        offers = "1 offer" if len(told.not_taken) == 1 else f"{len(told.not_taken)} offers"
        yield f"not taken: {offers}: {counted(told)} (workbook, sheet Not_Taken)"
    yield from (f"{row.offer}: {entering_words(row)}" for row in nearest(told)[:MOST_OFFERS])
    names = list(unanswered(told))
    left = f"; not answered: {', '.join(names)}" if names else ""
    if told.insurance or told.paybacks or told.rules:
        yield f"{how_it_ended(told)}{left}"


def _insured(row: InsuranceCost) -> str:
    if row.premium is None:
        return f"to survive {row.contingency}: {outcome_word(row.outcome)}: {row.reason}"
    against = f"{row.expected_hours:.3g} h are expected, in which {usd(row.expected_loss_usd)} could be lost"
    return f"to survive {row.contingency} costs {worth_words(row.premium)}; {against}"


def _paid_back(row: MigrationPayback) -> str:
    if row.saves is None:
        return f"migration {row.migration}: {outcome_word(row.outcome)}: {row.reason}"
    return f"migration {row.migration} saves {worth_words(row.saves)}; pays back: {payback_word(row)}"


def _worth(row: RuleWorth) -> str:
    assert row.saves is not None
    return f"{row.place}: {row.unit} more ({row.before} -> {row.after}) saves {worth_words(row.saves)}"


def nearest(told: Why) -> list[NotTaken]:
    """Offers whose price is nearest to the one at which they would enter, as far as it is estimated."""
    dear = [row for row in told.not_taken if row.entering_price is not None and row.price_now]
    return sorted(dear, key=lambda row: (-_share(row), row.offer))


def _share(row: NotTaken) -> float:
    assert row.entering_price is not None
    assert row.price_now is not None
    return float(row.entering_price / row.price_now)
