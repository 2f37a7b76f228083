"""Sovereignty, power and carbon: what a fleet must be, and how much it may draw and emit, as records.

Meanings: docs/decisions/0037.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from catalog.footprint import AuditQuestion
from catalog.records import Id, NonNegative, Positive, Record, Text
from scenarios.policy_budgets import BudgetWindow
from scenarios.policy_shares import Grouping, InMonths, Window

Points = Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]


class SovereigntyWeights(Record):
    """What the four parts of the index weigh, together 100."""

    ip_ownership: Points = 30.0
    """Points of who owns the instruction set and the design."""
    fabrication_diversity: Points = 25.0
    """Points of how many foundries and countries it comes from."""
    compiler_openness: Points = 20.0
    """Points of how open the compiler is."""
    energy_integration: Points = 25.0
    """Points of how far the energy is one's own or contracted."""

    @model_validator(mode="after")
    def _are_a_hundred(self) -> Self:
        parts = (self.ip_ownership, self.fabrication_diversity, self.compiler_openness, self.energy_integration)
        if abs(sum(parts) - 100.0) > 1e-9:
            raise ValueError(f"the four weights add up to {sum(parts):g}, not to 100")
        return self


class SovereigntyFloor(InMonths):
    """The index of the fleet, weighed with capacity, is at least so high."""

    rule: Id
    index_at_least: Points
    """Lowest index of the fleet, 0 to 100."""
    window: Window = Window.MONTH


class AuditMinimum(Record):
    """What must be answered with yes of an offering before it may serve a workload."""

    rule: Id
    workload: Text = "*"
    """A workload, or * for every one."""
    yes_at_least: Annotated[int, Field(ge=0, le=5)] = 0
    """Of the five questions."""
    required: tuple[AuditQuestion, ...] = ()
    """Questions that must be answered with yes."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not (self.yes_at_least or self.required):
            raise ValueError("yes_at_least is 0 and required is empty, so the rule asks for nothing")
        return self


class PowerCap(InMonths):
    """Most power that the nodes of a group may draw in any block, cooling included."""

    rule: Id
    by: Grouping = Grouping.REGION
    group: str = "*"
    """A group's name, or * for every group."""
    limit_mw: NonNegative
    """In megawatts, cooling and losses of the sites included."""

    @model_validator(mode="after")
    def _is_by_what_nodes_have(self) -> Self:
        if self.by in (Grouping.CONTRACT, Grouping.PORTABILITY):
            raise ValueError(f"by {self.by.value}: power is capped by what a node is or where it stands")
        return self


class CarbonCap(Record):
    """Most that the fleet may emit in each window."""

    rule: Id
    window: BudgetWindow
    limit_t_co2e: NonNegative
    """For a whole window; one that is cut by the horizon has its part of it, by months."""


class UnknownFigures(Record):
    """What is taken where the catalog knows no figure; without it, rules that need the figure are refused."""

    power_kw_per_accelerator: Positive | None = None
    """For accelerators that accelerator_power does not have; cooling comes on top."""
    pue: Annotated[float, Field(ge=1.0, allow_inf_nan=False)] | None = None
    """For regions that region_energy does not have."""
    grid_g_co2e_per_kwh: NonNegative | None = None
    """For regions that region_energy does not have."""
