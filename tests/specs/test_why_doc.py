"""docs/why.md shows what the program says of the small example."""

import re
from pathlib import Path

from tests.specs.running import Fleet, siliconmix

ROOT = Path(__file__).parents[2]
SCREEN, NEGOTIATED = re.findall(
    r"```text\n(.*?)```", (ROOT / "docs" / "why.md").read_text(encoding="utf-8"), flags=re.DOTALL
)


def test_the_screen_in_the_document_is_that_of_the_readme() -> None:
    """Which is held against the program."""
    assert SCREEN in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_that_is_named_proves_the_estimate(fleet: Fleet, tmp_path: Path) -> None:
    command, _, said = NEGOTIATED.partition("\n")
    words = [fleet.folder if word == "fleet" else word for word in command.removeprefix("$ siliconmix ").split()]
    run = siliconmix(*words, "--out", tmp_path / "negotiation")
    assert run.exit == 0
    assert run.out.startswith(said)
