"""siliconmix plan: what is published, what is said, and how each exit code comes about."""

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import optimizer.finding
from optimizer.faults import NoPlan, SolverFault
from optimizer.plan import AuditFinding, AuditVerdict
from optimizer.solve import Solved, solve_in
from optimizer.solve_protocol import SolveStatus
from tests.specs.running import PAIR, Fleet, Run, contents, plan_in, siliconmix

PlanOf = Callable[[Fleet], Run]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where `plan_of` writes."""
    return tmp_path / "out"


def test_plan_publishes_a_plan_and_its_workbook(fleet: Fleet, out: Path, plan_of: PlanOf) -> None:
    run = plan_of(fleet)
    assert run.exit == 0
    assert set(contents(out)) == set(PAIR)
    assert f"Written: {out / 'plan.json'} and {out / 'plan.xlsx'}" in run.out
    assert plan_in(out)["audit"]["verdict"] == "PASS"
    assert {(out / name).stat().st_mode & 0o777 for name in PAIR} == {0o644}


def test_the_screen_says_what_it_costs_what_to_sign_and_what_is_proven(fleet: Fleet, tmp_path: Path) -> None:
    run = siliconmix("plan", fleet.folder, "--out", tmp_path / "out")
    for said in (
        "405,270 USD, 6.5148 USD per million accepted output tokens",
        "1 order (155,520 USD) by 2026-12-18",
        "2026-12-18  south-reserved-3m      4  2027-01  2027-04     18.0000         155,520",
        "any other plan saves at most 0 USD (0.00%)",
        "the asked gap was reached",
        "Audit             PASS",
        "all on demand",
        "spot depth of north-spot used up: 3 x",
    ):
        assert said in run.out
    assert max(len(line) for line in run.out.splitlines() if not line.startswith("Written")) <= 100


def test_progress_goes_to_stderr_and_results_to_stdout(fleet: Fleet, plan_of: PlanOf) -> None:
    run = plan_of(fleet)
    assert "solve ..." in run.err
    assert "solve ..." not in run.out
    assert "405,270 USD" not in run.err


def test_the_same_inputs_give_the_same_files(fleet: Fleet, first_plan: Path, out: Path, plan_of: PlanOf) -> None:
    assert plan_of(fleet).exit == 0
    assert contents(out) == contents(first_plan)


def test_a_plan_opens_no_socket(fleet: Fleet, plan_of: PlanOf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    assert plan_of(fleet).exit == 0


def test_settings_of_the_command_line_replace_those_of_the_scenario(fleet: Fleet, tmp_path: Path) -> None:
    words = ("--gap", "0.03", "--time-limit", "11", "--seed", "5", "--no-baselines")
    assert siliconmix("plan", fleet.folder, "--out", tmp_path, *words).exit == 0
    found = plan_in(tmp_path)
    options = dict(found["solver"]["options"])
    assert (found["asked_gap_share"], found["asked_gap_usd"], found["solver"]["seed"]) == (0.03, 0.0, 5)
    assert (options["mip_rel_gap"], options["time_limit"]) == ("0.03", "11.0")


def test_rules_that_collide_end_with_exit_3_and_are_named(fleet: Fleet, out: Path, plan_of: PlanOf) -> None:
    fleet.change(
        "scenario.yaml",
        "  contingencies:\n",
        "    - {rule: south-below-20, measure: tokens, by: provider, group: south-cloud, cap_share: 0.2}\n\n"
        "  contingencies:\n",
    )
    run = plan_of(fleet)
    assert (run.exit, run.out) == (3, "")
    assert "cap no-provider-above-70" in run.err
    assert "cap south-below-20" in run.err
    assert "north-cloud-down" not in run.err
    assert contents(out) == {}


def test_too_much_demand_ends_with_exit_3_and_the_way_to_mend_it(fleet: Fleet, plan_of: PlanOf) -> None:
    for offering in ("north-1,gpu-x,4,40,20,10", "south-1,asic-y,4,30,20,5"):
        fleet.change("offerings.csv", offering, f"{offering.rpartition(',')[0].rpartition(',')[0]},2,1")
    run = plan_of(fleet)
    assert run.exit == 3
    assert "class" in run.err
    assert "Mend: more stock or quota" in run.err


def stopped_early(*asked: Any) -> Solved:
    """The true answer of the solver, told as one that the clock stopped 10 % above its bound."""
    solved = solve_in(*asked)
    return replace(solved, bound=0.9 * solved.objective, status=SolveStatus.TIME_LIMIT)


def test_a_plan_short_of_the_asked_gap_is_published_with_exit_4(
    fleet: Fleet, out: Path, plan_of: PlanOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(optimizer.finding, "solve_in", stopped_early)
    run = plan_of(fleet)
    said = " ".join(run.out.split())
    assert run.exit == 4
    assert "any other plan saves at most 40,547 USD (10.00%), as far as HiGHS can prove" in said
    assert "the time limit was reached; SHORT of the asked 0.00% or 0 USD" in said
    assert plan_in(out)["status"] == "feasible"


def a_failed_audit(*_: Any) -> AuditVerdict:
    finding = AuditFinding(
        rule="bill.amount", place="L00001", left="1.00", operator="=", right="2.00", excess="-1.00", unit="usd"
    )
    return AuditVerdict(verdict="FAIL", findings=(finding,))


def fails_with(fault: Exception) -> Callable[..., Any]:
    def fail(*_: Any) -> Any:
        raise fault

    return fail


FAILURES = [
    pytest.param("finding.solve_in", fails_with(NoPlan(interrupted=False)), 5, "--time-limit", id="no plan in time"),
    pytest.param("plan_making.audit_plan", a_failed_audit, 6, "bill.amount", id="audit failed"),
    pytest.param("finding.solve_in", fails_with(SolverFault("killed by SIGSEGV")), 7, "SIGSEGV", id="solver crashed"),
    pytest.param("finding.solve_in", fails_with(NoPlan(interrupted=True)), 130, "Interrupted", id="interrupted"),
    pytest.param("finding.solve_in", fails_with(KeyboardInterrupt()), 130, "Interrupted", id="ctrl-c elsewhere"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("part", "failing", "code", "said"), FAILURES)
def test_a_run_without_a_plan_says_why_and_publishes_nothing(
    part: str,
    failing: Callable[..., Any],
    code: int,
    said: str,
    fleet: Fleet,
    out: Path,
    plan_of: PlanOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"optimizer.{part}", failing)
    run = plan_of(fleet)
    assert (run.exit, run.out) == (code, "")
    assert said in run.err
    assert "othing is published" in run.err
    assert contents(out) == {}


@pytest.mark.parametrize("words", [("--gap", "2"), ("--time-limit", "0"), ("--blocks", "169"), ("--seed", "-1")])
def test_an_option_out_of_range_is_bad_usage(words: tuple[str, str], fleet: Fleet) -> None:
    run = siliconmix("plan", fleet.folder, *words)
    assert run.exit == 2
    assert words[0] in run.err
