"""Why a plan looks as it does, in a few sentences: what binds and its worth, insurance, the dearest rule."""

from collections.abc import Iterator

from optimizer.plan import Plan
from optimizer.plan_binding import BindingRule
from optimizer.plan_why import RuleWorth, Why, WhyEnded, WhyOutcome
from reports.money_text import usd
from reports.why_words import dearest_rules, how_it_ended, payback_word, worth_words

MOST_SENTENCES = 8
NOTHING_BINDS = "No rule binds: the plan is the cheapest way to serve the demand."
NOT_MEASURED = "What a rule that binds costs was not measured: siliconmix plan with --why and --why-time finds it."


def plan_reasons(plan: Plan) -> tuple[str, ...]:
    """At most eight sentences; the rules that bind most often have the room that money leaves."""
    if not plan.binding:
        rules: tuple[str, ...] = (NOTHING_BINDS,)
    else:
        rules = tuple(_binds(rule, _worth_of(rule, plan.why)) for rule in plan.binding)
    money = tuple(_money(plan)) if plan.why is not None else ((NOT_MEASURED,) if plan.binding else ())
    return (*rules[: MOST_SENTENCES - len(money)], *money)


def _binds(rule: BindingRule, worth: RuleWorth | None) -> str:
    times = "once" if rule.times == 1 else f"in {rule.times} months and blocks"
    said = f"{rule.place}, {times} ({rule.rule})"
    return f"{said}: {_one_more(worth)}." if worth is not None else f"{said}."


def _worth_of(rule: BindingRule, told: Why | None) -> RuleWorth | None:
    """What was measured of one unit more of a rule that binds."""
    for row in told.rules if told is not None else ():
        if (row.rule, row.place) == (rule.rule, rule.place) and row.saves is not None:
            return row
    return None


def _one_more(row: RuleWorth) -> str:
    assert row.saves is not None
    return f"{row.unit} more ({row.before} -> {row.after}) saves {worth_words(row.saves)}"


def _money(plan: Plan) -> Iterator[str]:
    """What events, the dearest rule and migrations come to, and what was not answered."""
    told = plan.why
    assert told is not None
    premiums = sorted(
        ((row.premium.usd, row.contingency) for row in told.insurance if row.premium is not None),
        key=lambda one: (-one[0], one[1]),
    )
    if premiums:
        yield f"To survive costs, each event alone: {'; '.join(f'{name} {usd(amount)}' for amount, name in premiums)}."
    needed = [row.contingency for row in told.insurance if row.outcome is WhyOutcome.IMPOSSIBLE]
    if needed:
        yield f"Without these events no plan was found: {', '.join(needed)}."
    dearest = next(iter(dearest_rules(told)), None)
    if dearest is not None:
        yield f"The dearest rule is {dearest.place}: {_one_more(dearest)}."
    paid = "; ".join(
        f"{row.migration} saves {usd(row.saves.usd)}, paid back: {payback_word(row)}"
        for row in told.paybacks
        if row.saves is not None
    )
    if paid:
        yield f"Migrations: {paid}."
    if told.ended is not WhyEnded.FINISHED:
        yield f"{how_it_ended(told)}: what has no amount here was not measured."
