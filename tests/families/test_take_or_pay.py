"""Take-or-pay, worked by hand: January has 744 hours, February 672. On demand costs 10 an hour, take-or-pay 6.

Of every month at least 300 node-hours of a lot (one node) are paid: 1,800 USD.
"""

from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.policy import ShareMeasure
from scenarios.workloads import Demand
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_scenario,
    a_take_or_pay,
    an_on_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import a_cap, objective, ordered, planned, with_policy

ONE_LOT = {"top-a.2027-01": 1}


def monthly(*nodes: float) -> tuple[Demand, ...]:
    """So many nodes of load in the first, second ... month."""
    return tuple(Demand(workload="chat", month=FIRST + i, accepted_requests_per_s=10 * n) for i, n in enumerate(nodes))


def plan_with(demand: tuple[Demand, ...], *contracts: Any, **overrides: Any) -> Plan:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(), *contracts),
        "demand": demand,
    }
    return planned(a_scenario(**(fields | overrides)))


def amounts(plan: Plan, nature: Nature) -> list[Decimal]:
    """Amounts of the lines of a nature, in the order of the plan."""
    return [line.amount_usd for line in plan.cost_lines if line.nature is nature]


def test_use_above_the_minimum_is_paid_as_used() -> None:
    """Half a node: 372 + 336 node-hours at 6 are 4,248; on demand 7,080."""
    plan = plan_with(nodes_of_load(0.5), a_take_or_pay())
    assert (objective(plan), ordered(plan)) == (4248, ONE_LOT)
    assert amounts(plan, Nature.TAKE_OR_PAY_USAGE) == [2232, 2016]
    assert not amounts(plan, Nature.TAKE_OR_PAY_TRUE_UP)


def test_what_is_not_used_of_the_minimum_is_paid_too() -> None:
    """A quarter of a node is 186 + 168 node-hours; with a minimum of 290 the rest of it is trued up: 2 * 1,740."""
    plan = plan_with(nodes_of_load(0.25), a_take_or_pay(minimum_node_hours_per_month=Decimal(290)))
    assert (objective(plan), ordered(plan)) == (3480, ONE_LOT)
    assert amounts(plan, Nature.TAKE_OR_PAY_TRUE_UP) == [104 * 6, 122 * 6]


def test_a_minimum_dearer_than_renting_is_not_signed() -> None:
    """2 * 300 * 6 = 3,600 against 354 hours at 10."""
    plan = plan_with(nodes_of_load(0.25), a_take_or_pay())
    assert (objective(plan), ordered(plan)) == (3540, {})


@pytest.mark.parametrize(
    ("clause", "cost"),
    [
        ({}, 1800 + 4032),
        ({"window_months": 2}, 4032),
        ({"ramp_shares": (0.0,)}, 4032),
        ({"ramp_shares": (0.5, 0.5)}, 900 + 4032),
        ({"make_up_right": True}, 1800 + 4032 - 1800),
        ({"excess_carries_forward": True}, 1800 + 4032),
    ],
    ids=["monthly", "longer window", "no minimum at first", "ramp", "make-up", "carry-forward cannot look back"],
)
def test_nothing_in_january_and_a_node_in_february(clause: dict[str, Any], cost: int) -> None:
    """672 node-hours of February at 6 are 4,032; on demand 6,720. What January owes depends on the clause."""
    plan = plan_with(monthly(0.0, 1.0), a_take_or_pay(latest_start=FIRST, **clause))
    assert (objective(plan), ordered(plan)) == (cost, ONE_LOT)


@pytest.mark.parametrize(
    ("clause", "cost"),
    [
        ({}, 4464 + 1800),
        ({"excess_carries_forward": True}, 4464),
        ({"excess_carries_forward": True, "minimum_node_hours_per_month": Decimal(400)}, 4464 + 56 * 6),
        ({"make_up_right": True}, 4464 + 1800),
    ],
    ids=["monthly", "excess of 444 covers 300", "excess of 344 of 400", "make-up cannot look ahead"],
)
def test_a_node_in_january_and_nothing_in_february(clause: dict[str, Any], cost: int) -> None:
    """744 node-hours at 6 are 4,464; on demand 7,440."""
    plan = plan_with(monthly(1.0, 0.0), a_take_or_pay(**clause))
    assert (objective(plan), ordered(plan)) == (cost, ONE_LOT)


def test_a_make_up_is_a_credit_against_what_was_trued_up() -> None:
    plan = plan_with(monthly(0.0, 1.0), a_take_or_pay(latest_start=FIRST, make_up_right=True))
    assert amounts(plan, Nature.TAKE_OR_PAY_TRUE_UP) == [1800]
    assert amounts(plan, Nature.TAKE_OR_PAY_MAKE_UP) == [-1800]
    january, february = plan.take_or_pay
    assert (january.true_up, january.bank_out) == (300, 300)
    assert (february.used, february.made_up, february.bank_out) == (672, 300, 0)


def test_what_is_left_in_the_bank_at_the_end_is_listed_and_worth_nothing() -> None:
    """January pays 300 unused; February uses 336 of its 300, so 36 are made up and 264 are lost: 1,800 + 1,800."""
    plan = plan_with(
        monthly(0.0, 0.5),
        a_take_or_pay(latest_start=FIRST, make_up_right=True),
        contracts=(
            an_on_demand(price_usd_per_node_hour=Decimal(20)),
            a_take_or_pay(latest_start=FIRST, make_up_right=True),
        ),
    )
    assert objective(plan) == 1800 + 1800
    assert plan.take_or_pay[-1].bank_out == 264


def test_both_clauses_together_make_up_first_and_carry_the_rest() -> None:
    """0, 1, 0.1 nodes: true-up 300; make-up 300 of the excess 372; 72 carried to 74.4 used of 300: 153.6 trued up."""
    terms = a_take_or_pay(term_months=3, latest_start=FIRST, make_up_right=True, excess_carries_forward=True)
    plan = plan_with(
        monthly(0.0, 1.0, 0.1),
        terms,
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(20)), terms),
        run=run_settings(months=3),
    )
    assert [w.true_up for w in plan.take_or_pay] == [300, 0, Decimal("153.6")]
    assert [w.carried_out for w in plan.take_or_pay] == [0, 72, 0]
    assert objective(plan) == 1800 + (4032 - 1800) + 1800 - 72 * 6


def test_a_minimum_in_dollars_is_settled_in_dollars() -> None:
    """1,740 USD a month: 1,116 and 1,008 used at 6, the rest trued up."""
    terms = a_take_or_pay(minimum_node_hours_per_month=None, minimum_usd_per_month=Decimal(1740))
    plan = plan_with(nodes_of_load(0.25), terms)
    assert objective(plan) == 3480
    assert amounts(plan, Nature.TAKE_OR_PAY_TRUE_UP) == [624, 732]
    assert {window.unit for window in plan.take_or_pay} == {"usd"}


@pytest.mark.parametrize(("weight", "cost", "orders"), [("0", 4248, ONE_LOT), ("0.5", 6048, ONE_LOT), ("1", 7080, {})])
def test_minimums_after_the_horizon_are_owed(weight: str, cost: int, orders: dict[str, int]) -> None:
    """Four months in one window: January and February use 708 of 600; March and April owe 2 * 1,800 more."""
    plan = plan_with(
        nodes_of_load(0.5),
        a_take_or_pay(term_months=4, window_months=4, latest_start=FIRST),
        run=run_settings(beyond_horizon_weight=Decimal(weight)),
    )
    assert (objective(plan), ordered(plan)) == (cost, orders)
    assert plan.totals.beyond_horizon_usd == (3600 if orders else 0)


def test_a_window_cut_by_the_horizon_owes_the_ramp_of_its_months() -> None:
    """Shares 0.2 and 0.4 of 300 in the two months of the horizon: 180, not half of what four months owe."""
    terms = a_take_or_pay(term_months=4, window_months=4, latest_start=FIRST, ramp_shares=(0.2, 0.4))
    plan = plan_with(nodes_of_load(0.05), terms, contracts=(an_on_demand(price_usd_per_node_hour=Decimal(99)), terms))
    assert [window.minimum for window in plan.take_or_pay] == [180]
    assert objective(plan) == 180 * 6


def test_lots_are_whole_and_each_owes_its_minimum() -> None:
    """1.2 nodes in lots of two: one lot; 0.6 of what it carries is used, far above its 300."""
    plan = plan_with(nodes_of_load(1.2), a_take_or_pay(lot_nodes=2))
    assert ordered(plan) == {"top-a.2027-01": 2}
    assert objective(plan) == round(Decimal("1.2") * 1416 * 6, 2)


def test_no_more_is_used_than_was_ordered() -> None:
    """1.5 nodes with one node to be had: a node at 6, half a node at 10."""
    plan = plan_with(nodes_of_load(1.5), a_take_or_pay(maximum_order_nodes=1, latest_start=FIRST))
    assert objective(plan) == 1416 * 6 + 708 * 10


def test_after_an_event_the_whole_order_is_there() -> None:
    """0.3 nodes are served at cloud-a for 3; the loss of cloud-a must leave all of it at cloud-b: one lot, its minimum.

    On demand at cloud-b would do for 0.5 of it only (quota 1, confidence 0.15).
    """
    catalog = two_clouds(node_b={"quota_nodes": 1, "on_demand_confidence": 0.15})
    terms = a_take_or_pay(offering="node-b", minimum_node_hours_per_month=Decimal(50))
    scenario = a_scenario(
        catalog=catalog,
        contracts=(
            an_on_demand(price_usd_per_node_hour=Decimal(3)),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(9)),
            terms,
        ),
        demand=nodes_of_load(0.3),
    )
    alone = planned(scenario)
    assert ordered(alone) == {}
    insured = planned(with_policy(scenario, contingencies=(a_contingency(floor_share=1.0),)))
    assert ordered(insured) == ONE_LOT
    assert objective(insured) - objective(alone) == 2 * 50 * (6 - 3)


def test_a_share_of_capacity_counts_all_nodes_of_the_order() -> None:
    """Half a node of load: the order holds a whole node of cloud-a, so cloud-a cannot stay at half of the capacity."""
    scenario = a_scenario(
        catalog=two_clouds(),
        contracts=(a_take_or_pay(), an_on_demand("od-b", offering="node-b")),
        demand=nodes_of_load(0.5),
    )
    cap = a_cap(measure=ShareMeasure.CAPACITY)
    assert ordered(planned(scenario)) == ONE_LOT
    assert ordered(planned(with_policy(scenario, concentration=(cap.model_copy(update={"group": "cloud-a"}),)))) == {}


def test_a_budget_cannot_put_off_a_make_up() -> None:
    """What January has paid is made up in February as far as February uses it.

    March may pay a dollar less than its 4,464 of use: so a sixth of an hour must be left to make up. February uses
    599.83 of its 672 hours, 299.83 above the minimum, and rents the rest at 20.
    """
    terms = a_take_or_pay(term_months=3, latest_start=FIRST, make_up_right=True)
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(20)), terms),
        demand=monthly(0.0, 1.0, 1.0),
        run=run_settings(months=3),
    )
    march = a_budget(limit_usd=Decimal(4464), first_month=FIRST + 2)
    assert objective(planned(with_policy(scenario, budgets=(march,)))) == 1800 + 4032 - 1800 + 4464
    less = march.model_copy(update={"limit_usd": Decimal(4463)})
    rented = Decimal("1443.33")
    assert objective(planned(with_policy(scenario, budgets=(less,)))) == 1800 + 3599 - 1799 + rented + 4463


def test_a_budget_cannot_have_a_true_up_paid_ahead() -> None:
    """Each month pays 1,800. February may pay a dollar less: a sixth of an hour is run in January and carried on."""
    terms = a_take_or_pay(latest_start=FIRST, excess_carries_forward=True)
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(50)), terms),
        demand=monthly(0.3, 0.3),
    )
    february = a_budget(limit_usd=Decimal(1799), first_month=FIRST + 1)
    plan = planned(with_policy(scenario, budgets=(february,)))
    assert objective(plan) == 3600
    assert plan.take_or_pay[0].carried_out == pytest.approx(Decimal(1) / 6, abs=Decimal("0.001"))
