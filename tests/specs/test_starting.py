"""siliconmix init and check: from nothing to inputs that are ready to plan."""

import json
from pathlib import Path

import pytest

from scenarios.starting import EXAMPLE_NAMES, EXAMPLES
from tests.specs.running import Fleet, contents, siliconmix


def test_init_writes_an_example_that_is_ready_to_plan(tmp_path: Path) -> None:
    run = siliconmix("init", tmp_path / "mine")
    assert run.exit == 0
    assert f"siliconmix plan {tmp_path / 'mine'}" in run.out
    assert siliconmix("check", tmp_path / "mine").exit == 0


@pytest.mark.parametrize("example", EXAMPLE_NAMES)
def test_init_writes_each_example_ready_to_plan(tmp_path: Path, example: str) -> None:
    assert siliconmix("init", tmp_path / "mine", "--example", example).exit == 0
    assert f"scenario: {example}" in (tmp_path / "mine" / "scenario.yaml").read_text(encoding="utf-8")
    assert siliconmix("check", tmp_path / "mine").exit == 0


def test_every_example_can_be_had(tmp_path: Path) -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(EXAMPLE_NAMES)
    assert "small" in siliconmix("init", tmp_path / "mine", "--example", "big").err


def test_init_quotes_a_folder_with_a_blank_in_its_name(tmp_path: Path) -> None:
    run = siliconmix("init", tmp_path / "my fleet")
    assert f'siliconmix check "{tmp_path / "my fleet"}"' in run.out


def test_init_never_overwrites_what_is_there(fleet: Fleet) -> None:
    fleet.change("scenario.yaml", "cap_share: 0.7", "cap_share: 0.6")
    (fleet.folder / "demand.csv").unlink()
    before = contents(fleet.folder)
    run = siliconmix("init", fleet.folder)
    assert run.exit == 8
    assert "scenario.yaml" in run.err
    assert "nothing was written" in run.err
    assert contents(fleet.folder) == before


def test_init_says_why_a_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = siliconmix("init", tmp_path / "file" / "fleet")
    assert (run.exit, run.out) == (8, "")
    assert "cannot be written" in run.err


@pytest.fixture
def faulty(fleet: Fleet) -> Fleet:
    """Three faults in three files."""
    fleet.change("contracts.csv", "north-spot,spot,north-gpu,15,", 'north-spot,spot,north-gpu,"15,00",')
    fleet.change("offerings.csv", "north-1,gpu-x", "north-1,gpu-z")
    fleet.change("scenario.yaml", "cap_share: 0.7", "cap_shre: 0.7")
    return fleet


def test_check_lists_every_finding_with_its_place_and_a_way_out(faulty: Fleet) -> None:
    run = siliconmix("check", faulty.folder)
    assert run.exit == 2
    for place in ("contracts.csv, row 4", "offerings.csv, row 2", "scenario.yaml, line "):
        assert place in run.out
    for found in ("15,00", "gpu-z", "cap_shre"):
        assert found in run.out


def test_check_gives_the_same_findings_as_json(faulty: Fleet) -> None:
    run = siliconmix("check", faulty.folder, "--json")
    findings = json.loads(run.out)
    assert run.exit == 2
    assert {"contracts.csv", "offerings.csv", "scenario.yaml"} <= {finding["file"] for finding in findings}
    assert all(finding["expected"] and finding["code"] for finding in findings)


def test_plan_refuses_the_same_inputs_before_anything_is_written(faulty: Fleet, tmp_path: Path) -> None:
    run = siliconmix("plan", faulty.folder, "--out", tmp_path / "out")
    assert (run.exit, run.out) == (2, "")
    assert "cap_shre" in run.err
    assert contents(tmp_path / "out") == {}


def test_a_folder_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    assert siliconmix("check", tmp_path / "nowhere").exit == 2


def test_check_without_findings_is_json_too(fleet: Fleet) -> None:
    assert json.loads(siliconmix("check", fleet.folder, "--json").out) == []
