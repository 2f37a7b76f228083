"""What `siliconmix diff` does: audit both plans, plan each group of inputs alone, write the workbook, tell."""

from dataclasses import dataclass
from pathlib import Path

import click

from optimizer.differing.diff import PlanDiff
from optimizer.differing.explaining import Limits, Named, explained
from optimizer.finding import PlanOptions
from optimizer.plan import Plan
from reports.commands import Stopwatch
from reports.comparison.command import audited_file, names_of
from reports.console import ProgressLine, screen_width, show_screen
from reports.differing.answer import diff_answer, exit_of
from reports.differing.book import write_diff
from reports.differing.screen import diff_screen
from reports.exits import Exit
from reports.progress import Asked as AskedOfAPlan
from reports.publishing import PLAN_JSON, NotWritable, making_workbook, writing
from reports.telling import faults_told, teller


@dataclass(frozen=True)
class Asked:
    """How much may be solved, and where the workbook goes."""

    solves: int
    time_limit_s: float
    out: Path


def diff_plans(old: Path, new: Path, asked: Asked, *, as_json: bool) -> Exit:
    """Compare two published plans and say of each order that moved what moved it."""
    with faults_told("diff", teller(as_json=as_json)) as outcome:
        outcome.exit = _published(_file(old), _file(new), asked, as_json=as_json)
    return outcome.exit


def _published(old: Path, new: Path, asked: Asked, *, as_json: bool) -> Exit:
    if not asked.out.parent.is_dir():
        raise NotWritable(f"{asked.out.parent} is no folder. Make it, or name another file with --out")
    watch = Stopwatch()
    with ProgressLine() as line:
        _phase(watch, line, "audit")
        old_name, new_name = names_of([old, new])
        before, after = Named(old_name, audited_file(old)), Named(new_name, audited_file(new))
        diff = _explained(before, after, asked, watch, line)
        _phase(watch, line, "write")
        with writing(asked.out), making_workbook(asked.out):
            write_diff(diff, asked.out)
        watch.start("")
    if as_json:
        click.echo(diff_answer(diff, (asked.out,), watch.seconds).model_dump_json(indent=1))
    else:
        show_screen(diff_screen(diff, screen_width()))
        click.echo(f"\nWritten: {asked.out}")
    click.echo(f"Time: {watch}", err=True)
    return exit_of(diff)


def _explained(before: Named, after: Named, asked: Asked, watch: Stopwatch, line: ProgressLine) -> PlanDiff:
    line.ask(_asked_of(before.plan))
    options = PlanOptions(
        with_baselines=False,
        on_phase=lambda name: _phase(watch, line, name),
        on_size=line.size,
        on_progress=line.progress,
    )
    return explained(before, after, Limits(asked.solves, asked.time_limit_s), options, line.about)


def _asked_of(plan: Plan) -> AskedOfAPlan:
    run = plan.scenario.run
    return AskedOfAPlan(run.gap_share, run.gap_usd, run.time_limit_s, with_baselines=False)


def _file(path: Path) -> Path:
    """The plan itself, or that in a folder."""
    return path / PLAN_JSON if path.is_dir() else path


def _phase(watch: Stopwatch, line: ProgressLine, name: str) -> None:
    watch.start(name)
    line.phase(name)
