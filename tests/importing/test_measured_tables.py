"""Estimates of AIConfigurator, points of InferenceX and profiles of AIBrix become points in one meaning."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.findings import Code
from catalog.goodput import GoodputPoint, Role
from catalog.records import Evidence
from reports.exits import Exit
from scenarios.inputs import Inputs
from tests.importing.folders import a_csv, a_folder, brought_in, is_right, reasons

DATA = Path(__file__).parent / "data"
DAY = ("--as-of", "2026-11-01")
ESTIMATES = DATA / "aiconfigurator_excerpt.csv"
PROFILE = DATA / "aibrix_profile.json"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    return a_folder(tmp_path)


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """The one model, chip and precision of the tiny fleet, as three programs call them."""
    rows = (
        "model,DEEPSEEK_V3,model-a",
        "accelerator,h200_sxm,gpu-a",
        "precision,fp8_block,fp8",
        "accelerator,mi300x,gpu-a",
    )
    return a_csv(tmp_path, "column,name,stands_for", *rows, name="names.csv")


def new_points(fleet: Path) -> list[GoodputPoint]:
    points = Inputs.read(fleet).load().scenario.catalog.goodput_points
    return sorted((point for point in points if point.point != "point-a"), key=lambda point: point.concurrency or 0)


def answer(kind: str, file: Path, fleet: Path, *options: object) -> Any:
    return json.loads(brought_in(kind, file, fleet, *options, "--json").out)


def test_an_estimate_is_a_modelled_point_of_one_worker(fleet: Path, names: Path) -> None:
    """0.058 requests/s a chip x 8 chips x 128 tokens; its own tokens/s (58.693 = 0.462 x 127) leave a token out."""
    assert answer("aiconfigurator", ESTIMATES, fleet, "--names", names, *DAY)["imported"] == 4
    point = new_points(fleet)[0]
    assert (point.concurrency, point.accelerators_per_replica, point.output_tok_per_s) == (1, 8, 59.392)
    assert (point.input_tokens, point.output_tokens) == (2048, 128)
    assert (point.ttft_ms, point.ttft_percentile, point.tpot_ms, point.tpot_percentile) == (195.931, 50, 16.226, 50)
    assert (point.evidence, point.engine, point.licence) == (Evidence.MODELLED, "trtllm-1.2.0rc2", "Apache-2.0")
    assert "tp8pp1dp1etp1ep8" in point.source


def test_loads_of_one_worker_share_a_curve(fleet: Path, names: Path) -> None:
    brought_in("aiconfigurator", ESTIMATES, fleet, "--names", names, *DAY)
    assert len({point.curve for point in new_points(fleet)}) == 1
    assert [point.concurrency for point in new_points(fleet)] == [1, 32, 80, 448]


def test_a_number_of_chips_with_a_point_is_that_number(tmp_path: Path, fleet: Path, names: Path) -> None:
    """Columns with holes are saved as 8.0: the load is still that of one worker."""
    header, first, *_ = ESTIMATES.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True)) | {"num_total_gpus": "8.0"}
    file = a_csv(tmp_path, header, ",".join(cells.values()), name="estimates.csv")
    answer("aiconfigurator", file, fleet, "--names", names, *DAY)
    assert [point.concurrency for point in new_points(fleet)] == [448]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("prefix", "512", Code.CHOICE),
        ("dp", "2", Code.CHOICE),
        ("ttft", "inf", Code.NUMBER),
        ("backend", "", Code.BLANK),
    ],
)
def test_a_row_that_is_no_such_worker_is_refused(
    tmp_path: Path, fleet: Path, names: Path, column: str, value: str, code: Code
) -> None:
    header, first, *_ = ESTIMATES.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), first.split(","), strict=True)) | {column: value}
    file = a_csv(tmp_path, header, ",".join(cells.values()))
    refused = answer("aiconfigurator", file, fleet, "--names", names, *DAY)["refused"]
    place = "tp" if column == "dp" else column
    assert [(each["column"], each["code"]) for each in refused] == [(place, code.value)]


SPLIT = {
    "model": "DEEPSEEK_V3",
    "isl": "1000",
    "osl": "100",
    "ttft": "300",
    "tpot": "20",
    "(p)workers": "2",
    "(p)seq/s/worker": "4",
    "(p)global_bs": "1",
    "(p)tp": "2",
    "(p)gemm": "fp8_block",
    "(p)backend": "trtllm",
    "(p)version": "1.2",
    "(p)system": "h200_sxm",
    "(d)workers": "1",
    "(d)seq/s/worker": "8",
    "(d)global_bs": "160",
    "(d)tp": "4",
    "(d)gemm": "fp8_block",
    "(d)backend": "trtllm",
    "(d)version": "1.2",
    "(d)system": "h200_sxm",
}
"""Two prefill workers of 4 requests/s feed a decode worker of 8."""


def test_prefill_and_decode_apart_are_points_of_their_roles(tmp_path: Path, fleet: Path, names: Path) -> None:
    """Every role counts the output tokens of the requests that pass: 4 x 100 and 8 x 100 tok/s."""
    file = a_csv(tmp_path, ",".join(SPLIT), ",".join(SPLIT.values()))
    assert answer("aiconfigurator", file, fleet, "--names", names, *DAY)["imported"] == 2
    prefill, decode = new_points(fleet)
    assert (prefill.role, prefill.output_tok_per_s, prefill.accelerators_per_replica) == (Role.PREFILL, 400, 2)
    assert (prefill.ttft_ms, prefill.tpot_ms, prefill.concurrency) == (300, None, 1)
    assert (decode.role, decode.output_tok_per_s, decode.accelerators_per_replica) == (Role.DECODE, 800, 4)
    assert (decode.ttft_ms, decode.tpot_ms, decode.concurrency) == (None, 20, 160)


def test_if_one_of_two_workers_cannot_be_used_neither_is(tmp_path: Path, fleet: Path, names: Path) -> None:
    row = SPLIT | {"(d)tp": "16"}
    told = answer(
        "aiconfigurator", a_csv(tmp_path, ",".join(row), ",".join(row.values())), fleet, "--names", names, *DAY
    )
    assert reasons(told) == [(2, "(d)tp", Code.CHOICE)]
    assert told["written"] == []


MEASURED = {
    "hw": "mi300x",
    "model": "model-a",
    "framework": "vllm",
    "precision": "fp8",
    "spec_decoding": "none",
    "disagg": False,
    "is_multinode": False,
    "isl": 1024,
    "osl": 1024,
    "conc": 64,
    "tp": 8,
    "tput_per_gpu": 260.43053275981913,
    "output_tput_per_gpu": 130.21526637990956,
    "mean_ttft": 2.840227181401133,
    "median_ttft": 1.76025066152215,
    "p99_ttft": 10.01643297959119,
    "median_tpot": 0.11816898050589646,
    "p99_tpot": 0.1282672055492602,
}
"""Figures of one result as InferenceX's process_result.py writes them."""


def a_json(folder: Path, tree: object) -> Path:
    path = folder / "agg_result.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def test_a_result_keeps_its_median_and_its_tail(tmp_path: Path, fleet: Path, names: Path) -> None:
    answer("inferencex", a_json(tmp_path, MEASURED), fleet, "--names", names, *DAY)
    (point,) = new_points(fleet)
    assert point.output_tok_per_s == pytest.approx(130.21526637990956 * 8)
    assert (point.ttft_ms, point.ttft_percentile) == (pytest.approx(10016.43298), 99)
    assert (point.ttft_p50_ms, point.tpot_p50_ms) == (pytest.approx(1760.250662), pytest.approx(118.168981))
    assert (point.concurrency, point.evidence, point.as_of) == (64, Evidence.INDEPENDENT, date(2026, 11, 1))


def test_rows_of_the_interface_hold_their_figures_under_metrics(tmp_path: Path, fleet: Path, names: Path) -> None:
    """They carry a date, other names for the machine, and mean latencies only, which are no percentile."""
    figures = {"output_tput_per_gpu": 1390.7, "mean_ttft": 0.094, "mean_tpot": 0.022}
    row = {"hardware": "mi300x", "model": "model-a", "framework": "vllm", "precision": "fp8", "spec_method": "mtp"}
    row |= {"isl": 1024, "osl": 1024, "conc": 64, "num_decode_gpu": 2, "metrics": figures, "date": "2026-04-17"}
    told = answer("inferencex", a_json(tmp_path, [row]), fleet, "--names", names)
    (point,) = new_points(fleet)
    assert (point.output_tok_per_s, point.accelerators_per_replica) == (2781.4, 2)
    assert (point.as_of, point.ttft_ms) == (date(2026, 4, 17), None)
    assert "mtp" in point.source
    assert told["notes"] == ["1 points state no percentile of a latency: they serve only workloads without that limit"]


@pytest.mark.parametrize(
    ("column", "value"), [("is_multinode", True), ("disagg", "true"), ("tp", 16), ("p99_ttft", 0.5), ("isl", None)]
)
def test_a_result_that_cannot_be_planned_with_is_refused(
    tmp_path: Path, fleet: Path, names: Path, column: str, value: object
) -> None:
    file = a_json(tmp_path, [MEASURED | {column: value}, MEASURED])
    told = answer("inferencex", file, fleet, "--names", names, *DAY)
    assert {(row, place) for row, place, _ in reasons(told)} == {(1, column)}
    assert told["imported"] == 1


def test_a_table_with_other_marks_between_its_cells_is_refused_for_that(tmp_path: Path, fleet: Path) -> None:
    file = a_csv(tmp_path, "model;framework;precision", "a;b;c")
    done = brought_in("inferencex", file, fleet, "--as-of", "2026-11-01", "--json")
    assert [(each["row"], each["code"]) for each in json.loads(done.out)] == [(1, Code.SEPARATOR)]


def test_the_same_table_is_read_from_csv(tmp_path: Path, fleet: Path, names: Path) -> None:
    file = a_csv(tmp_path, ",".join(MEASURED), ",".join(str(value) for value in MEASURED.values()))
    assert answer("inferencex", file, fleet, "--names", names, *DAY)["imported"] == 1


SERVED = ("--model", "model-a", "--accelerator", "gpu-a", "--precision", "fp8", "--accelerators-per-replica", "1")


def test_a_profile_gives_a_point_for_every_size_that_met_its_limits(fleet: Path) -> None:
    """62.477 requests/s of 4 tokens. E2E within 5 s at p99: the first token too, and 5 s / 3 for each further one."""
    told = answer("aibrix", PROFILE, fleet, *SERVED)
    assert (told["read"], told["imported"]) == (40, 34)
    assert told["notes"] == [
        "6 sizes of requests could not be served within the limits of the profile; they are no points"
    ]
    point = next(each for each in new_points(fleet) if (each.input_tokens, each.output_tokens) == (128, 4))
    assert point.output_tok_per_s == pytest.approx(62.4770592037908 * 4)
    assert (point.ttft_ms, point.ttft_percentile) == (5000, 99)
    assert (point.tpot_ms, point.tpot_percentile) == (pytest.approx(5000 / 3), 99)
    assert (point.as_of, point.evidence) == (date(2025, 6, 2), Evidence.MEASURED)


def test_a_simulated_profile_can_be_graded_as_one(fleet: Path) -> None:
    brought_in("aibrix", PROFILE, fleet, *SERVED, "--evidence", "modelled", "--where", "output_tokens=4")
    assert [point.evidence for point in new_points(fleet)] == [Evidence.MODELLED] * 5


def test_limits_that_held_in_the_mean_are_no_percentile(tmp_path: Path, fleet: Path) -> None:
    profile = json.loads(PROFILE.read_text(encoding="utf-8")) | {"slos": {"percentile": 0, "ttft": 1, "tpot": 0.05}}
    told = answer("aibrix", a_json(tmp_path, profile), fleet, *SERVED)
    assert "no percentile" in told["notes"][-1]
    assert all(point.ttft_ms is None for point in new_points(fleet))


@pytest.mark.parametrize(
    "change", [{"tputs": [[1]]}, {"indexes": [[4], "128"]}, {"slos": {"percentile": 99, "ttft": "fast"}}]
)
def test_what_is_no_profile_is_refused_whole(tmp_path: Path, fleet: Path, change: dict[str, object]) -> None:
    profile = json.loads(PROFILE.read_text(encoding="utf-8")) | change
    assert brought_in("aibrix", a_json(tmp_path, profile), fleet, *SERVED).exit == Exit.BAD_INPUT
    assert is_right(fleet)


def test_a_chip_that_the_scenario_does_not_know_is_refused(fleet: Path) -> None:
    done = brought_in("aibrix", PROFILE, fleet, *SERVED, "--accelerator", "gpu-b")
    assert done.exit == Exit.BAD_INPUT
    assert "--accelerator" in done.out
