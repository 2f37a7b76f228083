"""Migrations lead somewhere: one for each model and stack, with a gate inside the horizon and something to serve.

A migration that leads nowhere is a note and no error: it is never begun, but someone thought that it could be.
"""

from collections.abc import Iterator

from catalog.findings import Code, Finding
from catalog.loading import Placed
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon, Month
from scenarios.loading_pruning import claims_in_use, points_in_use
from scenarios.loading_tables import Tables
from scenarios.migrations import Migration
from scenarios.scenario import RunSettings


def check_migrations(reader: TreeReader, tables: Tables, findings: list[Finding], warnings: list[Finding]) -> None:
    """Report what is stated twice, and note what cannot be finished in time or opens nothing."""
    run = reader.whole.get("run")
    findings += _twice(tables)
    if isinstance(run, RunSettings):
        warnings += _not_in_time(tables, Horizon(run.first_month, run.months))
    warnings += _opening_nothing(tables)


def _twice(tables: Tables) -> Iterator[Finding]:
    first: dict[tuple[str, str], Placed[Migration]] = {}
    for row in tables.migrations.placed:
        work = row.record
        other = first.setdefault((work.model, work.stack), row)
        if other is not row:
            there = other.row.where
            found = f"{work.model} on {work.stack} again, as in {there.file}, row {there.row}"
            hint = "keep one of them"
            yield Finding(Code.TWICE_MIGRATED, row.at("stack"), found, "one migration per model and stack", hint)


def _not_in_time(tables: Tables, horizon: Horizon) -> Iterator[Finding]:
    last = horizon.end + -1
    for row in tables.migrations.placed:
        work = row.record
        earliest = max(work.earliest_start or horizon.first, horizon.first)
        latest = min(work.latest_start or last, last)
        if latest < earliest:
            column = "latest_start" if latest < horizon.first else "earliest_start"
            expected = f"a month from {horizon.first} to {last}"
            hint = "widen the start window, or delete the row: the work is never begun in this plan"
            stated = str(getattr(work, column))
            yield Finding(Code.WORK_OUTSIDE, row.at(column), stated, expected, hint)
        elif (gate := earliest + work.lead_months) >= horizon.end:
            yield _late(row, gate, last)


def _late(row: Placed[Migration], gate: Month, last: Month) -> Finding:
    found = f"{row.record.lead_months} months, so the gate is in {gate} at the earliest"
    hint = "plan over more months, shorten the lead, or delete the row: nothing can be served through it in this plan"
    return Finding(Code.GATE_TOO_LATE, row.at("lead_months"), found, f"a gate until {last}", hint)


def _opening_nothing(tables: Tables) -> Iterator[Finding]:
    """No workload of the model, no node on the stack where it may be served, or no throughput of the two."""
    readable = (
        tables.accelerators,
        tables.offerings,
        tables.regions,
        tables.goodput_points,
        tables.claims,
        tables.workloads,
    )
    if not tables.migrations.placed or any(not table.whole or table.refused for table in readable):
        return
    served = _pairs_with_throughput(tables)
    for row in tables.migrations.placed:
        work = row.record
        if (work.model, work.stack) not in served:
            found = f"{work.model} on {work.stack}"
            expected = "a workload of the model, and an offering of the stack where it may be served, with throughput"
            hint = "add what is missing, or delete the row: the work is never begun in this plan"
            yield Finding(Code.OPENS_NOTHING, row.at("model"), found, expected, hint)


def _pairs_with_throughput(tables: Tables) -> frozenset[tuple[str, str]]:
    """Models and stacks of which something may come; latency, memory and quality are judged when planning."""
    chips = {row.accelerator: row for row in tables.accelerators.records}
    geographies = {row.region: row.geography for row in tables.regions.records}
    measured = {(point.model, point.accelerator) for point in points_in_use(tables)}
    claimed = {
        (model, claim.accelerator)
        for claim in claims_in_use(tables)
        for model, chip in measured
        if chip == claim.baseline_accelerator
    }
    throughput = measured | claimed
    return frozenset(
        (workload.model, chips[offering.accelerator].stack)
        for workload in tables.workloads.records
        for offering in tables.offerings.records
        if geographies.get(offering.region) in workload.geographies
        if offering.accelerator in chips and (workload.model, offering.accelerator) in throughput
    )
