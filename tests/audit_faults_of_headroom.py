"""Faults in derived headroom: pools that are too small, shares that differ, and figures that are told wrong."""

from typing import Any

from optimizer.plan import Plan, Status, StopReason
from optimizer.plan_headroom import HeadroomFound
from scenarios.scenario import Headroom
from tests.audit_headroom_plans import WAIT_MS, headroom_plan
from tests.audit_plans import small_plan
from tests.audit_planting import case_placement, fault, on, swap, with_workload


def found(plan: Plan, **changes: Any) -> Plan:
    assert plan.headroom is not None
    return plan.model_copy(update={"headroom": plan.headroom.model_copy(update=changes)})


def with_pool(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    assert plan.headroom is not None
    rows = list(plan.headroom.pools)
    rows[index] = rows[index].model_copy(update=changes)
    return found(plan, pools=tuple(rows))


def with_left(plan: Plan, **changes: Any) -> Plan:
    assert plan.headroom is not None
    return found(plan, left=(plan.headroom.left[0].model_copy(update=changes),))


def waiting(plan: Plan, **changes: Any) -> Plan:
    """The same plan with another limit of the wait."""
    settings: dict[str, Any] = {"method": plan.scenario.run.headroom.method, "wait_limit_ms": WAIT_MS}
    return on(plan, run=plan.scenario.run.model_copy(update={"headroom": Headroom(**(settings | changes))}))


@fault("headroom.stated", headroom_plan)
def headroom_not_told(plan: Plan) -> Plan:
    return plan.model_copy(update={"headroom": None})


@fault("headroom.stated", small_plan)
def headroom_told_where_it_is_stated(plan: Plan) -> Plan:
    empty = HeadroomFound(rounds=1, settled=True, widest_usd=1.0, shares_bound_usd=1.0, pools=(), left=())
    return plan.model_copy(update={"headroom": empty})


@fault("headroom.one_share", headroom_plan)
def one_class_has_the_headroom_of_both(plan: Plan) -> Plan:
    return swap(swap(plan, "placements", 0, nodes=1.1), "placements", 1, nodes=0.9)


@fault("headroom.one_share", headroom_plan)
def one_class_has_the_headroom_of_both_after_an_event(plan: Plan) -> Plan:
    return case_placement(case_placement(plan, 0, 0, nodes=0.6), 0, 1, nodes=0.4)


@fault("headroom.pool", headroom_plan)
def a_pool_a_little_too_small(plan: Plan) -> Plan:
    return swap(swap(plan, "placements", 0, nodes=0.9999), "placements", 1, nodes=0.9999)


@fault("headroom.pool", headroom_plan)
def a_pool_too_small_after_an_event(plan: Plan) -> Plan:
    """A node for a quarter of the demand: 0.275 erlangs of 0.22995."""
    return case_placement(case_placement(plan, 0, 0, accepted_tok_per_s=125.0), 0, 1, accepted_tok_per_s=125.0)


@fault("headroom.pool", headroom_plan)
def bursts_not_counted(plan: Plan) -> Plan:
    return with_workload(plan, burst_ratio=1.001)


@fault("headroom.pool", headroom_plan)
def a_shorter_wait_than_the_pool_keeps(plan: Plan) -> Plan:
    return waiting(plan, wait_limit_ms=WAIT_MS - 1.0)


@fault("headroom.pool", headroom_plan)
def a_wait_that_is_the_whole_limit(plan: Plan) -> Plan:
    """A tenth of the TTFT limit is all that a request may wait."""
    return with_workload(waiting(plan, wait_limit_ms=None), ttft_limit_ms=WAIT_MS)


@fault("headroom.pool", headroom_plan)
def what_is_left_is_concealed(plan: Plan) -> Plan:
    return found(plan, left=(), settled=True)


@fault("headroom.left", headroom_plan)
def the_pool_that_is_large_enough_is_called_small(plan: Plan) -> Plan:
    return with_left(plan, month=plan.placements[0].month)


@fault("headroom.left", headroom_plan)
def a_kinder_share_of_what_is_left(plan: Plan) -> Plan:
    return with_left(plan, derived_share=0.57)


@fault("headroom.left", headroom_plan)
def another_size_of_what_is_left(plan: Plan) -> Plan:
    return with_left(plan, replicas=2.0)


@fault("headroom.pools", headroom_plan)
def a_pool_after_an_event_not_told(plan: Plan) -> Plan:
    assert plan.headroom is not None
    return found(plan, pools=plan.headroom.pools[:1])


@fault("headroom.pools", headroom_plan)
def a_mean_of_months_not_of_hours(plan: Plan) -> Plan:
    return with_pool(plan, usable_share=(0.55 + 0.578947368) / 2)


@fault("headroom.pools", headroom_plan)
def a_smallest_pool_that_is_not_there(plan: Plan) -> Plan:
    return with_pool(plan, smallest_replicas=2.0)


@fault("headroom.pools", headroom_plan)
def service_of_a_node_not_of_a_request(plan: Plan) -> Plan:
    return with_pool(plan, 1, longest_service_s=1.0)


@fault("headroom.pools", headroom_plan)
def one_month_counted(plan: Plan) -> Plan:
    return with_pool(plan, cells=1)


@fault("headroom.rounds", headroom_plan)
def settled_in_spite_of_what_is_left(plan: Plan) -> Plan:
    return found(plan, settled=True)


@fault("headroom.rounds", headroom_plan)
def a_fourth_round(plan: Plan) -> Plan:
    return found(plan, rounds=4)


@fault("headroom.rounds", headroom_plan)
def rounds_to_blame_for_a_gap_that_was_reached(plan: Plan) -> Plan:
    assert plan.status is Status.WITHIN_GAP
    return plan.model_copy(update={"stop_reason": StopReason.HEADROOM_ROUNDS})


@fault("headroom.bounds", headroom_plan)
def a_relaxation_that_costs_less_than_its_bound(plan: Plan) -> Plan:
    return found(plan, widest_usd=21983.0)


@fault("headroom.bounds", headroom_plan)
def shares_whose_bound_is_above_the_plan(plan: Plan) -> Plan:
    return found(plan, shares_bound_usd=21985.0)


@fault("records.finite", headroom_plan)
def a_share_that_is_no_number(plan: Plan) -> Plan:
    return with_pool(plan, usable_share=float("nan"))


@fault("records.ids", headroom_plan)
def what_is_left_of_another_block(plan: Plan) -> Plan:
    return with_left(plan, block="noon")
