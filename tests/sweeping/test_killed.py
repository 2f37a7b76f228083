"""A sweep that is killed and started again equals one that was not; so does one on a cluster of which a worker dies."""

import os
import signal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from scenarios.starting import EXAMPLES
from tests.specs.running import Run, siliconmix
from tests.sweeping.stations import a_cluster, finished, lines_of, start, wait_for_lines

GRID = (
    "--over",
    "contracts.south-reserved-3m.price_usd_per_node_hour=12..24/6",
    "--over",
    "policy.concentration[0].cap_share=0.3,0.5,0.7",
)
"""18 points: runs of 8, 8 and 2; a third of them impossible."""
PARTLY = 9


def swept(folder: Path) -> Run:
    """In this process, one run after the other."""
    return siliconmix("sweep", EXAMPLES / "small", *GRID, "--workers", 1, "--out", folder)


@cache
def uninterrupted() -> list[dict[str, Any]]:
    """The results of a sweep that was left alone."""
    with TemporaryDirectory() as name:
        assert swept(Path(name)).exit == PARTLY
        return lines_of(Path(name) / "points.jsonl")


def test_a_sweep_that_was_killed_goes_on_and_equals_one_that_was_not(tmp_path: Path) -> None:
    """Killed with SIGKILL within its second run; what it had written by then stays as it is."""
    file = tmp_path / "points.jsonl"
    process = start(*GRID, "--workers", 1, "--out", tmp_path)
    wait_for_lines(file, 13)
    os.kill(process.pid, signal.SIGKILL)
    finished(process)
    kept = file.read_bytes()
    assert 13 <= kept.count(b"\n") < 20
    run = swept(tmp_path)
    assert run.exit == PARTLY, run.err
    assert lines_of(file) == uninterrupted()
    assert file.read_bytes().startswith(kept[: kept.rfind(b"\n") + 1])


@pytest.mark.long
def test_ctrl_c_keeps_what_is_there_and_publishes_it(tmp_path: Path) -> None:
    """On two processes of this machine: the terminal sends the signal to all of them."""
    file = tmp_path / "points.jsonl"
    process = start(*GRID, "--workers", 2, "--out", tmp_path, new_group=True)
    wait_for_lines(file, 4)
    os.killpg(process.pid, signal.SIGINT)
    code, out, err = finished(process)
    assert code == PARTLY
    assert "not worked out yet; the same command goes on with them" in out
    assert "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["points.jsonl", "sweep.json", "sweep.xlsx"]
    code, _, err = finished(start(*GRID, "--workers", 2, "--out", tmp_path))
    assert code == PARTLY, err
    assert lines_of(file) == uninterrupted()


@pytest.mark.long
def test_two_workers_of_a_scheduler_give_what_one_process_gives_though_one_of_them_dies(tmp_path: Path) -> None:
    with a_cluster(tmp_path, workers=2) as (address, workers):
        process = start(*GRID, "--scheduler", address, "--out", tmp_path / "out")
        wait_for_lines(tmp_path / "out" / "points.jsonl", 5)
        workers[0].kill()
        code, _, err = finished(process)
    assert code == PARTLY, err
    assert lines_of(tmp_path / "out" / "points.jsonl") == uninterrupted()


@pytest.mark.long
def test_a_sweep_on_a_cluster_that_was_killed_goes_on_there(tmp_path: Path) -> None:
    """The client dies; the workers stay, and serve the next one."""
    file = tmp_path / "out" / "points.jsonl"
    with a_cluster(tmp_path, workers=2) as (address, _):
        process = start(*GRID, "--scheduler", address, "--out", file.parent)
        wait_for_lines(file, 6)
        os.kill(process.pid, signal.SIGKILL)
        finished(process)
        code, _, err = finished(start(*GRID, "--scheduler", address, "--out", file.parent))
    assert code == PARTLY, err
    assert lines_of(file) == uninterrupted()
