"""Spend commitments, worked by hand: an hour of node-a costs 10 on demand, and 7 dollars of plan-a cover it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.outlooks import Effect
from scenarios.policy import ShareMeasure
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_covered_rate,
    a_policy,
    a_scenario,
    a_spend_commitment,
    an_effect,
    an_on_demand,
    an_outlook,
    day_and_night,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.proving import a_cap, binding, objective, planned

HOURS = 744 + 672


def rented(nodes: float = 1.0, **overrides: Any) -> Scenario:
    fields: dict[str, Any] = {
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "spend_commitments": (a_spend_commitment(),),
        "covered_rates": (a_covered_rate(),),
        "demand": nodes_of_load(nodes),
    }
    return a_scenario(**(fields | overrides))


def committed(plan: Plan) -> dict[str, Decimal]:
    return {row.order: row.usd_per_hour for row in plan.committed_spend}


def test_what_runs_every_hour_is_committed() -> None:
    """7 instead of 10 an hour; on-demand use stands in full, and what is covered is taken off."""
    plan = planned(rented())
    assert objective(plan) == 7 * HOURS
    assert committed(plan) == {"plan-a.2027-01": 7}
    assert plan.committed_spend[0].order_by == date(2026, 12, 31)
    sums = {n: sum(row.amount_usd for row in plan.cost_lines if row.nature is n) for n in Nature}
    assert sums[Nature.ON_DEMAND_USAGE] == 10 * HOURS
    assert sums[Nature.SPEND_COMMITMENT_RECURRING] == 7 * HOURS
    assert sums[Nature.SPEND_COMMITMENT_COVERED] == -10 * HOURS
    fee = next(row for row in plan.cost_lines if row.nature is Nature.SPEND_COMMITMENT_RECURRING)
    assert (fee.payee, fee.offering, fee.source, fee.unit) == ("cloud-a", None, "plan-a", "usd")
    assert "dollars an hour committed under plan-a all used" in binding(plan)


def test_a_dollar_is_committed_while_it_is_used_in_more_than_seven_tenths_of_the_hours() -> None:
    """1.5 nodes by day, 0.5 (3.50 an hour) by night: the fourth dollar is used in three quarters, the fifth in half."""
    plan = planned(rented(1.0, blocks=day_and_night("chat")))
    assert committed(plan) == {"plan-a.2027-01": 4}
    by_day = 4 + 10 * (1.5 - 4 / 7)
    assert float(objective(plan)) == pytest.approx((by_day + 4) * HOURS / 2, abs=0.02)
    assert committed(planned(rented(1.0, blocks=day_and_night("chat", day=2.0, night=0.0)))) == {}


@pytest.mark.parametrize(("step", "dollars", "hourly"), [(2, 8, 8), (5, 5, 5 + 11 - 50 / 7)])
def test_the_steps_are_whole(step: int, dollars: int, hourly: float) -> None:
    """1.1 nodes take 7.70 an hour: of the step from 6 to 8 enough is used, of that from 5 to 10 not."""
    plan = planned(rented(1.1, spend_commitments=(a_spend_commitment(step_usd_per_hour=Decimal(step)),)))
    assert committed(plan) == {"plan-a.2027-01": dollars}
    assert float(objective(plan)) == pytest.approx(hourly * HOURS, abs=0.02)


def test_a_minimum_is_kept_or_nothing_is_signed() -> None:
    """At least 8: a dollar is lost, still cheaper than 10. At least 11: never."""
    eight = a_spend_commitment(minimum_usd_per_hour=Decimal(8))
    plan = planned(rented(spend_commitments=(eight,)))
    assert (committed(plan), objective(plan)) == ({"plan-a.2027-01": 8}, 8 * HOURS)
    eleven = a_spend_commitment(minimum_usd_per_hour=Decimal(11))
    assert committed(planned(rented(spend_commitments=(eleven,)))) == {}


def test_the_start_up_uplift_takes_dollars_too() -> None:
    """2 % more hours are billed: 7.14 an hour cover them, in steps of a cent."""
    plan = planned(
        rented(
            contracts=(an_on_demand(startup_uplift_share=0.02),),
            spend_commitments=(a_spend_commitment(step_usd_per_hour=Decimal("0.01")),),
        )
    )
    assert committed(plan) == {"plan-a.2027-01": Decimal("7.14")}
    assert objective(plan) == Decimal("7.14") * HOURS


def test_what_is_paid_upfront_is_paid_in_the_first_month_for_the_term() -> None:
    """Half of 7 * 1,416 in January; with a third month of term the tail is an obligation."""
    plan = planned(rented(spend_commitments=(a_spend_commitment(upfront_share=0.5, term_months=3),)))
    lines = [row for row in plan.cost_lines if row.order == "plan-a.2027-01"]
    assert [(row.nature.name, str(row.paid_month), row.amount_usd) for row in lines] == [
        ("SPEND_COMMITMENT_UPFRONT", "2027-01", Decimal("3.5") * (HOURS + 744)),
        ("SPEND_COMMITMENT_RECURRING", "2027-01", Decimal("3.5") * 744),
        ("SPEND_COMMITMENT_RECURRING", "2027-02", Decimal("3.5") * 672),
        ("SPEND_COMMITMENT_RECURRING", "2027-03", Decimal("3.5") * 744),
    ]
    assert plan.totals.beyond_horizon_usd == 7 * 744


def test_a_commitment_waits_for_its_start_window_and_its_quote() -> None:
    """From February on: January is on demand."""
    late = a_spend_commitment(earliest_start=FIRST + 1, quote_valid_until=date(2026, 12, 5))
    plan = planned(rented(spend_commitments=(late,)))
    assert objective(plan) == 10 * 744 + 7 * 672
    assert plan.committed_spend[0].order_by == date(2026, 12, 5)


def test_a_commitment_that_can_wait_is_signed_only_in_the_future_that_needs_it() -> None:
    """Revealed in February: the demand of one future vanishes then."""
    outlooks = (an_outlook("base"), an_outlook("none"))
    gone = an_effect("none", value=0.0, first_month=FIRST + 1)
    plan = planned(
        rented(
            run=run_settings(reveal_month=FIRST + 1, order_date=date(2027, 1, 15)),
            spend_commitments=(a_spend_commitment(term_months=1),),
            outlooks=outlooks,
            outlook_effects=(gone,),
        )
    )
    assert committed(plan) == {}  # the last day to sign for February is in January: before the reveal
    assert objective(plan) == 10 * 744 + 5 * 672


def test_a_third_month_may_wait_for_its_outlook() -> None:
    plan = planned(
        rented(
            run=run_settings(months=3, reveal_month=FIRST + 1),
            spend_commitments=(a_spend_commitment(term_months=1, earliest_start=FIRST + 2),),
            outlooks=(an_outlook("base"), an_outlook("none")),
            outlook_effects=(an_effect("none", value=0.0, first_month=FIRST + 2),),
            demand=nodes_of_load(1.0, 3),
        )
    )
    assert [(row.outlook, row.usd_per_hour) for row in plan.committed_spend] == [("base", 7)]
    assert {row.outlook for row in plan.cost_lines if row.order} == {"base"}
    assert objective(plan) == 10 * HOURS + Decimal("3.5") * 744


def test_prices_that_fall_below_the_rate_are_taken_off_at_their_own_value() -> None:
    """On demand at 5 from February in one outlook: what is committed for January is used, but saves only 5 there."""
    fall = an_effect("low", effect=Effect.ON_DEMAND_PRICE, value=0.5, first_month=FIRST + 1)
    plan = planned(rented(outlooks=(an_outlook("base"), an_outlook("low")), outlook_effects=(fall,)))
    assert committed(plan) == {"plan-a.2027-01": 7}
    assert objective(plan) == 7 * HOURS
    covered = [row for row in plan.cost_lines if row.nature is Nature.SPEND_COMMITMENT_COVERED]
    assert {(row.outlook, str(row.paid_month), row.unit_price_usd) for row in covered} == {
        ("base", "2027-01", -10),
        ("base", "2027-02", -10),
        ("low", "2027-01", -10),
        ("low", "2027-02", -5),
    }


def test_dollars_go_where_they_save_most() -> None:
    """Seven dollars cover a node of cloud-a (10) or 7/9 of one that costs 12: 10/7 against 12/9 a dollar."""
    scenario = rented(
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))),
        catalog=two_clouds(node_b={"provider": "cloud-a"}, quota_nodes=1),
        spend_commitments=(a_spend_commitment(flexible=True, maximum_usd_per_hour=Decimal(7), latest_start=FIRST),),
        covered_rates=(a_covered_rate(), a_covered_rate(covers="od-b", usd="9")),
        demand=nodes_of_load(2.0),
    )
    plan = planned(scenario)
    assert {row.covers for row in plan.coverage} == {"od-a"}
    assert objective(plan) == (7 + 12) * HOURS


def test_a_commitment_counts_as_spend_of_its_provider() -> None:
    """cloud-a may have half of the spend: 7 for its node and 12 for y nodes of cloud-b; both bills are equal."""
    scenario = rented(
        catalog=two_clouds(),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(12))),
        demand=nodes_of_load(1.0),
        spend_commitments=(a_spend_commitment(step_usd_per_hour=Decimal("0.01")),),
        policy=a_policy(concentration=(a_cap(measure=ShareMeasure.SPEND),)),
    )
    plan = planned(scenario)
    paid: dict[str, Decimal] = {}
    for row in plan.cost_lines:
        paid[row.payee] = paid.get(row.payee, Decimal(0)) + row.amount_usd
    assert float(paid["cloud-a"] / sum(paid.values())) <= 0.5 + 1e-6
    assert float(objective(plan)) == pytest.approx(2 * 12 * 7 / 19 * HOURS, rel=2e-3)
