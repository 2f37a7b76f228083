"""Groups of offerings, APIs and providers, by each property that a rule may name."""

from catalog.footprint import Answer, Locality
from optimizer.audit.figures import Inputs
from optimizer.audit.holdings import Holder
from optimizer.audit.ratings import Ratings
from scenarios.policy import Grouping

PORTABLE, NOT_PORTABLE = "portable", "not_portable"
LOCAL = "local"
"""Edge and own sites together; * does not mean it."""
LOCALITIES = {
    Locality.CLOUD: frozenset({"cloud"}),
    Locality.EDGE: frozenset({"edge", LOCAL}),
    Locality.OWN_SITE: frozenset({"own_site", LOCAL}),
}
NONE: frozenset[str] = frozenset()


class Groups:
    """Which groups offerings, and whoever holds something, are in."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._ratings = Ratings(inputs)

    def of_offering(self, name: str, by: Grouping) -> frozenset[str]:
        """One group; of a locality two, of contracts none."""
        offering = self._inputs.offerings[name]
        chip = self._inputs.accelerator(offering)
        if by is Grouping.LOCALITY:
            return LOCALITIES[offering.locality]
        if by is Grouping.PORTABILITY:
            return _portability(self._ratings.is_portable(name))
        named = {
            Grouping.PROVIDER: offering.provider,
            Grouping.CHIP_VENDOR: chip.chip_vendor,
            Grouping.STACK: chip.stack,
            Grouping.FAMILY: chip.family,
            Grouping.REGION: offering.region,
            Grouping.GEOGRAPHY: self._inputs.geography(offering),
        }
        return frozenset({named[by]}) if by in named else NONE

    def of_api(self, name: str, by: Grouping) -> frozenset[str]:
        """An API has a provider, a place and an answer, and no chip."""
        api = self._inputs.api_offers[name]
        if by is Grouping.LOCALITY:
            return LOCALITIES[Locality.CLOUD]
        if by is Grouping.PORTABILITY:
            return _portability(api.portable_in_24_hours is Answer.YES)
        named = {
            Grouping.PROVIDER: api.provider,
            Grouping.REGION: api.region,
            Grouping.GEOGRAPHY: self._inputs.geographies.get(api.region),
        }
        group = named.get(by)
        return NONE if group is None else frozenset({group})

    def in_part(self, holder: Holder, by: Grouping) -> frozenset[str]:
        """Groups that have a part in it: what counts for a cap."""
        return self._joined(holder, by, whole=False)

    def in_whole(self, holder: Holder, by: Grouping) -> frozenset[str]:
        """Groups that have all of it: what counts for a floor."""
        return self._joined(holder, by, whole=True)

    def _joined(self, holder: Holder, by: Grouping, *, whole: bool) -> frozenset[str]:
        if by is Grouping.CONTRACT:
            return NONE if holder.source is None else frozenset({holder.source})
        if by is Grouping.PORTABILITY and holder.offerings:
            return _portability(all(self._ratings.is_portable(name) for name in holder.offerings))
        if holder.offerings:
            first, *others = (self.of_offering(name, by) for name in holder.offerings)
            return first.intersection(*others) if whole else first.union(*others)
        if holder.api is not None:
            return self.of_api(holder.api, by)
        is_group = by is Grouping.PROVIDER and holder.provider is not None
        return frozenset({str(holder.provider)}) if is_group else NONE

    def names(self, by: Grouping) -> frozenset[str]:
        """Every group that a rule may name."""
        inputs = self._inputs
        if by is Grouping.LOCALITY:
            return frozenset().union(*LOCALITIES.values())
        if by is Grouping.PORTABILITY:
            return frozenset({PORTABLE, NOT_PORTABLE})
        if by is Grouping.CONTRACT:
            committed = (*inputs.terms, *inputs.spend_commitments, *inputs.provisioned)
            return frozenset({*committed, *inputs.held, *inputs.api_offers, *inputs.splits})
        of_nodes = (self.of_offering(name, by) for name in inputs.offerings)
        of_apis = (self.of_api(name, by) for name in inputs.api_offers)
        return frozenset().union(*of_nodes, *of_apis)


def _portability(is_portable: bool) -> frozenset[str]:
    return frozenset({PORTABLE if is_portable else NOT_PORTABLE})


def is_meant(group: str, named: str) -> bool:
    """Whether a rule means a group: by its name, or by * every one, none of them twice."""
    return group == named or (named == "*" and group != LOCAL)
