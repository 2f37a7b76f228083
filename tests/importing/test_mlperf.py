"""Results of MLPerf Inference v5.1 become points, and what they cannot say is not made up."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalog.findings import Code
from catalog.goodput import GoodputPoint
from catalog.records import Evidence
from reports.exits import Exit
from scenarios.inputs import Inputs
from tests.importing.folders import a_csv, brought_in
from tests.importing.mlperf_fleet import EXCERPT, an_mlperf_fleet, lengths_of_llama2, names_of_llama2


def points_of(fleet: Path) -> dict[str, GoodputPoint]:
    return {point.point: point for point in Inputs.read(fleet).load().scenario.catalog.goodput_points}


def imported(tmp_path: Path, fleet: Path, *options: object) -> Any:
    given = ("--names", names_of_llama2(tmp_path), "--lengths", lengths_of_llama2(tmp_path))
    return json.loads(brought_in("mlperf", EXCERPT, fleet, *given, *options, "--json").out)


def test_an_entry_becomes_a_point_with_its_limits_and_its_attribution(tmp_path: Path) -> None:
    fleet = an_mlperf_fleet(tmp_path)
    imported(tmp_path, fleet)
    point = next(point for name, point in points_of(fleet).items() if "5.1-0075" in name and point.tpot_ms == 200)
    assert (point.accelerator, point.accelerators_per_replica, point.output_tok_per_s) == ("H200-141GB", 8, 34029.4)
    assert (point.ttft_ms, point.ttft_percentile, point.tpot_ms, point.tpot_percentile) == (2000, 99, 200, 99)
    assert (point.precision, point.stack, point.engine) == ("fp8", "cuda", "tensorrt-10.11-cuda-12.9")
    assert (point.as_of, point.evidence) == (date(2025, 9, 9), Evidence.INDEPENDENT)
    assert point.source.startswith("MLPerf v5.1 Inference, closed, entry 5.1-0075 (Nebius, Nebius H200")
    assert "not endorsed by MLCommons" in point.licence


def test_offline_results_state_no_latency(tmp_path: Path) -> None:
    fleet = an_mlperf_fleet(tmp_path)
    imported(tmp_path, fleet, "--where", "Scenario=Offline")
    assert all(
        point.ttft_ms is None and point.tpot_ms is None for name, point in points_of(fleet).items() if "mlperf" in name
    )


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """34 rows: three of another model and two of two nodes are refused, 29 are points."""
    answer = imported(tmp_path, an_mlperf_fleet(tmp_path))
    assert (answer["read"], answer["imported"], len({each["row"] for each in answer["refused"]})) == (34, 29, 5)
    assert {each["column"] for each in answer["refused"]} == {"Model", "Nodes"}


def test_without_the_lengths_of_the_data_set_a_row_is_refused_with_what_is_known(tmp_path: Path) -> None:
    names = names_of_llama2(tmp_path)
    done = brought_in("mlperf", EXCERPT, an_mlperf_fleet(tmp_path), "--names", names, "--json")
    assert done.exit == Exit.BAD_INPUT
    hints = {each["hint"] for each in json.loads(done.out)["refused"] if each["found"] == '"llama2-70b-99"'}
    (hint,) = hints
    assert hint.endswith("of llama2-70b in a table for --lengths; its rules state 294.45 output tokens")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("Category", "open", Code.CHOICE),
        ("Suite", "edge", Code.CHOICE),
        ("Performance_Units", "Samples/s", Code.CHOICE),
        ("ID", "4.0-0001", Code.CHOICE),
        ("Scenario", "SingleStream", Code.CHOICE),
        ("Accelerator", "NVIDIA H200-NVL-141GB", Code.REFERENCE),
        ("weight_data_types", "UNSET", Code.REFERENCE),
        ("Performance_Result", -1, Code.RANGE),
        ("a#", "", Code.BLANK),
    ],
)
def test_a_result_that_says_something_else_is_refused(tmp_path: Path, column: str, value: object, code: Code) -> None:
    rows = json.loads(EXCERPT.read_text(encoding="utf-8"))
    rows[4][column] = value
    file = tmp_path / "summary_results.json"
    file.write_text(json.dumps(rows[4:6]))
    given = ("--names", names_of_llama2(tmp_path), "--lengths", lengths_of_llama2(tmp_path))
    refused = json.loads(brought_in("mlperf", file, an_mlperf_fleet(tmp_path), *given, "--json").out)["refused"]
    assert (1, column, code.value) in {(each["row"], each["column"], each["code"]) for each in refused}


def test_what_is_no_results_file_is_said_to_be_none(tmp_path: Path) -> None:
    for text, code in (("not json", "IN-401"), ('{"a": 1, "a": 2}', "IN-404"), ("[]", "IN-202")):
        file = tmp_path / "summary_results.json"
        file.write_text(text)
        fleet = tmp_path / code
        fleet.mkdir()
        done = brought_in("mlperf", file, an_mlperf_fleet(fleet))
        assert done.exit == Exit.BAD_INPUT
        assert code in done.out


def test_a_table_of_lengths_is_read_strictly(tmp_path: Path) -> None:
    lengths = a_csv(tmp_path, "model,input_tokens,output_tokens", "llama2-70b,1024,294.45", name="lengths.csv")
    done = brought_in("mlperf", EXCERPT, an_mlperf_fleet(tmp_path), "--lengths", lengths)
    assert done.exit == Exit.BAD_INPUT
    assert "source" in done.out
