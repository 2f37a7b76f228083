"""Stability, worked by hand: one node for January (744 h) and February (672 h), ordered in January.

The approved contract costs 6 an hour, 8,496 in all; one that has come up since costs 5, or 7,080. To take it instead is
two changes: 8,496 dropped and 7,080 added, 15,576 together, for a saving of 1,416.
"""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from contracts.approved import ApprovedOrder
from contracts.terms.common import Nature
from optimizer.faults import Impossible
from optimizer.order_values import order_usd, signed_terms
from optimizer.plan import Plan
from optimizer.plan_changes import OrderChange
from optimizer.run import plan_fleet
from scenarios.policy import Stability
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_capacity_block,
    a_covered_rate,
    a_held,
    a_provisioned,
    a_reserved,
    a_scenario,
    a_site,
    a_spend_commitment,
    a_take_or_pay,
    an_api_offer,
    an_approved,
    an_effect,
    an_on_demand,
    an_outlook,
    an_owned,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.proving import binding, changed, never_cheaper, objective, ordered, planned, with_policy

OLD = {"old.2027-01": 1}
NEW = {"new.2027-01": 1}


def a_node(**overrides: Any) -> Scenario:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (
            an_on_demand(),
            a_reserved("old", latest_start=FIRST),
            a_reserved("new", price_usd_per_node_hour=Decimal(5), latest_start=FIRST),
        ),
        "demand": nodes_of_load(1.0),
        "approved_orders": (an_approved("old"),),
    }
    return a_scenario(**(fields | overrides))


def plan_stable(scenario: Scenario | None = None, **fields: Any) -> Plan:
    return planned(with_policy(scenario or a_node(), stability=Stability(**fields)))


def told(plan: Plan) -> list[tuple[str, int, int, Decimal]]:
    """Contract, approved, planned and changed dollars of every order."""
    return [(c.contract, int(c.approved), int(c.planned), c.changed_usd) for c in plan.changes_of_orders]


def changed_usd(plan: Plan) -> Decimal:
    return sum((change.changed_usd for change in plan.changes_of_orders), Decimal(0))


def test_without_a_policy_what_was_approved_is_told_and_changes_nothing() -> None:
    plan, fresh = planned(a_node()), planned(a_node(approved_orders=()))
    assert (ordered(plan), objective(plan)) == (NEW, 7080)
    assert plan.cost_lines == fresh.cost_lines
    assert told(plan) == [("new", 0, 1, Decimal(7080)), ("old", 1, 0, Decimal(8496))]
    assert fresh.changes_of_orders == ()


@pytest.mark.parametrize(("cap", "orders", "cost"), [(15576, NEW, 7080), (15575, OLD, 8496)])
def test_a_cap_on_the_value_of_changes_keeps_the_approved_order(cap: int, orders: dict[str, int], cost: int) -> None:
    plan = plan_stable(changed_usd_at_most=Decimal(cap))
    assert (ordered(plan), objective(plan)) == (orders, cost)
    assert ("most value of orders changed against what was approved" in binding(plan)) == (cap == 15576)


@pytest.mark.parametrize(("count", "orders"), [(2, NEW), (1, OLD), (0, OLD)])
def test_a_cap_on_the_number_of_changes_counts_what_is_dropped_and_what_is_added(
    count: int, orders: dict[str, int]
) -> None:
    plan = plan_stable(changed_orders_at_most=count)
    assert ordered(plan) == orders
    assert ("most orders changed against what was approved" in binding(plan)) == (count == 2)


def test_a_price_lets_a_change_through_that_saves_more() -> None:
    """9 % of 15,576 are 1,401.84, less than the saving of 1,416; the two lines are paid to nobody."""
    plan = plan_stable(price_per_changed_usd=Decimal("0.09"))
    lines = [line for line in plan.cost_lines if line.nature is Nature.STABILITY_PRICE]
    assert (ordered(plan), objective(plan)) == (NEW, Decimal("8481.84"))
    assert [(line.source, line.quantity, line.amount_usd) for line in lines] == [
        ("new", Decimal(7080), Decimal("637.20")),
        ("old", Decimal(8496), Decimal("764.64")),
    ]
    assert (plan.totals.stability_price_usd, plan.totals.effective_usd) == (Decimal("1401.84"), Decimal(7080))
    assert plan.totals.cash_usd == 7080


def test_a_price_above_the_saving_keeps_the_approved_order() -> None:
    """10 % of 15,576 are 1,557.60."""
    plan = plan_stable(price_per_changed_usd=Decimal("0.1"))
    assert (ordered(plan), objective(plan), plan.totals.stability_price_usd) == (OLD, 8496, 0)
    assert told(plan) == [("old", 1, 1, Decimal(0))]


def test_an_order_that_is_resized_counts_by_the_difference() -> None:
    """Two nodes were approved and one is needed: 8,496 less, one change."""
    scenario = a_node(approved_orders=(an_approved("old", quantity=Decimal(2)),))
    plan = plan_stable(scenario, changed_orders_at_most=1)
    assert told(plan) == [("old", 2, 1, Decimal(8496))]
    kept = plan_stable(scenario, changed_usd_at_most=Decimal(8495))
    assert (told(kept), objective(kept)) == ([("old", 2, 2, Decimal(0))], 2 * 8496)


def test_with_nothing_approved_every_order_is_new() -> None:
    """The new order saves 7,080 against on demand: at 100 % it does not pay, and its cap is its value."""
    scenario = a_node(approved_orders=())
    assert ordered(plan_stable(scenario, changed_usd_at_most=Decimal(7080))) == NEW
    assert ordered(plan_stable(scenario, changed_usd_at_most=Decimal(7079))) == {}
    assert told(plan_stable(scenario, changed_orders_at_most=1)) == [("new", 0, 1, Decimal(7080))]


def test_an_approved_order_by_a_month_later_is_another_order() -> None:
    scenario = a_node(
        contracts=(an_on_demand(), a_reserved("old", term_months=1)),
        approved_orders=(an_approved("old", start=FIRST + 1),),
    )
    plan = planned(scenario)
    assert [(str(c.start), int(c.approved), int(c.planned)) for c in plan.changes_of_orders] == [
        ("2027-01", 0, 1),
        ("2027-02", 1, 1),
    ]


@pytest.mark.parametrize("cap", [{"changed_usd_at_most": Decimal(0)}, {"changed_orders_at_most": 0}])
def test_a_plan_made_again_with_its_own_orders_approved_is_the_same_plan(cap: dict[str, Any]) -> None:
    scenario = every_kind()
    plan = planned(scenario)
    approved = tuple(
        ApprovedOrder(contract=c.contract, start=c.start, quantity=c.planned) for c in approvals(plan)
    )
    again = plan_stable(changed(scenario, approved_orders=approved), **cap)
    assert len(approved) >= 3
    assert (again.orders, again.committed_spend, again.provisioned) == (
        plan.orders,
        plan.committed_spend,
        plan.provisioned,
    )
    assert objective(again) == objective(plan)
    assert changed_usd(again) == 0


def every_kind() -> Scenario:
    """Six nodes of load: a block and an owned node in January, reserved, and dollars an hour for the rest."""
    return a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(
            an_on_demand(),
            a_reserved(latest_start=FIRST, maximum_order_nodes=1),
            a_take_or_pay(maximum_order_nodes=1, latest_start=FIRST),
            a_capacity_block(sizes_nodes=(1,)),
            an_owned(maximum_order_nodes=1, latest_start=FIRST, term_months=2),
        ),
        sites=(a_site(),),
        spend_commitments=(a_spend_commitment(),),
        covered_rates=(a_covered_rate(),),
        api_offers=(an_api_offer(),),
        provisioned=(a_provisioned(maximum_units=2),),
        demand=nodes_of_load(6.0),
    )


def approvals(plan: Plan) -> tuple[OrderChange, ...]:
    """What a plan orders, as its comparison with nothing at all tells it."""
    return tuple(row for row in plan_stable(plan.scenario).changes_of_orders if row.planned)


def test_a_higher_price_never_raises_the_changed_value() -> None:
    scenario = a_node(
        contracts=(
            an_on_demand(),
            a_reserved("old", latest_start=FIRST, maximum_order_nodes=3),
            a_reserved("new", price_usd_per_node_hour=Decimal(5), latest_start=FIRST, maximum_order_nodes=2),
            a_reserved("short", price_usd_per_node_hour=Decimal("5.6"), term_months=1),
        ),
        demand=nodes_of_load(4.0),
        approved_orders=(an_approved("old", quantity=Decimal(4)), an_approved("short", start=FIRST + 1)),
    )
    plans = [plan_stable(scenario, price_per_changed_usd=Decimal(price)) for price in ("0", "0.05", "0.1", "0.3", "1")]
    values = [changed_usd(plan) for plan in plans]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]
    assert all(never_cheaper(dear, cheap) for cheap, dear in pairwise(plans))


def test_a_cap_that_no_plan_can_keep_is_impossible() -> None:
    """Twice as many nodes were approved as there are: two are changed at least."""
    scenario = a_node(
        contracts=(an_on_demand(), a_reserved("old", latest_start=FIRST, maximum_order_nodes=2)),
        approved_orders=(an_approved("old", quantity=Decimal(4)),),
    )
    assert ordered(plan_stable(scenario, changed_usd_at_most=Decimal(2 * 8496))) == {"old.2027-01": 2}
    with pytest.raises(Impossible):
        plan_stable(scenario, changed_usd_at_most=Decimal(2 * 8496 - 1))


@pytest.mark.parametrize(
    ("approved", "why"),
    [
        (an_approved("lost"), "not in the scenario"),
        (an_approved("od-a"), "bought as it is used, and not ordered"),
        (an_approved("held-a"), "held by now"),
        (an_approved("old", start=FIRST + -1), "starts before the horizon, 2027-01"),
        (an_approved("old", start=FIRST + 2), "starts after the horizon, 2027-02"),
        (an_approved("old", start=FIRST + 1), "outside its start window, lattice or lead time"),
        (an_approved("quoted"), "quote expired on 2026-11-30"),
    ],
)
def test_what_cannot_be_ordered_any_more_is_no_change_but_a_note(approved: ApprovedOrder, why: str) -> None:
    scenario = a_node(
        contracts=(
            an_on_demand(),
            a_reserved("old", latest_start=FIRST),
            a_reserved("quoted", quote_valid_until=date(2026, 11, 30)),
        ),
        held_contracts=(a_held(),),
        approved_orders=(approved,),
    )
    plan = plan_stable(scenario, changed_usd_at_most=Decimal(8496))
    note = f"approved order under {approved.contract} of 1 from {approved.start} counts as no change: {why}"
    assert note in plan.notes
    assert all(row.approved == 0 for row in plan.changes_of_orders)


def test_orders_that_wait_for_the_outlook_are_not_compared() -> None:
    """February's order is decided when the outlook is known, also where outlooks are compared with foresight."""
    scenario = a_node(
        contracts=(an_on_demand(), a_reserved("old", term_months=1)),
        approved_orders=(an_approved("old"), an_approved("old", start=FIRST + 1)),
        outlooks=(an_outlook("base"), an_outlook("high")),
        outlook_effects=(an_effect("high"),),
        run=run_settings(reveal_month=FIRST + 1),
        catalog=ten_requests_a_node(),
    )
    priced = with_policy(scenario, stability=Stability(price_per_changed_usd=Decimal("0.2")))
    plan = plan_fleet(priced)
    assert {str(row.start) for row in plan.changes_of_orders} == {"2027-01"}
    assert any("from 2027-02 counts as no change: decided only when the outlook is known" in n for n in plan.notes)
    assert plan.knowing is not None
    assert plan.knowing.perfect_information.at_most_usd >= -0.02


def test_other_ways_are_not_held_to_what_was_approved_but_judged_by_it() -> None:
    nothing = Stability(changed_usd_at_most=Decimal(0), changed_orders_at_most=0)
    plan = plan_fleet(with_policy(a_node(), stability=nothing))
    by_name = {baseline.name: baseline for baseline in plan.baselines}
    assert by_name["all on demand"].objective_usd == 14160
    assert by_name["all on demand"].breaks == (
        "stability: orders worth 8,496 USD are not as approved, 0 allowed",
        "stability: 1 orders are not as approved, 0 allowed",
    )


@pytest.mark.parametrize(
    ("contract", "usd"),
    [
        ("res-a", 744 * 6 + 672 * 6),
        ("top-a", 2 * 300 * 6),
        ("own-a", 12000),
        ("block-a", 744 * 4),
        ("plan-a", 744 + 672),
        ("units-a", 744 + 672),
    ],
)
def test_the_value_of_an_order_is_what_is_signed(contract: str, usd: int) -> None:
    assert order_usd(signed_terms(every_kind())[contract], FIRST) == usd


def test_a_ramped_minimum_of_lots_is_worth_its_ramp_for_a_node() -> None:
    """Half of 600 node-hours in January and all of them in February, at 6, for lots of two nodes."""
    top = a_take_or_pay(minimum_node_hours_per_month=Decimal(600), lot_nodes=2, ramp_shares=(0.5,))
    assert order_usd(top, FIRST) == (300 + 600) * 6 / 2


def test_escalators_are_signed_and_most_favoured_prices_are_not() -> None:
    """A year at 6 an hour and a month at 6.60, whatever nodes cost on demand."""
    terms = a_reserved(
        term_months=13,
        escalator_share_per_year=Decimal("0.1"),
        most_favoured_of="od-a",
        most_favoured_share=Decimal("0.1"),
    )
    assert order_usd(terms, FIRST) == 8760 * 6 + 744 * Decimal("6.6")
