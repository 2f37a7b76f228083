"""Forecasts in the files of a scenario: read as demand and outlooks, or refused where they were typed."""

from pathlib import Path

import pytest

import scenarios.inputs
from catalog.findings import Code
from scenarios.outlooks import BASE_OUTLOOK
from scenarios.scenario import Scenario
from tests.forecast_cases import BATCH_ALONE, GROWS, YAML, a_folder
from tests.loading_folder import Folder, parse_change


def requests_of(scenario: Scenario, workload: str = "chat") -> list[float | None]:
    return [row.accepted_requests_per_s for row in scenario.demand if row.workload == workload]


def test_the_last_row_before_the_horizon_grows_into_it(tmp_path: Path) -> None:
    """80 in November is 100 in January at a growth of a quarter in two steps of sqrt(1.25)."""
    scenario = a_folder(tmp_path, "chat,2026-11,accepted_requests_per_s,,80,,0.1180339887498949,,").load().scenario
    assert requests_of(scenario)[0] == pytest.approx(100.0)


def test_a_forecast_is_planned_as_if_its_rows_and_outlooks_had_been_typed(tmp_path: Path) -> None:
    (tmp_path / "typed").mkdir()
    made = a_folder(tmp_path, GROWS, outlooks="joint").load().scenario
    typed = Folder(tmp_path / "typed")
    typed.write("demand.csv", BATCH_ALONE + "chat,2027-01,16\nchat,2027-02,20\nchat,2027-03,25\n")
    typed.write("outlooks.csv", "outlook,probability\np10,0.3\np50,0.4\np90,0.3\n")
    factors = ["p10,2027-01,0.75", "p10,2027-02,0.6", "p10,2027-03,0.48", "p90,2027-01,1.5", "p90,2027-02,1.8"]
    rows = [
        f"{o},demand,workload,chat,{m},{f}" for o, m, f in (row.split(",") for row in [*factors, "p90,2027-03,2.16"])
    ]
    typed.write("outlook_effects.csv", "\n".join(["outlook,effect,of,name,first_month,value", *rows]) + "\n")
    by_hand = typed.load().scenario
    assert made.demand == by_hand.demand
    assert made.outlook_effects == by_hand.outlook_effects
    assert [(row.outlook, row.probability) for row in made.outlooks] == [
        (row.outlook, row.probability) for row in by_hand.outlooks
    ]
    assert made.blocks == by_hand.blocks


def test_demand_may_be_forecast_altogether(tmp_path: Path) -> None:
    batch = "batch,2027-01,accepted_output_mtok,,4000,,0,,"
    scenario = a_folder(tmp_path, GROWS, batch).delete("demand.csv").load().scenario
    assert [row.accepted_output_mtok for row in scenario.demand if row.workload == "batch"] == [4000.0] * 3
    assert scenario.outlooks == (BASE_OUTLOOK,)


def test_effects_and_contingencies_may_name_the_outlooks_that_are_made(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, GROWS, outlooks="joint").replace(
        YAML, "      lost: p", "      outlooks: [p90]\n      lost: p"
    )
    folder.write("outlook_effects.csv", "outlook,effect,of,name,value\np90,spot_price,all,*,1.5\n")
    assert folder.findings() == ()
    folder.write("outlook_effects.csv", "outlook,effect,of,name,value\np95,spot_price,all,*,1.5\n")
    finding = folder.only()
    assert (finding.code, finding.expected) == (Code.REFERENCE, "one of p10, p50, p90, made of forecasts")


def test_demand_of_an_outlook_has_one_source(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, GROWS, outlooks="joint")
    folder.write("outlook_effects.csv", "outlook,effect,of,name,value\np90,demand,workload,chat,1.5\n")
    assert folder.codes() == [Code.OUTLOOKS_TWICE]
    folder.write("outlook_effects.csv", "outlook,effect,of,name,value\np90,demand,all,*,1.1\n")
    assert folder.findings() == ()


def test_outlooks_of_made_forecasts_are_revealed_like_others(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, GROWS, outlooks="joint").replace(
        YAML, "months: 3", "months: 3\n  reveal_month: 2027-02"
    )
    assert folder.findings() == ()


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        pytest.param(
            ["chat,2027-01,accepted_requests_per_s,,16,,,,"],
            Code.NO_MONTH,
            "growth to its last row",
            id="gap at the end",
        ),
        pytest.param(
            [GROWS, "chat,2027-04,accepted_requests_per_s,,1,,,,"], Code.OUTSIDE, "2027-04", id="after the end"
        ),
        pytest.param(
            ["chat,2026-12,accepted_requests_per_s,,1,,,,", GROWS],
            Code.SAYS_NOTHING,
            "2026-12",
            id="before the beginning",
        ),
        pytest.param(
            ["chat,2027-01,accepted_requests_per_s,16,16,17,0,0.01,0"],
            Code.QUANTILES,
            "2027-02",
            id="a low end that overtakes",
        ),
        pytest.param([GROWS.replace("chat", "chatt")], Code.REFERENCE, '"chat"', id="no such workload"),
    ],
)
def test_what_a_forecast_leaves_open_or_contradicts_is_refused(
    tmp_path: Path, rows: list[str], code: Code, said: str
) -> None:
    finding = next(each for each in a_folder(tmp_path, *rows).findings() if each.code is code)
    assert said in f"{finding.found} {finding.hint}"


def test_a_refused_row_does_not_leave_its_workload_without_demand(tmp_path: Path) -> None:
    assert a_folder(tmp_path, GROWS.replace(",16,", ",16%,")).codes() == [Code.PERCENT]


def test_dates_are_of_a_model_that_some_workload_asks_for(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, GROWS.replace("12,16,24", ",16,").replace("0.25,0,0.5", "0.25,,"))
    assert folder.write("model_dates.csv", "model,launch_date\nmodel-n,2027-02-01\n").codes() == [Code.REFERENCE]


def test_a_what_if_changes_a_quantile_by_its_path(tmp_path: Path) -> None:
    inputs = scenarios.inputs.Inputs.read(a_folder(tmp_path, GROWS).path)
    scenario = inputs.load([parse_change("forecast.chat/2027-01.p50=+12.5%")]).scenario
    assert requests_of(scenario) == pytest.approx([18.0, 22.5, 28.125])
