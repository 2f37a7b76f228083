"""How far a baseline binds more than the scenario allows: outstanding, remaining terms, expiries and second sources."""

from collections.abc import Iterator

from optimizer.baselines.answering import Answer
from optimizer.baselines.excess import HAIR, Excess, in_outlook
from optimizer.families.expiry import ending
from optimizer.families.outstanding import amounts_owed
from optimizer.families.remaining_term import terms_left
from optimizer.families.sourcing import parts_served
from optimizer.linear import Term
from optimizer.problem import Problem


def bound_too_much(problem: Problem, answer: Answer) -> Iterator[Excess]:
    """By how much each rule of the scenario is broken, at every place; the contracts are those of the baseline."""
    yield from _outstanding(problem, answer)
    yield from _remaining_terms(problem, answer)
    yield from _expiries(problem, answer)
    yield from _sources(problem, answer)


def _outstanding(problem: Problem, answer: Answer) -> Iterator[Excess]:
    asked, model = answer.question.problem, answer.question.model
    rows = amounts_owed(asked, problem.scenario.policy.outstanding, model.decide, model.supply)
    for (r, p, t, s), row in rows.items():
        owed, limit = row.held_usd + _value(answer, row.terms), float(row.rule.limit_usd)
        to = f" to {p}" if p else ""
        where = f"after {problem.months[t]}{in_outlook(problem, s)}"
        words = f"outstanding {r}: {owed:,.0f} USD still to be paid{to}, {limit:,.0f} allowed ({where})"
        yield Excess(f"outstanding {r}", (owed - limit) / max(limit, 1.0), words)


def _remaining_terms(problem: Problem, answer: Answer) -> Iterator[Excess]:
    asked, model = answer.question.problem, answer.question.model
    for (r, _, t, s), row in terms_left(asked, problem.scenario.policy.remaining_terms, model.decide).items():
        weight, months = (part[1] + _value(answer, part[0]) for part in (row.weighed, row.weighed_months))
        if weight > HAIR:
            mean, limit = months / weight, row.rule.limit_months
            where = f"{problem.months[t]}{in_outlook(problem, s)}"
            words = f"remaining terms {r}: {mean:.2f} months on average, {limit:g} allowed ({where})"
            yield Excess(f"remaining terms {r}", mean - limit, words)


def _expiries(problem: Problem, answer: Answer) -> Iterator[Excess]:
    asked, model = answer.question.problem, answer.question.model
    for (r, q, s), row in ending(asked, problem.scenario.policy.expiries, model.decide).items():
        ends, there = (part[1] + _value(answer, part[0]) for part in (row.ends, row.all))
        if there > HAIR:
            share, cap = ends / there, row.rule.cap_share
            where = f"quarter from {problem.months[q]}{in_outlook(problem, s)}"
            words = f"expiries {r}: {share:.2%} of what is under commitment ends, {cap:.2%} allowed ({where})"
            yield Excess(f"expiries {r}", share - cap, words)


def _sources(problem: Problem, answer: Answer) -> Iterator[Excess]:
    asked, decide = answer.question.problem, answer.question.model.decide
    for (r, t, s), row in parts_served(asked, problem.scenario.policy.sourcing, decide).items():
        least, most = row.rule.share_at_least, row.rule.providers_at_least
        parts = {p: _value(answer, terms) for p, terms in row.parts.items()}
        counted = sum(part >= least - HAIR for part in parts.values())
        where = f"{problem.months[t]}{in_outlook(problem, s)}"
        words = f"sources {r}: {counted} of {row.rule.workload} with at least {least:.2%}, {most} asked for ({where})"
        yield Excess(f"sources {r}", float(most - counted), words)


def _value(answer: Answer, terms: list[Term]) -> float:
    return sum(amount * answer.value(variable) for amount, variable in terms)
