"""The explanation of a goodput, worked out by the same functions that plan it; nothing is solved."""

from collections.abc import Sequence

from catalog.attained import attained
from catalog.goodput import ByPercentile, GoodputPoint
from catalog.latencies import latency_at
from catalog.offerings import Offering
from catalog.records import Evidence
from catalog.serving import Slo
from catalog.serving_claims import relative_performance
from catalog.serving_configurations import Candidate
from catalog.serving_evaluation import (
    NotServable,
    ServingRules,
    Tried,
    chosen,
    everything_tried,
    nothing_known,
    refusal_of,
)
from catalog.serving_index import Configuration, Request, index_of
from catalog.serving_points import OperatingPoint, as_seen, best_point
from catalog.serving_words import number
from optimizer.eligibility import available_offerings, normal_slo, not_admitted, serving_rules
from reports.explaining.records import (
    BestPoint,
    ClaimSeen,
    ClassExplained,
    ConfigurationTried,
    Explanation,
    Goodput,
    LatencyAttained,
    LatencySeen,
    PointSeen,
    SizeSeen,
)
from scenarios.scenario import Scenario
from scenarios.workloads import SizeClass, Workload

SECONDS_PER_HOUR = 3600
TOKENS_PER_MTOK = 1e6


def explain(scenario: Scenario, workload: Workload, offering: Offering) -> Explanation:
    """How each size class of the workload is served by the offering, or why it is not."""
    slo = normal_slo(workload)
    own = sorted(
        (row for row in scenario.size_classes if row.workload == workload.workload), key=lambda row: row.size_class
    )
    return Explanation(
        scenario=scenario.scenario,
        workload=workload.workload,
        model=workload.model,
        offering=offering.offering,
        region=offering.region,
        accelerator=offering.accelerator,
        accelerators_per_node=offering.accelerators_per_node,
        ttft_limit_ms=slo.ttft_limit_ms,
        tpot_limit_ms=slo.tpot_limit_ms,
        slo_percentile=slo.percentile,
        quality_bar=workload.quality_bar,
        terms=_terms(scenario, offering),
        migration=_migration(scenario, workload, offering),
        classes=tuple(_class(scenario, workload, size, offering) for size in own),
    )


def _terms(scenario: Scenario, offering: Offering) -> tuple[str, ...]:
    contracts = [row.contract for row in scenario.contracts if row.offering == offering.offering]
    held = [
        row.held for row in scenario.held_contracts if row.offering == offering.offering and row.is_of(scenario.horizon)
    ]
    return (*sorted(contracts), *sorted(held))


def _migration(scenario: Scenario, workload: Workload, offering: Offering) -> str:
    stack = scenario.catalog.accelerator_of(offering).stack
    for row in scenario.migrations:
        if (row.model, row.stack) == (workload.model, stack):
            return f"{row.migration}: {row.lead_months} months of lead before {workload.model} is served on {stack}"
    return ""


def _class(scenario: Scenario, workload: Workload, size: SizeClass, offering: Offering) -> ClassExplained:
    def explained(
        refused: NotServable | None, tried: Sequence[ConfigurationTried] = (), goodput: Goodput | None = None
    ) -> ClassExplained:
        return ClassExplained(
            size_class=size.size_class,
            input_tokens=size.input_tokens,
            output_tokens=size.output_tokens,
            cache_hit_share=workload.cache_hit_share,
            reason=None if refused is None else refused.reason,
            text="" if refused is None else refused.text,
            tried=tuple(tried),
            goodput=goodput,
        )

    stopped = not_admitted(scenario, available_offerings(scenario), workload, offering)
    if stopped is not None:
        return explained(stopped)
    slo, rules = normal_slo(workload), serving_rules(scenario)
    request = Request(
        model=workload.model,
        input_tokens=size.input_tokens,
        output_tokens=size.output_tokens,
        cache_hit_share=workload.cache_hit_share,
        slo=slo,
        quality_bar=workload.quality_bar,
    )
    tried = everything_tried(catalog=scenario.catalog, offering=offering, request=request, rules=rules)
    best = chosen(tried)
    configurations = index_of(scenario.catalog).configurations.get((workload.model, offering.accelerator), ())
    by_key = {configuration.key: configuration for configuration in configurations}
    rows = [_configuration(each, by_key.get(each.key), slo, rules, is_best=each is best) for each in _in_order(tried)]
    if best is None or not isinstance(best.outcome, Candidate):
        return explained(refusal_of(tried, nothing_known(workload.model, offering.accelerator)), rows)
    return explained(None, rows, _goodput(scenario, workload, request, offering, best.outcome, best.node_seconds))


def _in_order(tried: Sequence[Tried]) -> list[Tried]:
    """What can serve by worth, then what cannot by key."""
    able = sorted((each for each in tried if isinstance(each.outcome, Candidate)), key=lambda each: each.worth)
    return [*able, *sorted((each for each in tried if each not in able), key=lambda each: each.key)]


def _configuration(
    tried: Tried, configuration: Configuration | None, slo: Slo, rules: ServingRules, *, is_best: bool
) -> ConfigurationTried:
    """What became of a configuration, or of a claim where there is none."""
    outcome = tried.outcome
    precision, engine, chips, curve = tried.key
    refused = isinstance(outcome, NotServable)
    shown = outcome.configuration if isinstance(outcome, Candidate) else configuration
    return ConfigurationTried(
        verdict="chosen" if is_best else "refused" if refused else "can serve",
        precision=precision,
        engine=engine,
        accelerators_per_replica=chips or None,
        curve="" if configuration is None else curve,
        claim=curve if configuration is None else None,
        reason=outcome.reason if isinstance(outcome, NotServable) else None,
        text=outcome.text if isinstance(outcome, NotServable) else "",
        evidence=outcome.evidence if isinstance(outcome, Candidate) else None,
        node_seconds_per_attempt=None if refused else tried.node_seconds,
        sizes=() if shown is None else _sizes(shown, slo, rules),
    )


def _sizes(configuration: Configuration, slo: Slo, rules: ServingRules) -> tuple[SizeSeen, ...]:
    return tuple(
        SizeSeen(
            input_tokens=points[0].input_tokens,
            output_tokens=points[0].output_tokens,
            points=tuple(_point(point, slo, rules) for point in points),
            best=_best(points, best_point(points, slo, rules.percentile_factor)),
        )
        for points in configuration.sizes
    )


def _point(point: GoodputPoint, slo: Slo, rules: ServingRules) -> PointSeen:
    factor = rules.percentile_factor.of(point.evidence)

    def seen(stated: ByPercentile, limit_ms: float | None) -> LatencySeen | None:
        latency = latency_at(stated, slo.percentile, factor)
        if limit_ms is None or latency is None:
            return None
        return LatencySeen(
            ms=latency.ms,
            limit_ms=limit_ms,
            stated_ms=dict(stated)[latency.stated_percentile],
            stated_percentile=latency.stated_percentile,
            factor=latency.factor,
        )

    return PointSeen(
        point=point.point,
        evidence=point.evidence,
        source=point.source,
        concurrency=point.concurrency,
        output_tok_per_s=point.output_tok_per_s,
        ttft=seen(point.ttft_by_percentile, slo.ttft_limit_ms),
        tpot=seen(point.tpot_by_percentile, slo.tpot_limit_ms),
        passes=as_seen(point, slo, rules.percentile_factor).passes,
    )


def _best(points: Sequence[GoodputPoint], best: OperatingPoint | None) -> BestPoint | None:
    if best is None:
        return None
    return BestPoint(
        points=best.points,
        share_of_the_way=None if best.towards is None else best.towards[1],
        output_tok_per_s=best.output_tok_per_s,
        replica_seconds=points[0].output_tokens / best.output_tok_per_s,
    )


def _goodput(
    scenario: Scenario,
    workload: Workload,
    request: Request,
    offering: Offering,
    best: Candidate,
    node_seconds: float,
) -> Goodput:
    law, policy, chips = best.law.law, scenario.policy, offering.accelerators_per_node
    attempts = 1.0 / node_seconds
    accepted = attempts * request.output_tokens * workload.yield_share * scenario.run.usable_share
    list_price = float(offering.list_price_usd_per_node_hour)
    points_grade = max((size.best.evidence for size in best.law.sizes), key=lambda grade: grade.rank)
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
        yield_share=workload.yield_share,
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
