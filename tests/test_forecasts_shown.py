"""Forecasts on the sheet of demand, among the outlooks and on the screen."""

from pathlib import Path

import pytest

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from reports.forecast_words import makes_outlooks, sources_in_words, typed_effects
from reports.layout import Sheet
from reports.sheets import plan_workbook
from scenarios.forecasts import Quantile
from scenarios.outlooks import Effect
from tests.forecast_cases import GROWS, a_folder


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """chat is forecast at P50 and served until the middle of March."""
    folder = a_folder(tmp_path_factory.mktemp("forecast"), GROWS)
    folder.write("model_dates.csv", "model,retirement_date\nmodel-m,2027-03-16\n")
    return plan_fleet(folder.load().scenario, PlanOptions(with_baselines=False))


def row_of(sheet: Sheet, section: str, *keys: str) -> list[object]:
    """The months of the first row below a heading whose keys begin so."""
    begin = next(place[0] for place, cell in sheet.cells.items() if cell.value == section and place[1] == 0)
    row = begin + 1
    while not all(sheet.cells[row, col].value == key for col, key in zip((0, 2, 3), keys, strict=False)):
        row += 1
    return [sheet.cells[row, col].value for col in (7, 8, 9)]


def test_the_sheet_of_demand_shows_the_source_and_the_quantiles(plan: Plan) -> None:
    sheet = next(sheet for sheet in plan_workbook(plan) if sheet.name == "Demand")
    forecast = "Forecast of accepted requests per second, with the model in service for the whole month"
    for quantile, expected in {"P10": [12, 12, 12], "P50": [16, 20, 25], "P90": [24, 36, 54]}.items():
        assert row_of(sheet, forecast, "chat", "forecast", quantile) == pytest.approx(expected)
    made = row_of(sheet, "Made of forecasts: accepted requests per second at P50, in service", "chat")
    assert made == pytest.approx([16, 20, 25 * 15 / 31])
    stated = "Stated as accepted requests per second"
    assert row_of(sheet, stated, "chat", "forecast") == [0, 0, 0]
    assert row_of(sheet, stated, "batch", "demand") == [16, 16, 16]
    assert row_of(sheet, "Asked", "chat") == pytest.approx(row_of(sheet, "Served", "chat"), rel=1e-6)


def test_the_screen_says_what_is_forecast_and_what_becomes_of_the_quantiles(plan: Plan, tmp_path: Path) -> None:
    assert sources_in_words(plan.scenario) == "Forecast: chat; other demand is typed. Planned for P50."
    joint = a_folder(tmp_path, GROWS, outlooks="joint").load().scenario
    assert sources_in_words(joint).endswith("3 outlooks are made of the quantiles, all at one quantile, by 30-40-30.")


def test_factors_that_follow_from_quantiles_are_not_listed_as_if_they_had_been_typed(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, GROWS, outlooks="joint")
    folder.write("outlook_effects.csv", "outlook,effect,of,name,value\np90,spot_price,all,*,1.5\n")
    scenario = folder.load().scenario
    assert makes_outlooks(scenario)
    assert len(scenario.outlook_effects) > 1
    assert [row.effect for row in typed_effects(scenario)] == [Effect.SPOT_PRICE]


@pytest.mark.long
def test_a_plan_for_outlooks_made_of_a_forecast_is_audited_and_every_check_of_its_workbook_holds(
    tmp_path: Path,
) -> None:
    plan = plan_fleet(a_folder(tmp_path, GROWS, outlooks="joint").load().scenario, PlanOptions(with_baselines=False))
    assert [row.outlook for row in plan.scenario.outlooks] == [quantile.value for quantile in Quantile]
    book = {sheet.name: sheet for sheet in plan_workbook(plan)}
    words = [str(cell.value) for cell in book["Outlooks"].cells.values()]
    assert any(text.startswith("p90 (30%)") and "on sheet Demand" in text for text in words)
    assert any(cell.value == "30-40-30" for cell in book["Inputs"].cells.values())
    assert "FAIL" not in {cell.value for cell in book["Checks"].cells.values()}
