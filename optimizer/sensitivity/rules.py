"""Caps, floors and budgets of the policy. One that does not bind in the plan is expected to move nothing."""

from collections.abc import Iterator
from decimal import Decimal

from optimizer.families import budget, concentration, fallback, migration, spot
from optimizer.plan import Plan
from optimizer.plan_sensitivity import Varied
from optimizer.sensitivity.candidates import Candidate
from optimizer.sensitivity.estimates import ELSEWHERE, Estimates
from optimizer.sensitivity.levers import between, by_a_tenth

WHOLE = Decimal(1)
"""No share is above 1."""


def concentration_caps(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each rule of concentration."""
    for i, rule in enumerate(plan.scenario.policy.concentration):
        lever = by_a_tenth(f"policy.concentration[{i}].cap_share", rule.cap_share, most=WHOLE)
        begins = concentration.SENTENCES["hold_the_cap"].split("{1}")[0].format(rule.rule)
        estimate = ELSEWHERE * rule.cap_share * estimates.if_binding("concentration", begins)
        yield Candidate(Varied.CAP, rule.rule, f"cap {rule.rule}", lever, estimate)


def floors(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """What must still be served after each event, and what of it may be by the hour."""
    policy = plan.scenario.policy
    sentence = fallback.SENTENCES["limit_the_emergency"]
    for i, event in enumerate(policy.contingencies):
        name = event.contingency
        lever = by_a_tenth(f"policy.contingencies[{i}].floor_share", event.floor_share, most=WHOLE)
        leans = estimates.leans_on_after(name)
        stake = estimates.total_usd if leans else estimates.if_binding("fallback", sentence.format(name))
        yield Candidate(Varied.FLOOR, name, f"floor after {name}", lever, ELSEWHERE * event.floor_share * stake)
    if policy.contingencies:
        lever = by_a_tenth("policy.emergency_share", policy.emergency_share, most=WHOLE)
        stake = estimates.if_binding("fallback", sentence.split("{0}")[0])
        estimate = ELSEWHERE * policy.emergency_share * stake
        yield Candidate(Varied.EMERGENCY_SHARE, "", "emergency share", lever, estimate)


def budgets(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each budget its limit."""
    for i, row in enumerate(plan.scenario.policy.budgets):
        lever = by_a_tenth(f"policy.budgets[{i}].limit_usd", row.limit_usd)
        begins = budget.SENTENCES["keep_the_budget"].split("{1}")[0].format(row.budget)
        stake = min(estimates.if_binding("budget", begins), float(row.limit_usd))
        yield Candidate(Varied.BUDGET, row.budget, f"budget {row.budget}", lever, ELSEWHERE * stake)


def spot_shares(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """The policy's for workloads that state none, and those that are stated."""
    scenario, sentence = plan.scenario, spot.SENTENCES["cap_the_spot_share"]
    if not scenario.spot:
        return
    stakes = {
        row.workload: 10 * estimates.demand(row.workload)
        for row in scenario.workloads
        if estimates.if_binding("spot", sentence.format(row.workload))
    }
    cap = scenario.policy.spot_share_cap
    without = [row.workload for row in scenario.workloads if row.spot_share_cap is None]
    if without:
        lever = by_a_tenth("policy.spot_share_cap", cap, most=WHOLE)
        estimate = ELSEWHERE * cap * sum(stakes.get(name, 0.0) for name in without)
        yield Candidate(Varied.SPOT_SHARE, "", "spot share of workloads that state none", lever, estimate)
    for row in scenario.workloads:
        if row.spot_share_cap is not None:
            lever = by_a_tenth(f"workloads.{row.workload}.spot_share_cap", row.spot_share_cap, most=WHOLE)
            estimate = ELSEWHERE * row.spot_share_cap * stakes.get(row.workload, 0.0)
            yield Candidate(Varied.SPOT_SHARE, row.workload, f"spot share of {row.workload}", lever, estimate)


def migrations_at_once(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """One team less and one more."""
    limit = plan.scenario.policy.migrations_at_once
    if limit is None or not plan.scenario.migrations:
        return
    lever = between("policy.migrations_at_once", Decimal(limit), Decimal(max(1, limit - 1)), Decimal(limit + 1))
    stake = estimates.if_binding("migration", migration.SENTENCES["few_at_once"])
    yield Candidate(Varied.MIGRATIONS_AT_ONCE, "", "migrations at once", lever, ELSEWHERE * stake)
