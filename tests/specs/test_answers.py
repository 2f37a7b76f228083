"""`--json`: one document on stdout for programs, whether there is a plan or not."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import optimizer.finding
from catalog.findings import Location
from optimizer.faults import NoPlan, SolverFault
from optimizer.plan_file import read_plan
from reports.answers import Failure, InputFinding, PlanAnswer
from reports.exits import Exit
from tests.specs.running import Fleet, Run, plan_in, siliconmix
from tests.specs.test_planning import a_failed_audit, fails_with, stopped_early

Asked = Callable[..., Run]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def asked(fleet: Fleet, out: Path) -> Asked:
    """Plans the fleet with --json and without baselines."""
    return lambda *words: siliconmix("plan", fleet.folder, "--out", out, "--json", "--no-baselines", *words)


def test_the_answer_is_the_published_plan_in_short(fleet: Fleet, out: Path) -> None:
    run = siliconmix("plan", fleet.folder, "--out", out, "--json")
    answer = PlanAnswer.model_validate_json(run.out)
    plan = read_plan(out / "plan.json")
    assert run.exit == answer.exit.code == 0
    assert (answer.incumbent_usd, answer.bound_usd, answer.gap_share) == (plan.incumbent_usd, plan.bound_usd, plan.gap)
    assert (answer.totals, answer.binding, answer.notes) == (plan.totals, plan.binding, plan.notes)
    assert tuple(saving.against for saving in answer.savings) == plan.baselines
    assert answer.files == (str(out / "plan.json"), str(out / "plan.xlsx"))
    assert answer.audit is not None
    assert answer.audit.verdict == "PASS"
    assert {"solve", "baselines", "write"} <= {row.phase for row in answer.seconds}


def test_every_order_says_by_when_what_and_for_how_much(asked: Asked) -> None:
    """Four nodes at 18 USD for the 2,160 hours of three months."""
    (order,) = PlanAnswer.model_validate_json(asked().out).orders
    assert (str(order.sign_by), order.provider, order.accelerator) == ("2026-12-18", "south-cloud", "asic-y")
    assert (order.nodes, order.price_usd_per_node_hour) == (4, 18)
    assert order.commitment_usd == Decimal(4 * 18 * 2160)
    assert order.fictitious


def test_stdout_is_one_document_and_progress_is_on_stderr(asked: Asked) -> None:
    run = asked()
    json.loads(run.out)
    assert "solve ..." in run.err
    assert "Sign next" not in run.out + run.err


def test_money_keeps_its_cents(asked: Asked) -> None:
    assert json.loads(asked().out)["totals"]["objective_usd"] == "405472.50"


def test_short_of_the_gap_the_answer_says_why_the_search_stopped(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimizer.finding, "solve_in", stopped_early)
    run = asked()
    answer = PlanAnswer.model_validate_json(run.out)
    assert run.exit == answer.exit.code == Exit.SHORT_OF_GAP
    assert (answer.status, answer.stop_reason) == ("feasible", "time_limit")
    assert answer.gap_usd == pytest.approx(40547.25)


SOLVING = "finding.solve_in"
FAILURES = [
    pytest.param(SOLVING, fails_with(NoPlan(interrupted=False)), Exit.NO_PLAN, "no_plan", id="no plan in time"),
    pytest.param("plan_making.audit_plan", a_failed_audit, Exit.AUDIT_FAILED, "audit_failed", id="audit failed"),
    pytest.param(SOLVING, fails_with(SolverFault("gone")), Exit.SOLVER_FAULT, "solver_fault", id="solver crashed"),
    pytest.param(SOLVING, fails_with(NoPlan(interrupted=True)), Exit.INTERRUPTED, "interrupted", id="interrupted"),
]


@pytest.mark.parametrize(("part", "failing", "code", "kind"), FAILURES)
def test_a_run_without_a_plan_is_a_document_too(
    part: str, failing: Callable[..., Any], code: Exit, kind: str, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"optimizer.{part}", failing)
    run = asked()
    failure = Failure.model_validate_json(run.out)
    assert run.exit == failure.exit.code == code
    assert (failure.kind, failure.exit.meaning) == (kind, code.meaning)
    assert failure.message in run.err
    assert bool(failure.audit_findings) == (kind == "audit_failed")


def test_rejected_inputs_are_listed_with_their_places(fleet: Fleet, asked: Asked) -> None:
    fleet.change("offerings.csv", "north-1,gpu-x", "north-1,gpu-z")
    failure = Failure.model_validate_json(asked().out)
    assert (failure.kind, failure.exit.code) == ("inputs_rejected", 2)
    assert [(found.file, found.row, found.column) for found in failure.findings] == [
        ("offerings.csv", 2, "accelerator")
    ]


def test_rules_that_collide_are_listed_as_reasons(fleet: Fleet, asked: Asked) -> None:
    fleet.change("scenario.yaml", "cap_share: 0.7", "cap_share: 0.4")
    failure = Failure.model_validate_json(asked().out)
    assert (failure.kind, failure.exit.code) == ("impossible", 3)
    assert any("no-provider-above-70" in reason for reason in failure.reasons)


def test_a_folder_that_cannot_be_written_is_a_document_too(fleet: Fleet, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = siliconmix("plan", fleet.folder, "--out", tmp_path / "file" / "out", "--json")
    assert Failure.model_validate_json(run.out).kind == "not_writable"


def test_report_answers_in_the_same_form(first_plan: Path, tmp_path: Path) -> None:
    run = siliconmix("report", first_plan / "plan.json", "--out", tmp_path / "again.xlsx", "--json")
    answer = PlanAnswer.model_validate_json(run.out)
    assert (answer.command, answer.files) == ("report", (str(tmp_path / "again.xlsx"),))
    assert str(answer.totals.objective_usd) == plan_in(first_plan)["totals"]["objective_usd"]


@pytest.mark.parametrize("command", ["report", "audit"])
def test_a_file_that_is_no_plan_is_refused_as_a_document(command: str, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("{}")
    run = siliconmix(command, tmp_path / "plan.json", "--json")
    failure = Failure.model_validate_json(run.out)
    assert run.exit == failure.exit.code == Exit.BAD_INPUT
    assert (failure.command, failure.kind) == (command, "plan_rejected")


def test_a_finding_keeps_every_part_of_its_place() -> None:
    assert set(Location.__dataclass_fields__) <= set(InputFinding.model_fields)


def test_every_exit_code_of_a_failure_says_what_it_means() -> None:
    assert [code.name for code in Exit if not code.meaning] == []
