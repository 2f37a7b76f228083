"""What `siliconmix explain SCENARIO WORKLOAD OFFERING` does: read, explain one pair, tell."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NoReturn

import click

from catalog.findings import did_you_mean
from catalog.offerings import Offering
from reports.console import screen_width, show_screen
from reports.exits import Exit
from reports.explaining.explanation import explain
from reports.explaining.records import Explanation
from reports.explaining.screen import explanation_screen
from reports.telling import faults_told, teller
from scenarios.changes import Change
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario
from scenarios.workloads import Workload


def explain_goodput(
    folder: Path, workload: str, offering: str | None, changes: Sequence[Change], *, as_json: bool
) -> Exit:
    """Tell how the goodput of a workload on an offering came about, or why there is none."""
    if offering is None:
        raise click.UsageError(
            "name an offering, too: siliconmix explain SCENARIO WORKLOAD OFFERING; or neither, to be told whether a"
            " plan can exist (a plan is explained by its workbook and by siliconmix report)"
        )
    with faults_told("explain", teller(as_json=as_json)) as outcome:
        _tell(_explained(Inputs.read(folder).load(changes).scenario, workload, offering), as_json=as_json)
    return outcome.exit


def _explained(scenario: Scenario, workload: str, offering: str) -> Explanation:
    return explain(scenario, _workload(scenario, workload), _offering(scenario, offering))


def _workload(scenario: Scenario, name: str) -> Workload:
    known = {row.workload: row for row in scenario.workloads}
    return known[name] if name in known else _unknown("workload", name, known)


def _offering(scenario: Scenario, name: str) -> Offering:
    known = scenario.catalog.offering
    if name in known:
        return known[name]
    if any(name == row.api for row in scenario.api_offers):
        raise click.UsageError(f"{name} is an API: its speed is its rate limit and its latency, stated in api_offers")
    return _unknown("offering", name, known)


def _unknown(what: str, name: str, known: Iterable[str]) -> NoReturn:
    raise click.UsageError(f'there is no {what} "{name}" in the scenario; {did_you_mean(name, known)}')


def _tell(found: Explanation, *, as_json: bool) -> None:
    if as_json:
        click.echo(found.model_dump_json(indent=1))
        return
    show_screen(explanation_screen(found, screen_width()))
