"""What one unit more of each rule that binds is worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optimizer.plan import Plan
from optimizer.plan_binding import BindingRule
from optimizer.plan_why import RuleWorth, WhyOutcome
from optimizer.why.asking import Asker, Unanswered, dearer_by
from optimizer.why.units import NoUnit, Unit, unit_of
from scenarios.changes import Change
from scenarios.scenario import Scenario

Vary = Callable[[Sequence[Change]], Scenario]
"""The scenario of the plan with some inputs changed; raises InputRejected."""


@dataclass(frozen=True)
class Binding:
    """A rule that binds, with its unit; places of one rule with one input stand together."""

    rule: BindingRule
    unit: Unit | NoUnit


def binding(plan: Plan) -> tuple[Binding, ...]:
    """Every input that states a rule that binds, the most frequent first; then rules without a unit."""
    first: dict[str, Binding] = {}
    others: list[Binding] = []
    for rule in plan.binding:
        unit = unit_of(plan.scenario, rule)
        if isinstance(unit, NoUnit):
            others.append(Binding(rule, unit))
            continue
        known = first.get(unit.path)
        first[unit.path] = Binding(rule, unit) if known is None else _together(known, rule)
    stated = sorted(first.values(), key=lambda row: (-row.rule.times, row.rule.rule, row.rule.place))
    return (*stated, *others)


def _together(known: Binding, rule: BindingRule) -> Binding:
    """One input binds in several places: a cap on every group, for example."""
    return Binding(known.rule.model_copy(update={"times": known.rule.times + rule.times}), known.unit)


def asked(rows: Sequence[Binding]) -> int:
    """How many of them are a question."""
    return sum(isinstance(row.unit, Unit) for row in rows)


def worths(plan: Plan, rows: Sequence[Binding], vary: Vary, asker: Asker) -> tuple[RuleWorth, ...]:
    """Of every rule that binds, in that order."""
    return tuple(_of(plan, row, vary, asker) for row in rows)


def _of(plan: Plan, row: Binding, vary: Vary, asker: Asker) -> RuleWorth:
    told = RuleWorth(rule=row.rule.rule, place=row.rule.place, times=row.rule.times, outcome=WhyOutcome.NO_UNIT)
    unit = row.unit
    if isinstance(unit, NoUnit):
        return told.model_copy(update={"reason": unit.reason})
    stated = {"path": unit.path, "unit": unit.words, "before": unit.before, "after": unit.after}
    told = told.model_copy(update=stated)
    found = asker.ask(f"{unit.path} {unit.before} -> {unit.after}", lambda: vary((unit.change,)))
    if isinstance(found, Unanswered):
        return told.model_copy(update={"outcome": found.outcome, "reason": found.reason})
    return told.model_copy(
        update={
            "outcome": WhyOutcome.SOLVED,
            "with_more_usd": found.incumbent_usd,
            "with_more_bound_usd": found.bound_usd,
            "saves": dearer_by(plan, found),
        }
    )
