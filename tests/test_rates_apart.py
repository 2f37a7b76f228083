"""Prefill and decode rates stated apart say how the measured time divides (decision 0029)."""

import pytest
from pydantic import ValidationError

from catalog.goodput import GoodputPoint
from catalog.records import Evidence
from catalog.serving import Serving
from optimizer.eligibility import eligibility
from optimizer.run import PlanOptions, plan_fleet
from scenarios.scenario import Scenario
from tests.builders import a_catalog, a_point, a_scenario, a_size_class, a_workload, two_points


def a_fleet(*points: GoodputPoint, input_tokens: float = 100.0, tpot_ms: float | None = None) -> Scenario:
    return a_scenario(
        catalog=a_catalog(goodput_points=points),
        workloads=(a_workload(tpot_limit_ms=tpot_ms, cache_hit_share=0.5),),
        size_classes=(a_size_class(input_tokens=input_tokens),),
    )


def serving(scenario: Scenario) -> Serving:
    return eligibility(scenario).servings["chat", "all", "node-a"]


def test_one_size_with_both_rates_tells_prefill_from_decode_and_keeps_its_grade() -> None:
    """0.1 s measured; alone 100 / 4,000 + 100 / 1,333 = 0.025 + 0.075 s: a quarter is prefill, half of it cached."""
    found = serving(a_fleet(a_point(prefill_tok_per_s=4000.0, decode_tok_per_s=4000.0 / 3)))
    assert found.node_seconds_per_attempt == pytest.approx(0.0125 + 0.075)
    assert found.evidence is Evidence.MEASURED


def test_rates_divide_the_measured_time_and_do_not_replace_it() -> None:
    slow, fast = (
        serving(a_fleet(a_point(prefill_tok_per_s=4000.0 * k, decode_tok_per_s=1000.0 * k))) for k in (1.0, 10.0)
    )
    assert slow.node_seconds_per_attempt == pytest.approx(fast.node_seconds_per_attempt)


def test_without_rates_one_size_has_one_rate_and_loses_a_grade() -> None:
    found = serving(a_fleet(a_point()))
    assert found.node_seconds_per_attempt == pytest.approx(0.075)
    assert found.evidence is Evidence.INDEPENDENT


def test_rates_that_agree_with_two_sizes_change_nothing() -> None:
    """Two sizes say 10,000 and 1,000 tok/s; stated beside them, the same."""
    stated = {"prefill_tok_per_s": 10_000.0, "decode_tok_per_s": 1_000.0}
    with_rates, without = (serving(a_fleet(*two_points(**more))) for more in (stated, {}))
    assert with_rates.node_seconds_per_attempt == pytest.approx(without.node_seconds_per_attempt)


def test_one_rate_alone_is_refused() -> None:
    with pytest.raises(ValidationError, match="must both be given or both be blank"):
        a_point(prefill_tok_per_s=4000.0)


def test_the_auditor_divides_the_time_in_the_same_way() -> None:
    """Between two loads the rates lie on the line, too; a size without rates stands beside them."""
    load = {"prefill_tok_per_s": 4000.0, "decode_tok_per_s": 1000.0}
    more = {"prefill_tok_per_s": 9000.0, "decode_tok_per_s": 1500.0, "output_tok_per_s": 2000.0, "tpot_ms": 40.0}
    points = (
        a_point("slow", concurrency=8, **load),
        a_point("fast", concurrency=16, **more),
        a_point("long", input_tokens=500.0, output_tok_per_s=700.0),
    )
    plan = plan_fleet(a_fleet(*points, input_tokens=300.0, tpot_ms=20.0), PlanOptions(with_baselines=False))
    (row,) = plan.goodput
    assert row.serving.points == ("fast", "long", "slow")
