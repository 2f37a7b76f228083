"""The problem of a baseline: rules of the scenario lifted, and only some contracts left to buy.

Kept: SLOs, quality, residency, audit answers, the price of carbon, held contracts, start windows, lead times, spot
depth, spot caps, shortfall limits. Kept, too: what a migration takes before its stack may serve. Lifted: contingencies,
shares, limits of lock-in, second sources, sovereignty, caps on power and carbon, budgets, stability, migrations at
once, stock and quota; order sizes where a baseline decides on single nodes.
What is lifted is checked afterwards, on what was bought: `optimizer.baselines.judging`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import ceil

from catalog.offerings import Offering
from contracts.options import Terms
from contracts.terms.api import ApiOffer, Provisioned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.pool import Pool
from optimizer.problem import PoolKey, Problem
from optimizer.split_routes import offerings_of, role_nodes, split_routes, splits_of

LIFTED = "rules lifted"
LIFTED_WITH_SIZES = "rules and order sizes lifted"

NO_RULES: dict[str, object] = {
    "concentration": (),
    "share_floors": (),
    "outstanding": (),
    "remaining_terms": (),
    "expiries": (),
    "sourcing": (),
    "sovereignty": (),
    "power": (),
    "carbon": (),
    "contingencies": (),
    "budgets": (),
    "migrations_at_once": None,
    "stability": None,
}

Keep = Callable[[Terms], bool]
KeepApi = Callable[[ApiOffer], bool]


def every_api(_: ApiOffer) -> bool:
    """What is served by the token stays."""
    return True


def no_api(_: ApiOffer) -> bool:
    """Nothing is served by the token."""
    return False


def lifted(problem: Problem, keep: Keep, keep_api: KeepApi, *, single_nodes: bool = False) -> Problem:
    """The problem with the kept contracts and APIs (and units for these) and without the lifted rules.

    `single_nodes` lifts order sizes, too. Rate limits are kept.
    """
    scenario = problem.scenario
    apis = tuple(offer for offer in scenario.api_offers if keep_api(offer))
    kept: Iterable[Terms] = (terms for terms in scenario.contracts if keep(terms))
    offerings = tuple(_plentiful(problem, row) for row in scenario.catalog.offerings)
    return Problem(
        scenario.model_copy(
            update={
                "catalog": scenario.catalog.model_copy(update={"offerings": offerings}),
                "policy": scenario.policy.model_copy(update=NO_RULES),
                "api_offers": apis,
                "provisioned": _for_these(apis, scenario.provisioned),
                "contracts": tuple(map(_by_the_node, kept) if single_nodes else kept),
            }
        ),
        replace(problem.eligibility, contingency_servings={}),
    )


def without_commitments(problem: Problem) -> Problem:
    """The problem without spend commitments to sign."""
    return replace(problem, scenario=problem.scenario.model_copy(update={"spend_commitments": ()}))


def _for_these(apis: tuple[ApiOffer, ...], provisioned: tuple[Provisioned, ...]) -> tuple[Provisioned, ...]:
    kept = {offer.api for offer in apis}
    return tuple(terms for terms in provisioned if terms.api in kept)


def unserved(problem: Problem, keep: Keep, keep_api: KeepApi) -> tuple[str, ...]:
    """Workloads of which some class fits on nothing that the kept contracts buy, and on no API that is kept."""
    offers = problem.token_offers
    apis = {api for api, offer in offers.offer.items() if keep_api(offer)}
    bought = {terms.offering for terms in problem.scenario.contracts if keep(terms)}
    servings, by_split = problem.eligibility.servings, splits_of(problem)
    return tuple(
        sorted(
            {
                key.workload
                for key in problem.classes
                if not any((*key, o) in servings for o in bought)
                and not apis.intersection(offers.apis_of[key])
                and not any(bought.issuperset(offerings_of(problem, x)) for x in by_split[key])
            }
        )
    )


def _by_the_node(terms: Terms) -> Terms:
    if not isinstance(terms, Reserved | TakeOrPay):
        return terms
    return terms.model_copy(update={"lot_nodes": 1, "minimum_order_nodes": 0, "maximum_order_nodes": None})


def _plentiful(problem: Problem, row: Offering) -> Offering:
    """The offering with stock and quota for all that could ever be placed on it."""
    busiest: dict[tuple[int, str, str], float] = {}
    for key, t, b, s in problem.tok_per_s:
        if (*key, row.offering) in problem.eligibility.servings:
            nodes = problem.busy_nodes(key, row.offering, t, b, s)
            busiest[t, b, s] = busiest.get((t, b, s), 0.0) + nodes
    for route in split_routes(problem):
        moment = route.month, route.block, route.outlook
        nodes = sum(role.nodes for role in role_nodes(problem, route) if role.pool == PoolKey(row.offering, Pool.BASE))
        busiest[moment] = busiest.get(moment, 0.0) + nodes
    most = ceil(max(busiest.values(), default=0.0))
    return row.model_copy(
        update={
            "stock_nodes": max(most, row.stock_nodes or 0),
            "quota_nodes": max(most, row.quota_nodes or 0),
        }
    )
