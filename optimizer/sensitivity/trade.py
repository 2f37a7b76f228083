"""What is asked and what is charged: demand of workloads, prices of contracts, and by the hour of whole providers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from contracts.clauses import DOLLARS
from contracts.options import Terms
from contracts.terms.common import ContractTerms, Nature
from contracts.terms.on_demand import OnDemand
from contracts.terms.owned import Owned
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumePriced
from optimizer.plan import Plan
from optimizer.plan_sensitivity import Varied
from optimizer.sensitivity.candidates import Candidate
from optimizer.sensitivity.estimates import TENTH, Estimates
from optimizer.sensitivity.levers import Lever, by_a_tenth, each_by_a_tenth
from scenarios.forecasts import Forecast, Quantile
from scenarios.scenario import Scenario
from scenarios.workloads import Demand

HOURS_PER_MONTH = Decimal(730)
_TOKEN_PRICES = ("price_usd_per_mtok_input", "price_usd_per_mtok_cached_input", "price_usd_per_mtok_output")


def demand(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each workload, in all its months together."""
    rows: dict[str, list[Demand]] = defaultdict(list)
    for row in plan.scenario.demand:
        rows[row.workload].append(row)
    for workload, months in sorted(rows.items()):
        estimate = estimates.demand(workload)
        forecast = [row for row in plan.scenario.forecast if row.workload == workload]
        lever = _forecast_lever(workload, forecast) if forecast else _demand_lever(workload, months)
        yield Candidate(Varied.DEMAND, workload, f"demand of {workload}", lever, estimate)


def _forecast_lever(workload: str, rows: Sequence[Forecast]) -> Lever:
    """All quantiles alike: how far apart they are stays a share of P50. Rows without P10 are passed over in it."""
    quantiles = [quantile.value for quantile in Quantile if any(getattr(row, quantile) is not None for row in rows)]
    cells = sum(getattr(row, quantile) is not None for row in rows for quantile in quantiles)
    return each_by_a_tenth([f"forecast.{workload}/*.{quantile}" for quantile in quantiles], cells)


def _demand_lever(workload: str, rows: Sequence[Demand]) -> Lever:
    columns = [
        "accepted_requests_per_s" if row.accepted_output_mtok is None else "accepted_output_mtok" for row in rows
    ]
    if len(set(columns)) == 1:
        return each_by_a_tenth([f"demand.{workload}/*.{columns[0]}"], len(rows))
    paths = [f"demand.{workload}/{row.month}.{column}" for row, column in zip(rows, columns, strict=True)]
    return each_by_a_tenth(paths, len(paths))


def prices_by_the_hour(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of on demand and of spot, each provider's as a whole."""
    scenario = plan.scenario
    for varied, words, nature, rows in (
        (Varied.ON_DEMAND_PRICES, "on-demand", Nature.ON_DEMAND_USAGE, scenario.on_demand),
        (Varied.SPOT_PRICES, "spot", Nature.SPOT_USAGE, scenario.spot),
    ):
        by_provider: dict[str, list[OnDemand | Spot]] = defaultdict(list)
        for terms in rows:
            by_provider[scenario.catalog.offering[terms.offering].provider].append(terms)
        for provider, several in sorted(by_provider.items()):
            lever = _price_lever([_price_path(terms) for terms in several], [_stated(terms) for terms in several])
            estimate = TENTH * estimates.by_the_hour(nature, provider)
            yield Candidate(varied, provider, f"{words} prices of {provider}", lever, estimate)


def prices_of_contracts(plan: Plan, estimates: Estimates) -> Iterator[Candidate]:
    """Of each contract that is signed: nodes, hardware, commitments to spend, tokens and units of throughput."""
    scenario = plan.scenario
    hourly = [(terms, _per_node_hour(terms)) for terms in scenario.contracts]
    for terms, price in hourly:
        if not isinstance(terms, OnDemand | Spot):
            instead = [(other.contract, usd) for other, usd in hourly if other.offering == terms.offering]
            estimate = estimates.price(terms.contract, price, instead)
            yield _price(terms.contract, _contract_lever(scenario, terms), estimate)
    yield from _commitments_to_spend(scenario, estimates, {terms.contract: usd for terms, usd in hourly})
    for offer in scenario.api_offers:
        lever = each_by_a_tenth([f"api_offers.{offer.api}.{column}" for column in _TOKEN_PRICES], len(_TOKEN_PRICES))
        yield _price(offer.api, lever, TENTH * estimates.of_contract(offer.api))
    for units in scenario.provisioned:
        path = f"provisioned.{units.contract}.price_usd_per_unit_hour"
        lever = by_a_tenth(path, units.price_usd_per_unit_hour)
        yield _price(units.contract, lever, TENTH * estimates.of_contract(units.contract))


def _price(contract: str, lever: Lever, estimate_usd: float) -> Candidate:
    return Candidate(Varied.PRICE, contract, f"price of {contract}", lever, estimate_usd)


def _contract_lever(scenario: Scenario, terms: Terms) -> Lever:
    if isinstance(terms, Owned):
        return by_a_tenth(f"contracts.{terms.contract}.capex_usd_per_node", terms.capex_usd_per_node)
    if isinstance(terms, VolumePriced):
        tiers = sum(tier.contract == terms.contract for tier in scenario.volume_tiers)
        paths = [_price_path(terms), *([f"volume_tiers.{terms.contract}/*.price_usd_per_node_hour"] if tiers else [])]
        return each_by_a_tenth(paths, 1 + tiers)
    return by_a_tenth(_price_path(terms), _stated(terms))


def _commitments_to_spend(
    scenario: Scenario, estimates: Estimates, usd_per_node_hour: dict[str, Decimal]
) -> Iterator[Candidate]:
    """What a commitment pays for a node-hour of what it covers; idle ones are held against that use on demand."""
    for terms in scenario.spend_commitments:
        rates = [row for row in scenario.covered_rates if row.contract == terms.contract]
        own = estimates.of_contract(terms.contract)
        estimate = TENTH * own or sum(
            estimates.price(terms.contract, row.price_usd_per_node_hour, [(row.covers, usd_per_node_hour[row.covers])])
            for row in rates
        )
        paths = [f"covered_rates.{terms.contract}/{row.covers}.price_usd_per_node_hour" for row in rates]
        if paths:
            yield _price(terms.contract, each_by_a_tenth(paths, len(paths)), estimate)


def _price_lever(paths: Sequence[str], usd: Sequence[Decimal]) -> Lever:
    return by_a_tenth(paths[0], usd[0]) if len(paths) == 1 else each_by_a_tenth(paths, len(paths))


def _price_path(terms: ContractTerms) -> str:
    column = "price_usd_per_node_hour" if terms.currency == DOLLARS else "price_per_node_hour"
    return f"contracts.{terms.contract}.{column}"


def _stated(terms: ContractTerms) -> Decimal:
    """The price in the currency in which it is stated."""
    return terms.price_usd_per_node_hour if terms.price_per_node_hour is None else terms.price_per_node_hour


def _per_node_hour(terms: Terms) -> Decimal:
    """Dollars for an hour of a node; of hardware what it costs over its life."""
    if isinstance(terms, Owned):
        return terms.capex_usd_per_node / (terms.term_months * HOURS_PER_MONTH)
    return terms.price_usd_per_node_hour
