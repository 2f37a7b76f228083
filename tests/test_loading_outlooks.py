"""outlooks.csv, outlook_effects.csv, and what the run and the rules say of outlooks."""

from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.calendar import Month
from scenarios.outlooks import BASE_OUTLOOK, Effect, Subject
from tests.loading_folder import Folder

YAML = "scenario.yaml"
EFFECTS = "outlook_effects.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The small example with two outlooks."""
    return Folder(tmp_path).write("outlooks.csv", "outlook,probability,description\nbase,0.7,as planned\nhigh,0.3,\n")


def with_effects(folder: Folder, *rows: str) -> Folder:
    return folder.write(EFFECTS, "\n".join(["outlook,effect,of,name,first_month,value", *rows]) + "\n")


def test_without_a_table_there_is_one_outlook_in_which_all_is_as_typed(tmp_path: Path) -> None:
    scenario = Folder(tmp_path).load().scenario
    assert scenario.outlooks == (BASE_OUTLOOK,)
    assert scenario.outlook_effects == ()


def test_outlooks_and_effects_are_read_as_they_are_written(folder: Folder) -> None:
    folder.replace(YAML, "months: 3", "months: 3\n  reveal_month: 2027-02")
    scenario = with_effects(folder, "high,demand,workload,chat,2027-02,1.5", "high,delivery_delay,,,,2").load().scenario
    assert [(row.outlook, row.probability) for row in scenario.outlooks] == [("base", 0.7), ("high", 0.3)]
    delay, demand = scenario.outlook_effects
    assert (delay.effect, delay.of, delay.name, delay.first_month) == (Effect.DELIVERY_DELAY, Subject.ALL, "*", None)
    assert (demand.name, demand.first_month, demand.value) == ("chat", Month(2027, 2), 1.5)
    assert scenario.run.reveal_month == Month(2027, 2)


def test_probabilities_of_thirds_are_written_so_that_they_add_up(folder: Folder) -> None:
    folder.write("outlooks.csv", "outlook,probability\na,0.333\nb,0.333\nc,0.333\n")
    finding = folder.only()
    assert (finding.code, finding.found) == (Code.PROBABILITIES, "probabilities that add up to 0.999")
    folder.write("outlooks.csv", "outlook,probability\na,0.3333333333\nb,0.3333333333\nc,0.3333333334\n")
    assert folder.findings() == ()


def test_a_refused_outlook_does_not_make_the_others_add_up_to_less(folder: Folder) -> None:
    assert folder.replace("outlooks.csv", "high,0.3", "high,30%").codes() == [Code.PERCENT]


def test_an_outlook_that_cannot_happen_is_refused(folder: Folder) -> None:
    folder.replace("outlooks.csv", "base,0.7", "base,1").replace("outlooks.csv", "high,0.3", "high,0")
    assert folder.codes() == [Code.RANGE]


@pytest.mark.parametrize(
    ("row", "code", "hint"),
    [
        pytest.param("hihg,demand,all,*,,2", Code.REFERENCE, 'did you mean "high"?', id="outlook"),
        pytest.param("high,demand,workload,chatt,,2", Code.REFERENCE, 'did you mean "chat"?', id="workload"),
        pytest.param("high,spot_price,provider,north,,2", Code.NO_GROUP, 'did you mean "north-cloud"?', id="provider"),
        pytest.param("high,goodput,family,gpu,,0.9", Code.NO_GROUP, 'gx', id="family"),
        pytest.param("high,goodput,stack,asic-stak,,0.9", Code.NO_GROUP, 'did you mean "asic-stack"?', id="stack"),
        pytest.param("high,delivery_delay,offering,south-asics,,1", Code.REFERENCE, 'did you mean "south-asic"?',
                     id="offering"),
        pytest.param("high,gate,migration,port,,0", Code.REFERENCE, "there is none to choose from", id="migration"),
    ],
)  # fmt: skip
def test_an_effect_is_on_something_that_is_there(folder: Folder, row: str, code: Code, hint: str) -> None:
    finding = with_effects(folder, row).only()
    assert (finding.code, finding.where.file) == (code, EFFECTS)
    assert hint in finding.hint


def test_without_outlooks_an_effect_can_only_be_in_the_one_that_there_is(folder: Folder) -> None:
    folder.delete("outlooks.csv")
    assert with_effects(folder, "base,demand,all,*,,1.1").findings() == ()
    finding = with_effects(folder, "high,demand,all,*,,1.1").only()
    assert finding.code is Code.REFERENCE
    assert finding.expected.startswith("base, the only outlook")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param("high,demand,provider,north-cloud,,2", "demand is of all, workload", id="demand of a provider"),
        pytest.param("high,gate,all,*,2027-02,0", "for the whole horizon", id="a gate that fails later"),
        pytest.param("high,delivery_delay,all,*,,1.5", "whole months", id="half a month late"),
        pytest.param("high,goodput,all,*,,0", "above 0", id="a node that serves nothing"),
        pytest.param("high,spot_price,provider,,,2", "a name otherwise", id="a provider without a name"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_with_its_row(folder: Folder, row: str, message: str) -> None:
    finding = with_effects(folder, row).only()
    assert (finding.code, finding.where.row) == (Code.CONTRADICTION, 2)
    assert message in finding.hint


def test_the_same_row_twice_is_refused_also_if_one_leaves_blank_what_the_other_writes(folder: Folder) -> None:
    finding = with_effects(folder, "high,demand,all,*,2027-02,2", "high,demand,,,2027-02,3").only()
    assert (finding.code, finding.found) == (Code.REPEATED, "the same key as in row 2")


def test_blank_and_the_first_month_of_the_horizon_are_the_same_month(folder: Folder) -> None:
    finding = with_effects(folder, "high,demand,all,*,,2", "high,demand,all,*,2027-01,3").only()
    assert (finding.code, finding.where.row) == (Code.REPEATED, 3)
    assert with_effects(folder, "high,demand,all,*,,2", "high,demand,all,*,2027-02,3").findings() == ()


@pytest.mark.parametrize("month", ["2026-12", "2027-04"])
def test_an_effect_begins_inside_the_horizon(folder: Folder, month: str) -> None:
    finding = with_effects(folder, f"high,demand,all,*,{month},2").only()
    assert (finding.code, finding.where.column) == (Code.OUTSIDE, "first_month")
    assert finding.expected == "a month from 2027-01 to 2027-03"


@pytest.mark.parametrize("month", ["2026-12", "2027-04"])
def test_what_comes_true_is_known_inside_the_horizon(folder: Folder, month: str) -> None:
    finding = folder.replace(YAML, "months: 3", f"months: 3\n  reveal_month: {month}").only()
    assert (finding.code, finding.where.key_path) == (Code.OUTSIDE, "run.reveal_month")


def test_a_contingency_lists_outlooks_that_there_are(folder: Folder) -> None:
    folder.replace(YAML, "blocks: peak", "outlooks: [high, bass]\n      blocks: peak")
    finding = folder.only()
    assert (finding.code, finding.hint) == (Code.REFERENCE, 'did you mean "base"?')
    assert finding.where.key_path == "policy.contingencies[0].outlooks[1]"
    (event,) = folder.replace(YAML, "bass", "base").load().scenario.policy.contingencies
    assert event.outlooks == ("high", "base")
