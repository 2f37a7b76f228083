"""Among plans of the same cost: the fewest idle node-hours, the least use of take-or-pay, what was approved, first ids.

January has 744 hours, February 672.
"""

from decimal import Decimal
from typing import Any

import pytest

from contracts.approved import ApprovedOrder
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_held,
    a_reserved,
    a_scenario,
    a_take_or_pay,
    an_on_demand,
    nodes_of_load,
    ten_requests_a_node,
    two_clouds,
)
from tests.faulty_cases import monthly_nodes
from tests.proving import objective, ordered, planned


def on_two_clouds(nodes: float, *contracts: Any) -> Scenario:
    """node-a and node-b carry the same."""
    return a_scenario(catalog=two_clouds(), contracts=contracts, demand=nodes_of_load(nodes))


def test_half_a_node_rented_is_had_rather_than_a_node_half_idle() -> None:
    """Half a node at 10 or a node at 5; a cent less, and the idle half is taken into the bargain."""
    same = on_two_clouds(0.5, an_on_demand("od-b", offering="node-b"), a_reserved(price_usd_per_node_hour=Decimal(5)))
    assert (objective(planned(same)), ordered(planned(same))) == (7080, {})
    cheaper = a_reserved(price_usd_per_node_hour=Decimal("4.9999"))
    less = same.model_copy(update={"contracts": (same.contracts[0], cheaper)})
    assert ordered(planned(less)) == {"res-a.2027-01": 1}


def test_a_lot_that_fits_is_had_rather_than_one_that_is_half_idle() -> None:
    """Two nodes of node-a at 3 each or one of node-b at 6: the first id, but an idle node."""
    pairs = a_reserved("pairs", price_usd_per_node_hour=Decimal(3), lot_nodes=2)
    singles = a_reserved("singles", offering="node-b")
    plan = planned(on_two_clouds(1.0, pairs, singles))
    assert (objective(plan), ordered(plan)) == (8496, {"singles.2027-01": 1})


def test_nothing_runs_on_take_or_pay_for_the_minimums_sake_alone() -> None:
    """Signed for February's second node. January's hours may run on the held node or on 300 paid anyway."""
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(price_usd_per_node_hour=Decimal(30)), a_take_or_pay(latest_start=FIRST)),
        held_contracts=(a_held(),),
        demand=monthly_nodes(1.0, 2.0),
    )
    plan = planned(scenario)
    assert objective(plan) == 1416 * 5 + 300 * 6 + 672 * 6
    assert [(str(u.month), u.nodes) for u in plan.usages if u.order] == [("2027-02", 1.0)]
    assert [window.true_up for window in plan.take_or_pay] == [300, 0]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_offerings_alike_the_first_id_is_had(turned: bool) -> None:
    offers = (a_reserved("res-z"), a_reserved("res-a", offering="node-b"))
    scenario = on_two_clouds(1.0, *(reversed(offers) if turned else offers))
    assert ordered(planned(scenario)) == {"res-z.2027-01": 1}


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_offerings_alike_the_first_id_is_rented(turned: bool) -> None:
    offers = (an_on_demand("od-z"), an_on_demand("od-a", offering="node-b"))
    plan = planned(on_two_clouds(0.7, *(reversed(offers) if turned else offers)))
    assert {usage.offering for usage in plan.usages} == {"node-a"}


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_contracts_alike_on_one_offering_the_first_id_is_signed(turned: bool) -> None:
    offers = (a_reserved("res-z"), a_reserved("res-m"), a_reserved("res-y"))
    scenario = on_two_clouds(1.0, *(reversed(offers) if turned else offers))
    assert ordered(planned(scenario)) == {"res-m.2027-01": 1}


def test_of_two_ways_to_rent_one_offering_alike_the_first_id_is_used() -> None:
    plan = planned(on_two_clouds(0.7, an_on_demand("od-z"), an_on_demand("od-m")))
    assert {usage.contract for usage in plan.usages} == {"od-m"}



def test_of_two_contracts_alike_the_one_that_was_approved_is_signed() -> None:
    """Either costs 8,496: the first id, unless the other was approved; a cent cheaper, approval counts for nothing."""
    alike = a_reserved("first"), a_reserved("second")
    approved = (ApprovedOrder(contract="second", start=FIRST, quantity=Decimal(1)),)
    fresh = a_scenario(catalog=ten_requests_a_node(), contracts=alike, demand=nodes_of_load(1.0))
    assert ordered(planned(fresh)) == {"first.2027-01": 1}
    assert ordered(planned(fresh.model_copy(update={"approved_orders": approved}))) == {"second.2027-01": 1}
    cheaper = a_reserved("first", price_usd_per_node_hour=Decimal("5.99999"))
    moved = fresh.model_copy(update={"approved_orders": approved, "contracts": (cheaper, alike[1])})
    assert ordered(planned(moved)) == {"first.2027-01": 1}
