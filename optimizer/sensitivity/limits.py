"""Floors, limits and caps on lock-in, sovereignty, power, carbon and changes, and what APIs may be counted on for.

One that does not bind in the plan is expected to move nothing; what is counted as cost at a price, a tenth of that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from contracts.terms.common import Nature
from optimizer.families import (
    carbon,
    expiry,
    fallback,
    outstanding,
    power,
    remaining_term,
    share_floors,
    sourcing,
    sovereignty,
    stability,
)
from optimizer.plan import Plan
from optimizer.plan_sensitivity import Varied
from optimizer.sensitivity.candidates import Candidate
from optimizer.sensitivity.estimates import ELSEWHERE, TENTH, Estimates
from optimizer.sensitivity.levers import Lever, between, by_a_tenth, by_a_tenth_of_nodes, decimal
from scenarios.policy import AuditMinimum, SourcingRule

WHOLE = Decimal(1)
"""No share is above 1."""
FINEST = Decimal("0.0001")
FULL_INDEX = Decimal(100)
QUESTIONS = Decimal(5)
"""So many answers an audit asks for."""


@dataclass(frozen=True)
class _Kind:
    """A list of the policy whose rules have one number that is argued about."""

    key: str
    field: str
    varied: Varied
    words: str
    family: str
    sentence: str
    most: Decimal | None = None


_KINDS = (
    _Kind(
        "share_floors",
        "floor_share",
        Varied.SHARE_FLOOR,
        "floor",
        "share_floors",
        share_floors.SENTENCES["reach_the_floor"],
        WHOLE,
    ),
    _Kind(
        "outstanding",
        "limit_usd",
        Varied.OUTSTANDING,
        "outstanding under",
        "outstanding",
        outstanding.SENTENCES["owe_no_more"],
    ),
    _Kind(
        "remaining_terms",
        "limit_months",
        Varied.REMAINING_TERM,
        "remaining term under",
        "remaining_term",
        remaining_term.SENTENCES["run_no_longer"],
    ),
    _Kind(
        "expiries",
        "cap_share",
        Varied.EXPIRY,
        "expiries under",
        "expiry",
        expiry.SENTENCES["end_one_by_one"],
        WHOLE,
    ),
    _Kind(
        "sovereignty",
        "index_at_least",
        Varied.SOVEREIGNTY,
        "index under",
        "sovereignty",
        sovereignty.SENTENCES["hold_the_floor"],
        FULL_INDEX,
    ),
    _Kind("power", "limit_mw", Varied.POWER, "power under", "power", power.SENTENCES["stay_in_the_limit"]),
    _Kind("carbon", "limit_t_co2e", Varied.CARBON, "emissions under", "carbon", carbon.SENTENCES["stay_in_the_cap"]),
)


def limits(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each rule with one number of its own: that number, a tenth down and up."""
    policy = plan.scenario.policy
    for kind in _KINDS:
        rules: Sequence[Any] = getattr(policy, kind.key)
        for i, rule in enumerate(rules):
            lever = by_a_tenth(f"policy.{kind.key}[{i}].{kind.field}", getattr(rule, kind.field), most=kind.most)
            estimate = ELSEWHERE * _stake(estimates, kind.family, kind.sentence, rule.rule)
            yield Candidate(kind.varied, rule.rule, f"{kind.words} {rule.rule}", lever, estimate)


def _stake(estimates: Estimates, family: str, sentence: str, about: str) -> float:
    """The whole cost where the rule binds for any group, month or window."""
    return estimates.if_binding(family, sentence.split("{1}")[0].format(about))


def second_sources(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each rule how many providers there must be, and from which share on one counts."""
    for i, rule in enumerate(plan.scenario.policy.sourcing):
        path, name = f"policy.sourcing[{i}]", rule.rule
        stake = _stake(estimates, "sourcing", sourcing.SENTENCES["be_worth_the_name"], name)
        yield _source_share(rule, f"{path}.share_at_least", ELSEWHERE * rule.share_at_least * stake)
        lever = _by_one(f"{path}.providers_at_least", rule.providers_at_least, least=1, most=_most_providers(rule))
        yield Candidate(Varied.SOURCES, name, f"providers under {name}", lever, ELSEWHERE * stake)


def _source_share(rule: SourcingRule, path: str, estimate_usd: float) -> Candidate:
    """As many parts of so much as there must be fit into the whole."""
    most = (WHOLE / rule.providers_at_least).quantize(FINEST, ROUND_FLOOR)
    lever = by_a_tenth(path, rule.share_at_least, most=most)
    return Candidate(Varied.SOURCE_SHARE, rule.rule, f"part of a source under {rule.rule}", lever, estimate_usd)


def _most_providers(rule: SourcingRule) -> int:
    return int(WHOLE / decimal(rule.share_at_least))


def _by_one(path: str, value: int, *, least: int, most: int) -> Lever:
    low, high = max(least, value - 1), min(most, value + 1)
    return between(path, Decimal(value), Decimal(low), Decimal(high))


def audit_answers(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each rule how many of the five answers must be yes; it decides who may serve, so that it never binds."""
    for i, rule in enumerate(plan.scenario.policy.audit_answers):
        lever = _by_one(
            f"policy.audit_answers[{i}].yes_at_least", rule.yes_at_least, least=_fewest(rule), most=int(QUESTIONS)
        )
        yield Candidate(Varied.AUDIT_ANSWERS, rule.rule, f"answers under {rule.rule}", lever, 0.0)


def _fewest(rule: AuditMinimum) -> int:
    """A rule that asks for nothing is refused."""
    return 0 if rule.required else 1


def counted_as_cost(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """What carbon and changes of orders are priced at."""
    policy = plan.scenario.policy
    if policy.carbon_price_usd_per_t:
        lever = by_a_tenth("policy.carbon_price_usd_per_t", policy.carbon_price_usd_per_t)
        estimate = TENTH * estimates.of_nature(Nature.CARBON_PRICE)
        yield Candidate(Varied.CARBON_PRICE, "", "price of carbon", lever, estimate)
    price = policy.stability.price_per_changed_usd if policy.stability else Decimal(0)
    if price:
        lever = by_a_tenth("policy.stability.price_per_changed_usd", price, most=WHOLE)
        estimate = TENTH * estimates.of_nature(Nature.STABILITY_PRICE)
        yield Candidate(Varied.CHANGE_PRICE, "", "price of changed orders", lever, estimate)


def changes_of_orders(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """How much of what was approved may change, in value and in number."""
    stability_ = plan.scenario.policy.stability
    if stability_ is None:
        return
    usd, count = stability_.changed_usd_at_most, stability_.changed_orders_at_most
    if usd is not None:
        lever = by_a_tenth("policy.stability.changed_usd_at_most", usd)
        stake = min(estimates.if_binding("stability", stability.SENTENCES["keep_the_value"]), float(usd))
        yield Candidate(Varied.CHANGED_VALUE, "", "value of changed orders", lever, ELSEWHERE * stake)
    if count is not None:
        lever = by_a_tenth_of_nodes("policy.stability.changed_orders_at_most", count)
        stake = estimates.if_binding("stability", stability.SENTENCES["keep_the_count"])
        yield Candidate(Varied.CHANGED_ORDERS, "", "number of changed orders", lever, ELSEWHERE * stake)


def after_events(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """After each event: the floors that workloads have of their own, and what part of the limits of APIs is there."""
    policy = plan.scenario.policy
    sentences = [fallback.SENTENCES[row] for row in ("stay_in_the_input_limit", "stay_in_the_output_limit")]
    for i, event in enumerate(policy.contingencies):
        name = event.contingency
        for j, floor in enumerate(event.floors):
            lever = by_a_tenth(f"policy.contingencies[{i}].floors[{j}].floor_share", floor.floor_share, most=WHOLE)
            stake = 10 * estimates.demand(floor.workload) if estimates.leans_on_after(name) else 0.0
            words = f"floor of {floor.workload} after {name}"
            estimate = ELSEWHERE * floor.floor_share * stake
            yield Candidate(Varied.WORKLOAD_FLOOR, f"{name}/{floor.workload}", words, lever, estimate)
        if event.api_share:
            lever = by_a_tenth(f"policy.contingencies[{i}].api_share", event.api_share, most=WHOLE)
            stake = max(_stake(estimates, "fallback", sentence, name) for sentence in sentences)
            estimate = ELSEWHERE * event.api_share * stake
            yield Candidate(Varied.API_SHARE, name, f"share of APIs after {name}", lever, estimate)
