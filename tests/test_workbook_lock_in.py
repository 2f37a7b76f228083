"""Rules on lock-in in the workbook: each with its group, window, amount, limit, slack and verdict, in formulas."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from optimizer.plan import Plan
from reports.layout import Fmt, Sheet
from reports.workbook import write_plan_workbook
from tests import test_workbook as rules
from tests.proving import planned
from tests.recalculation import disagreements
from tests.test_lock_in_by_parts import RULES, a_fleet
from tests.test_workbook_futures import RULES_OF_ALL_BOOKS, book_of


@cache
def bound_plan() -> Plan:
    """Six months, two clouds, an event, and a rule of every kind."""
    return planned(a_fleet(**RULES["all of them"]))


@cache
def book() -> dict[str, Sheet]:
    return book_of(bound_plan())


def lines() -> list[dict[str, Any]]:
    """The lines of sheet Lock_In by header."""
    sheet = book()["Lock_In"]
    table = sheet.tables[0]
    return [
        {
            header: sheet.cells[row, table.first_col + i].value
            for i, header in enumerate(table.headers)
            if (row, table.first_col + i) in sheet.cells
        }
        for row in range(table.first_row + 1, table.last_row + 1)
    ]


def test_every_rule_has_its_lines_and_all_of_them_are_kept() -> None:
    assert {line["Rule"] for line in lines()} == {"cap", "floor", "two", "owed", "terms", "ends"}
    assert {line["Kept"] for line in lines()} == {"OK"}


def test_a_line_says_how_much_is_left() -> None:
    """Outstanding to all together after every month; the nearest month has less left than the others."""
    owed = [line for line in lines() if line["Rule"] == "owed"]
    assert [line["Group"] for line in owed] == ["all"] * 6
    assert {line["Limit"] for line in owed} == {12000}
    assert all(line["Slack"] == pytest.approx(line["Limit"] - line["Amount"]) for line in owed)
    assert max(line["Amount"] for line in owed) > 0


def test_dollars_shares_and_providers_look_like_what_they_are() -> None:
    sheet = book()["Lock_In"]
    headers = sheet.tables[0].headers
    amount, limit = headers.index("Amount"), headers.index("Limit")
    looks = {str(sheet.cells[row, 0].value): sheet.cells[row, amount].fmt for row in range(5, 5 + len(lines()))}
    assert (looks["owed"], looks["cap"], looks["two"]) == (Fmt.CENTS, Fmt.FACTOR, Fmt.WHOLE)
    assert sheet.cells[5, limit].fmt is looks[str(sheet.cells[5, 0].value)]


def test_quarters_and_sources_are_counted() -> None:
    ends = [line for line in lines() if line["Rule"] == "ends"]
    assert {str(line["From"])[:7] for line in ends} <= {"2027-01", "2027-04"}
    assert ends
    assert all(line["Of"] > 0 for line in ends)
    two = [line for line in lines() if line["Rule"] == "two"]
    assert [line["Amount"] for line in two] == [2] * 6


def test_every_check_holds() -> None:
    assert {"Lock_In", "Lock_In_Parts", "Caps"} <= set(book())
    assert {name for name, value in rules.status(book()).items() if value != "OK"} == set()
    assert any("lock-in" in name for name in rules.status(book()))


@pytest.mark.parametrize("rule", RULES_OF_ALL_BOOKS, ids=lambda rule: rule.__name__)
def test_the_rules_of_all_books_are_kept(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "sheets", book)
    rule()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(tmp_path: Path) -> None:
    write_plan_workbook(bound_plan(), tmp_path / "plan.xlsx")
    _, found = disagreements(tmp_path / "plan.xlsx", tmp_path)
    assert found == []
