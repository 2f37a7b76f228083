"""What a node of each offering draws at its site, and what its grid emits: as known, owned, or taken by the policy."""

from collections.abc import Iterable
from decimal import Decimal

from contracts.terms.owned import Owned
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.sites import kw_per_node
from scenarios.policy import ShareMeasure


class Drawn:
    """Power and grid of every offering; None where nobody states it. Call inside the context of money."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._unknown = inputs.policy.unknown_figures
        catalog = inputs.scenario.catalog
        self._chips = {row.accelerator: row for row in catalog.accelerator_power}
        self._regions = {row.region: row for row in catalog.region_energy}
        self._owned: dict[str, Owned] = {}
        for contract in sorted(inputs.terms):
            terms = inputs.terms[contract]
            if isinstance(terms, Owned):
                self._owned.setdefault(terms.offering, terms)

    def site_kw(self, offering: str) -> Decimal | None:
        """Power of a node with its part of the site; the terms of owned hardware come before the catalog."""
        if offering in self._owned:
            return kw_per_node(self._owned[offering])
        row = self._inputs.offerings[offering]
        chip = self._chips.get(row.accelerator)
        kw = self._unknown.power_kw_per_accelerator if chip is None else chip.power_kw
        if kw is None:
            return None
        if chip is not None and chip.includes_facility:
            return row.accelerators_per_node * exact(kw)
        region = self._regions.get(row.region)
        pue = self._unknown.pue if region is None else region.pue
        return None if pue is None else row.accelerators_per_node * exact(kw) * exact(pue)

    def t_per_kwh(self, offering: str) -> Decimal | None:
        """Tonnes of CO2e of a kWh of the grid."""
        region = self._regions.get(self._inputs.offerings[offering].region)
        grams = self._unknown.grid_g_co2e_per_kwh if region is None else region.grid_g_co2e_per_kwh
        return None if grams is None else exact(grams) / 1_000_000

    def without_power(self, offerings: Iterable[str]) -> list[str]:
        """Those of which nobody states what they draw."""
        return sorted(name for name in offerings if self.site_kw(name) is None)

    def without_grid(self, offerings: Iterable[str]) -> list[str]:
        """Those of which nobody states what they draw, or what their grid emits."""
        return sorted(name for name in offerings if self.site_kw(name) is None or self.t_per_kwh(name) is None)


def needs_energy(inputs: Inputs) -> bool:
    """Whether a rule or the price of carbon needs figures of every offering, or of a group of them."""
    policy = inputs.policy
    return bool(
        policy.power
        or policy.carbon
        or policy.carbon_price_usd_per_t
        or any(cap.measure is ShareMeasure.POWER for cap in policy.concentration)
        or any(floor.measure is ShareMeasure.POWER for floor in policy.share_floors)
    )
