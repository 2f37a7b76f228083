"""Sheets Footprint, Footprint_Rules and Calc_Power: energy, emissions and index by formulas, beside the rules."""

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from optimizer.plan import Plan
from reports.console_plan import plan_screen
from reports.workbook import write_plan_workbook
from scenarios.policy import BudgetWindow, CarbonCap, Grouping, PowerCap, SovereigntyFloor, Window
from scenarios.scenario import Scenario
from tests import test_workbook as rules
from tests.builders import (
    FIRST,
    a_capacity_block,
    a_held,
    a_reserved,
    a_spot,
    a_take_or_pay,
    an_effect,
    an_on_demand,
    an_outlook,
    day_and_night,
    nodes_of_load,
)
from tests.footprint_cases import known_clouds, tonnes, two_priced
from tests.proving import planned, with_policy
from tests.recalculation import disagreements
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column, failed


def everything() -> Scenario:
    """Nodes of every kind in two outlooks, by day and by night, under every rule."""
    top = a_take_or_pay(price_usd_per_node_hour=Decimal(5), minimum_node_hours_per_month=Decimal(100))
    block = a_capacity_block(first_day=date(2027, 1, 20), days=20, price_usd_per_node_hour=Decimal(1))
    return two_priced(
        contracts=(
            an_on_demand("od-a"),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal("10.1")),
            a_spot(interruption_share_per_month=0.3),
            a_reserved(price_usd_per_node_hour=Decimal(7), lot_nodes=2),
            top,
            block,
        ),
        held_contracts=(a_held(),),
        demand=nodes_of_load(8.0),
        blocks=day_and_night("chat"),
        outlooks=(an_outlook(), an_outlook("high")),
        outlook_effects=(an_effect(value=1.3),),
        policy=with_policy(
            two_priced(),
            sovereignty=(
                SovereigntyFloor(rule="month", index_at_least=48.0),
                SovereigntyFloor(rule="together", index_at_least=49.0, window=Window.HORIZON),
            ),
            power=(
                PowerCap(rule="each", by=Grouping.PROVIDER, limit_mw=0.0108),
                PowerCap(rule="cloud", by=Grouping.LOCALITY, group="cloud", limit_mw=0.05, first_month=FIRST + 1),
            ),
            carbon=(CarbonCap(rule="year", window=BudgetWindow.YEAR, limit_t_co2e=60.0),),
            spot_share_cap=0.2,
        ).policy,
    )


@cache
def a_plan(price: str = "0") -> Plan:
    return planned(with_policy(everything(), carbon_price_usd_per_t=Decimal(price)))


def test_energy_and_emissions_of_every_line_are_those_of_the_plan() -> None:
    plan = a_plan()
    sheet = book_of(plan)["Footprint"]
    told = {
        (row.outlook, row.month.first_day, row.offering): (row.node_hours, row.energy_kwh, row.t_co2e)
        for row in plan.footprint
    }
    keys = zip(column(sheet, "Outlook"), column(sheet, "Month"), column(sheet, "Offering"), strict=True)
    figures = zip(column(sheet, "Node hours"), column(sheet, "Energy kWh"), column(sheet, "t CO2e"), strict=True)
    shown = dict(zip(keys, figures, strict=True))
    assert set(shown) == set(told)
    for place, values in shown.items():
        assert values == pytest.approx(tuple(float(v) for v in told[place]))


def test_rules_stand_beside_what_the_plan_has_of_them_and_the_index_is_that_of_the_plan() -> None:
    plan = a_plan()
    sheet = book_of(plan)["Footprint_Rules"]
    rows = list(
        zip(
            *(column(sheet, h) for h in ("Rule", "Outlook", "From", "Amount", "Limit", "Slack", "Kept")), strict=True
        )
    )
    assert {row[6] for row in rows} == {"OK"}
    index = {(row.outlook, row.month.first_day): row.index for row in plan.sovereignty}
    for rule, outlook, first, amount, limit, slack, _ in rows:
        if rule == "month":
            assert amount == pytest.approx(index[outlook, first])
            assert slack == pytest.approx(amount - limit)
        if rule == "year":
            assert limit == pytest.approx(10.0)
            assert slack == pytest.approx(limit - amount)
    assert {row[0] for row in rows} == {"month", "together", "each", "cloud", "year"}
    assert {row[2] for row in rows if row[0] == "cloud"} == {(FIRST + 1).first_day}


def test_power_is_that_of_the_fullest_block_and_some_cap_binds() -> None:
    """By day there is three times the load of the night; a cap of nine nodes of each provider is reached."""
    plan = a_plan()
    sheet = book_of(plan)["Footprint_Rules"]
    caps = [
        (amount, block)
        for rule, amount, block in zip(
            column(sheet, "Rule"), column(sheet, "Amount"), column(sheet, "Block"), strict=True
        )
        if rule == "each"
    ]
    assert max(amount for amount, _ in caps) == pytest.approx(0.0108)
    assert {row.rule for row in plan.binding} >= {"power"}
    assert {block for _, block in caps} == {"day"}


def test_every_check_holds() -> None:
    plan = a_plan()
    assert failed(plan) == set()
    assert "Footprint: emissions" in rules.status(book_of(plan))
    assert "Footprint: node-hours = node-hours paid for" in rules.status(book_of(plan))


def test_a_plan_without_tables_and_rules_has_no_such_sheet_and_no_such_line() -> None:
    plan = planned(two_priced(catalog=known_clouds(sovereignty=(), accelerator_power=(), region_energy=())))
    assert {"Footprint", "Footprint_Rules", "Calc_Power"} & set(book_of(plan)) == set()
    assert not [line for line in plan_screen(plan, 120) if "Footprint" in line]


def test_what_is_not_known_is_blank_and_counted_nowhere() -> None:
    """Of region-b nothing is known: node-b has node-hours, but neither energy nor emissions."""
    catalog = known_clouds(region_energy=known_clouds().region_energy[:1])
    terms = (an_on_demand("od-b", offering="node-b"),)
    plan = planned(two_priced(catalog=catalog, contracts=terms))
    sheet = book_of(plan)["Footprint"]
    assert column(sheet, "Offering") == ["node-b", "node-b"]
    assert column(sheet, "Energy kWh") == [None, None]
    assert plan.footprint == ()
    assert failed(plan) == set()


def test_the_screen_tells_energy_emissions_and_the_lowest_index() -> None:
    """Two nodes of node-a: 2.4 kW for 1,416 hours are 3.4 MWh, and 1.7 t."""
    plan = planned(two_priced())
    line = next(line for line in plan_screen(plan, 160) if "Footprint" in line)
    assert "3.40 MWh, 1.70 t CO2e (location-based, operation only)" in line
    assert "sovereignty index at least 40.0 (lowest in 2027-01)" in line
    assert float(tonnes(plan)) == pytest.approx(1.6992)


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS)
def test_the_rules_of_all_books_hold(rule: object, monkeypatch: pytest.MonkeyPatch) -> None:
    book = book_of(a_plan())
    monkeypatch.setattr(rules, "sheets", lambda: book)
    assert callable(rule)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(a_plan(), tmp_path / "plan.xlsx")
    compared, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []
    assert compared > 500
