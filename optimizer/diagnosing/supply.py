"""Beside the rules: stock or quota of one offering, or all demand times a factor, with which there would be a plan."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from math import ceil
from typing import Literal

from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumePriced
from optimizer.diagnosing.numbers import Number, Way
from optimizer.diagnosing.records import Unit
from optimizer.problem import Problem
from scenarios.forecasts import Quantile
from scenarios.scenario import Scenario

Bound = Literal["stock_nodes", "quota_nodes"]
TIMES_THE_NEED = 2
"""More of one offering than twice what serves all that it may serve, and the largest order, helps no more."""


def supply_numbers(problem: Problem) -> tuple[Number, ...]:
    """Stock and quota of every offering of which something can be had, by offering; demand last."""
    return (*(number for o in problem.offering for number in _of_offering(problem, o)), demand_number(problem.scenario))


def _of_offering(problem: Problem, offering: str) -> Iterator[Number]:
    need = _need(problem, offering)
    terms = [row for row in problem.scenario.contracts if row.offering == offering and not isinstance(row, Spot)]
    hourly = [row for row in terms if isinstance(row, OnDemand | VolumePriced)]
    if need and (len(hourly) < len(terms) or offering in problem.swapped_to):
        yield _nodes(offering, "stock_nodes", problem.stock_nodes(offering), need + _largest_order(problem, offering))
    if need and hourly:
        yield _nodes(offering, "quota_nodes", problem.quota_nodes(offering), need)


def _nodes(offering: str, bound: Bound, value: int, more: int) -> Number:
    word = {"stock_nodes": "stock", "quota_nodes": "on-demand quota"}[bound]
    return Number(
        words=f"{word} of {offering}",
        paths=(f"offerings.{offering}.{bound}",),
        row=f"offerings.{offering}",
        unit=Unit.NODES,
        value=Decimal(value),
        way=Way.UP,
        end=Decimal(value + more),
        put=partial(_with_nodes, offering=offering, bound=bound),
    )


def _need(problem: Problem, offering: str) -> int:
    """Nodes beyond which more of an offering helps nobody."""
    most: dict[object, float] = {}
    for key, t, b, s in problem.tok_per_s:
        if (*key, offering) in problem.eligibility.servings:
            most[key] = max(most.get(key, 0.0), problem.busy_nodes(key, offering, t, b, s))
    return ceil(TIMES_THE_NEED * sum(most.values()))


def _largest_order(problem: Problem, offering: str) -> int:
    ordered = (terms for terms in problem.ordered.values() if terms.offering == offering)
    return max((max(terms.lot_nodes, terms.minimum_order_nodes) for terms in ordered), default=0)


def _with_nodes(scenario: Scenario, number: Decimal, *, offering: str, bound: Bound) -> Scenario:
    rows = tuple(
        row.model_copy(update={bound: int(number)}) if row.offering == offering else row
        for row in scenario.catalog.offerings
    )
    return scenario.model_copy(update={"catalog": scenario.catalog.model_copy(update={"offerings": rows})})


def demand_number(scenario: Scenario) -> Number:
    """All demand times one factor."""
    paths = _demand_paths(scenario)
    return Number(
        words="demand of all workloads",
        paths=paths,
        row=paths[0].partition(".")[0],
        unit=Unit.FACTOR,
        value=Decimal(1),
        way=Way.DOWN,
        end=Decimal(0),
        put=_with_demand,
    )


def _demand_paths(scenario: Scenario) -> tuple[str, ...]:
    """Every column in which demand is typed."""
    forecast = {row.workload for row in scenario.forecast}
    typed = [row for row in scenario.demand if row.workload not in forecast]
    paths = [
        f"demand.*/*.{column}"
        for column in ("accepted_output_mtok", "accepted_requests_per_s")
        if any(getattr(row, column) is not None for row in typed)
    ]
    paths += [
        f"forecast.*/*.{quantile.value}"
        for quantile in Quantile
        if any(getattr(row, quantile.value) is not None for row in scenario.forecast)
    ]
    return tuple(paths)


def _with_demand(scenario: Scenario, factor: Decimal) -> Scenario:
    def times(value: float | None) -> float | None:
        return None if value is None else value * float(factor)

    rows = tuple(
        row.model_copy(
            update={
                "accepted_output_mtok": times(row.accepted_output_mtok),
                "accepted_requests_per_s": times(row.accepted_requests_per_s),
            }
        )
        for row in scenario.demand
    )
    return scenario.model_copy(update={"demand": rows})
