"""docs/tutorial.md as something that runs: its commands in a shell, its changes made to files, its output compared.

    python -m tests.specs.tutorial docs/tutorial.md     runs it in a temporary folder and writes its output anew

In a `console` block a line that starts with `$ ` is typed, and what stands beneath it is shown. A `diff` block changes
a line of the file that it names. Nothing else runs.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?P<kind>console|diff)\n(?P<body>.*?)^```$", flags=re.DOTALL | re.MULTILINE)
_PROGRESS = re.compile(r"^ *\d+\.\d s  (\w+).*$", flags=re.MULTILINE)
_OF_THE_DAY = re.compile(r"\d+\.\d s\b|[\d,]+ checks of \d+ rules|\b\d+%|: \d+ x")
"""Times, the number of checks, and what the routing of the night decides, which has more than one answer."""


@dataclass(frozen=True)
class Typed:
    """A command, and what the tutorial shows beneath it."""

    command: str
    shown: str


@dataclass(frozen=True)
class Change:
    """A line of a file that is to become another one."""

    file: str
    old: str
    new: str


@dataclass
class Shell:
    """A folder, with the commands of this checkout, and the exit code of the last one."""

    folder: Path
    last_exit: int = 0
    _bin: Path = field(init=False)

    def __post_init__(self) -> None:
        self._bin = self.folder / ".bin"
        self._bin.mkdir()
        for name, words in (("siliconmix", "-m reports.cli"), ("python", "")):
            (self._bin / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n')
            (self._bin / name).chmod(0o755)

    def type(self, command: str) -> str:
        """Run a command; what it says on stdout and stderr, as a terminal would show it."""
        path = f"{self._bin}{os.pathsep}{os.environ['PATH']}"
        surroundings = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.last_exit}); {command}"],
            cwd=self.folder,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.last_exit = done.returncode
        return done.stdout

    def change(self, change: Change) -> None:
        """Change a line that stands in a file once."""
        path = self.folder / change.file
        text = path.read_text(encoding="utf-8")
        assert text.count(f"{change.old}\n") == 1, f"{change.old!r} is not one line of {change.file}"
        path.write_text(text.replace(f"{change.old}\n", f"{change.new}\n"), encoding="utf-8")


def steps_of(text: str) -> Iterator[Typed | Change]:
    """The steps of a tutorial, in their order."""
    for block in _BLOCK.finditer(text):
        if block["kind"] == "diff":
            yield _change(block["body"])
        else:
            yield from _typed(block["body"])


def _change(body: str) -> Change:
    header, old, new = body.splitlines()
    assert (header[:4], old[:1], new[:1]) == ("--- ", "-", "+"), f"not a change of one line: {body}"
    return Change(header[4:], old[1:], new[1:])


def _typed(body: str) -> Iterator[Typed]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield Typed(command, shown)


def settled(text: str) -> list[str]:
    """The lines without what differs from run to run; lines of progress once for each phase."""
    lines = _OF_THE_DAY.sub("#", _PROGRESS.sub(r"# s  \1 ...", text)).rstrip().splitlines()
    return [line for place, line in enumerate(lines) if not place or line != lines[place - 1]]


def run_anew(text: str, folder: Path) -> str:
    """The tutorial with the output of its commands as it is now; output that still holds stays as it is written."""
    shell = Shell(folder)

    def renewed(block: re.Match[str]) -> str:
        if block["kind"] == "diff":
            shell.change(_change(block["body"]))
            return block[0]
        said = ((typed, shell.type(typed.command)) for typed in _typed(block["body"]))
        parts = [
            f"$ {typed.command}\n{typed.shown if settled(typed.shown) == settled(output) else output}"
            for typed, output in said
        ]
        return f"```console\n{''.join(parts)}```"

    return _BLOCK.sub(renewed, text)


def main() -> None:
    """Run the named tutorial and write its output anew."""
    path = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path.write_text(run_anew(path.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
