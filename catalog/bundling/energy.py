"""accelerator_power.csv and region_energy.csv: what chips draw, and the grids and sites of regions (power_carbon.csv).

Only what is published as such: all-in power of an accelerator with its share of server and site, yearly averages of
grids, and the PUE that a provider states for all of its sites. Chip limits (TDP) are no power of a node, so they are
left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.bundling.chips import READ_ON
from catalog.bundling.regions import GEOGRAPHIES, region_id
from catalog.bundling.tables import RawRow
from catalog.footprint import AcceleratorPower, RegionEnergy
from catalog.records import Evidence

_POWER = {
    "h100": "H100-80GB",
    "h200": "H200-141GB",
    "b200": "B200-180GB",
    "b300": "B300",
    "gb200": "GB200",
    "gb300": "GB300",
    "mi300x": "MI300X-192GB",
    "mi355x": "MI355X-288GB",
}
"""Chips of the catalog by their names in the source."""

_AZURE_NAMES = {
    "eastus": "East US",
    "eastus2": "East US 2",
    "southcentralus": "South Central US",
    "northcentralus": "North Central US",
    "westus2": "West US 2",
    "westus3": "West US 3",
    "swedencentral": "Sweden Central",
    "westeurope": "West Europe",
    "francecentral": "France Central",
    "uksouth": "UK South",
    "centralindia": "Central India",
    "southeastasia": "Southeast Asia",
}
"""Azure's regions by the names in the source."""

GRID_AT_MOST_G_PER_KWH = 1500.0
"""No grid emits more (coal alone is near 1,000): a figure above it is in another unit, and stays unknown."""


@dataclass(frozen=True, slots=True)
class _Published:
    """A figure of a provider, and where it stands."""

    value: float
    basis: str
    source: str


def accelerator_power(rows: Sequence[RawRow]) -> list[AcceleratorPower]:
    """Power of the catalog's chips where it is published, by chip."""
    return sorted(
        (
            AcceleratorPower(
                accelerator=_POWER[row["key"]],
                power_kw=float(row["value"]),
                includes_facility=True,
                source=f"{row['source']}: {row['basis']}; undated in the source",
                as_of=READ_ON,
                evidence=Evidence.MODELLED,
                licence="single fact, cited",
            )
            for row in rows
            if row["kind"] == "all_in_power_per_gpu" and row["key"] in _POWER
        ),
        key=lambda row: row.accelerator,
    )


def region_energy(rows: Sequence[RawRow]) -> list[RegionEnergy]:
    """Grid and PUE of the catalog's regions where both are published, by region."""
    grids = {(row["key"], row["region"]): _published(row) for row in rows if row["kind"] == "grid_carbon_intensity"}
    pues = {row["key"]: _published(row) for row in rows if row["kind"] == "pue"}
    found = [
        _energy(region_id(provider, name), grid, pues[provider], provider)
        for provider, name in _regions()
        if (grid := grids.get((provider, _AZURE_NAMES.get(name, name)))) is not None
        and grid.value <= GRID_AT_MOST_G_PER_KWH
        and provider in pues
    ]
    return sorted(found, key=lambda row: row.region)


def _published(row: RawRow) -> _Published:
    return _Published(float(row["value"]), row["basis"], row["source"])


def _regions() -> Iterator[tuple[str, str]]:
    for providers in GEOGRAPHIES.values():
        for provider, names in providers.items():
            yield from ((provider, name) for name in names)


def _energy(region: str, grid: _Published, pue: _Published, provider: str) -> RegionEnergy:
    is_dated = provider == "gcp"
    return RegionEnergy(
        region=region,
        grid_g_co2e_per_kwh=grid.value,
        pue=pue.value,
        source=f"grid: {grid.source}, {grid.basis}{'' if is_dated else ', undated in the source'}; "
        f"PUE of all sites of {provider}: {pue.source}, {pue.basis}",
        as_of=date(2024, 12, 31) if is_dated else READ_ON,
        evidence=Evidence.VENDOR,
        licence="Apache-2.0",
    )
