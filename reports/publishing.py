"""The output folder: probed before a long solve, locked during it, changed in whole files only."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from optimizer.plan import Plan
from optimizer.plan_file import PlanRejected, write_plan

PLAN_JSON = "plan.json"
PLAN_XLSX = "plan.xlsx"
_LOCK = ".siliconmix.lock"
STAGING = ".plan-"
"""How folders begin in which files are made whole; what a killed run left of them is cleared by the next."""
_KEPT = "before-"


class NotWritable(RuntimeError):
    """The output cannot be written; the message says why and what to do."""


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Make, probe and lock the folder; raises NotWritable before any work is done."""
    lock = folder / _LOCK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _locked(lock)
    except OSError as error:
        raise NotWritable(f"{folder} cannot be written: {error.strerror}. Name another folder with --out") from error
    try:
        refuse_folders_in_the_way(folder, PLAN_JSON, PLAN_XLSX)
        _clear_what_a_killed_run_left(folder)
        yield folder
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _locked(lock: Path) -> int:
    """A handle that holds the lock; the system lets go of it when the process ends, however it ends."""
    while True:
        handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process = os.read(handle, 20).decode(errors="replace")
            os.close(handle)
            raise NotWritable(
                f"another run (process {process or 'unknown'}) is writing to {lock.parent};"
                " wait for it, or name another folder with --out"
            ) from None
        if _still_there(lock, handle):
            os.truncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
            return handle
        os.close(handle)


def _still_there(lock: Path, handle: int) -> bool:
    """Whether the locked file is the one in the folder, not one that a run which just ended has removed."""
    with suppress(FileNotFoundError):
        return os.path.samestat(lock.stat(), os.fstat(handle))
    return False


def refuse_folders_in_the_way(folder: Path, *names: str) -> None:
    """Raise NotWritable where a folder has a name that is to be written."""
    for name in names:
        if (folder / name).is_dir():
            raise NotWritable(f"{folder / name} is a folder; a file of that name is to be written. Move it away")


def _clear_what_a_killed_run_left(folder: Path) -> None:
    for left in folder.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)


def publish(plan: Plan, folder: Path) -> tuple[Path, Path]:
    """Write plan.json and plan.xlsx: both are made whole beside the old pair, then put in place together."""
    published = folder / PLAN_JSON, folder / PLAN_XLSX
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name:
        staging = Path(name)
        made = staging / PLAN_JSON, staging / PLAN_XLSX
        write_plan(plan, made[0])
        _write_workbook(plan, made[1])
        exchange(made, published, staging)
    return published


def exchange(made: Sequence[Path], published: Sequence[Path], staging: Path) -> None:
    """Put the new files in place; if one of them cannot be, all old ones come back."""
    kept = [staging / f"{_KEPT}{number}" for number in range(len(published))]
    for old, copy in zip(published, kept, strict=True):
        if old.exists():
            shutil.copy2(old, copy)
    try:
        for new, final in zip(made, published, strict=True):
            new.replace(final)
    except BaseException:
        for copy, final in zip(kept, published, strict=True):
            _put_back(copy, final)
        raise


def _put_back(kept: Path, final: Path) -> None:
    with suppress(OSError):
        if kept.exists():
            shutil.move(kept, final)
        else:
            final.unlink(missing_ok=True)


def write_report(plan: Plan, path: Path) -> None:
    """Write the workbook of a plan; the old file stays until the new one is whole."""
    with writing(path):
        _write_workbook(plan, path)


def write_charges(plan: Plan, path: Path) -> None:
    """Write the planned charges in FOCUS columns; the old file stays until the new one is whole."""
    from reports.focus.export import write_focus

    with writing(path):
        write_focus(plan, path)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Whatever hinders writing, as NotWritable in one sentence."""
    try:
        yield
    except OSError as error:
        raise NotWritable(f"{error.filename or place} cannot be written: {error.strerror}") from error
    except PlanRejected as error:
        raise NotWritable(str(error)) from error


def _write_workbook(plan: Plan, path: Path) -> None:
    from reports.facts import AlikeIds
    from reports.workbook import write_plan_workbook

    with making_workbook(path):
        try:
            write_plan_workbook(plan, path)
        except AlikeIds as refused:
            raise NotWritable(f"{path.name} cannot be made: {refused}") from refused


@contextmanager
def making_workbook(path: Path) -> Iterator[None]:
    """What no cell may hold, as NotWritable; whoever may read the folder may read the workbook, as its JSON file."""
    from reports.layout import Unwritable

    try:
        yield
    except Unwritable as refused:
        raise NotWritable(f"{path.name} cannot be made: {refused}") from refused
    path.chmod(0o644)
