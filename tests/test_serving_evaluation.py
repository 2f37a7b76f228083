"""A node's time for a request inside an SLO, or the reason why not."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.accelerators import ModelPrecision, Quality
from catalog.book import Catalog
from catalog.goodput import GoodputPoint
from catalog.offerings import Offering
from catalog.records import ByEvidence, Evidence
from catalog.serving import RefusalReason, Serving, Slo
from catalog.serving_evaluation import NotServable, ServingRules, serve
from catalog.serving_index import Request
from tests.builders import SOURCED, a_catalog, a_point, an_offering, by_evidence, two_points

NO_LIMIT = Slo(ttft_limit_ms=None, tpot_limit_ms=None, percentile=99)
HAIRCUTS = ByEvidence(measured=0.0, independent=0.1, modelled=0.2, vendor=0.5, roofline=0.6)


def slo(ttft_ms: float | None = None, tpot_ms: float | None = None) -> Slo:
    return Slo(ttft_limit_ms=ttft_ms, tpot_limit_ms=tpot_ms, percentile=99)


def rules(**overrides: Any) -> ServingRules:
    """No haircut, no factor, nine tenths of the memory."""
    fields: dict[str, Any] = {
        "haircut_share": by_evidence(0.0),
        "percentile_factor": by_evidence(1.0),
        "memory_usable_share": 0.9,
    }
    return ServingRules(**(fields | overrides))


def ask(catalog: Catalog, offering: Offering | None = None, **overrides: Any) -> Serving | NotServable:
    """A request of 100 + 100 tokens of model-a on a node of one gpu-a, without limits."""
    fields: dict[str, Any] = {
        "model": "model-a",
        "input_tokens": 100.0,
        "output_tokens": 100.0,
        "cache_hit_share": 0.0,
        "slo": NO_LIMIT,
        "quality_bar": 0.0,
    }
    stated = overrides.pop("rules", None) or rules()
    request = Request(**(fields | overrides))
    return serve(catalog=catalog, offering=offering or an_offering(), request=request, rules=stated)


def yes(catalog: Catalog, offering: Offering | None = None, **overrides: Any) -> Serving:
    answer = ask(catalog, offering, **overrides)
    assert isinstance(answer, Serving), answer
    return answer


def no(catalog: Catalog, offering: Offering | None = None, **overrides: Any) -> NotServable:
    answer = ask(catalog, offering, **overrides)
    assert isinstance(answer, NotServable), answer
    return answer


def with_points(*points: GoodputPoint, **overrides: Any) -> Catalog:
    return a_catalog(goodput_points=points, **overrides)


# ------------------------------------------------------------------------------------- the number


def test_two_sizes_give_the_node_time_of_a_third() -> None:
    """0.1 ms per input and 1 ms per output token: 500 + 100 tokens take 0.05 + 0.1 = 0.15 s."""
    serving = yes(a_catalog(), input_tokens=500.0)
    assert serving.node_seconds_per_attempt == pytest.approx(0.15)
    assert serving.evidence == Evidence.MEASURED
    assert serving.points == ("gpu-a-long", "gpu-a-short")


def test_cached_prompt_tokens_need_no_prefill() -> None:
    """500 in, 60 % cached: 200 x 0.1 ms + 100 x 1 ms = 0.12 s."""
    serving = yes(a_catalog(), input_tokens=500.0, cache_hit_share=0.6)
    assert serving.node_seconds_per_attempt == pytest.approx(0.12)


def test_replicas_of_a_node_work_side_by_side_and_only_whole_ones() -> None:
    """8 chips hold two replicas of 3; 0.11 s on a replica keep the node busy for 0.055 s."""
    catalog = with_points(*two_points(accelerators_per_replica=3))
    serving = yes(catalog, an_offering(accelerators_per_node=8))
    assert serving.node_seconds_per_attempt == pytest.approx(0.055)


def test_the_haircut_is_taken_once() -> None:
    """0.11 s measured; at 20 % off goodput 0.11 / 0.8 = 0.1375 s."""
    serving = yes(a_catalog(), rules=rules(haircut_share=by_evidence(0.2)))
    assert serving.node_seconds_per_attempt == pytest.approx(0.1375)
    assert serving.haircut_share == 0.2


def test_a_single_size_costs_a_grade_and_its_haircut() -> None:
    """0.1 s for 200 tokens, measured, becomes independent: 10 % off, 0.1 / 0.9 s."""
    serving = yes(with_points(a_point()), rules=rules(haircut_share=HAIRCUTS))
    assert serving.evidence == Evidence.INDEPENDENT
    assert serving.node_seconds_per_attempt == pytest.approx(0.1 / 0.9)


def test_the_worst_grade_of_the_points_counts() -> None:
    short, long = two_points()
    serving = yes(with_points(short, long.model_copy(update={"evidence": Evidence.VENDOR})))
    assert serving.evidence == Evidence.VENDOR


@pytest.mark.parametrize(
    ("input_tokens", "output_tokens", "grade"),
    [
        (100, 100, Evidence.MEASURED),
        (1000, 100, Evidence.MEASURED),
        (99, 100, Evidence.MODELLED),
        (1001, 100, Evidence.MODELLED),
        (500, 101, Evidence.MODELLED),
        (500, 99, Evidence.MODELLED),
    ],
)
def test_outside_the_measured_box_the_number_is_modelled(
    input_tokens: float, output_tokens: float, grade: Evidence
) -> None:
    serving = yes(a_catalog(), input_tokens=float(input_tokens), output_tokens=float(output_tokens))
    assert serving.evidence == grade


def test_a_grade_worse_than_modelled_stays_outside_the_box() -> None:
    points = two_points(evidence=Evidence.VENDOR)
    assert yes(with_points(*points), input_tokens=5000.0).evidence == Evidence.VENDOR


def test_the_interpolated_point_carries_the_node_time() -> None:
    """1000 tok/s at 20 ms and 2000 at 40 ms; at 30 ms 1500: 100 tokens in 0.0667 s, a single size."""
    catalog = with_points(
        a_point("slow", concurrency=8, output_tok_per_s=1000, tpot_ms=20),
        a_point("fast", concurrency=16, output_tok_per_s=2000, tpot_ms=40),
    )
    serving = yes(catalog, slo=slo(tpot_ms=30))
    assert serving.node_seconds_per_attempt == pytest.approx(100 / 1500)
    assert (serving.tpot_ms, serving.ttft_ms, serving.points) == (30, None, ("fast", "slow"))


def test_the_slowest_latencies_of_the_points_used_are_stated() -> None:
    short, long = two_points(ttft_ms=200.0)
    serving = yes(with_points(short, long.model_copy(update={"ttft_ms": 300.0})), slo=slo(ttft_ms=400, tpot_ms=50))
    assert (serving.ttft_ms, serving.tpot_ms) == (300, 10)


def test_the_largest_percentile_factor_is_stated() -> None:
    short, long = two_points()
    median = long.model_copy(update={"tpot_percentile": 50})
    serving = yes(with_points(short, median), slo=slo(tpot_ms=50), rules=rules(percentile_factor=by_evidence(2.0)))
    assert (serving.percentile_factor, serving.tpot_ms) == (2, 20)


def test_sizes_at_which_nothing_passes_are_left_out() -> None:
    """The long prompt misses the TTFT limit: the short size alone, one grade lower, 0.11 s."""
    short, long = two_points()
    catalog = with_points(short, long.model_copy(update={"ttft_ms": 900.0}))
    serving = yes(catalog, slo=slo(ttft_ms=500))
    assert (serving.points, serving.evidence) == (("gpu-a-short",), Evidence.INDEPENDENT)
    assert serving.node_seconds_per_attempt == pytest.approx(0.11)


# ------------------------------------------------------------------------------------- the choice


def test_a_measurement_is_chosen_before_a_larger_claim() -> None:
    fast = two_points(tok_per_s=9000.0, curve="a-brochure", evidence=Evidence.VENDOR)
    renamed = [row.model_copy(update={"point": f"vendor-{row.point}"}) for row in fast]
    serving = yes(with_points(*two_points(), *renamed))
    assert serving.evidence == Evidence.MEASURED
    assert serving.node_seconds_per_attempt == pytest.approx(0.11)


def test_of_equal_grades_the_least_node_time_is_chosen() -> None:
    """A replica of two chips is 1.5 times as fast: two single replicas win (0.055 against 0.0733 s)."""
    pair = [
        row.model_copy(update={"point": f"pair-{row.point}", "accelerators_per_replica": 2})
        for row in two_points(tok_per_s=1500.0, curve="pair")
    ]
    serving = yes(with_points(*two_points(), *pair), an_offering(accelerators_per_node=2))
    assert serving.accelerators_per_replica == 1
    assert serving.node_seconds_per_attempt == pytest.approx(0.055)


def test_of_equal_node_times_the_smallest_key_is_chosen_in_any_order_of_rows() -> None:
    twins = [
        row.model_copy(update={"point": f"{engine}-{row.point}", "engine": engine})
        for engine in ("zeta", "alpha")
        for row in two_points()
    ]
    assert yes(with_points(*twins)).engine == "alpha"
    assert yes(with_points(*reversed(twins))) == yes(with_points(*twins))


def test_points_of_different_runs_are_not_mixed() -> None:
    """Two sizes from two curves are two configurations of one size each."""
    short, long = two_points()
    serving = yes(with_points(short, long.model_copy(update={"curve": "another-day"})))
    assert len(serving.points) == 1
    assert serving.evidence == Evidence.INDEPENDENT


# ------------------------------------------------------------------------------------- the reasons


def test_no_point_of_the_model_is_no_data() -> None:
    assert no(a_catalog(), model="model-b") == NotServable(
        RefusalReason.NO_DATA, "no measured point of model-b on gpu-a, and no claim"
    )


def test_a_bar_needs_a_score() -> None:
    answer = no(a_catalog(quality=()), quality_bar=98.0)
    assert answer.reason == RefusalReason.NO_QUALITY
    assert answer.text == "no quality score of model-a at fp8 on stack-a; the bar is 98"


def test_the_score_must_reach_the_bar() -> None:
    answer = no(a_catalog(), quality_bar=99.5)
    assert answer.reason == RefusalReason.QUALITY
    assert answer.text == "quality of model-a at fp8 on stack-a is 99; the bar is 99.5"
    assert yes(a_catalog(), quality_bar=99.0).quality_score == 99
    assert yes(a_catalog(quality=())).quality_score is None


def test_a_precision_below_the_bar_leaves_the_others() -> None:
    coarse = [
        row.model_copy(update={"point": f"fp4-{row.point}", "precision": "fp4"}) for row in two_points(tok_per_s=2000.0)
    ]
    catalog = with_points(
        *two_points(),
        *coarse,
        models=(*a_catalog().models, fits("fp4", 4.0)),
        quality=(score("fp8", 99.0), score("fp4", 95.0)),
    )
    assert yes(catalog, quality_bar=90.0).precision == "fp4"
    assert yes(catalog, quality_bar=98.0).precision == "fp8"


def test_a_replica_must_fit_the_node() -> None:
    answer = no(with_points(*two_points(accelerators_per_replica=8)), an_offering(accelerators_per_node=4))
    assert answer.reason == RefusalReason.REPLICA
    assert answer.text == "a replica takes 8 chips on gpu-a (engine-a, fp8, 8 chips); the node has 4"


def test_weights_and_the_cache_of_one_request_must_fit_the_memory() -> None:
    """80 GB x 0.9 = 72 GB; 71.9 GB of weights leave 0.1 GB: 1,000 tokens of 100 kB."""
    catalog = a_catalog(models=(fits("fp8", 71.9),))
    assert yes(catalog, input_tokens=899.0).precision == "fp8"
    answer = no(catalog, input_tokens=1000.0)
    assert answer.reason == RefusalReason.MEMORY
    assert answer.text == (
        "model-a at fp8 needs 72.01 GB for weights and one request of 1,000 + 100 tokens; 1 x gpu-a have 72 GB usable"
    )


def test_a_model_whose_memory_is_unknown_is_refused() -> None:
    assert no(a_catalog(models=())).reason == RefusalReason.MEMORY


def test_a_missed_tpot_is_told_in_the_users_numbers() -> None:
    points = two_points(tpot_ms=52.0, accelerators_per_replica=8, engine="vLLM")
    answer = no(with_points(*points), an_offering(accelerators_per_node=8), slo=slo(tpot_ms=40))
    assert answer.reason == RefusalReason.TPOT
    assert answer.text == (
        "TPOT at p99 is 52 ms at the smallest measured load on gpu-a (vLLM, fp8, 8 chips), "
        "1,000 tokens in and 100 out; the limit is 40 ms"
    )


def test_the_load_nearest_to_the_limits_speaks_and_its_median_is_named() -> None:
    """c8 has the smaller load, but c16 the shorter TTFT (300 ms at p50, twice that at p99)."""
    catalog = with_points(
        a_point("c8", concurrency=8, ttft_ms=400, ttft_percentile=50),
        a_point("c16", concurrency=16, ttft_ms=300, ttft_percentile=50),
    )
    answer = no(catalog, slo=slo(ttft_ms=500, tpot_ms=10), rules=rules(percentile_factor=by_evidence(2.0)))
    assert answer.reason == RefusalReason.TTFT
    assert answer.text == (
        "TTFT at p99 is 600 ms (from 300 ms at p50) at the nearest measured load on gpu-a "
        "(engine-a, fp8, 1 chip), 100 tokens in and 100 out; the limit is 500 ms"
    )


def test_a_limit_on_a_latency_that_nobody_measured_is_not_met() -> None:
    blind = two_points(tpot_ms=None, tpot_percentile=None)
    answer = no(with_points(*blind), slo=slo(ttft_ms=500, tpot_ms=40))
    assert answer.reason == RefusalReason.NO_LATENCY
    assert "states TTFT and TPOT" in answer.text
    assert yes(with_points(*blind), slo=slo(ttft_ms=500)).tpot_ms is None


def test_no_ttft_is_claimed_beyond_the_longest_measured_prompt() -> None:
    answer = no(a_catalog(), input_tokens=1500.0, slo=slo(ttft_ms=500))
    assert answer.reason == RefusalReason.INPUT_LENGTH
    assert "prompts of 1,500 tokens" in answer.text
    assert yes(a_catalog(), input_tokens=1500.0, slo=slo(tpot_ms=50)).evidence == Evidence.MODELLED


def test_a_prompt_is_measured_only_where_the_limits_hold() -> None:
    """The size of 1,000 misses TTFT, so the longest measured prompt inside the limits is 100."""
    short, long = two_points()
    catalog = with_points(short, long.model_copy(update={"ttft_ms": 900.0}))
    answer = no(catalog, input_tokens=500.0, slo=slo(ttft_ms=500))
    assert answer.reason == RefusalReason.INPUT_LENGTH
    assert "is 100, and no TTFT" in answer.text


def test_the_configuration_that_came_furthest_gives_the_reason() -> None:
    """One does not fit the node, the other misses TPOT: the buyer hears of the TPOT."""
    large = [row.model_copy(update={"point": f"l-{row.point}"}) for row in two_points(accelerators_per_replica=8)]
    answer = no(with_points(*large, *two_points(tpot_ms=52.0)), slo=slo(tpot_ms=40))
    assert answer.reason == RefusalReason.TPOT


def test_of_two_that_are_too_slow_the_nearer_gives_the_reason() -> None:
    near = [row.model_copy(update={"point": f"n-{row.point}"}) for row in two_points(tpot_ms=41.0, engine="zeta")]
    answer = no(with_points(*near, *two_points(tpot_ms=52.0)), slo=slo(tpot_ms=40))
    assert "TPOT at p99 is 41 ms" in answer.text


def test_a_limit_missed_by_a_hair_is_still_seen_in_the_text() -> None:
    answer = no(with_points(*two_points(tpot_ms=40.0004)), slo=slo(tpot_ms=40))
    assert "is 40.0004 ms" in answer.text
    assert "limit is 40 ms" in answer.text


# ------------------------------------------------------------------------------------- relations


def test_offerings_with_the_same_nodes_share_one_answer() -> None:
    catalog = a_catalog()
    assert yes(catalog, an_offering("here")) is yes(catalog, an_offering("there", region="region-b"))


def test_two_catalogs_are_never_confused() -> None:
    slow, fast = with_points(*two_points()), with_points(*two_points(tok_per_s=2000.0))
    assert yes(slow).node_seconds_per_attempt == pytest.approx(0.11)
    assert yes(fast).node_seconds_per_attempt == pytest.approx(0.055)


def test_a_tighter_limit_can_lower_the_node_time_of_a_class() -> None:
    """What does not hold, by the letter of decision 0002: a slow size that drops out slows nothing any more.

    Equal ratios, 1 s for 200 tokens and 20 s for 2,000: the slowest rate is 10 ms per token. When the long
    size misses the TPOT limit the short one is left alone with 5 ms per token.
    """
    short = a_point("short", output_tok_per_s=100.0)
    long = a_point(
        "long", input_tokens=1000.0, output_tokens=1000.0, output_tok_per_s=50.0, ttft_ms=900.0, tpot_ms=45.0
    )
    catalog = with_points(short, long)
    assert yes(catalog, slo=slo(tpot_ms=50)).node_seconds_per_attempt == pytest.approx(2.0)
    assert yes(catalog, slo=slo(tpot_ms=40)).node_seconds_per_attempt == pytest.approx(1.0)


LOADS = st.lists(
    st.tuples(st.floats(10.0, 5000.0), st.floats(1.0, 100.0), st.floats(10.0, 1000.0)), min_size=1, max_size=5
)


def curve_of(loads: list[tuple[float, float, float]], **overrides: Any) -> tuple[GoodputPoint, ...]:
    """One size at concurrency 1, 2, ...: (output tok/s, TPOT ms, TTFT ms)."""
    return tuple(
        a_point(f"c{i}", concurrency=i, output_tok_per_s=tok_per_s, tpot_ms=tpot, ttft_ms=ttft, **overrides)
        for i, (tok_per_s, tpot, ttft) in enumerate(loads, start=1)
    )


@settings(max_examples=80, deadline=None)
@given(LOADS, st.floats(5.0, 120.0), st.floats(5.0, 120.0))
def test_a_tighter_tpot_never_speeds_up_a_configuration_of_one_size(
    loads: list[tuple[float, float, float]], one: float, other: float
) -> None:
    """What does hold: with one measured size the node-time can only grow, and a no stays a no."""
    catalog = with_points(*curve_of(loads))
    loose, tight = (ask(catalog, slo=slo(tpot_ms=limit)) for limit in (max(one, other), min(one, other)))
    if isinstance(tight, Serving):
        assert isinstance(loose, Serving)
        assert tight.node_seconds_per_attempt >= loose.node_seconds_per_attempt * (1 - 1e-9)


@settings(max_examples=80, deadline=None)
@given(LOADS, LOADS, st.floats(5.0, 120.0), st.floats(0.5, 1.0), st.floats(50.0, 1500.0), st.floats(0.5, 1.0))
def test_what_is_refused_stays_refused_at_a_tighter_slo(
    short: list[tuple[float, float, float]],
    long: list[tuple[float, float, float]],
    tpot: float,
    tpot_cut: float,
    ttft: float,
    ttft_cut: float,
) -> None:
    """For any class and any number of sizes and configurations; what is relaxed never loses an offering."""
    longer = [row.model_copy(update={"point": f"long-{row.point}", "input_tokens": 1000.0}) for row in curve_of(long)]
    catalog = with_points(*curve_of(short), *longer)
    for input_tokens in (100.0, 700.0):
        if isinstance(ask(catalog, slo=slo(ttft, tpot), input_tokens=input_tokens), NotServable):
            tight = slo(ttft * ttft_cut, tpot * tpot_cut)
            assert isinstance(ask(catalog, slo=tight, input_tokens=input_tokens), NotServable)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(100.0, 10_000.0),
    st.floats(16.0, 4000.0),
    st.floats(16.0, 4000.0),
    st.floats(0, 1),
    st.floats(0, 0.9),
)
def test_node_time_is_linear_in_the_request_and_inverse_in_the_goodput_left(
    tok_per_s: float, input_tokens: float, output_tokens: float, cached: float, haircut: float
) -> None:
    """(input x (1 - cached) / 10 + output) / tok/s / (1 - haircut), whatever the size."""
    serving = yes(
        with_points(*two_points(tok_per_s=tok_per_s)),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cache_hit_share=cached,
        rules=rules(haircut_share=by_evidence(haircut)),
    )
    by_hand = (input_tokens * (1 - cached) / 10 + output_tokens) / tok_per_s / (1 - haircut)
    assert serving.node_seconds_per_attempt == pytest.approx(by_hand, rel=1e-9)


def fits(precision: str, weights_gb: float) -> ModelPrecision:
    return ModelPrecision(model="model-a", precision=precision, weights_gb=weights_gb, kv_kb_per_token=100.0, **SOURCED)


def score(precision: str, quality_score: float, stack: str = "stack-a") -> Quality:
    return Quality(model="model-a", precision=precision, stack=stack, quality_score=quality_score, source="test")
