"""Bridges: from the base's objective to the variant's, in steps that close to the cent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.records import Record
from contracts.terms.common import Nature
from optimizer.comparing.differences import Verdict, difference, tolerance_usd, verdict
from optimizer.comparing.weighing import objective_parts
from optimizer.plan import Plan

JOINT = "joint effect"


class Step(Record):
    """One step of a bridge."""

    what: str
    usd: Decimal
    at_least_usd: float | None = None
    """With at_most_usd: where the step lies if all plans were optimal; None where the step rests on no such proof."""
    at_most_usd: float | None = None
    verdict: Verdict | None = None
    note: str = ""


class Bridge(Record):
    """start_usd plus all steps is end_usd, to the cent."""

    start_usd: Decimal
    steps: tuple[Step, ...]
    end_usd: Decimal


@dataclass(frozen=True)
class Alone:
    """One change of a variant, solved alone against the base."""

    what: str
    plan: Plan | None
    """None where there is none; `reason` says why."""
    reason: str = ""


def bridge_by_change(base: Plan, alone: Sequence[Alone], variant: Plan) -> Bridge:
    """What each change does alone, and what is left to the variant: the joint effect. One change leaves nothing.

    A change that has no plan alone has no effect of its own; what it does is part of the joint effect.
    """
    if len(alone) == 1:
        return _closed(base, (_effect(alone[0].what, base, variant),), variant)
    steps = tuple(
        Step(what=one.what, usd=Decimal(0), note=one.reason) if one.plan is None else _effect(one.what, base, one.plan)
        for one in alone
    )
    found = [one.plan for one in alone if one.plan is not None]
    return _closed(base, (*steps, _joint(base, found, variant, whole=len(found) == len(alone))), variant)


def bridge_by_part(base: Plan, variant: Plan) -> Bridge:
    """The difference by nature of cost, from the cost lines alone; the largest steps first."""
    before, after = (objective_parts(plan, lambda line: line.nature) for plan in (base, variant))
    zero = Decimal(0)
    moved = {nature: after.get(nature, zero) - before.get(nature, zero) for nature in Nature}
    steps = [Step(what=nature.value.replace("_", " "), usd=usd) for nature, usd in moved.items() if usd]
    return _closed(base, tuple(sorted(steps, key=lambda step: (-abs(step.usd), step.what))), variant)


def _closed(base: Plan, steps: tuple[Step, ...], variant: Plan) -> Bridge:
    return Bridge(start_usd=base.totals.objective_usd, steps=steps, end_usd=variant.totals.objective_usd)


def _effect(what: str, base: Plan, plan: Plan) -> Step:
    found = difference(base, plan)
    return Step(
        what=what,
        usd=found.usd,
        at_least_usd=found.at_least_usd,
        at_most_usd=found.at_most_usd,
        verdict=found.verdict,
    )


def _joint(base: Plan, alone: Sequence[Plan], variant: Plan, *, whole: bool) -> Step:
    """variant + (n - 1) base - all that was solved alone; the interval holds if each is as good as its bound."""
    more = len(alone) - 1
    usd = variant.totals.objective_usd + more * base.totals.objective_usd
    usd -= sum((plan.totals.objective_usd for plan in alone), Decimal(0))
    if not whole:
        return Step(what=JOINT, usd=usd, note="with the changes that have no plan alone")
    at_least = variant.bound_usd + more * base.bound_usd - sum(plan.incumbent_usd for plan in alone)
    at_most = variant.incumbent_usd + more * base.incumbent_usd - sum(plan.bound_usd for plan in alone)
    tolerance = tolerance_usd(variant, *([base] * more), *alone)
    return Step(
        what=JOINT,
        usd=usd,
        at_least_usd=at_least,
        at_most_usd=at_most,
        verdict=verdict(at_least, at_most, tolerance),
    )
