"""The tutorial does what it says: its commands run in a shell, and what it shows is what they say."""

import json
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.specs.tutorial import ROOT, Change, Shell, Typed, settled, steps_of

DOCUMENT = ROOT / "docs" / "tutorial.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """The folder of a reader who has done everything that the tutorial says, and seen what it shows."""
    shell = Shell(tmp_path_factory.mktemp("tutorial"))
    for step in steps_of(TEXT):
        if isinstance(step, Change):
            shell.change(step)
            continue
        said = shell.type(step.command)
        stale = f"$ {step.command}\n{said}\nrun: python -m tests.specs.tutorial docs/tutorial.md"
        assert settled(said) == settled(step.shown), stale
    return shell


def test_every_command_says_what_the_tutorial_shows(shell: Shell) -> None:
    assert (shell.folder / "base" / "plan.xlsx").exists()
    assert not (shell.folder / "impossible" / "plan.json").exists()


def test_the_sheets_of_the_workbook_show_what_the_tutorial_says(shell: Shell) -> None:
    book = openpyxl.load_workbook(shell.folder / "base" / "plan.xlsx", data_only=True)
    told = re.findall(r"^\| (\w+) \| [^|]+ \| ([\d,.%]+|OK) \|$", TEXT, flags=re.MULTILINE)
    assert len(told) >= 5
    for sheet, shown in told:
        assert as_value(shown) in {in_cents(cell) for row in book[sheet].iter_rows(values_only=True) for cell in row}


def as_value(shown: str) -> float | str:
    if shown.endswith("%"):
        return float(shown[:-1]) / 100
    return float(shown.replace(",", "")) if shown[0].isdigit() else shown


def in_cents(cell: object) -> object:
    return round(cell, 2) if isinstance(cell, int | float) else cell


def test_the_worth_of_two_dollars_is_what_the_tutorial_works_out(shell: Shell) -> None:
    """Two dollars for four nodes in all hours of January, February and March."""
    base = Decimal(json.loads((shell.folder / "base" / "plan.json").read_text())["totals"]["objective_usd"])
    cheaper = Decimal(json.loads((shell.folder / "cheaper.json").read_text())["totals"]["objective_usd"])
    assert base - cheaper == 2 * 4 * (744 + 672 + 744)
    assert f"worth {base - cheaper:,.0f} USD: exactly 2 USD x 4 nodes x 2,160 hours" in TEXT
    assert f"{base:,} before, {cheaper:,} now" in TEXT


def test_every_command_of_the_program_for_a_first_hour_is_tried() -> None:
    typed = " ".join(step.command for step in steps_of(TEXT) if isinstance(step, Typed))
    assert [name for name in ("init", "check", "plan", "audit") if f"siliconmix {name} " not in typed] == []
    assert "--json" in typed
    assert "echo $?" in typed


def test_every_block_of_the_tutorial_is_one_that_runs() -> None:
    assert set(re.findall(r"^```(\w*)$", TEXT, flags=re.MULTILINE)) == {"", "console", "diff"}


def test_every_document_that_the_tutorial_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)", TEXT):
        assert (Path(DOCUMENT).parent / target).exists(), target


def test_output_that_differs_in_more_than_the_time_of_day_is_seen() -> None:
    told = "   0.1 s  read ...\nTime: read 0.1 s\nPASS, 686 checks of 64 rules\n"
    assert settled(told) == settled(told.replace("0.1 s  read ...", "9.9 s  read ... no guess yet").replace("686", "9"))
    assert settled(told) != settled(told.replace("PASS", "FAIL"))
    assert settled(told) != settled(told.replace("s  read", "s  write"))
