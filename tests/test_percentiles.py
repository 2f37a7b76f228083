"""Points that state several percentiles: which one a limit sees, and what is attained (decision 0029)."""

import pytest
from pydantic import ValidationError

from catalog.attained import Attained, Reached, attained
from catalog.goodput import GoodputPoint
from catalog.latencies import Known
from catalog.serving import RefusalReason, Serving, Slo
from catalog.serving_configurations import Candidate
from catalog.serving_evaluation import NotServable, ServingRules, chosen, everything_tried, serve
from catalog.serving_index import Request
from optimizer.run import PlanOptions, plan_fleet
from tests.builders import a_catalog, a_point, a_policy, a_scenario, a_workload, an_offering, by_evidence, two_points

RULES = ServingRules(haircut_share=by_evidence(0.0), percentile_factor=by_evidence(2.0), memory_usable_share=0.9)


def answer(*points: GoodputPoint, ttft_ms: float | None, percentile: int) -> Serving | NotServable:
    return serve(
        catalog=a_catalog(goodput_points=points),
        offering=an_offering(),
        request=Request(
            model="model-a",
            input_tokens=100.0,
            output_tokens=100.0,
            cache_hit_share=0.0,
            slo=Slo(ttft_limit_ms=ttft_ms, tpot_limit_ms=None, percentile=percentile),
            quality_bar=0.0,
        ),
        rules=RULES,
    )


@pytest.mark.parametrize(
    ("percentile", "seen_ms", "factor"),
    [(50, 100.0, 1.0), (90, 300.0, 1.0), (95, 300.0, 1.0), (99, 600.0, 2.0)],
)
def test_a_limit_sees_the_nearest_percentile_that_is_high_enough_else_the_highest_with_its_factor(
    percentile: int, seen_ms: float, factor: float
) -> None:
    point = a_point(ttft_ms=100.0, ttft_percentile=50, ttft_p95_ms=300.0)
    serving = answer(point, ttft_ms=1000.0, percentile=percentile)
    assert isinstance(serving, Serving)
    assert (serving.ttft_ms, serving.percentile_factor) == (seen_ms, factor)


def test_a_percentile_stated_apart_is_enough_for_a_limit() -> None:
    point = a_point(ttft_ms=None, ttft_percentile=None, ttft_p99_ms=480.0)
    assert isinstance(answer(point, ttft_ms=480.0, percentile=99), Serving)
    refusal = answer(point, ttft_ms=479.0, percentile=99)
    assert isinstance(refusal, NotServable)
    assert refusal.reason is RefusalReason.TTFT


def test_a_refusal_names_the_percentile_that_was_stated() -> None:
    point = a_point(ttft_ms=100.0, ttft_percentile=50, ttft_p95_ms=300.0)
    refusal = answer(point, ttft_ms=500.0, percentile=99)
    assert isinstance(refusal, NotServable)
    assert "TTFT at p99 is 600 ms (from 300 ms at p95)" in refusal.text


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"ttft_p50_ms": 120.0, "ttft_p95_ms": 110.0}, "TTFT at p50 is 120 ms, above the 110 ms stated at p95"),
        ({"tpot_ms": 20.0, "tpot_percentile": 99, "tpot_p99_ms": 21.0}, "TPOT at p99 is stated twice: 20 ms and 21"),
    ],
)
def test_percentiles_that_contradict_each_other_are_refused(stated: dict[str, float], message: str) -> None:
    plain = {"ttft_ms": None, "ttft_percentile": None, "tpot_ms": None, "tpot_percentile": None}
    with pytest.raises(ValidationError, match=message):
        a_point(**(plain | stated))


def test_what_is_attained_stands_beside_the_limit_with_how_it_is_known() -> None:
    """Half way from 20 to 40 ms: the limit is at p95; p50 is half way from 10 to 30, p99 is 30 x 2, estimated."""
    of = {"ttft_ms": None, "ttft_percentile": None, "tpot_percentile": 95}
    slow = a_point("slow", concurrency=8, output_tok_per_s=1000, tpot_ms=20.0, tpot_p50_ms=10.0, **of)
    fast = a_point("fast", concurrency=16, output_tok_per_s=2000, tpot_ms=40.0, tpot_p50_ms=30.0, **of)
    asked = Request("model-a", 100, 100, 0.0, Slo(ttft_limit_ms=None, tpot_limit_ms=30.0, percentile=95), 0.0)
    catalog = a_catalog(goodput_points=(slow, fast))
    best = chosen(everything_tried(catalog=catalog, offering=an_offering(), request=asked, rules=RULES))
    assert best is not None
    assert isinstance(best.outcome, Candidate)
    assert attained(best.outcome.configuration, best.outcome.law, RULES.percentile_factor) == (
        Attained(50, None, Reached(20.0, Known.STATED)),
        Attained(95, None, Reached(30.0, Known.STATED)),
        Attained(99, None, Reached(60.0, Known.ESTIMATED)),
    )


def test_the_auditor_reads_the_same_percentile() -> None:
    """The p99 of 480 ms holds at a limit of 500; the p50 of 300 ms alone, doubled, would not."""
    points = two_points(ttft_ms=300.0, ttft_percentile=50, ttft_p99_ms=480.0)
    scenario = a_scenario(
        catalog=a_catalog(goodput_points=points),
        workloads=(a_workload(ttft_limit_ms=500.0),),
        policy=a_policy(percentile_factor=by_evidence(2.0)),
    )
    plan = plan_fleet(scenario, PlanOptions(with_baselines=False))
    assert {row.serving.ttft_ms for row in plan.goodput} == {480.0}
