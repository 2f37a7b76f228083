"""Months that settings, rules and effects name lie inside the horizon; outside they would say nothing, in silence."""

from collections.abc import Iterator

from catalog.findings import Code, Finding, Location
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon, Month
from scenarios.loading_tables import Tables
from scenarios.policy import Budget
from scenarios.policy_shares import InMonths
from scenarios.scenario import RunSettings


def check_months(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report every month outside the horizon, except those of demand (loading_workloads)."""
    run = reader.whole.get("run")
    if not isinstance(run, RunSettings):
        return
    horizon = Horizon(run.first_month, run.months)
    for month, where in (*_of_the_run(reader, run), *_of_rules(reader), *_of_effects(tables)):
        if month is not None and month not in horizon:
            expected = f"a month from {horizon.first} to {horizon.end + -1}"
            hint = "correct the month, or change run.first_month or run.months"
            findings.append(Finding(Code.OUTSIDE, where, str(month), expected, hint))


def _of_the_run(reader: TreeReader, run: RunSettings) -> Iterator[tuple[Month | None, Location]]:
    yield run.reveal_month, reader.where("run.reveal_month")


def _of_rules(reader: TreeReader) -> Iterator[tuple[Month | None, Location]]:
    for path, rule in reader.whole.items():
        if isinstance(rule, Budget | InMonths):
            yield rule.first_month, reader.where(f"{path}.first_month")
            yield rule.last_month, reader.where(f"{path}.last_month")


def _of_effects(tables: Tables) -> Iterator[tuple[Month | None, Location]]:
    for row in tables.outlook_effects.placed:
        yield row.record.first_month, row.at("first_month")
