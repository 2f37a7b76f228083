"""Why and why not on the screen, in the workbook and in the answer."""

from pathlib import Path

import pytest

from optimizer.plan import Plan
from reports.answers import plan_answer
from reports.console_why import why_lines
from reports.exits import Exit
from reports.layout import Cell, Sheet
from reports.records import TOTAL_ROW
from reports.sheets import plan_workbook
from reports.why_this_plan import NOT_MEASURED, plan_reasons
from reports.why_words import not_taken_words
from reports.workbook import write_plan_workbook
from tests.audit_why_plans import insured_plan, why_plan
from tests.recalculation import disagreements
from tests.test_workbook import status
from tests.test_workbook_sensitivity import line


@pytest.fixture(scope="module")
def plan() -> Plan:
    return why_plan()


@pytest.fixture(scope="module")
def book(plan: Plan) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in plan_workbook(plan)}


def named(sheet: Sheet, name: str, column: int = 1) -> dict[str, Cell]:
    """The cells of the line that has a name in a column, by their headers."""
    headers = {col: str(cell.value) for (row, col), cell in sheet.cells.items() if row == 4}
    at = next(row for (row, col), cell in sheet.cells.items() if col == column and row >= 5 and cell.value == name)
    return {header: sheet.cells[at, col] for col, header in headers.items() if (at, col) in sheet.cells}


def test_the_screen_tells_premiums_paybacks_and_offers(plan: Plan) -> None:
    lines = "\n".join(why_lines(plan, 200))
    assert "to survive lose-node-b costs 500 USD as found, proven between 484 USD and 506 USD" in lines
    assert "migration to-b saves 44 USD as found" in lines
    assert "pays back: 2027-04" in lines
    assert "on-demand quota of node-b used up: one node more (10 -> 11) saves 6 USD as found" in lines
    assert "not distinguishable from 0" in lines
    assert "not taken: 1 offer: price 1" in lines
    assert "od-a: 10 USD per node-hour now, would enter at about 5.000 (estimate)" in lines
    assert "the time was over (--why-time); not answered: without lose-top-a" in lines


def test_a_plan_that_does_not_say_why_has_neither_sheets_nor_lines(plan: Plan) -> None:
    silent = plan.model_copy(update={"why": None})
    assert not {"Why", "Not_Taken", "Calc_Payback"} & {sheet.name for sheet in plan_workbook(silent)}
    assert list(why_lines(silent, 100)) == []


def test_differences_are_calculated_from_costs_and_bounds(book: dict[str, Sheet]) -> None:
    event = named(book["Why"], "lose-node-b")
    assert (event["Difference USD"].value, event["At least USD"].value, event["At most USD"].value) == (500, 484, 506)
    assert event["Difference USD"].formula is not None
    migration = named(book["Why"], "to-b")
    assert (migration["Difference USD"].value, migration["At least USD"].value) == (44, 24)
    rule = named(book["Why"], "on-demand quota of node-b used up")
    assert (rule["Input"].value, rule["Proven"].value) == ("offerings.node-b.quota_nodes", "not distinguishable")


def test_what_was_not_solved_has_a_word_for_its_cost_and_its_reason(book: dict[str, Sheet]) -> None:
    left = named(book["Why"], "lose-top-a")
    assert left["Cost of the other plan USD"].value == "not solved"
    assert left["Difference USD"].value is None
    assert left["Why there is no answer"].value == "the time for it was over"


def test_the_fallback_has_a_line_of_insurance_for_each_event(book: dict[str, Sheet]) -> None:
    event = line(book["Fallback"], "lose-node-b")
    assert (event["Premium USD"].value, event["Premium a month USD"].value) == (500, 100)
    assert line(book["Fallback"], "lose-top-a")["Premium USD"].value == "not solved"


def test_expected_hours_stand_against_what_could_be_lost() -> None:
    event = line({sheet.name: sheet for sheet in plan_workbook(insured_plan())}["Fallback"], "lose-cloud-b")
    assert event["Expected hours in horizon"].value == pytest.approx(2)
    assert event["Could be lost USD"].value == pytest.approx(8.64)


def test_an_offer_that_is_not_taken_has_its_reason_and_both_prices(book: dict[str, Sheet]) -> None:
    offer = line(book["Not_Taken"], "od-a")
    assert (offer["Reason"].value, offer["Price now"].value) == ("price", 10)
    assert (offer["Would enter at (estimate)"].value, offer["Of the price now"].value) == (5, 0.5)
    assert offer["What proves it"].value == "siliconmix negotiate SCENARIO od-a"


def test_offers_and_vendors_tell_the_same_reason(book: dict[str, Sheet], plan: Plan) -> None:
    assert line(book["Offers"], "od-a")["Why not taken"].value == not_taken_words(plan)["od-a"]
    assert "od-a" in str(line(book["Vendors"], "cloud-a")["Why not or not more"].value)


def test_a_migration_tells_when_it_has_paid_back(book: dict[str, Sheet]) -> None:
    migration = line(book["Migrations"], "to-b")
    assert (migration["Saves USD"].value, migration["Paid back in"].value) == (44, "2027-04")
    flags = [
        cell.value for (row, col), cell in sorted(book["Calc_Payback"].cells.items()) if col == 5 and row >= 5
    ]
    assert flags[:5] == ["no", "no", "no", "yes", "yes"]


def test_every_check_holds(book: dict[str, Sheet]) -> None:
    found = {name: value for name, value in status(book).items() if name.startswith("Why")}
    assert len(found) == 3
    assert set(found.values()) == {"OK"}


def test_of_this_plan_stands_what_was_solved(plan: Plan, book: dict[str, Sheet]) -> None:
    """Lines of cost of a long plan add up to some cents beside it, which no difference of two plans may take over."""
    cell = next(cell for (row, col), cell in book["Why"].cells.items() if (row, col) == (TOTAL_ROW, 7))
    assert (cell.value, cell.formula) == (plan.incumbent_usd, None)


def test_the_summary_says_in_eight_sentences_what_binds_what_it_costs_and_what_insurance_costs(plan: Plan) -> None:
    said = plan_reasons(plan)
    assert len(said) <= 8
    assert any("on-demand quota of node-b used up" in one and "saves 6 USD as found" in one for one in said)
    assert "To survive costs, each event alone: lose-node-b 500 USD." in said
    assert any(one.startswith("Migrations: to-b saves 44 USD, paid back: 2027-04") for one in said)
    assert any("the time was over (--why-time)" in one for one in said)


def test_what_was_not_measured_is_said_to_be_so(plan: Plan) -> None:
    assert plan_reasons(plan.model_copy(update={"why": None}))[-1] == NOT_MEASURED


def test_the_answer_carries_it(plan: Plan) -> None:
    answer = plan_answer(plan, command="plan", code=Exit.PUBLISHED, files=(), seconds={})
    assert answer.why == plan.why


@pytest.mark.libreoffice
def test_another_program_calculates_the_same(plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_plan_workbook(plan, path)
    compared, found = disagreements(path, tmp_path)
    assert compared > 500
    assert found == []
