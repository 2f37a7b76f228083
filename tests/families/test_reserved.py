"""Reserved contracts, worked by hand: January has 744 hours, February 672, together 1,416.

On demand costs 10 an hour, reserved 6; a node on demand for both months costs 14,160, reserved 8,496.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.terms.reserved import Upfront
from optimizer.plan import Plan
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_reserved,
    a_scenario,
    an_offering,
    an_on_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import objective, ordered, planned


def plan_with(demand: tuple[Demand, ...], *reserved: Any, **overrides: Any) -> Plan:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(), *reserved),
        "demand": demand,
    }
    return planned(a_scenario(**(fields | overrides)))


def in_february(nodes: float) -> tuple[Demand, ...]:
    """Nothing in January, then so many nodes."""
    return (*nodes_of_load(0.0, months=1), Demand(workload="chat", month=FIRST + 1, accepted_requests_per_s=10 * nodes))


def test_a_node_in_use_all_the_time_is_reserved() -> None:
    plan = plan_with(nodes_of_load(1.0), a_reserved())
    assert (objective(plan), ordered(plan)) == (8496, {"res-a.2027-01": 1})


def test_a_node_in_use_half_of_the_time_is_rented() -> None:
    """7,080 on demand against 8,496."""
    plan = plan_with(nodes_of_load(0.5), a_reserved())
    assert (objective(plan), ordered(plan)) == (7080, {})


def test_reserved_nodes_are_whole_and_the_rest_is_rented() -> None:
    """1.5 nodes: 8,496 + 7,080, not two nodes for 16,992."""
    assert objective(plan_with(nodes_of_load(1.5), a_reserved())) == 15576


def test_nodes_come_in_lots() -> None:
    """1.5 nodes in lots of two: 16,992 for both against 21,240 on demand."""
    plan = plan_with(nodes_of_load(1.5), a_reserved(lot_nodes=2))
    assert (objective(plan), ordered(plan)) == (16992, {"res-a.2027-01": 2})


def test_a_term_that_outlasts_the_horizon_is_cheap_only_if_the_tail_is_free() -> None:
    """Two months from February: 672 * 6 inside, 744 * 6 in March; on demand February alone is 6,720."""
    free = plan_with(in_february(1.0), a_reserved())
    assert (objective(free), ordered(free)) == (4032, {"res-a.2027-02": 1})
    assert free.totals.beyond_horizon_usd == 4464
    counted = plan_with(
        in_february(1.0), a_reserved(), run=run_settings(beyond_horizon_weight=Decimal("1"))
    )
    assert (objective(counted), ordered(counted)) == (6720, {})


def test_a_term_ends_when_it_says() -> None:
    """A month from January at 6, February on demand or signed again: 744 * 6 + 672 * 6, two orders."""
    plan = plan_with(nodes_of_load(1.0), a_reserved(term_months=1))
    assert ordered(plan) == {"res-a.2027-01": 1, "res-a.2027-02": 1}
    only_january = plan_with(nodes_of_load(1.0), a_reserved(term_months=1, latest_start=FIRST))
    assert objective(only_january) == 744 * 6 + 672 * 10


def test_service_starts_only_on_the_lattice() -> None:
    """Every two months from January: February cannot start, and on demand it costs 6,720."""
    plan = plan_with(in_february(1.0), a_reserved(term_months=1, start_every_months=2))
    assert (objective(plan), ordered(plan)) == (6720, {})


def test_the_lattice_is_counted_from_the_earliest_start() -> None:
    """Every two months from December: January is odd, February is even."""
    plan = plan_with(
        nodes_of_load(1.0), a_reserved(term_months=1, start_every_months=2, earliest_start=FIRST + -1)
    )
    assert (objective(plan), ordered(plan)) == (7440 + 4032, {"res-a.2027-02": 1})


def test_service_cannot_start_before_delivery() -> None:
    """Ordered on 1 December with 32 days of delivery: 2 January, so February is the first whole month."""
    catalog = ten_requests_a_node(offerings=(an_offering(lead_time_days=32),))
    plan = plan_with(nodes_of_load(1.0), a_reserved(term_months=1), catalog=catalog)
    assert (objective(plan), ordered(plan)) == (7440 + 4032, {"res-a.2027-02": 1})
    assert plan.orders[0].order_by == date(2026, 12, 31)
    in_time = ten_requests_a_node(offerings=(an_offering(lead_time_days=31),))
    assert objective(plan_with(nodes_of_load(1.0), a_reserved(), catalog=in_time)) == 8496


def test_a_quote_that_has_run_out_cannot_be_signed() -> None:
    expired = plan_with(nodes_of_load(1.0), a_reserved(quote_valid_until=date(2026, 11, 30)))
    assert (objective(expired), ordered(expired)) == (14160, {})
    last_day = plan_with(nodes_of_load(1.0), a_reserved(quote_valid_until=date(2026, 12, 1)))
    assert objective(last_day) == 8496
    assert last_day.orders[0].order_by == date(2026, 12, 1)


def test_paying_later_is_worth_the_discount() -> None:
    """At 21 % a year a month later costs 1.21^(-1/12): all upfront 8,496, month by month 4,464 + 4,032 * 0.98424."""
    run = run_settings(discount_rate_per_year=Decimal("0.21"))
    upfront = a_reserved("res-upfront", upfront=Upfront.ALL, upfront_share=1.0)
    assert objective(plan_with(nodes_of_load(1.0), upfront, run=run)) == 8496
    plan = plan_with(nodes_of_load(1.0), upfront, a_reserved("res-monthly"), run=run)
    assert ordered(plan) == {"res-monthly.2027-01": 1}
    assert objective(plan) == (4464 + 4032 * Decimal("1.21") ** (-Decimal(1) / 12)).quantize(Decimal("0.01"))


def test_part_upfront_pays_the_part_in_the_first_month_for_the_whole_term() -> None:
    """A quarter of 8,496 in January and three quarters month by month."""
    plan = plan_with(nodes_of_load(1.0), a_reserved(upfront=Upfront.PARTIAL, upfront_share=0.25))
    amounts = {(str(line.nature), str(line.paid_month)): line.amount_usd for line in plan.cost_lines}
    assert amounts == {
        ("reserved_upfront", "2027-01"): Decimal("2124.00"),
        ("reserved_recurring", "2027-01"): Decimal("3348.00"),
        ("reserved_recurring", "2027-02"): Decimal("3024.00"),
    }
