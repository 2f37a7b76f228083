"""Remaining terms, worked by hand: on demand 10 USD, 6 USD for a node of four months; two months are planned."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.policy import RemainingTermCap
from tests.builders import (
    FIRST,
    a_capacity_block,
    a_held,
    a_reserved,
    a_site,
    a_take_or_pay,
    an_owned,
    two_clouds,
)
from tests.lock_in_cases import HOURS, OD_B, a_bound_fleet
from tests.proving import binding, objective, planned

ON_DEMAND = 10 * HOURS
RESERVED = 6 * HOURS


def plan_with(
    months: float, *contracts: Any, provider: str = "", window: dict[str, Any] | None = None, **overrides: Any
) -> Plan:
    rule = RemainingTermCap(rule="terms", provider=provider, limit_months=months, **(window or {}))
    return planned(a_bound_fleet(*contracts, policy={"remaining_terms": (rule,)}, **overrides))


def cost(months: float, *contracts: Any, **overrides: Any) -> Decimal:
    return objective(plan_with(months, *contracts, **overrides))


LONG = a_reserved(term_months=4)


def test_a_term_of_four_months_runs_for_four_on_its_first_day() -> None:
    assert cost(4, LONG) == RESERVED
    assert cost(3.9, LONG) == ON_DEMAND


def test_the_limit_is_on_the_average() -> None:
    """Beside a held node with two months left: three on average."""
    early = a_reserved(term_months=4, latest_start=FIRST)
    fields: dict[str, Any] = {"held_contracts": (a_held(),), "nodes": 2.0}
    plan = plan_with(3, early, **fields)
    assert objective(plan) == 11 * HOURS
    assert "terms: remaining terms at their limit" in binding(plan)
    assert cost(2.9, early, **fields) == 15 * HOURS


def test_a_wide_limit_binds_nobody() -> None:
    assert binding(plan_with(12, LONG)) == set()


def test_a_limit_holds_in_its_months_only() -> None:
    """In February three are left of a term from January."""
    assert cost(3, LONG, window={"first_month": FIRST + 1}) == RESERVED
    assert cost(2.9, LONG, window={"first_month": FIRST + 1}) == ON_DEMAND


def test_nodes_are_weighed_with_their_list_price() -> None:
    """Held at cloud-b, listed at 30: two months left. With four of a node listed at 10: (60 + 40) / 40 = 2.5."""
    catalog = two_clouds(node_b={"list_price_usd_per_node_hour": Decimal(30)})
    fields: dict[str, Any] = {"catalog": catalog, "held_contracts": (a_held(offering="node-b"),), "nodes": 2.0}
    early = a_reserved(term_months=4, latest_start=FIRST)
    assert cost(2.5, early, OD_B, **fields) == 11 * HOURS
    assert cost(2.4, early, OD_B, **fields) == 15 * HOURS


def test_a_limit_by_provider_is_of_its_own_nodes() -> None:
    """By itself cloud-a has four months; with what is held at cloud-b three on average."""
    fields: dict[str, Any] = {"catalog": two_clouds(), "held_contracts": (a_held(offering="node-b"),), "nodes": 2.0}
    for provider, expected in (("", 11), ("cloud-b", 11), ("cloud-a", 15), ("*", 15)):
        assert cost(3, LONG, OD_B, provider=provider, **fields) == expected * HOURS, provider


def test_a_right_to_leave_shortens_what_is_left() -> None:
    """30 days of notice, and a fee that nobody pays. On 1 January February can still be left: one month. On 1 February
    it is April: two.
    """
    rights = {"terminable_after_months": 1, "termination_notice_days": 30, "termination_fee_share": 1.0}
    free = a_reserved(term_months=4, latest_start=FIRST, **rights)
    assert cost(2, free) == RESERVED
    assert cost(1.9, free) == ON_DEMAND
    assert cost(1, free, window={"last_month": FIRST}) == RESERVED


def test_nodes_that_leave_end_where_they_leave() -> None:
    """The same without a fee: by 30 January notice is given for March, and on 1 February one month is left."""
    free = a_reserved(
        term_months=4, latest_start=FIRST, terminable_after_months=1, termination_notice_days=30
    )
    plan = plan_with(1, free)
    assert objective(plan) == RESERVED
    assert [(row.month, row.nodes) for row in plan.rights] == [(FIRST + 2, 1)]


def test_a_renewal_counts_from_its_notice_day_on() -> None:
    """Held until March, renewable for six months by 15 January: two months left on 1 January, seven on 1 February."""
    held = a_held(end=FIRST + 1, renewal_months=6, renewal_notice_days=15)
    fields: dict[str, Any] = {"held_contracts": (held,)}
    assert cost(6, **fields) == 5 * HOURS
    assert cost(5.9, **fields) == 5 * 744 + 10 * 672
    early = {"last_month": FIRST}
    assert cost(1, window=early, **fields) == 5 * HOURS
    past = held.model_copy(update={"renewal_notice_days": 31})
    assert cost(7, window=early, held_contracts=(past,)) == 5 * HOURS
    assert cost(6.9, window=early, held_contracts=(past,)) == 5 * 744 + 10 * 672


def test_a_swap_keeps_the_end_of_the_term() -> None:
    """Two held nodes move to node-b on 1 February, listed at 30: five months left of either, wherever they serve."""
    rights: dict[str, Any] = {"swap_to": "node-b", "swap_after_months": 1, "swap_price_usd_per_node_hour": Decimal(5)}
    held = a_held(end=FIRST + 6, **rights)
    catalog = two_clouds(node_b={"provider": "cloud-a", "list_price_usd_per_node_hour": Decimal(30)})
    fields: dict[str, Any] = {"held_contracts": (held,), "catalog": catalog}
    assert cost(6, OD_B, **fields) == 5 * HOURS
    with pytest.raises(Impossible):
        cost(5.9, OD_B, **fields)


def test_take_or_pay_and_blocks_count_and_owned_hardware_does_not() -> None:
    """The block has one month left; take-or-pay four; hardware is one's own for four months and marries nobody."""
    assert cost(3.9, a_take_or_pay(term_months=4)) == ON_DEMAND
    assert cost(1, a_capacity_block(sizes_nodes=(1,))) == 4 * 744 + 10 * 672
    assert cost(0.9, a_capacity_block(sizes_nodes=(1,))) == ON_DEMAND
    block = a_capacity_block(first_day=date(2027, 1, 15), days=20, sizes_nodes=(1,))
    assert cost(1.9, block) > cost(2, block)
    owned = an_owned(capex_usd_per_node=Decimal(3000), residual_usd_per_node=Decimal(0))
    assert cost(0.1, owned, sites=(a_site(),)) < ON_DEMAND


def test_a_limit_near_nothing_is_a_limit_and_not_a_fault() -> None:
    """A held node with two months left is never at a billionth of a month; with none held, nothing new is signed."""
    assert cost(1.8e-9, LONG) == ON_DEMAND
    with pytest.raises(Impossible):
        cost(1.8e-9, held_contracts=(a_held(),))


def test_a_month_without_nodes_under_commitment_asks_for_nothing() -> None:
    assert cost(0.1) == ON_DEMAND
