"""What each command does, apart from the command line: load, work, publish, and turn faults into exit codes."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

from catalog.findings import InputRejected
from optimizer.audit import audit_plan
from optimizer.faults import Impossible, NoPlan, SolverFault
from optimizer.plan import Plan, Status
from optimizer.plan_file import PlanRejected, read_plan
from optimizer.run import AuditFailed, PlanOptions, plan_fleet
from reports.audit_words import against_files, describe_audit, verdict_in_words
from reports.console import ProgressLine, show_plan
from reports.console_findings import render_findings
from reports.exits import Exit
from reports.publishing import NotWritable, output_folder, publish, write_report
from scenarios.loading import LoadedScenario, load_scenario
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class RunChanges:
    """Run settings given on the command line; None keeps the scenario's own."""

    gap_share: float | None = None
    time_limit_s: float | None = None
    seed: int | None = None
    load_blocks: int | None = None
    with_baselines: bool = True

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario with the settings changed."""
        changes = {
            name: value
            for name, value in (
                ("gap_share", self.gap_share),
                ("time_limit_s", self.time_limit_s),
                ("seed", self.seed),
            )
            if value is not None
        }
        if self.gap_share is not None:
            changes["gap_usd"] = 0.0
        return scenario.model_copy(update={"run": scenario.run.model_copy(update=changes)})


@dataclass
class Stopwatch:
    """Seconds by phase, for the log."""

    seconds: dict[str, float] = field(default_factory=dict)
    _phase: str = ""
    _since: float = 0.0

    def start(self, phase: str) -> None:
        """End the running phase and begin another."""
        now = time.monotonic()
        if self._phase:
            self.seconds[self._phase] = self.seconds.get(self._phase, 0.0) + now - self._since
        self._phase, self._since = phase, now

    def __str__(self) -> str:
        return ", ".join(f"{phase} {spent:.1f} s" for phase, spent in self.seconds.items())


def check(folder: Path, *, as_json: bool) -> Exit:
    """Read everything, say everything that is wrong, solve nothing."""
    try:
        loaded = load_scenario(folder)
    except InputRejected as rejected:
        click.echo(render_findings(rejected.findings, as_json=as_json))
        return Exit.BAD_INPUT
    click.echo(render_findings(loaded.warnings, as_json=as_json))
    if not as_json:
        click.echo(_described(loaded))
    return Exit.PUBLISHED


def _described(loaded: LoadedScenario) -> str:
    s = loaded.scenario
    return (
        f"{s.scenario}: {len(s.workloads)} workloads, {len(s.catalog.offerings)} offerings, {len(s.contracts)}"
        f" contracts, {len(s.held_contracts)} held, {s.run.months} months x {len(s.blocks.blocks)} load blocks:"
        " ready to plan"
    )


def plan(folder: Path, out: Path, changes: RunChanges) -> Exit:
    """Plan a scenario and publish plan.json and plan.xlsx."""
    line = ProgressLine()
    watch = Stopwatch()

    def phase(name: str) -> None:
        watch.start(name)
        line.phase(name)

    with _faults_as_exits(line) as outcome, output_folder(out) as target:
        phase("read")
        scenario = changes.applied(load_scenario(folder, load_blocks=changes.load_blocks).scenario)
        found = plan_fleet(
            scenario,
            PlanOptions(with_baselines=changes.with_baselines, on_phase=phase, on_progress=line.progress),
        )
        phase("write")
        written = publish(found, target)
        watch.start("")
        line.done()
        show_plan(found)
        click.echo(f"\nWritten: {written[0]} and {written[1]}")
        click.echo(f"Time: {watch}", err=True)
        outcome.exit = Exit.PUBLISHED if found.status is Status.WITHIN_GAP else Exit.SHORT_OF_GAP
    return outcome.exit


def report(plan_path: Path, out: Path) -> Exit:
    """Audit a plan and write its workbook again, without solving."""
    with _faults_as_exits() as outcome:
        found = _audited(read_plan(plan_path))
        write_report(found, out)
        show_plan(found)
        click.echo(f"\nWritten: {out}")
    return outcome.exit


def _audited(found: Plan) -> Plan:
    """The plan with a verdict of its own: what the file says of itself is not taken on trust."""
    verdict = audit_plan(found)
    if verdict.verdict != "PASS":
        raise AuditFailed(verdict)
    return found.model_copy(update={"audit": verdict})


def audit(plan_path: Path, scenario_folder: Path | None, *, as_json: bool) -> Exit:
    """Audit a published plan, against its own inputs or against a scenario folder."""
    with _faults_as_exits() as outcome:
        found = read_plan(plan_path)
        verdict = audit_plan(found)
        if scenario_folder is not None:
            verdict = against_files(found, verdict, load_scenario(scenario_folder).scenario)
        click.echo(verdict.model_dump_json(indent=1) if as_json else describe_audit(verdict))
        outcome.exit = Exit.PUBLISHED if verdict.verdict == "PASS" else Exit.AUDIT_FAILED
    return outcome.exit


@dataclass
class _Outcome:
    exit: Exit = Exit.PUBLISHED


@contextmanager
def _faults_as_exits(line: ProgressLine | None = None) -> Iterator[_Outcome]:
    """Turn every foreseen fault into one clear message on stderr and its exit code."""
    outcome = _Outcome()
    try:
        yield outcome
    except InputRejected as rejected:
        outcome.exit = _say(line, Exit.BAD_INPUT, render_findings(rejected.findings, as_json=False))
    except PlanRejected as rejected:
        outcome.exit = _say(line, Exit.BAD_INPUT, str(rejected))
    except Impossible as impossible:
        reasons = "\n".join(f"  - {reason}" for reason in impossible.reasons)
        outcome.exit = _say(line, Exit.IMPOSSIBLE, f"No plan can keep all rules:\n{reasons}")
    except NoPlan as stopped:
        code = Exit.INTERRUPTED if stopped.interrupted else Exit.NO_PLAN
        outcome.exit = _say(line, code, _no_plan(stopped))
    except AuditFailed as failed:
        outcome.exit = _say(line, Exit.AUDIT_FAILED, f"{verdict_in_words(failed.verdict)}\nNothing is published.")
    except SolverFault as fault:
        outcome.exit = _say(line, Exit.SOLVER_FAULT, f"Solver: {fault}. Nothing is published.")
    except NotWritable as refused:
        outcome.exit = _say(line, Exit.NOT_WRITABLE, str(refused))
    except KeyboardInterrupt:
        outcome.exit = _say(line, Exit.INTERRUPTED, "Interrupted before there was a plan; nothing is published.")


def _no_plan(stopped: NoPlan) -> str:
    if stopped.interrupted:
        return "Interrupted before any plan was found; nothing is published."
    return "The time limit came before any plan was found; nothing is published. Mend: a higher --time-limit."


def _say(line: ProgressLine | None, code: Exit, message: str) -> Exit:
    if line is not None:
        line.done()
    print(message, file=sys.stderr)
    return code
