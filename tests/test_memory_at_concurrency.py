"""What must fit the memory: the context, and the cache of as many requests as are in flight (decision 0029)."""

import pytest

from catalog.accelerators import ModelPrecision
from catalog.goodput import GoodputPoint
from catalog.serving import MemoryCheck, RefusalReason
from optimizer.eligibility import eligibility
from optimizer.run import PlanOptions, plan_fleet
from scenarios.scenario import Scenario
from tests.builders import SOURCED, a_catalog, a_point, a_policy, a_scenario, a_size_class, a_workload

ALL = ("chat", "all", "node-a")


def a_fleet(
    *points: GoodputPoint,
    check: MemoryCheck = MemoryCheck.CONCURRENCY,
    tokens: float = 1000.0,
    context: int | None = None,
    tpot_ms: float | None = None,
) -> Scenario:
    """80 GB, 0.9 of it usable, 8 GB of weights: 64 GB for a cache of 1 MB a token, 64 requests of 1,000 tokens."""
    model = ModelPrecision(
        model="model-a",
        precision="fp8",
        weights_gb=8.0,
        kv_kb_per_token=1000.0,
        longest_context_tokens=context,
        **SOURCED,
    )
    return a_scenario(
        catalog=a_catalog(models=(model,), goodput_points=points),
        workloads=(a_workload(tpot_limit_ms=tpot_ms),),
        size_classes=(a_size_class(input_tokens=tokens * 0.9, output_tokens=tokens * 0.1),),
        policy=a_policy(memory_check=check),
    )


def loads(*concurrencies: float | None, **overrides: float) -> tuple[GoodputPoint, ...]:
    """Points of 100 + 100 tokens, 10 tok/s for each request in flight (1,000 where it is not stated)."""
    return tuple(
        a_point(f"at-{c}", concurrency=c, **({"output_tok_per_s": 10.0 * (c or 100.0)} | overrides))
        for c in concurrencies
    )


def points_of(scenario: Scenario) -> tuple[str, ...]:
    return eligibility(scenario).servings[ALL].points


def seconds_of(scenario: Scenario) -> float:
    return eligibility(scenario).servings[ALL].node_seconds_per_attempt


def test_by_default_the_cache_of_one_request_is_enough() -> None:
    assert points_of(a_fleet(*loads(32, 256), check=MemoryCheck.ONE_REQUEST)) == ("at-256",)


def test_at_the_concurrency_the_load_ends_where_the_cache_is_full() -> None:
    """64 requests lie a seventh of the way from 32 to 256: 640 tok/s, 200 tokens of one rate in 100 / 640 s."""
    scenario = a_fleet(*loads(32, 256))
    assert points_of(scenario) == ("at-256", "at-32")
    assert seconds_of(scenario) == pytest.approx(100 / 640 / 200 * 1000)


def test_the_first_of_cache_and_latency_ends_the_load() -> None:
    """TPOT grows from 10 to 80 ms between 32 and 256; at a limit of 15 ms 48 requests are reached before 64."""
    slow, fast = loads(32, 256)
    fast = fast.model_copy(update={"tpot_ms": 80.0})
    assert seconds_of(a_fleet(slow, fast, tpot_ms=15.0)) == pytest.approx(100 / 480 / 200 * 1000)
    assert seconds_of(a_fleet(slow, fast, tpot_ms=40.0)) == pytest.approx(100 / 640 / 200 * 1000)


def test_a_run_with_requests_as_long_has_shown_that_they_fit() -> None:
    assert points_of(a_fleet(*loads(32, 256, input_tokens=900.0))) == ("at-256",)


def test_less_in_flight_never_makes_a_request_quicker() -> None:
    """Short runs end at 64 in flight: the law moves their time to the answers, a long prompt would seem quicker."""
    points = (*loads(32, 256), *(p.model_copy(update={"point": "long"}) for p in loads(8, input_tokens=900.0)))
    for share in (0.5, 0.9, 0.99):
        fleets = [a_fleet(*points, check=check) for check in MemoryCheck]
        size = a_size_class(input_tokens=1000.0 * share, output_tokens=1000.0 * (1 - share))
        one, many = (seconds_of(fleet.model_copy(update={"size_classes": (size,)})) for fleet in fleets)
        assert many >= one
    plan_fleet(fleets[1], PlanOptions(with_baselines=False))


def test_a_point_that_states_no_concurrency_is_not_judged() -> None:
    assert points_of(a_fleet(*loads(None))) == ("at-None",)


def test_where_even_the_smallest_load_is_too_much_memory_is_the_reason() -> None:
    (no,) = eligibility(a_fleet(*loads(65, 256))).refusals
    assert no.reason is RefusalReason.MEMORY
    assert "65 requests are in flight" in no.text
    assert "the cache of 64 requests of 1,000 tokens fits beside the weights" in no.text


@pytest.mark.parametrize(("tokens", "serves"), [(1000.0, True), (1001.0, False)])
def test_the_longest_context_counts_prompt_and_answer(tokens: float, serves: bool) -> None:
    found = eligibility(a_fleet(*loads(8), check=MemoryCheck.ONE_REQUEST, tokens=tokens, context=1000))
    assert [no.reason for no in found.refusals] == ([] if serves else [RefusalReason.CONTEXT])


@pytest.mark.parametrize(
    "points",
    [loads(32, 256), loads(8, 32, 64, 128, input_tokens=500.0), (*loads(32, 256), *loads(None, input_tokens=900.0))],
)
def test_the_auditor_comes_to_the_same_number(points: tuple[GoodputPoint, ...]) -> None:
    named = tuple(point.model_copy(update={"point": f"p{i}"}) for i, point in enumerate(points))
    plan_fleet(a_fleet(*named), PlanOptions(with_baselines=False))


def test_the_auditor_refuses_for_the_same_reason() -> None:
    """A second class of short requests is served; the long one is refused for its memory, and for its context."""
    scenario = a_fleet(*loads(65, 256), context=2000)
    short = a_size_class(size_class="short", request_share=0.3)
    long = a_size_class(input_tokens=900.0, output_tokens=100.0, request_share=0.3)
    longest = a_size_class(size_class="longest", input_tokens=1900.0, output_tokens=101.0, request_share=0.4)
    workload = a_workload(shortfall_limit_share=1.0)
    scenario = scenario.model_copy(update={"size_classes": (short, long, longest), "workloads": (workload,)})
    plan = plan_fleet(scenario, PlanOptions(with_baselines=False))
    assert {row.size_class: row.reason for row in plan.refusals} == {
        "all": RefusalReason.MEMORY,
        "longest": RefusalReason.CONTEXT,
    }
