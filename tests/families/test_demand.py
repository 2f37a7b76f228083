"""Demand, worked by hand: a node carries 10 requests/s of 100 output tokens, 3.6 Mtok an hour.

On demand costs 10 an hour; both months have 1,416 hours.
"""

from decimal import Decimal
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_scenario,
    a_size_class,
    a_workload,
    an_on_demand,
    day_and_night,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import binding, objective, planned

AT_ITS_LIMIT = "shortfall of chat at its limit"
CHEAP_TO_MISS = Decimal(2)
"""USD per Mtok: 7.20 for a node-hour, below the 10 of a node on demand."""


def rented(**overrides: Any) -> Scenario:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "demand": nodes_of_load(1.0),
    }
    return a_scenario(**(fields | overrides))


def missing(limit: float, price: Decimal = CHEAP_TO_MISS, **overrides: Any) -> Plan:
    workload = a_workload(shortfall_limit_share=limit, shortfall_price_usd_per_mtok=price)
    return planned(rented(workloads=(workload,), **overrides))


def test_millions_of_tokens_a_month_are_a_rate_by_the_hours_of_that_month() -> None:
    """2,678.4 Mtok in January and 2,419.2 in February: one node each, 3.6 Mtok in each of its hours."""
    demand = (
        Demand(workload="chat", month=FIRST, accepted_output_mtok=2678.4),
        Demand(workload="chat", month=FIRST + 1, accepted_output_mtok=2419.2),
    )
    plan = planned(rented(demand=demand))
    assert objective(plan) == 14160
    assert plan.totals.served_mtok == Decimal("5097.6")
    assert plan.totals.usd_per_mtok == Decimal("2.777778")


def test_what_is_retried_or_rejected_is_carried_too() -> None:
    """Half of the attempts are retried, 80 % of the answers accepted: 2.5 attempts for each."""
    plan = planned(rented(workloads=(a_workload(accepted_share=0.8, retry_share=0.5),)))
    assert objective(plan) == 35400


def test_the_shape_of_the_week_does_not_change_the_total_of_the_month() -> None:
    plan = planned(rented(blocks=day_and_night("chat", day=3.0, night=1.0)))
    assert objective(plan) == 14160
    assert plan.totals.served_mtok == Decimal("5097.6")


def test_a_shortfall_cheaper_than_a_node_is_taken_to_its_limit() -> None:
    """A quarter missed at 7.20, the rest served at 10: 9.30 an hour."""
    plan = missing(0.25)
    assert objective(plan) == Decimal("13168.80")
    assert plan.totals.effective_usd == 10620
    assert plan.totals.shortfall_penalty_usd == Decimal("2548.80")
    assert AT_ITS_LIMIT in binding(plan)


def test_a_shortfall_dearer_than_a_node_is_not_taken() -> None:
    plan = missing(0.25, price=Decimal(3))
    assert objective(plan) == 14160
    assert AT_ITS_LIMIT not in binding(plan)


def test_without_a_limit_above_nothing_no_shortfall_is_allowed() -> None:
    assert missing(0.0).shortfalls == ()


def test_the_limit_holds_in_every_block() -> None:
    """Two nodes by day, none at night, a quarter of the day missed: no more although the month would allow it."""
    plan = missing(0.25, blocks=day_and_night("chat", day=2.0, night=0.0))
    assert objective(plan) == Decimal("13168.80")
    assert {gap.accepted_tok_per_s for gap in plan.shortfalls} == {500.0}


def test_the_limit_is_on_the_classes_of_a_workload_together() -> None:
    """Long answers (300 tokens, one request in four) are half of the tokens; a quarter of all may be missed.

    Long ones cost 20 times the input beside, so it is half of them that goes.
    """
    classes = (
        a_size_class(size_class="short", request_share=0.75),
        a_size_class(size_class="long", request_share=0.25, input_tokens=6000.0, output_tokens=300.0),
    )
    plan = missing(0.25, price=Decimal(0), size_classes=classes)
    assert {gap.size_class for gap in plan.shortfalls} == {"long"}
    missed = sum(gap.accepted_tok_per_s for gap in plan.shortfalls if gap.month == FIRST)
    assert missed == pytest.approx(0.25 * 10 * 150)


def test_a_class_that_nothing_may_serve_may_be_missed_within_the_limit() -> None:
    """Prompts of 5,000 tokens are longer than any that was measured: a tenth of the tokens cannot be served."""

    def plan_with_limit(limit: float) -> Plan:
        workload = a_workload(
            ttft_limit_ms=500.0, shortfall_limit_share=limit, shortfall_price_usd_per_mtok=Decimal(100)
        )
        classes = (
            a_size_class(request_share=0.9),
            a_size_class(size_class="huge", input_tokens=5000.0, request_share=0.1),
        )
        return planned(rented(workloads=(workload,), size_classes=classes))

    plan = plan_with_limit(0.1)
    assert {gap.size_class for gap in plan.shortfalls} == {"huge"}
    assert plan.totals.effective_usd == Decimal("12744.00")
    with pytest.raises(Impossible, match="only 9% of the workload may go unserved"):
        plan_with_limit(0.09)


def test_a_class_too_large_for_the_quota_may_be_missed_within_the_limit() -> None:
    """Half of the tokens, two nodes of load, one node of quota: half of the class is a quarter of the workload."""
    classes = (
        a_size_class(size_class="hard", request_share=0.5, input_tokens=1500.0),
        a_size_class(size_class="easy", request_share=0.5),
    )
    scenario = rented(size_classes=classes, demand=nodes_of_load(0.5))
    wide = scenario.catalog.model_copy(
        update={"offerings": tuple(o.model_copy(update={"quota_nodes": 1}) for o in scenario.catalog.offerings)}
    )
    limited = (a_workload(shortfall_limit_share=0.5),)
    assert planned(scenario.model_copy(update={"catalog": wide, "workloads": limited})).shortfalls
    with pytest.raises(Impossible, match=r"shortfall limit of at least 25\.0%"):
        planned(scenario.model_copy(update={"catalog": wide}))


def test_nothing_asked_costs_nothing() -> None:
    plan = planned(rented(demand=nodes_of_load(0.0)))
    assert (objective(plan), plan.totals.usd_per_mtok, plan.placements) == (0, None, ())


def test_a_discount_does_not_change_what_a_shortfall_is_worth_beside_a_node() -> None:
    plan = missing(0.25, run=run_settings(discount_rate_per_year=Decimal("0.5")))
    assert AT_ITS_LIMIT in binding(plan)
