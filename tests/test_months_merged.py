"""Months merged, satellites cut off: on random fleets the bound never exceeds the least cost, and plans stay exact."""

import io
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest

from optimizer.arrays import Arrays
from optimizer.model import build_model
from optimizer.paths import merging
from optimizer.paths.by_parts import ByParts, has_parts
from optimizer.paths.merging import Merged, merge
from optimizer.paths.splitting import matrix_of, split
from optimizer.paths.weights import Weights
from optimizer.problem import state
from optimizer.solve import Solved, solve_whole
from optimizer.solve_arrays import compile_model
from optimizer.solve_highs import Watch
from optimizer.solve_protocol import SolveRequest, SolveStatus
from scenarios.policy import BlockChoice, Lost, Stability
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_contingency,
    a_credit,
    a_migration,
    a_provisioned,
    a_tier,
    an_agreement,
    an_api_offer,
    an_approved,
)
from tests.proving import changed, planned, with_policy
from tests.random_fleets import limited
from tests.solver_models import EXACTLY

TOLERANCE = 1e-6
AGREED = "agreements"
"""No limit, but a stock, and over it an agreement, one in force, and credits of the first two providers."""
TOKENS = "tokens"
"""No limit, but a stock, and beside it an API for every model, and units for it."""
STABLE = "stability"
"""No limit, but a stock, and approved orders from which the plan may not move far, at a price."""
LATE, YOUNG, LEANING = "deliveries", "a young stack", "apis after an event"
"""No limit, but a stock, and events that tie routing to the month of an order, to that of a gate, or to rate limits."""
FLEETS = [
    (limit, seed)
    for limit in ("fallback", "share of spend", "stock", "minimum order", AGREED, TOKENS, STABLE)
    for seed in (1, 2)
] + [(limit, seed) for limit in (LATE, YOUNG, LEANING) for seed in (3, 5)]
MORE: dict[str, Callable[[Scenario], Scenario]] = {
    AGREED: lambda scenario: agreed(scenario),
    TOKENS: lambda scenario: by_token(scenario),
    STABLE: lambda scenario: approved(scenario),
    LATE: lambda scenario: with_late_deliveries(scenario),
    YOUNG: lambda scenario: on_a_young_stack(scenario),
    LEANING: lambda scenario: leaning_on_apis(scenario),
}
"""What is added to a fleet under a stock."""


@cache
def fleet(limit: str, seed: int) -> Arrays | None:
    """A random fleet under a limit that binds, compiled; None where there is no such fleet."""
    pair = limited("stock" if limit in MORE else limit, seed)
    if pair is None:
        return None
    scenario = pair.limited.scenario
    return compile_model(build_model(state(MORE[limit](scenario) if limit in MORE else scenario))).arrays


def by_token(scenario: Scenario) -> Scenario:
    """The scenario with APIs whose limits bind, at about the price of a node, and whole units for them."""
    region = scenario.catalog.offerings[0].region
    models = sorted({row.model for row in scenario.workloads})
    limits: dict[str, Any] = {"input_tok_per_s_limit": 2000.0, "output_tok_per_s_limit": 500.0}
    fast: dict[str, Any] = {"ttft_ms": 1.0, "tpot_ms": 0.1, "quality_score": 100.0, "longest_request_tok": 1e6}
    return scenario.model_copy(
        update={
            "api_offers": tuple(
                an_api_offer(f"api-{model}", model=model, region=region, **limits, **fast) for model in models
            ),
            "provisioned": tuple(
                a_provisioned(f"units-{model}", api=f"api-{model}", step_units=2, minimum_units=4) for model in models
            ),
        }
    )


def approved(scenario: Scenario) -> Scenario:
    """Approved is what a plan orders, each order a node larger and the first not at all; three may move."""
    orders = planned(scenario).orders[1:]
    return scenario.model_copy(
        update={
            "approved_orders": tuple(
                an_approved(row.contract, start=row.start, quantity=Decimal(row.nodes + 1)) for row in orders
            ),
            "policy": scenario.policy.model_copy(
                update={
                    "stability": Stability(changed_orders_at_most=3, price_per_changed_usd=Decimal("0.02")),
                }
            ),
        }
    )


def little_to_rent(scenario: Scenario) -> Scenario:
    """The scenario in which one can count on a node and a half of each offering on demand."""
    offerings = tuple(row.model_copy(update={"on_demand_confidence": 0.03}) for row in scenario.catalog.offerings)
    return changed(scenario, catalog=scenario.catalog.model_copy(update={"offerings": offerings}))


def with_late_deliveries(scenario: Scenario) -> Scenario:
    """The scenario with every order a month late, but for a third of it."""
    event = a_contingency(
        lost=Lost.DELIVERY, name="*", late_months=1, delivered_share=1 / 3, floor_share=0.4, probability_per_year=0.1,
        duration_hours=100.0, blocks=BlockChoice.ALL,
    )  # fmt: skip
    return with_policy(little_to_rent(scenario), contingencies=(event,))


def on_a_young_stack(scenario: Scenario) -> Scenario:
    """The scenario with gpu-b on a stack of its own: a month of work away, and two until one may lean on it."""
    catalog = scenario.catalog

    def moved(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            row.model_copy(update={"stack": "stack-b"}) if row.accelerator == "gpu-b" else row for row in rows
        )

    other = tuple(row.model_copy(update={"stack": "stack-b"}) for row in catalog.quality)
    catalog = catalog.model_copy(
        update={
            "accelerators": moved(catalog.accelerators),
            "goodput_points": moved(catalog.goodput_points),
            "quality": (*catalog.quality, *other),
        }
    )
    event = a_contingency(lost=Lost.YOUNG_STACK, name="stack-b", months_in_production=1, floor_share=0.7)
    work = a_migration(stack="stack-b", engineering_usd=Decimal(10))
    scenario = changed(little_to_rent(changed(scenario, catalog=catalog)), migrations=(work,))
    return with_policy(scenario, contingencies=(event.model_copy(update={"blocks": BlockChoice.ALL}),))


def leaning_on_apis(scenario: Scenario) -> Scenario:
    """The scenario in which cloud-a may be lost, and a part of the limits of APIs be counted on."""
    event = a_contingency(api_share=0.5, floor_share=0.6, probability_per_year=0.1, duration_hours=100.0)
    return with_policy(by_token(little_to_rent(scenario)), contingencies=(event,))


def agreed(scenario: Scenario) -> Scenario:
    """The scenario with commitments of about half of what is spent, and credits for a twentieth of it."""
    first, *others = sorted({row.provider for row in scenario.catalog.offerings})
    spend = Decimal(round(planned(scenario).totals.cash_usd))
    a_year = spend * 12 / scenario.run.months
    held = an_agreement("held", provider=others[0] if others else first, start=FIRST + -10, years=3, in_force=True)
    tiers = ((a_year / 4, 0.04), (a_year / 2, 0.08), (a_year, 0.15))
    return scenario.model_copy(
        update={
            "agreements": (an_agreement(provider=first), *((held,) if others else ())),
            "agreement_tiers": (
                *(
                    a_tier(f"tier-{i}", commitment_usd_per_year=round(usd, 2), discount_share=share)
                    for i, (usd, share) in enumerate(tiers)
                ),
                a_tier(agreement="held", commitment_usd_per_year=round(a_year / 3, 2)),
            ),
            "credits": (
                a_credit(provider=first, balance_usd=round(spend / 20, 2), invoice_share_cap=0.4),
                a_credit("lots", provider=first, balance_usd=round(spend / 40, 2), price_usd=round(spend / 50, 2)),
            ),
        }
    )


@cache
def least(limit: str, seed: int) -> Solved:
    arrays = fleet(limit, seed)
    assert arrays is not None
    return solve_whole(arrays, EXACTLY)


def merged_in_pairs(arrays: Arrays) -> Merged:
    months = int(arrays.months.column_month.max()) + 1
    return merge(arrays, np.arange(months) // 2)


def broken(arrays: Arrays, values: Any) -> float:
    """By how much a point breaks rows and bounds at most."""
    activity = matrix_of(arrays) @ values
    return float(
        max(
            np.max(arrays.row_lower - activity, initial=0.0),
            np.max(activity - arrays.row_upper, initial=0.0),
            np.max(arrays.lower - values, initial=0.0),
            np.max(values - arrays.upper, initial=0.0),
        )
    )


@pytest.mark.parametrize(("limit", "seed"), FLEETS)
def test_every_plan_is_a_plan_of_the_merged_months_that_costs_no_more(limit: str, seed: int) -> None:
    arrays = fleet(limit, seed)
    if arrays is None:
        return
    best, merged = least(limit, seed), merged_in_pairs(arrays)
    point = merged.point(best.values)
    assert broken(merged.arrays, point) <= TOLERANCE
    assert merged.arrays.cost @ point + arrays.offset <= best.objective + TOLERANCE


@pytest.mark.parametrize(("limit", "seed"), FLEETS)
def test_the_bound_of_merged_months_never_exceeds_the_least_cost(limit: str, seed: int) -> None:
    arrays = fleet(limit, seed)
    if arrays is None:
        return
    merged = merged_in_pairs(arrays)
    assert len(merged.arrays.cost) < len(arrays.cost)
    assert solve_whole(merged.arrays, EXACTLY).objective <= least(limit, seed).objective + TOLERANCE


@pytest.mark.parametrize(("limit", "seed"), FLEETS)
def test_any_weights_that_are_positive_give_a_valid_bound(
    limit: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Weights drawn at random make the bound loose, not wrong."""
    arrays = fleet(limit, seed)
    if arrays is None:
        return
    draw = np.random.default_rng(seed)

    def careless(matrix: Any, cost: Any, row: Any, column: Any) -> Weights:
        rows = np.where(np.bincount(row)[row] > 1, draw.uniform(0.2, 2.0, len(row)), 1.0)
        columns = np.where(np.bincount(column)[column] > 1, draw.uniform(0.2, 2.0, len(column)), 1.0)
        return Weights(rows, columns)

    monkeypatch.setattr(merging, "balanced", careless)
    merged = merged_in_pairs(arrays)
    best = least(limit, seed)
    assert broken(merged.arrays, merged.point(best.values)) <= TOLERANCE
    assert merged.arrays.cost @ merged.point(best.values) + arrays.offset <= best.objective + TOLERANCE


@pytest.mark.parametrize("gap", [0.0, 0.05])
@pytest.mark.parametrize(("limit", "seed"), FLEETS)
def test_a_fleet_in_parts_gives_a_plan_that_keeps_every_row_and_a_bound_below_it(
    limit: str, seed: int, gap: float
) -> None:
    arrays = fleet(limit, seed)
    if arrays is None or not has_parts(arrays):
        return
    watch = Watch(io.BytesIO(), threading.Event(), time.monotonic(), 60.0)
    reply = ByParts(SolveRequest(arrays, replace(EXACTLY, gap_share=gap))).solve(watch)
    cost = least(limit, seed).objective
    assert reply.bound is not None
    assert reply.bound <= cost + TOLERANCE
    if reply.values is not None:
        assert reply.objective is not None
        assert broken(arrays, reply.values) <= TOLERANCE
        assert reply.objective >= cost - TOLERANCE
        assert reply.objective == pytest.approx(float(arrays.cost @ reply.values) + arrays.offset)
        within = reply.objective <= reply.bound + gap * abs(reply.bound) + TOLERANCE
        assert within == (reply.status is SolveStatus.OPTIMAL)


@pytest.mark.parametrize(
    ("limit", "seed"), [(limit, seed) for limit, seed in FLEETS if limit in ("fallback", YOUNG, LEANING)]
)
def test_what_must_be_kept_after_an_event_is_a_part_of_its_own(limit: str, seed: int) -> None:
    """Each month and block after the event knows of the rest only what is ordered, active, or through its gate."""
    arrays = fleet(limit, seed)
    if arrays is None:
        return
    parts = split(arrays)
    assert parts.satellites
    columns = np.concatenate([parts.core.columns, *(piece.columns for piece in parts.satellites)])
    rows = np.concatenate([parts.core.rows, *(piece.rows for piece in parts.satellites)])
    assert np.array_equal(np.sort(columns), np.arange(len(arrays.cost)))
    assert np.array_equal(np.sort(rows), np.arange(len(arrays.row_lower)))


def test_the_same_column_in_two_months_is_known_to_be_the_same() -> None:
    """Two months of one fleet: every column by block has its twin in the other month, orders have no month."""
    arrays = fleet("fallback", 1)
    assert arrays is not None
    keys = arrays.months
    moved = keys.column_group >= 0
    assert not arrays.integer[moved].any()
    named = set(zip(keys.column_group[moved].tolist(), keys.column_month[moved].tolist(), strict=True))
    assert len(named) == int(moved.sum())
    assert {month for _, month in named} == set(range(int(keys.column_month.max()) + 1))
