"""What an offering stands for beside its speed and price: sovereignty, power, and the grid that it draws from.

Meanings: docs/decisions/0037.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from catalog.records import Id, NonNegative, Positive, Sourced

Score = Annotated[float, Field(ge=0.0, le=100.0, allow_inf_nan=False)]


class Locality(StrEnum):
    """Whose ground a node stands on."""

    CLOUD = "cloud"
    EDGE = "edge"
    OWN_SITE = "own_site"


class Answer(StrEnum):
    """An answer to a question of the audit; what is not known counts as no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class AuditQuestion(StrEnum):
    """The five questions of a sovereignty audit."""

    INSTRUCTION_SET_AUTONOMY = "instruction_set_autonomy"
    SUPPLY_CHAIN_TRANSPARENCY = "supply_chain_transparency"
    FIRMWARE_INTEGRITY = "firmware_integrity"
    ENERGY_AGNOSTICISM = "energy_agnosticism"
    PORTABLE_IN_24_HOURS = "portable_in_24_hours"


class RatedScope(StrEnum):
    """What a rating is of."""

    OFFERING = "offering"
    ACCELERATOR = "accelerator"


class SovereigntyRating(Sourced):
    """Four scores and five answers: of an offering, or of those of an accelerator that have no rating of their own."""

    scope: RatedScope
    """Whether name is an offering, or an accelerator."""
    name: Id
    """The offering or accelerator."""
    ip_ownership: Score
    """Who owns the instruction set and the design: 0 a single foreign owner, 100 open or one's own."""
    fabrication_diversity: Score
    """From how many foundries and countries it can be had: 0 from one, 100 from several at any time."""
    compiler_openness: Score
    """0 a closed compiler, 100 one that can be built from source."""
    energy_integration: Score
    """How far the energy of the place is one's own or contracted: 0 whatever the grid has, 100 wholly."""
    instruction_set_autonomy: Answer = Answer.UNKNOWN
    """Can the instruction set be used and extended without leave?"""
    supply_chain_transparency: Answer = Answer.UNKNOWN
    """Is the origin of the parts known?"""
    firmware_integrity: Answer = Answer.UNKNOWN
    """Can the firmware be verified by its user?"""
    energy_agnosticism: Answer = Answer.UNKNOWN
    """Can it run on the power of any supplier?"""
    portable_in_24_hours: Answer = Answer.UNKNOWN
    """Can what it serves be moved elsewhere within 24 hours?"""

    def answer(self, question: AuditQuestion) -> Answer:
        """The answer to a question."""
        return {
            AuditQuestion.INSTRUCTION_SET_AUTONOMY: self.instruction_set_autonomy,
            AuditQuestion.SUPPLY_CHAIN_TRANSPARENCY: self.supply_chain_transparency,
            AuditQuestion.FIRMWARE_INTEGRITY: self.firmware_integrity,
            AuditQuestion.ENERGY_AGNOSTICISM: self.energy_agnosticism,
            AuditQuestion.PORTABLE_IN_24_HOURS: self.portable_in_24_hours,
        }[question]


class AcceleratorPower(Sourced):
    """Power of one accelerator in service with its share of the host, used or idle."""

    accelerator: Id
    power_kw: Positive
    """Power of one accelerator in service with its share of the host."""
    includes_facility: bool = False
    """True when cooling and losses of the site are in the figure already: then no PUE is put on top."""


class RegionEnergy(Sourced):
    """The grid of a region, and what its data centres draw beside the nodes."""

    region: Id
    grid_g_co2e_per_kwh: NonNegative
    """Emissions of the grid, location-based yearly average."""
    pue: Annotated[float, Field(ge=1.0, allow_inf_nan=False)]
    """Power of the site for each unit of power of the nodes."""
