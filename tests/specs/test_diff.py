"""`siliconmix diff`: two published plans, which orders moved, which input moved each, and what cannot be read."""

from pathlib import Path

import pytest

from optimizer.differing.diff import Cause, GroupOutcome, PlanDiff
from reports.answers import Failure
from reports.differing.answer import DiffAnswer
from reports.exits import Exit
from tests.recalculation import disagreements
from tests.specs.conftest import started
from tests.specs.running import Run, siliconmix

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "diff.md"
DEMAND = "demand.chat/*.accepted_requests_per_s=20"
PRICE = "contracts.south-on-demand.price_usd_per_node_hour=28"
ORDER = "south-reserved-3m"


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small example with a quarter more of chat, and on-demand nodes at 28 USD."""
    fleet = started(tmp_path_factory.mktemp("grown") / "fleet")
    out = fleet.folder.parent / "grown"
    run = siliconmix("plan", fleet.folder, "--set", DEMAND, "--set", PRICE, "--out", out, "--no-baselines")
    assert run.exit == 0
    return out


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "diff.xlsx"


def told(book: Path, old: Path, new: Path, *options: object) -> tuple[Run, PlanDiff]:
    run = siliconmix("diff", old, new, "--out", book, "--json", *options)
    return run, DiffAnswer.model_validate_json(run.out).diff


def test_the_input_that_moved_an_order_is_found(first_plan: Path, grown: Path, book: Path) -> None:
    """Demand adds the fifth node; the cheaper on-demand price alone leaves the order as it was."""
    run, diff = told(book, first_plan, grown / "plan.json")
    assert run.exit == Exit.PUBLISHED
    (move,) = diff.moves
    assert (move.change.what, move.change.base_quantity, move.change.variant_quantity) == (ORDER, 4, 5)
    assert (move.cause, move.groups) == (Cause.EXPLAINED, ("demand.chat, 3 rows",))
    assert {(group.name, group.outcome) for group in diff.groups} == {
        ("demand.chat, 3 rows", GroupOutcome.PLANNED),
        ("contracts.south-on-demand", GroupOutcome.PLANNED),
    }
    assert book.exists()


def test_the_screen_says_it_in_words(first_plan: Path, grown: Path, book: Path) -> None:
    run = siliconmix("diff", first_plan, grown, "--out", book)
    assert run.exit == Exit.PUBLISHED
    assert "From out to grown: 73,157 USD dearer, proven to the dollar" in run.out
    assert "Orders that moved: 1" in run.out
    assert "contracts.south-on-demand: -7,304 USD, proven to the dollar; moves 0 orders" in run.out
    assert f"Written: {book}" in run.out
    assert "1/2 contracts.south-on-demand" in run.err


def test_the_manual_shows_this_screen(first_plan: Path, grown: Path, book: Path) -> None:
    """The manual calls the folders old and new."""
    run = siliconmix("diff", first_plan, grown, "--out", book)
    shown = DOCUMENT.read_text(encoding="utf-8").split("```text\n")[1].split("\n```")[0]
    said = run.out.partition("\n\nWritten")[0].replace("From out to grown", "From old to new")
    assert shown == said


def test_a_plan_beside_itself_has_nothing_to_tell(first_plan: Path, book: Path) -> None:
    run = siliconmix("diff", first_plan, first_plan, "--out", book)
    assert run.exit == Exit.PUBLISHED
    assert "No order has moved" in run.out
    assert "No input differs" in run.out
    assert "the inputs are the same to the last digit" in run.out


def test_without_solves_the_order_has_no_cause_and_the_exit_code_says_so(
    first_plan: Path, grown: Path, book: Path
) -> None:
    run, diff = told(book, first_plan, grown, "--solves", 0)
    assert run.exit == Exit.PARTLY
    assert [move.cause for move in diff.moves] == [Cause.NOT_FOUND]
    assert {group.outcome for group in diff.groups} == {GroupOutcome.NOT_TRIED}
    assert book.exists()


def test_what_is_no_plan_is_refused_and_nothing_is_written(first_plan: Path, tmp_path: Path, book: Path) -> None:
    (tmp_path / "plan.json").write_text("{", encoding="utf-8")
    for pair in ((first_plan, tmp_path), (tmp_path / "none", first_plan)):
        run = siliconmix("diff", *pair, "--out", book, "--json")
        failure = Failure.model_validate_json(run.out)
        assert (run.exit, failure.kind, failure.command) == (Exit.BAD_INPUT, "plan_rejected", "diff")
    assert not book.exists()


def test_a_plan_that_fails_its_audit_is_refused(first_plan: Path, tmp_path: Path, book: Path) -> None:
    altered = tmp_path / "altered.json"
    text = (first_plan / "plan.json").read_text(encoding="utf-8")
    altered.write_text(text.replace('"nodes": 4,', '"nodes": 3,', 1), encoding="utf-8")
    run = siliconmix("diff", first_plan, altered, "--out", book)
    assert run.exit == Exit.AUDIT_FAILED
    assert not book.exists()


def test_a_workbook_that_cannot_be_written_is_said_before_anything_is_solved(
    first_plan: Path, grown: Path, tmp_path: Path
) -> None:
    run = siliconmix("diff", first_plan, grown, "--out", tmp_path / "none" / "diff.xlsx")
    assert run.exit == Exit.NOT_WRITABLE
    assert "is no folder" in run.err
    assert "1/2" not in run.err


@pytest.mark.libreoffice
def test_libreoffice_finds_the_same_value_for_every_formula(
    first_plan: Path, grown: Path, book: Path, tmp_path: Path
) -> None:
    assert siliconmix("diff", first_plan, grown, "--out", book).exit == Exit.PUBLISHED
    compared, found = disagreements(book, tmp_path)
    assert found == []
    assert compared > 80
