"""What a node of an offering draws and emits in an hour, to the last digit, and what its index of sovereignty is.

    kwh_per_node_hour[o]  =  node_kw[o] * pue[o]
    t_per_node_hour[o]    =  kwh_per_node_hour[o] * grid_g_co2e_per_kwh[o] / 1e6
    index[o]              =  sum over the four parts of weight * score / 100, 0 where nothing is rated

Meanings: docs/decisions/0037. None where a figure is neither in the catalog nor stated by the policy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from contracts.money import EXACT, exact
from scenarios.footprint import Footprint
from scenarios.policy import ConcentrationCap, ShareFloor, ShareMeasure
from scenarios.scenario import Scenario

GRAMS_PER_TONNE = Decimal(1_000_000)


@dataclass(frozen=True)
class FootprintFigures:
    """Figures of a scenario's offerings."""

    scenario: Scenario

    @cached_property
    def footprint(self) -> Footprint:
        """Where they come from."""
        return Footprint.of(self.scenario)

    def kwh_per_node_hour(self, offering: str) -> Decimal | None:
        """What the site draws for a node, which in an hour is as many kWh."""
        node_kw, pue = self.footprint.node_kw(offering), self.footprint.pue(offering)
        if node_kw is None or pue is None:
            return None
        return EXACT.multiply(exact(float(node_kw)), exact(float(pue)))

    def t_per_node_hour(self, offering: str) -> Decimal | None:
        """What the grid emits for it."""
        kwh, grid = self.kwh_per_node_hour(offering), self.footprint.grid_g_co2e_per_kwh(offering)
        if kwh is None or grid is None:
            return None
        return EXACT.divide(EXACT.multiply(kwh, exact(float(grid))), GRAMS_PER_TONNE)

    def needed(self, figure: Callable[[str], Decimal | None], offering: str) -> Decimal:
        """A figure that a rule needs; ValueError where it is not known (a scenario that was read has been checked)."""
        known = figure(offering)
        if known is None:
            raise ValueError(f"a rule needs power, PUE or grid of {offering}, which are neither known nor stated")
        return known

    def index(self, offering: str) -> float:
        """Sovereignty of an offering, 0 to 100."""
        rating, weights = self.footprint.rating(offering), self.scenario.policy.sovereignty_weights
        if rating is None:
            return 0.0
        parts = (
            weights.ip_ownership * rating.ip_ownership,
            weights.fabrication_diversity * rating.fabrication_diversity,
            weights.compiler_openness * rating.compiler_openness,
            weights.energy_integration * rating.energy_integration,
        )
        return sum(parts) / 100.0

    @cached_property
    def has_energy(self) -> bool:
        """Whether a plan tells energy and emissions: there are tables of them, or rules that need them."""
        catalog, policy = self.scenario.catalog, self.scenario.policy
        shares: tuple[ConcentrationCap | ShareFloor, ...] = (*policy.concentration, *policy.share_floors)
        return bool(
            catalog.accelerator_power
            or catalog.region_energy
            or policy.power
            or policy.carbon
            or policy.carbon_price_usd_per_t
            or any(rule.measure is ShareMeasure.POWER for rule in shares)
        )

    @cached_property
    def has_index(self) -> bool:
        """Whether a plan tells the index of its fleet: something is rated, or there is a floor."""
        return bool(self.scenario.catalog.sovereignty or self.scenario.policy.sovereignty)
