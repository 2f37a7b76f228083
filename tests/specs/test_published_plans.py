"""siliconmix report and audit: a published plan is read, recomputed and never believed unseen."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optimizer.solve import Session
from tests.specs.running import Fleet, plan_in, siliconmix


@pytest.fixture(autouse=True)
def _no_solver(first_plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the plan is there, no test of this module may ask a solver process."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a solver process was asked")

    monkeypatch.setattr(Session, "_running", refuse)


def test_report_writes_the_same_workbook_without_solving(first_plan: Path, tmp_path: Path) -> None:
    run = siliconmix("report", first_plan / "plan.json", "--out", tmp_path / "again.xlsx")
    assert run.exit == 0
    assert "south-reserved-3m" in run.out
    assert (tmp_path / "again.xlsx").read_bytes() == (first_plan / "plan.xlsx").read_bytes()


def test_report_says_that_its_place_cannot_be_written(first_plan: Path, tmp_path: Path) -> None:
    run = siliconmix("report", first_plan / "plan.json", "--out", tmp_path / "no" / "where.xlsx")
    assert (run.exit, run.out) == (8, "")
    assert "cannot be written" in run.err


def test_audit_passes_a_published_plan_and_says_what_it_checked(first_plan: Path) -> None:
    run = siliconmix("audit", first_plan / "plan.json")
    assert run.exit == 0
    assert run.out.startswith("Audit: PASS\nChecked: ")
    assert "Nothing to check for: " in run.out


def test_audit_speaks_json(first_plan: Path) -> None:
    verdict = json.loads(siliconmix("audit", first_plan / "plan.json", "--json").out)
    assert (verdict["verdict"], verdict["findings"]) == ("PASS", [])


def one_node_more(plan: Any) -> None:
    plan["orders"][0]["nodes"] += 1


def a_dollar_less(plan: Any) -> None:
    line = plan["cost_lines"][0]
    line["amount_usd"] = str(float(line["amount_usd"]) - 1)


def nothing_served(plan: Any) -> None:
    plan["placements"][0]["accepted_tok_per_s"] = 0.0


def another_price(plan: Any) -> None:
    plan["scenario"]["contracts"][0]["price_usd_per_node_hour"] = "1"


def no_gap(plan: Any) -> None:
    plan["bound_usd"] = 2 * plan["bound_usd"]


TAMPERED = [
    pytest.param(one_node_more, "bill.quantity", id="one node more"),
    pytest.param(a_dollar_less, "bill.amount", id="a dollar less"),
    pytest.param(nothing_served, "demand.met", id="nothing served"),
    pytest.param(another_price, "identity.fingerprint", id="another price"),
    pytest.param(no_gap, "proof.bound", id="a bound above the plan"),
]


@pytest.mark.parametrize(("tamper", "rule"), TAMPERED)
def test_a_tampered_plan_fails_its_audit_by_name_and_gets_no_workbook(
    tamper: Callable[[Any], None], rule: str, first_plan: Path, tmp_path: Path
) -> None:
    plan = plan_in(first_plan)
    tamper(plan)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    run = siliconmix("audit", tmp_path / "plan.json")
    assert run.exit == 6
    assert run.out.startswith("Audit: FAIL\n")
    assert f"  {rule}: " in run.out
    refused = siliconmix("report", tmp_path / "plan.json", "--out", tmp_path / "plan.xlsx")
    assert (refused.exit, refused.out) == (6, "")
    assert not (tmp_path / "plan.xlsx").exists()


@pytest.mark.parametrize("command", ["audit", "report"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(lambda text: text[: len(text) // 2], "Invalid JSON", id="cut short"),
        pytest.param(lambda text: text.replace("mix-plan-1", "mix-plan-9", 1), "format", id="other format"),
        pytest.param(lambda text: "", "Invalid JSON", id="empty"),
        pytest.param(lambda text: "[]", "not a plan of this version", id="no plan"),
    ],
)
def test_a_file_that_is_no_plan_is_bad_input(
    command: str, content: Callable[[str], str], said: str, first_plan: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "plan.json"
    broken.write_text(content((first_plan / "plan.json").read_text(encoding="utf-8")), encoding="utf-8")
    run = siliconmix(command, broken)
    assert (run.exit, run.out) == (2, "")
    assert said in run.err
    assert "siliconmix plan" in run.err


def test_a_plan_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    run = siliconmix("audit", tmp_path / "plan.json")
    assert run.exit == 2
    assert "No such file" in run.err


def test_audit_against_the_files_of_the_plan_passes(first_plan: Path, fleet: Fleet) -> None:
    assert siliconmix("audit", first_plan / "plan.json", "--scenario", fleet.folder).exit == 0


def test_audit_names_the_file_that_has_changed_since_and_no_other(first_plan: Path, fleet: Fleet) -> None:
    fleet.change("contracts.csv", "south-asic,18,", "south-asic,17,")
    run = siliconmix("audit", first_plan / "plan.json", "--scenario", fleet.folder)
    assert run.exit == 6
    assert "contracts.csv: " in run.out
    assert "identity.fingerprint" in run.out
    assert "offerings.csv" not in run.out


def test_audit_names_a_file_whose_remarks_alone_have_changed(first_plan: Path, fleet: Fleet) -> None:
    fleet.change("scenario.yaml", "# Solve to the end", "# Solve it to the end")
    run = siliconmix("audit", first_plan / "plan.json", "--scenario", fleet.folder)
    assert run.exit == 6
    assert "scenario.yaml: " in run.out
    assert "identity.fingerprint: The" not in run.out
