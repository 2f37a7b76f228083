"""What a name of a source is called in a scenario: as the user says, as it stands, or as the list that ships says.

Nothing is matched by likeness: an H100 PCIe is not an H100 SXM.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from catalog.findings import Code, Finding, InputRejected, did_you_mean, shown
from catalog.loading import TableSpec, read_table
from catalog.reading_text import Source
from catalog.records import Id, Record, Text
from scenarios.importing.source import Cells
from scenarios.inputs import Inputs

Named = Literal["model", "accelerator", "precision", "region"]
_TABLES: Mapping[Named, str] = {
    "model": "models",
    "accelerator": "accelerators",
    "precision": "models",
    "region": "regions",
}


class NameGiven(Record):
    """What a name of a source is called in the scenario."""

    column: Named
    """What it names."""
    name: Text
    """As the source writes it."""
    stands_for: Id
    """As the scenario writes it."""


NAMES = TableSpec("names", (NameGiven,), ("column", "name"))

_CHIPS = {
    "A100-40GB": ("A100",),
    "A100-80GB": ("a100_sxm",),
    "H100-80GB": ("H100", "h100", "h100_sxm", "NVIDIA H100-SXM-80GB"),
    "H200-141GB": ("H200", "h200", "h200_sxm", "NVIDIA H200-SXM-141GB"),
    "B200-180GB": ("B200", "b200", "b200_sxm", "NVIDIA B200-SXM-180GB"),
    "B300": ("b300", "b300_sxm"),
    "GB200": ("gb200", "NVIDIA GB200"),
    "GB300": ("gb300", "NVIDIA GB300"),
    "L40S": ("l40s",),
    "RTX-PRO-6000": ("rtx_pro_6000_server",),
    "MI300X-192GB": ("MI300X", "mi300x", "AMD Instinct MI300X 192GB HBM3"),
    "MI325X-256GB": ("MI325X", "mi325x", "AMD Instinct MI325X 256GB HBM3e"),
    "MI355X-288GB": ("MI355X", "mi355x"),
    "Trainium1": ("Trainium",),
    "TPU-v6e": ("tpu-v6e",),
}
"""Chip of the bundled catalog -> names of SkyPilot, InferenceX, AIConfigurator and MLPerf."""
_MODELS = {
    "llama-3-8b": ("meta-llama/Meta-Llama-3-8B", "meta-llama/Meta-Llama-3.1-8B"),
    "llama-3-70b": ("meta-llama/Meta-Llama-3-70B", "meta-llama/Meta-Llama-3.1-70B", "Llama-3.3-70B-Instruct"),
    "llama-3.1-405b": ("llama3.1-405b",),
    "qwen3-32b": ("Qwen/Qwen3-32B", "Qwen/Qwen3-32B-FP8", "QWEN3_32B"),
    "qwen3-235b-a22b": ("Qwen/Qwen3-235B-A22B", "Qwen/Qwen3-235B-A22B-FP8"),
    "mixtral-8x7b": ("mistralai/Mixtral-8x7B-v0.1",),
    "gpt-oss-120b": ("openai/gpt-oss-120b",),
    "deepseek-v3": ("deepseek-ai/DeepSeek-V3", "DEEPSEEK_V3"),
}
_PRECISIONS = {
    "bf16": ("bfloat16", "BF16"),
    "fp8": ("FP8", "fp8_block"),
    "fp4": ("FP4",),
    "int8": ("INT8",),
}


def _by_name(column: Named, names: Mapping[str, tuple[str, ...]]) -> dict[tuple[Named, str], str]:
    return {(column, name): ours for ours, theirs in names.items() for name in theirs}


SHIPPED: Mapping[tuple[Named, str], str] = (
    _by_name("accelerator", _CHIPS) | _by_name("model", _MODELS) | _by_name("precision", _PRECISIONS)
)


class Names:
    """Names of a source in the words of a scenario."""

    def __init__(self, inputs: Inputs, given: Path | None) -> None:
        self._known = {column: inputs.table(table).names(column) - {""} for column, table in _TABLES.items()}
        self._stacks: dict[str, str] = {row.accelerator: row.stack for row in inputs.table("accelerators").records}
        self._given = {} if given is None else _given(given)

    def of(self, column: Named, name: str, cells: Cells, where: str, *, also: str = "") -> str | None:
        """The scenario's name; None, with a finding at column `where`, if there is none. `also`: its full name."""
        own = (each for each in (name, also) if each in self._known[column])
        meant = self._given.get((column, name)) or next(own, SHIPPED.get((column, name), also or name))
        if meant in self._known[column]:
            return meant
        found = shown(name) + (f", which is {meant}" if meant != name else "")
        near = did_you_mean(meant, self._known[column])
        hint = f"say what it is with --names ({column},{name},...), or add it to {_TABLES[column]}; {near}"
        expected = f"{'an' if column[0] == 'a' else 'a'} {column} of the scenario"
        cells.findings.append(Finding(Code.REFERENCE, cells.at(where), found, expected, hint))
        return None

    def stack(self, accelerator: str) -> str:
        """The stack of a chip of the scenario; blank if its row cannot be read."""
        return self._stacks.get(accelerator, "")


def _given(path: Path) -> dict[tuple[Named, str], str]:
    findings: list[Finding] = []
    table, _ = read_table(NAMES, [Source(path, path.name)], findings)
    if findings:
        raise InputRejected(findings)
    return {(row.column, row.name): row.stands_for for row in table.records}
