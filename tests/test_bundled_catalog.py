"""The bundled tables: every row says where it comes from, and dirty raw data is handled as docs/data.md says."""

import ast
import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.accelerators import Accelerator, ModelPrecision, Quality
from catalog.bundling.aliases import MODELS
from catalog.bundling.api_prices import OFFERED, ApiPrice
from catalog.bundling.energy import GRID_AT_MOST_G_PER_KWH, region_energy
from catalog.bundling.interruptions import SpotInterruption, interruptions
from catalog.bundling.models import SHAPES
from catalog.bundling.price_history import PastPrice, settled
from catalog.bundling.prices import ListPrice, PriceModel, list_prices, share_alike_prices
from catalog.bundling.tables import write_records
from catalog.bundling.throughput import points_of
from catalog.footprint import AcceleratorPower, RegionEnergy
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.offerings import Region

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = ROOT / "catalog" / "bundled"
TABLES: dict[str, type[Any]] = {
    "accelerators.csv": Accelerator,
    "models.csv": ModelPrecision,
    "quality.csv": Quality,
    "regions.csv": Region,
    "accelerator_power.csv": AcceleratorPower,
    "region_energy.csv": RegionEnergy,
    "goodput_points.csv": GoodputPoint,
    "goodput_points.cc-by-sa.csv": GoodputPoint,
    "claims.csv": PricePerformanceClaim,
    "prices.csv": ListPrice,
    "prices.cc-by-sa.csv": ListPrice,
    "price_history.csv": PastPrice,
    "spot_interruption.csv": SpotInterruption,
    "api_prices.csv": ApiPrice,
}
SHIPPABLE = {
    "Apache-2.0",
    "BSD-3-Clause",
    "MIT",
    "MPL-2.0",
    "MLPerf result rules: attributed, not endorsed by MLCommons",
    "single fact, cited",
}


def bundled(name: str) -> list[dict[str, str]]:
    with (BUNDLED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records(name: str) -> list[Any]:
    kind = TABLES[name]
    return [kind.model_validate({k: _value(k, v) for k, v in row.items() if v}) for row in bundled(name)]


def _value(column: str, text: str) -> str | int:
    return int(text) if column.endswith("_percentile") else text


# ------------------------------------------------------------------------------------ what ships


@pytest.mark.parametrize("name", TABLES)
def test_every_row_is_a_record_and_names_its_source(name: str) -> None:
    rows = records(name)
    assert rows
    assert all(row.source for row in rows)


@pytest.mark.parametrize("name", [name for name in TABLES if "licence" in TABLES[name].model_fields])
def test_every_licence_lets_the_row_ship_and_share_alike_rows_stay_apart(name: str) -> None:
    expected = {"CC-BY-SA-4.0"} if "cc-by-sa" in name else SHIPPABLE
    assert {row["licence"] for row in bundled(name)} <= expected


@pytest.mark.parametrize("name", TABLES)
def test_writing_what_was_read_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    write_records(tmp_path / name, TABLES[name], records(name))
    assert (tmp_path / name).read_bytes() == (BUNDLED / name).read_bytes()


def test_nothing_of_a_source_that_may_not_ship_is_in_a_table() -> None:
    facts = ("accelerators.csv", "accelerator_power.csv")
    everything = "".join((BUNDLED / name).read_text(encoding="utf-8") for name in TABLES if name not in facts)
    for word in ("semianalysis", "ml-energy", "mlenergy", "inferencex"):
        assert word not in everything.lower()


def test_power_of_chips_is_a_few_cited_facts_with_the_site_in_them() -> None:
    rows = bundled("accelerator_power.csv")
    chips = {row["accelerator"] for row in bundled("accelerators.csv")}
    assert 0 < len(rows) <= 8
    assert {row["accelerator"] for row in rows} < chips  # of the others nothing is published that can be used
    assert {(row["licence"], row["includes_facility"]) for row in rows} == {("single fact, cited", "true")}


def test_grids_are_of_regions_of_the_catalog_and_their_sites_are_those_of_the_provider() -> None:
    rows = records("region_energy.csv")
    assert {row.region for row in rows} < {row["region"] for row in bundled("regions.csv")}
    assert {(row.region.split("-")[0], row.pue) for row in rows} == {("aws", 1.135), ("azure", 1.12), ("gcp", 1.1)}
    assert all(row.grid_g_co2e_per_kwh < GRID_AT_MOST_G_PER_KWH for row in rows)


def test_a_grid_in_the_wrong_unit_stays_unknown() -> None:
    """The source writes 402000000 g for Azure's Germany and 390 for its Netherlands."""
    pue = {"kind": "pue", "key": "azure", "region": "global", "value": "1.12", "basis": "report", "source": "a list"}
    right, wrong = (
        pue | {"kind": "grid_carbon_intensity", "region": region, "value": value}
        for region, value in (("West Europe", "390.0"), ("France Central", "67000000.0"))
    )
    (row,) = region_energy([pue, right, wrong])
    assert (row.region, row.grid_g_co2e_per_kwh, row.pue) == ("azure-westeurope", 390.0, 1.12)


def test_a_catalog_whose_licence_was_not_read_gives_single_facts_only() -> None:
    facts = [row for row in bundled("prices.csv") if "skypilot" in row["source"]]
    assert 0 < len(facts) <= 15
    assert {row["licence"] for row in facts} == {"single fact, cited"}


def test_the_grade_of_a_point_follows_from_its_publisher() -> None:
    grades = {"aic": "modelled", "argonne": "independent", "dstack": "independent", "mlperf51": "independent"}
    grades |= {"tpu": "vendor", "neuron": "vendor"}
    for name in ("goodput_points.csv", "goodput_points.cc-by-sa.csv"):
        for row in bundled(name):
            assert row["evidence"] == grades[row["point"].split("-")[0]]


def test_points_refer_to_chips_and_models_of_the_catalog() -> None:
    chips = {row["accelerator"]: row["stack"] for row in bundled("accelerators.csv")}
    models = {(row["model"], row["precision"]) for row in bundled("models.csv")}
    rows = bundled("goodput_points.csv") + bundled("goodput_points.cc-by-sa.csv")
    assert len({row["point"] for row in rows}) == len(rows)
    assert all(chips[row["accelerator"]] == row["stack"] for row in rows)
    assert {(row["model"], row["precision"]) for row in rows} <= models


def test_prices_by_the_token_are_of_models_of_the_catalog_and_leave_unknown_what_is_not_published() -> None:
    rows = records("api_prices.csv")
    assert {row.offered_as for row in rows} == set(OFFERED)
    assert {row.model for row in rows} <= {row["model"] for row in bundled("models.csv")}
    assert any(row.price_usd_per_mtok_cached_input is None for row in rows)
    assert all((row.price_usd_per_mtok_cached_input or 0) <= row.price_usd_per_mtok_input for row in rows)


def test_the_notice_speaks_of_every_source_with_a_licence() -> None:
    notice = (BUNDLED / "NOTICE.md").read_text(encoding="utf-8")
    for work in (
        "MLPerf v5.1",
        "LLM-Inference-Bench",
        "dstackai/benchmarks",
        "aiconfigurator",
        "aws-neuron-sdk",
        "gpuhunt",
        "litellm",
        "region-carbon-info",
        "ccf-coefficients",
    ):
        assert work in notice
    assert "Splitwise" in notice  # the citation that the Azure traces ask for


def test_nothing_that_runs_imports_the_bundling() -> None:
    builders = (ROOT / "catalog" / "bundling", ROOT / "scenarios" / "example_building")
    for package in ("catalog", "contracts", "scenarios", "optimizer", "reports"):
        for path in (ROOT / package).rglob("*.py"):
            if not any(builder in path.parents for builder in builders):
                text = path.read_text(encoding="utf-8")
                names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
                imported = " ".join(ast.unparse(node) for node in names)
                assert "catalog.bundling" not in imported
                assert "example_building" not in imported


def test_parameters_counted_from_shapes_match_the_models_names() -> None:
    billions = {shape.model: shape.parameters / 1e9 for shape in SHAPES}
    for model, stated in {
        "llama-3-8b": 8.03,
        "llama-3-70b": 70.55,
        "llama-3.1-405b": 405.8,
        "qwen3-235b-a22b": 235.1,
    }.items():
        assert billions[model] == pytest.approx(stated, rel=0.002)
    assert billions["gpt-oss-120b"] == pytest.approx(116.8, rel=0.01)
    assert billions["deepseek-v3"] == pytest.approx(671, rel=0.002)


def test_llama_2_is_not_llama_3() -> None:
    assert not any("lama-2" in name or "lama2" in name for name in MODELS)
    assert MODELS["Llama-3.3-70B-Instruct"] == MODELS["meta-llama/Meta-Llama-3-70B"] == "llama-3-70b"


# ------------------------------------------------------------------------------------ dirty prices


def test_a_price_that_halves_for_one_week_and_comes_back_is_left_out() -> None:
    history = [
        (date(2025, 1, 1), Decimal(88)),
        (date(2025, 3, 3), Decimal(44)),
        (date(2025, 3, 10), Decimal(88)),
        (date(2025, 6, 1), Decimal(55)),
    ]
    assert settled(history) == [history[0], history[3]]


def test_a_price_cut_that_stays_is_kept() -> None:
    history = [(date(2025, 4, 28), Decimal("98.32")), (date(2025, 6, 23), Decimal("55.04"))]
    assert settled(history) == history


def test_histories_that_ship_have_no_blip_and_no_repetition() -> None:
    series: dict[tuple[str, ...], list[tuple[date, Decimal]]] = {}
    for row in records("price_history.csv"):
        if row.provider == "gcp":
            key = row.instance_type, row.region, row.price_model
            series.setdefault(key, []).append((row.first_seen, row.price_usd_per_node_hour))
    assert series
    assert all(settled(history) == history for history in series.values())


def a_price_row(**cells: str) -> dict[str, str]:
    row = {
        "provider": "aws",
        "instance_type": "p5.48xlarge",
        "accelerator": "H100-80GB",
        "accelerator_count": "8",
        "region": "us-east-1",
        "zone": "",
        "price_model": "on_demand",
        "term_months": "",
        "price_usd_per_h": "55.04",
        "price_usd_per_accel_h": "6.88",
        "observed_date": "2026-07-20",
        "source": "aws/karpenter-provider-aws@1d927085",
    }
    return row | cells


def prices_of(*rows: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[ListPrice]:
    monkeypatch.setattr("catalog.bundling.prices.FACTS", ())
    return list_prices(rows, ())


def test_a_node_costs_its_instance_price_not_its_chip_price(monkeypatch: pytest.MonkeyPatch) -> None:
    (price,) = prices_of(a_price_row(), monkeypatch=monkeypatch)
    assert price.price_usd_per_node_hour == Decimal("55.04")
    assert price.accelerators_per_node == 8


def test_a_chip_price_in_the_place_of_an_instance_price_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"p5\.48xlarge in us-east-1: 6\.88 is not 8 x 6\.88"):
        prices_of(a_price_row(price_usd_per_h="6.88"), monkeypatch=monkeypatch)


def test_a_chip_sold_by_the_hour_becomes_the_node_that_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    chip = {"instance_type": "TPU v6e chip", "accelerator": "TPU-v6e (Trillium)", "accelerator_count": "1"}
    money = {"price_usd_per_h": "2.70", "price_usd_per_accel_h": "2.70", "source": "dstackai/gpuhunt tpu_pricing.json"}
    (price,) = prices_of(a_price_row(**chip, **money), monkeypatch=monkeypatch)
    assert (price.instance_type, price.accelerators_per_node) == ("v6e-8", 8)
    assert price.price_usd_per_node_hour == Decimal("21.60")
    assert price.source.endswith("per chip-hour x 8")


def test_a_row_without_a_date_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    (price,) = prices_of(a_price_row(observed_date=""), monkeypatch=monkeypatch)
    assert "undated in the source" in price.source


def test_a_blank_price_stays_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert prices_of(a_price_row(price_usd_per_h="", price_usd_per_accel_h=""), monkeypatch=monkeypatch) == []


def test_a_term_that_the_source_does_not_state_stays_blank() -> None:
    (price,) = share_alike_prices([a_price_row(price_model="reserved", region="us-east-1?")])
    assert price.price_model is PriceModel.COMMITTED
    assert price.term_months is None
    assert price.region == ""


def test_an_open_band_of_interruptions_has_no_upper_end() -> None:
    row = a_price_row(price_model="spot_advisor") | {"interruption_band": ">20%", "spot_savings_pct_vs_od": "-62.0"}
    (band,) = interruptions([row])
    assert (band.interruption_share_low, band.interruption_share_high) == (0.2, None)
    assert band.discount_share == -0.62


# ------------------------------------------------------------------------------------ dirty throughput

_TEXTS = ("source_id", "system", "precision", "scenario", "parallelism", "note")
_NUMBERS = ("concurrency", "out_tok_per_s_total", "total_tok_per_s_total")
_LATENCIES = ("ttft_p50_ms", "ttft_p99_ms", "tpot_p50_ms", "tpot_p99_ms", "slo_ttft_p99_ms", "slo_tpot_p99_ms")


def a_run(**cells: str) -> dict[str, str]:
    row = dict.fromkeys((*_TEXTS, *_NUMBERS, *_LATENCIES), "")
    row |= {"accelerator": "H100-80GB", "accelerator_count": "8.0", "model": "meta-llama/Meta-Llama-3-70B"}
    row |= {"engine": "vLLM", "isl_tokens": "1024.0", "osl_tokens": "1024.0", "out_tok_per_s_total": "2000.0"}
    return row | cells


def test_argonne_counts_input_and_output_tokens() -> None:
    row = a_run(source_id="argonne_lib", total_tok_per_s_total="4000", out_tok_per_s_total="", osl_tokens="3072.0")
    (point,) = points_of([row], "argonne_lib")
    assert point.output_tok_per_s == 3000.0
    assert point.ttft_ms is None
    assert point.tpot_ms is None


def test_a_row_whose_tail_is_below_its_median_is_left_out() -> None:
    good = {"source_id": "aws_neuron", "system": "trn1.32xlarge", "accelerator": "Trainium1", "model": "Llama-3-70B"}
    rows = [
        a_run(**good, precision="bf16", tpot_p50_ms="26.48", tpot_p99_ms="24.22"),
        a_run(**good, precision="bf16", tpot_p50_ms="26.20", tpot_p99_ms="26.79"),
    ]
    (point,) = points_of(rows, "aws_neuron")
    assert (point.tpot_ms, point.tpot_percentile) == (26.79, 99)


def an_entry(**cells: str) -> dict[str, str]:
    entry = {"source_id": "mlperf51", "publisher": "MLCommons; submitter Dell", "note": "ID 5.1-0042; available"}
    entry |= {"model": "llama3.1-405b", "precision": "fp8", "isl_tokens": "", "osl_tokens": ""}
    return a_run(**(entry | {"scenario": "MLPerf v5.1 closed Server"} | cells))


def test_an_mlperf_server_run_holds_inside_its_limits_at_the_99th_percentile() -> None:
    (point,) = points_of([an_entry(slo_ttft_p99_ms="6000", slo_tpot_p99_ms="175")], "mlperf51")
    assert (point.ttft_ms, point.ttft_percentile) == (6000, 99)
    assert (point.tpot_ms, point.tpot_percentile) == (175, 99)
    assert (point.input_tokens, point.output_tokens) == (9400, 684.68)
    assert "5.1-0042" in point.source


@pytest.mark.parametrize("change", [{"scenario": "MLPerf v5.1 open Offline"}, {"accelerator_count": "72"}])
def test_an_mlperf_run_of_another_model_or_of_many_nodes_is_left_out(change: dict[str, str]) -> None:
    assert points_of([an_entry(**change)], "mlperf51") == []


def test_a_benchmark_that_states_no_lengths_is_left_out_rather_than_guessed() -> None:
    assert points_of([an_entry(model="llama2-70b-99"), an_entry(model="mixtral-8x7b")], "mlperf51") == []


def test_an_estimate_without_an_engine_is_a_placeholder() -> None:
    rows = [a_run(source_id="aiconfigurator", engine="None None", ttft_p50_ms="40", tpot_p50_ms="30")]
    assert points_of(rows, "aiconfigurator") == []


def test_only_estimates_that_are_ever_best_are_kept() -> None:
    base = {"source_id": "aiconfigurator", "precision": "bfloat16", "ttft_p50_ms": "100", "engine": "trtllm 1.0"}
    slow = [
        a_run(**base, parallelism="tp8", tpot_p50_ms=str(20 + i), out_tok_per_s_total=str(500 + i)) for i in range(9)
    ]
    fast = [
        a_run(**base, parallelism="tp4", tpot_p50_ms=str(19 + i), out_tok_per_s_total=str(900 + i)) for i in range(9)
    ]
    points = points_of([*slow, *fast], "aiconfigurator")
    assert {point.curve.rsplit("-", 1)[1] for point in points} == {"tp4"}
    assert max(point.output_tok_per_s for point in points) == 908
    assert len(points) < 9
