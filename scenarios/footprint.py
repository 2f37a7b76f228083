"""What an offering draws, emits, is rated and where it stands, with what the policy takes where nothing is known.

Meanings: docs/decisions/0037. For an offering o of accelerators a in region g:

    node_kw[o]  =  accelerators_per_node[o] * power_kw[a]
    site_kw[o]  =  node_kw[o] * pue[g],  or node_kw[o] where power_kw[a] includes the facility

Where there are owned terms for the offering, their power_kw_per_node and pue stand in both.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from catalog.book import Catalog
from catalog.footprint import AcceleratorPower, Answer, Locality, RatedScope, RegionEnergy, SovereigntyRating
from contracts.terms.api import ApiOffer
from contracts.terms.owned import Owned
from scenarios.policy_footprint import UnknownFigures
from scenarios.scenario import Scenario

PORTABLE = "portable"
NOT_PORTABLE = "not_portable"
"""The two groups of portability; what is not known is not portable."""

NOTHING_STATED = UnknownFigures()

LOCAL = "local"
"""The locality of all that stands at an edge or on one's own site."""

API_LOCALITIES = (Locality.CLOUD.value,)
"""The groups of every API offer by locality: what is served by the token is served in somebody's cloud."""


@dataclass(frozen=True)
class Footprint:
    """Look-ups by offering; None where a figure is neither in the catalog nor stated by the policy."""

    catalog: Catalog
    owned: tuple[Owned, ...] = ()
    unknown: UnknownFigures = NOTHING_STATED

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """The footprint of a scenario's offerings."""
        return cls(scenario.catalog, scenario.owned, scenario.policy.unknown_figures)

    def node_kw(self, offering: str) -> float | None:
        """Power of a node in service, used or idle, without what its site draws beside it."""
        own = self._owned.get(offering)
        if own is not None:
            return own.power_kw_per_node
        row = self.catalog.offering[offering]
        known = self._power.get(row.accelerator)
        per_accelerator = self.unknown.power_kw_per_accelerator if known is None else known.power_kw
        return None if per_accelerator is None else row.accelerators_per_node * per_accelerator

    def pue(self, offering: str) -> float | None:
        """Power of the site for each unit of power of the node; 1 where the node's figure has all of it."""
        own = self._owned.get(offering)
        if own is not None:
            return float(own.pue)
        row = self.catalog.offering[offering]
        power = self._power.get(row.accelerator)
        if power is not None and power.includes_facility:
            return 1.0
        known = self._energy.get(row.region)
        return self.unknown.pue if known is None else known.pue

    def site_kw(self, offering: str) -> float | None:
        """Power that the site draws for a node, cooling and losses included."""
        node_kw, pue = self.node_kw(offering), self.pue(offering)
        return None if node_kw is None or pue is None else node_kw * pue

    def grid_g_co2e_per_kwh(self, offering: str) -> float | None:
        """Emissions of the grid where the offering stands."""
        known = self._energy.get(self.catalog.offering[offering].region)
        return self.unknown.grid_g_co2e_per_kwh if known is None else known.grid_g_co2e_per_kwh

    def rating(self, offering: str) -> SovereigntyRating | None:
        """The rating of the offering, else that of its accelerator, as a whole; None where there is neither."""
        own = self._rating.get((RatedScope.OFFERING, offering))
        return own or self._rating.get((RatedScope.ACCELERATOR, self.catalog.offering[offering].accelerator))

    def portability(self, offering: str) -> str:
        """The group of an offering by portability."""
        rating = self.rating(offering)
        return portability_of(Answer.UNKNOWN if rating is None else rating.portable_in_24_hours)

    def localities(self, offering: str) -> tuple[str, ...]:
        """The groups of an offering by locality: its own, and local with edge and own sites."""
        return localities_of(self.catalog.offering[offering].locality)

    @cached_property
    def _owned(self) -> dict[str, Owned]:
        """Of several owned terms for an offering those with the lowest id."""
        return {row.offering: row for row in sorted(self.owned, key=lambda row: row.contract, reverse=True)}

    @cached_property
    def _power(self) -> dict[str, AcceleratorPower]:
        return {row.accelerator: row for row in self.catalog.accelerator_power}

    @cached_property
    def _energy(self) -> dict[str, RegionEnergy]:
        return {row.region: row for row in self.catalog.region_energy}

    @cached_property
    def _rating(self) -> dict[tuple[RatedScope, str], SovereigntyRating]:
        return {(row.scope, row.name): row for row in self.catalog.sovereignty}


def portability_of(answer: Answer) -> str:
    """The group of an answer to portable_in_24_hours.

    >>> portability_of(Answer.UNKNOWN)
    'not_portable'
    """
    return PORTABLE if answer is Answer.YES else NOT_PORTABLE


def localities_of(locality: Locality) -> tuple[str, ...]:
    """The groups of a locality, its own first.

    >>> localities_of(Locality.EDGE), localities_of(Locality.CLOUD)
    (('edge', 'local'), ('cloud',))
    """
    return (locality.value,) if locality is Locality.CLOUD else (locality.value, LOCAL)


def api_portability(offer: ApiOffer) -> str:
    """The group of an API offer by portability."""
    return portability_of(offer.portable_in_24_hours)
