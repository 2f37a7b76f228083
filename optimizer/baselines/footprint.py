"""How far a baseline is from what the fleet must be, may draw and may emit."""

from collections.abc import Iterator

from optimizer.baselines.answering import Answer
from optimizer.baselines.excess import HAIR, Excess, in_outlook
from optimizer.families.carbon import emissions
from optimizer.families.power import drawn
from optimizer.families.sovereignty import indices
from optimizer.linear import Term
from optimizer.problem import Problem


def beyond_the_footprint(problem: Problem, answer: Answer) -> Iterator[Excess]:
    """By how much each rule on sovereignty, power and carbon is broken, at every place; as a share of its limit."""
    yield from _indices(problem, answer)
    yield from _power(problem, answer)
    yield from _carbon(problem, answer)


def _indices(problem: Problem, answer: Answer) -> Iterator[Excess]:
    asked, ledger = answer.question.problem, answer.question.model.ledger
    for (r, window, s), row in indices(asked, problem.scenario.policy.sovereignty, ledger).items():
        capacity, weighed = (part[1] + _value(answer, part[0]) for part in (row.capacity, row.weighed))
        if capacity > HAIR:
            index, least = weighed / capacity, row.rule.index_at_least
            where = f"{window}{in_outlook(problem, s)}"
            words = f"sovereignty {r}: the fleet has an index of {index:.2f}, {least:g} asked for ({where})"
            yield Excess(f"sovereignty {r}", (least - index) / max(least, 1.0), words)


def _power(problem: Problem, answer: Answer) -> Iterator[Excess]:
    asked, supply = answer.question.problem, answer.question.model.supply
    for (r, group, t, b, s), row in drawn(asked, problem.scenario.policy.power, supply).items():
        mw, limit = row.held_mw + _value(answer, row.terms), row.rule.limit_mw
        where = f"{problem.months[t]}, {b}{in_outlook(problem, s)}"
        words = f"power {r}: {group} draws {mw:.4g} MW, {limit:g} allowed ({where})"
        yield Excess(f"power {r}", (mw - limit) / (limit or 1.0), words)


def _carbon(problem: Problem, answer: Answer) -> Iterator[Excess]:
    asked, ledger = answer.question.problem, answer.question.model.ledger
    for (r, first, s), row in emissions(asked, problem.scenario.policy.carbon, ledger).items():
        tonnes = row.held_t + _value(answer, row.terms)
        where = f"{first}{in_outlook(problem, s)}"
        words = f"carbon {r}: {tonnes:,.4g} t CO2e, {row.limit_t:,.4g} allowed in the window from {where}"
        yield Excess(f"carbon {r}", (tonnes - row.limit_t) / (row.limit_t or 1.0), words)


def _value(answer: Answer, terms: list[Term]) -> float:
    return sum(amount * answer.value(variable) for amount, variable in terms)
