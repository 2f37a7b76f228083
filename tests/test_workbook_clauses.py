"""The workbook of a plan whose contracts carry clauses of price and payment: shown, followed in formulas, checked."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reports.console_orders import order_lines
from reports.layout import Sheet
from reports.workbook import write_plan_workbook
from tests import test_workbook as rules
from tests.clause_cases import a_plan_with_clauses
from tests.recalculation import disagreements
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column, failed


@cache
def clauses() -> dict[str, Sheet]:
    return book_of(a_plan_with_clauses())


def rows(sheet: str, **where: Any) -> list[dict[str, Any]]:
    """Rows of a sheet's table in which columns (spaces as _) hold these values."""
    (table,) = clauses()[sheet].tables
    columns = [column(clauses()[sheet], header) for header in table.headers]
    every = [dict(zip(table.headers, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return [row for row in every if all(row[name.replace("_", " ")] == value for name, value in where.items())]


def test_every_check_holds() -> None:
    assert failed(a_plan_with_clauses()) == set()


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_hold(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", clauses)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(a_plan_with_clauses(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []


def test_a_price_in_euros_stands_beside_its_rate_and_the_dollars_it_makes() -> None:
    """2 EUR at 1.0825 USD are 2.165 USD."""
    (offer,) = rows("Offers", Contract="favoured")
    assert offer["Currency"] == "EUR"
    assert (offer["Price per node hour in it"], offer["USD per unit of currency"]) == (2, 1.0825)
    assert offer["Price USD per node hour"] == pytest.approx(2.165)
    assert (offer["A month is due"], offer["Net days"], offer["Most favoured of"]) == ("in arrears", 45, "od-a")


def test_a_most_favoured_price_follows_its_outlook_down() -> None:
    """10 USD on demand, 23 % of it: 2.30, and 1.15 from July on in `low`; 2.165 signed, 2.3815 after a year."""
    prices = {
        (row["Outlook"], str(row["Month"])[:7]): row["Price USD per node hour"]
        for row in rows("Calc_Prices", Contract="favoured")
    }
    months = ("2027-06", "2027-07", "2028-01", "2028-06")
    assert [prices["base", month] for month in months] == pytest.approx([2.165, 2.165, 2.3, 2.3])
    assert [prices["low", month] for month in months] == pytest.approx([2.165, 1.15, 1.15, 1.15])


def test_the_month_is_billed_at_that_price_and_paid_when_it_is_due() -> None:
    """July 2027 in `low`: 744 h x 75 % of 1.15 USD; due on the 31st, 45 days later it is 14 September."""
    (july,) = (
        row
        for row in rows("Payments", Contract="favoured", Outlook="low")
        if str(row["Service from"]) == "2027-07-01" and row["Part"] == "recurring"
    )
    assert july["Amount USD"] == 641.7
    assert str(july["Paid in"]) == "2027-09-01"


def test_take_or_pay_is_used_settled_and_owed_at_the_price_of_the_month() -> None:
    """3 USD, 3.15 after a year: obligations of March and April 2028 are 500 h each at 3.15 USD."""
    owed = rows("Payments", Contract="flexible", Part="obligation")
    assert [row["Amount USD"] for row in owed] == [1575.0, 1575.0]
    windows = rows("Take_or_Pay", Outlook="base")
    assert [row["USD per unit of minimum"] for row in windows] == pytest.approx([3, 3.15])
    assert {row["Settled as planned"] for row in windows} == {"OK"}


def test_what_is_served_and_not_yet_paid_is_a_liability_and_closes() -> None:
    sheet = clauses()["Calc_Prepaid"]
    labels = {str(cell.value) for (_, col), cell in sheet.cells.items() if col == 0}
    assert "All accrued" in labels
    assert "Accrued at the end = service of the horizon that is paid after it" in rules.status(clauses())


def test_the_buy_list_and_the_screen_say_what_is_agreed() -> None:
    (order,) = rows("Buy_List", Contract="favoured")
    assert (order["Currency"], order["Price per node hour in it"]) == ("EUR", 2)
    words = " ".join(" ".join(order_lines(a_plan_with_clauses(), 100)).split())
    assert "agreed at 2 EUR a node-hour; the price rises by 10.0% a year; at most 23% of od-a" in words
    assert "a month is due in advance, net 14 days" in words
