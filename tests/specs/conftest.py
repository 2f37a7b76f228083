"""A fleet folder of one's own, a plan of it, and a way to run commands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.starting import start_example
from tests.specs.running import Fleet, Run, siliconmix


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """The small example in a folder where it may be changed."""
    return started(tmp_path / "fleet")


def started(folder: Path) -> Fleet:
    start_example(folder)
    return Fleet(folder)


@pytest.fixture(scope="session")
def first_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published plan of the small example; not to be changed."""
    folder = tmp_path_factory.mktemp("first")
    scenario = started(folder / "fleet")
    assert siliconmix("plan", scenario.folder, "--out", folder / "out", "--no-baselines").exit == 0
    return folder / "out"


@pytest.fixture
def plan_of(tmp_path: Path) -> Callable[[Fleet], Run]:
    """Plans a fleet into the folder `out`, without baselines."""
    return lambda fleet: siliconmix("plan", fleet.folder, "--out", tmp_path / "out", "--no-baselines")
