"""diff.xlsx: sheets in reading order, causes beside orders, formulas that tie, and checks that notice what does not."""

import re
import warnings
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from optimizer.differing.diff import PlanDiff
from reports.differing.book import diff_workbook, write_diff
from reports.differing.screen import diff_screen
from reports.layout import Sheet
from tests.test_diff import a_node, causes, differ, offers
from tests.test_workbook import ALLOWED, LONGEST_FORMULA
from tests.test_workbook_futures import column, value_beside

READING_ORDER = ["Cover", "Orders", "Inputs", "Money", "Bridge", "Bridge_Parts", "Buy_Diff", "Checks"]


@cache
def a_diff() -> PlanDiff:
    return differ(a_node(contracts=offers(new_usd=5)))


def sheets(diff: PlanDiff | None = None) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in diff_workbook(diff or a_diff())}


def failed(diff: PlanDiff) -> set[object]:
    checks = sheets(diff)["Checks"]
    status = zip(column(checks, "Check"), column(checks, "Status"), strict=True)
    return {name for name, value in status if value != "OK"}


def test_sheets_stand_in_reading_order_and_in_the_contents() -> None:
    book = sheets()
    assert list(book) == READING_ORDER
    listed = {cell.value for cell in book["Cover"].cells.values()}
    assert set(READING_ORDER[1:]) <= listed


def test_each_order_stands_with_its_cause_and_the_inputs() -> None:
    orders = sheets()["Orders"]
    assert dict(zip(column(orders, "Contract"), column(orders, "Cause"), strict=True)) == {
        "old": "explained",
        "new": "explained",
    }
    assert set(column(orders, "Inputs")) == {"contracts.new"}
    assert dict(zip(column(orders, "Contract"), column(orders, "More"), strict=True)) == {"old": -1, "new": 1}
    assert dict(zip(column(orders, "Contract"), column(orders, "Costs more USD"), strict=True)) == {
        "old": -8496,
        "new": 7080,
    }


def test_each_input_stands_with_what_it_does_alone() -> None:
    inputs = sheets()["Inputs"]
    assert column(inputs, "Path") == ["contracts.new.price_usd_per_node_hour"]
    assert (column(inputs, "Old value"), column(inputs, "New value")) == (["7"], ["5"])
    assert (column(inputs, "Less the old plan USD"), column(inputs, "Orders it moves")) == ([-1416], [2])


def test_money_is_told_with_its_proof() -> None:
    book = sheets()
    assert value_beside(book["Cover"], "New less old, USD") == -1416
    assert value_beside(book["Cover"], "Proven") == "cheaper"
    assert value_beside(book["Cover"], "Master check") == "OK"
    label = "Objective (present value, minimised)"
    assert [value_beside(book["Money"], label, across) for across in (3, 4, 5)] == [8496, 7080, -1416]


def test_every_check_holds_also_where_nothing_moved() -> None:
    assert failed(a_diff()) == set()
    assert failed(differ(a_node())) == set()
    assert failed(differ(a_node(contracts=offers(new_usd=5)), solves=0)) == set()


def test_a_lost_order_and_a_lost_input_are_noticed() -> None:
    lost = a_diff().model_copy(update={"moves": a_diff().moves[:1]})
    assert failed(lost) == {"order, added: Orders cost as much more as Buy_Diff"}


def test_formulas_are_short_and_use_functions_that_every_spreadsheet_has() -> None:
    for sheet in sheets().values():
        for cell in sheet.cells.values():
            if cell.formula is not None:
                assert len(cell.formula) <= LONGEST_FORMULA
                used = set(re.findall(r"([A-Z]{2,})\(", cell.formula))
                assert used <= ALLOWED, cell.formula


def test_the_file_is_written_whole_and_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "diff.xlsx"
    write_diff(a_diff(), path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl cannot read the charts
        assert load_workbook(path).sheetnames == READING_ORDER
    assert [each.name for each in tmp_path.iterdir()] == ["diff.xlsx"]


@pytest.mark.parametrize("width", [60, 100, 160])
def test_the_screen_fits_its_width(width: int) -> None:
    lines = diff_screen(a_diff(), width)
    assert all(len(line) <= max(width, 70) for line in lines)
    assert len(causes(a_diff())) == 2
