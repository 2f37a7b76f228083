"""From how much on an offer counts as used: little enough to be no burden, and enough to be told from nothing.

What is ordered: one order. What is paid by the hour: one node on average over the horizon, or a hundredth of what all
that it may serve would keep busy, whichever is less. What is paid by the token: a hundredth of all that it may serve.
Of less than that (a node-hour, say) a solver could not tell whether it pays.
"""

from optimizer.costing import SECONDS_PER_HOUR, TOKENS_PER_MTOK
from optimizer.negotiating.offers import Offer
from optimizer.plan import Pool
from optimizer.problem import PoolKey, Problem, state
from optimizer.split_routes import role_nodes, split_routes
from scenarios.scenario import Scenario

SHARE = 0.01
BY_THE_HOUR = {"on demand": Pool.BASE, "spot": Pool.SPOT, "volume": Pool.BASE}
"""Kinds that are paid by the hour, and the pool that they sell for."""


def least_use(scenario: Scenario, offer: Offer) -> float:
    """In orders, expected node-hours or expected accepted Mtok, by the kind of the offer."""
    if offer.table == "api_offers":
        return SHARE * _mtok(state(scenario), offer.name)
    if offer.kind not in BY_THE_HOUR:
        return 1.0
    assert offer.offering is not None
    problem = state(scenario)
    one_node = float(sum(month.hours for month in problem.months))
    return min(one_node, SHARE * _node_hours(problem, PoolKey(offer.offering, BY_THE_HOUR[offer.kind]))) or 1.0


def _node_hours(problem: Problem, pool: PoolKey) -> float:
    return sum(
        problem.probability[s] * problem.hours[t, b] * problem.busy_nodes(key, pool.offering, t, b, s)
        for key, t, b, s in problem.tok_per_s
        if pool in problem.pools_of[key]
    ) + sum(
        problem.probability[at.outlook] * problem.hours[at.month, at.block] * role.nodes
        for at in split_routes(problem)
        for role in role_nodes(problem, at)
        if role.pool == pool
    )


def _mtok(problem: Problem, api: str) -> float:
    tokens = sum(
        problem.probability[s] * problem.hours[t, b] * rate * SECONDS_PER_HOUR
        for (key, t, b, s), rate in problem.tok_per_s.items()
        if api in problem.token_offers.apis_of[key]
    )
    return tokens / TOKENS_PER_MTOK or 1.0
