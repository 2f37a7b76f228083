"""Every name that a row refers to must stand in the table it refers to.

Rows of bundled tables are checked only where the scenario uses them: the rest is left out afterwards.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from catalog.accelerators import Quality
from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.footprint import AcceleratorPower, RegionEnergy
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.loading import Placed, Table
from scenarios.loading_pruning import names_in_use, points_in_use
from scenarios.loading_tables import BUNDLED_PREFIX, Tables


class _Reference(NamedTuple):
    """A column whose values must stand in a column of another table."""

    table: str
    column: str
    target: str
    target_column: str
    or_table: str = ""
    """Another table in whose column of the same name it may stand instead."""


_REFERENCES = (
    _Reference("offerings", "region", "regions", "region"),
    _Reference("offerings", "accelerator", "accelerators", "accelerator"),
    _Reference("goodput_points", "accelerator", "accelerators", "accelerator"),
    _Reference("quality", "model", "models", "model"),
    _Reference("quality", "stack", "accelerators", "stack"),
    _Reference("claims", "accelerator", "accelerators", "accelerator"),
    _Reference("claims", "baseline_accelerator", "accelerators", "accelerator"),
    _Reference("accelerator_power", "accelerator", "accelerators", "accelerator"),
    _Reference("region_energy", "region", "regions", "region"),
    _Reference("contracts", "offering", "offerings", "offering"),
    _Reference("held_contracts", "offering", "offerings", "offering"),
    _Reference("covered_rates", "contract", "spend_commitments", "contract"),
    _Reference("covered_rates", "covers", "contracts", "contract"),
    _Reference("api_offers", "region", "regions", "region"),
    _Reference("provisioned", "api", "api_offers", "api"),
    _Reference("splits", "model", "models", "model"),
    _Reference("splits", "prefill_offering", "offerings", "offering"),
    _Reference("splits", "decode_offering", "offerings", "offering"),
    _Reference("workloads", "model", "models", "model", or_table="api_offers"),
    _Reference("volume_tiers", "contract", "contracts", "contract"),
    _Reference("size_classes", "workload", "workloads", "workload"),
    _Reference("demand", "workload", "workloads", "workload"),
    _Reference("forecast", "workload", "workloads", "workload"),
    _Reference("model_dates", "model", "workloads", "model"),
    _Reference("hourly_load", "workload", "workloads", "workload"),
    _Reference("column_yields", "workload", "workloads", "workload"),
    _Reference("tags", "workload", "workloads", "workload"),
    _Reference("migrations", "model", "models", "model"),
    _Reference("migrations", "stack", "accelerators", "stack"),
)


def check_references(tables: Tables, findings: list[Finding]) -> None:
    """Report every reference to what is not there."""
    for reference in _REFERENCES:
        findings += _missing(tables, reference)
    findings += _unknown_geographies(tables)
    findings += _wrong_stacks(tables)
    findings += _points_without_precision(tables)
    findings += _quality_without_precision(tables)
    findings += _models_without_points(tables)


def is_bundled(row: Placed[Any]) -> bool:
    """Whether a row comes from the catalog that ships with the program."""
    return row.row.where.file.startswith(BUNDLED_PREFIX)


def _missing(tables: Tables, reference: _Reference) -> Iterator[Finding]:
    source: Table[Any] = getattr(tables, reference.table)
    target: Table[Any] = getattr(tables, reference.target)
    for row in source.placed:
        name = row.row.cells[reference.column]
        if reference.or_table and getattr(tables, reference.or_table).may_hold(reference.target_column, name):
            continue
        if target.may_hold(reference.target_column, name) or not _in_use(row, tables):
            continue
        hint = did_you_mean(name, target.names(reference.target_column))
        expected = f"a name in column {reference.target_column} of {reference.target}"
        yield Finding(Code.REFERENCE, row.at(reference.column), shown(name), expected, hint)


def _in_use(row: Placed[Any], tables: Tables) -> bool:
    """Own rows must be right in any case, bundled ones where the scenario uses them."""
    if not is_bundled(row):
        return True
    record = row.record
    if isinstance(record, GoodputPoint):
        models = {workload.model for workload in tables.workloads.records}
        return record.model in models and record.accelerator in names_in_use(tables)
    if isinstance(record, PricePerformanceClaim):
        return record.accelerator in names_in_use(tables)
    return not isinstance(record, Quality | AcceleratorPower | RegionEnergy)


def _unknown_geographies(tables: Tables) -> Iterator[Finding]:
    for row in tables.workloads.placed:
        for geography in row.record.geographies:
            if not tables.regions.may_hold("geography", geography):
                hint = did_you_mean(geography, tables.regions.names("geography"))
                expected = "a name in column geography of regions"
                yield Finding(Code.REFERENCE, row.at("geographies"), shown(geography), expected, hint)


def _wrong_stacks(tables: Tables) -> Iterator[Finding]:
    stacks = {row.accelerator: row.stack for row in tables.accelerators.records}
    for row in tables.goodput_points.placed:
        point = row.record
        stack = stacks.get(point.accelerator, point.stack)
        if stack != point.stack and _in_use(row, tables):
            expected = f"{stack}, the stack of {point.accelerator}"
            hint = "correct the point, or name the accelerator on its other stack apart"
            yield Finding(Code.STACK, row.at("stack"), shown(point.stack), expected, hint)


def _points_without_precision(tables: Tables) -> Iterator[Finding]:
    """Own points; a bundled one without memory figures is refused where it would serve, with that reason."""
    known = precisions(tables)
    for row in tables.goodput_points.placed:
        point = row.record
        if known and (point.model, point.precision) not in known and not is_bundled(row):
            yield no_precision(row, point.model, point.precision)


def _quality_without_precision(tables: Tables) -> Iterator[Finding]:
    known = precisions(tables)
    models = {model for model, _ in known}
    for row in tables.quality.placed:
        score = row.record
        if score.model in models and (score.model, score.precision) not in known and not is_bundled(row):
            yield no_precision(row, score.model, score.precision)


def precisions(tables: Tables) -> frozenset[tuple[str, str]]:
    """Models and precisions that are stated, also in refused rows; empty if not all could be read."""
    if not tables.models.whole:
        return frozenset()
    refused = ((row.cells.get("model", ""), row.cells.get("precision", "")) for row in tables.models.refused)
    return frozenset((*((row.model, row.precision) for row in tables.models.records), *refused))


def no_precision(row: Placed[Any], model: str, precision: str) -> Finding:
    """What is said of a row whose model has no memory figures at its precision."""
    hint = f"add {model} at {precision} to models; its memory decides where it fits"
    return Finding(Code.NO_PRECISION, row.at("precision"), shown(precision), f"a row of models for {model}", hint)


def _models_without_points(tables: Tables) -> Iterator[Finding]:
    readable = (tables.goodput_points, tables.offerings, tables.claims, tables.api_offers)
    if not all(table.whole and not table.refused for table in readable):
        return
    served = {row.model for row in points_in_use(tables)} | {row.model for row in tables.api_offers.records}
    for row in tables.workloads.placed:
        model = row.record.model
        if model not in served:
            hint = "add points of the model to goodput_points, or offer an accelerator or an API that serves it"
            expected = "a model with goodput points on an accelerator on offer"
            yield Finding(Code.NO_POINTS, row.at("model"), shown(model), expected, hint)
