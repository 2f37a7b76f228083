"""Splits make sense: both offerings are in one geography, the cache has a known size, the name is its own."""

from collections.abc import Iterator

from catalog.findings import Code, Finding, shown
from catalog.reading_records import TreeReader
from scenarios.column_yields import YieldScope
from scenarios.loading_references import no_precision, precisions
from scenarios.loading_tables import Tables
from scenarios.scenario import HeadroomMethod, RunSettings


def check_splits(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report splits that can never serve as they are written."""
    findings += _beside_derived_headroom(reader, tables)
    findings += _beside_column_yields(tables)
    findings += _without_precision(tables)
    findings += _across_geographies(tables)
    findings += _not_a_name_of_its_own(tables)


def _beside_derived_headroom(reader: TreeReader, tables: Tables) -> Iterator[Finding]:
    """Pools of a role are not derived: the stated usable share would hold for splits, and for nobody else."""
    run = reader.whole.get("run")
    if isinstance(run, RunSettings) and run.headroom.method is HeadroomMethod.DERIVED and tables.splits.placed:
        where = reader.where("run.headroom.method")
        hint = "state the usable share (method: stated), or plan without splits"
        yield Finding(Code.CONTRADICTION, where, "derived, with rows in splits", "stated, where there are splits", hint)


def _beside_column_yields(tables: Tables) -> Iterator[Finding]:
    """A split serves at the yield of the workload: one that is stated for a column of it would be passed over."""
    stack = {row.accelerator: row.stack for row in tables.accelerators.records}
    stacks = {row.offering: stack.get(row.accelerator) for row in tables.offerings.records}
    models = {row.workload: row.model for row in tables.workloads.records}
    for row in tables.splits.placed:
        ends = (row.record.prefill_offering, row.record.decode_offering)
        names: dict[YieldScope, set[str | None]] = {
            YieldScope.OFFERING: set(ends),
            YieldScope.STACK: {stacks.get(end) for end in ends},
        }
        for stated in tables.column_yields.records:
            if models.get(stated.workload) == row.record.model and stated.name in names[stated.scope]:
                found = f"a split on {stated.name}, for which column_yields states retries of {stated.workload}"
                hint = "state the retries in workloads, or plan without the split or without the row in column_yields"
                yield Finding(Code.CONTRADICTION, row.at("split"), found, "columns without retries of their own", hint)


def _without_precision(tables: Tables) -> Iterator[Finding]:
    known = precisions(tables)
    models = {model for model, _ in known}
    for row in tables.splits.placed:
        split = row.record
        if split.model in models and (split.model, split.precision) not in known:
            yield no_precision(row, split.model, split.precision)


def _across_geographies(tables: Tables) -> Iterator[Finding]:
    geography = {row.region: row.geography for row in tables.regions.records}
    placed = {row.offering: geography.get(row.region) for row in tables.offerings.records}
    for row in tables.splits.placed:
        here, there = placed.get(row.record.prefill_offering), placed.get(row.record.decode_offering)
        if here is not None and there is not None and here != there:
            expected = f"an offering in {here}, where {row.record.prefill_offering} is"
            found = f"{row.record.decode_offering}, which is in {there}"
            hint = "residency is judged once for both: name two offerings of one geography"
            yield Finding(Code.REFERENCE, row.at("decode_offering"), found, expected, hint)


def _not_a_name_of_its_own(tables: Tables) -> Iterator[Finding]:
    """Bills name contracts, held contracts, APIs and splits by their id, so one name may mean one of them only."""
    taken = {
        **tables.contracts.places,
        **tables.held_contracts.places,
        **tables.api_offers.places,
        **tables.provisioned.places,
    }
    for row in tables.splits.placed:
        there = taken.get((row.record.split,))
        if there is not None:
            found = f"{shown(row.record.split)}, a name that stands in {there.file}, row {there.row}"
            hint = "give one of the two another name"
            yield Finding(Code.REPEATED, row.at("split"), found, "a name of its own", hint)
