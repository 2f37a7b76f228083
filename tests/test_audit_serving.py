"""The auditor's own goodput, against figures worked by hand."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.accelerators import Quality
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.records import ByEvidence, Evidence
from catalog.serving import RefusalReason
from optimizer.audit.configurations import Answer
from optimizer.audit.figures import Inputs
from optimizer.audit.latency import Limits, Operating, best_operating
from optimizer.audit.law import two_rates
from optimizer.audit.serving import ServingBook
from scenarios.scenario import Scenario
from tests import builders as make

TPOT_20 = Limits(ttft_ms=None, tpot_ms=20.0, percentile=99)
PAIR = ("chat", "all", "node-a")


def answer(scenario: Scenario, **factors: float) -> Answer:
    stretched = (factors.get("ttft", 1.0), factors.get("tpot", 1.0))
    return ServingBook(Inputs(scenario)).answer(PAIR, stretched)


def with_points(*points: GoodputPoint, **overrides: Any) -> Scenario:
    return make.a_scenario(catalog=make.a_catalog(goodput_points=points), **overrides)


def operating(*points: GoodputPoint, limits: Limits = TPOT_20, factor: float = 1.0) -> Operating | None:
    return best_operating(points, limits, make.a_policy(percentile_factor=make.by_evidence(factor)))


def slow(name: str = "slow", **overrides: Any) -> GoodputPoint:
    """Twice the concurrency, 1,600 tok/s, but 30 ms a token."""
    return make.a_point(name, **({"concurrency": 16.0, "output_tok_per_s": 1600.0, "tpot_ms": 30.0} | overrides))


def test_between_neighbours_the_limit_is_reached_on_the_straight_line() -> None:
    """10 ms at 1,000 tok/s and 30 ms at 1,600: 20 ms is half way, 1,300 tok/s."""
    best = operating(make.a_point(), slow())
    assert best is not None
    assert (best.tok_per_s, best.tpot_ms) == (1300.0, 20.0)
    assert {point.point for point in best.points} == {"point-a", "slow"}


def test_nothing_is_read_between_points_that_are_not_neighbours_in_concurrency() -> None:
    """The point of 12 in between passes nothing and states no TPOT: no line can be drawn to it."""
    silent = slow("silent", concurrency=12.0, tpot_ms=None, tpot_percentile=None)
    best = operating(make.a_point(), silent, slow())
    assert best is not None
    assert best.tok_per_s == 1000.0


def test_without_concurrencies_there_is_no_line() -> None:
    best = operating(make.a_point(concurrency=None), slow())
    assert best is not None
    assert best.tok_per_s == 1000.0


def test_a_latency_of_a_lower_percentile_is_stretched() -> None:
    """10 ms at p50 times 1.5 is 15; the slow point's 30 ms at p99 stays: (20 - 15) / 15 of 600 tok/s more."""
    best = operating(make.a_point(tpot_percentile=50), slow(), factor=1.5)
    assert best is not None
    assert best.tok_per_s == pytest.approx(1200.0)
    assert best.factor == 1.5


def test_the_first_limit_reached_counts() -> None:
    """TTFT from 100 to 300 ms reaches 150 after a quarter of the way, TPOT after half: 1,150 tok/s."""
    limits = Limits(ttft_ms=150.0, tpot_ms=20.0, percentile=99)
    best = operating(make.a_point(), slow(ttft_ms=300.0), limits=limits)
    assert best is not None
    assert best.tok_per_s == pytest.approx(1150.0)


def test_of_equal_concurrency_the_fastest_that_passes_is_kept() -> None:
    """1,100 tok/s at 10 ms passes; half way to 1,600 is 1,350."""
    twin = make.a_point("twin", output_tok_per_s=1100.0)
    best = operating(make.a_point(), twin, slow(), slow("slow-b", concurrency=8.0, tpot_ms=25.0))
    assert best is not None
    assert best.tok_per_s == pytest.approx(1350.0)


def test_least_squares_of_three_sizes_by_hand() -> None:
    """Rows x = input / T, y = output / T, each to come to 1.

    (100, 100) in 2 s, (300, 100) in 4 s, (100, 300) in 4 s: rows (50, 50), (75, 25), (25, 75).
    Gram: s11 = 2,500 + 5,625 + 625 = 8,750 = s22, s12 = 2,500 + 1,875 + 1,875 = 6,250, b1 = b2 = 150.
    By symmetry a = d = 150 / (8,750 + 6,250) = 0.01.
    """
    rates = two_rates({(100.0, 100.0): 2.0, (300.0, 100.0): 4.0, (100.0, 300.0): 4.0})
    assert rates == pytest.approx((0.01, 0.01))


def test_a_rate_that_comes_out_zero_is_not_identified() -> None:
    """The long prompt is the faster one: prefill would have to be negative."""
    assert two_rates({(100.0, 100.0): 0.2, (1000.0, 100.0): 0.1}) is None
    assert two_rates({(100.0, 100.0): 0.1, (1000.0, 100.0): 0.1}) is None


def test_one_size_gives_one_rate_and_costs_a_grade() -> None:
    """100 tokens in 0.1 s over 200 tokens: 0.0005 s a token; the class has 200 tokens: 0.1 s."""
    (figures,) = answer(with_points(make.a_point())).choices
    assert figures.node_seconds == pytest.approx(0.1)
    assert figures.grade is Evidence.INDEPENDENT


def test_the_haircut_is_that_of_the_final_grade_and_taken_once() -> None:
    """Independent after lowering: 0.1 s / (1 - 0.2) = 0.125 s."""
    haircut = ByEvidence(measured=0.1, independent=0.2, modelled=0.3, vendor=0.4, roofline=0.5)
    (figures,) = answer(with_points(make.a_point(), policy=make.a_policy(haircut_share=haircut))).choices
    assert figures.node_seconds == pytest.approx(0.125)


def test_a_class_outside_the_measured_box_is_modelled_at_best() -> None:
    scenario = make.a_scenario(size_classes=(make.a_size_class(output_tokens=200.0),))
    (figures,) = answer(scenario).choices
    assert figures.grade is Evidence.MODELLED
    assert figures.node_seconds == pytest.approx(0.01 + 0.2)


def test_a_cache_hit_saves_prefill_only() -> None:
    (figures,) = answer(make.a_scenario(workloads=(make.a_workload(cache_hit_share=0.9),))).choices
    assert figures.node_seconds == pytest.approx(0.001 + 0.1)


def test_a_measurement_beats_a_faster_model() -> None:
    points = make.two_points() + make.two_points(tok_per_s=9000.0, curve="hope", evidence=Evidence.MODELLED)
    renamed = tuple(p.model_copy(update={"point": f"{p.curve}-{p.input_tokens:.0f}"}) for p in points)
    (figures,) = answer(with_points(*renamed)).choices
    assert figures.node_seconds == pytest.approx(0.11)


def claim_scenario(**claim: Any) -> Scenario:
    """A chip without points, said to have 25 % better price-performance than gpu-a at the same price."""
    fields: dict[str, Any] = {
        "claim": "claim-b",
        "accelerator": "gpu-b",
        "baseline_accelerator": "gpu-a",
        "own_list_price_usd_per_accelerator_hour": Decimal(2),
        "baseline_list_price_usd_per_accelerator_hour": Decimal(2),
        "gain_share": 0.25,
    }
    haircut = ByEvidence(measured=0.0, independent=0.0, modelled=0.0, vendor=0.2, roofline=0.5)
    return make.a_scenario(
        policy=make.a_policy(haircut_share=haircut),
        catalog=make.a_catalog(
            accelerators=(make.an_accelerator(), make.an_accelerator("gpu-b", memory_gb=5.0)),
            offerings=(make.an_offering(accelerator="gpu-b", accelerators_per_node=4),),
            claims=(PricePerformanceClaim(**(make.SOURCED | fields | claim)),),
        ),
    )


def test_a_claim_is_chip_seconds_of_its_baseline_over_price_and_gain() -> None:
    """0.11 chip-seconds / 1.25 = 0.088; four chips 0.022 s; vendor haircut 0.2: 0.0275 s. 8.02 GB need two chips."""
    (figures,) = answer(claim_scenario()).choices
    assert figures.node_seconds == pytest.approx(0.0275)
    assert figures.grade is Evidence.VENDOR
    assert figures.accelerators_per_replica == 2
    assert figures.claim == "claim-b"


def test_a_dearer_chip_must_be_faster_for_the_same_claim() -> None:
    (figures,) = answer(claim_scenario(own_list_price_usd_per_accelerator_hour=Decimal(4))).choices
    assert figures.node_seconds == pytest.approx(0.0275 / 2)


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        (make.a_scenario(workloads=(make.a_workload(geographies=("geo-b",)),)), RefusalReason.RESIDENCY),
        (make.a_scenario(workloads=(make.a_workload(model="model-z"),)), RefusalReason.NO_DATA),
        (make.a_scenario(workloads=(make.a_workload(quality_bar=99.5),)), RefusalReason.QUALITY),
        (with_points(make.a_point(accelerators_per_replica=2)), RefusalReason.REPLICA),
        (make.a_scenario(policy=make.a_policy(memory_usable_share=0.1)), RefusalReason.MEMORY),
        (make.a_scenario(workloads=(make.a_workload(ttft_limit_ms=99.0),)), RefusalReason.TTFT),
        (make.a_scenario(workloads=(make.a_workload(tpot_limit_ms=9.0),)), RefusalReason.TPOT),
        (
            with_points(
                make.a_point(tpot_ms=None, tpot_percentile=None),
                workloads=(make.a_workload(tpot_limit_ms=9.0),),
            ),
            RefusalReason.NO_LATENCY,
        ),
        (
            make.a_scenario(
                workloads=(make.a_workload(ttft_limit_ms=500.0),),
                size_classes=(make.a_size_class(input_tokens=1001.0),),
            ),
            RefusalReason.INPUT_LENGTH,
        ),
        (claim_scenario(gain_share=-1.0), RefusalReason.NO_DATA),
    ],
)
def test_a_refusal_has_its_reason(scenario: Scenario, reason: RefusalReason) -> None:
    assert answer(scenario).reasons == {reason}


def test_a_relaxed_limit_lets_a_contingency_use_what_is_refused_otherwise() -> None:
    scenario = make.a_scenario(workloads=(make.a_workload(tpot_limit_ms=5.0),))
    assert not answer(scenario).choices
    assert answer(scenario, tpot=2.0).choices


def test_of_equal_refusals_the_first_by_name_speaks() -> None:
    """bf16 is below the bar and fp8 has no score: both stop at the same step, and bf16 comes first."""
    qualities = (Quality(model="model-a", precision="bf16", stack="stack-a", quality_score=80.0, source="t"),)
    points = (make.a_point("z"), make.a_point("y", precision="bf16"))
    scenario = make.a_scenario(
        catalog=make.a_catalog(goodput_points=points, quality=qualities),
        workloads=(make.a_workload(quality_bar=90.0),),
    )
    assert answer(scenario).reasons == {RefusalReason.QUALITY}
