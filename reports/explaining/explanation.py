"""The explanation of a goodput, worked out by the same functions that plan it; nothing is solved."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.goodput import ByPercentile, GoodputPoint
from catalog.latencies import latency_at
from catalog.offerings import Offering
from catalog.serving import Slo
from catalog.serving_configurations import Candidate
from catalog.serving_evaluation import (
    NotServable,
    ServingRules,
    Tried,
    chosen,
    everything_tried,
    nothing_known,
    refusal_of,
    room_of,
)
from catalog.serving_index import Configuration, index_of
from catalog.serving_points import CacheRoom, OperatingPoint, as_seen, best_point
from catalog.serving_roofline import ROOFLINE
from optimizer.eligibility import available_offerings, normal_slo, not_admitted, request_of, serving_rules
from reports.explaining.records import (
    BestPoint,
    ClassExplained,
    ConfigurationTried,
    Explanation,
    Goodput,
    LatencySeen,
    PointSeen,
    SizeSeen,
)
from reports.explaining.working import goodput_of
from scenarios.scenario import Scenario
from scenarios.workloads import SizeClass, Workload


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
        splits=_splits(scenario, workload, offering),
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


def _splits(scenario: Scenario, workload: Workload, offering: Offering) -> tuple[str, ...]:
    return tuple(
        f"{row.split}: {row.prefill_offering} reads prompts, {row.decode_offering} writes answers"
        for row in sorted(scenario.splits, key=lambda row: row.split)
        if row.model == workload.model and offering.offering in (row.prefill_offering, row.decode_offering)
    )


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
    request = request_of(workload, size, slo)
    tried = everything_tried(catalog=scenario.catalog, offering=offering, request=request, rules=rules)
    best = chosen(tried)
    index = index_of(scenario.catalog)
    by_key = {
        configuration.key: Judged(configuration, rules, slo, room_of(index, configuration, request, rules))
        for configuration in index.configurations.get((workload.model, offering.accelerator), ())
    }
    rows = [_configuration(each, by_key.get(each.key), rules, slo, is_best=each is best) for each in _in_order(tried)]
    if best is None or not isinstance(best.outcome, Candidate):
        return explained(refusal_of(tried, nothing_known(workload.model, offering.accelerator)), rows)
    return explained(None, rows, goodput_of(scenario, workload, request, offering, best.outcome, best.node_seconds))


def _in_order(tried: Sequence[Tried]) -> list[Tried]:
    """What can serve by worth, then what cannot by key."""
    able = sorted((each for each in tried if isinstance(each.outcome, Candidate)), key=lambda each: each.worth)
    return [*able, *sorted((each for each in tried if each not in able), key=lambda each: each.key)]


@dataclass(frozen=True)
class Judged:
    """A configuration with all that judges its points."""

    configuration: Configuration
    rules: ServingRules
    slo: Slo
    room: CacheRoom | None


def _configuration(
    tried: Tried, judged: Judged | None, rules: ServingRules, slo: Slo, *, is_best: bool
) -> ConfigurationTried:
    """What became of a configuration, or of a claim where there is none."""
    outcome = tried.outcome
    precision, engine, chips, curve = tried.key
    refused = isinstance(outcome, NotServable)
    is_claim = judged is None and engine != ROOFLINE
    shown = judged
    if isinstance(outcome, Candidate):
        shown = Judged(outcome.configuration, rules, slo, outcome.room)
    return ConfigurationTried(
        verdict="chosen" if is_best else "refused" if refused else "can serve",
        precision=precision,
        engine=engine,
        accelerators_per_replica=chips or None,
        curve="" if is_claim else curve,
        claim=curve if is_claim else None,
        reason=outcome.reason if isinstance(outcome, NotServable) else None,
        text=outcome.text if isinstance(outcome, NotServable) else "",
        evidence=outcome.evidence if isinstance(outcome, Candidate) else None,
        node_seconds_per_attempt=None if refused else tried.node_seconds,
        most_at_once=None if shown is None or shown.room is None else shown.room.most,
        sizes=() if shown is None else _sizes(shown),
    )


def _sizes(judged: Judged) -> tuple[SizeSeen, ...]:
    factor = judged.rules.percentile_factor
    return tuple(
        SizeSeen(
            input_tokens=points[0].input_tokens,
            output_tokens=points[0].output_tokens,
            points=tuple(_point(point, judged) for point in points),
            best=_best(points, best_point(points, judged.slo, factor, judged.room)),
        )
        for points in judged.configuration.sizes
    )


def _point(point: GoodputPoint, judged: Judged) -> PointSeen:
    slo, factors = judged.slo, judged.rules.percentile_factor

    def seen(stated: ByPercentile, limit_ms: float | None) -> LatencySeen | None:
        latency = latency_at(stated, slo.percentile, factors.of(point.evidence))
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
        passes=as_seen(point, slo, factors, judged.room).passes,
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
