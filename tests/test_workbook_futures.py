"""The workbook of plans with futures, take-or-pay, migrations and budgets: what it holds and what it notices."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contracts.terms.common import Nature
from optimizer.plan import Plan
from reports.layout import Sheet
from reports.sheets import plan_workbook
from reports.workbook import write_plan_workbook
from scenarios.outlooks import Effect, Subject
from tests import test_workbook as rules
from tests.builders import (
    FIRST,
    a_budget,
    a_reserved,
    a_scenario,
    a_take_or_pay,
    an_effect,
    an_on_demand,
    an_outlook,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
)
from tests.families.test_migration import a_choice, to_b
from tests.proving import planned, with_policy
from tests.recalculation import disagreements
from tests.workbook_cases import a_plan_with_everything

ONLY_WITH_A_CASE = {
    "Outlooks",
    "Buy_Later",
    "Take_or_Pay",
    "Calc_Minimums",
    "Migrations",
    "Calc_Migrated",
    "Budgets",
}
RULES_OF_ALL_BOOKS = (
    rules.test_formulas_are_short,
    rules.test_formulas_hold_no_constants_but_nought_and_one,
    rules.test_formulas_hold_no_text_of_users,
    rules.test_formulas_use_only_functions_that_every_spreadsheet_has,
    rules.test_each_row_of_a_time_series_has_one_formula,
    rules.test_every_row_of_a_time_series_names_its_unit_and_class,
    rules.test_tables_have_a_class_over_every_header_and_money_says_usd,
    rules.test_names_are_for_scalars_and_look_like_no_address,
    rules.test_number_columns_are_wide_enough,
    rules.test_most_money_cells_are_formulas,
)


def book_of(plan: Plan) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in plan_workbook(plan)}


@cache
def everything() -> dict[str, Sheet]:
    return book_of(a_plan_with_everything())


def failed(plan: Plan) -> set[str]:
    return {name for name, value in rules.status(book_of(plan)).items() if value != "OK"}


def column(sheet: Sheet, header: str) -> list[Any]:
    """Values under a header of a sheet's table."""
    (table,) = sheet.tables
    col = table.headers.index(header)
    return [sheet.cells[row, col].value for row in range(table.first_row + 1, table.last_row + 1)]


def value_beside(sheet: Sheet, label: str, across: int = 1) -> Any:
    row, col = next(place for place, cell in sorted(sheet.cells.items()) if cell.value == label)
    return sheet.cells[row, col + across].value


def test_the_case_has_everything() -> None:
    """Else the tests below would look at nothing."""
    plan = a_plan_with_everything()
    assert {o.outlook for o in plan.orders} >= {None, "base", "high"}
    assert len(plan.migrations) < len(plan.scenario.migrations)
    assert plan.take_or_pay
    assert plan.knowing is not None
    assert plan.totals.capex_usd > 0
    assert set(everything()) >= ONLY_WITH_A_CASE


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(a_plan_with_everything(), tmp_path / "plan.xlsx")
    compared, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []
    assert compared > 5000


def test_a_plan_without_a_case_has_none_of_these_sheets() -> None:
    assert not ONLY_WITH_A_CASE & set(rules.sheets())


def test_every_check_holds_for_a_plan_with_everything() -> None:
    found = rules.status(everything())
    assert {name for name, value in found.items() if value != "OK"} == set()
    assert len(found) > 60


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_hold(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", everything)
    rule()


def test_what_must_wait_stands_on_a_sheet_of_its_own() -> None:
    plan, book = a_plan_with_everything(), everything()
    assert column(book["Buy_List"], "Order") == [o.order for o in plan.orders if o.outlook is None]
    assert set(column(book["Buy_Later"], "Order")) == {o.order for o in plan.orders if o.outlook is not None}
    assert "DO NOT sign" in str(book["Buy_Later"].cells[0, 0].value)
    assert "Buy_Later" in str(book["Buy_List"].cells[1, 0].value)


def test_each_outlook_has_its_totals_and_their_mean_is_the_plans() -> None:
    plan, sheet = a_plan_with_everything(), everything()["Outlooks"]
    for label, of in (
        ("Effective cost in the horizon", lambda t: t.effective_usd),
        ("Cash in the horizon", lambda t: t.cash_usd),
        ("Of it capital expenditure", lambda t: t.capex_usd),
        ("Objective: what was minimised", lambda t: t.objective_usd),
    ):
        for i, row in enumerate(plan.by_outlook):
            assert value_beside(sheet, label, 2 + i) == pytest.approx(float(of(row.totals)), abs=0.3), row.outlook
        assert value_beside(sheet, label, 2 + len(plan.by_outlook)) == pytest.approx(float(of(plan.totals)), abs=0.3)


def test_what_knowing_is_worth_follows_from_the_costs_beside_it() -> None:
    plan, sheet = a_plan_with_everything(), everything()["Outlooks"]
    assert plan.knowing is not None
    worth = plan.knowing.perfect_information
    label = "Knowing the outlook beforehand saves (perfect information)"
    found = [value_beside(sheet, label, i) for i in (1, 2, 3)]
    assert found == pytest.approx([worth.at_least_usd, worth.usd, worth.at_most_usd], abs=0.3)


def test_a_late_order_is_a_commitment_of_each_outlook_with_its_own_dates() -> None:
    """Promised for March; in high a month late."""
    sheet = everything()["Commitments"]
    rows = zip(column(sheet, "Commitment"), column(sheet, "Outlook"), column(sheet, "Start"), strict=True)
    starts = {outlook: str(start) for order, outlook, start in rows if order == "res-b.2027-03"}
    assert starts == {"base": "2027-03-01", "high": "2027-04-01", "low": "2027-03-01"}


def test_minimums_after_the_horizon_are_what_commitments_owe() -> None:
    """Two lots, 450 node-hours a month at 5.05 each, July to October."""
    sheet = everything()["Commitments"]
    place = column(sheet, "Commitment").index("top-a.2027-01")
    assert column(sheet, "Service after horizon USD")[place] == pytest.approx(4 * 2 * 450 * 5.05)


def test_migrations_that_are_not_begun_are_listed_without_a_cost() -> None:
    sheet = everything()["Migrations"]
    assert dict(zip(column(sheet, "Migration"), column(sheet, "Begun"), strict=True)) == {"to-b": "yes", "to-c": "no"}
    assert dict(zip(column(sheet, "Migration"), column(sheet, "Expected cost USD"), strict=True))["to-c"] is None
    assert column(sheet, "Served after the gate Mtok")[0] > 0


def test_budgets_are_told_by_window_and_outlook() -> None:
    sheet = everything()["Budgets"]
    assert len(column(sheet, "Budget")) == 2 * 3 + 1 * 3
    assert set(column(sheet, "Kept")) == {"OK"}
    assert column(sheet, "Limit USD")[-1] == 15_000


def a_settled_plan(**terms: Any) -> Plan:
    """Half a node in January, a whole one in February, on one take-or-pay lot."""
    demand = (nodes_of_load(0.25)[0], nodes_of_load(1.0)[1])
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(), a_take_or_pay(latest_start=FIRST, **terms)),
        demand=demand,
    )
    return planned(scenario)


def test_what_was_paid_and_not_used_is_made_up_as_a_credit() -> None:
    """January: 186 of 300 used, 114 paid without use; February: 114 of 672 are used free. Nothing is left."""
    plan = a_settled_plan(make_up_right=True)
    sheet = book_of(plan)["Take_or_Pay"]
    assert column(sheet, "True up") == pytest.approx([114, 0], abs=1e-6)
    assert column(sheet, "Made up") == pytest.approx([0, 114], abs=1e-6)
    assert column(sheet, "Left at the horizon at cost USD")[-1] == pytest.approx(0, abs=1e-5)
    assert failed(plan) == set()


def test_a_window_settled_otherwise_than_by_its_use_is_noticed() -> None:
    plan = a_settled_plan(make_up_right=True)
    first, *rest = plan.take_or_pay
    wrong = plan.model_copy(update={"take_or_pay": (first.model_copy(update={"true_up": first.true_up + 1}), *rest)})
    assert failed(wrong) == {"Take-or-pay: windows settled otherwise than in the plan"}
    missing = plan.model_copy(update={"take_or_pay": (first,)})
    assert "Cash in the horizon" in failed(missing)
    assert "Take-or-pay: true-ups less make-ups = what is billed for them" in failed(
        plan.model_copy(
            update={"cost_lines": tuple(x for x in plan.cost_lines if x.nature is not Nature.TAKE_OR_PAY_MAKE_UP)}
        )
    )


def test_a_true_up_is_accrued_over_its_window_and_paid_at_its_end() -> None:
    """A window of two months with a minimum of 2 * 500 against 186 + 672 used: 142 node-hours, owed by days."""
    plan = a_settled_plan(window_months=2, minimum_node_hours_per_month=500)
    sheet = book_of(plan)["Calc_Prepaid"]
    assert value_beside(sheet, "All accrued", 7) == pytest.approx(142 * 6 * 31 / 59, abs=0.01)
    assert value_beside(sheet, "All accrued", 8) == pytest.approx(0, abs=0.01)
    assert failed(plan) == set()


def test_a_missing_line_of_an_outlook_is_noticed_in_that_outlook() -> None:
    plan = a_plan_with_everything()
    lost = next(x for x in plan.cost_lines if x.outlook == "high" and x.nature is Nature.ON_DEMAND_USAGE)
    short = plan.model_copy(update={"cost_lines": tuple(x for x in plan.cost_lines if x is not lost)})
    found = failed(short)
    assert {"high: Effective cost in the horizon", "high: Cash in the horizon", "high: Objective"} <= found
    assert not {name for name in found if name.startswith(("base:", "low:"))}


def test_an_order_that_vanishes_is_noticed() -> None:
    plan = a_plan_with_everything()
    later = next(o for o in plan.orders if o.outlook == "high")
    fewer = later.model_copy(update={"nodes": later.nodes + 1})
    orders = tuple(fewer if o is later else o for o in plan.orders)
    assert "high: Effective cost in the horizon" in failed(plan.model_copy(update={"orders": orders}))


def test_a_budget_that_is_exceeded_is_noticed() -> None:
    scenario = with_policy(
        a_scenario(catalog=ten_requests_a_node(), contracts=(an_on_demand(),), demand=nodes_of_load(1.0)),
        budgets=(a_budget(limit_usd=7440),),
    )
    plan = planned(scenario)
    assert failed(plan) == set()
    tight = with_policy(plan.scenario, budgets=(a_budget(limit_usd=7400),))
    assert failed(plan.model_copy(update={"scenario": tight})) == {"Budgets that are exceeded"}


def test_capital_expenditure_that_is_not_the_plans_is_noticed() -> None:
    plan = planned(a_choice(to_b(capitalised=True)))
    assert failed(plan) == set()
    totals = plan.totals.model_copy(update={"capex_usd": plan.totals.capex_usd + 1})
    assert failed(plan.model_copy(update={"totals": totals})) == {"Capital expenditure in the horizon"}


def test_a_value_of_knowing_that_does_not_follow_is_noticed() -> None:
    plan = a_plan_with_everything()
    assert plan.knowing is not None
    worth = plan.knowing.perfect_information
    more = plan.knowing.model_copy(update={"perfect_information": worth.model_copy(update={"usd": worth.usd + 10})})
    assert failed(plan.model_copy(update={"knowing": more})) == {
        "Knowing the outlook beforehand saves (perfect information), as found"
    }


def test_migration_work_is_cost_and_cash_but_no_share_of_spend() -> None:
    plan = planned(a_choice(to_b()))
    book = book_of(plan)
    vendors = book["Vendors"]
    assert sum(column(vendors, "Effective USD")) == pytest.approx(float(plan.totals.effective_usd) - 1000)
    assert value_beside(book["Cover"], "Cash in the horizon, USD") == pytest.approx(float(plan.totals.cash_usd))


@pytest.mark.parametrize("upkeep", [0, 100])
def test_work_whose_gate_may_fail_is_upkept_only_where_it_passes(upkeep: int) -> None:
    scenario = a_choice(
        to_b(upkeep_usd_per_month=upkeep),
        outlooks=(an_outlook("pass"), an_outlook("fail")),
        outlook_effects=(an_effect("fail", effect=Effect.GATE, of=Subject.MIGRATION, name="mig-a", value=0),),
    )
    plan = planned(scenario)
    assert failed(plan) == set()
    assert column(book_of(plan)["Migrations"], "Expected cost USD") == [1000 + upkeep / 2]


def test_an_order_delivered_after_the_horizon_is_all_tail() -> None:
    """Two months late in high: nothing of it serves the two months of the plan."""
    late = an_effect("high", effect=Effect.DELIVERY_DELAY, of=Subject.OFFERING, name="node-a", value=2)
    scenario = a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(), a_take_or_pay(latest_start=FIRST), a_reserved(latest_start=FIRST)),
        demand=nodes_of_load(2.0),
        outlooks=(an_outlook("base"), an_outlook("high")),
        outlook_effects=(late,),
        run=run_settings(reveal_month=FIRST),
    )
    assert failed(planned(scenario)) == set()
