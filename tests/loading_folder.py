"""A scenario folder to spoil: the small example, copied, with edits that state only what a test is about."""

import shutil
from pathlib import Path
from typing import Any

from catalog.findings import Code, Finding
from scenarios.changes import Change
from scenarios.inputs import Inputs, parse_add, parse_remove, parse_set, read_variants
from scenarios.loading import InputRejected, LoadedScenario, load_scenario
from scenarios.starting import EXAMPLES

SMALL = EXAMPLES / "small"


def parse_change(text: str) -> Change:
    """A change as `Change` writes itself."""
    verb, _, rest = text.partition(" ")
    return {"remove": parse_remove, "add": parse_add}[verb](rest) if verb in ("remove", "add") else parse_set(text)


class Folder:
    """The small example in a folder of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path / "scenario"
        self.changes: list[str] = []
        shutil.copytree(SMALL, self.path, ignore=shutil.ignore_patterns("variants.yaml"))

    def replace(self, file: str, old: str, new: str) -> "Folder":
        """Replace the first occurrence of a text that must be there."""
        text = (self.path / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        return self.write(file, text.replace(old, new, 1))

    def write(self, file: str, content: str | bytes) -> "Folder":
        """Write a file as it is given."""
        data = content.encode("utf-8") if isinstance(content, str) else content
        (self.path / file).write_bytes(data)
        return self

    def add(self, file: str, *rows: str) -> "Folder":
        """Append rows."""
        with (self.path / file).open("a", encoding="utf-8") as table:
            table.write("".join(f"{row}\n" for row in rows))
        return self

    def keep(self, file: str, rows: int) -> "Folder":
        """Keep the header and so many rows."""
        lines = (self.path / file).read_text(encoding="utf-8").splitlines(keepends=True)
        return self.write(file, "".join(lines[: rows + 1]))

    def delete(self, file: str) -> "Folder":
        """Delete a file."""
        (self.path / file).unlink()
        return self

    def change(self, *changes: str) -> "Folder":
        """Load it with changes: PATH=VALUE, remove PATH or add PATH like KEY."""
        self.changes += changes
        return self

    def load(self, **options: Any) -> LoadedScenario:
        """Load it; it must be accepted."""
        return load_scenario(self.path, **options)

    def findings(self) -> tuple[Finding, ...]:
        """What is found; warnings where it is accepted."""
        try:
            changes = [parse_change(change) for change in self.changes]
            for variants in self.path.glob("variants.yaml"):
                changes += [change for variant in read_variants(variants) for change in variant.changes]
            return Inputs.read(self.path).load(changes).warnings
        except InputRejected as rejected:
            return rejected.findings

    def codes(self) -> list[Code]:
        """Codes of what is found, in order."""
        return [finding.code for finding in self.findings()]

    def only(self) -> Finding:
        """The one thing that is found."""
        (finding,) = self.findings()
        return finding
