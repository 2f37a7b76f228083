"""Commands as a user types them, and scenario folders as a user edits them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from reports.cli import main

PAIR = ("plan.json", "plan.xlsx")


@dataclass(frozen=True)
class Run:
    """How a command ended and what it said."""

    exit: int
    out: str
    err: str


def siliconmix(*words: object) -> Run:
    """Run a command in this process; what it did not foresee is raised here, too."""
    done = CliRunner().invoke(main, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Run(done.exit_code, done.stdout, done.stderr)


@dataclass(frozen=True)
class Fleet:
    """A scenario folder."""

    folder: Path

    def change(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands there once."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (self.folder / file).write_text(text.replace(old, new), encoding="utf-8")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def plan_in(folder: Path) -> Any:
    """The published plan as data."""
    return json.loads((folder / "plan.json").read_text(encoding="utf-8"))
