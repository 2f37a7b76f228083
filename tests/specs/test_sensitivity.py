"""siliconmix plan --sensitivity: the plan with what moves its cost most, whole or as far as the time went."""

import json
from pathlib import Path

import pytest

from optimizer.finding import PlanOptions
from optimizer.living.living import Answer, LivingModel
from scenarios.scenario import Scenario
from tests.specs.running import Fleet, Run, plan_in, siliconmix
from tests.tiny_folder import tiny


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def planned(fleet: Fleet, out: Path, *words: object) -> Run:
    return siliconmix("plan", fleet.folder, "--out", out, "--no-baselines", *words)


def test_the_ten_that_move_the_cost_most_are_published_and_audited(fleet: Fleet, out: Path) -> None:
    run = planned(fleet, out, "--sensitivity-time-limit", 3600, "--json")
    assert run.exit == 0
    told = json.loads(run.out)["sensitivity"]
    assert (len(told["inputs"]), told["ended"]) == (10, "finished")
    assert told == plan_in(out)["sensitivity"]
    price = next(row for row in told["inputs"] if row["name"] == "price of south-reserved-3m")
    assert (price["low"]["moved"]["usd"], price["high"]["moved"]["usd"]) == ("-15552.00", "15552.00")
    assert "sensitivity ..." in run.err
    assert siliconmix("audit", out / "plan.json").exit == 0
    again = siliconmix("report", out / "plan.json", "--out", out / "again.xlsx")
    assert "What moves the cost most" in again.out


def test_without_being_asked_nothing_is_moved(first_plan: Path) -> None:
    assert plan_in(first_plan)["sensitivity"] is None


class InterruptedModel(LivingModel):
    """Somebody presses Ctrl-C during the second answer."""

    answers = 0

    def answer(self, scenario: Scenario, options: PlanOptions | None = None) -> Answer:
        self.answers += 1
        if self.answers == 2:
            raise KeyboardInterrupt
        return super().answer(scenario, options)


def test_ctrl_c_publishes_the_plan_with_what_is_there(
    fleet: Fleet, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.commands.LivingModel", InterruptedModel)
    run = planned(fleet, out, "--sensitivity", "--why", 0)
    assert run.exit == 9
    told = plan_in(out)["sensitivity"]
    assert (len(told["inputs"]), told["ended"], told["solves"]) == (1, "stopped_by_user", 2)
    assert "then the user stopped" in run.out


def test_changes_of_the_command_line_hold_at_every_end(tmp_path: Path, out: Path) -> None:
    """At 5 USD instead of 10 a node costs 7,080 USD, and a tenth of its price 708."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    tiny(folder)
    changed = "contracts.od-a.price_usd_per_node_hour=5"
    run = planned(Fleet(folder), out, "--sensitivity", "--sensitivity-time-limit", 3600, "--set", changed, "--json")
    told = json.loads(run.out)["sensitivity"]
    price = next(row for row in told["inputs"] if row["name"] == "on-demand prices of cloud-a")
    assert (price["value"], price["low"]["value"], price["high"]["value"]) == ("5", "4.5", "5.5")
    assert (price["low"]["moved"]["usd"], price["high"]["moved"]["usd"]) == ("-708.00", "708.00")
