"""In which groups of a grouping offerings, API offers and splits are (docs/decisions/0035): by arithmetic on inputs."""

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.problem import ClassKey, Problem
from optimizer.split_routes import offerings_of, splits_of
from scenarios.footprint import API_LOCALITIES, Footprint, api_portability
from scenarios.policy import Grouping

BY_THE_CHIP = frozenset({Grouping.CHIP_VENDOR, Grouping.STACK, Grouping.FAMILY})
"""Of these nothing is known of what is served by the token: it is in the total only."""


@dataclass(frozen=True)
class Server:
    """What may serve a class: one offering, two of a split, or an API offer; the groups of each part."""

    parts: tuple[frozenset[str], ...]

    def is_in(self, group: str) -> bool:
        """Whether its tokens count for a cap on the group."""
        return any(group in part for part in self.parts)

    def is_all_in(self, group: str) -> bool:
        """Whether its tokens count for a floor on the group."""
        return bool(self.parts) and all(group in part for part in self.parts)


class Groups:
    """The groups of one grouping."""

    def __init__(self, problem: Problem, by: Grouping) -> None:
        self._problem, self._by = problem, by
        self._footprint = Footprint.of(problem.scenario)
        self._by_split = splits_of(problem)

    def of_offering(self, offering: str) -> frozenset[str]:
        """The groups of an offering."""
        row, catalog = self._problem.offering[offering], self._problem.scenario.catalog
        chip = catalog.accelerator_of(row)
        match self._by:
            case Grouping.PROVIDER:
                return frozenset({row.provider})
            case Grouping.CHIP_VENDOR:
                return frozenset({chip.chip_vendor})
            case Grouping.STACK:
                return frozenset({chip.stack})
            case Grouping.FAMILY:
                return frozenset({chip.family})
            case Grouping.REGION:
                return frozenset({row.region})
            case Grouping.GEOGRAPHY:
                return frozenset({catalog.geography(row)})
            case Grouping.PORTABILITY:
                return frozenset({self._footprint.portability(offering)})
            case Grouping.LOCALITY:
                return frozenset(self._footprint.localities(offering))
            case _:
                return frozenset()

    def of_api(self, api: str) -> frozenset[str]:
        """The groups of an API offer; none where nothing is known of it."""
        offer = self._problem.token_offers.offer[api]
        match self._by:
            case Grouping.PROVIDER:
                return frozenset({offer.provider})
            case Grouping.REGION:
                return frozenset({offer.region})
            case Grouping.GEOGRAPHY:
                return frozenset({self._problem.token_offers.geography(api)})
            case Grouping.PORTABILITY:
                return frozenset({api_portability(offer)})
            case Grouping.LOCALITY:
                return frozenset(API_LOCALITIES)
            case _:
                return frozenset()

    def servers(self, key: ClassKey, t: int, s: str) -> Iterator[Server]:
        """All that could serve a class in a month and outlook."""
        for pool in self._problem.pools_in(key, t, s):
            yield Server((self.of_offering(pool.offering),))
        for api in self._problem.token_offers.apis_of[key]:
            yield Server((self.of_api(api),))
        for split in self._by_split[key]:
            yield Server(tuple(self.of_offering(o) for o in offerings_of(self._problem, split)))
