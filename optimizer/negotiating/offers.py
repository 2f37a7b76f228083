"""The offer that is negotiated: what kind it is, who makes it, and which of its prices can be asked about."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from catalog.findings import did_you_mean
from contracts.clauses import DOLLARS
from contracts.options import AnyTerms
from contracts.terms.owned import Owned
from contracts.terms.take_or_pay import MOST_HOURS_PER_MONTH, TakeOrPay
from contracts.terms.volume import VolumePriced
from scenarios.changes import Change, Verb
from scenarios.scenario import Scenario

DIGITS = 4
"""Values are tried with so many digits of the asked one."""
HIGHEST = 4
"""No price is tried above so many times the asked one."""


class CannotNegotiate(ValueError):
    """What was asked cannot be asked of this offer; says what can."""


@dataclass(frozen=True)
class Dial:
    """One number of an offer that is turned: a value becomes changes of inputs; the higher, the worse the offer."""

    unit: str
    asked: Decimal
    lowest: Decimal
    highest: Decimal
    step: Decimal
    tolerance: Decimal
    paths: tuple[str, ...]
    is_factor: bool = False
    """Whether the value multiplies what stands at the paths, or replaces it."""

    def changes(self, value: Decimal) -> tuple[Change, ...]:
        """The changes that make the inputs have a value; none at the asked one."""
        if value == self.asked:
            return ()
        text = f"{'*' if self.is_factor else '='}{value:f}"
        return tuple(Change(verb=Verb.SET, path=path, value=text) for path in self.paths)


@dataclass(frozen=True)
class Offer:
    """An offer of the scenario by its id."""

    name: str
    table: str
    kind: str
    provider: str
    offering: str | None
    """None for what sells no nodes of one offering."""
    terms: AnyTerms | None
    """None for what is not in contracts.csv."""


def offer_of(scenario: Scenario, name: str) -> Offer:
    """The offer with an id; raises CannotNegotiate with the nearest id, or the reason why it is no offer."""
    offers = {offer.name: offer for offer in _offers(scenario)}
    if name in offers:
        return offers[name]
    for ids, why in _no_offers(scenario):
        if name in ids:
            raise CannotNegotiate(f"{name} {why}")
    raise CannotNegotiate(f'there is no offer "{name}": {did_you_mean(name, offers)}')


def _offers(scenario: Scenario) -> Iterable[Offer]:
    providers = scenario.catalog.offering
    for terms in scenario.contracts:
        provider = providers[terms.offering].provider
        kind = terms.kind.replace("_", " ")
        yield Offer(terms.contract, "contracts", kind, provider, terms.offering, terms)
    for row in scenario.spend_commitments:
        yield Offer(row.contract, "spend_commitments", "spend commitment", row.provider, None, None)
    for api in scenario.api_offers:
        yield Offer(api.api, "api_offers", "by the token", api.provider, None, None)
    served_by = {api.api: api.provider for api in scenario.api_offers}
    for units in scenario.provisioned:
        yield Offer(units.contract, "provisioned", "provisioned throughput", served_by[units.api], None, None)


def _no_offers(scenario: Scenario) -> Iterable[tuple[set[str], str]]:
    yield (
        {held.held for held in scenario.held_contracts},
        "is held already: what a right of it is worth can be asked with"
        " siliconmix whatif --set held_contracts.ID.COLUMN=",
    )
    yield (
        {row.agreement for row in scenario.agreements},
        "is an agreement and has no price of its own: a discount or a commitment of a tier can be asked about with"
        " siliconmix whatif --set agreement_tiers.AGREEMENT/TIER.COLUMN=",
    )
    yield {row.credit for row in scenario.credits}, "is a credit: it has no price that could be moved"


def price_of(scenario: Scenario, offer: Offer, tolerance_share: Decimal) -> Dial:
    """The price of an offer as a dial; one factor on all of them where it has several.

    A rate of a spend commitment may not be above the on-demand price that it covers: neither dial goes beyond that.
    """
    if offer.terms is not None and not isinstance(offer.terms, VolumePriced):
        dial = _own_price(offer.terms, tolerance_share)
        covering = [row.price_usd_per_node_hour for row in scenario.covered_rates if row.covers == offer.name]
        return replace(dial, lowest=max([dial.lowest, *covering]))
    if offer.table == "provisioned":
        row = next(row for row in scenario.provisioned if row.contract == offer.name)
        path = f"provisioned.{offer.name}.price_usd_per_unit_hour"
        return _dial("USD per unit-hour", row.price_usd_per_unit_hour, path, tolerance_share)
    dial = _factor(offer, tolerance_share)
    if offer.table != "spend_commitments":
        return dial
    on_demand = {terms.contract: terms.price_usd_per_node_hour for terms in scenario.on_demand}
    most = [
        on_demand[row.covers] / row.price_usd_per_node_hour
        for row in scenario.covered_rates
        if row.contract == offer.name
    ]
    highest = (min([dial.highest, *most]) / dial.step).to_integral_value(ROUND_FLOOR) * dial.step
    return replace(dial, highest=max(dial.asked, highest))


def _own_price(terms: AnyTerms, tolerance_share: Decimal) -> Dial:
    path = f"contracts.{terms.contract}"
    if isinstance(terms, Owned):
        dial = _dial("USD per node", terms.capex_usd_per_node, f"{path}.capex_usd_per_node", tolerance_share)
        return _from(dial, max(dial.step, terms.residual_usd_per_node))
    if terms.currency != DOLLARS:
        assert terms.price_per_node_hour is not None
        unit = f"{terms.currency} per node-hour"
        dial = _dial(unit, terms.price_per_node_hour, f"{path}.price_per_node_hour", tolerance_share)
        rate = terms.price_usd_per_node_hour / terms.price_per_node_hour if terms.price_per_node_hour else Decimal(1)
    else:
        price_path = f"{path}.price_usd_per_node_hour"
        dial = _dial("USD per node-hour", terms.price_usd_per_node_hour, price_path, tolerance_share)
        rate = Decimal(1)
    return _from(dial, _least(terms, dial.step, rate)) if isinstance(terms, TakeOrPay) else dial


def _least(terms: TakeOrPay, step: Decimal, usd_per_unit: Decimal) -> Decimal:
    """Below it a minimum in dollars would be more node-hours than a lot has."""
    if terms.minimum_usd_per_month is None:
        return step
    least_usd = terms.minimum_usd_per_month / (terms.lot_nodes * MOST_HOURS_PER_MONTH)
    return max(step, (least_usd / usd_per_unit / step).to_integral_value(ROUND_CEILING) * step)


def _factor(offer: Offer, tolerance_share: Decimal) -> Dial:
    columns = {
        "contracts": (
            f"contracts.{offer.name}.price_usd_per_node_hour",
            f"volume_tiers.{offer.name}/*.price_usd_per_node_hour",
        ),
        "api_offers": tuple(
            f"api_offers.{offer.name}.price_usd_per_mtok_{what}" for what in ("input", "cached_input", "output")
        ),
        "spend_commitments": (f"covered_rates.{offer.name}/*.price_usd_per_node_hour",),
    }[offer.table]
    step = Decimal("0.001")
    return Dial(
        unit="times its prices",
        asked=Decimal(1),
        lowest=step,
        highest=Decimal(HIGHEST),
        step=step,
        tolerance=max(tolerance_share, 4 * step),
        paths=columns,
        is_factor=True,
    )


def _dial(unit: str, asked: Decimal, path: str, tolerance_share: Decimal) -> Dial:
    if asked <= 0:
        raise CannotNegotiate(f"{path} is 0: there is no price to negotiate")
    step = Decimal(1).scaleb(asked.adjusted() + 1 - DIGITS)
    return Dial(
        unit=unit,
        asked=asked,
        lowest=Decimal(0),
        highest=asked * HIGHEST,
        step=step,
        tolerance=max(asked * tolerance_share, 4 * step),
        paths=(path,),
    )


def _from(dial: Dial, lowest: Decimal) -> Dial:
    return replace(dial, lowest=min(lowest, dial.asked))
