"""A trace over the fleet of a plan, hour by hour: what is served, missed and billed (docs/decisions/0033)."""

from decimal import Decimal

import pytest

from optimizer.plan import Pool
from optimizer.plan_splits import SplitPlacement
from optimizer.replaying.records import Step
from optimizer.replaying.replay import replayer
from optimizer.run import plan_fleet
from scenarios.scenario import Headroom, HeadroomMethod
from tests.builders import (
    FIRST,
    a_covered_rate,
    a_held,
    a_provisioned,
    a_spend_commitment,
    a_workload,
    an_api_offer,
    an_offering,
    an_on_demand,
    day_and_night,
    run_settings,
    ten_requests_a_node,
)
from tests.plan_builders import a_plan
from tests.replay_cases import cost_of, day_and_night_hours, planned, replayed
from tests.served_by_token import a_token_fleet


def test_a_replay_in_which_every_hour_is_as_its_block_is_the_plan_to_the_cent() -> None:
    plan = a_plan()
    found = replayed(plan)
    assert cost_of(found, Step.PLAN) == plan.totals.effective_usd
    assert abs(cost_of(found, Step.BILLING_ORDER) - plan.totals.effective_usd) <= Decimal("0.02")
    assert found.ladder[1].missed_mtok == 0.0
    assert float(found.ladder[1].penalty_usd) == pytest.approx(float(plan.totals.shortfall_penalty_usd), rel=1e-9)


def test_with_derived_headroom_every_block_keeps_the_share_of_its_own_pool() -> None:
    """A pool is small by night, so more of it is kept free than by day; all of it is rented, and costs what it did."""
    plan = planned(
        blocks=day_and_night("chat", day=1.9, night=0.1),
        hourly_load=day_and_night_hours(day=1.9, night=0.1),
        held_contracts=(),
        run=run_settings(headroom=Headroom(method=HeadroomMethod.DERIVED), usable_share=0.85),
        workloads=(a_workload(ttft_limit_ms=200.0),),
    )
    assert plan.headroom is not None
    (pool,) = plan.headroom.pools
    assert pool.lowest_usable_share < pool.highest_usable_share - 0.1
    found = replayed(plan)
    assert abs(cost_of(found, Step.BILLING_ORDER) - plan.totals.effective_usd) <= Decimal("0.02")


def test_hours_above_their_block_are_rented_at_the_price_of_the_hour() -> None:
    """Ten held nodes carry the flat block. By day 15 are needed: 5 are rented at 10 USD in half of 1,416 hours."""
    found = replayed(planned())
    assert cost_of(found, Step.HOURS) - cost_of(found, Step.PLAN) == 5 * 10 * Decimal(1416) / 2
    (workload,) = found.workloads
    by_day = 0.75  # of the tokens; a third of them on rented nodes
    assert workload.rented_more_mtok / workload.asked_mtok == pytest.approx(by_day / 3)
    assert workload.kept


def test_held_nodes_stand_idle_in_the_hours_below_their_block() -> None:
    """By night five of the ten held nodes have nothing to do."""
    (pool,) = replayed(planned()).pools
    assert pool.paid_node_hours == 10 * 1416
    assert pool.idle_node_hours == pytest.approx(5 * 1416 / 2)
    assert pool.rented_node_hours == pytest.approx(5 * 1416 / 2)


def test_what_neither_paid_nor_rented_nodes_carry_is_missed_and_costs_its_penalty() -> None:
    """Two nodes can be rented: by day 12 of 15 nodes' load is served, 3 of 15 missed; that is 10 % of all tokens."""
    plan = planned(catalog=ten_requests_a_node(offerings=(an_offering(quota_nodes=2),)))
    found = replayed(plan)
    (workload,) = found.workloads
    assert workload.missed_mtok / workload.asked_mtok == pytest.approx(0.1 * 1.5)
    assert workload.missed_hours == 1416 / 2
    assert workload.worst_hour_missed_share == pytest.approx(3 / 15)
    assert not workload.kept
    assert float(found.replayed.penalty_usd) == pytest.approx(workload.missed_mtok * 1000, rel=1e-6)


def test_headroom_carries_what_is_left_before_anything_is_missed() -> None:
    """At a usable share of 0.8, 15 nodes of load at full goodput are 18.75 with headroom. Held 12.5 and rented 3: the
    headroom of 15.5 nodes carries the rest of 15.
    """
    plan = planned(
        run=run_settings(usable_share=0.8),
        held_contracts=(a_held(nodes=13),),
        catalog=ten_requests_a_node(offerings=(an_offering(quota_nodes=3),)),
    )
    (workload,) = replayed(plan).workloads
    assert workload.missed_mtok == 0.0
    assert workload.squeezed_mtok / workload.asked_mtok == pytest.approx(0.75 * (18.75 - 16) / 18.75)


def test_a_class_goes_to_idle_paid_nodes_before_more_is_rented() -> None:
    """Chat is planned on node-a; what it needs beyond by day is served by the idle half of node-b's held nodes."""
    offerings = (an_offering(), an_offering("node-b"))
    plan = planned(
        catalog=ten_requests_a_node(offerings=offerings),
        held_contracts=(a_held(nodes=8), a_held("held-b", offering="node-b", nodes=8)),
    )
    (workload,) = replayed(plan).workloads
    assert workload.moved_mtok > 0
    assert workload.missed_mtok == 0.0
    assert replayed(plan).replayed.effective_usd == replayed(plan).planned.effective_usd


def test_commitments_cover_each_hour_in_the_providers_order_and_what_an_hour_leaves_is_lost() -> None:
    """70 USD an hour cover ten nodes at 7. By day five of 15 are paid on demand; by night the half is lost."""
    plan = planned(
        held_contracts=(),
        contracts=(an_on_demand(),),
        spend_commitments=(a_spend_commitment(minimum_usd_per_hour=Decimal(70)),),
        covered_rates=(a_covered_rate(),),
    )
    found = replayed(plan)
    assert plan.committed_spend
    (row,) = plan.committed_spend
    covered_nodes = row.usd_per_hour / 7
    more = (15 - covered_nodes) * 10 * Decimal(1416) / 2
    assert cost_of(found, Step.HOURS) - cost_of(found, Step.PLAN) == pytest.approx(more, abs=Decimal(1))


def test_planned_blocks_that_are_the_hours_cost_what_the_hours_cost() -> None:
    """With a block for day and one for night nothing is left to rent beyond the plan."""
    plan = planned(blocks=day_and_night("chat"))
    found = replayed(plan)
    assert cost_of(found, Step.HOURS) == cost_of(found, Step.PLAN)
    assert found.workloads[0].rented_more_mtok == pytest.approx(0.0, abs=1e-6)


def test_a_plan_that_serves_by_splits_is_refused() -> None:
    row = SplitPlacement(
        outlook="base",
        month=FIRST,
        block="all",
        workload="chat",
        size_class="all",
        split="apart",
        prefill_pool=Pool.BASE,
        decode_pool=Pool.BASE,
        accepted_tok_per_s=1.0,
        prefill_nodes=1.0,
        decode_nodes=1.0,
    )
    with pytest.raises(ValueError, match=r"serves by splits \(apart\)"):
        replayer(planned().model_copy(update={"split_placements": (row,)}), "base")


def test_what_an_api_does_not_carry_by_day_is_missed() -> None:
    """One node's load by the token, planned flat: by day 1,500 tok/s are asked of a limit of 1,200."""
    api = an_api_offer(output_tok_per_s_limit=1200.0)
    plan = plan_fleet(a_token_fleet(api_offers=(api,), hourly_load=day_and_night_hours()))
    (workload,) = replayed(plan).workloads
    assert not plan.placements
    assert workload.as_planned_mtok / workload.asked_mtok == pytest.approx((1200 + 500) / 2000)
    assert workload.missed_mtok / workload.asked_mtok == pytest.approx(300 / 2000)


def test_provisioned_units_carry_no_more_in_an_hour_than_was_ordered() -> None:
    """Three units carry 1,000 tok/s each way, 1,000 and 500 a unit; by day 1,500 are asked and half a unit is short."""
    fleet = a_token_fleet(provisioned=(a_provisioned(),), hourly_load=day_and_night_hours())
    plan = plan_fleet(fleet)
    (order,) = plan.provisioned
    assert order.units == 3
    (workload,) = replayed(plan).workloads
    assert workload.missed_mtok / workload.asked_mtok == pytest.approx(500 / 2000)
