"""What a plan saves against another way of serving the same demand, as found and as proven.

Of the plan and of the other way the solver knows a cost that can be had (plan, other) and a bound below which nothing
can be had (plan_bound, other_bound). So

    found    other - plan            both as they were found
    proven   other_bound - plan      no way of that kind costs less than other_bound, however long one searches

A saving is evidence where even the proven one is above 0; where `found` is positive and `proven` is not, the two gaps
together are wider than the difference.
"""

from decimal import Decimal

from catalog.records import Record
from optimizer.plan import Baseline, Plan
from optimizer.plan_headroom import AT_THE_WIDEST
from reports.money_text import about_usd

_CENT = Decimal("0.01")


class Saving(Record):
    """The plan against one other way; amounts are in the objective's dollars."""

    against: Baseline
    """The other way, and what it leaves out."""
    saves_usd: Decimal | None
    """Other way less plan, both as found; negative where the other way is cheaper; None where it has no plan."""
    saves_share: float | None
    """The same as a share of the other way's cost; None where that is nothing."""
    proven_usd: Decimal | None
    """What the plan saves at least, as far as the solver can prove; may be negative."""
    sentence: str
    """All this in words."""


def savings(plan: Plan) -> tuple[Saving, ...]:
    """What the plan saves against each of its baselines, in their order."""
    return tuple(_against(plan, baseline) for baseline in plan.baselines)


def _against(plan: Plan, baseline: Baseline) -> Saving:
    ours, other, bound = plan.totals.objective_usd, baseline.objective_usd, baseline.bound_usd
    if other is None:
        words = "no such plan exists" if baseline.outcome == "impossible" else "no such plan was found"
        sentence = f'cannot be compared with "{baseline.name}": {words}'
        return Saving(against=baseline, saves_usd=None, saves_share=None, proven_usd=None, sentence=sentence)
    saves = other - ours
    proven = None if bound is None else (Decimal(repr(bound)) - ours).quantize(_CENT)
    return Saving(
        against=baseline,
        saves_usd=saves,
        saves_share=float(saves / other) if other else None,
        proven_usd=proven,
        sentence=_sentence(plan, baseline, other, proven),
    )


def _sentence(plan: Plan, baseline: Baseline, other: Decimal, proven: Decimal | None) -> str:
    saves = other - plan.totals.objective_usd
    if saves < 0:
        share = f" ({-saves / other:.1%})" if other else ""
        doubt = ", which is within the plan's own gap," if plan.bound_usd <= other else ""
        rests = f" and rests on {AT_THE_WIDEST}" if AT_THE_WIDEST in baseline.note else ""
        return f'costs {about_usd(-saves)}{share} more{doubt} than "{baseline.name}", which {_breaks(baseline)}{rests}'
    if saves == 0:
        return f'costs the same as "{baseline.name}"'
    share = f" of {about_usd(other)} ({saves / other:.1%})" if other else ""
    found = f'saves {about_usd(saves)}{share} against "{baseline.name}"'
    if proven is None:
        return f"{found}, as found"
    if proven <= 0:
        return f"{found}, as found; the gaps are wider, so this is no evidence"
    if about_usd(proven) == about_usd(saves):
        return f"{found}, and that is proven"
    return f"{found}; at least {about_usd(proven)} as far as proven"


def _breaks(baseline: Baseline) -> str:
    """How many rules a way breaks, and the first of them; the table of ways and the workbook name more."""
    if not baseline.breaks:
        return "breaks no rule"
    first, *others = baseline.breaks
    more = f" and {len(others)} more" if others else ""
    return f"breaks rules of this plan: {first}{more}"
