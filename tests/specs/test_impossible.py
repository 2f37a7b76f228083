"""A fleet without a plan, as a user meets it: told alike by plan and explain, mended by what is proposed."""

import json
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest

from optimizer.diagnosing.explaining import OVER
from optimizer.solve import Session
from optimizer.solve_protocol import SolveReply, SolveStatus
from reports.answers import Failure
from reports.explaining.possible import PossibleAnswer
from tests.specs.running import Fleet, Run, siliconmix

DOCUMENT = Path(__file__).parents[2] / "docs" / "impossible.md"
HARDER = (
    "policy.contingencies[0].floor_share=0.9",
    "policy.emergency_share=0.2",
    "offerings.south-asic.stock_nodes=8",
    "offerings.south-asic.quota_nodes=20",
)


def asked(command: str, fleet: Fleet, *more: object, changes: tuple[str, ...] = HARDER) -> Run:
    return siliconmix(command, fleet.folder, *(word for each in changes for word in ("--set", each)), *more)


def failure_in(run: Run) -> Failure:
    assert run.exit == 3
    return Failure.model_validate_json(run.out)


def test_plan_and_explain_tell_the_same_and_write_nothing(fleet: Fleet, tmp_path: Path) -> None:
    out = tmp_path / "out"
    planned = failure_in(asked("plan", fleet, "--out", out, "--json"))
    explained = failure_in(asked("explain", fleet, "--json"))
    assert planned.why == explained.why
    assert (planned.message, planned.reasons) == (explained.message, explained.reasons)
    assert list(out.iterdir()) == []
    assert planned.why is not None
    assert [rule.input.place for rule in planned.why.conflict] == ["scenario.yaml:52", "scenario.yaml:39"]
    settings = [setting for change in (*planned.why.changes, *planned.why.supply) for setting in change.settings]
    assert len(settings) == 4
    for setting in settings:
        mended = asked("explain", fleet, "--json", changes=(*HARDER, setting))
        assert mended.exit == 0, setting
        answer = PossibleAnswer.model_validate_json(mended.out)
        assert len(answer.rules) == 5
    shown = planned.message.splitlines()
    text = DOCUMENT.read_text(encoding="utf-8")
    assert "\n".join(shown) in text, "docs/impossible.md shows another text"


def test_nothing_in_an_explanation_looks_like_a_plan(fleet: Fleet) -> None:
    found = json.loads(asked("explain", fleet, "--json", "--explain-time-limit", 0).out)

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for each in value.values() for key in keys(each)}
        return {key for each in value for key in keys(each)} if isinstance(value, list) else set()

    assert not {"totals", "orders", "incumbent_usd", "bound_usd", "cost_lines", "values"} & keys(found)
    assert found["why"]["notes"] == [OVER]


def test_a_fleet_with_a_plan_is_told_so_without_planning(fleet: Fleet) -> None:
    run = asked("explain", fleet, changes=())
    assert run.exit == 0
    assert "small: a plan can exist that keeps all 5 rules:" in run.out
    assert "USD" not in run.out


def test_what_inputs_alone_show_has_file_line_and_a_way_out(fleet: Fleet) -> None:
    fleet.change("scenario.yaml", "cap_share: 0.7", "cap_share: 0.4")
    run = asked("explain", fleet, changes=())
    assert run.exit == 3
    assert "scenario.yaml:47, policy.concentration[0].cap_share" in run.err
    assert "Mend: a cap of at least 50.0%" in run.err


def test_a_solver_that_contradicts_itself_leaves_the_model_in_the_output_folder(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contradicting(self: Session, arrays: Any, options: Any, listen: Any = None) -> SolveReply:
        status = SolveStatus.INFEASIBLE if options.presolve else SolveStatus.OPTIMAL
        return SolveReply(status, np.zeros(len(arrays.cost)), 0.0, 0.0, 0.0, status.value)

    monkeypatch.setattr(Session, "solve", contradicting)
    run = asked("plan", fleet, "--out", tmp_path / "out", "--json", changes=())
    assert run.exit == 7
    failure = Failure.model_validate_json(run.out)
    assert "the two disagree" in failure.message
    (kept,) = (tmp_path / "out").iterdir()
    assert failure.model_file == str(kept)
    assert "north" not in kept.read_text(encoding="utf-8")
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(kept)) is not highspy.HighsStatus.kError
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    plan = siliconmix("explain", fleet.folder)
    assert plan.exit == 7
    Path(next(word for word in plan.err.split() if word.startswith("disagreement-")).rstrip(".")).unlink()


def test_ctrl_c_tells_what_is_known_and_leaves_nothing(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("optimizer.diagnosing.tries.solve_in", stopped)
    failure = failure_in(asked("plan", fleet, "--out", tmp_path / "out", "--json"))
    assert failure.why is not None
    assert failure.why.notes == ("the explanation was interrupted",)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_rule_that_may_hold_in_some_months_is_changed_by_its_name(fleet: Fleet) -> None:
    found = asked("check", fleet, changes=("policy.concentration[no-provider-above-70].cap_share=0.8",))
    assert found.exit == 0
    assert "policy.concentration[0].cap_share: 0.7 -> 0.8" in found.out


def test_a_what_if_names_the_rules_without_looking_for_changes(fleet: Fleet, tmp_path: Path) -> None:
    run = asked("whatif", fleet, "--no-bridge", "--out", tmp_path / "out", "--json")
    reasons = next(one["reasons"] for one in json.loads(run.out)["comparison"]["variants"] if one["reasons"])
    assert "contingency north-cloud-down" in reasons[0]
    assert "emergency_share" in reasons[0]
