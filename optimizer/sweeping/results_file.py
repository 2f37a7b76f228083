"""points.jsonl: a header, then one line for each point as soon as it is known; what a kill leaves of it can be used.

A line is written, flushed and synced before the next is begun, so that at most the last one is torn; a torn line is
dropped. A sweep goes on in a file only if all that its answers depend on is what stands in the header.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pydantic import ValidationError

from catalog.records import Record
from optimizer.plan_solver import Versions
from optimizer.sweeping.faults import ResultsUnusable
from optimizer.sweeping.grid import RUN_LENGTH, Grid
from optimizer.sweeping.results import PointResult
from scenarios.scenario import InputFile, RunSettings

POINTS_FILE = "points.jsonl"


class Header(Record):
    """All that the answers of a sweep depend on."""

    format: Literal["siliconmix-sweep-1"] = "siliconmix-sweep-1"
    scenario: str
    grid: Grid
    run_length: int = RUN_LENGTH
    base: str
    """Fingerprint of the scenario with what is changed at every point, and with the settings of this sweep."""
    run: RunSettings
    files: tuple[InputFile, ...]
    versions: Versions


@dataclass(frozen=True)
class Recorded:
    """What a results file holds."""

    header: Header
    results: tuple[PointResult, ...]
    whole_bytes: int
    """Length of the file without a torn last line."""


def read_results(path: Path) -> Recorded | None:
    """What is there; None where there is no file, or a kill came before its header was whole.

    Raises ResultsUnusable for a file with anything else in it, by its line.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.splitlines()
    if not lines:
        return None
    header = _header(path, lines[0])
    results = tuple(_result(path, number, line) for number, line in enumerate(lines[1:], start=2))
    return Recorded(header, results, len(whole))


def _header(path: Path, line: bytes) -> Header:
    try:
        return Header.model_validate_json(line)
    except ValidationError as wrong:
        raise ResultsUnusable(
            f"{path} does not begin as the results of a sweep of this version do ({_first_fault(wrong)});"
            " move it away, or name another folder with --out"
        ) from wrong


def _result(path: Path, number: int, line: bytes) -> PointResult:
    try:
        return PointResult.model_validate_json(line)
    except ValidationError as wrong:
        raise ResultsUnusable(
            f"{path}:{number} is not a line of results ({_first_fault(wrong)}); take the line out, or name another"
            " folder with --out"
        ) from wrong


def _first_fault(wrong: ValidationError) -> str:
    fault = wrong.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]


def refuse_other(path: Path, there: Header, asked: Header) -> None:
    """Raise ResultsUnusable, with all that differs, unless the sweep asked for is the one that is there."""
    found = list(_differences(there, asked))
    if found:
        raise ResultsUnusable(
            f"{path} holds another sweep:\n"
            + "\n".join(f"  - {line}" for line in found)
            + "\nName another folder with --out, or ask for the same sweep to go on with it."
        )


def _differences(there: Header, asked: Header) -> Iterator[str]:
    if there.scenario != asked.scenario:
        yield f"scenario: {there.scenario} there, {asked.scenario} asked for"
    yield from _grid_differences(there.grid, asked.grid)
    if there.run_length != asked.run_length:
        yield f"points of a run: {there.run_length} there, {asked.run_length} now"
    was, now = (json.loads(header.run.model_dump_json()) for header in (there, asked))
    yield from (f"run.{key}: {was.get(key)} there, {now[key]} asked for" for key in now if was.get(key) != now[key])
    yield from _file_differences(there.files, asked.files)
    for name in Versions.model_fields:
        if getattr(there.versions, name) != getattr(asked.versions, name):
            yield f"{name}: version {getattr(there.versions, name)} there, {getattr(asked.versions, name)} now"
    if there.base != asked.base:
        yield f"fingerprint of the inputs: {there.base[:12]} there, {asked.base[:12]} asked for"


def _grid_differences(there: Grid, asked: Grid) -> Iterator[str]:
    was, now = ({axis.path: axis for axis in grid.axes} for grid in (there, asked))
    yield from (f"{path} is swept there, and not now" for path in was if path not in now)
    yield from (f"{path} is swept now, and not there" for path in now if path not in was)
    for path in was:
        if path in now and was[path] != now[path]:
            yield f"values of {path}: {_shown(was[path].values)} there, {_shown(now[path].values)} asked for"
    if list(was) != list(now) and set(was) == set(now):
        yield f"order of the axes: {', '.join(was)} there, {', '.join(now)} asked for"
    if there.fixed != asked.fixed:
        yield "what is changed at every point (--set)"


def _file_differences(there: Sequence[InputFile], asked: Sequence[InputFile]) -> Iterator[str]:
    was, now = ({file.name: file.sha256 for file in files} for files in (there, asked))
    yield from (f"{name} has changed since" for name in sorted({*was, *now}) if was.get(name) != now.get(name))


def _shown(values: Sequence[str]) -> str:
    return ", ".join(values) if len(values) <= 4 else f"{values[0]}, {values[1]} ... {values[-1]} ({len(values)})"


class ResultsFile:
    """The file while a sweep writes to it; a context manager. The caller has locked the folder."""

    def __init__(self, path: Path, header: Header, recorded: Recorded | None) -> None:
        self._path = path
        self._handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o644)
        whole = recorded.whole_bytes if recorded else 0
        os.truncate(self._handle, whole)
        os.lseek(self._handle, 0, os.SEEK_END)
        if recorded is None:
            self._write(header)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)

    def add(self, result: PointResult) -> None:
        """Write a line; it is on the disk when this returns."""
        self._write(result)

    def _write(self, record: Record) -> None:
        line = record.model_dump_json().encode() + b"\n"
        while line:
            line = line[os.write(self._handle, line) :]
        os.fsync(self._handle)
