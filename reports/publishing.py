"""The output folder: probed before a long solve, locked during it, changed in whole files only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optimizer.plan import Plan
from optimizer.plan_file import write_plan

PLAN_JSON = "plan.json"
PLAN_XLSX = "plan.xlsx"
_LOCK = ".siliconmix.lock"


class NotWritable(RuntimeError):
    """The output folder cannot take the plan; the message says why and what to do."""


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """Make, probe and lock the folder; raises NotWritable before any work is done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritable(f"{folder} cannot be made: {error.strerror}") from error
    lock = folder / _LOCK
    try:
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        if _alive(lock):
            raise NotWritable(
                f"another run is writing to {folder} (process {lock.read_text()}); wait or use --out"
            ) from None
        lock.unlink(missing_ok=True)
        handle = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except OSError as error:
        raise NotWritable(f"{folder} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w") as out:
            out.write(str(os.getpid()))
        yield folder
    finally:
        lock.unlink(missing_ok=True)


def _alive(lock: Path) -> bool:
    try:
        os.kill(int(lock.read_text()), 0)
    except (ValueError, ProcessLookupError, FileNotFoundError):
        return False
    except PermissionError:
        return True
    return True


def publish(plan: Plan, folder: Path) -> tuple[Path, Path]:
    """Write plan.json and plan.xlsx: both are made whole beside the old pair, then put in place together."""
    from reports.workbook import write_plan_workbook

    published = folder / PLAN_JSON, folder / PLAN_XLSX
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".plan-") as staging:
            made = Path(staging) / PLAN_JSON, Path(staging) / PLAN_XLSX
            write_plan(plan, made[0])
            write_plan_workbook(plan, made[1])
            for new, final in zip(made, published, strict=True):
                new.replace(final)
    except OSError as error:
        raise NotWritable(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    return published
