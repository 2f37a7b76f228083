"""Capacity blocks and owned hardware: bills by hand, plans by hand, relations, and faults that the audit finds."""

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock, capacity_block_bill
from contracts.terms.common import Nature
from contracts.terms.owned import Owned, owned_bill
from optimizer import block_calendar
from optimizer.families import capacity_block, sites
from optimizer.faults import Impossible
from optimizer.run import AuditFailed
from scenarios.policy import BudgetWindow, Lost, Spending
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_capacity_block,
    a_contingency,
    a_scenario,
    a_site,
    an_effect,
    an_offering,
    an_on_demand,
    an_outlook,
    an_owned,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.mutants import plant
from tests.proving import EXACT_USD, binding, objective, ordered, planned, with_policy

JAN, FEB, MAR = FIRST, FIRST + 1, FIRST + 2


def test_a_block_is_one_line_paid_in_the_month_of_its_first_day() -> None:
    """Two nodes from 20 January for 14 days at 4 USD: 2 x 336 h, spread over January and February."""
    (line,) = capacity_block_bill(a_capacity_block(first_day=date(2027, 1, 20), days=14), 2)
    assert (line.nature, line.quantity, line.amount_usd) == (Nature.CAPACITY_BLOCK, 672, Decimal(2688))
    assert (line.paid_month, line.service_first, line.service_end) == (JAN, JAN, MAR)


@given(first=st.integers(0, 400), days=st.integers(1, 200))
def test_the_hours_of_a_block_by_month_are_its_days(first: int, days: int) -> None:
    terms = a_capacity_block(first_day=date.fromordinal(date(2027, 1, 1).toordinal() + first), days=days)
    months = [terms.start + i for i in range(terms.end - terms.start)]
    assert sum(terms.hours_in(month) for month in months) == 24 * days
    assert all(0 < terms.hours_in(month) <= month.hours for month in months)
    assert terms.hours_in(terms.end) == terms.hours_in(terms.start + -1) == 0


def test_hardware_is_capital_then_upkeep_and_power_then_its_residual() -> None:
    """Three nodes of 10 kW at a PUE of 1.2 and 10 cents: 26,784 kWh in January; upkeep 5 % a year."""
    terms = an_owned(
        term_months=13,
        pue=Decimal("1.2"),
        power_price_usd_per_kwh=Decimal("0.1"),
        escalator_share_per_year=Decimal("0.05"),
        net_days=30,
    )
    capex, *months, residual = owned_bill(terms, 3, JAN)
    assert (capex.paid_month, capex.service_end, capex.amount_usd) == (JAN, Month(2028, 2), Decimal(36000))
    assert (residual.paid_month, residual.service_first, residual.amount_usd) == (Month(2028, 2), JAN, Decimal(-6000))
    upkeep = [line for line in months if line.nature is Nature.OWNED_UPKEEP]
    power = [line for line in months if line.nature is Nature.OWNED_POWER]
    assert [line.amount_usd for line in (upkeep[0], upkeep[12])] == [Decimal(300), Decimal(315)]
    assert (power[0].quantity, power[0].amount_usd, power[0].paid_month) == (26784, Decimal("2678.40"), MAR)
    assert len(upkeep) == len(power) == 13


def a_month_and_a_half(**block: Any) -> Scenario:
    """One and a half nodes of load in January and February, on demand at 10 USD, or from a block."""
    return a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(), a_capacity_block(**block)),
        demand=nodes_of_load(1.5),
    )


def test_a_part_of_a_month_serves_on_average() -> None:
    """Two nodes for January and half of February cost 8,640; the other half node of February 336 h x 10 USD."""
    plan = planned(a_month_and_a_half(days=45))
    assert ordered(plan) == {"block-a.2027-01": 2}
    assert float(objective(plan)) == pytest.approx(2 * 45 * 24 * 4 + 0.5 * 672 * 10, abs=EXACT_USD)


@pytest.mark.parametrize("price", [3, 5, 7, 9, 11])
@pytest.mark.parametrize("days", [20, 45, 59])
def test_the_size_is_the_cheapest_of_all(price: int, days: int) -> None:
    """Of nothing, one, or two nodes, whichever costs least together with what is missing on demand."""
    plan = planned(a_month_and_a_half(days=days, price_usd_per_node_hour=Decimal(price)))

    def cost(nodes: int) -> float:
        there = [min(days, 31) / 31, max(0, days - 31) / 28]
        missing = (max(0.0, 1.5 - nodes * share) * hours for share, hours in zip(there, (744, 672), strict=True))
        return nodes * days * 24 * price + 10 * sum(missing)

    assert float(objective(plan)) == pytest.approx(min(map(cost, (0, 1, 2))), abs=EXACT_USD)


def test_a_block_counts_after_an_event_only_in_months_that_it_serves_to_the_last_hour() -> None:
    """cloud-a is lost; a block on node-b of January, and of all but the last day of January."""
    event = with_policy(
        a_scenario(
            catalog=two_clouds(),
            run=run_settings(months=1),
            contracts=(an_on_demand(), a_capacity_block(offering="node-b", sizes_nodes=(1,))),
            demand=nodes_of_load(1.0, 1),
        ),
        contingencies=(a_contingency(floor_share=1.0),),
    )
    assert ordered(planned(event)) == {"block-a.2027-01": 1}
    short = a_capacity_block(offering="node-b", sizes_nodes=(1,), days=30)
    with pytest.raises(Impossible):
        planned(event.model_copy(update={"contracts": (an_on_demand(), short)}))


def test_losing_the_contract_loses_the_block() -> None:
    scenario = with_policy(
        a_month_and_a_half(days=59),
        contingencies=(a_contingency(lost=Lost.CONTRACT, name="block-a", floor_share=0.9),),
        emergency_share=0.0,
    )
    with pytest.raises(Impossible):
        planned(scenario)


def test_a_block_takes_stock_in_every_month_that_it_touches() -> None:
    catalog = ten_requests_a_node(offerings=(an_offering(stock_nodes=1),))
    plan = planned(a_month_and_a_half(days=45).model_copy(update={"catalog": catalog}))
    assert ordered(plan) == {"block-a.2027-01": 1}
    assert "stock of node-a used up" in binding(plan)


def test_a_block_that_should_have_been_signed_is_no_part_of_the_plan_and_said() -> None:
    """Thirty days before 1 January were 1 December; the day before that is 30 November."""
    catalog = ten_requests_a_node(offerings=(an_offering(lead_time_days=31),))
    plan = planned(a_month_and_a_half().model_copy(update={"catalog": catalog}))
    assert plan.orders == ()
    assert any("block-a" in note and "cannot be bought" in note for note in plan.notes)


def test_a_block_can_wait_for_its_outlook() -> None:
    """Known from January on that load doubles: a block of February is bought then, and only then; nothing delays it."""
    six = Decimal(6)
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        run=run_settings(reveal_month=JAN),
        contracts=(an_on_demand(), a_capacity_block(first_day=date(2027, 2, 1), days=28, price_usd_per_node_hour=six)),
        demand=nodes_of_load(0.5),
        outlooks=(an_outlook(), an_outlook("high")),
        outlook_effects=(an_effect(), an_effect("high", effect="delivery_delay", value=1.0)),
    )
    assert ordered(planned(scenario)) == {"block-a.2027-02.high": 1}


def a_fleet_to_own(site: dict[str, Any] | None = None, **owned: Any) -> Scenario:
    """Two and a half nodes of load for two months, half of the life of a node: 2,600 USD a month, on demand 7,000."""
    return a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(), an_owned(**owned)),
        sites=(a_site(**(site or {})),),
        demand=nodes_of_load(2.5),
    )


def test_hardware_is_bought_as_far_as_the_site_has_power_and_space() -> None:
    assert ordered(planned(a_fleet_to_own())) == {"own-a.2027-01": 3}
    hot = planned(a_fleet_to_own({"power_kw": 23.9}, pue=Decimal("1.2")))
    assert ordered(hot) == {"own-a.2027-01": 1}
    assert ordered(planned(a_fleet_to_own({"power_kw": 24.0}, pue=Decimal("1.2")))) == {"own-a.2027-01": 2}
    small = planned(a_fleet_to_own({"rack_units": 10.0}, rack_units_per_node=5.0))
    assert ordered(small) == {"own-a.2027-01": 2}
    assert "space of site site-a used up" in binding(small)
    assert ordered(planned(a_fleet_to_own({"power_kw": 0.0}))) == {}


def test_two_kinds_share_a_site() -> None:
    second = an_owned("own-b", offering="node-b", capex_usd_per_node=Decimal(11000))
    scenario = a_scenario(
        catalog=two_clouds(),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b"), an_owned(), second),
        sites=(a_site(power_kw=20.0),),
        demand=nodes_of_load(2.5),
    )
    assert ordered(planned(scenario)) == {"own-b.2027-01": 2}


def test_the_part_of_the_life_in_the_horizon_is_what_is_counted() -> None:
    """(12,000 - 2,000) x 1,416 of 2,880 hours + 2 x 100 for each of three nodes; half a node on demand is dearer."""
    plan = planned(a_fleet_to_own())
    assert float(objective(plan)) == pytest.approx(3 * (10_000 * 1416 / 2880 + 200), abs=EXACT_USD)
    assert (plan.totals.capex_usd, plan.totals.cash_usd) == (36_000, 36_600)


def test_a_budget_for_capital_bounds_what_is_bought_and_not_what_it_costs_to_keep() -> None:
    whole: dict[str, Any] = {"window": BudgetWindow.HORIZON}
    capital = a_budget(**whole, spending=Spending.CAPEX, limit_usd=Decimal(24_000))
    capped = with_policy(a_fleet_to_own(), budgets=(capital,))
    assert ordered(planned(capped)) == {"own-a.2027-01": 2}
    running = a_budget(**whole, spending=Spending.OPEX, limit_usd=Decimal(4100))
    upkeep = with_policy(a_fleet_to_own(), budgets=(running,))
    assert ordered(planned(upkeep)) == {"own-a.2027-01": 3}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param({"residual_usd_per_node": Decimal(3000)}, {}, id="a higher residual"),
        pytest.param({}, {"upkeep_usd_per_node_month": Decimal(900)}, id="less upkeep"),
        pytest.param({}, {"power_price_usd_per_kwh": Decimal("0.3")}, id="cheaper power"),
        pytest.param({}, {"lot_nodes": 2}, id="smaller lots"),
    ],
)
def test_better_terms_never_cost_more(better: dict[str, Any], worse: dict[str, Any]) -> None:
    assert objective(planned(a_fleet_to_own(**better))) < objective(planned(a_fleet_to_own(**worse)))


def test_a_larger_site_and_more_sizes_never_cost_more() -> None:
    sites_kw = (0.0, 10.0, 25.0, 40.0)
    costs = [objective(planned(a_fleet_to_own({"power_kw": kw}))) for kw in sites_kw]
    assert costs == sorted(costs, reverse=True)
    fewer, more = (objective(planned(a_month_and_a_half(days=59, sizes_nodes=sizes))) for sizes in ((2,), (1, 2)))
    assert more <= fewer


FAULTS: list[Any] = [
    pytest.param(CapacityBlock.hours_in, "self.end_day", "date.max", id="a block never ends"),
    pytest.param(capacity_block_bill, "HOURS_PER_DAY * terms.days", "HOURS_PER_DAY", id="one day is billed"),
    pytest.param(block_calendar.BlockCalendar.order_by, "days=1 + lead_days", "days=lead_days", id="signed a day late"),
    pytest.param(capacity_block._offer, "hours == month.hours", "hours > 0", id="half a month is firm and whole"),
]


@pytest.mark.parametrize(("place", "right", "wrong"), FAULTS)
def test_a_fault_of_blocks_is_found_by_the_audit(
    place: Any, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, place, right, wrong)
    with pytest.raises(AuditFailed):
        planned(a_month_and_a_half(days=45))


OWNED_FAULTS: list[Any] = [
    pytest.param(owned_bill, "(end, start, end)", "(start, start, end)", id="the residual comes at once"),
    pytest.param(Owned.site_power_kw_per_node, ", self.pue)", ", Decimal(1))", id="cooling is forgotten"),
    pytest.param(sites._places, "terms.site == i", "terms.site != i", id="hardware stands at another site"),
]


@pytest.mark.parametrize(("place", "right", "wrong"), OWNED_FAULTS)
def test_a_fault_of_hardware_is_found_by_the_audit(
    place: Any, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, place, right, wrong)
    with pytest.raises(AuditFailed):
        planned(a_fleet_to_own({"power_kw": 24.0}, pue=Decimal("1.2"), power_price_usd_per_kwh=Decimal("0.1")))


@pytest.mark.parametrize(("lots", "late"), list(product((1, 2), (0, 1))))
def test_hardware_by_the_lot_and_late_is_as_agreed(lots: int, late: int) -> None:
    """The audit agrees on every line of an order that one outlook delivers a month late."""
    scenario = a_fleet_to_own(lot_nodes=lots).model_copy(
        update={
            "outlooks": (an_outlook(), an_outlook("late")),
            "outlook_effects": (an_effect("late", effect="delivery_delay", value=float(late)),),
        }
    )
    plan = planned(scenario)
    assert sum(order.nodes for order in plan.orders) % lots == 0
    assert len({line.outlook for line in plan.cost_lines if line.nature is Nature.OWNED_CAPEX}) == 1 + late
