"""Offerings: the nodes that can be had, where, at what list price, and why the others are not used."""

from __future__ import annotations

from catalog.offerings import Offering
from reports.facts import Facts
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records
from reports.sheets.inputs import Inputs
from reports.sheets.offering_figures import figure_fields


def offerings_sheet(facts: Facts, inputs: Inputs) -> Records[Offering]:
    """One line per offering; those in the plan come first, in the order of the Calc sheets."""
    return write_records(
        Grid("Offerings", "inputs"),
        "tblOfferings",
        _fields(facts, inputs),
        facts.offerings,
        "Offerings: nodes that can be had",
        "Offerings in the plan stand first; the Calc sheets keep that order (a check compares them)."
        " A blank stock or quota is unknown: the policy's bound applies.",
    )


def _fields(facts: Facts, inputs: Inputs) -> list[Field[Offering]]:
    catalog, given = facts.scenario.catalog, Kind.INPUT
    chip = catalog.accelerator_of
    active = set(facts.in_plan)
    return [
        Field("Offering", lambda r, _: r.offering),
        Field("In the plan", lambda r, _: r.offering in active, Kind.DECISION),
        Field("Provider", lambda r, _: r.provider, given),
        Field("Chip vendor", lambda r, _: chip(r).chip_vendor, given),
        Field("Stack", lambda r, _: chip(r).stack, given),
        Field("Family", lambda r, _: chip(r).family, given),
        Field("Geography", lambda r, _: catalog.geography(r), given),
        Field("Region", lambda r, _: r.region, given),
        Field("Accelerator", lambda r, _: r.accelerator, given),
        Field("Class of chip", lambda r, _: chip(r).silicon.value, given),
        Field("Chips per node", lambda r, _: r.accelerators_per_node, given, Fmt.WHOLE),
        Field("List USD per node hour", lambda r, _: r.list_price_usd_per_node_hour, given, Fmt.PRICE),
        Field("Stock nodes", lambda r, _: r.stock_nodes, given, Fmt.GENERAL),
        Field("Quota nodes", lambda r, _: r.quota_nodes, given, Fmt.GENERAL),
        Field("Counted on in an event", lambda r, _: r.on_demand_confidence, given, Fmt.SHARE),
        Field("Lead time days", lambda r, _: r.lead_time_days, given, Fmt.WHOLE),
        *figure_fields(facts, inputs),
        Field("Evidence", lambda r, _: r.evidence.value, given),
        Field("As of", lambda r, _: r.as_of, given, Fmt.DATE),
        Field("Fictitious", lambda r, _: r.fictitious, given),
        Field("Why not in the plan", lambda r, _: facts.why_not(r.offering), wrap=True, max_width=60),
        Field("Source", lambda r, _: facts.source_of(r), Kind.NOTE),
        Field("Pricing rule", lambda r, _: r.pricing_rule, Kind.NOTE, wrap=True, max_width=44),
    ]
