"""Stock and order sizes, worked by hand: a node for both months costs 8,496 reserved, 14,160 on demand."""

from typing import Any

from optimizer.plan import Plan
from tests.builders import (
    a_reserved,
    a_scenario,
    an_offering,
    an_on_demand,
    nodes_of_load,
    ten_requests_a_node,
)
from tests.proving import binding, objective, ordered, planned, with_policy

USED_UP = "stock of node-a used up"
AT_MINIMUM = "order under res-a at its minimum"


def two_nodes_of_load(*reserved: Any, stock: int | None = 100) -> Plan:
    catalog = ten_requests_a_node(offerings=(an_offering(stock_nodes=stock),))
    contracts = (an_on_demand(), *(reserved or (a_reserved(),)))
    return planned(a_scenario(catalog=catalog, contracts=contracts, demand=nodes_of_load(2.0)))


def test_what_the_stock_does_not_hold_is_rented() -> None:
    """One node reserved, one on demand: 8,496 + 14,160."""
    plan = two_nodes_of_load(stock=1)
    assert (objective(plan), ordered(plan)) == (22656, {"res-a.2027-01": 1})
    assert USED_UP in binding(plan)


def test_a_stock_that_is_not_used_up_changes_nothing() -> None:
    plan = two_nodes_of_load(stock=3)
    assert objective(plan) == 2 * 8496
    assert USED_UP not in binding(plan)


def test_contracts_of_an_offering_share_its_stock() -> None:
    """One node in all: under the cheaper of the two."""
    plan = two_nodes_of_load(a_reserved(), a_reserved("res-b", price_usd_per_node_hour=7), stock=1)
    assert (objective(plan), ordered(plan)) == (22656, {"res-a.2027-01": 1})


def test_orders_of_different_months_share_the_stock_while_both_run() -> None:
    """Two months in January and again in February would be two nodes in February: only one is there."""
    plan = two_nodes_of_load(a_reserved(maximum_order_nodes=1), stock=1)
    assert sum(ordered(plan).values()) == 1


def test_a_node_that_comes_back_can_be_signed_again() -> None:
    plan = two_nodes_of_load(a_reserved(term_months=1), stock=2)
    assert ordered(plan) == {"res-a.2027-01": 2, "res-a.2027-02": 2}


def test_a_blank_stock_is_the_bound_of_the_policy() -> None:
    catalog = ten_requests_a_node(offerings=(an_offering(stock_nodes=None),))
    scenario = with_policy(a_scenario(catalog=catalog, demand=nodes_of_load(2.0)), unknown_stock_nodes=1)
    plan = planned(scenario)
    assert objective(plan) == 22656
    assert plan.notes == ("stock unknown, bound of 1 nodes assumed for node-a",)


def test_a_minimum_order_is_met_where_it_still_pays() -> None:
    """Three nodes for two of load: 25,488 against 28,320 on demand."""
    plan = two_nodes_of_load(a_reserved(minimum_order_nodes=3))
    assert (objective(plan), ordered(plan)) == (25488, {"res-a.2027-01": 3})
    assert AT_MINIMUM in binding(plan)


def test_a_minimum_order_that_does_not_pay_is_not_signed() -> None:
    """Four nodes would be 33,984."""
    plan = two_nodes_of_load(a_reserved(minimum_order_nodes=4))
    assert (objective(plan), ordered(plan)) == (28320, {})


def test_a_minimum_below_the_order_changes_nothing() -> None:
    plan = two_nodes_of_load(a_reserved(minimum_order_nodes=1))
    assert objective(plan) == 16992
    assert AT_MINIMUM not in binding(plan)


def test_a_minimum_above_the_stock_cannot_be_signed() -> None:
    assert ordered(two_nodes_of_load(a_reserved(minimum_order_nodes=3), stock=2)) == {}


def test_an_order_in_lots_reaches_the_minimum_with_whole_lots() -> None:
    """At least three in lots of two is four: 33,984, so nothing is signed; at 4.90 an hour it is."""
    dear = two_nodes_of_load(a_reserved(minimum_order_nodes=3, lot_nodes=2))
    assert ordered(dear) == {}
    cheap = two_nodes_of_load(a_reserved(minimum_order_nodes=3, lot_nodes=2, price_usd_per_node_hour="4.90"))
    assert ordered(cheap) == {"res-a.2027-01": 4}


def test_a_maximum_order_holds_for_each_start() -> None:
    """A node from January (8,496), one more from February (4,032: the tail is free), one rented in January: 7,440."""
    plan = two_nodes_of_load(a_reserved(maximum_order_nodes=1))
    assert (objective(plan), ordered(plan)) == (19968, {"res-a.2027-01": 1, "res-a.2027-02": 1})
