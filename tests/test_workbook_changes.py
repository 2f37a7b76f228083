"""Sheet Changes: what is planned beside what was approved, what that is worth, and how much may change."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from optimizer.plan import Plan
from reports.console_plan import plan_screen
from reports.sheets import plan_workbook
from reports.workbook import write_plan_workbook
from scenarios.policy import Stability
from tests import test_workbook as rules
from tests.builders import FIRST, a_reserved, a_take_or_pay, an_approved, an_on_demand, nodes_of_load
from tests.families.test_stability import a_node, every_kind
from tests.proving import changed, planned, with_policy
from tests.recalculation import disagreements
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column, failed, value_beside


@cache
def a_plan(price: str = "0") -> Plan:
    """Orders of every kind, of which some were approved, some in other sizes, and one is gone."""
    approved = (
        an_approved("res-a", quantity=Decimal(3)),
        an_approved("plan-a", quantity=Decimal("2.5")),
        an_approved("units-a"),
        an_approved("lost"),
        an_approved("own-a", start=FIRST),
    )
    stability = Stability(
        changed_usd_at_most=Decimal(1_000_000), changed_orders_at_most=9, price_per_changed_usd=Decimal(price)
    )
    return planned(with_policy(changed(every_kind(), approved_orders=approved), stability=stability))


def test_each_order_stands_beside_what_was_approved_of_it() -> None:
    plan = a_plan()
    sheet = book_of(plan)["Changes"]
    told = zip(column(sheet, "Contract"), column(sheet, "Approved"), column(sheet, "Planned"), strict=True)
    assert [(c, float(a), float(p)) for c, a, p in told] == [
        (row.contract, float(row.approved), float(row.planned)) for row in plan.changes_of_orders
    ]
    assert {"new", "resized", "dropped", "as approved"} & set(column(sheet, "What")) >= {"new", "resized"}


def test_the_value_is_worked_out_by_formulas_from_price_and_times() -> None:
    plan = a_plan()
    sheet = book_of(plan)["Changes"]
    for usd, row in zip(column(sheet, "Changed USD"), plan.changes_of_orders, strict=True):
        assert usd == pytest.approx(float(row.changed_usd), abs=0.005)
    reserved = column(sheet, "Contract").index("res-a")
    assert column(sheet, "Signed price USD")[reserved] == 6
    assert column(sheet, "Times in the term")[reserved] == 744 + 672


def test_cap_what_is_reached_and_what_is_left_stand_beneath() -> None:
    plan = a_plan()
    sheet = book_of(plan)["Changes"]
    usd = sum(float(row.changed_usd) for row in plan.changes_of_orders)
    assert value_beside(sheet, "Changed value, USD", 3) == pytest.approx(usd, abs=0.05)
    assert value_beside(sheet, "Changed value, USD", 4) == pytest.approx(1_000_000 - usd, abs=0.05)
    assert value_beside(sheet, "Orders that differ", 4) == 9 - sum(row.is_changed for row in plan.changes_of_orders)
    assert value_beside(sheet, "Orders that differ", 5) == "OK"


def test_every_check_holds() -> None:
    assert failed(a_plan()) == set()
    assert "Value of changed orders" in rules.status(book_of(a_plan()))


def test_a_limit_that_is_not_stated_is_none() -> None:
    plan = planned(with_policy(a_node(), stability=Stability(changed_orders_at_most=2)))
    assert value_beside(book_of(plan)["Changes"], "Changed value, USD", 2) == "no limit"
    assert failed(plan) == set()


def test_without_approved_orders_and_policy_there_is_no_such_sheet() -> None:
    assert "Changes" not in book_of(planned(a_node(approved_orders=())))
    assert "Changes" in book_of(planned(a_node()))


def test_a_plan_without_any_order_has_the_sheet_with_its_limits() -> None:
    scenario = a_node(contracts=(an_on_demand(),), approved_orders=())
    plan = planned(with_policy(scenario, stability=Stability(changed_usd_at_most=Decimal(5))))
    assert value_beside(book_of(plan)["Changes"], "Changed value, USD", 4) == 5
    assert failed(plan) == set()


def test_more_changes_than_the_policy_allows_are_noticed() -> None:
    """A plan that was altered afterwards: what was approved is not what the plan says."""
    plan = a_plan()
    policy = plan.scenario.policy.model_copy(update={"stability": Stability(changed_usd_at_most=Decimal(1))})
    tighter = plan.model_copy(update={"scenario": plan.scenario.model_copy(update={"policy": policy})})
    assert "Changed value within what the policy allows" in failed(tighter)
    first, *others = plan.changes_of_orders
    altered = plan.model_copy(
        update={"changes_of_orders": (first.model_copy(update={"changed_usd": first.changed_usd + 1}), *others)}
    )
    assert failed(altered) == {"Value of changed orders"}


def test_the_price_of_changes_is_counted_line_by_line_and_on_the_summary() -> None:
    plan = a_plan("0.001")
    book = book_of(plan)
    assert failed(plan) == set()
    assert value_beside(book["Summary"], "Policy: price of a change (not billed)") == pytest.approx(
        float(plan.totals.stability_price_usd), abs=0.01
    )
    assert "price of a change" in column(book["Not_Cash"], "Nature")
    assert any("prices of changes of" in line for line in plan_screen(plan, 100))


def test_the_screen_tells_changes_and_limits() -> None:
    plan = planned(with_policy(a_node(), stability=Stability(changed_usd_at_most=Decimal(20000))))
    lines = plan_screen(plan, 100)
    first = lines.index("Against the approved orders")
    assert "2 orders differ, worth 15,576 USD as signed; 0 as approved" in lines[first + 1]
    assert "allowed are 20,000 USD" in lines[first + 1]
    assert any(line.split()[:5] == ["old", "2027-01", "1", "0", "8,496"] for line in lines[first:])
    assert "Against the approved orders" not in plan_screen(planned(a_node(approved_orders=())), 100)


def test_a_minimum_with_a_ramp_and_a_rising_price_shows_its_price_on_average() -> None:
    top = a_take_or_pay(lot_nodes=2, ramp_shares=(0.5,), term_months=14, escalator_share_per_year=Decimal("0.1"))
    scenario = a_node(
        contracts=(an_on_demand(), a_reserved("old", latest_start=FIRST), top),
        approved_orders=(an_approved("top-a", quantity=Decimal(4)),),
        demand=nodes_of_load(1.0),
    )
    plan = planned(with_policy(scenario, stability=Stability(changed_orders_at_most=5)))
    assert failed(plan) == set()
    assert {row.contract for row in plan.changes_of_orders} == {"old", "top-a"}


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


def test_the_workbook_has_the_sheet_in_its_contents() -> None:
    assert [sheet.name for sheet in plan_workbook(a_plan())].count("Changes") == 1
