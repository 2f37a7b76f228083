"""A folder -> a Scenario with the place of every row, or all findings at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog.findings import Code, Finding, InputRejected, Location, in_order
from catalog.loading import Key, look_alikes, read_document
from catalog.reading_text import ReadText, Source
from scenarios.aggregation import aggregate
from scenarios.loading_agreements import check_agreements
from scenarios.loading_api import check_api
from scenarios.loading_clauses import check_clauses
from scenarios.loading_migrations import check_migrations
from scenarios.loading_months import check_months
from scenarios.loading_names import check_names
from scenarios.loading_outlooks import check_outlooks
from scenarios.loading_owned import check_owned
from scenarios.loading_pruning import pruned_catalog
from scenarios.loading_references import check_references
from scenarios.loading_rights import check_rights
from scenarios.loading_spend import check_spend
from scenarios.loading_supply import check_supply
from scenarios.loading_tables import SCENARIO_FILE, ScenarioFile, Tables, read_tables
from scenarios.loading_volume import check_volume
from scenarios.loading_workloads import check_workloads
from scenarios.outlooks import BASE_OUTLOOK
from scenarios.scenario import InputFile, Scenario

__all__ = ["InputRejected", "LoadedScenario", "Places", "load_scenario"]

NAME_SPACES = {
    "accelerator": "accelerator",
    "agreement": "agreement",
    "api": "contract",
    "chip_vendor": "chip vendor",
    "claim": "claim",
    "contract": "contract",
    "credit": "credit",
    "family": "family",
    "geography": "geography",
    "held": "contract",
    "migration": "migration",
    "model": "model",
    "offering": "offering",
    "outlook": "outlook",
    "point": "point",
    "precision": "precision",
    "provider": "provider",
    "region": "region",
    "site": "site",
    "size_class": "size class",
    "stack": "stack",
    "tier": "tier",
    "workload": "workload",
}
"""Columns that name things, and the space in which their names must be told apart."""


@dataclass(frozen=True)
class Places:
    """Where each row of a table and each key of scenario.yaml was typed."""

    _rows: dict[str, dict[Key, Location]]
    _lines: dict[str, int]

    def of(self, table: str, *key: object) -> Location | None:
        """The place of a row, by the values of its key columns; None if there is no such row."""
        return self._rows.get(table, {}).get(tuple(map(str, key)))

    def setting(self, key_path: str) -> Location | None:
        """The place of a key of scenario.yaml, such as policy.contingencies[0].name; None if it is not there."""
        line = self._lines.get(key_path)
        return None if line is None else Location(SCENARIO_FILE, line=line, key_path=key_path)


@dataclass(frozen=True)
class LoadedScenario:
    """A scenario that can be planned, and what is worth knowing about how it was written."""

    scenario: Scenario
    places: Places
    warnings: tuple[Finding, ...]


def load_scenario(folder: Path, *, load_blocks: int | None = None) -> LoadedScenario:
    """Read a scenario folder; InputRejected with every finding unless all of it can be planned.

    `load_blocks` replaces the number of load blocks that the scenario asks for.
    """
    findings: list[Finding] = []
    warnings: list[Finding] = []
    if not folder.is_dir():
        hint = "name a folder that holds scenario.yaml; siliconmix init DIR writes an example"
        raise InputRejected([Finding(Code.NO_FILE, Location(folder.name), "no such folder", "a scenario folder", hint)])
    document, reader, text = read_document(Source(folder / SCENARIO_FILE, SCENARIO_FILE), ScenarioFile, findings)
    tables, texts = read_tables(folder, reader, findings, warnings)
    findings += look_alikes(tables.all(), NAME_SPACES)
    check_references(tables, findings)
    check_names(reader, tables, findings)
    check_clauses(tables, findings)
    check_supply(reader, tables, findings, warnings)
    check_spend(reader, tables, findings)
    check_rights(reader, tables, findings)
    check_agreements(reader, tables, findings, warnings)
    check_api(reader, tables, findings)
    check_owned(reader, tables, findings, warnings)
    check_volume(tables, findings)
    check_workloads(reader, tables, findings)
    check_outlooks(reader, tables, findings, warnings)
    check_migrations(reader, tables, findings, warnings)
    check_months(reader, tables, findings)
    if findings or document is None:
        raise InputRejected(findings)
    places = Places({table.spec.name: table.places for table in tables.all()}, reader.lines)
    scenario = _scenario(document, tables, [*texts, *([text] if text else [])], load_blocks)
    return LoadedScenario(scenario, places, in_order(warnings))


def _scenario(
    document: ScenarioFile, tables: Tables, texts: Sequence[ReadText], load_blocks: int | None
) -> Scenario:
    run = document.run if load_blocks is None else document.run.model_copy(update={"load_blocks": load_blocks})
    workloads = tables.workloads.records
    hourly_load = tables.hourly_load.records
    files = sorted((InputFile(name=text.name, sha256=text.sha256) for text in texts), key=lambda file: file.name)
    return Scenario(
        scenario=document.scenario,
        description=document.description,
        run=run,
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
        workloads=workloads,
        size_classes=tables.size_classes.records,
        demand=tables.demand.records,
        hourly_load=hourly_load,
        blocks=aggregate(hourly_load, [row.workload for row in workloads], run.load_blocks),
        outlooks=tables.outlooks.records or (BASE_OUTLOOK,),
        outlook_effects=tables.outlook_effects.records,
        migrations=tables.migrations.records,
        input_files=tuple(files),
    )
