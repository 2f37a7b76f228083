"""From the rates of a configuration to the goodput of a node, with every grade, factor and haircut."""

from catalog.attained import attained
from catalog.offerings import Offering
from catalog.records import Evidence, worst
from catalog.serving import Slo
from catalog.serving_claims import relative_performance
from catalog.serving_configurations import Candidate
from catalog.serving_evaluation import chosen, everything_tried
from catalog.serving_index import Request
from catalog.serving_words import number
from optimizer.eligibility import request_of, serving_rules
from reports.explaining.records import ClaimSeen, Goodput, LatencyAttained
from scenarios.scenario import Scenario
from scenarios.workloads import SizeClass, Workload

SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 1e6


def goodput_at(scenario: Scenario, workload: Workload, size: SizeClass, offering: Offering, slo: Slo) -> Goodput | None:
    """How a node serves a class inside limits that need not be the workload's own; None where it cannot."""
    request = request_of(workload, size, slo)
    rules = serving_rules(scenario)
    tried = everything_tried(catalog=scenario.catalog, offering=offering, request=request, rules=rules)
    best = chosen(tried)
    if best is None or not isinstance(best.outcome, Candidate):
        return None
    return goodput_of(scenario, workload, request, offering, best.outcome, best.node_seconds)


def goodput_of(
    scenario: Scenario,
    workload: Workload,
    request: Request,
    offering: Offering,
    best: Candidate,
    node_seconds: float,
) -> Goodput:
    """The number of a configuration that can serve the request, with everything that it rests on."""
    law, policy, chips = best.law.law, scenario.policy, offering.accelerators_per_node
    attempts = 1.0 / node_seconds
    yield_share = scenario.outcomes(workload.workload, offering.offering).yield_share
    accepted = attempts * request.output_tokens * yield_share * scenario.run.usable_share
    list_price = float(offering.list_price_usd_per_node_hour)
    points_grade = worst([size.best.evidence for size in best.law.sizes] or [best.evidence])
    return Goodput(
        prefill_tok_per_s=1.0 / law.seconds_per_input_token,
        decode_tok_per_s=1.0 / law.seconds_per_output_token,
        single_rate=law.single_rate,
        prefilled_tokens=request.input_tokens * (1.0 - request.cache_hit_share),
        law_replica_seconds=law.replica_seconds(
            input_tokens=request.input_tokens,
            output_tokens=request.output_tokens,
            cache_hit_share=request.cache_hit_share,
        ),
        replica_seconds=best.replica_seconds,
        claim=_claim(scenario, best),
        accelerators_per_replica=best.accelerators_per_replica,
        accelerators_per_node=chips,
        replicas_per_node=best.replica_seconds / best.node_seconds(chips),
        evidence_of_points=points_grade,
        evidence=best.evidence,
        evidence_steps=_grade_steps(best, request, points_grade),
        percentile_factor=best.law.percentile_factor,
        attained=tuple(
            LatencyAttained(
                percentile=at.percentile,
                ttft_ms=None if at.ttft is None else at.ttft.ms,
                ttft_known=None if at.ttft is None else at.ttft.known,
                tpot_ms=None if at.tpot is None else at.tpot.ms,
                tpot_known=None if at.tpot is None else at.tpot.known,
            )
            for at in attained(best.configuration, best.law, policy.percentile_factor)
        ),
        haircut_share=policy.haircut_share.of(best.evidence),
        node_seconds_per_attempt=node_seconds,
        attempts_per_s_and_node=attempts,
        usable_share=scenario.run.usable_share,
        headroom=scenario.run.headroom.method,
        yield_share=yield_share,
        accepted_tok_per_s_and_node=accepted,
        list_price_usd_per_node_hour=list_price,
        usd_per_mtok_at_list=list_price / (accepted * SECONDS_PER_HOUR) * TOKENS_PER_MTOK,
    )


def _claim(scenario: Scenario, best: Candidate) -> ClaimSeen | None:
    claim = next((row for row in scenario.catalog.claims if row.claim == best.claim), None)
    if claim is None:
        return None
    return ClaimSeen(
        claim=claim.claim,
        source=claim.source,
        baseline_accelerator=claim.baseline_accelerator,
        baseline_curve=best.configuration.curve,
        baseline_accelerators_per_replica=best.configuration.accelerators_per_replica,
        own_list_price_usd_per_accelerator_hour=claim.own_list_price_usd_per_accelerator_hour,
        baseline_list_price_usd_per_accelerator_hour=claim.baseline_list_price_usd_per_accelerator_hour,
        gain_share=claim.gain_share,
        relative_performance=relative_performance(claim),
    )


def _grade_steps(best: Candidate, request: Request, points_grade: Evidence) -> tuple[str, ...]:
    """What lowered the grade from that of the points, in the order in which it did."""
    law, steps = best.law, []
    if law.evidence is not points_grade:
        steps.append(f"{law.evidence}: prefill and decode cannot be told apart, one rate for both")
    if law.grade_at(request) is not law.evidence:
        box = (
            f"{_range(law.smallest_input, law.largest_input)} in, {_range(law.smallest_output, law.largest_output)} out"
        )
        steps.append(f"{law.grade_at(request)}: the class lies outside the measured sizes ({box})")
    if best.claim is not None and best.evidence is not law.grade_at(request):
        steps.append(f"{best.evidence}: it rests on the claim {best.claim}")
    return tuple(steps)


def _range(least: float, most: float) -> str:
    return number(least) if least == most else f"{number(least)} to {number(most)}"
