"""What of the catalog a scenario can use: the rest of a bundled table is left out, so that plans stay small.

Kept: all offerings; their regions and those of API offers; the accelerators on offer, and the baselines of claims on
them; points, models and quality of the workloads' models on these.
"""

from catalog.accelerators import Accelerator
from catalog.book import Catalog
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from scenarios.loading_tables import Tables


def pruned_catalog(tables: Tables) -> Catalog:
    """The catalog of a scenario, with what it cannot use left out."""
    offerings = tables.offerings.records
    regions = {row.region for row in offerings} | {row.region for row in tables.api_offers.records}
    claims = claims_in_use(tables)
    accelerators = accelerators_in_use(tables)
    models = {row.model for row in tables.workloads.records}
    stacks = {row.stack for row in accelerators}
    offered = {row.accelerator for row in offerings}
    rated = offered | {row.offering for row in offerings}
    return Catalog(
        accelerators=accelerators,
        models=tuple(row for row in tables.models.records if row.model in models),
        quality=tuple(row for row in tables.quality.records if row.model in models and row.stack in stacks),
        regions=tuple(row for row in tables.regions.records if row.region in regions),
        offerings=offerings,
        goodput_points=points_in_use(tables),
        claims=claims,
        sovereignty=tuple(row for row in tables.sovereignty.records if row.name in rated),
        accelerator_power=tuple(row for row in tables.accelerator_power.records if row.accelerator in offered),
        region_energy=tuple(row for row in tables.region_energy.records if row.region in regions),
    )


def claims_in_use(tables: Tables) -> tuple[PricePerformanceClaim, ...]:
    """Claims on accelerators that are on offer."""
    offered = {row.accelerator for row in tables.offerings.records}
    return tuple(row for row in tables.claims.records if row.accelerator in offered)


def names_in_use(tables: Tables) -> frozenset[str]:
    """Names of the accelerators on offer and of the baselines of claims on them."""
    offered = {row.accelerator for row in tables.offerings.records}
    return frozenset(offered | {row.baseline_accelerator for row in claims_in_use(tables)})


def accelerators_in_use(tables: Tables) -> tuple[Accelerator, ...]:
    """Rows of the accelerators that the scenario can use."""
    names = names_in_use(tables)
    return tuple(row for row in tables.accelerators.records if row.accelerator in names)


def points_in_use(tables: Tables) -> tuple[GoodputPoint, ...]:
    """Points of the workloads' models on accelerators that the scenario can use."""
    names = names_in_use(tables)
    models = {row.model for row in tables.workloads.records}
    return tuple(row for row in tables.goodput_points.records if row.accelerator in names and row.model in models)
