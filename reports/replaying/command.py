"""What `siliconmix replay` does: audit the plan, read the traces, replay, publish, tell."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from optimizer.replaying.faults import CannotReplay
from optimizer.replaying.hour import HourChosen, fullest_hour, named_hour
from optimizer.replaying.outcomes import replay
from optimizer.replaying.records import Around, Replay
from optimizer.replaying.replay import Replayed, Replayer, likeliest_outlook, replayer
from optimizer.replaying.traced import traced
from reports.comparison.command import audited_file
from reports.console import screen_width, show_screen
from reports.exits import Exit
from reports.live_line import LiveLine
from reports.publishing import output_folder, refuse_folders_in_the_way
from reports.replaying.answer import replay_answer
from reports.replaying.publishing import BOOK, DATA, publish_replay
from reports.replaying.screen import replay_screen
from reports.telling import faults_told, teller
from scenarios.hourly_series import read_hourly_series
from scenarios.traces import read_trace


@dataclass(frozen=True)
class Asked:
    """What is replayed, and how."""

    trace: Path
    own_traces: Mapping[str, Path]
    """Traces of single workloads."""
    hours: Path | None
    outlook: str | None
    hour: str | None
    """YYYY-MM-DDTHH; None for the fullest."""
    with_requests: bool
    around: Around
    most_requests: int


def replay_plan(plan_json: Path, out: Path, asked: Asked, *, as_json: bool) -> Exit:
    """Replay traces over a published plan; publish replay.json and replay.xlsx."""
    with faults_told("replay", teller(as_json=as_json)) as outcome, output_folder(out) as target:
        refuse_folders_in_the_way(target, DATA, BOOK)
        found = _replayed(plan_json, asked)
        files = publish_replay(found, target)
        _tell(found, files, as_json=as_json)
        outcome.exit = Exit.PUBLISHED
    return outcome.exit


def _replayed(plan_json: Path, asked: Asked) -> Replay:
    standing = Standing()
    with LiveLine(standing) as line:

        def begin(what: str) -> None:
            with line.writing:
                standing.what = what
                line.show(always=True)

        begin("read and audit the plan")
        plan = audited_file(plan_json)
        begin("read the traces")
        trace = read_trace(asked.trace)
        own = {workload: read_trace(path) for workload, path in asked.own_traces.items()}
        try:
            ready = replayer(plan, asked.outlook or likeliest_outlook(plan))
            series = {} if asked.hours is None else read_hourly_series(asked.hours)
            given = traced(ready.problem, trace, own, series)
            choose = _chooser(ready, asked)
        except ValueError as wrong:
            raise CannotReplay(str(wrong)) from wrong
        return replay(
            ready, given, choose_hour=choose, around=asked.around, most_requests=asked.most_requests, part_done=begin
        )


Chooser = Callable[[Replayer, Replayed], HourChosen]


def _chooser(ready: Replayer, asked: Asked) -> Chooser | None:
    if not asked.with_requests:
        return None
    if asked.hour is None:
        return fullest_hour
    chosen = named_hour(ready, asked.hour)
    return partial(_as_named, chosen)


def _as_named(chosen: HourChosen, _: Replayer, __: Replayed) -> HourChosen:
    return chosen


class Standing:
    """Where a replay stands, for the line on stderr."""

    def __init__(self) -> None:
        self.what = "read"
        self._begun = time.monotonic()

    def elapsed_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._begun

    def line(self, width: int | None = None) -> str:
        """Seconds and what is done."""
        said = f"{self.elapsed_s():6.1f} s  {self.what} ..."
        return said if width is None else said[:width]


def _tell(found: Replay, files: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        click.echo(replay_answer(found, files).model_dump_json(indent=1))
        return
    show_screen(replay_screen(found, screen_width()))
    click.echo(f"\nWritten: {' and '.join(map(str, files))}")


def own_traces(given: Sequence[str]) -> dict[str, Path]:
    """WORKLOAD=FILE options; click.BadParameter for one that is not of this form, or a workload twice."""
    found: dict[str, Path] = {}
    for text in given:
        workload, separator, file = text.partition("=")
        if not (workload and separator and file):
            raise click.BadParameter(f'"{text}": write WORKLOAD=FILE', param_hint="--trace")
        if workload in found:
            raise click.BadParameter(f"{workload} is given twice", param_hint="--trace")
        found[workload] = Path(file)
    return found
