"""Every check of the sense of a scenario that looks at more than one row."""

from catalog.findings import Finding
from catalog.loading import look_alikes
from catalog.reading_records import TreeReader
from scenarios.loading_agreements import check_agreements
from scenarios.loading_api import check_api
from scenarios.loading_clauses import check_clauses
from scenarios.loading_events import check_events
from scenarios.loading_footprint import check_footprint
from scenarios.loading_forecasts import check_forecasts
from scenarios.loading_lock_in import check_lock_in
from scenarios.loading_migrations import check_migrations
from scenarios.loading_months import check_months
from scenarios.loading_names import check_names
from scenarios.loading_outlooks import check_outlooks
from scenarios.loading_owned import check_owned
from scenarios.loading_references import check_references
from scenarios.loading_rights import check_rights
from scenarios.loading_spend import check_spend
from scenarios.loading_splits import check_splits
from scenarios.loading_supply import check_supply
from scenarios.loading_tables import Tables
from scenarios.loading_tags import check_tags
from scenarios.loading_volume import check_volume
from scenarios.loading_workloads import check_workloads
from scenarios.loading_yields import check_yields

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
    "split": "contract",
    "stack": "stack",
    "tag": "tag",
    "tier": "tier",
    "workload": "workload",
}
"""Columns that name things, and the space in which their names must be told apart."""


def check_sense(reader: TreeReader, tables: Tables, findings: list[Finding], warnings: list[Finding]) -> None:
    """Report what contradicts itself or refers to what is not there, and what is worth knowing."""
    findings += look_alikes(tables.all(), NAME_SPACES)
    check_references(tables, findings)
    check_names(reader, tables, findings)
    check_lock_in(reader, tables, findings)
    check_events(reader, tables, findings)
    check_clauses(tables, findings)
    check_supply(reader, tables, findings, warnings)
    check_spend(reader, tables, findings)
    check_rights(reader, tables, findings)
    check_agreements(reader, tables, findings, warnings)
    check_api(reader, tables, findings)
    check_splits(reader, tables, findings)
    check_owned(reader, tables, findings, warnings)
    check_volume(tables, findings)
    check_workloads(reader, tables, findings)
    check_tags(tables, findings)
    check_yields(tables, findings)
    check_footprint(reader, tables, findings)
    check_forecasts(reader, tables, findings, warnings)
    check_outlooks(reader, tables, findings, warnings)
    check_migrations(reader, tables, findings, warnings)
    check_months(reader, tables, findings)
