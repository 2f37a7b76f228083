"""The bundled measurements as a plan would use them."""

import csv
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

import catalog as catalog_package
from catalog.accelerators import Accelerator, ModelPrecision, Quality
from catalog.book import Catalog
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.records import ByEvidence, Evidence, Record
from catalog.serving import RefusalReason, Serving, Slo
from catalog.serving_evaluation import NotServable, ServingRules, serve
from catalog.serving_index import Request
from tests.builders import an_offering

BUNDLED = Path(catalog_package.__file__).parent / "bundled"
AnyRecord = TypeVar("AnyRecord", bound=Record)
RULES = ServingRules(
    haircut_share=ByEvidence(measured=0.0, independent=0.05, modelled=0.15, vendor=0.4, roofline=0.6),
    percentile_factor=ByEvidence(measured=1.3, independent=1.4, modelled=1.5, vendor=1.7, roofline=2.0),
    memory_usable_share=0.9,
)
SLOS = (
    Slo(ttft_limit_ms=None, tpot_limit_ms=None, percentile=99),
    Slo(ttft_limit_ms=None, tpot_limit_ms=50.0, percentile=99),
    Slo(ttft_limit_ms=2000.0, tpot_limit_ms=100.0, percentile=99),
    Slo(ttft_limit_ms=500.0, tpot_limit_ms=25.0, percentile=50),
)
SIZES = ((1000.0, 200.0), (8000.0, 500.0))


def rows(name: str, kind: type[AnyRecord]) -> tuple[AnyRecord, ...]:
    """The rows of a bundled file; an empty cell is a field without a value."""
    with (BUNDLED / name).open(encoding="utf-8", newline="") as file:
        return tuple(kind.model_validate(_fields(row)) for row in csv.DictReader(file))


def _fields(row: dict[str, str]) -> dict[str, object]:
    return {k: int(v) if k.endswith("_percentile") else v for k, v in row.items() if v != ""}


@cache
def bundled() -> Catalog:
    return Catalog(
        accelerators=rows("accelerators.csv", Accelerator),
        models=rows("models.csv", ModelPrecision),
        quality=rows("quality.csv", Quality),
        regions=(),
        offerings=(),
        goodput_points=rows("goodput_points.csv", GoodputPoint),
        claims=rows("claims.csv", PricePerformanceClaim),
    )


def ask(
    model: str, accelerator: str, *, size: tuple[float, float], slo: Slo, chips_per_node: int = 8
) -> Serving | NotServable:
    return serve(
        catalog=bundled(),
        offering=an_offering(accelerator=accelerator, accelerators_per_node=chips_per_node),
        request=Request(
            model=model,
            input_tokens=size[0],
            output_tokens=size[1],
            cache_hit_share=0.0,
            slo=slo,
            quality_bar=0.0,
        ),
        rules=RULES,
    )


def all_answers() -> dict[tuple[Slo, str, str, tuple[float, float]], Serving | NotServable]:
    """Every model on every chip, by (SLO, model, chip, size)."""
    return {
        (slo, model, chip.accelerator, size): ask(model, chip.accelerator, size=size, slo=slo)
        for slo in SLOS
        for model in sorted({row.model for row in bundled().models})
        for chip in bundled().accelerators
        for size in SIZES
    }


def test_a_published_row_can_be_followed_by_hand() -> None:
    """Llama 3 70B on eight TPU v6e, 1,000 + 1,000 tokens, TPOT at most 30 ms at p99.

    64 open requests: 2494.8 tok/s at 25.43 ms; 128: 3544.46 at 35.49. The limit lies at
    4.57 / 10.06 = 0.454274 of the way: 2494.8 + 0.454274 x 1049.66 = 2971.633 tok/s, 0.336515 s a request.
    One size: 0.336515 / 2000 s a token, vendor becomes roofline. 1,000 + 200 tokens: 0.201909 s, less 60 %:
    0.201909 / 0.4 = 0.504773 s of a node.
    """
    slo = Slo(ttft_limit_ms=None, tpot_limit_ms=30.0, percentile=99)
    answer = ask("llama-3-70b", "TPU-v6e", size=(1000.0, 200.0), slo=slo)
    assert isinstance(answer, Serving)
    assert answer.node_seconds_per_attempt == pytest.approx(0.504773, rel=1e-5)
    assert (answer.evidence, answer.tpot_ms, len(answer.points)) == (Evidence.ROOFLINE, 30, 2)


def test_what_may_serve_keeps_its_limits_and_rests_on_points_of_its_model() -> None:
    points = {point.point: point for point in bundled().goodput_points}
    claims = {claim.claim: claim for claim in bundled().claims}
    served = {key: answer for key, answer in all_answers().items() if isinstance(answer, Serving)}
    assert len(served) > 100
    for (slo, model, accelerator, _), answer in served.items():
        assert slo.ttft_limit_ms is None or (answer.ttft_ms or 0.0) <= slo.ttft_limit_ms
        assert slo.tpot_limit_ms is None or (answer.tpot_ms or 0.0) <= slo.tpot_limit_ms
        measured_on = claims[answer.claim].baseline_accelerator if answer.claim else accelerator
        assert {(points[name].model, points[name].accelerator) for name in answer.points} == {(model, measured_on)}
        assert answer.claim is None or answer.evidence.rank >= Evidence.VENDOR.rank


def test_every_no_is_said_in_a_sentence_that_fits_its_cell() -> None:
    refused = [answer for answer in all_answers().values() if isinstance(answer, NotServable)]
    assert {no.reason for no in refused} >= {RefusalReason.NO_DATA, RefusalReason.TPOT, RefusalReason.NO_LATENCY}
    assert all(20 < len(no.text) <= 400 for no in refused)


def test_a_looser_slo_never_loses_a_chip() -> None:
    """What 2 s and 100 ms at p99 allow, no limit allows too."""
    answers = all_answers()
    unlimited, _, limited, _ = SLOS
    for (slo, model, accelerator, size), answer in answers.items():
        if slo == limited and isinstance(answer, Serving):
            assert isinstance(answers[unlimited, model, accelerator, size], Serving)
