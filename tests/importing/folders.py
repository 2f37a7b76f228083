"""Scenario folders for imports, and files to import."""

from pathlib import Path
from typing import Any

from catalog.findings import Code
from scenarios.inputs import Inputs
from tests.specs.running import Run, siliconmix
from tests.tiny_folder import FILES, tiny

POINT = "model,precision,accelerator,accelerators_per_replica,input_tokens,output_tokens,output_tok_per_s"


def a_folder(folder: Path, edits: dict[str, tuple[str, str]] | None = None) -> Path:
    """The tiny scenario in a folder of its own."""
    made = folder / "fleet"
    made.mkdir()
    tiny(made, edits)
    return made


def a_csv(folder: Path, header: str, *rows: str, name: str = "source.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def brought_in(kind: str, file: Path, fleet: Path, *options: object) -> Run:
    return siliconmix("import", kind, file, "--into", fleet, *options)


def reasons(answer: Any) -> list[tuple[int | None, str, Code]]:
    """Row, column and code of what was refused, of an answer as JSON."""
    return [(each.get("row"), each.get("column", ""), Code(each["code"])) for each in answer["refused"]]


def is_right(fleet: Path) -> bool:
    return not Inputs.read(fleet).findings()


def is_untouched(fleet: Path) -> bool:
    return {path.name: path.read_text(encoding="utf-8") for path in fleet.iterdir()} == FILES
