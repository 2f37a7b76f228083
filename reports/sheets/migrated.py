"""Calc_Migrated: what is served where a migration was needed, one line per offering and workload."""

from __future__ import annotations

from dataclasses import dataclass

from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.routing import WORKLOAD, Routing
from reports.timeline import ITEM, Band


@dataclass(frozen=True, slots=True)
class Migrated:
    """A workload on an offering that only a migration opens to it."""

    migration: str
    model: str
    stack: str
    offering: str
    workload: str


def migrated_sheet(facts: Facts, routing: Routing) -> Records[Migrated]:
    """Sums over Calc_Routing; before the gate nothing is served there."""

    def served(band: Band) -> Field[Migrated]:
        def amount(_: Migrated, at: Line) -> Expr:
            offering = Where(band.keys(ITEM), "=", at["Offering"])
            return sum_where(band.sums(), offering, Where(band.keys(WORKLOAD), "=", at["Workload"]))

        header = "Mtok" if band is routing.mtok else "node hours"
        return Field(header, amount, Kind.CALC, Fmt.QUANTITY, total=True)

    return write_records(
        Grid("Calc_Migrated", "workings"),
        "tblMigrated",
        [
            Field("Migration", lambda r, _: r.migration),
            Field("Model", lambda r, _: r.model),
            Field("Stack", lambda r, _: r.stack),
            Field("Offering", lambda r, _: r.offering),
            Field("Workload", lambda r, _: r.workload),
            served(routing.mtok),
            served(routing.node_hours),
        ],
        _rows(facts),
        "Migrated: what is served where a migration was needed",
        "Sums over the sheet Calc_Routing; before the gate nothing is served there.",
    )


def _rows(facts: Facts) -> list[Migrated]:
    catalog = facts.scenario.catalog
    model = {w.workload: w.model for w in facts.scenario.workloads}
    pairs = sorted({(route.offering, route.workload) for route in facts.routes})
    return [
        Migrated(m.migration, m.model, m.stack, offering, workload)
        for m in sorted(facts.scenario.migrations, key=lambda m: m.migration)
        for offering, workload in pairs
        if catalog.accelerator_of(catalog.offering[offering]).stack == m.stack and model[workload] == m.model
    ]
