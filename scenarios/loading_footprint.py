"""Ratings, power and grids are of what there is, and rules on power and carbon have the figures that they need."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from catalog.findings import Code, Finding, Location, did_you_mean, shown
from catalog.footprint import RatedScope
from catalog.reading_records import TreeReader
from contracts.terms.owned import Owned
from scenarios.footprint import Footprint, localities_of
from scenarios.loading_names import EVERY
from scenarios.loading_pruning import pruned_catalog
from scenarios.loading_tables import SCENARIO_FILE, Tables
from scenarios.policy import AuditMinimum, CarbonCap, ConcentrationCap, Grouping, Policy, PowerCap, ShareFloor
from scenarios.policy_shares import ShareMeasure

NAMED = 5
"""Offerings that a finding names; of the others it says how many there are."""


def check_footprint(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report ratings of what is not there, minimums for unknown workloads, and rules without their figures."""
    findings += _unknown_rated(tables)
    findings += _unknown_workloads(reader, tables)
    policy = reader.whole.get("policy")
    if isinstance(policy, Policy) and _can_be_told(tables):
        findings += _without_figures(reader, tables, policy)


def _unknown_rated(tables: Tables) -> Iterator[Finding]:
    for row in tables.sovereignty.placed:
        rating = row.record
        is_offering = rating.scope is RatedScope.OFFERING
        target, column = (tables.offerings, "offering") if is_offering else (tables.accelerators, "accelerator")
        if not target.may_hold(column, rating.name):
            hint = did_you_mean(rating.name, target.names(column))
            expected = f"a name in column {column} of {target.spec.name}"
            yield Finding(Code.REFERENCE, row.at("name"), shown(rating.name), expected, hint)


def _unknown_workloads(reader: TreeReader, tables: Tables) -> Iterator[Finding]:
    for path, rule in reader.whole.items():
        if not isinstance(rule, AuditMinimum) or rule.workload == EVERY:
            continue
        if not tables.workloads.may_hold("workload", rule.workload):
            hint = did_you_mean(rule.workload, [*tables.workloads.names("workload"), EVERY])
            where = reader.where(f"{path}.workload")
            yield Finding(Code.REFERENCE, where, shown(rule.workload), "a workload, or * for every one", hint)


def _can_be_told(tables: Tables) -> bool:
    """Whether every row was read that may have a figure, or need one."""
    read = (
        tables.offerings,
        tables.accelerators,
        tables.regions,
        tables.contracts,
        tables.held_contracts,
        tables.accelerator_power,
        tables.region_energy,
    )
    return all(table.whole and not table.refused for table in read)


@dataclass(frozen=True)
class _Figure:
    """A figure that rules need of an offering."""

    words: str
    of: Callable[[str], float | None]
    column: str
    table: str
    stand_in: str
    """Key of unknown_figures that takes its place."""


def _without_figures(reader: TreeReader, tables: Tables, policy: Policy) -> Iterator[Finding]:
    catalog = pruned_catalog(tables)
    owned = tuple(row for row in tables.contracts.records if isinstance(row, Owned))
    footprint = Footprint(catalog, owned, policy.unknown_figures)
    power = _Figure("power", footprint.node_kw, "power_kw", "accelerator_power", "power_kw_per_accelerator")
    pue = _Figure("PUE", footprint.pue, "pue", "region_energy", "pue")
    grid = _Figure(
        "grid", footprint.grid_g_co2e_per_kwh, "grid_g_co2e_per_kwh", "region_energy", "grid_g_co2e_per_kwh"
    )
    offerings = _with_nodes(tables)
    for path, rule in reader.whole.items():
        where = reader.where(path)
        if isinstance(rule, PowerCap):
            members = [o for o in offerings if o in footprint.catalog.offering and _is_in(rule, o, footprint)]
            yield from _missing(where, rule.rule, (power, pue), members)
        elif isinstance(rule, CarbonCap):
            yield from _missing(where, rule.rule, (power, pue, grid), offerings)
        elif isinstance(rule, ConcentrationCap | ShareFloor) and rule.measure is ShareMeasure.POWER:
            yield from _missing(where, rule.rule, (power, pue), offerings)
    if policy.carbon_price_usd_per_t:
        where = reader.where("policy.carbon_price_usd_per_t")
        yield from _missing(where, "the carbon price", (power, pue, grid), offerings)


def _with_nodes(tables: Tables) -> list[str]:
    """Offerings that can have nodes: to buy, held, or to swap to."""
    known = {row.offering for row in tables.offerings.records}
    named = tables.contracts.names("offering") | tables.held_contracts.names("offering")
    named |= tables.contracts.names("swap_to") | tables.held_contracts.names("swap_to")
    return sorted(known & named)


def _is_in(rule: PowerCap, offering: str, footprint: Footprint) -> bool:
    if rule.group == EVERY:
        return True
    row = footprint.catalog.offering[offering]
    if rule.by is Grouping.LOCALITY:
        return rule.group in localities_of(row.locality)
    if rule.by is Grouping.GEOGRAPHY:
        return rule.group == footprint.catalog.geography(row)
    accelerator = footprint.catalog.accelerator_of(row)
    return {
        Grouping.PROVIDER: row.provider,
        Grouping.REGION: row.region,
        Grouping.FAMILY: accelerator.family,
        Grouping.STACK: accelerator.stack,
    }.get(rule.by, accelerator.chip_vendor) == rule.group


def _missing(where: Location, rule: str, figures: Iterable[_Figure], offerings: Iterable[str]) -> Iterator[Finding]:
    """A finding for every figure that some of the offerings lack."""
    for figure in figures:
        without = [o for o in offerings if figure.of(o) is None]
        if without:
            more = f" and {len(without) - NAMED} more" if len(without) > NAMED else ""
            found = f"no {figure.words} of {', '.join(without[:NAMED])}{more}"
            expected = f"{figure.column} in {figure.table}, because {rule} needs it"
            hint = (
                f"add the rows to {figure.table}.csv, list {figure.table} under bundled_tables, or state "
                f"policy.unknown_figures.{figure.stand_in} in {SCENARIO_FILE}"
            )
            yield Finding(Code.NO_FIGURE, where, found, expected, hint)
