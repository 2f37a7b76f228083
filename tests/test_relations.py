"""What must hold between the costs of two plans, whatever the fleet; compared by incumbent and bound.

Fleets are drawn without limits; a limit is then set below what the plan of that fleet uses, so that it binds.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.book import Catalog
from contracts.calendar import Month
from optimizer.audit import audit_plan
from optimizer.model import build_model
from optimizer.problem import state
from optimizer.run import solve_options
from optimizer.solve import solve_whole
from optimizer.solve_arrays import compile_model
from scenarios.blocks import BlockLoad, BlockModel
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import FIRST, a_size_class, a_workload, an_offering, flat_demand
from tests.proving import EXACT_USD, changed, never_cheaper, planned
from tests.random_fleets import (
    LIMITS,
    PLENTY,
    a_random_fleet,
    active_nodes,
    free_plan,
    limited,
    with_offering,
    with_terms,
)
from tests.relating import same_cost, with_prices

FEW = range(5)
MANY = range(100, 200)
LEAST_BINDING_SHARE = 0.2


def for_some_fleets(examples: int = 4) -> Callable[[Any], Any]:
    """A few seeds of the small pool, whose free plans are shared by all relations."""

    def decorate(test: Any) -> Any:
        return settings(max_examples=examples)(given(seed=st.sampled_from(FEW))(test))

    return decorate


def with_demand(scenario: Scenario, factor: float) -> Scenario:
    """All demand times the factor."""
    rows = tuple(
        row.model_copy(update={"accepted_requests_per_s": row.accepted_requests_per_s * factor})
        for row in scenario.demand
        if row.accepted_requests_per_s is not None
    )
    return changed(scenario, demand=rows)


# --- limits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", LIMITS)
def test_a_tighter_limit_is_never_cheaper(limit: str) -> None:
    pairs = [pair for seed in FEW if (pair := limited(limit, seed)) is not None]
    assert all(never_cheaper(pair.limited, pair.free) for pair in pairs)


@pytest.mark.parametrize("limit", LIMITS)
def test_every_limit_binds_in_at_least_a_fifth_of_the_cases(limit: str) -> None:
    binding = [pair for seed in FEW if (pair := limited(limit, seed)) is not None and pair.binds]
    assert len(binding) >= LEAST_BINDING_SHARE * len(FEW)


@pytest.mark.long
@pytest.mark.parametrize("limit", LIMITS)
@settings(max_examples=60)
@given(seed=st.sampled_from(MANY))
def test_a_tighter_limit_is_never_cheaper_in_many_fleets(limit: str, seed: int) -> None:
    pair = limited(limit, seed)
    assert pair is None or never_cheaper(pair.limited, pair.free)


@for_some_fleets()
def test_a_limit_at_what_the_plan_uses_changes_nothing(seed: int) -> None:
    plan = free_plan(seed)
    scenario = plan.scenario
    for offering, nodes in active_nodes(plan).items():
        scenario = with_offering(scenario, offering, stock_nodes=nodes)
    for contract in {order.contract for order in plan.orders}:
        largest = max(order.nodes for order in plan.orders if order.contract == contract)
        scenario = with_terms(scenario, contract, maximum_order_nodes=largest)
    assert same_cost(plan, planned(scenario))


# --- prices ------------------------------------------------------------------------------------------------


@for_some_fleets()
def test_all_prices_up_by_a_tenth_cost_a_tenth_more(seed: int) -> None:
    assert same_cost(free_plan(seed), planned(with_prices(a_random_fleet(seed), Decimal("1.1"))), 1.1)


@for_some_fleets(2)
def test_another_currency_is_another_factor(seed: int) -> None:
    assert same_cost(free_plan(seed), planned(with_prices(a_random_fleet(seed), Decimal("163.5"))), 163.5)


@settings(max_examples=5)
@given(seed=st.sampled_from(FEW), contract=st.sampled_from(["od-a", "od-b", "spot-a", "res-a", "res-b"]))
def test_one_price_up_by_a_tenth_costs_between_nothing_and_a_tenth_more(seed: int, contract: str) -> None:
    dearer = planned(with_prices(a_random_fleet(seed), Decimal("1.1"), only=contract))
    assert never_cheaper(dearer, free_plan(seed))
    assert dearer.bound_usd <= 1.1 * free_plan(seed).incumbent_usd + EXACT_USD


# --- offers ------------------------------------------------------------------------------------------------


@for_some_fleets()
def test_a_provider_more_is_never_dearer(seed: int) -> None:
    both = a_random_fleet(seed)
    alone = changed(both, contracts=tuple(c for c in both.contracts if c.offering == "node-a"))
    assert never_cheaper(planned(alone), free_plan(seed))


@for_some_fleets(2)
def test_an_offer_that_is_worse_in_every_way_changes_nothing(seed: int) -> None:
    scenario = a_random_fleet(seed)
    worse = tuple(
        terms.model_copy(
            update={
                "contract": f"{terms.contract}-worse",
                "offering": "node-c",
                "price_usd_per_node_hour": terms.price_usd_per_node_hour + 1,
            }
        )
        for terms in scenario.contracts
        if terms.offering == "node-a"
    )
    node_c = an_offering("node-c", stock_nodes=PLENTY, quota_nodes=PLENTY)
    catalog = scenario.catalog.model_copy(update={"offerings": (*scenario.catalog.offerings, node_c)})
    more = changed(scenario, catalog=catalog, contracts=(*scenario.contracts, *worse))
    assert same_cost(free_plan(seed), planned(more))


# --- demand ------------------------------------------------------------------------------------------------


@for_some_fleets()
def test_less_demand_is_never_dearer(seed: int) -> None:
    assert never_cheaper(free_plan(seed), planned(with_demand(a_random_fleet(seed), 0.9)))


@for_some_fleets(2)
def test_the_same_demand_in_tokens_costs_the_same(seed: int) -> None:
    scenario = a_random_fleet(seed)
    rows = tuple(
        Demand(
            workload=row.workload,
            month=row.month,
            accepted_output_mtok=(row.accepted_requests_per_s or 0.0) * 100 * row.month.hours * 3600 / 1e6,
        )
        for row in scenario.demand
    )
    assert same_cost(free_plan(seed), planned(changed(scenario, demand=rows)))


@for_some_fleets(2)
def test_smaller_tokens_cost_the_same(seed: int) -> None:
    """A thousand times as many tokens, a thousand times as fast."""
    scenario = a_random_fleet(seed)
    points = tuple(
        p.model_copy(
            update={
                "input_tokens": p.input_tokens * 1000,
                "output_tokens": p.output_tokens * 1000,
                "output_tok_per_s": p.output_tok_per_s * 1000,
            }
        )
        for p in scenario.catalog.goodput_points
    )
    models = tuple(m.model_copy(update={"kv_kb_per_token": 0.1}) for m in scenario.catalog.models)
    finer = changed(
        scenario,
        catalog=scenario.catalog.model_copy(update={"goodput_points": points, "models": models}),
        size_classes=tuple(
            c.model_copy(update={"input_tokens": 1e5, "output_tokens": 1e5}) for c in scenario.size_classes
        ),
        workloads=tuple(
            w.model_copy(update={"shortfall_price_usd_per_mtok": w.shortfall_price_usd_per_mtok / 1000})
            for w in scenario.workloads
        ),
    )
    assert same_cost(free_plan(seed), planned(finer))


def halved(scenario: Scenario, workload: str) -> Scenario:
    """A workload as two of half the demand."""
    half = f"{workload}-half"

    def twins(rows: tuple[Any, ...], **fields: Any) -> tuple[Any, ...]:
        mine = [row for row in rows if row.workload == workload]
        return (*rows, *(row.model_copy(update={"workload": half, **fields}) for row in mine))

    demand = tuple(
        row.model_copy(update={"accepted_requests_per_s": (row.accepted_requests_per_s or 0.0) / 2})
        if row.workload == workload
        else row
        for row in scenario.demand
    )
    return changed(
        scenario,
        workloads=twins(scenario.workloads),
        size_classes=twins(scenario.size_classes),
        demand=twins(demand),
        blocks=scenario.blocks.model_copy(update={"loads": twins(scenario.blocks.loads)}),
    )


@pytest.mark.long
@for_some_fleets()
def test_two_halves_of_a_workload_cost_what_the_whole_does(seed: int) -> None:
    assert same_cost(free_plan(seed), planned(halved(a_random_fleet(seed), "chat")))


@pytest.mark.parametrize("limit", ["fallback", "share of tokens"])
def test_a_workload_that_asks_for_nothing_changes_nothing(limit: str) -> None:
    """It peaks when the others do not, so a fallback that counted its peak would cost more."""
    pair = limited(limit, 0)
    assert pair is not None
    scenario, months = pair.limited.scenario, pair.limited.scenario.run.months
    loads = tuple(
        BlockLoad(workload="idle", block=b, relative_load=load) for b, load in (("day", 0.1), ("night", 1.9))
    )
    more = changed(
        scenario,
        workloads=(*scenario.workloads, a_workload("idle")),
        size_classes=(*scenario.size_classes, a_size_class("idle")),
        demand=(*scenario.demand, *flat_demand("idle", months, 0.0)),
        blocks=scenario.blocks.model_copy(update={"loads": (*scenario.blocks.loads, *loads)}),
    )
    assert same_cost(pair.limited, planned(more))


# --- structure ---------------------------------------------------------------------------------------------


def beside(one: Scenario, other: Scenario) -> Scenario:
    """Two fleets that share nothing but the calendar: the second's ids and geography are its own."""

    def renamed(rows: tuple[Any, ...], *fields: str) -> tuple[Any, ...]:
        return tuple(row.model_copy(update={f: f"{getattr(row, f)}.2" for f in fields}) for row in rows)

    first, second = one.catalog, other.catalog
    catalog = Catalog(
        accelerators=(*first.accelerators, *renamed(second.accelerators, "accelerator")),
        models=first.models,
        quality=first.quality,
        regions=(*first.regions, *renamed(second.regions, "region", "geography")),
        offerings=(*first.offerings, *renamed(second.offerings, "offering", "accelerator", "region")),
        goodput_points=(*first.goodput_points, *renamed(second.goodput_points, "point", "accelerator", "curve")),
    )
    workloads = tuple(
        w.model_copy(update={"workload": f"{w.workload}.2", "geographies": ("geo-a.2",)}) for w in other.workloads
    )
    return changed(
        one,
        catalog=catalog,
        contracts=(*one.contracts, *renamed(other.contracts, "contract", "offering")),
        held_contracts=(*one.held_contracts, *renamed(other.held_contracts, "held", "offering")),
        workloads=(*one.workloads, *workloads),
        size_classes=(*one.size_classes, *renamed(other.size_classes, "workload")),
        demand=(*one.demand, *renamed(other.demand, "workload")),
        blocks=BlockModel(
            blocks=one.blocks.blocks,
            loads=(*one.blocks.loads, *renamed(other.blocks.loads, "workload")),
            requested_blocks=2,
        ),
    )


@pytest.mark.long
@for_some_fleets(2)
def test_two_fleets_that_share_nothing_add_up(seed: int) -> None:
    one = a_random_fleet(seed)
    twin = next(s for s in range(50, 90) if a_random_fleet(s).run == one.run)
    both = planned(beside(one, a_random_fleet(twin)))
    apart = free_plan(seed).incumbent_usd + free_plan(twin).incumbent_usd
    assert both.incumbent_usd == pytest.approx(apart, rel=1e-6, abs=0.02 * len(both.cost_lines))


@pytest.mark.long
@for_some_fleets(2)
def test_months_that_share_no_contract_add_up(seed: int) -> None:
    """Terms of one month, nothing held, no discount: January and February apart cost what they cost together."""
    scenario = a_random_fleet(seed)
    run = scenario.run.model_copy(update={"months": 2, "discount_rate_per_year": Decimal(0)})
    monthly = tuple(
        c.model_copy(update={"term_months": 1}) if c.kind == "reserved" else c for c in scenario.contracts
    )
    base = changed(scenario, run=run, contracts=monthly, held_contracts=())

    def over(first: Month, months: int) -> Scenario:
        rows = tuple(row for row in scenario.demand if first <= row.month < first + months)
        return changed(
            base, run=run.model_copy(update={"first_month": first, "months": months}), demand=rows
        )

    together = planned(over(FIRST, 2)).incumbent_usd
    apart = planned(over(FIRST, 1)).incumbent_usd + planned(over(FIRST + 1, 1)).incumbent_usd
    assert together == pytest.approx(apart, rel=1e-6, abs=0.2)


@for_some_fleets(2)
def test_names_do_not_matter(seed: int) -> None:
    """The clouds' contracts and workloads renamed so that they sort the other way round."""
    scenario = a_random_fleet(seed)
    names = {"chat": "x-chat", "code": "a-code"}

    def renamed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(row.model_copy(update={"workload": names[row.workload]}) for row in rows)

    other = changed(
        scenario,
        contracts=tuple(c.model_copy(update={"contract": f"{9 - i}-of-it"}) for i, c in enumerate(scenario.contracts)),
        workloads=renamed(scenario.workloads),
        size_classes=renamed(scenario.size_classes),
        demand=renamed(scenario.demand),
        blocks=scenario.blocks.model_copy(update={"loads": renamed(scenario.blocks.loads)}),
    )
    assert same_cost(free_plan(seed), planned(other))


@for_some_fleets(2)
def test_the_seed_of_the_solver_does_not_matter_beyond_the_gap(seed: int) -> None:
    scenario = a_random_fleet(seed)
    other = changed(scenario, run=scenario.run.model_copy(update={"seed": 4711}))
    assert same_cost(free_plan(seed), planned(other))


@pytest.mark.parametrize("limit", ["fallback", "minimum order"])
def test_parts_of_nodes_are_never_dearer_and_presolve_does_not_matter(limit: str) -> None:
    pair = limited(limit, 1)
    assert pair is not None
    problem = state(pair.limited.scenario)
    model = build_model(problem)
    arrays = compile_model(model).arrays
    options = solve_options(problem, model.money_scale_usd)
    relaxed = solve_whole(replace(arrays, integer=np.zeros_like(arrays.integer)), options)
    assert relaxed.objective * model.money_scale_usd <= pair.limited.incumbent_usd + EXACT_USD
    plain = solve_whole(arrays, replace(options, presolve=False))
    assert plain.objective * model.money_scale_usd == pytest.approx(pair.limited.incumbent_usd, rel=1e-6, abs=1)


@for_some_fleets(8)
def test_a_node_less_and_the_load_no_longer_fits(seed: int) -> None:
    """No node is bought that is not needed somewhere: taking one away breaks the audit of capacity."""
    plan = free_plan(seed)
    for order in plan.orders:
        fewer = tuple(
            row.model_copy(update={"nodes": row.nodes - 1}) if row.order == order.order else row for row in plan.orders
        )
        findings = audit_plan(plan.model_copy(update={"orders": fewer})).findings
        assert "capacity.base" in {finding.rule for finding in findings}


@pytest.mark.long
@for_some_fleets(4)
def test_ordering_what_was_ordered_costs_the_same_again(seed: int) -> None:
    """Every contract bound to the months and sizes of the plan's own orders."""
    plan = free_plan(seed)
    scenario = plan.scenario
    signed = {order.contract for order in plan.orders}
    scenario = changed(
        scenario, contracts=tuple(c for c in scenario.contracts if c.kind != "reserved" or c.contract in signed)
    )
    for contract in signed:
        starts = [order.start for order in plan.orders if order.contract == contract]
        sizes = [order.nodes for order in plan.orders if order.contract == contract]
        scenario = with_terms(
            scenario,
            contract,
            earliest_start=min(starts),
            latest_start=max(starts),
            minimum_order_nodes=min(sizes),
            maximum_order_nodes=max(sizes),
        )
    assert same_cost(plan, planned(scenario))
