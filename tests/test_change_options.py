"""Changes on the command line: tried by check, planned by plan, named when they are wrong; files stay as they are."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reports.cli import main
from scenarios.starting import EXAMPLES

SMALL = EXAMPLES / "small"
PRICE = "contracts.north-on-demand.price_usd_per_node_hour"
CHEAPER = ("--set", f"{PRICE}=-10%")


def check(*options: str) -> Result:
    return CliRunner().invoke(main, ["check", str(SMALL), *options])


def test_check_shows_what_a_change_makes_of_the_scenario() -> None:
    done = check(
        "--set", f"{PRICE}=-10%", "--remove", "contracts.north-spot",
        "--add", "contracts.south-2 like south-reserved-3m with lot_nodes=2",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert f"{PRICE}: 40 -> 36 (contracts.csv, row 2)" in done.output
    assert "contracts.north-spot: taken out (contracts.csv, row 4); it was" in done.output
    assert "contracts.south-2: added (" in done.output


def test_rows_are_taken_out_and_added_before_values_are_set() -> None:
    done = check(
        "--set", "contracts.south-2.price_usd_per_node_hour=17",
        "--add", "contracts.south-2 like south-reserved-3m",
        "--remove", "contracts.south-reserved-3m",
    )  # fmt: skip
    assert done.exit_code == 2
    assert 'found "south-reserved-3m"; expected a row of contracts' in done.output


def test_wrong_changes_are_findings_like_any_other() -> None:
    done = check("--set", f"{PRICE}==-1", "--set", "contracts.nord-on-demand.quote=Q-1", "--json")
    assert done.exit_code == 2
    by_code = {finding["code"]: finding for finding in json.loads(done.output)}
    assert by_code["IN-314"]["change"] == f"{PRICE}==-1"
    assert by_code["IN-701"]["hint"] == 'did you mean "north-on-demand"?'


@pytest.mark.parametrize("option", [("--set", "x"), ("--remove", "x=1"), ("--add", "contracts.x")])
def test_what_is_no_change_is_refused_with_an_example(option: tuple[str, str]) -> None:
    done = check(*option)
    assert done.exit_code == 2
    assert "write for example contracts." in done.output


@pytest.fixture(scope="module")
def cheaper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of the small example with a cheaper price."""
    folder = tmp_path_factory.mktemp("cheaper")
    done = CliRunner().invoke(main, ["plan", str(SMALL), "--out", str(folder), "--no-baselines", *CHEAPER, "--json"])
    assert done.exit_code == 0, done.output
    return folder / "plan.json"


def test_plan_plans_what_is_changed_and_says_so_in_its_file(cheaper: Path) -> None:
    scenario = json.loads(cheaper.read_text(encoding="utf-8"))["scenario"]
    assert [(made["path"], made["before"], made["after"]) for made in scenario["changes"]] == [(PRICE, "40", "36")]
    assert {"36"} == {
        terms["price_usd_per_node_hour"] for terms in scenario["contracts"] if terms["contract"] == "north-on-demand"
    }


def test_audit_compares_a_plan_of_changed_inputs_with_files_changed_alike(cheaper: Path) -> None:
    def audit(*options: str) -> Result:
        return CliRunner().invoke(main, ["audit", str(cheaper), *options])

    against = ("--scenario", str(SMALL))
    assert audit(*against, *CHEAPER).exit_code == 0
    without = audit(*against)
    assert without.exit_code == 6
    assert f"{PRICE}: 40 -> 36" in without.output
    assert audit(*against, "--set", f"{PRICE}=35").exit_code == 6
    assert audit(*CHEAPER).exit_code == 2
