"""The comparison workbook: what it must hold, and that another program finds the same in every cell."""

import re
import warnings
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from optimizer.comparing.comparison import Comparison, Outcome, Tried, compare
from optimizer.plan_making import audited
from reports.comparison.book import comparison_workbook, write_comparison
from reports.layout import Cell, Kind, Sheet
from tests.comparing_cases import KINDS, base_plan
from tests.comparison_case import HOSTILE, LONG, a_comparison
from tests.recalculation import disagreements
from tests.test_workbook import ALLOWED, LONGEST_FORMULA

READING_ORDER = [
    "Cover",
    "Compare",
    "Scenarios",
    "Bridge",
    "Bridge_Parts",
    "Buy_Diff",
    "Terms",
    "Frontier",
    "Checks",
    "Log",
]


@pytest.fixture(scope="module")
def sheets() -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in comparison_workbook(a_comparison())}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "comparison.xlsx"
    write_comparison(a_comparison(), path)
    return path


def opened(path: Path) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl cannot read the charts
        return load_workbook(path)


def row_of(sheet: Sheet, label: str) -> dict[int, Cell]:
    (row,) = {row for (row, col), cell in sheet.cells.items() if col == 0 and cell.value == label}
    return {col: cell for (r, col), cell in sheet.cells.items() if r == row}


def values(sheet: Sheet) -> set[object]:
    return {cell.value for cell in sheet.cells.values()}


def test_the_sheets_come_in_reading_order(sheets: dict[str, Sheet]) -> None:
    assert list(sheets) == READING_ORDER


def test_differences_are_formulas_on_the_stored_results(sheets: dict[str, Sheet]) -> None:
    """14,160 on demand against 11,328 reserved: 2,832 less, a fifth."""
    objective = row_of(sheets["Compare"], "Objective (present value, minimised)")
    assert [objective[col].value for col in (3, 4)] == [14160, 11328]
    assert {objective[col].kind for col in (3, 4)} == {Kind.DECISION}
    assert (objective[8].value, objective[8].formula) == (-2832, "E6-D6")
    assert objective[9].value == pytest.approx(-0.2)


def test_a_pair_whose_gaps_hide_the_sign_is_named(sheets: dict[str, Sheet]) -> None:
    proven = row_of(sheets["Compare"], "Proven")
    assert [proven[col].value for col in (4, 5, 6, 7)] == ["cheaper", "cheaper", "dearer", "not distinguishable"]
    assert "not distinguishable" in values(sheets["Cover"])


def test_a_page_holds_whole_bridges(sheets: dict[str, Sheet]) -> None:
    setup = sheets["Bridge"].print
    titles = [row for (row, col), c in sheets["Bridge"].cells.items() if c.kind is Kind.SECTION and col == 0]
    assert set(setup.row_breaks) <= set(titles)
    assert setup.breaks == (6,)


def test_colours_follow_the_direction_that_is_good(sheets: dict[str, Sheet]) -> None:
    """One rule for each variant, on difference and share; a pair without a sign has no colour."""
    highlights = sheets["Compare"].highlights
    assert [h.place for h in highlights] == ["I6:J26", "K6:L26", "M6:N26", "O6:P26"]
    assert highlights[0].better == ('$I6*(($C6="higher")-($C6="lower"))*($E$37<>"not distinguishable")>0')
    assert row_of(sheets["Compare"], "Proven")[4].value == sheets["Compare"].cells[36, 4].value


def test_every_variant_stands_on_the_cover_with_what_came_of_it(sheets: dict[str, Sheet]) -> None:
    cover = values(sheets["Cover"])
    assert {"base", "cheap", "at-9", "both", HOSTILE, LONG, "wrong", "IMPOSSIBLE", "REJECTED"} <= cover
    assert any("=too little stock" in str(value) for value in cover)


def test_a_bridge_ends_where_the_variant_stands(sheets: dict[str, Sheet]) -> None:
    rows = [cell.value for (_, col), cell in sorted(sheets["Bridge"].cells.items()) if col == 0]
    start = rows.index("base to both")
    steps = rows[start + 2 : start + 7]
    assert steps == [
        "base",
        "contracts.res-a.price_usd_per_node_hour=8",
        "demand.chat/*.accepted_requests_per_s=*2",
        "joint effect",
        "both",
    ]
    totals = [cell.value for _, cell in sorted(sheets["Bridge"].cells.items()) if cell.kind is Kind.TOTAL]
    assert totals == ["cheap", 11328, "both", 22656]
    assert [chart.series[0].hidden for chart in sheets["Bridge"].charts] == [True, True]


def test_what_a_dollar_is_worth_stands_on_terms(sheets: dict[str, Sheet]) -> None:
    """From 8 to 9 USD, 1,416 hours at one dollar; from 9 to 12 the buy list changes."""
    rows = [{col: cell.value for (r, col), cell in sheets["Terms"].cells.items() if r == row} for row in (5, 6)]
    assert [row[10] for row in rows] == [1416, 472]
    assert [row[13] for row in rows] == ["same", "changes"]
    assert len(sheets["Frontier"].charts) == 1


def test_all_checks_hold(sheets: dict[str, Sheet]) -> None:
    statuses = [cell.value for (row, col), cell in sheets["Checks"].cells.items() if col == 6 and row > 4]
    assert set(statuses) == {"OK"}
    assert len(statuses) > 15
    assert sheets["Checks"].cells[2, 6].value == "OK"


def test_all_checks_hold_whatever_is_bought() -> None:
    tried = [Tried(plan.__name__, (), Outcome.SOLVED, audited(plan())) for plan in KINDS]
    sheets = {sheet.name: sheet for sheet in comparison_workbook(compare("base", base_plan(), tried))}
    assert sheets["Checks"].cells[2, 6].value == "OK"


def test_a_plan_that_nobody_has_audited_fails_the_checks() -> None:
    unknown = base_plan().model_copy(update={"audit": None})
    one = compare("base", base_plan(), [Tried("unknown", (), Outcome.SOLVED, unknown)])
    sheets = {sheet.name: sheet for sheet in comparison_workbook(one)}
    assert sheets["Checks"].cells[2, 6].value == "FAIL"


def test_a_check_fails_where_the_figures_do_not_tie() -> None:
    comparison = a_comparison()
    first = comparison.variants[0]
    assert first.against is not None
    spoilt = first.against.model_copy(update={"buy": first.against.buy[1:]})
    variants = (first.model_copy(update={"against": spoilt}), *comparison.variants[1:])
    sheets = {sheet.name: sheet for sheet in comparison_workbook(comparison.model_copy(update={"variants": variants}))}
    assert sheets["Checks"].cells[2, 6].value == "FAIL"
    assert "FAIL" in values(sheets["Cover"])


def test_formulas_are_short_and_use_what_every_spreadsheet_has(sheets: dict[str, Sheet]) -> None:
    formulas = [c.formula for sheet in sheets.values() for c in sheet.cells.values() if c.formula]
    assert {name for f in formulas for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", f)} <= ALLOWED
    assert max(map(len, formulas)) <= LONGEST_FORMULA


def test_a_comparison_without_any_plan_but_the_base_is_still_a_workbook() -> None:
    one = compare("base", base_plan(), [Tried("broken", (), Outcome.REJECTED, reasons=("no such path",))])
    sheets = {sheet.name: sheet for sheet in comparison_workbook(one)}
    assert list(sheets) == READING_ORDER
    assert sheets["Checks"].cells[2, 6].value == "OK"


def test_two_writes_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_comparison(a_comparison(), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == written.read_bytes()


def test_names_that_look_like_formulas_stay_text(written: Path) -> None:
    book = opened(written)
    found = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == HOSTILE]
    assert len(found) >= 5
    assert {cell.data_type for cell in found} == {"s"}
    assert {cell.hyperlink for cell in found} == {None}


def test_a_comparison_reads_back_as_it_was_written() -> None:
    assert Comparison.model_validate_json(a_comparison().model_dump_json()) == a_comparison()


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(written: Path, tmp_path: Path) -> None:
    count, found = disagreements(written, tmp_path)
    assert found == []
    assert count > 300
