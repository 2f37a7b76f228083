"""Expiries, worked by hand: January to June, two nodes of load; a year at 6 USD, a quarter at 5; on demand 10."""

from decimal import Decimal
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.policy import ExpiryCap
from tests.builders import FIRST, a_held, a_reserved, nodes_of_load, run_settings, two_clouds
from tests.lock_in_cases import OD_B, a_bound_fleet
from tests.proving import binding, objective, planned

HOURS = 744 + 672 + 744 + 720 + 744 + 720
SHORT = a_reserved("res-short", term_months=3, price_usd_per_node_hour=Decimal(5))
"""A quarter at a time: all of it ends in the quarter in which it began."""
LONG = a_reserved("res-long", term_months=12)


def plan_with(cap_share: float, *contracts: Any, window: dict[str, Any] | None = None, **overrides: Any) -> Plan:
    rule = ExpiryCap(rule="ends", cap_share=cap_share, **(window or {}))
    fields: dict[str, Any] = {"run": run_settings(months=6), "demand": nodes_of_load(2.0, 6)}
    return planned(a_bound_fleet(*contracts, policy={"expiries": (rule,)}, **(fields | overrides)))


def cost(cap_share: float, *contracts: Any, **overrides: Any) -> Decimal:
    return objective(plan_with(cap_share, *contracts, **overrides))


def test_no_more_than_its_share_ends_in_a_quarter() -> None:
    """One of two nodes may end in March and June; none at 40 %."""
    assert cost(1.0, SHORT, LONG) == 10 * HOURS
    plan = plan_with(0.5, SHORT, LONG)
    assert objective(plan) == 11 * HOURS
    assert "ends: what ends in a quarter at its cap" in binding(plan)
    assert cost(0.4, SHORT, LONG) == 12 * HOURS


def test_a_cap_holds_for_the_quarters_of_its_months() -> None:
    """From February on only the second quarter counts: the first may end at once."""
    later = {"first_month": FIRST + 1}
    assert cost(0.4, SHORT, LONG, window=later) < 12 * HOURS
    none = {"first_month": FIRST + 1, "last_month": FIRST + 2}
    assert cost(0.0, SHORT, LONG, window=none) == 10 * HOURS


def test_shares_are_weighed_with_the_list_price() -> None:
    """A held node that is listed at 30 ends in February, one at 10 goes on: 75 % ends."""
    catalog = two_clouds(node_b={"list_price_usd_per_node_hour": Decimal(30)})
    held = (a_held(end=FIRST + 9), a_held("held-b", offering="node-b"))
    fields: dict[str, Any] = {"catalog": catalog, "held_contracts": held, "window": {"last_month": FIRST}}
    assert cost(0.75, OD_B, **fields) == 5 * HOURS + 5 * 1416 + 10 * (HOURS - 1416)
    with pytest.raises(Impossible):
        cost(0.74, OD_B, **fields)


def test_what_ends_with_the_last_month_of_the_quarter_ends_in_it() -> None:
    """Three months: the end is the first of April. Four: it is in the next quarter."""
    four = a_reserved(term_months=4, latest_start=FIRST)
    window = {"last_month": FIRST}
    assert cost(0.0, four, window=window) == 2 * (6 * 2880 + 10 * 1464)
    assert cost(0.0, SHORT.model_copy(update={"latest_start": FIRST}), window=window) == 20 * HOURS


def test_a_renewal_is_where_it_ends() -> None:
    """Held until the end of March and renewed for a year: nothing ends in the first quarter."""
    held = a_held(nodes=2, end=FIRST + 3, renewal_months=12)
    plan = plan_with(0.0, held_contracts=(held,), window={"last_month": FIRST})
    assert objective(plan) == 10 * HOURS
    dear = held.model_copy(update={"renewal_price_factor": Decimal(3)})
    with_dear = plan_with(0.0, held_contracts=(dear,), window={"last_month": FIRST})
    assert objective(with_dear) == 10 * 2160 + 30 * 2184
    assert objective(plan_with(1.0, held_contracts=(dear,))) == 10 * 2160 + 20 * 2184


def test_nodes_that_leave_end_where_they_leave() -> None:
    """Two held nodes that could leave on 1 March for nothing, where the load ends: with the cap one of them stays.

    A held node that stays costs 5 for April to June, when nothing is to be served.
    """
    held = a_held(nodes=2, end=FIRST + 12, terminable_after_months=8)
    demand = tuple(
        row.model_copy(update={"accepted_requests_per_s": 20.0 if row.month < FIRST + 2 else 0.0})
        for row in nodes_of_load(2.0, 6)
    )
    fields: dict[str, Any] = {"held_contracts": (held,), "demand": demand, "window": {"last_month": FIRST}}
    assert cost(1.0, **fields) == 10 * 1416
    stays = 5 * (HOURS - 1416)
    assert cost(0.5, **fields) < 10 * 1416 + stays
    assert cost(0.5, **fields) == 10 * 1416 + 5 * (744 + 720)


def test_a_quarter_without_commitments_asks_for_nothing() -> None:
    assert cost(0.0) == 20 * HOURS
