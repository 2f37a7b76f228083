"""The workbook of a plan with capacity blocks and owned hardware: shown, followed in formulas, checked."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reports.console_orders import order_lines
from reports.layout import Sheet
from reports.workbook import write_plan_workbook
from tests import test_workbook as rules
from tests.owned_cases import a_plan_with_blocks_and_hardware
from tests.recalculation import disagreements
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of, column, failed


@cache
def book() -> dict[str, Sheet]:
    return book_of(a_plan_with_blocks_and_hardware())


def rows(sheet: str, **where: Any) -> list[dict[str, Any]]:
    """Rows of a sheet's table in which columns (spaces as _) hold these values."""
    (table,) = book()[sheet].tables
    columns = [column(book()[sheet], header) for header in table.headers]
    every = [dict(zip(table.headers, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return [row for row in every if all(row[name.replace("_", " ")] == value for name, value in where.items())]


def test_the_case_has_both() -> None:
    orders = {(o.contract, o.outlook, o.nodes) for o in a_plan_with_blocks_and_hardware().orders}
    assert orders == {("own-a", None, 2), ("block-b", None, 2), ("block-c", "base", 1), ("block-c", "high", 1)}


def test_every_check_holds() -> None:
    assert failed(a_plan_with_blocks_and_hardware()) == set()
    assert "Owned hardware: service from plan start = what is billed for it" in rules.status(book())


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_hold(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(a_plan_with_blocks_and_hardware(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []


def test_a_block_is_shown_month_by_month() -> None:
    """28 days from 15 January: 17 of 31 in January, 11 of 28 in February; two nodes for 2 x 28 x 24 h x 4 USD."""
    january, february = rows("Calc_Blocks", Order="block-b.2027-01")
    assert (january["Average nodes"], february["Average nodes"]) == pytest.approx((2 * 17 / 31, 2 * 11 / 28))
    assert (january["Firm nodes"], february["Firm nodes"]) == (0, 0)
    (whole, _) = rows("Calc_Blocks", Contract="block-c")
    assert whole["Firm nodes"] == 1
    (order,) = rows("Buy_List", Contract="block-b")
    assert (order["Order value USD"], order["Upfront due USD"]) == (5376, 5376)
    (line,) = rows("Payments", Contract="block-b")
    assert line["Amount USD"] == 5376


def test_hardware_is_written_down_to_its_residual() -> None:
    """Two nodes: 24,000 USD down to 4,000 over 14 months from January, or from February in `high`."""
    life = rows("Owned", Order="own-a.2027-01", Outlook="base")
    assert (life[0]["Opening book USD"], life[-1]["Closing book USD"]) == (24_000, pytest.approx(4000))
    assert sum(row["Depreciation USD"] for row in life) == pytest.approx(20_000)
    assert (life[0]["Upkeep USD"], life[13]["Upkeep USD"]) == pytest.approx((200, 210))
    assert life[0]["Power USD"] == pytest.approx(2 * 12 * 744 * 0.1)
    assert rows("Owned", Outlook="high")[0]["Month"] == life[1]["Month"]


def test_payments_follow_it() -> None:
    parts = {row["Part"]: row for row in rows("Payments", Contract="own-a", Outlook="base")}
    assert (parts["purchase"]["Amount USD"], parts["residual"]["Amount USD"]) == (24_000, -4000)
    assert (parts["purchase"]["Spending"], parts["upkeep"]["Spending"]) == ("capex", "opex")
    assert str(parts["residual"]["Paid in"]) == "2028-03-01"


def test_a_site_is_held_against_what_stands_there() -> None:
    """Two nodes draw 24 of 25 kW; in `high` nothing stands there in January, because it is late."""
    taken = {(row["Outlook"], str(row["Month"])): row["Power taken here kW"] for row in rows("Sites")}
    assert taken["base", "2027-01-01"] == taken["high", "2027-02-01"] == pytest.approx(24)
    assert taken["high", "2027-01-01"] == 0
    assert {row["Kept"] for row in rows("Sites")} == {"OK"}


def test_the_screen_says_what_is_bought() -> None:
    words = " ".join(" ".join(order_lines(a_plan_with_blocks_and_hardware(), 100)).split())
    assert "BLOCK of 28 days from 2027-01-15, all paid upfront" in words
    assert "OWNED: 12,000 USD a node, at site-a for 14 months" in words
