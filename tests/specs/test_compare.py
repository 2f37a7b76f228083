"""`siliconmix compare`: published plans side by side, and what becomes of files that cannot be trusted."""

import json
from pathlib import Path

import pytest

from optimizer.comparing.comparison import Comparison
from reports.answers import Failure
from reports.comparison.answer import ComparisonAnswer
from tests.recalculation import disagreements
from tests.specs.conftest import started
from tests.specs.running import Run, siliconmix

PRICE = "contracts.south-reserved-3m.price_usd_per_node_hour"


@pytest.fixture(scope="module")
def cheaper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the small example with the reserved nodes at 16 USD, its table edited by hand."""
    fleet = started(tmp_path_factory.mktemp("cheaper") / "fleet")
    fleet.change(
        "contracts.csv", "south-reserved-3m,reserved,south-asic,18", "south-reserved-3m,reserved,south-asic,16"
    )
    out = fleet.folder.parent / "cheaper"
    assert siliconmix("plan", fleet.folder, "--out", out, "--no-baselines").exit == 0
    return out / "plan.json"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "comparison.xlsx"


def compared(book: Path, *plans: Path) -> tuple[Run, Comparison]:
    run = siliconmix("compare", *plans, "--out", book, "--json")
    return run, ComparisonAnswer.model_validate_json(run.out).comparison


def test_plans_are_compared_and_the_input_that_differs_is_found(first_plan: Path, cheaper: Path, book: Path) -> None:
    run, found = compared(book, first_plan / "plan.json", cheaper)
    assert run.exit == 0
    (one,) = found.variants
    assert (found.base_name, one.name) == ("out", "cheaper")
    assert [(made.path, made.before, made.after) for made in one.changes] == [(PRICE, "18", "16")]
    assert one.against is not None
    assert one.against.difference.usd == -17280
    assert [point.value for point in found.frontiers[0].points] == [16, 18]


def test_the_screen_says_what_is_proven(first_plan: Path, cheaper: Path, book: Path) -> None:
    run = siliconmix("compare", first_plan / "plan.json", cheaper, "--out", book)
    assert run.exit == 0
    assert "cheaper: 17,280 USD cheaper, proven to the dollar" in run.out
    assert f"Written: {book}" in run.out


def test_a_plan_beside_itself_is_not_distinguishable(first_plan: Path, book: Path) -> None:
    run, found = compared(book, first_plan / "plan.json", first_plan / "plan.json")
    assert run.exit == 0
    (one,) = found.variants
    assert one.name == "out-2"
    assert one.against is not None
    assert (one.against.difference.usd, one.against.difference.verdict) == (0, "not distinguishable")


def tampered(plan: Path, into: Path) -> Path:
    """A file in which the total has been made a dollar smaller by hand."""
    data = json.loads(plan.read_text(encoding="utf-8"))
    data["totals"]["effective_usd"] = str(float(data["totals"]["effective_usd"]) - 1)
    into.write_text(json.dumps(data), encoding="utf-8")
    return into


def test_files_that_cannot_be_trusted_are_named_and_the_rest_goes_on(
    first_plan: Path, cheaper: Path, book: Path, tmp_path: Path
) -> None:
    wrong, hostile = tampered(cheaper, tmp_path / "a.json"), tmp_path / "=1+1.json"
    hostile.write_text("{}", encoding="utf-8")
    run, found = compared(book, first_plan / "plan.json", wrong, hostile, tmp_path / "nowhere.json", cheaper)
    assert run.exit == 9
    outcomes = {one.name: one.outcome.value for one in found.variants}
    assert outcomes == {"a": "rejected", "=1+1": "rejected", "nowhere": "rejected", "cheaper": "solved"}
    reasons = {one.name: " ".join(one.reasons) for one in found.variants}
    assert "Audit: FAIL" in reasons["a"]
    assert "is not a plan of this version" in reasons["=1+1"]
    assert "cannot be read" in reasons["nowhere"]


def test_a_base_that_cannot_be_trusted_ends_it(cheaper: Path, book: Path, tmp_path: Path) -> None:
    run = siliconmix("compare", tampered(cheaper, tmp_path / "a.json"), cheaper, "--out", book, "--json")
    assert run.exit == 6
    assert Failure.model_validate_json(run.out).command == "compare"
    assert not book.exists()


def test_a_workbook_that_cannot_be_written_is_said(first_plan: Path, tmp_path: Path) -> None:
    plan = first_plan / "plan.json"
    run = siliconmix("compare", plan, plan, "--out", tmp_path / "nowhere" / "c.xlsx")
    assert run.exit == 8
    assert "cannot be written" in run.err


@pytest.mark.libreoffice
def test_the_workbook_recalculates_to_what_it_shows(
    first_plan: Path, cheaper: Path, book: Path, tmp_path: Path
) -> None:
    assert siliconmix("compare", first_plan / "plan.json", cheaper, "--out", book).exit == 0
    count, found = disagreements(book, tmp_path)
    assert found == []
    assert count > 100


def test_a_plan_with_changed_inputs_says_so_everywhere(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    fleet, out = started(tmp_path / "fleet"), tmp_path / "out"
    run = siliconmix("plan", fleet.folder, "--set", f"{PRICE}=16", "--out", out, "--no-baselines")
    said = f"1 input differs from the files: {PRICE}: 18 -> 16"
    assert said in " ".join(run.out.split())
    book = load_workbook(out / "plan.xlsx", read_only=True)
    for sheet in ("Cover", "Inputs"):
        assert any(said in str(cell.value) for row in book[sheet].iter_rows(max_row=3) for cell in row), sheet
    assert any(f"{PRICE}: 18 -> 16" in str(cell.value) for row in book["Log"].iter_rows() for cell in row)
