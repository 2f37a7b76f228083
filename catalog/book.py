"""The catalog as one frozen book, with look-ups by id."""

from functools import cached_property

from catalog.accelerators import Accelerator, ModelPrecision, Quality
from catalog.footprint import AcceleratorPower, RegionEnergy, SovereigntyRating
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.offerings import Offering, Region
from catalog.records import Record


class Catalog(Record):
    """What can be had. Cross-references are checked where it is read (scenarios.loading)."""

    accelerators: tuple[Accelerator, ...]
    models: tuple[ModelPrecision, ...]
    quality: tuple[Quality, ...]
    regions: tuple[Region, ...]
    offerings: tuple[Offering, ...]
    goodput_points: tuple[GoodputPoint, ...]
    claims: tuple[PricePerformanceClaim, ...] = ()
    sovereignty: tuple[SovereigntyRating, ...] = ()
    accelerator_power: tuple[AcceleratorPower, ...] = ()
    region_energy: tuple[RegionEnergy, ...] = ()

    @cached_property
    def accelerator(self) -> dict[str, Accelerator]:
        """Accelerators by id."""
        return {row.accelerator: row for row in self.accelerators}

    @cached_property
    def offering(self) -> dict[str, Offering]:
        """Offerings by id."""
        return {row.offering: row for row in self.offerings}

    @cached_property
    def region(self) -> dict[str, Region]:
        """Regions by id."""
        return {row.region: row for row in self.regions}

    def geography(self, offering: Offering) -> str:
        """The geography of the offering's region."""
        return self.region[offering.region].geography

    def accelerator_of(self, offering: Offering) -> Accelerator:
        """The chip of the offering's nodes."""
        return self.accelerator[offering.accelerator]
