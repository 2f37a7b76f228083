"""What each command does, apart from the command line: load, work, publish, and turn faults into exit codes."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from catalog.findings import InputRejected
from optimizer.audit import audit_plan
from optimizer.diagnosing.effort import Effort
from optimizer.living.living import LivingModel
from optimizer.plan import Plan, Status
from optimizer.plan_file import read_plan
from optimizer.plan_sensitivity import SensitivityEnded
from optimizer.run import AuditFailed, PlanOptions, plan_fleet
from optimizer.why.answering import Student
from reports.audit_words import against_files
from reports.change_words import changed_in_words, what_if_in_words
from reports.console import ProgressLine
from reports.console_findings import render_findings
from reports.exits import Exit
from reports.forecast_words import sources_in_words
from reports.impossible import placed
from reports.progress import Asked
from reports.publishing import output_folder, publish, write_charges, write_report
from reports.sensitivity_run import with_what_moves_it
from reports.telling import Told, faults_told, teller
from reports.why_run import WhyAsked, with_reasons
from scenarios.changes import Change
from scenarios.inputs import Inputs
from scenarios.loading import LoadedScenario
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class RunChanges:
    """What the command line changes of a scenario; None keeps the scenario's own setting."""

    gap_share: float | None = None
    time_limit_s: float | None = None
    seed: int | None = None
    load_blocks: int | None = None
    with_baselines: bool = True
    with_sensitivity: bool = False
    sensitivity_time_limit_s: float | None = None
    """None: as long again as the search may take."""
    explain_time_limit_s: float | None = None
    """None: as long again as the search may take."""
    why: WhyAsked = field(default_factory=WhyAsked)
    inputs: tuple[Change, ...] = ()

    def read(self, inputs: Inputs) -> LoadedScenario:
        """The same with the place of everything that was typed."""
        loaded = inputs.load(self.inputs, load_blocks=self.load_blocks)
        return replace(loaded, scenario=self.applied(loaded.scenario))

    def loaded(self, inputs: Inputs, more: Sequence[Change] = ()) -> Scenario:
        """The scenario of a folder with everything changed, and with more changes after these."""
        return self.applied(inputs.load((*self.inputs, *more), load_blocks=self.load_blocks).scenario)

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario with the settings changed."""
        run = scenario.run.searched(gap_share=self.gap_share, time_limit_s=self.time_limit_s, seed=self.seed)
        return scenario.model_copy(update={"run": run})


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


def check(folder: Path, changes: Sequence[Change] = (), *, as_json: bool) -> Exit:
    """Read everything, say everything that is wrong with it once it is changed, solve nothing."""
    try:
        loaded = Inputs.read(folder).load(changes)
    except InputRejected as rejected:
        click.echo(render_findings(rejected.findings, as_json=as_json))
        return Exit.BAD_INPUT
    click.echo(render_findings(loaded.warnings, as_json=as_json))
    if not as_json:
        click.echo(_described(loaded))
        if sources := sources_in_words(loaded.scenario):
            click.echo(f"  {sources}")
        for made in loaded.scenario.changes:
            click.echo(f"  {changed_in_words(made)}")
    return Exit.PUBLISHED


def _described(loaded: LoadedScenario) -> str:
    s = loaded.scenario
    return (
        f"{s.scenario}: {len(s.workloads)} workloads, {len(s.catalog.offerings)} offerings, {len(s.contracts)}"
        f" contracts, {len(s.held_contracts)} held, {s.run.months} months x {len(s.blocks.blocks)} load blocks:"
        " ready to plan"
    )


def plan(folder: Path, out: Path, changes: RunChanges, *, as_json: bool) -> Exit:
    """Plan a scenario and publish plan.json and plan.xlsx."""
    to, watch = teller(as_json=as_json), Stopwatch()
    with faults_told("plan", to, out) as outcome, output_folder(out) as target:
        with ProgressLine() as line:
            found, files = _planned(folder, target, changes, watch, line)
        outcome.exit = _how_it_ended(found)
        to.plan(Told("plan", found, outcome.exit, files, watch.seconds))
        click.echo(f"Time: {watch}", err=True)
    return outcome.exit


def _how_it_ended(found: Plan) -> Exit:
    if found.status is not Status.WITHIN_GAP:
        return Exit.SHORT_OF_GAP
    cut_short = found.sensitivity is not None and found.sensitivity.ended is not SensitivityEnded.FINISHED
    return Exit.PARTLY if cut_short else Exit.PUBLISHED


def _planned(
    folder: Path, target: Path, changes: RunChanges, watch: Stopwatch, line: ProgressLine
) -> tuple[Plan, tuple[Path, Path]]:
    """The plan and its files, with every phase timed and shown."""

    def phase(name: str) -> None:
        watch.start(name.partition(":")[0])
        line.step(name)

    phase("read")
    inputs = Inputs.read(folder)
    loaded = changes.read(inputs)
    scenario = loaded.scenario
    run = scenario.run
    line.ask(Asked(run.gap_share, run.gap_usd, run.time_limit_s, with_baselines=changes.with_baselines))
    options = PlanOptions(
        with_baselines=changes.with_baselines,
        explain=Effort(changes.explain_time_limit_s, with_changes=True),
        on_phase=phase,
        on_size=line.size,
        on_progress=line.progress,
    )

    def vary(more: Sequence[Change]) -> Scenario:
        return changes.loaded(inputs, more)

    with LivingModel() as living:
        student = Student(living)
        with placed(loaded.places):
            found = plan_fleet(scenario, replace(options, on_found=student.learn))
        phase("why")
        found = with_reasons(found, student, vary, changes.why, line)
        if changes.with_sensitivity:
            phase("sensitivity")
            limit_s = changes.sensitivity_time_limit_s or run.time_limit_s
            found = with_what_moves_it(found, living, vary, limit_s, line)
    phase("write")
    files = publish(found, target)
    watch.start("")
    return found, files


def report(plan_path: Path, out: Path, focus: Path | None = None, *, as_json: bool) -> Exit:
    """Audit a plan and write its workbook again, and its charges in FOCUS columns where asked, without solving."""
    to = teller(as_json=as_json)
    with faults_told("report", to) as outcome:
        found = _audited(read_plan(plan_path))
        write_report(found, out)
        if focus is not None:
            write_charges(found, focus)
        to.plan(Told("report", found, outcome.exit, (out, *([focus] if focus else [])), {}))
    return outcome.exit


def _audited(found: Plan) -> Plan:
    """The plan with a verdict of its own: what the file says of itself is not taken on trust."""
    verdict = audit_plan(found)
    if verdict.verdict != "PASS":
        raise AuditFailed(verdict)
    return found.model_copy(update={"audit": verdict})


def audit(
    plan_path: Path, scenario_folder: Path | None, changes: Sequence[Change] = (), *, as_json: bool
) -> Exit:
    """Audit a published plan, against its own inputs or against those of a scenario folder with the same changes."""
    if changes and scenario_folder is None:
        raise click.UsageError("--set, --add and --remove change the inputs of --scenario, which is not given")
    to = teller(as_json=as_json)
    with faults_told("audit", to) as outcome:
        found = read_plan(plan_path)
        verdict = audit_plan(found)
        if scenario_folder is not None:
            verdict = against_files(found, verdict, Inputs.read(scenario_folder).load(changes).scenario)
            if found.scenario.changes and not changes and not as_json:
                changed = what_if_in_words(found.scenario.changes)
                click.echo(f"{changed}. Give audit the same --set, --add and --remove.", err=True)
        to.verdict(verdict)
        outcome.exit = Exit.PUBLISHED if verdict.verdict == "PASS" else Exit.AUDIT_FAILED
    return outcome.exit
