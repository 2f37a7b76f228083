"""Outlooks, worked by hand: January has 744 hours, February 672. On demand costs 10 an hour, reserved 6 for two months.

Two futures, base and high, as likely as each other; in high the demand is twice as high unless a test says otherwise.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.common import Nature
from contracts.terms.reserved import Upfront
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_contingency,
    a_reserved,
    a_scenario,
    a_spot,
    a_take_or_pay,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import objective, ordered, planned, with_policy

BOTH = (an_outlook("base"), an_outlook("high"))


def two_futures(*effects: OutlookEffect, **overrides: Any) -> Scenario:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "demand": nodes_of_load(1.0),
        "outlooks": BOTH,
        "outlook_effects": effects,
    }
    return a_scenario(**(fields | overrides))


def of_offering(effect: Effect, value: float, **overrides: Any) -> OutlookEffect:
    return an_effect(**({"effect": effect, "of": Subject.OFFERING, "name": "node-a", "value": value} | overrides))


def by_outlook(plan: Plan) -> dict[str, Decimal]:
    """Objective in each outlook."""
    return {row.outlook: row.totals.objective_usd for row in plan.by_outlook}


def test_the_cost_is_expected_and_each_outlook_has_its_own() -> None:
    """One node in base, two in high, all on demand."""
    plan = planned(two_futures(an_effect()))
    assert by_outlook(plan) == {"base": 14160, "high": 28320}
    assert objective(plan) == (14160 + 28320) / 2


@pytest.mark.parametrize(("share_high", "nodes"), [(0.5, 1), (0.59, 1), (0.61, 2)])
def test_nodes_are_reserved_up_to_the_chance_that_they_are_needed(share_high: float, nodes: int) -> None:
    """The second node is needed in high only; reserved it costs 6 always, on demand 10 with that chance."""
    outlooks = (an_outlook("base", probability=1 - share_high), an_outlook("high", probability=share_high))
    scenario = two_futures(an_effect(), contracts=(an_on_demand(), a_reserved()), outlooks=outlooks)
    assert ordered(planned(scenario)) == {"res-a.2027-01": nodes}


def test_effects_on_the_same_thing_multiply_and_the_latest_row_of_a_subject_holds() -> None:
    """February in high: all workloads 1.5, chat 2 from February on in place of 1: three nodes."""
    effects = (
        an_effect(value=1.5),
        an_effect(of=Subject.WORKLOAD, name="chat", value=1.0),
        an_effect(of=Subject.WORKLOAD, name="chat", value=2.0, first_month=FIRST + 1),
    )
    assert by_outlook(planned(two_futures(*effects)))["high"] == Decimal(744) * 15 + 672 * 30


def test_list_prices_move_and_signed_prices_do_not() -> None:
    """On demand costs 5 in high: the reserved node at 6 is no bargain there, but it is signed."""
    price = of_offering(Effect.ON_DEMAND_PRICE, 0.5)
    rented = planned(two_futures(price))
    assert by_outlook(rented) == {"base": 14160, "high": 7080}
    reserved = planned(two_futures(price, contracts=(an_on_demand(), a_reserved())))
    assert by_outlook(reserved) == {"base": 8496, "high": 8496}


def test_a_moved_price_is_rounded_to_the_millionth_of_a_dollar() -> None:
    plan = planned(two_futures(of_offering(Effect.ON_DEMAND_PRICE, 1.0000123456)))
    assert {line.unit_price_usd for line in plan.cost_lines if line.outlook == "high"} == {Decimal("10.000123")}


def test_spot_has_its_price_and_its_depth_in_each_outlook() -> None:
    """Half of the load fits a depth of one node halved; spot costs 3, in high 6."""
    spot = a_spot(spot_depth_nodes=1)
    plan = planned(
        two_futures(
            of_offering(Effect.SPOT_PRICE, 2.0),
            of_offering(Effect.SPOT_DEPTH, 0.5),
            contracts=(an_on_demand(), spot),
        )
    )
    assert by_outlook(plan) == {"base": 1416 * 3, "high": 708 * 6 + 708 * 10}


def test_goodput_below_what_was_measured_needs_more_nodes() -> None:
    plan = planned(two_futures(of_offering(Effect.GOODPUT, 0.8)))
    assert by_outlook(plan)["high"] == 14160 / Decimal("0.8")


def test_goodput_counts_after_an_event_too() -> None:
    """Eight tenths of a node must survive the loss of spot; in high they are a whole node: the quota of 1 just does."""
    catalog = ten_requests_a_node(offerings=(an_offering(quota_nodes=1),))
    event = a_contingency("lose-spot", lost="spot", name="*", floor_share=0.8)
    scenario = with_policy(
        two_futures(of_offering(Effect.GOODPUT, 0.8), catalog=catalog, contracts=(an_on_demand(), a_spot())),
        contingencies=(event,),
    )
    assert planned(scenario).contingencies
    worse = scenario.model_copy(update={"outlook_effects": (of_offering(Effect.GOODPUT, 0.79),)})
    with pytest.raises(Impossible):
        planned(worse)


def test_a_late_delivery_serves_and_bills_late() -> None:
    """Reserved from January; in high a month late: January on demand, February reserved, March after the horizon."""
    plan = planned(
        two_futures(
            of_offering(Effect.DELIVERY_DELAY, 1),
            contracts=(an_on_demand(), a_reserved(latest_start=FIRST)),
            run=run_settings(beyond_horizon_weight=Decimal("0.1")),
        )
    )
    assert ordered(plan) == {"res-a.2027-01": 1}
    assert by_outlook(plan) == {"base": 8496, "high": 7440 + 4032 + Decimal("446.4")}
    fees = (x for x in plan.cost_lines if x.nature is Nature.RESERVED_RECURRING)
    months = {str(x.paid_month) for x in fees if x.outlook == "high"}
    assert months == {"2027-02", "2027-03"}


def test_stock_is_kept_by_what_is_delivered() -> None:
    """One node to be had. Two orders of a month follow each other; in high January's comes with February's."""
    catalog = ten_requests_a_node(offerings=(an_offering(stock_nodes=1),))
    monthly = a_reserved(term_months=1)
    on_time = planned(two_futures(contracts=(an_on_demand(), monthly), catalog=catalog))
    assert ordered(on_time) == {"res-a.2027-01": 1, "res-a.2027-02": 1}
    january_late = of_offering(Effect.DELIVERY_DELAY, 1), of_offering(Effect.DELIVERY_DELAY, 0, first_month=FIRST + 1)
    late = planned(two_futures(*january_late, contracts=(an_on_demand(), monthly), catalog=catalog))
    assert len(late.orders) == 1


def test_before_the_reveal_an_order_is_one_for_all_futures_and_after_it_one_for_each() -> None:
    """February's second node is known to be needed on 1 February: in high it is reserved for one month, at 4,032."""
    monthly = a_reserved(term_months=1)
    blind = two_futures(an_effect(), contracts=(an_on_demand(), monthly))
    assert ordered(planned(blind)) == {"res-a.2027-01": 1, "res-a.2027-02": 1}
    told = planned(blind.model_copy(update={"run": run_settings(reveal_month=FIRST + 1)}))
    assert ordered(told) == {"res-a.2027-01": 1, "res-a.2027-02.base": 1, "res-a.2027-02.high": 2}
    assert {o.order: o.outlook for o in told.orders} == {
        "res-a.2027-01": None,
        "res-a.2027-02.base": "base",
        "res-a.2027-02.high": "high",
    }
    assert by_outlook(told) == {"base": 8496, "high": 8496 + 7440 + 4032}


def test_what_must_be_signed_before_the_reveal_cannot_wait_for_it() -> None:
    """With 15 days of delivery February's order is signed in January; so is one whose quote runs out in January."""
    run = run_settings(reveal_month=FIRST + 1)
    slow = ten_requests_a_node(offerings=(an_offering(lead_time_days=15),))
    monthly = a_reserved(term_months=1, earliest_start=FIRST + 1)
    told = two_futures(an_effect(), contracts=(an_on_demand(), monthly), run=run)
    assert {o.outlook for o in planned(told).orders} == {"base", "high"}
    assert {o.outlook for o in planned(told.model_copy(update={"catalog": slow})).orders} == {None}
    expiring = monthly.model_copy(update={"quote_valid_until": date(2027, 1, 31)})
    quoted = told.model_copy(update={"contracts": (an_on_demand(), expiring)})
    assert {o.outlook for o in planned(quoted).orders} == {None}


def test_a_plan_that_cannot_wait_says_so() -> None:
    plan = planned(two_futures(an_effect()))
    assert any("the value of waiting is not counted" in note for note in plan.notes)
    told = planned(two_futures(an_effect(), run=run_settings(reveal_month=FIRST)))
    assert not any("value of waiting" in note for note in told.notes)


def test_an_event_is_survived_only_in_the_outlooks_it_lists() -> None:
    """Loss of cloud-a with all of the load left: two nodes at cloud-b in high, one where only base must survive it."""
    scenario = two_futures(
        an_effect(),
        catalog=two_clouds(node_b={"quota_nodes": 0}),
        contracts=(an_on_demand(), a_reserved(offering="node-b", price_usd_per_node_hour=Decimal(11))),
    )
    everywhere = with_policy(scenario, contingencies=(a_contingency(floor_share=1.0),))
    assert ordered(planned(everywhere)) == {"res-a.2027-01": 2}
    in_base = with_policy(scenario, contingencies=(a_contingency(floor_share=1.0, outlooks=("base",)),))
    assert ordered(planned(in_base)) == {"res-a.2027-01": 1}


def test_take_or_pay_is_settled_in_each_outlook() -> None:
    """A quarter of a node: 354 of 580 node-hours; half a node in high: 708. Signed once, for both."""
    terms = a_take_or_pay(minimum_node_hours_per_month=Decimal(290))
    plan = planned(two_futures(an_effect(), contracts=(an_on_demand(), terms), demand=nodes_of_load(0.25)))
    assert ordered(plan) == {"top-a.2027-01": 1}
    assert by_outlook(plan) == {"base": 580 * 6, "high": 708 * 6}
    assert {(w.outlook, w.true_up > 0) for w in plan.take_or_pay} == {("base", True), ("high", False)}


def test_a_late_take_or_pay_counts_its_windows_from_delivery() -> None:
    """A month late in high: nothing in January, February is the first window, March is owed after the horizon."""
    scenario = two_futures(
        of_offering(Effect.DELIVERY_DELAY, 1),
        contracts=(an_on_demand(), a_take_or_pay(latest_start=FIRST)),
    )
    plan = planned(scenario)
    assert by_outlook(plan) == {"base": 1416 * 6, "high": 7440 + 4032}
    assert [(w.outlook, str(w.first)) for w in plan.take_or_pay] == [
        ("base", "2027-01"),
        ("base", "2027-02"),
        ("high", "2027-02"),
    ]
    high = next(row for row in plan.by_outlook if row.outlook == "high")
    assert high.totals.beyond_horizon_usd == 1800


def test_upfront_is_paid_on_delivery() -> None:
    upfront = a_reserved(upfront=Upfront.ALL, upfront_share=1.0, latest_start=FIRST)
    plan = planned(two_futures(of_offering(Effect.DELIVERY_DELAY, 1), contracts=(an_on_demand(), upfront)))
    paid = {x.outlook: str(x.paid_month) for x in plan.cost_lines if x.nature is Nature.RESERVED_UPFRONT}
    assert paid == {"base": "2027-01", "high": "2027-02"}


def test_two_outlooks_that_are_alike_are_one() -> None:
    """Splitting a future in two changes nothing."""
    one = planned(two_futures(contracts=(an_on_demand(), a_reserved()), outlooks=(an_outlook(probability=1.0),)))
    two = planned(two_futures(contracts=(an_on_demand(), a_reserved())))
    assert (objective(one), ordered(one)) == (objective(two), ordered(two))
