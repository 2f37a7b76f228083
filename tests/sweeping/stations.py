"""Sweeps as processes of their own: started, killed, and on a real Dask scheduler with real workers."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 300
EFFORT = ("how", "seconds")
"""What may differ between two computations of the same."""


def start(*words: object, new_group: bool = False) -> subprocess.Popen[str]:
    """A sweep of the small example, in a process of its own; a new group can be sent what a terminal sends."""
    small = ROOT / "scenarios" / "examples" / "small"
    command = [sys.executable, "-m", "reports.cli", "sweep", small, *words]
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0 if new_group else None,
    )


def finished(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code, and what it said."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def wait_for_lines(file: Path, count: int) -> None:
    """Wait until a results file has so many lines."""
    ends = time.monotonic() + PATIENCE_S
    while not file.exists() or file.read_bytes().count(b"\n") < count:
        assert time.monotonic() < ends, f"{file.name} has not got {count} lines"
        time.sleep(0.02)


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The header, then the results by number, without effort."""
    header, *lines = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    results = [{key: value for key, value in line.items() if key not in EFFORT} for line in lines]
    return [header, *sorted(results, key=lambda line: int(line["point"]))]


@contextmanager
def a_cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and so many workers, each a process of its own: the scheduler's address, and the workers."""
    contact = folder / "scheduler.json"
    place = ["--scheduler-file", str(contact), "--host", "127.0.0.1"]
    place += ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    started = [_dask("scheduler", *place, "--port", "0")]
    try:
        ends = time.monotonic() + PATIENCE_S
        while not contact.exists():
            assert time.monotonic() < ends, "the scheduler did not start"
            time.sleep(0.02)
        one = ["--no-nanny", "--nthreads", "1", "--local-directory", str(folder)]
        started += [_dask("worker", *place, *one) for _ in range(workers)]
        yield json.loads(contact.read_text(encoding="utf-8"))["address"], started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _dask(role: str, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
