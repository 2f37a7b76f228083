"""The auditor's own figures of splits, against figures worked by hand."""

from typing import Any

import pytest

from catalog.goodput import GoodputPoint, Role
from catalog.records import Evidence
from catalog.serving import RefusalReason
from optimizer.audit.figures import Inputs
from optimizer.audit.serving import AS_STATED, Factors
from optimizer.audit.split_serving import SplitBook, SplitFigures, SplitRefused
from scenarios.scenario import Scenario
from tests.builders import a_size_class, a_workload
from tests.split_cases import a_split, a_split_fleet, reads, two_chips, writes

ON_B: dict[str, Any] = {"accelerator": "gpu-b", "stack": "stack-b", "output_tok_per_s": 2000.0}


def figures(scenario: Scenario, factors: Factors = AS_STATED) -> SplitFigures:
    answer = SplitBook(Inputs(scenario)).answer(("chat", "all", "a-to-b"), factors)
    assert isinstance(answer, SplitFigures)
    return answer


def with_points(*points: GoodputPoint, **overrides: Any) -> Scenario:
    return a_split_fleet(catalog=two_chips(goodput_points=points), **overrides)


def test_the_slowest_size_says_how_fast_prompts_are_read() -> None:
    """50 ms for 1,000 tokens, 62.5 ms for 2,000: 0.05 ms a token; half of 1,500 are cached. A role keeps its grade."""
    points = (reads(), reads("long", input_tokens=2000.0, output_tok_per_s=1600.0), writes(**ON_B))
    workload = a_workload(ttft_limit_ms=500.0, tpot_limit_ms=20.0, cache_hit_share=0.5)
    sizes = (a_size_class(input_tokens=1500.0, output_tokens=100.0),)
    found = figures(with_points(*points, workloads=(workload,), size_classes=sizes))
    assert found.prefill[0].node_seconds == pytest.approx(0.0375)
    assert found.prefill[0].grade is Evidence.MEASURED
    assert found.kv_gb_per_attempt == pytest.approx(0.15)


def test_answers_longer_than_measured_are_modelled_where_they_are_written_only() -> None:
    """100 tokens in 50 ms: 300 take 150."""
    found = figures(
        with_points(reads(), writes(**ON_B), size_classes=(a_size_class(input_tokens=1000.0, output_tokens=300.0),))
    )
    assert found.decode[0].node_seconds == pytest.approx(0.15)
    assert (found.prefill[0].grade, found.decode[0].grade) == (Evidence.MEASURED, Evidence.MODELLED)


@pytest.mark.parametrize(
    ("factors", "left_ms", "ttft_ms", "seconds"),
    [((1.0, 1.0), 450.0, 450.0, 0.04), ((2.0, 1.0), 950.0, 600.0, 1 / 30)],
)
def test_what_the_transfer_leaves_says_how_fast_a_replica_may_read(
    factors: Factors, left_ms: float, ttft_ms: float, seconds: float
) -> None:
    """300 ms at 2,000 tok/s, 600 at 3,000; 50 ms of 500, or of 1,000, are the transfer: half way, or all of it."""
    busier = reads("busier", concurrency=16.0, ttft_ms=600.0, output_tok_per_s=3000.0)
    found = figures(with_points(reads(), busier, writes(**ON_B), splits=(a_split(handover_ms=40.0),)), factors)
    assert found.ttft_left_ms == pytest.approx(left_ms)
    assert found.prefill[0].law.ttft_ms == pytest.approx(ttft_ms)
    assert found.prefill[0].node_seconds == pytest.approx(seconds)


@pytest.mark.parametrize("ttft_ms", [300.0, 900.0])
def test_a_prompt_that_is_all_cached_is_refused_whatever_the_points_say(ttft_ms: float) -> None:
    workload = a_workload(ttft_limit_ms=500.0, cache_hit_share=1.0)
    scenario = with_points(reads(ttft_ms=ttft_ms), writes(**ON_B), workloads=(workload,))
    refused = SplitRefused(Role.PREFILL, frozenset({RefusalReason.NO_DATA}))
    assert SplitBook(Inputs(scenario)).answer(("chat", "all", "a-to-b")) == refused
