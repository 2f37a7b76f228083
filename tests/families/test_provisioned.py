"""Provisioned throughput, worked by hand: January has 744 hours, February 672, March 744.

A unit costs 1 USD an hour and carries 1,000 uncached input tok/s, or 500 of output, or a mix. A node of load is 1,000
tok/s each way: 1 + 2 = 3 units. By the token it costs 7.20 USD an hour, on demand 10.
"""

from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_provisioned,
    a_workload,
    an_api_offer,
    an_effect,
    an_outlook,
    day_and_night,
    nodes_of_load,
    run_settings,
)
from tests.proving import a_cap, objective, planned, with_policy
from tests.served_by_token import a_token_fleet, amounts, tok_per_s

JANUARY, FEBRUARY, MARCH = 744, 672, 744


def units(plan: Plan) -> dict[str, int]:
    """Units by order."""
    return {order.order: order.units for order in plan.provisioned}


def a_unit_fleet(nodes: float = 1.0, /, *, fleet: dict[str, Any] | None = None, **terms: Any) -> Scenario:
    """A token fleet that may also order units of api-a."""
    return a_token_fleet(nodes, **({"provisioned": (a_provisioned(**terms),)} | (fleet or {})))


def test_whole_units_carry_a_mix_of_input_and_output() -> None:
    """3 units for two months: 3 * 1,416."""
    plan = planned(a_unit_fleet())
    assert (objective(plan), units(plan)) == (4248, {"units-a.2027-01": 3})
    assert amounts(plan, Nature.PROVISIONED_RECURRING) == [3 * JANUARY, 3 * FEBRUARY]
    assert {(p.api, p.contract, p.accepted_tok_per_s) for p in plan.api_placements} == {("api-a", "units-a", 1000)}
    assert {line.unit for line in plan.cost_lines} == {"unit_hour"}


def test_cached_input_is_free_in_a_unit() -> None:
    """With all of the prompt cached two units do."""
    plan = planned(a_unit_fleet(fleet={"workloads": (a_workload(cache_hit_share=1.0),)}))
    assert units(plan) == {"units-a.2027-01": 2}


def test_what_a_last_unit_would_carry_too_dearly_is_paid_by_the_token() -> None:
    """1.1 nodes are 3.3 units; a tenth of a node costs 0.72 an hour by the token, a fourth unit 1."""
    plan = planned(a_unit_fleet(1.1))
    assert units(plan) == {"units-a.2027-01": 3}
    assert objective(plan) == (3 + Decimal("0.72")) * (JANUARY + FEBRUARY)
    assert tok_per_s(plan) == {"units-a": 2000, "api-a": 200}


def test_units_come_in_steps_and_at_least_the_minimum() -> None:
    assert units(planned(a_unit_fleet(step_units=5))) == {"units-a.2027-01": 5}
    assert units(planned(a_unit_fleet(step_units=2, minimum_units=5))) == {"units-a.2027-01": 6}
    assert units(planned(a_unit_fleet(minimum_units=8))) == {}
    assert units(planned(a_unit_fleet(maximum_units=2, latest_start=FIRST))) == {"units-a.2027-01": 2}


def test_a_unit_is_paid_in_every_hour_of_its_term_also_after_the_horizon() -> None:
    """A term of three months in a horizon of two."""
    plan = planned(a_unit_fleet(term_months=3, fleet={"run": run_settings(beyond_horizon_weight=Decimal(1))}))
    assert objective(plan) == 3 * (JANUARY + FEBRUARY + MARCH)
    assert plan.totals.beyond_horizon_usd == 3 * MARCH
    assert amounts(plan, Nature.PROVISIONED_RECURRING) == [3 * JANUARY, 3 * FEBRUARY, 3 * MARCH]


def test_a_unit_by_night_is_idle_and_paid() -> None:
    """By day 1.5 nodes (4.5 units), by night 0.5 (1.5): half of a fifth unit by day costs more than its tokens."""
    plan = planned(a_unit_fleet(fleet={"blocks": day_and_night("chat")}))
    assert units(plan) == {"units-a.2027-01": 4}
    by_day = Decimal("7.2") * Decimal("0.5") / 3
    assert objective(plan) == (4 + by_day / 2) * (JANUARY + FEBRUARY)


@pytest.mark.parametrize(
    ("terms", "start"),
    [
        ({"earliest_start": FIRST + 1}, "2027-02"),
        ({"earliest_start": FIRST + -1, "start_every_months": 2}, "2027-02"),
        ({"term_months": 1, "latest_start": FIRST}, "2027-01"),
    ],
)
def test_units_start_within_their_window_and_lattice(terms: dict[str, Any], start: str) -> None:
    plan = planned(a_unit_fleet(**terms))
    assert units(plan) == {f"units-a.{start}": 3}


def test_the_last_day_to_sign_is_the_day_before_or_that_of_the_quote() -> None:
    (order,) = planned(a_unit_fleet()).provisioned
    assert str(order.order_by) == "2026-12-31"
    (order,) = planned(a_unit_fleet(quote_valid_until="2026-12-10")).provisioned
    assert str(order.order_by) == "2026-12-10"


def test_units_that_can_wait_are_ordered_once_the_outlook_is_known() -> None:
    """February doubles in one of two outlooks: a second month of units is signed on the last of January, or not."""
    fleet = {
        "outlooks": (an_outlook("base"), an_outlook("high")),
        "outlook_effects": (an_effect(first_month=FIRST + 1),),
        "run": run_settings(reveal_month=FIRST),
    }
    plan = planned(a_unit_fleet(term_months=1, fleet=fleet))
    waiting = {order.order for order in plan.provisioned if order.outlook}
    assert units(plan)["units-a.2027-01"] == 3
    assert waiting == {"units-a.2027-02.base", "units-a.2027-02.high"}
    assert objective(plan) == 3 * JANUARY + (3 + 6) * FEBRUARY / Decimal(2)


def test_units_are_of_the_provider_of_their_api() -> None:
    """Half of the tokens at most: two units carry two thirds of a node, of which a half may be served."""
    plan = planned(with_policy(a_unit_fleet(), concentration=(a_cap(),)))
    assert tok_per_s(plan)["units-a"] + tok_per_s(plan).get("api-a", 0) == pytest.approx(1000)


def test_units_serve_only_what_their_offer_may_serve() -> None:
    plan = planned(a_unit_fleet(fleet={"api_offers": (an_api_offer(region="region-b"),)}))
    assert (units(plan), plan.api_placements) == ({}, ())


def test_list_price_of_units_is_that_of_their_tokens() -> None:
    assert planned(a_unit_fleet()).totals.list_usd == Decimal("10195.20")


@pytest.mark.long
def test_more_units_at_once_never_raise_the_cost_and_dearer_ones_never_lower_it() -> None:
    def cost(most: int, price: str) -> Decimal:
        return objective(planned(a_unit_fleet(2.2, maximum_units=most, price_usd_per_unit_hour=Decimal(price))))

    costs = [[cost(most, price) for most in (1, 4, 7)] for price in ("0.5", "2", "2.5")]
    assert all(row == sorted(row, reverse=True) for row in costs)
    assert all(list(column) == sorted(column) for column in zip(*costs, strict=True))


def test_two_months_of_demand_in_one_of_which_nothing_is_asked() -> None:
    demand = (nodes_of_load(1.0)[0], nodes_of_load(0.0)[1])
    plan = planned(a_unit_fleet(term_months=1, fleet={"demand": demand}))
    assert (objective(plan), units(plan)) == (3 * JANUARY, {"units-a.2027-01": 3})
