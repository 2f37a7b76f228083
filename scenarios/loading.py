"""A folder -> a Scenario with the place of every row, or all findings at once."""

from pathlib import Path

from catalog.findings import InputRejected
from scenarios.inputs import Inputs
from scenarios.loaded import LoadedScenario, Places

__all__ = ["InputRejected", "LoadedScenario", "Places", "load_scenario"]


def load_scenario(folder: Path, *, load_blocks: int | None = None) -> LoadedScenario:
    """Read a scenario folder; InputRejected with every finding unless all of it can be planned.

    `load_blocks` replaces the number of load blocks that the scenario asks for.
    """
    return Inputs.read(folder).load(load_blocks=load_blocks)
