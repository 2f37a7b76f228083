"""siliconmix paths lists what can be changed, and the shell completes it."""

import json

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from reports.cli import main
from scenarios.changes import Change, Verb
from scenarios.inputs import Inputs, near_paths
from scenarios.starting import EXAMPLES

SMALL = EXAMPLES / "small"
PRICE = "contracts.north-on-demand.price_usd_per_node_hour"


def paths(*arguments: str, example: str = "small") -> Result:
    return CliRunner().invoke(main, ["paths", str(EXAMPLES / example), *arguments])


def completed(*words: str) -> list[str]:
    *before, last = words
    completion = ShellComplete(main, {}, "siliconmix", "_SILICONMIX_COMPLETE")
    return [item.value for item in completion.get_completions(list(before), last)]


def test_every_path_can_be_set_to_what_it_is() -> None:
    """Nothing changes, neither the scenario nor what is said of it."""
    inputs = Inputs.read(SMALL)
    same = [Change(verb=Verb.SET, path=each.path, value=f"={each.value}") for each in inputs.paths()]
    loaded = inputs.load(same)
    assert len(same) > 500
    unchanged = {made.path for made in loaded.scenario.changes if made.before is not None}
    assert unchanged == set()
    assert loaded.scenario.fingerprint() == inputs.load().scenario.fingerprint()


def test_every_path_says_where_it_stands_and_what_it_means() -> None:
    known = {each.path: each for each in Inputs.read(SMALL).paths()}
    assert (known[PRICE].value, known[PRICE].place) == ("40", "contracts.csv:2")
    assert known["run.usable_share"].default == "0.85"
    assert known["policy.contingencies[0].floor_share"].place == "scenario.yaml:56"
    assert all(each.meaning for each in known.values())


def test_without_a_pattern_the_tables_are_counted() -> None:
    shown = paths().output
    assert "hourly_load      168     168  hourly_load.chat/0.load" in shown
    assert "591 values in all" in shown


def test_a_part_of_a_path_shows_its_values() -> None:
    shown = paths("contracts.north-on")
    assert shown.exit_code == 0
    assert "contracts.north-on-demand  (contracts.csv:2)" in shown.output
    assert ".price_usd_per_node_hour  40" in shown.output
    assert max(map(len, shown.output.splitlines())) <= 100


def test_many_values_are_shown_as_paths_of_all_rows() -> None:
    shown = paths("price", example="realistic").output
    assert "contracts.*.price_usd_per_node_hour" in shown
    assert "Name more of the path" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_a_path_of_all_rows_is_a_pattern_and_finds_them() -> None:
    found = json.loads(paths("demand.chat/*.accepted_requests_per_s", "--json").output)
    assert [each["path"] for each in found] == [f"demand.chat/2027-0{n}.accepted_requests_per_s" for n in (1, 2, 3)]


def test_what_is_not_there_is_asked_back() -> None:
    shown = paths("contract.north-ondemand.price_usd_per_node_hours")
    assert shown.exit_code == 2
    assert f"did you mean {PRICE}?" in shown.output


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("north-spot.spot_depth_node", "contracts.north-spot.spot_depth_nodes"),
        ("policy.emergency_shares", "policy.emergency_share"),
        ("workload.chat.slo_clas", "workloads.chat.slo_class"),
    ],
)
def test_near_paths_are_found_across_tables(typed: str, meant: str) -> None:
    assert meant in near_paths(typed, Inputs.read(SMALL).paths())


def test_the_shell_completes_table_row_and_column() -> None:
    scenario = str(SMALL)
    assert completed("check", scenario, "--set", "r") == ["run", "regions"]
    assert completed("plan", scenario, "--set", "contracts.n") == [
        "contracts.north-on-demand.",
        "contracts.north-spot.",
    ]
    assert PRICE in completed("plan", scenario, "--set", "contracts.north-on-demand.")
    assert completed("check", scenario, "--set", "x=1", "--set", f"{PRICE[:-4]}") == [PRICE]
    assert completed("sweep", scenario, "--over", "run.us") == ["run.usable_share"]
    assert completed("check", scenario, "--remove", "held") == ["held_contracts.north-held-2025"]
    assert completed("paths", scenario, "run.g") == ["run.gap_share", "run.gap_usd"]


def test_without_a_scenario_nothing_is_completed() -> None:
    assert completed("check", "--set", "contracts.n") == []
    assert completed("check", "no-such-folder", "--set", "contracts.n") == []
