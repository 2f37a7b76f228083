"""Which offering may serve which size class: a Serving for every yes, a Refusal for every no (decision 0002).

For each workload, size class and offering, the first that applies:

    nothing_to_buy_or_hold   no terms, and no held contract that serves a month of the horizon
    residency                the offering's geography is not among the workload's
    audit_answers            what the policy asks of the offering is not answered with yes (decision 0037)
    (catalog.serving_evaluation)   quality, memory, latency, prompt length: or the node-time of an attempt

A contingency stretches the limits by its factors; refusals are those of normal operation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog.book import Catalog
from catalog.offerings import Offering
from catalog.serving import Refusal, RefusalReason, Serving, Slo
from catalog.serving_evaluation import NotServable, ServingRules, serve
from catalog.serving_index import Request
from contracts.clauses import Rights
from optimizer.answers_asked import answers_refusal
from scenarios.scenario import Scenario
from scenarios.workloads import SizeClass, Workload

Servings = Mapping[tuple[str, str, str], Serving]
"""By (workload, size class, offering), in order."""


@dataclass(frozen=True)
class Eligibility:
    """All that may serve, in normal operation and in each contingency, and all that may not."""

    servings: Servings
    contingency_servings: Mapping[str, Servings]
    """By contingency; the same object as `servings` where the contingency relaxes no limit."""
    refusals: tuple[Refusal, ...]
    """Normal operation, by (workload, size class, offering)."""

    def servings_after(self, contingency: str) -> Servings:
        """What may serve after a contingency; in normal operation where that is empty."""
        return self.contingency_servings[contingency] if contingency else self.servings


def eligibility(scenario: Scenario) -> Eligibility:
    """Judge every size class on every offering, at the normal limits and at those of the contingencies."""
    servings: dict[tuple[str, str, str], Serving] = {}
    refusals: list[Refusal] = []
    rules = serving_rules(scenario)
    available = available_offerings(scenario)
    for workload, size, offering in _triples(scenario):
        outcome = _judged(scenario, available, workload, size, offering, normal_slo(workload), rules)
        if isinstance(outcome, NotServable):
            refusals.append(_refusal(workload, size, offering, outcome))
        else:
            servings[workload.workload, size.size_class, offering.offering] = outcome
    return Eligibility(servings, _contingency_servings(scenario, servings, rules), tuple(refusals))


def normal_slo(workload: Workload) -> Slo:
    """The limits of a workload in normal operation."""
    return Slo(
        ttft_limit_ms=workload.ttft_limit_ms,
        tpot_limit_ms=workload.tpot_limit_ms,
        percentile=workload.slo_percentile,
    )


def request_of(workload: Workload, size: SizeClass, slo: Slo) -> Request:
    """What a size class asks of a node inside limits that need not be the workload's own."""
    return Request(
        model=workload.model,
        input_tokens=size.input_tokens,
        output_tokens=size.output_tokens,
        cache_hit_share=workload.cache_hit_share,
        slo=slo,
        quality_bar=workload.quality_bar,
    )


def available_offerings(scenario: Scenario) -> frozenset[str]:
    """Offerings with terms of any kind, with a held contract of the horizon, or to which nodes can be swapped."""
    held = [row for row in scenario.held_contracts if row.is_of(scenario.horizon)]
    carrying: list[Rights] = [*scenario.reserved, *held]
    swapped_to = (row.swap_to for row in carrying if row.swap_to is not None)
    return frozenset((*(row.offering for row in (*scenario.contracts, *held)), *swapped_to))


def serving_rules(scenario: Scenario) -> ServingRules:
    """What the policy says about figures of speed and memory."""
    policy = scenario.policy
    return ServingRules(
        haircut_share=policy.haircut_share,
        percentile_factor=policy.percentile_factor,
        memory_usable_share=policy.memory_usable_share,
        memory_check=policy.memory_check,
        roofline_prior=policy.roofline_prior,
    )


def _triples(scenario: Scenario) -> Iterator[tuple[Workload, SizeClass, Offering]]:
    """Every workload, size class and offering, by their ids."""
    offerings = sorted(scenario.catalog.offerings, key=lambda row: row.offering)
    workloads = {row.workload: row for row in scenario.workloads}
    for size in sorted(scenario.size_classes, key=lambda row: (row.workload, row.size_class)):
        for offering in offerings:
            yield workloads[size.workload], size, offering


def _judged(
    scenario: Scenario,
    available: frozenset[str],
    workload: Workload,
    size: SizeClass,
    offering: Offering,
    slo: Slo,
    rules: ServingRules,
) -> Serving | NotServable:
    """A yes or the first no, at the given limits."""
    stopped = not_admitted(scenario, available, workload, offering)
    if stopped is not None:
        return stopped
    return serve(catalog=scenario.catalog, offering=offering, request=request_of(workload, size, slo), rules=rules)


def not_admitted(
    scenario: Scenario, available: frozenset[str], workload: Workload, offering: Offering
) -> NotServable | None:
    """What stops an offering before its speed is asked for: no terms, a geography that is not allowed, or answers."""
    return (
        terms_refusal(available, offering)
        or geography_refusal(scenario.catalog, workload, offering)
        or answers_refusal(scenario, workload, offering)
    )


def terms_refusal(available: frozenset[str], offering: Offering) -> NotServable | None:
    """Step 0 of decision 0002: there is something to buy or hold."""
    if offering.offering in available:
        return None
    return NotServable(
        RefusalReason.NO_TERMS, f"{offering.offering} has no contract terms and no held contract in the horizon"
    )


def geography_refusal(catalog: Catalog, workload: Workload, offering: Offering) -> NotServable | None:
    """Step 1 of decision 0002: residency."""
    geography = catalog.geography(offering)
    if geography in workload.geographies:
        return None
    return NotServable(
        RefusalReason.RESIDENCY,
        f"{offering.region} is in {geography}; {workload.workload} may be served in "
        f"{', '.join(sorted(workload.geographies))}",
    )


def _refusal(workload: Workload, size: SizeClass, offering: Offering, no: NotServable) -> Refusal:
    return Refusal(
        workload=workload.workload,
        size_class=size.size_class,
        offering=offering.offering,
        reason=no.reason,
        text=no.text,
    )


def _contingency_servings(scenario: Scenario, servings: Servings, rules: ServingRules) -> dict[str, Servings]:
    """By contingency; contingencies with the same factors share one mapping."""
    by_factors: dict[tuple[float, float], Servings] = {(1.0, 1.0): servings}
    found: dict[str, Servings] = {}
    for event in sorted(scenario.policy.contingencies, key=lambda row: row.contingency):
        factors = (event.ttft_factor, event.tpot_factor)
        if factors not in by_factors:
            by_factors[factors] = _relaxed_servings(scenario, servings, rules, *factors)
        found[event.contingency] = by_factors[factors]
    return found


def _relaxed_servings(
    scenario: Scenario, servings: Servings, rules: ServingRules, ttft_factor: float, tpot_factor: float
) -> Servings:
    """Servings at the stretched limits; `servings` itself when no workload has a limit that they stretch."""
    slos = {row.workload: normal_slo(row) for row in scenario.workloads}
    relaxed = {workload: slo.relaxed(ttft_factor, tpot_factor) for workload, slo in slos.items()}
    if relaxed == slos:
        return servings
    available = available_offerings(scenario)
    found: dict[tuple[str, str, str], Serving] = {}
    for workload, size, offering in _triples(scenario):
        outcome = _judged(scenario, available, workload, size, offering, relaxed[workload.workload], rules)
        if isinstance(outcome, Serving):
            found[workload.workload, size.size_class, offering.offering] = outcome
    return found
