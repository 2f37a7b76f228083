"""What is outstanding, worked by hand: one node of load in January (744 hours) and February (672); on demand 10 USD."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.reserved import Upfront
from optimizer.faults import Impossible
from scenarios.outlooks import Effect
from scenarios.policy import OutstandingCap
from tests.builders import (
    FIRST,
    a_capacity_block,
    a_covered_rate,
    a_held,
    a_provisioned,
    a_reserved,
    a_site,
    a_spend_commitment,
    a_take_or_pay,
    an_api_offer,
    an_effect,
    an_on_demand,
    an_outlook,
    an_owned,
    run_settings,
    two_clouds,
)
from tests.lock_in_cases import HOURS, OD_B, a_bound_fleet
from tests.proving import binding, objective, ordered, planned

ON_DEMAND = 10 * HOURS
RESERVED = 6 * HOURS


def owing(usd: str | int, provider: str = "", **months: Any) -> dict[str, Any]:
    """A policy with one limit on what is outstanding."""
    return {"outstanding": (OutstandingCap(rule="owed", provider=provider, limit_usd=Decimal(usd), **months),)}


def cost(usd: str | int, *contracts: Any, provider: str = "", **overrides: Any) -> Decimal:
    return objective(planned(a_bound_fleet(*contracts, policy=owing(usd, provider), **overrides)))


LONG = a_reserved(term_months=4)
"""6 USD from January to April: after January 6 * (672 + 744 + 720) = 12,816 are to be paid, after February 8,784."""


def test_an_order_is_made_only_if_what_it_owes_after_every_month_is_within_the_limit() -> None:
    """At 12,816 it may be signed; below it not, and an order for February would owe 13,248 after that month."""
    plan = planned(a_bound_fleet(LONG, policy=owing(12816)))
    assert objective(plan) == RESERVED
    assert "owed: what is outstanding at its limit" in binding(plan)
    assert cost(12815, LONG) == ON_DEMAND


def test_a_wide_limit_binds_nobody() -> None:
    plan = planned(a_bound_fleet(LONG, policy=owing(50000)))
    assert (objective(plan), binding(plan)) == (RESERVED, set())


def test_a_limit_holds_in_its_months_only() -> None:
    """After February 8,784 are left."""
    assert objective(planned(a_bound_fleet(LONG, policy=owing(8784, first_month=FIRST + 1)))) == RESERVED
    assert objective(planned(a_bound_fleet(LONG, policy=owing(8783, first_month=FIRST + 1)))) == ON_DEMAND


def test_a_limit_by_provider_is_of_its_own_contracts() -> None:
    for provider, expected in (("cloud-a", ON_DEMAND), ("*", ON_DEMAND), ("cloud-b", RESERVED), ("", ON_DEMAND)):
        plan = planned(a_bound_fleet(LONG, OD_B, catalog=two_clouds(), policy=owing(5000, provider)))
        assert objective(plan) == expected, provider


def test_what_could_be_left_is_not_owed() -> None:
    """Notice of 30 days after one month, half of the rest as fee. After January: April can be left (by 2 March), and
    6 * 720 / 2 = 2,160 be spared; March would have had to be declared by 30 January. 12,816 - 2,160 = 10,656.
    """
    rights = {"terminable_after_months": 1, "termination_notice_days": 30, "termination_fee_share": 0.5}
    free = a_reserved(term_months=4, latest_start=FIRST, **rights)
    assert cost(10656, free) == RESERVED
    assert cost(10655, free) == ON_DEMAND


def test_without_fee_and_notice_nothing_is_owed() -> None:
    """On the first day of February it can be left; after two months only, February is owed: 4,032."""
    assert cost(0, a_reserved(term_months=4, terminable_after_months=1)) == RESERVED
    later = a_reserved(term_months=4, terminable_after_months=2, latest_start=FIRST)
    assert cost(4032, later) == RESERVED
    assert cost(4031, later) == ON_DEMAND


def test_a_right_that_is_used_lowers_nothing() -> None:
    """Signed for four months, to be left after one at no fee, but only by notice until 2 January: 12,816 count.

    The load is of January alone, so leaving is what the plan does.
    """
    free = a_reserved(term_months=4, terminable_after_months=1, termination_notice_days=30, latest_start=FIRST)
    demand = tuple(
        row.model_copy(update={"accepted_requests_per_s": 10.0 if row.month == FIRST else 0.0})
        for row in a_bound_fleet().demand
    )
    plan = planned(a_bound_fleet(free, policy=owing(50000), demand=demand))
    assert objective(plan) == 6 * 744
    assert plan.rights
    spared = 6 * 720
    assert cost(12816 - spared, free, demand=demand) == 6 * 744
    assert cost(12815 - spared, free, demand=demand) == ON_DEMAND - 6720


def test_what_is_paid_upfront_is_owed_until_it_is_paid() -> None:
    """Half upfront on delivery: after January 3 * 2,136 = 6,408. For February it is signed by 31 January with a lead
    of one day: upfront 3 * (672 + 744 + 720 + 744), and as much month by month.
    """
    half = a_reserved(term_months=4, upfront=Upfront.PARTIAL, upfront_share=0.5)
    assert cost(6408, half) == RESERVED
    assert cost(6407, half) == ON_DEMAND
    later = half.model_copy(update={"earliest_start": FIRST + 1})
    catalog = a_bound_fleet().catalog
    offering = catalog.offerings[0].model_copy(update={"lead_time_days": 1})
    fields: dict[str, Any] = {"catalog": catalog.model_copy(update={"offerings": (offering,)})}
    assert cost(6 * 2880, later, **fields) == 10 * 744 + 6 * 672
    assert cost(6 * 2880 - 1, later, **fields) == ON_DEMAND


def test_what_is_held_is_owed_always() -> None:
    """5 USD for February: 3,360 after January; with them a node of `LONG` comes to 16,176."""
    fields: dict[str, Any] = {"held_contracts": (a_held(),), "nodes": 2.0}
    early = a_reserved(term_months=4, latest_start=FIRST)
    assert cost(16176, early, **fields) == 11 * HOURS
    assert cost(16175, early, **fields) == 15 * HOURS
    with pytest.raises(Impossible):
        cost(3359, early, **fields)


def test_a_renewal_is_owed_from_the_month_in_which_it_is_declared() -> None:
    """Held until the end of January, renewed for four months at 5: 5 * (672 + 744 + 720 + 744) after January if it must
    be declared by 31 January, 5 * (744 + 720 + 744) after February if on 1 February.
    """
    for notice_days, owed in ((1, 14400), (0, 11040)):
        held = a_held(end=FIRST + 1, renewal_months=4, renewal_notice_days=notice_days)
        assert cost(owed, held_contracts=(held,)) == 5 * HOURS
        assert cost(owed - 1, held_contracts=(held,)) == 5 * 744 + 10 * 672


def test_take_or_pay_owes_its_minimum() -> None:
    """300 node-hours a month at 6: after January 1,800 for each of the three months that are left."""
    long = a_take_or_pay(term_months=4)
    assert cost(5400, long) == RESERVED
    assert cost(5399, long) == ON_DEMAND


def test_a_window_of_take_or_pay_is_owed_by_its_months() -> None:
    """One window of two months, 3,600 in all: half of it after January."""
    window = a_take_or_pay(window_months=2, latest_start=FIRST)
    assert cost(1800, window) == RESERVED
    assert cost(1799, window) == ON_DEMAND


def test_a_block_is_owed_until_it_is_paid() -> None:
    """February at 4, signed by 31 January and paid in February; one of January is paid when it counts."""
    block = a_capacity_block(first_day=date(2027, 2, 1), days=28, sizes_nodes=(1,))
    assert cost(4 * 672, block) == 10 * 744 + 4 * 672
    assert cost(4 * 672 - 1, block) == ON_DEMAND
    assert cost(0, a_capacity_block(sizes_nodes=(1,))) == 4 * 744 + 10 * 672


def test_owned_hardware_owes_its_price_until_it_is_delivered() -> None:
    """3,000 USD, delivered in February after a lead of 20 days: signed in January, when all of it is still due."""
    terms = an_owned(
        capex_usd_per_node=Decimal(3000), residual_usd_per_node=Decimal(0), term_months=1, earliest_start=FIRST + 1
    )
    catalog = a_bound_fleet().catalog
    offering = catalog.offerings[0].model_copy(update={"lead_time_days": 20})
    fields: dict[str, Any] = {
        "sites": (a_site(),),
        "catalog": catalog.model_copy(update={"offerings": (offering,)}),
    }
    assert cost(3000, terms, **fields) == 10 * 744 + 3100
    assert cost(2999, terms, **fields) == ON_DEMAND


def test_dollars_of_a_spend_commitment_are_owed() -> None:
    """A step of 1 USD an hour owes 672 after January, and covers 10 USD of use for 7: 3/7 are saved.

    Four steps: 2,688. A step from February on is signed on 31 January and would owe 1,416.
    """
    fields: dict[str, Any] = {"spend_commitments": (a_spend_commitment(),), "covered_rates": (a_covered_rate(),)}
    assert float(cost(2688, **fields)) == pytest.approx(ON_DEMAND - 4 * HOURS * 3 / 7, abs=0.02)
    assert cost(671, **fields) == ON_DEMAND


def test_units_of_throughput_are_owed() -> None:
    """Three units carry the node of load at 3 USD an hour: 2,016 after January."""
    fields: dict[str, Any] = {
        "api_offers": (an_api_offer(price_usd_per_mtok_input=Decimal(50), price_usd_per_mtok_output=Decimal(50)),),
        "provisioned": (a_provisioned(step_units=3, latest_start=FIRST),),
    }
    assert cost(2016, **fields) == 3 * HOURS
    assert cost(2015, **fields) == ON_DEMAND
    assert cost(2015, provider="cloud-a", **fields) == 3 * HOURS


def test_what_is_ordered_for_one_outlook_counts_there_only() -> None:
    """From February on it is known which: twice the load there asks for a node more, signed for that outlook alone.

    A node for January owes 4,032 after it; one for February and March 4,464 after February, where the first is done.
    """
    fields: dict[str, Any] = {
        "outlooks": (an_outlook("base", probability=0.5), an_outlook("high", probability=0.5)),
        "outlook_effects": (an_effect(first_month=FIRST + 1),),
        "run": run_settings(reveal_month=FIRST + 1),
    }
    short = a_reserved()
    assert cost(4464, short, **fields) == Decimal(6 * HOURS + 0.5 * 6 * 672)
    assert cost(4463, short, **fields) == Decimal(6 * HOURS + 0.5 * 10 * 672)


def test_an_order_that_is_late_is_owed_late() -> None:
    """Delivered in February instead of January: after January both of its months are still to be paid."""
    fields: dict[str, Any] = {
        "outlook_effects": (an_effect("base", effect=Effect.DELIVERY_DELAY, value=1.0),),
        "outlooks": (an_outlook("base", probability=1.0),),
    }
    early = a_reserved(latest_start=FIRST)
    assert cost(6 * (672 + 744), early, **fields) == 10 * 744 + 6 * 672
    assert cost(6 * (672 + 744) - 1, early, **fields) == ON_DEMAND


def test_use_by_the_hour_is_owed_to_nobody() -> None:
    assert cost(0, an_on_demand("od-2", price_usd_per_node_hour=Decimal(11))) == ON_DEMAND
    assert ordered(planned(a_bound_fleet(a_reserved(), policy=owing(0)))) == {}
