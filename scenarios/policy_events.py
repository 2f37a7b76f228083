"""Fallback: the events after which what is left must still serve, as records.

Meanings: docs/decisions/0004 (contingencies) and 0036 (more of them).
"""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from catalog.records import Count, Id, NonNegative, Record, Share, Text


class Lost(StrEnum):
    """What a contingency takes away."""

    PROVIDER = "provider"
    REGION = "region"
    GEOGRAPHY = "geography"
    FAMILY = "family"
    CHIP_VENDOR = "chip_vendor"
    STACK = "stack"
    LOCALITY = "locality"
    """All offerings of a locality: cloud, edge, own_site, or local for the last two."""
    OFFERING = "offering"
    CONTRACT = "contract"
    """One contract or held contract, by its id."""
    SPOT = "spot"
    """All spot capacity; `name` is then *."""
    DELIVERY = "delivery"
    """New orders are delivered late, or in part: of a contract, of a provider, or * for all."""
    YOUNG_STACK = "young_stack"
    """A stack does not yet carry the models that were moved to it a short time ago; * for every custom stack."""


CONFINED = (Lost.PROVIDER, Lost.FAMILY, Lost.CHIP_VENDOR, Lost.STACK)
"""What may be lost in one geography only."""


class BlockChoice(StrEnum):
    """In which load blocks a contingency must be survived."""

    PEAK = "peak"
    """In every block than which no other block asks at least as much of every workload: the others follow."""
    ALL = "all"


class WorkloadFloor(Record):
    """The floor of one workload, in place of the event's."""

    workload: Id
    floor_share: Share
    """Share of its demand that must still be served."""


class Contingency(Record):
    """An event after which what is left must still serve a floor of every workload at once."""

    contingency: Id
    lost: Lost
    name: str
    """What is lost: the provider, region, family, contract ... by its name."""
    in_geography: Text = ""
    """Only what stands in this geography is lost; blank: everywhere."""
    late_months: Count | None = None
    """For a delivery: months that orders are late; blank: for their whole term (then delivered_share is there)."""
    delivered_share: Share = 0.0
    """For a delivery: share of the nodes of an order that is there in those months."""
    months_in_production: Count | None = None
    """For a young stack: months from the gate after which a model counts on it."""
    floor_share: Share
    """Share of each workload's demand that must still be served."""
    floors: tuple[WorkloadFloor, ...] = ()
    """Workloads with a floor of their own."""
    ttft_factor: float = Field(default=1.0, ge=1.0, allow_inf_nan=False)
    """The TTFT limit may be longer by this factor while the event lasts."""
    tpot_factor: float = Field(default=1.0, ge=1.0, allow_inf_nan=False)
    api_share: Share = 0.0
    """Share of the rate limits of APIs that are left on which one may count; 0: on none."""
    probability_per_year: Share
    duration_hours: NonNegative
    blocks: BlockChoice = BlockChoice.PEAK
    outlooks: tuple[Id, ...] = ()
    """Outlooks in which the event must be survived; blank for all."""

    @model_validator(mode="after")
    def _fields_fit_what_is_lost(self) -> Self:
        if self.in_geography and self.lost not in CONFINED:
            raise ValueError(f"in_geography goes with {', '.join(CONFINED)} only")
        delivery = self.late_months is not None or self.delivered_share > 0
        if delivery != (self.lost is Lost.DELIVERY):
            raise ValueError("late_months or delivered_share go with lost: delivery, which needs one of them")
        if (self.months_in_production is not None) != (self.lost is Lost.YOUNG_STACK):
            raise ValueError("months_in_production goes with lost: young_stack, which needs it")
        named = [row.workload for row in self.floors]
        if len(set(named)) < len(named):
            raise ValueError("a workload has two floors")
        return self

    @property
    def expected_hours_per_month(self) -> float:
        """Probability in a month x duration."""
        return self.probability_per_year / 12.0 * self.duration_hours

    def floor_of(self, workload: str) -> float:
        """Share of a workload's demand that must still be served."""
        return next((row.floor_share for row in self.floors if row.workload == workload), self.floor_share)
