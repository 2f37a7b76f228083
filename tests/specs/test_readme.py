"""The README says what the program does: its screen, its numbers, its options and its exit codes."""

import re
import shlex
from importlib import import_module
from pathlib import Path

from reports.exits import Exit
from tests.specs.running import Fleet, siliconmix

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


SCREENS = re.findall(r"```text\n(.*?)```", README, flags=re.DOTALL)
PLANNED, WHAT_IF = SCREENS


def test_the_screen_in_the_readme_is_the_screen_of_the_example(fleet: Fleet, tmp_path: Path) -> None:
    run = siliconmix("plan", fleet.folder, "--out", tmp_path / "out")
    assert settled(run.out.partition("\nWritten")[0]) == settled(PLANNED)


def test_the_what_if_of_the_readme_says_what_the_program_says(fleet: Fleet, tmp_path: Path) -> None:
    (command,) = re.findall(r"^siliconmix whatif fleet (.*)$", README, flags=re.MULTILINE)
    run = siliconmix("whatif", fleet.folder, *shlex.split(command), "--out", tmp_path / "whatif")
    assert run.out.partition("\nWritten")[0] == WHAT_IF


def settled(screen: str) -> str:
    """The screen without what the routing of the night decides, which has more than one answer."""
    return re.sub(r"[\d,]+ checks|\b\d+%|: \d+ x|  \d+\.\d{4}", "#", screen)


def test_every_exit_code_stands_in_the_readme() -> None:
    told = re.findall(r"^\| (\d+) \| (.*) \|$", README, flags=re.MULTILINE)
    assert [(int(code), meaning) for code, meaning in told] == [(code, code.meaning) for code in sorted(Exit)]


def test_every_option_of_every_command_stands_in_the_readme() -> None:
    commands = import_module("reports.cli").main.commands.values()
    options = {name for command in commands for param in command.params for name in param.opts if name[:2] == "--"}
    kept = {name for name in options if not re.search(rf"`({name}|--no-{name[2:]})\b", README)}
    assert kept == set()
