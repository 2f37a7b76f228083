"""Findings as they are shown, and the example that `init` writes."""

import json
from pathlib import Path

import pytest

from catalog.findings import Code, Finding, Location
from reports.console_findings import MOST_SHOWN, render_findings
from scenarios.loading import load_scenario
from scenarios.starting import StartRefused, start_example
from tests.loading_folder import SMALL, Folder


def a_finding(row: int = 7, file: str = "offerings.csv") -> Finding:
    where = Location(file, row, "price_usd_per_node_hour", "gpu-b")
    return Finding(Code.NUMBER, where, '"12.500,00"', "a plain number such as 12500.00", "write 12500.00")


def test_a_finding_says_where_what_and_how_to_mend_it() -> None:
    assert render_findings([a_finding()], as_json=False) == (
        'offerings.csv, row 7, price_usd_per_node_hour of "gpu-b":\n'
        '    IN-302: found "12.500,00"; expected a plain number such as 12500.00.\n'
        "    Mend: write 12500.00.\n"
        "1 finding."
    )


def test_a_yaml_finding_says_the_line_and_the_key_path(tmp_path: Path) -> None:
    folder = Folder(tmp_path).replace("scenario.yaml", "cap_share: 0.7", "cap_share: 70%")
    shown = render_findings(folder.findings(), as_json=False)
    assert shown.startswith("scenario.yaml, line 47, policy.concentration[0].cap_share:\n    IN-303: ")


def test_the_first_fifty_are_shown_and_all_are_counted() -> None:
    findings = [a_finding(row) for row in range(2, 62)] + [a_finding(2, "models.csv")]
    lines = render_findings(findings, as_json=False).splitlines()
    assert len(lines) == 3 * MOST_SHOWN + 1
    assert lines[-1] == (
        "61 findings (models.csv: 1, offerings.csv: 60); the first 50 are shown, --json shows all."
    )


def test_json_holds_all_findings_and_only_the_parts_that_a_place_has() -> None:
    (data,) = json.loads(render_findings([a_finding()], as_json=True))
    assert data == {
        "code": "IN-302",
        "meaning": "not a plain number",
        "warning": False,
        "file": "offerings.csv",
        "row": 7,
        "column": "price_usd_per_node_hour",
        "subject": "gpu-b",
        "found": '"12.500,00"',
        "expected": "a plain number such as 12500.00",
        "hint": "write 12500.00",
    }


def test_nothing_found_is_said() -> None:
    assert render_findings([], as_json=False) == "No findings."
    assert json.loads(render_findings([], as_json=True)) == []


def test_the_example_can_be_planned_as_it_is_written(tmp_path: Path) -> None:
    written = start_example(tmp_path / "new" / "folder")
    assert {path.name for path in written} == {path.name for path in SMALL.iterdir()}
    assert load_scenario(tmp_path / "new" / "folder").warnings == ()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "demand.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(StartRefused, match=r"already holds demand\.csv; nothing was written"):
        start_example(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["demand.csv"]
    assert (tmp_path / "demand.csv").read_text(encoding="utf-8") == "mine"


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    with pytest.raises(StartRefused, match="cannot be written"):
        start_example(tmp_path / "taken")
