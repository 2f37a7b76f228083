"""What `siliconmix explain SCENARIO` does: say whether a plan can exist, and if not, why, and what would mend it."""

from pathlib import Path
from typing import Literal

import click

from catalog.records import Id, Record
from contracts.calendar import Month
from optimizer.diagnosing.effort import Effort
from optimizer.existing import refuse_without_plan
from optimizer.finding import PlanOptions
from reports.answers import ExitCode, exit_code
from reports.commands import RunChanges
from reports.console import ProgressLine
from reports.exits import Exit
from reports.impossible import placed
from reports.telling import faults_told, teller
from scenarios.inputs import Inputs


class PossibleAnswer(Record):
    """A plan can exist that keeps all rules. Nothing is said of it: no cost, no orders."""

    format: Literal["siliconmix-possible-1"] = "siliconmix-possible-1"
    command: Literal["explain"] = "explain"
    exit: ExitCode
    scenario: Id
    first_month: Month
    months: int
    rules: tuple[str, ...]
    """The rules that can be kept together, in words."""


def explain_scenario(folder: Path, settings: RunChanges, *, as_json: bool) -> Exit:
    """Tell whether a plan can exist, or why none does."""
    with faults_told("explain", teller(as_json=as_json)) as outcome:
        with ProgressLine() as line:
            found = _found(folder, settings, line)
        if as_json:
            click.echo(found.model_dump_json(indent=1))
        else:
            click.echo(_said(found))
    return outcome.exit


def _found(folder: Path, settings: RunChanges, line: ProgressLine) -> PossibleAnswer:
    line.phase("read")
    loaded = settings.read(Inputs.read(folder))
    options = PlanOptions(
        explain=Effort(settings.explain_time_limit_s, with_changes=True), on_phase=line.step, on_size=line.size
    )
    with placed(loaded.places):
        rules = refuse_without_plan(loaded.scenario, options)
    run = loaded.scenario.run
    return PossibleAnswer(
        exit=exit_code(Exit.PUBLISHED),
        scenario=loaded.scenario.scenario,
        first_month=run.first_month,
        months=run.months,
        rules=rules,
    )


def _said(found: PossibleAnswer) -> str:
    rules = "".join(f"\n  - {rule}" for rule in found.rules)
    kept = f"that keeps all {len(found.rules)} rules:{rules}" if found.rules else "(the policy has no rule)"
    return f"{found.scenario}: a plan can exist {kept}\nsiliconmix plan finds the cheapest."
