"""Every offer of a scenario, of whatever kind: who makes it, what it could serve, when it can start, what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from contracts.clauses import DOLLARS
from contracts.options import AnyTerms
from contracts.terms.owned import Owned
from contracts.terms.volume import VolumePriced
from optimizer.problem import Problem
from scenarios.scenario import Scenario


class Kind(StrEnum):
    """What an offer sells."""

    NODES = "nodes"
    """Of one offering, or a cheaper price for those of several."""
    TOKENS = "tokens"
    MONEY = "money"
    """Discounts and credits."""


@dataclass(frozen=True)
class Price:
    """A number that can be asked about."""

    now: Decimal
    unit: str
    is_factor: bool = False
    """Whether it stands for several prices, as a factor on all of them."""


@dataclass(frozen=True)
class Offered:
    """An offer by its id."""

    name: str
    table: str
    kind_words: str
    provider: str
    kind: Kind
    serves: tuple[str, ...]
    """Offerings or API offers whose refusals are its own."""
    valid_until: date | None
    price: Price | None = None
    """None where no single price says at which it would enter."""
    command: str = ""
    """What proves at which price it enters, or what it is worth."""
    offering: str | None = None

    def can_start(self, problem: Problem) -> bool:
        """Whether it can still be signed, or used, in the horizon."""
        if self.table == "contracts":
            if self.name in problem.ordered:
                return bool(problem.calendar.starts[self.name])
            return self.name not in problem.dated.terms or problem.dated.can_be_bought(self.name)
        if self.table == "spend_commitments":
            return bool(problem.spend.starts[self.name])
        if self.table == "provisioned":
            return bool(problem.token_offers.orders.starts[self.name])
        if self.table == "agreements":
            return self.name in problem.agreed.agreements
        return self.table != "credits" or self.name in problem.agreed.credits


def offers(scenario: Scenario) -> Iterator[Offered]:
    """Contracts of every kind, commitments to spend, APIs, units, agreements that are not in force, prepaid credits."""
    yield from (_contract(scenario, terms) for terms in scenario.contracts)
    yield from _commitments_to_spend(scenario)
    yield from _by_token(scenario)
    for row in scenario.agreements:
        if not row.in_force:
            yield Offered(
                row.agreement,
                "agreements",
                "enterprise agreement",
                row.provider,
                Kind.MONEY,
                (),
                row.quote_valid_until,
                command=_set(f"agreement_tiers.{row.agreement}/*.discount_share=*1.2"),
            )
    for credit in scenario.credits:
        if credit.is_prepaid:
            yield Offered(
                credit.credit,
                "credits",
                "credits",
                credit.provider,
                Kind.MONEY,
                (),
                credit.quote_valid_until,
                command=_set(f"credits.{credit.credit}.price_usd=*0.9"),
            )


def _contract(scenario: Scenario, terms: AnyTerms) -> Offered:
    return Offered(
        terms.contract,
        "contracts",
        terms.kind.replace("_", " "),
        scenario.catalog.offering[terms.offering].provider,
        Kind.NODES,
        (terms.offering,),
        terms.quote_valid_until,
        _price(terms),
        _negotiate(terms.contract),
        terms.offering,
    )


def _price(terms: AnyTerms) -> Price | None:
    if isinstance(terms, Owned):
        return Price(terms.capex_usd_per_node, "USD per node")
    if isinstance(terms, VolumePriced):
        return None
    if terms.currency != DOLLARS and terms.price_per_node_hour is not None:
        return Price(terms.price_per_node_hour, f"{terms.currency} per node-hour")
    return Price(terms.price_usd_per_node_hour, "USD per node-hour")


def _commitments_to_spend(scenario: Scenario) -> Iterator[Offered]:
    offering = {terms.contract: terms.offering for terms in scenario.contracts}
    for row in scenario.spend_commitments:
        covered = sorted({offering[rate.covers] for rate in scenario.covered_rates if rate.contract == row.contract})
        yield Offered(
            row.contract,
            "spend_commitments",
            "spend commitment",
            row.provider,
            Kind.NODES,
            tuple(covered),
            row.quote_valid_until,
            None,
            _negotiate(row.contract),
        )


def _by_token(scenario: Scenario) -> Iterator[Offered]:
    provider = {row.api: row.provider for row in scenario.api_offers}
    for row in scenario.api_offers:
        price = Price(Decimal(1), "times its prices", is_factor=True)
        yield Offered(
            row.api,
            "api_offers",
            "by the token",
            row.provider,
            Kind.TOKENS,
            (row.api,),
            row.quote_valid_until,
            price,
            _negotiate(row.api),
        )
    for units in scenario.provisioned:
        yield Offered(
            units.contract,
            "provisioned",
            "provisioned throughput",
            provider[units.api],
            Kind.TOKENS,
            (units.api,),
            units.quote_valid_until,
            Price(units.price_usd_per_unit_hour, "USD per unit-hour"),
            _negotiate(units.contract),
        )


def _negotiate(offer: str) -> str:
    return f"siliconmix negotiate SCENARIO {offer}"


def _set(change: str) -> str:
    return f"siliconmix whatif SCENARIO --set '{change}'"
