"""sweep.xlsx: it agrees with the sweep, and another program finds the same values."""

from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.sweeping.hands import LostRun
from optimizer.sweeping.results import Outcome
from optimizer.sweeping.sweep import Swept
from reports.layout import Sheet
from reports.sweeping.book import sweep_workbook, write_sweep
from tests.recalculation import disagreements
from tests.sweeping.results import CAP, PRICE, a_grid, a_header, a_result, an_answer, an_order
from tests.sweeping.test_reading import along_a_price

ALWAYS = {"Cover", "Buy_Changes", "Buy_Lists", "Points", "Checks", "Log"}
STATUS_COL = 6


def along() -> Swept:
    """Ten prices, thresholds between 4 and 5 and between 7 and 8, no plan at 10."""
    reading = along_a_price()
    return Swept(a_header(), reading.base, reading.results)


def by_two() -> Swept:
    """Two prices by three caps: five are there, of which one has no plan; the last was given up."""
    grid = a_grid(f"{PRICE}=-5%,+5%", f"{CAP}=0.5,0.6,0.7")
    values = {point.number: point.values for point in grid.points()}
    answers = {n: an_answer(1000.0 / n, an_order(n % 2 + 1), bound_usd=900.0 / n) for n in (1, 2, 3, 4)}
    solved = [a_result(n, answer, values=values[n]) for n, answer in answers.items()]
    none = a_result(5, outcome=Outcome.REJECTED, reason="no share", values=values[5])
    lost = LostRun(grid.runs()[0], "the workers died")
    return Swept(a_header(grid), a_result(0), (*solved, none), (lost,))


def by_three() -> Swept:
    grid = a_grid(f"{PRICE}=1,2", f"{CAP}=0.5,0.6", "run.months=3,6")
    return Swept(a_header(grid), None, tuple(a_result(p.number, values=p.values) for p in grid.points()))


def sheets(swept: Swept) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in sweep_workbook(swept)}


def checks(swept: Swept) -> dict[object, object]:
    cells = sheets(swept)["Checks"].cells
    return {cells[row, 0].value: cells[row, STATUS_COL].value for row, col in cells if col == 0 and row >= 5}


@pytest.mark.parametrize(
    ("swept", "more"),
    [(along, {"Frontier", "Terms"}), (by_two, {"Frontier", "Terms", "Matrix"}), (by_three, set())],
)
def test_a_sheet_is_there_where_there_is_something_on_it(swept: Callable[[], Swept], more: set[str]) -> None:
    assert set(sheets(swept())) == ALWAYS | more
    assert set(checks(swept()).values()) == {"OK"}


@pytest.mark.libreoffice
@pytest.mark.parametrize("swept", [by_two, pytest.param(along, marks=pytest.mark.long)])
def test_libreoffice_finds_the_same_value_for_every_formula(swept: Callable[[], Swept], tmp_path: Path) -> None:
    write_sweep(swept(), tmp_path / "sweep.xlsx")
    compared, found = disagreements(tmp_path / "sweep.xlsx", tmp_path)
    assert compared > 40
    assert found == []


def test_the_matrix_repeats_points_and_names_what_has_no_plan() -> None:
    cells = sheets(by_two())["Matrix"].cells
    rows = {cells[row, 0].value: [cells[row, col].value for col in (1, 2, 3)] for row in (6, 7)}
    assert rows == {"-5%": [1000.0, 500.0, 1000.0 / 3], "+5%": [250.0, "no input", "-"]}
    assert sheets(by_two())["Matrix"].scales[0] == "B7:D8"


def test_buy_changes_say_between_which_values() -> None:
    cells = sheets(along())["Buy_Changes"].cells
    rows = [[cells[row, col].value for col in (2, 3, 10)] for row in (5, 6, 7)]
    assert rows == [
        ["4", "5", "res-a from 2027-01: 4 -> 2"],
        ["7", "8", "- 2 res-a from 2027-01"],
        ["9", "10", "no plan at 10: a cap"],
    ]


def test_a_cost_below_its_bound_fails_the_master_check() -> None:
    bad = a_result(1, an_answer(100.0, bound_usd=101.0))
    found = checks(Swept(a_header(), a_result(0), (bad, *(a_result(n) for n in range(2, 11)))))
    assert [name for name, status in found.items() if status == "FAIL"] == ["Points that cost less than their bound"]


def test_the_same_sweep_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_sweep(along(), tmp_path / f"{name}.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()
