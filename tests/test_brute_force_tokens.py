"""Tokens and units: every order of units that could be made, the rest served as cheaply as it can be, by enumeration.

One workload with one size, so what units leave over goes to the API up to its limits if that is cheaper than a rented
node, and to nodes otherwise: in each block by itself.
"""

from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import inf
from random import Random

import pytest

from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_provisioned,
    a_size_class,
    a_workload,
    an_api_offer,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    run_settings,
)
from tests.proving import EXACT_USD, objective, planned
from tests.served_by_token import a_token_fleet

MONTHS = 3


@dataclass(frozen=True)
class Case:
    """Prices in dollars; rates in accepted output tok/s; a request has as many input as output tokens."""

    nodes: float
    node_usd: Decimal
    input_usd: Decimal
    cached_usd: Decimal
    output_usd: Decimal
    cache_hit_share: float
    accepted_share: float
    input_limit: float
    output_limit: float
    unit_usd: Decimal
    unit_input: float
    unit_output: float
    step: int
    fewest: int
    most: int
    term: int
    every: int
    tail: Decimal

    def scenario(self) -> Scenario:
        return a_token_fleet(
            run=run_settings(months=MONTHS, beyond_horizon_weight=self.tail),
            contracts=(an_on_demand(price_usd_per_node_hour=self.node_usd),),
            workloads=(a_workload(cache_hit_share=self.cache_hit_share, accepted_share=self.accepted_share),),
            size_classes=(a_size_class(),),
            demand=nodes_of_load(self.nodes, MONTHS),
            blocks=day_and_night("chat"),
            api_offers=(
                an_api_offer(
                    price_usd_per_mtok_input=self.input_usd,
                    price_usd_per_mtok_cached_input=self.cached_usd,
                    price_usd_per_mtok_output=self.output_usd,
                    input_tok_per_s_limit=self.input_limit,
                    output_tok_per_s_limit=self.output_limit,
                ),
            ),
            provisioned=(
                a_provisioned(
                    price_usd_per_unit_hour=self.unit_usd,
                    input_tok_per_s_per_unit=self.unit_input,
                    output_tok_per_s_per_unit=self.unit_output,
                    step_units=self.step,
                    minimum_units=self.fewest,
                    maximum_units=self.most,
                    term_months=self.term,
                    start_every_months=self.every,
                ),
            ),
        )

    def sizes(self) -> list[int]:
        """Units of one order: none, or whole steps within the limits."""
        return [0, *(n for n in range(self.step, self.most + 1, self.step) if n >= self.fewest)]


def least_cost(case: Case, node_hours_per_token: float) -> float:
    """The cheapest of all orders; `node_hours_per_token` is of one accepted token each second for an hour."""
    starts = range(0, MONTHS, case.every)
    best = inf
    for ordered in product(case.sizes(), repeat=len(starts)):
        cost = 0.0
        for start, units in zip(starts, ordered, strict=True):
            for month in range(start, start + case.term):
                weight = 1.0 if month < MONTHS else float(case.tail)
                cost += weight * units * (FIRST + month).hours * float(case.unit_usd)
        for month in range(MONTHS):
            there = sum(n for u, n in zip(starts, ordered, strict=True) if u <= month < u + case.term)
            hours = (FIRST + month).hours / 2
            cost += hours * sum(rest_usd_per_hour(case, load, there, node_hours_per_token) for load in (1.5, 0.5))
        best = min(best, cost)
    return best


def rest_usd_per_hour(case: Case, load: float, units: int, node_hours_per_token: float) -> float:
    """What a block costs in an hour beside the units that are there."""
    attempts = 1 / case.accepted_share
    uncached, cached = attempts * (1 - case.cache_hit_share), attempts * case.cache_hit_share
    left = 1000 * case.nodes * load - units / (uncached / case.unit_input + attempts / case.unit_output)
    left = max(0.0, left)
    token_usd = uncached * float(case.input_usd) + cached * float(case.cached_usd) + attempts * float(case.output_usd)
    token_usd *= 3600 / 1e6
    node_usd = node_hours_per_token * float(case.node_usd)
    most = min(case.input_limit / attempts, case.output_limit / attempts) if token_usd < node_usd else 0.0
    by_token = min(left, most)
    return by_token * token_usd + (left - by_token) * node_usd


def a_case(seed: int) -> Case:
    random = Random(seed)
    step = random.choice((1, 1, 2))
    return Case(
        nodes=random.choice((0.6, 1.1, 1.7)),
        node_usd=Decimal(random.choice(("7", "10", "14"))),
        input_usd=Decimal(random.choice(("0.3", "0.8"))),
        cached_usd=Decimal(random.choice(("0", "0.1", "0.3"))),
        output_usd=Decimal(random.choice(("0.9", "1.5", "2.5"))),
        cache_hit_share=random.choice((0.0, 0.25, 0.9)),
        accepted_share=random.choice((1.0, 0.8)),
        input_limit=random.choice((300.0, 1000.0, 5000.0)),
        output_limit=random.choice((400.0, 5000.0)),
        unit_usd=Decimal(random.choice(("0.8", "1.3", "2"))),
        unit_input=random.choice((700.0, 2000.0)),
        unit_output=random.choice((350.0, 900.0)),
        step=step,
        fewest=random.choice((1, step, 3)),
        most=random.choice((3, 5)),
        term=random.choice((1, 2, 3)),
        every=random.choice((1, 2)),
        tail=Decimal(random.choice((0, 1))),
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_plan_costs_what_the_cheapest_of_all_orders_costs(seed: int) -> None:
    case = a_case(seed)
    plan = planned(case.scenario())
    assert float(objective(plan)) == pytest.approx(least_cost(case, node_hours_per_token(case)), abs=EXACT_USD + 0.1)


def node_hours_per_token(case: Case) -> float:
    """Nodes that one accepted tok/s keeps busy: read off a plan that has nothing but nodes."""
    scenario = case.scenario().model_copy(update={"api_offers": (), "provisioned": ()})
    placed = planned(scenario).placements[0]
    return placed.nodes / placed.accepted_tok_per_s


def test_the_cases_use_all_ways() -> None:
    """Nodes, tokens and units each serve something in several of the random cases."""
    plans = [planned(a_case(seed).scenario()) for seed in range(10)]
    assert sum(bool(plan.provisioned) for plan in plans) >= 3
    assert sum(any(row.contract is None for row in plan.api_placements) for plan in plans) >= 3
    assert sum(bool(plan.placements) for plan in plans) >= 3
