"""What each event leaves: offerings, API offers, contracts, orders, gates; and where it must be survived.

Meanings: docs/decisions/0004 and 0036.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from catalog.accelerators import Silicon
from catalog.footprint import Locality
from catalog.offerings import Offering
from optimizer.asked import Asked
from optimizer.migration_calendar import MigrationCalendar, Opening
from optimizer.order_calendar import OrderCalendar, OrderKey
from scenarios.footprint import localities_of
from scenarios.policy import BlockChoice, Contingency, Lost

EVERY = "*"


@dataclass(frozen=True)
class Events:
    """All contingencies of one scenario."""

    asked: Asked
    orders: OrderCalendar
    migrations: MigrationCalendar

    @cached_property
    def event(self) -> dict[str, Contingency]:
        """Contingencies by id, sorted."""
        rows = {row.contingency: row for row in self.asked.scenario.policy.contingencies}
        return {name: rows[name] for name in sorted(rows)}

    def survives(self, event: Contingency, offering: str) -> bool:
        """Whether an offering as such is left after the event (its contracts apart)."""
        return offering not in self._lost[event.contingency]

    @cached_property
    def _lost(self) -> dict[str, frozenset[str]]:
        offerings = self.asked.scenario.catalog.offering
        return {
            q: frozenset(o for o, row in offerings.items() if self._loses(event, row))
            for q, event in self.event.items()
        }

    def _loses(self, event: Contingency, offering: Offering) -> bool:
        catalog = self.asked.scenario.catalog
        chip, geography = catalog.accelerator_of(offering), catalog.geography(offering)
        named = {
            Lost.PROVIDER: (offering.provider,),
            Lost.REGION: (offering.region,),
            Lost.GEOGRAPHY: (geography,),
            Lost.FAMILY: (chip.family,),
            Lost.CHIP_VENDOR: (chip.chip_vendor,),
            Lost.STACK: (chip.stack,),
            Lost.LOCALITY: localities_of(offering.locality),
            Lost.OFFERING: (offering.offering,),
        }
        return event.name in named.get(event.lost, ()) and event.in_geography in ("", geography)

    def api_survives(self, event: Contingency, api: str) -> bool:
        """Whether an API offer is left after the event: it has a place and a provider, and is cloud."""
        return api not in self._lost_apis[event.contingency]

    @cached_property
    def _lost_apis(self) -> dict[str, frozenset[str]]:
        found = {}
        region = self.asked.scenario.catalog.region
        for q, event in self.event.items():
            lost = set()
            for row in self.asked.scenario.api_offers:
                geography = region[row.region].geography
                named = {
                    Lost.PROVIDER: row.provider,
                    Lost.REGION: row.region,
                    Lost.GEOGRAPHY: geography,
                    Lost.LOCALITY: Locality.CLOUD.value,
                    Lost.CONTRACT: row.api,
                }
                if named.get(event.lost) == event.name and event.in_geography in ("", geography):
                    lost.add(row.api)
            found[q] = frozenset(lost)
        return found

    def keeps(self, event: Contingency, contract: str) -> bool:
        """Whether a contract, or held contract, is not the one that is lost."""
        return not (event.lost is Lost.CONTRACT and event.name == contract)

    def late_orders(self, event: Contingency, contract: str, t: int, outlook: str) -> tuple[OrderKey, ...]:
        """Orders that serve a month of which only delivered_share would be there."""
        if event.lost is not Lost.DELIVERY or event.name not in self._names_of_delivery(contract):
            return ()
        late = event.late_months
        return tuple(
            key
            for key in self.orders.active_orders(contract, t, outlook)
            if late is None or t < key.start + self.orders.delay(key, outlook) + late
        )

    def _names_of_delivery(self, contract: str) -> tuple[str, ...]:
        offering = self.asked.scenario.catalog.offering[self.orders.ordered[contract].offering]
        return EVERY, contract, offering.provider

    def openings(self, event: Contingency, migration: str, t: int, outlook: str) -> tuple[Opening, ...]:
        """What each way to begin a migration lets its stack serve in a month after the event."""
        openings = self.migrations.openings(migration, t, outlook)
        if event.months_in_production is None or self.migrations.migration[migration].stack not in self._young(event):
            return openings
        most = t - event.months_in_production
        return tuple((share, key) for share, key in openings if self.migrations.gate(key) <= most)

    def _young(self, event: Contingency) -> frozenset[str]:
        return self._custom if event.name == EVERY else frozenset((event.name,))

    @cached_property
    def _custom(self) -> frozenset[str]:
        """Stacks of custom silicon."""
        chips = self.asked.scenario.catalog.accelerators
        return frozenset(chip.stack for chip in chips if chip.silicon is Silicon.CUSTOM)

    def checked_outlooks(self, event: Contingency) -> tuple[str, ...]:
        """Outlooks in which an event must be survived."""
        return tuple(s for s in self.asked.outlooks if not event.outlooks or s in event.outlooks)

    def checked_blocks(self, event: Contingency, t: int) -> tuple[str, ...]:
        """Blocks of a month in which an event must be survived."""
        return self._there[t] if event.blocks is BlockChoice.ALL else self._undominated[t]

    def checked_hours(self, event: Contingency, t: int) -> int:
        """Hours of those blocks."""
        return sum(self.asked.hours[t, b] for b in self.checked_blocks(event, t))

    @cached_property
    def _there(self) -> Mapping[int, tuple[str, ...]]:
        """Blocks with hours in a month."""
        return {t: tuple(b for b in self.asked.blocks if self.asked.hours[t, b]) for t in self.asked.month_indices}

    @cached_property
    def _undominated(self) -> Mapping[int, tuple[str, ...]]:
        """Blocks with hours in a month than which no other asks at least as much of every workload."""
        load, rate = self.asked.relative_load, self.asked.mean_tok_per_s
        found = {}
        for t, there in self._there.items():
            asking = [w for w in sorted(self.asked.workload) if rate.get((w, t), 0.0) > 0]
            asked = {b: tuple(load[w, b] for w in asking) for b in there}
            found[t] = tuple(b for b in there if not _dominated(b, asked))
        return found


def _dominated(block: str, asked: Mapping[str, tuple[float, ...]]) -> bool:
    """Whether another block asks at least as much of every workload; of equal ones the first by name stays."""
    mine = asked[block]
    return any(
        (theirs != mine or other < block) and all(more >= less for more, less in zip(theirs, mine, strict=True))
        for other, theirs in asked.items()
        if other != block
    )
