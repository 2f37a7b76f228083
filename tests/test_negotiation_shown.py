"""A negotiation on the screen, on its one page and in its workbook: what to ask, and every sign worked out again."""

import json
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from optimizer.negotiating.bracketing import Ended
from optimizer.negotiating.proofs import Sign
from optimizer.negotiating.records import Negotiation
from reports.cli import main
from reports.layout import Cell, Sheet
from reports.negotiating.book import negotiation_workbook, write_negotiation
from reports.negotiating.screen import negotiation_screen
from reports.negotiating.words import advice
from tests.negotiating_folder import NORTH_ON_DEMAND, by_hand, south_reserved
from tests.negotiation_cases import a_bracket, a_clause, a_negotiation, a_solve, a_trial
from tests.recalculation import disagreements


def book(found: Negotiation) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in negotiation_workbook(found)}


def master(found: Negotiation) -> object:
    sheets = book(found)
    row = next(row for (row, col), cell in sheets["Brief"].cells.items() if cell.value == "Master check")
    return sheets["Brief"].cells[row, 1].value


def texts(sheet: Sheet) -> list[str]:
    return [str(cell.value) for cell in sheet.cells.values()]


def test_the_first_sentence_says_what_to_pay_and_where_to_walk_away() -> None:
    first = next(iter(advice(a_negotiation())))
    assert "Ask for 40 USD per node-hour or less, 33.3% below the 60 USD per node-hour" in first
    assert "from 40.4 USD per node-hour on, walk away" in first


def test_only_a_clause_whose_worth_is_proven_is_asked_for() -> None:
    said = " ".join(advice(a_negotiation()))
    assert "Ask for the termination" in said
    assert "200 USD to 600 USD" in said
    hidden = a_negotiation(clauses=(a_clause("swap", -150.0, 50.0, 250.0),))
    assert "Of no clause is it proven" in " ".join(advice(hidden))


@pytest.mark.parametrize(
    ("trials", "ended", "says"),
    [
        (
            [a_trial("60", Sign.IN, 4, 9), a_trial("240", Sign.IN, 4, 9)],
            Ended.in_at_highest,
            "there is no plan without",
        ),
        ([a_trial("60", Sign.OUT, 9, 2), a_trial("0", Sign.OUT, 9, 2)], Ended.out_at_lowest, "not even at 0"),
        ([a_trial("60", Sign.UNDECIDED, 3, 2)], Ended.stopped, "At no price is it proven"),
        ([a_trial("60", Sign.IN, 4, 2), a_trial("90", Sign.OUT, 1, 2)], Ended.narrow, "stays in up to 60"),
    ],
)
def test_every_ending_has_its_sentence(trials: list[object], ended: Ended, says: str) -> None:
    found = a_negotiation(brackets=(a_bracket(*trials, ended=ended),))  # type: ignore[arg-type]
    assert says in next(iter(advice(found)))
    assert master(found) == "OK"


def test_a_bracket_that_was_stopped_says_that_nothing_is_proven_between() -> None:
    wide = a_bracket(a_trial("60", Sign.OUT, 1, 2), a_trial("40", Sign.IN, 4, 2), ended=Ended.stopped)
    nothing = {"usd": None, "at_least_usd": None, "at_most_usd": None, "reason": "no time"}
    none = a_clause("swap", 0.0, 0.0, 0.0).model_copy(update=nothing)
    said = list(advice(a_negotiation(brackets=(wide,), clauses=(none,))))
    assert "Between the two nothing is proven: stopped" in said[0]
    assert "none of them has a figure" in said[1]


def test_the_screen_tells_brackets_clauses_and_evidence() -> None:
    screen = "\n".join(negotiation_screen(a_negotiation(), 100))
    assert "proven in" in screen
    assert "not distinguishable" in screen
    assert "9 solves" in screen
    assert "ramp: order in steps instead" in screen
    assert max(map(len, screen.splitlines())) <= 100


def test_the_workbook_works_out_signs_ends_and_worths_from_the_solves() -> None:
    sheets = book(a_negotiation())
    assert list(sheets) == ["Brief", "Brackets", "Clauses", "Trials", "Solves", "Checks"]
    assert master(a_negotiation()) == "OK"
    cells: list[Cell] = [*sheets["Brackets"].cells.values(), *sheets["Trials"].cells.values()]
    calculated = [cell.value for cell in cells if cell.formula]
    assert {"in", "out", "undecided"} <= {value for value in calculated if isinstance(value, str)}
    for end in (40.0, 40.4):
        assert any(value == pytest.approx(end) for value in calculated if isinstance(value, float))
    assert max(len(cell.formula or "") for sheet in sheets.values() for cell in sheet.cells.values()) <= 200
    assert [chart.kind for chart in sheets["Clauses"].charts] == ["tornado"]


def test_a_sign_that_does_not_follow_from_its_solves_fails_the_master_check() -> None:
    """40.2 is stated to be in: the plan found with the offer is no cheaper than what is proven without it."""
    lying = a_bracket(a_trial("60", Sign.OUT, 1, 2), a_trial("40.2", Sign.IN, 3, 2))
    assert master(a_negotiation(brackets=(lying,))) == "FAIL"


def test_an_offer_that_no_plan_can_use_is_out_also_where_there_is_no_plan_without_it() -> None:
    beyond = a_bracket(a_trial("60", Sign.OUT, 9, 9), a_trial("40", Sign.IN, 4, 2))
    assert master(a_negotiation(brackets=(beyond,))) == "OK"


def test_a_worth_that_does_not_follow_from_its_solves_fails_the_master_check() -> None:
    assert master(a_negotiation(clauses=(a_clause("termination", 200.0, 400.0, 601.0),))) == "FAIL"


def test_a_negotiation_that_was_stopped_at_once_still_has_its_page() -> None:
    nothing = a_negotiation(brackets=(), clauses=(), solves=(), ended="stopped by user")
    assert master(nothing) == "OK"
    assert any("No price could be proven" in text for text in texts(book(nothing)["Brief"]))


@pytest.mark.libreoffice
def test_recalculated_the_workbook_is_the_same() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "negotiation.xlsx"
        impossible = a_bracket(a_trial("60", Sign.OUT, 9, 2), a_trial("0", Sign.OUT, 9, 2), question="other")
        write_negotiation(a_negotiation(brackets=(*a_negotiation().brackets, impossible)), path)
        count, different = disagreements(path, Path(name))
    assert count > 100
    assert different == []


def test_the_same_negotiation_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_negotiation(a_negotiation(solves=(*a_negotiation().solves, a_solve(10, 5.0))), tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def run(tmp_path: Path, *arguments: str) -> tuple[int, str, str]:
    by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("60"))
    result = CliRunner().invoke(main, ["negotiate", str(tmp_path / "scenario"), *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_publishes_and_tells(tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, told, said = run(
        tmp_path, "south-reserved", "--no-clauses", "--no-haircut", "--tolerance", "0.2", "--json", "--out", str(out)
    )
    answer = json.loads(told)
    assert (code, answer["format"], answer["exit"]["name"]) == (0, "siliconmix-negotiation-answer-1", "published")
    found = Negotiation.model_validate_json((out / "negotiation.json").read_text(encoding="utf-8"))
    assert found == Negotiation.model_validate(answer["negotiation"])
    assert found.brackets[0].asked_value == 60
    assert (out / "negotiation.xlsx").stat().st_size > 5000
    assert "solve 1: enters at 60" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["south-reservd"], 'did you mean "south-reserved"'),
        (["south-reserved", "--share", "tokens:chats=25%"], 'did you mean "chat"'),
        (["south-reserved", "--share", "spend=0.25"], "write spend=25% or tokens:WORKLOAD=25%"),
        (["south-reserved", "--share", "tokens=25%"], "write spend=25% or tokens:WORKLOAD=25%"),
        (["south-reserved", "--share", "spend=130%"], "at most 100 %"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_way_out(tmp_path: Path, arguments: list[str], says: str) -> None:
    code, _, said = run(tmp_path, *arguments, "--out", str(tmp_path / "out"))
    assert code == 2
    assert says in said
