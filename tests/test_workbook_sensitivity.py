"""The sheets Sensitivity and Calc_Sensitivity, the lines on the screen and the answer as JSON."""

from pathlib import Path

import pytest

from optimizer.plan import Plan
from reports.answers import plan_answer
from reports.console_sensitivity import sensitivity_lines
from reports.exits import Exit
from reports.layout import Cell, Sheet
from reports.sheets import plan_workbook
from reports.workbook import write_plan_workbook
from tests.recalculation import disagreements
from tests.test_workbook import status
from tests.tiny_folder import measured, tiny

HEADER_ROW, FIRST_ROW = 4, 5


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """One node is all there is, and it is full: a tenth more demand, or less goodput, has no plan."""
    return measured(tiny(tmp_path_factory.mktemp("tiny"), {"offerings.csv": (",10,10,test", ",0,1,test")}))


@pytest.fixture(scope="module")
def book(plan: Plan) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in plan_workbook(plan)}


def line(sheet: Sheet, name: str) -> dict[str, Cell]:
    """The cells of an input by their headers."""
    headers = {col: str(cell.value) for (row, col), cell in sheet.cells.items() if row == HEADER_ROW}
    at = next(row for (row, col), cell in sheet.cells.items() if col == 0 and row >= FIRST_ROW and cell.value == name)
    return {header: sheet.cells[at, col] for col, header in headers.items() if (at, col) in sheet.cells}


def test_the_sheet_stands_behind_the_summary_and_its_workings_further_on(book: dict[str, Sheet]) -> None:
    names = list(book)
    assert names[names.index("Summary") :][:3] == ["Summary", "Unit_Cost", "Sensitivity"]
    assert "Calc_Sensitivity" in names


def test_a_plan_that_was_not_asked_has_neither_sheet_nor_lines(plan: Plan) -> None:
    silent = plan.model_copy(update={"sensitivity": None})
    assert not {"Sensitivity", "Calc_Sensitivity"} & {sheet.name for sheet in plan_workbook(silent)}
    assert list(sensitivity_lines(silent, 100)) == []


def test_a_line_has_values_costs_and_differences_that_are_calculated(book: dict[str, Sheet]) -> None:
    cells = line(book["Calc_Sensitivity"], "on-demand prices of cloud-a")
    assert (cells["Cost USD low"].value, cells["Cost USD high"].value) == (12744, 15576)
    assert (cells["Difference USD low"].value, cells["Difference USD high"].value) == (-1416, 1416)
    assert cells["Difference USD low"].formula is not None
    assert (cells["Proven low"].value, cells["Proven high"].value) == ("cheaper", "dearer")
    shown = line(book["Sensitivity"], "on-demand prices of cloud-a")
    assert [shown[header].value for header in ("As planned", "Value low", "Value high")] == [10, 9, 11]
    assert shown["Difference USD high"].value == 1416
    assert (shown["Buy list low"].value, shown["Buy list high"].value) == ("same", "same")


def test_an_end_without_a_plan_has_a_word_for_its_cost_and_its_reason(book: dict[str, Sheet]) -> None:
    shown = line(book["Sensitivity"], "demand of chat")
    assert shown["Cost USD high"].value == "impossible"
    assert shown["Difference USD high"].value is None
    assert "+10 %: impossible: " in str(shown["What changes on the buy list, or why there is no plan"].value)


def test_both_ends_are_drawn_from_the_list(book: dict[str, Sheet], plan: Plan) -> None:
    (chart,) = book["Sensitivity"].charts
    assert plan.sensitivity is not None
    last = FIRST_ROW + len(plan.sensitivity.inputs)
    assert [series.categories for series in chart.series] == [f"=Sensitivity!$A$6:$A${last}"] * 2
    headers = [book["Sensitivity"].cells[HEADER_ROW, col].value for col in (7, 10)]
    assert headers == ["Difference USD low", "Difference USD high"]
    assert [series.values[:15] for series in chart.series] == ["=Sensitivity!$H", "=Sensitivity!$K"]


def test_every_check_holds(book: dict[str, Sheet]) -> None:
    found = {name: value for name, value in status(book).items() if name.startswith("Sensitivity")}
    assert len(found) == 7
    assert set(found.values()) == {"OK"}


def test_a_sign_that_is_not_proven_fails_a_check(plan: Plan) -> None:
    """The bound of an end put so low that the interval holds 0, while the plan still claims a sign."""
    assert plan.sensitivity is not None
    rows = list(plan.sensitivity.inputs)
    at = next(i for i, row in enumerate(rows) if row.name == "on-demand prices of cloud-a")
    high = rows[at].high
    assert high is not None
    assert high.moved is not None
    moved = high.moved.model_copy(update={"at_least_usd": -10.0})
    end = high.model_copy(update={"bound_usd": plan.incumbent_usd - 10.0, "moved": moved})
    rows[at] = rows[at].model_copy(update={"high": end})
    claimed = plan.model_copy(update={"sensitivity": plan.sensitivity.model_copy(update={"inputs": tuple(rows)})})
    book = {sheet.name: sheet for sheet in plan_workbook(claimed)}
    assert line(book["Calc_Sensitivity"], "on-demand prices of cloud-a")["Proven high"].value == "cheaper"
    assert status(book)["Sensitivity: signs claimed where the interval holds 0"] == "FAIL"


@pytest.mark.libreoffice
def test_another_program_calculates_the_same(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_plan_workbook(plan, path)
    compared, found = disagreements(path, tmp_path)
    assert compared > 500
    assert found == []


def test_the_screen_names_inputs_ends_and_what_cannot_be(plan: Plan) -> None:
    lines = list(sensitivity_lines(plan, 100))
    assert lines[1] == "What moves the cost most (one input at a time, against 14,160 USD)"
    (price,) = (text.split() for text in lines if text.startswith("  on-demand prices of cloud-a"))
    assert price == ["on-demand", "prices", "of", "cloud-a", "9", "-1,416", "11", "+1,416", "same"]
    assert any(text.startswith("  demand of chat +10 %: impossible: ") for text in lines)
    assert all(len(text) <= 100 for text in lines)


def test_the_answer_as_json_holds_what_the_plan_holds(plan: Plan) -> None:
    answer = plan_answer(plan, command="plan", code=Exit.PUBLISHED, files=(), seconds={})
    assert answer.sensitivity == plan.sensitivity
