"""Why, and why not: everything that can be said of it without solving again.

    premium   this plan - the plan without the event, within the bounds of both
    saves     of a rule: this plan - the plan with one unit more; of a migration: the plan without it - this plan
    loss      demand up to the floor at the price of its shortfall in a mean hour, x expected hours of the event
    payback   the first month from which on no more was paid so far than without it

Whether the incumbents and bounds of other plans are true cannot be seen from this one.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import isfinite

from contracts.calendar import Month
from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.due import NOT_CASH
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.proof import money_tolerance
from optimizer.audit.why_not import check_not_taken
from optimizer.plan import Plan
from optimizer.plan_why import CashSoFar, InsuranceCost, MigrationPayback, RuleWorth, Why, WhyOutcome, Worth
from scenarios.policy import Contingency

HALF_A_CENT = Decimal("0.005")
CENT = Decimal("0.01")


def check_why(inputs: Inputs, plan: Plan, checks: Checks) -> None:
    """Names, outcomes, differences, what is lost, cash, and offers that are not taken."""
    told = plan.why
    if told is None:
        return
    _check_names(inputs, plan, told, checks)
    for insured in told.insurance:
        _check_insured(inputs, plan, insured, checks)
    for row in told.rules:
        _check_rule(plan, row, checks)
    for paid in told.paybacks:
        _check_payback(inputs, plan, paid, checks)
    check_not_taken(inputs, plan, told.not_taken, checks)


def _check_names(inputs: Inputs, plan: Plan, told: Why, checks: Checks) -> None:
    """Every event and every migration that is begun is told once; no more was solved than is said."""
    events = [row.contingency for row in inputs.policy.contingencies]
    checks.same("why.names", ("insurance",), [row.contingency for row in told.insurance], events)
    begun = sorted({row.migration for row in plan.migrations})
    checks.same("why.names", ("paybacks",), [row.migration for row in told.paybacks], begun)
    binding = {(row.rule, row.place) for row in plan.binding}
    for row in told.rules:
        there = (row.rule, row.place) in binding
        checks.true("why.names", (row.rule, row.place), there, left=row.place, operator="is", right="a rule that binds")
    rows: list[InsuranceCost | RuleWorth | MigrationPayback] = [*told.insurance, *told.rules, *told.paybacks]
    solved = sum(row.outcome is WhyOutcome.SOLVED for row in rows)
    checks.true("why.names", ("solves",), solved <= told.solves, left=solved, operator="<=", right=told.solves)


def _check_outcome(place: Place, outcome: WhyOutcome, figures: Iterable[object], reason: str, checks: Checks) -> bool:
    """What is solved has all its figures and no reason, anything else a reason and no figures."""
    is_solved = outcome is WhyOutcome.SOLVED
    right = all(
        [
            *(checks.same("why.outcome", place, figure is not None, is_solved, "is stated") for figure in figures),
            checks.same("why.outcome", (*place, "reason"), bool(reason), not is_solved, "is stated"),
        ]
    )
    return right and is_solved


def _check_difference(
    plan: Plan, place: Place, worth: Worth, dearer: Sequence[float], cheaper: Sequence[float], checks: Checks
) -> None:
    """Incumbent and bound of both plans."""
    (dear, dear_bound), (cheap, cheap_bound) = dearer, cheaper
    figures = (*dearer, *cheaper, worth.at_least_usd, worth.at_most_usd)
    for value in figures:
        if not checks.true("records.finite", place, isfinite(value), left=value, operator="is", right="finite"):
            return
    cents = money_tolerance(plan) / ROUNDING
    for incumbent, bound in (dearer, cheaper):
        checks.at_most("why.bounds", place, bound, incumbent, "usd", rounded=cents)
    for side, stated, own in (
        ("at least", exact(worth.at_least_usd), exact(dear_bound - cheap)),
        ("as found", worth.usd, exact(dear - cheap)),
        ("at most", exact(worth.at_most_usd), exact(dear - cheap_bound)),
    ):
        checks.within("why.difference", (*place, side), stated, own, "usd", allowed=HALF_A_CENT)
    sure = worth.at_least_usd > 0 or worth.at_most_usd < 0
    interval = f"{worth.at_least_usd:.2f} to {worth.at_most_usd:.2f}"
    checks.true(
        "why.sign", place, sure or not worth.distinguishable, left="a sign", operator="for", right=interval, unit="usd"
    )


def _check_insured(inputs: Inputs, plan: Plan, row: InsuranceCost, checks: Checks) -> None:
    place = ("insurance", row.contingency)
    event = next((e for e in inputs.policy.contingencies if e.contingency == row.contingency), None)
    if event is not None:
        _check_loss(inputs, event, row, checks)
    checks.same("why.difference", (*place, "with"), row.with_usd, plan.incumbent_usd)
    checks.same("why.difference", (*place, "with, bound"), row.with_bound_usd, plan.bound_usd)
    figures = (row.without_usd, row.without_bound_usd, row.premium, row.premium_usd_per_month)
    if not _check_outcome(place, row.outcome, figures, row.reason, checks):
        return
    assert row.without_usd is not None
    assert row.without_bound_usd is not None
    assert row.premium is not None
    assert row.premium_usd_per_month is not None
    here, there = (row.with_usd, row.with_bound_usd), (row.without_usd, row.without_bound_usd)
    _check_difference(plan, place, row.premium, here, there, checks)
    monthly = row.premium.usd / len(inputs.months)
    checks.within("why.difference", (*place, "a month"), row.premium_usd_per_month, monthly, "usd", allowed=HALF_A_CENT)


def _check_loss(inputs: Inputs, event: Contingency, row: InsuranceCost, checks: Checks) -> None:
    place = ("insurance", row.contingency)
    hours = event.probability_per_year * event.duration_hours * len(inputs.months) / 12.0
    checks.close("why.loss", (*place, "hours"), row.expected_hours, hours, "h")
    mtok = 0.0
    for (outlook, workload, _, month, block), rate in inputs.class_rates.items():
        own = [floor.floor_share for floor in event.floors if floor.workload == workload]
        share = own[0] if own else event.floor_share
        price = float(inputs.workloads[workload].shortfall_price_usd_per_mtok)
        tokens = rate * 3600 * inputs.block_hours[month][block] / 1e6
        mtok += float(inputs.probability[outlook]) * tokens * share * price
    hourly = exact(mtok / sum(inputs.hours.values()))
    # floats are added up in another order there
    allowed = HALF_A_CENT + abs(hourly) * Decimal("1e-9")
    checks.within("why.loss", (*place, "an hour"), row.loss_usd_per_hour, hourly, "usd", allowed=allowed)
    lost = row.loss_usd_per_hour * exact(row.expected_hours)
    checks.within("why.loss", (*place, "expected"), row.expected_loss_usd, lost, "usd", allowed=HALF_A_CENT)


def _check_rule(plan: Plan, row: RuleWorth, checks: Checks) -> None:
    place = ("rule", row.rule, row.place)
    stated = bool(row.path and row.unit and row.before and row.after and row.before != row.after)
    has_unit = row.outcome is not WhyOutcome.NO_UNIT
    checks.same("why.outcome", (*place, "unit"), stated, has_unit, "is stated")
    figures = (row.with_more_usd, row.with_more_bound_usd, row.saves)
    if not _check_outcome(place, row.outcome, figures, row.reason, checks):
        return
    assert row.with_more_usd is not None
    assert row.with_more_bound_usd is not None
    assert row.saves is not None
    here, there = (plan.incumbent_usd, plan.bound_usd), (row.with_more_usd, row.with_more_bound_usd)
    _check_difference(plan, place, row.saves, here, there, checks)


def _check_payback(inputs: Inputs, plan: Plan, row: MigrationPayback, checks: Checks) -> None:
    place = ("payback", row.migration)
    figures = (row.without_usd, row.without_bound_usd, row.saves, row.cash or None)
    if not _check_outcome(place, row.outcome, figures, row.reason, checks):
        return
    assert row.without_usd is not None
    assert row.without_bound_usd is not None
    assert row.saves is not None
    here, there = (plan.incumbent_usd, plan.bound_usd), (row.without_usd, row.without_bound_usd)
    _check_difference(plan, place, row.saves, there, here, checks)
    _check_cash(inputs, plan, row, checks)


def _check_cash(inputs: Inputs, plan: Plan, row: MigrationPayback, checks: Checks) -> None:
    """Every month is told, with what this plan has paid by then; the payback month is the first that stays."""
    place = ("payback", row.migration)
    if not checks.same("why.cash", place, tuple(cash.month for cash in row.cash), inputs.months):
        return
    for cash in row.cash:
        own = _paid_by(inputs, plan, cash.month)
        checks.within("why.cash", (*place, str(cash.month)), cash.with_usd, own, "usd", allowed=HALF_A_CENT)
    checks.same("why.payback", place, row.payback_month, _first_that_stays(row.cash))


def _paid_by(inputs: Inputs, plan: Plan, month: Month) -> Decimal:
    return sum(
        (
            line.amount_usd * (1 if line.outlook is None else inputs.probability[line.outlook])
            for line in plan.cost_lines
            if line.nature not in NOT_CASH and line.paid_month <= month
        ),
        Decimal(0),
    )


def _first_that_stays(cash: Sequence[CashSoFar]) -> Month | None:
    ahead = [all(later.with_usd <= later.without_usd for later in cash[i:]) for i in range(len(cash))]
    return cash[ahead.index(True)].month if True in ahead else None
