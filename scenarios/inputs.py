"""The inputs of a scenario: read once, and loaded as they are or with changes (docs/decisions/0021)."""

from collections.abc import Collection, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from catalog.findings import Code, Finding, InputRejected, did_you_mean, in_order, shown
from catalog.loading import Table
from catalog.reading_fields import fields_of
from catalog.reading_records import TreeReader
from catalog.reading_yaml import Mapping, read_yaml
from scenarios.aggregation import aggregate
from scenarios.blocks import BlockModel
from scenarios.change_log import ChangeLog
from scenarios.change_text import parse_add, parse_remove, parse_set
from scenarios.changes import Change, ChangeMade
from scenarios.changing_settings import ChangedSettings
from scenarios.forecasting import with_effects_made, with_forecasts
from scenarios.input_paths import InputPath, near_paths, paths_of_rows, paths_of_settings, root_of
from scenarios.loaded import LoadedScenario, Places
from scenarios.loading_checks import check_sense
from scenarios.loading_files import Files, TableTexts, chosen_texts, read_files
from scenarios.loading_forecasts import forecasts_in
from scenarios.loading_pruning import pruned_catalog
from scenarios.loading_tables import HOURLY_LOAD, SCENARIO_FILE, SPECS, ScenarioFile, Tables
from scenarios.outlooks import BASE_OUTLOOK
from scenarios.scenario import InputFile, Scenario
from scenarios.typed_tables import Texts, TypedTables, changed_tables
from scenarios.variants_file import read_variants

__all__ = [
    "InputPath",
    "Inputs",
    "near_paths",
    "parse_add",
    "parse_remove",
    "parse_set",
    "read_variants",
    "root_of",
]


@dataclass(frozen=True)
class Inputs:
    """The files of a scenario folder, read once: what happens to them later changes nothing."""

    files: Files = field(repr=False)
    _typed: TypedTables = field(default_factory=TypedTables, repr=False, compare=False)
    _blocks: dict[tuple[object, ...], BlockModel] = field(default_factory=dict, repr=False, compare=False)
    """Load blocks of the hourly load as files have it, by its texts, the workloads and their number."""

    @classmethod
    def read(cls, folder: Path) -> "Inputs":
        """Read a scenario folder; InputRejected if there is none."""
        return cls(read_files(folder))

    def load(self, changes: Sequence[Change] = (), *, load_blocks: int | None = None) -> LoadedScenario:
        """The scenario with changes made in order; InputRejected with every finding unless all of it can be planned.

        `load_blocks` replaces the number of load blocks that the scenario asks for.
        """
        log = ChangeLog()
        self._refuse_unknown_roots(changes, log)
        tree, findings = self._tree
        findings = [*self.files.findings, *findings]
        warnings: list[Finding] = []
        reader = TreeReader(SCENARIO_FILE, findings)
        document = None if tree is None else reader.record(_changed_tree(tree, changes, log), ScenarioFile)
        texts = chosen_texts(self.files, reader, findings, warnings)
        tables = changed_tables(self._typed, texts, changes, log, findings)
        check_sense(reader, tables, findings, warnings)
        if findings or log.findings or document is None:
            raise InputRejected([*log.findings, *log.with_authors(findings)])
        if load_blocks is not None:
            document = document.model_copy(update={"run": document.run.model_copy(update={"load_blocks": load_blocks})})
        places = Places({table.spec.name: table.places for table in tables.all()}, reader.lines)
        scenario = self._scenario(document, tables, texts, log.made)
        return LoadedScenario(scenario, places, in_order([*log.warnings, *log.with_authors(warnings)]))

    def paths(self, roots: Collection[str] = ()) -> tuple[InputPath, ...]:
        """Every value that can be set, as far as the files can be read; `roots` limits it to tables or keys by name."""
        tree, _ = self._tree
        settings = () if tree is None else paths_of_settings(tree)
        found = [path for path in settings if not roots or root_of(path.path) in roots]
        texts = self.texts
        for name in texts:
            if not roots or name in roots:
                found += paths_of_rows(SPECS[name], self._typed.of(name, texts).rows)
        return tuple(found)

    def table(self, name: str) -> Table[Any]:
        """A table as its files have it; an empty one where there is none."""
        return self._typed.of(name, self.texts).table

    def findings(self) -> tuple[Finding, ...]:
        """What stops a plan of the files as they are; empty if nothing does."""
        try:
            self.load()
        except InputRejected as rejected:
            return rejected.findings
        return ()

    def with_tables(self, tables: AnyMapping[str, TableTexts]) -> "Inputs":
        """The same folder with other texts for some of its tables."""
        return replace(self, files=replace(self.files, tables={**self.files.tables, **tables}))

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """What a path can begin with: keys of scenario.yaml, and the tables that there are."""
        return (*fields_of(ScenarioFile), *self.texts)

    @cached_property
    def texts(self) -> Texts:
        """The texts of the tables that the files as they are choose."""
        tree, _ = self._tree
        reader = TreeReader(SCENARIO_FILE, [])
        if tree is not None:
            reader.record(tree, ScenarioFile)
        return chosen_texts(self.files, reader, [], [])

    @cached_property
    def _tree(self) -> tuple[Mapping | None, list[Finding]]:
        """scenario.yaml as it was typed, and what is wrong with it."""
        findings: list[Finding] = []
        return None if self.files.document is None else read_yaml(self.files.document, findings), findings

    def _refuse_unknown_roots(self, changes: Sequence[Change], log: ChangeLog) -> None:
        """Report paths that begin with neither a table, followed by a dot, nor a key of scenario.yaml."""
        settings = fields_of(ScenarioFile)
        for change in changes:
            root = root_of(change.path)
            if root in SPECS and change.path.startswith(f"{root}["):
                meant = change.path.replace("[", ".", 1).replace("]", "", 1)
                hint = f"rows of a table are named behind a dot: {meant}"
                log.refuse(change, Code.NO_SUCH_PATH, shown(change.path), f"{root}.KEY", hint)
            elif root not in SPECS and root not in settings:
                near = near_paths(change.path, self.paths(), most=1)
                hint = f'did you mean "{near[0]}"?' if near else did_you_mean(root, [*SPECS, *settings])
                expected = f"a table or a key of {SCENARIO_FILE} before the first dot"
                log.refuse(change, Code.NO_SUCH_PATH, shown(root), expected, hint)

    def _blocks_of(self, document: ScenarioFile, tables: Tables, texts: Texts) -> BlockModel:
        workloads = tuple(row.workload for row in tables.workloads.records)
        number = document.run.load_blocks
        if tables.hourly_load is not self._typed.of(HOURLY_LOAD.name, texts).table:
            return aggregate(tables.hourly_load.records, workloads, number)
        made_from = (texts.get(HOURLY_LOAD.name), workloads, number)
        if made_from not in self._blocks:
            self._blocks[made_from] = aggregate(tables.hourly_load.records, workloads, number)
        return self._blocks[made_from]

    def _scenario(
        self, document: ScenarioFile, tables: Tables, texts: Texts, changes: tuple[ChangeMade, ...]
    ) -> Scenario:
        forecasts = forecasts_in(tables, document.run)
        read = [text for each in texts.values() for text in each.texts]
        if self.files.document is not None:
            read.append(self.files.document)
        return Scenario(
            scenario=document.scenario,
            description=document.description,
            run=document.run,
            policy=document.policy,
            catalog=pruned_catalog(tables),
            exchange_rates=tables.exchange_rates.records,
            contracts=tables.contracts.records,
            sites=tables.sites.records,
            held_contracts=tables.held_contracts.records,
            spend_commitments=tables.spend_commitments.records,
            covered_rates=tables.covered_rates.records,
            volume_tiers=tables.volume_tiers.records,
            agreements=tables.agreements.records,
            agreement_tiers=tables.agreement_tiers.records,
            credits=tables.credits.records,
            api_offers=tables.api_offers.records,
            provisioned=tables.provisioned.records,
            splits=tables.splits.records,
            workloads=tables.workloads.records,
            size_classes=tables.size_classes.records,
            demand=with_forecasts(tables.demand.records, forecasts),
            forecast=tables.forecast.records,
            model_dates=tables.model_dates.records,
            hourly_load=tables.hourly_load.records,
            blocks=self._blocks_of(document, tables, texts),
            outlooks=tables.outlooks.records or forecasts.outlooks_made or (BASE_OUTLOOK,),
            outlook_effects=with_effects_made(tables.outlook_effects.records, forecasts),
            migrations=tables.migrations.records,
            column_yields=tables.column_yields.records,
            tags=tables.tags.records,
            approved_orders=tables.approved_orders.records,
            input_files=tuple(
                InputFile(name=text.name, sha256=text.sha256) for text in sorted(read, key=lambda text: text.name)
            ),
            changes=changes,
        )


def _changed_tree(tree: Mapping, changes: Sequence[Change], log: ChangeLog) -> Mapping:
    settings = ChangedSettings(tree, log)
    for change in changes:
        if root_of(change.path) in fields_of(ScenarioFile):
            settings.apply(change)
    return settings.tree
