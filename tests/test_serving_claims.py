"""Price-performance claims turned into goodput."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.accelerators import ModelPrecision, Quality
from catalog.book import Catalog
from catalog.goodput import PricePerformanceClaim
from catalog.offerings import Offering
from catalog.records import ByEvidence, Evidence
from catalog.serving import RefusalReason, Serving, Slo
from catalog.serving_evaluation import NotServable, ServingRules, serve
from catalog.serving_index import Request
from tests.builders import (
    AS_OF,
    SOURCED,
    a_catalog,
    a_point,
    an_accelerator,
    an_offering,
    by_evidence,
    two_points,
)


def a_claim(name: str = "claim-a", **overrides: Any) -> PricePerformanceClaim:
    """chip-b at 2 USD an hour is 30 % better per dollar than gpu-a at 4 USD."""
    fields: dict[str, Any] = {
        "claim": name,
        "accelerator": "chip-b",
        "baseline_accelerator": "gpu-a",
        "own_list_price_usd_per_accelerator_hour": Decimal("2"),
        "baseline_list_price_usd_per_accelerator_hour": Decimal("4"),
        "gain_share": 0.3,
        "source": "press release",
        "as_of": AS_OF,
        "evidence": Evidence.VENDOR,
    }
    return PricePerformanceClaim(**(fields | overrides))


def claimed(*claims: PricePerformanceClaim, **overrides: Any) -> Catalog:
    """gpu-a measured, chip-b (32 GB, stack-b) only praised."""
    chips = (an_accelerator(), an_accelerator("chip-b", stack="stack-b", memory_gb=32.0))
    return a_catalog(**({"accelerators": chips, "claims": claims or (a_claim(),)} | overrides))


def ask(
    catalog: Catalog,
    *,
    chips_per_node: int = 1,
    quality_bar: float = 0.0,
    slo: Slo | None = None,
    haircut_share: ByEvidence | None = None,
) -> Serving | NotServable:
    """100 + 100 tokens of model-a on a node of chip-b."""
    return serve(
        catalog=catalog,
        offering=node_of_b(chips_per_node),
        request=Request(
            model="model-a",
            input_tokens=100.0,
            output_tokens=100.0,
            cache_hit_share=0.0,
            slo=slo or Slo(ttft_limit_ms=None, tpot_limit_ms=None, percentile=99),
            quality_bar=quality_bar,
        ),
        rules=ServingRules(
            haircut_share=haircut_share or by_evidence(0.0),
            percentile_factor=by_evidence(1.0),
            memory_usable_share=1.0,
        ),
    )


def node_of_b(chips_per_node: int) -> Offering:
    return an_offering("node-b", accelerator="chip-b", accelerators_per_node=chips_per_node)


def yes(catalog: Catalog, **kwargs: Any) -> Serving:
    answer = ask(catalog, **kwargs)
    assert isinstance(answer, Serving), answer
    return answer


def no(catalog: Catalog, **kwargs: Any) -> NotServable:
    answer = ask(catalog, **kwargs)
    assert isinstance(answer, NotServable), answer
    return answer


def test_a_claim_needs_both_prices() -> None:
    """0.11 chip-seconds on gpu-a; chip-b does 2 / 4 x 1.3 = 0.65 of its work: 0.11 / 0.65 s."""
    serving = yes(claimed())
    assert serving.node_seconds_per_attempt == pytest.approx(0.11 / 0.65)
    assert (serving.claim, serving.evidence) == ("claim-a", Evidence.VENDOR)
    assert serving.points == ("gpu-a-long", "gpu-a-short")


def test_the_chips_of_a_node_share_the_work() -> None:
    assert yes(claimed(), chips_per_node=4).node_seconds_per_attempt == pytest.approx(0.11 / 0.65 / 4)


def test_the_baseline_counts_per_chip() -> None:
    """A replica of 4 gpu-a needs 0.11 s, so 0.44 chip-seconds."""
    catalog = claimed(goodput_points=two_points(accelerators_per_replica=4))
    assert yes(catalog).node_seconds_per_attempt == pytest.approx(0.44 / 0.65)


def test_the_haircut_is_the_vendors_and_taken_once() -> None:
    """Measured 0 %, vendor 50 %: 0.11 / 0.65 / 0.5."""
    haircuts = ByEvidence(measured=0.2, independent=0.3, modelled=0.4, vendor=0.5, roofline=0.6)
    serving = yes(claimed(), haircut_share=haircuts)
    assert serving.haircut_share == 0.5
    assert serving.node_seconds_per_attempt == pytest.approx(0.11 / 0.65 / 0.5)


def test_a_claim_on_a_roofline_is_a_roofline() -> None:
    catalog = claimed(goodput_points=two_points(evidence=Evidence.ROOFLINE))
    assert yes(catalog).evidence == Evidence.ROOFLINE


def test_the_baselines_best_grade_counts_before_its_speed() -> None:
    """A brochure of gpu-a ten times as fast does not help chip-b."""
    brochure = [
        row.model_copy(update={"point": f"v-{row.point}"})
        for row in two_points(tok_per_s=10_000.0, curve="v", evidence=Evidence.VENDOR)
    ]
    catalog = claimed(goodput_points=(*two_points(), *brochure))
    assert yes(catalog).node_seconds_per_attempt == pytest.approx(0.11 / 0.65)


def test_the_baselines_fewest_chip_seconds_count_not_its_fastest_replica() -> None:
    """8 chips in 0.022 s are 0.176 chip-seconds, one chip in 0.11 s is less."""
    wide = [
        row.model_copy(update={"point": f"w-{row.point}"})
        for row in two_points(tok_per_s=5000.0, curve="w", accelerators_per_replica=8)
    ]
    catalog = claimed(goodput_points=(*two_points(), *wide))
    assert yes(catalog).node_seconds_per_attempt == pytest.approx(0.11 / 0.65)


def test_the_latencies_are_the_baselines() -> None:
    limits = Slo(ttft_limit_ms=500, tpot_limit_ms=40, percentile=99)
    assert (yes(claimed(), slo=limits).ttft_ms, yes(claimed(), slo=limits).tpot_ms) == (100, 10)


def test_a_baseline_outside_the_slo_supports_no_claim() -> None:
    answer = no(claimed(), slo=Slo(ttft_limit_ms=None, tpot_limit_ms=9, percentile=99))
    assert answer.reason == RefusalReason.TPOT
    assert answer.text.startswith("the claim claim-a rests on its baseline: TPOT at p99 is 10 ms")


def test_a_baseline_without_data_supports_no_claim() -> None:
    answer = no(claimed(goodput_points=()))
    assert answer.reason == RefusalReason.NO_DATA
    assert answer.text == "the claim claim-a rests on its baseline: no measured point of model-a on gpu-a"


@pytest.mark.parametrize(
    "change",
    [
        {"baseline_list_price_usd_per_accelerator_hour": Decimal(0)},
        {"own_list_price_usd_per_accelerator_hour": Decimal(0)},
        {"gain_share": -1.0},
    ],
)
def test_a_claim_without_a_positive_ratio_says_nothing(change: dict[str, Any]) -> None:
    assert no(claimed(a_claim(**change))).reason == RefusalReason.NO_DATA


def test_a_replica_of_the_claimed_chip_is_as_small_as_the_memory_allows() -> None:
    """70 GB need three chips of 32 GB."""
    heavy = claimed(models=(weights(70.0),))
    assert yes(heavy, chips_per_node=8).accelerators_per_replica == 3
    assert yes(heavy, chips_per_node=8).node_seconds_per_attempt == pytest.approx(0.11 / 0.65 / 8)
    assert no(heavy, chips_per_node=2).reason == RefusalReason.MEMORY
    assert "2 x chip-b have 64 GB usable" in no(heavy, chips_per_node=2).text


def test_the_quality_is_that_of_the_claimed_chips_stack() -> None:
    """stack-a reaches 99, stack-b only 90."""
    both = claimed(quality=(score("stack-a", 99.0), score("stack-b", 90.0)))
    assert yes(both, quality_bar=90.0).quality_score == 90
    assert no(both, quality_bar=95.0).text == "quality of model-a at fp8 on stack-b is 90; the bar is 95"
    assert no(claimed(), quality_bar=90.0).reason == RefusalReason.NO_QUALITY


def test_the_baseline_must_reach_the_bar_on_its_own_stack() -> None:
    catalog = claimed(quality=(score("stack-a", 90.0), score("stack-b", 99.0)))
    assert no(catalog, quality_bar=95.0).reason == RefusalReason.QUALITY


def test_a_measurement_of_the_chip_itself_comes_before_the_claim() -> None:
    own = a_point("own", accelerator="chip-b", stack="stack-b", output_tok_per_s=10.0)
    serving = yes(claimed(goodput_points=(*two_points(), own)))
    assert (serving.claim, serving.points) == (None, ("own",))


def test_of_two_claims_the_better_is_chosen_then_the_first_by_id() -> None:
    modest, bold = a_claim("a-modest", gain_share=0.1), a_claim("z-bold", gain_share=0.9)
    assert yes(claimed(modest, bold)).claim == "z-bold"
    assert yes(claimed(a_claim("twin-b"), a_claim("twin-a"))).claim == "twin-a"


def test_a_claim_about_a_claim_counts_for_nothing() -> None:
    """The baseline must be measured: chip-b is only praised, so chip-c cannot stand on it."""
    chips = (*claimed().accelerators, an_accelerator("chip-c"))
    chain = a_claim("chain", accelerator="chip-c", baseline_accelerator="chip-b")
    catalog = claimed(a_claim(), chain, accelerators=chips)
    answer = serve(
        catalog=catalog,
        offering=an_offering("node-c", accelerator="chip-c"),
        request=Request(
            model="model-a",
            input_tokens=100.0,
            output_tokens=100.0,
            cache_hit_share=0.0,
            slo=Slo(ttft_limit_ms=None, tpot_limit_ms=None, percentile=99),
            quality_bar=0.0,
        ),
        rules=ServingRules(haircut_share=by_evidence(0.0), percentile_factor=by_evidence(1.0), memory_usable_share=1.0),
    )
    assert isinstance(answer, NotServable)
    assert answer.reason == RefusalReason.NO_DATA


def weights(weights_gb: float) -> ModelPrecision:
    return ModelPrecision(model="model-a", precision="fp8", weights_gb=weights_gb, kv_kb_per_token=100.0, **SOURCED)


def score(stack: str, quality_score: float) -> Quality:
    return Quality(model="model-a", precision="fp8", stack=stack, quality_score=quality_score, source="test")
