"""What `siliconmix whatif` does: read, plan the base and every variant, compare, publish, tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from catalog.findings import InputRejected
from optimizer.living.living import LivingModel
from optimizer.run import PlanOptions
from reports.commands import RunChanges, Stopwatch
from reports.comparison.publishing import publish_comparison, refuse_what_is_in_the_way
from reports.comparison.telling import tell_comparison
from reports.console import ProgressLine
from reports.exits import Exit
from reports.progress import Asked
from reports.publishing import output_folder
from reports.telling import faults_told, teller
from reports.whatif.given import Given
from reports.whatif.study import Loaded, Study, load_variants, resolved, study
from reports.whatif.trying import Planner
from scenarios.changes import Change, Variant
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class WhatIf:
    """What is asked: variants, settings of the runs, bridges by change, pairs solved closer."""

    given: Given
    settings: RunChanges
    bridges: bool = True
    resolve: bool = False


def whatif(folder: Path, out: Path, asked: WhatIf, *, as_json: bool) -> Exit:
    """Plan a scenario and its variants; publish the comparison, its workbook and every plan."""
    with faults_told("whatif", teller(as_json=as_json)) as outcome:
        variants = asked.given.variants()
        with output_folder(out) as target:
            outcome.exit = _published(folder, target, variants, asked, as_json=as_json)
    return outcome.exit


def _published(folder: Path, target: Path, variants: Sequence[Variant], asked: WhatIf, *, as_json: bool) -> Exit:
    refuse_what_is_in_the_way(target)
    watch = Stopwatch()
    with ProgressLine() as line:
        found = _Run(folder, asked, watch, line).studied(variants)
        comparison = found.compared()
        line.about("comparison")
        _phase(watch, line, "write")
        files = publish_comparison(comparison, found.plans(), target)
        watch.start("")
    code = tell_comparison(comparison, "whatif", files, watch.seconds, as_json=as_json)
    click.echo(f"Time: {watch}", err=True)
    return code


def _phase(watch: Stopwatch, line: ProgressLine, name: str) -> None:
    watch.start(name)
    line.phase(name)


class _Run:
    """One run of the command: the inputs, read once, and who hears of its progress."""

    def __init__(self, folder: Path, asked: WhatIf, watch: Stopwatch, line: ProgressLine) -> None:
        self._asked = asked
        self._watch = watch
        self._line = line
        _phase(watch, line, "read")
        self._inputs = Inputs.read(folder)

    def studied(self, asked: Sequence[Variant]) -> Study:
        """All plans that there are; raises what stands in the way of the base, or of every variant."""
        base = self._load()
        variants = load_variants(asked, self._load)
        _say_refused(variants)
        run = base.run
        self._line.ask(Asked(run.gap_share, run.gap_usd, run.time_limit_s, with_baselines=False))
        with LivingModel() as model:
            planner = Planner(model, self._options())
            self._line.about("base")
            plan = planner.base(base)
            found = study(planner, plan, variants, self._load, self._line.about, bridges=self._asked.bridges)
            return resolved(planner, found, self._line.about) if self._asked.resolve else found

    def _load(self, changes: Sequence[Change] = ()) -> Scenario:
        return self._asked.settings.applied(self._inputs.load(changes).scenario)

    def _options(self) -> PlanOptions:
        return PlanOptions(
            with_baselines=False,
            on_phase=lambda name: _phase(self._watch, self._line, name),
            on_size=self._line.size,
            on_progress=self._line.progress,
        )


def _say_refused(variants: Sequence[Loaded]) -> None:
    """Name variants with wrong inputs before anything is solved; where all are wrong, nothing is."""
    refused = [loaded for loaded in variants if loaded.scenario is None]
    if len(refused) == len(variants):
        raise InputRejected(finding for loaded in refused for finding in loaded.findings)
    for loaded in refused:
        click.echo(f"{loaded.variant.name} is {loaded.refused}", err=True)
