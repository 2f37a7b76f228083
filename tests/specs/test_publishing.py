"""The output folder: whatever happens to a run, the plan that was there stays, or the new one is whole."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reports.workbook
from reports.publishing import output_folder
from tests.specs.running import PAIR, Fleet, Run, contents, siliconmix

PlanOf = Callable[[Fleet], Run]
OLD = {"plan.json": b"the old plan", "plan.xlsx": b"the old workbook", "notes.txt": b"mine"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An output folder that holds an older plan, and a file that is none of ours."""
    folder = tmp_path / "out"
    folder.mkdir()
    for name, content in OLD.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_new_plan_takes_the_place_of_the_old_pair_and_of_nothing_else(
    fleet: Fleet, out: Path, plan_of: PlanOf
) -> None:
    assert plan_of(fleet).exit == 0
    now = contents(out)
    assert now.keys() == OLD.keys()
    assert now["notes.txt"] == OLD["notes.txt"]
    assert all(now[name] != OLD[name] for name in PAIR)


def test_impossible_rules_leave_the_old_plan(fleet: Fleet, out: Path, plan_of: PlanOf) -> None:
    fleet.change("scenario.yaml", "cap_share: 0.7", "cap_share: 0.4")
    assert plan_of(fleet).exit == 3
    assert contents(out) == OLD


def no_space(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_the_old_plan(
    fleet: Fleet, out: Path, plan_of: PlanOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports.workbook, "write_plan_workbook", no_space)
    run = plan_of(fleet)
    assert (run.exit, run.out) == (8, "")
    assert "No space left on device" in run.err
    assert contents(out) == OLD


@pytest.mark.parametrize("name", PAIR)
def test_a_file_that_cannot_be_put_in_place_leaves_both_old_ones(
    name: str, fleet: Fleet, out: Path, plan_of: PlanOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target) == out / name:
            raise PermissionError(errno.EACCES, "open in another program", str(target))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    run = plan_of(fleet)
    assert run.exit == 8
    assert f"{out / name} cannot be written: open in another program" in run.err
    assert contents(out) == OLD


KILLED_WHILE_WRITING = """
import os, signal, sys
import reports.workbook
from reports.cli import main

reports.workbook.write_plan_workbook = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(["plan", *sys.argv[1:], "--no-baselines"])
"""


def test_a_kill_during_writing_leaves_the_old_plan_and_a_folder_that_can_be_used_again(
    fleet: Fleet, out: Path, plan_of: PlanOf
) -> None:
    words = [sys.executable, "-c", KILLED_WHILE_WRITING, str(fleet.folder), "--out", str(out)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == -signal.SIGKILL
    assert OLD.items() <= {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}.items()
    assert plan_of(fleet).exit == 0
    assert contents(out).keys() == OLD.keys()


def test_a_second_run_in_the_same_folder_is_turned_away(fleet: Fleet, out: Path, plan_of: PlanOf) -> None:
    with output_folder(out):
        run = plan_of(fleet)
    assert (run.exit, run.out) == (8, "")
    assert f"another run (process {os.getpid()}) is writing to {out}" in run.err
    assert contents(out) == OLD
    assert plan_of(fleet).exit == 0


def test_a_lock_that_nobody_holds_is_no_hindrance(fleet: Fleet, out: Path, plan_of: PlanOf) -> None:
    (out / ".siliconmix.lock").write_text("999999999")
    assert plan_of(fleet).exit == 0


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "empty").mkdir()
    run = siliconmix("plan", tmp_path / "empty", "--out", tmp_path / "file" / "out")
    assert run.exit == 8
    assert "cannot be written" in run.err
    assert "read ..." not in run.err


def test_a_folder_in_the_place_of_the_plan_is_refused_before_anything_is_read(fleet: Fleet, tmp_path: Path) -> None:
    (tmp_path / "out" / "plan.xlsx").mkdir(parents=True)
    run = siliconmix("plan", fleet.folder, "--out", tmp_path / "out")
    assert run.exit == 8
    assert "plan.xlsx is a folder" in run.err
    assert "read ..." not in run.err
