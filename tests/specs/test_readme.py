"""The README says what the program does: its screen, its numbers, its options and its exit codes."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from reports.exits import Exit
from tests.specs.running import Fleet, plan_in, siliconmix

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_screen_in_the_readme_is_the_screen_of_the_example(fleet: Fleet, tmp_path: Path) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", README, flags=re.DOTALL)
    run = siliconmix("plan", fleet.folder, "--out", tmp_path / "out")
    assert settled(run.out.partition("\nWritten")[0]) == settled(shown)


def settled(screen: str) -> str:
    """The screen without what the routing of the night decides, which has more than one answer."""
    return re.sub(r"[\d,]+ checks|\b\d+%|: \d+ x", "#", screen)


def test_every_exit_code_stands_in_the_readme() -> None:
    told = re.findall(r"^\| (\d+) \| (.*) \|$", README, flags=re.MULTILINE)
    assert [(int(code), meaning) for code, meaning in told] == [(code, code.meaning) for code in sorted(Exit)]


def test_every_option_of_every_command_stands_in_the_readme() -> None:
    commands = import_module("reports.cli").main.commands.values()
    options = {name for command in commands for param in command.params for name in param.opts if name[:2] == "--"}
    kept = {name for name in options if not re.search(rf"`({name}|--no-{name[2:]})\b", README)}
    assert kept == set()


WHAT_IFS = [
    pytest.param(None, "| nothing |", id="nothing"),
    pytest.param(("contracts.csv", "south-asic,18,", "south-asic,16,"), "16 USD instead of 18", id="16 USD"),
    pytest.param(("contracts.csv", "south-asic,18,", "south-asic,21,"), "21 USD instead of 18", id="21 USD"),
    pytest.param(("scenario.yaml", "cap_share: 0.7", "cap_share: 0.6"), "60 % of tokens", id="a lower cap"),
    pytest.param(("scenario.yaml", "floor_share: 0.5", "floor_share: 0"), "no fallback", id="no fallback"),
]


@pytest.mark.parametrize(("change", "row"), WHAT_IFS)
def test_the_what_ifs_of_the_readme_cost_what_it_says(
    change: tuple[str, str, str] | None, row: str, fleet: Fleet, tmp_path: Path
) -> None:
    if change is not None:
        fleet.change(*change)
    assert siliconmix("plan", fleet.folder, "--out", tmp_path, "--no-baselines").exit == 0
    plan = plan_in(tmp_path)
    (told,) = (line for line in README.splitlines() if line.startswith("| ") and row in line)
    cost = float(told.split("|")[3].replace(",", ""))
    assert float(plan["totals"]["objective_usd"]) == pytest.approx(cost, abs=0.02)
    assert f"| {plan['orders'][0]['nodes']} nodes |" in told
