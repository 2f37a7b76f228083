"""Forecasts become demand and outlooks: growth, quantiles and dates of models, each with its number worked out."""

from collections.abc import Callable
from datetime import date
from math import fsum
from pathlib import Path

import pytest

import scenarios.inputs
from catalog.findings import Code
from contracts.calendar import Horizon, Month
from optimizer.audit.checks import Checks
from optimizer.audit.figures import Inputs
from optimizer.audit.forecasts import check_forecasts
from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from reports.forecast_words import forecasts_in, makes_outlooks, sources_in_words, typed_effects
from reports.layout import Sheet
from reports.sheets import plan_workbook
from scenarios.forecasting import Forecasts, forecasts_of
from scenarios.forecasts import Forecast, ForecastOutlooks, Measure, ModelDates, Quantile, QuantileRule
from scenarios.outlooks import BASE_OUTLOOK, Effect
from scenarios.scenario import Scenario
from tests.builders import FIRST, a_workload
from tests.loading_folder import Folder, parse_change

YAML = "scenario.yaml"
MONTHS = Horizon(FIRST, 4).months
GROWTH = ",".join(f"{quantile}_growth_share_per_month" for quantile in ("p50", "p10", "p90"))
HEADER = f"workload,month,measure,p10,p50,p90,{GROWTH}"
BATCH_ALONE = "workload,month,accepted_requests_per_s\nbatch,2027-01,16\nbatch,2027-02,16\nbatch,2027-03,16\n"
GROWS = "chat,2027-01,accepted_requests_per_s,12,16,24,0.25,0,0.5"
"""P10 12, 12, 12; P50 16, 20, 25; P90 24, 36, 54."""


def a_forecast(workload: str = "chat", month: Month = FIRST, p50: float = 100.0, **fields: object) -> Forecast:
    return Forecast.model_validate(
        {"workload": workload, "month": month, "measure": "accepted_requests_per_s", "p50": p50} | fields
    )


def uncertain(workload: str, growth: float | None = 0.0) -> Forecast:
    return a_forecast(workload, p10=80.0, p90=150.0, p50_growth_share_per_month=growth)


def made_of(
    *rows: Forecast,
    dates: ModelDates | None = None,
    outlooks: ForecastOutlooks = ForecastOutlooks.NONE,
    rule: QuantileRule = QuantileRule.SWANSON,
) -> Forecasts:
    workloads = [a_workload(name) for name in {row.workload for row in rows}]
    return forecasts_of(rows, [dates] if dates else [], workloads, MONTHS, outlooks=outlooks, rule=rule)


def a_folder(path: Path, *rows: str, outlooks: str = "none") -> Folder:
    """The small example, in which chat is forecast and batch is typed."""
    folder = Folder(path).write("demand.csv", BATCH_ALONE).write("forecast.csv", "\n".join([HEADER, *rows]) + "\n")
    return folder.replace(YAML, "  months: 3", f"  months: 3\n  forecast_outlooks: {outlooks}")


def requests_of(scenario: Scenario, workload: str = "chat") -> list[float | None]:
    return [row.accepted_requests_per_s for row in scenario.demand if row.workload == workload]


# ---------------------------------------------------------------------------- growth


def test_growth_compounds_from_month_to_month_until_the_next_row() -> None:
    """100, 110, 121 by a tenth a month; then 90 is stated, and falls by a half."""
    rows = (
        a_forecast(p50_growth_share_per_month=0.1),
        a_forecast(month=FIRST + 3, p50=90.0, p50_growth_share_per_month=-0.5),
    )
    planned = [row.accepted_requests_per_s for row in made_of(*rows).demand]
    assert planned == pytest.approx([100.0, 110.0, 121.0, 90.0])


def test_each_quantile_grows_at_its_own_rate_or_at_that_of_the_middle() -> None:
    row = a_forecast(p10=50.0, p90=200.0, p50_growth_share_per_month=0.1, p90_growth_share_per_month=0.2)
    third = made_of(row).by_workload["chat"][2].quantiles
    assert (third.p10, third.p50, third.p90) == pytest.approx((60.5, 121.0, 288.0))


def test_a_row_without_growth_is_for_its_month_alone() -> None:
    assert [row.month for row in made_of(a_forecast()).demand] == [FIRST]


def test_the_last_row_before_the_horizon_grows_into_it(tmp_path: Path) -> None:
    """80 in November is 100 in January at a growth of a quarter in two steps of sqrt(1.25)."""
    scenario = a_folder(tmp_path, "chat,2026-11,accepted_requests_per_s,,80,,0.1180339887498949,,").load().scenario
    assert requests_of(scenario)[0] == pytest.approx(100.0)


@pytest.mark.parametrize("fields", [{"p10": 1.0}, {"p90": 200.0}, {"p90_growth_share_per_month": 0.1}], ids=str)
def test_half_a_statement_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"p10 and p90|p10, p90 and"):
        a_forecast(**fields)


# ---------------------------------------------------------------------------- dates of models


@pytest.mark.parametrize(
    ("launch", "retirement", "shares"),
    [
        pytest.param(None, date(2027, 3, 1), [1, 1, 0, 0], id="retired"),
        pytest.param(date(2027, 2, 15), None, [0, 0.5, 1, 1], id="launched in the middle of February"),
        pytest.param(date(2027, 1, 31), date(2027, 2, 2), [1 / 31, 1 / 28, 0, 0], id="served on two days"),
    ],
)
def test_a_model_is_asked_only_on_the_days_on_which_it_is_served(
    launch: date | None, retirement: date | None, shares: list[float]
) -> None:
    dates = ModelDates(model=a_workload("chat").model, launch_date=launch, retirement_date=retirement)
    planned = made_of(a_forecast(p50_growth_share_per_month=0.0), dates=dates).demand
    assert [row.accepted_requests_per_s for row in planned] == pytest.approx([100.0 * share for share in shares])


def test_a_model_is_not_retired_before_it_is_launched() -> None:
    with pytest.raises(ValueError, match="launch_date must be before"):
        ModelDates(model="m", launch_date=date(2027, 3, 1), retirement_date=date(2027, 3, 1))


# ---------------------------------------------------------------------------- outlooks


def test_without_being_asked_the_quantiles_make_no_outlooks() -> None:
    forecasts = made_of(uncertain("chat"))
    assert forecasts.outlooks_made == forecasts.effects_made == ()


@pytest.mark.parametrize("rule", QuantileRule)
def test_joint_outlooks_put_every_workload_at_one_quantile(rule: QuantileRule) -> None:
    forecasts = made_of(
        uncertain("chat"), uncertain("code"), a_forecast("sure"), outlooks=ForecastOutlooks.JOINT, rule=rule
    )
    chances = [(row.outlook, row.probability) for row in forecasts.outlooks_made]
    low, middle, high = (int(part) / 100 for part in rule.split("-"))
    assert chances == [("p10", low), ("p50", middle), ("p90", high)]
    factors = {(row.outlook, row.name): row.value for row in forecasts.effects_made}
    assert factors == {(q, w): f for q, f in (("p10", 0.8), ("p90", 1.5)) for w in ("chat", "code")}


def test_apart_every_combination_has_the_product_of_its_chances() -> None:
    forecasts = made_of(uncertain("chat"), uncertain("code"), outlooks=ForecastOutlooks.APART)
    chances = {row.outlook: row.probability for row in forecasts.outlooks_made}
    assert len(chances) == 9
    assert fsum(chances.values()) == pytest.approx(1.0, abs=1e-12)
    assert (chances["p10-p90"], chances["p50-p50"]) == pytest.approx((0.09, 0.16))
    assert {(row.name, row.value) for row in forecasts.effects_made if row.outlook == "p10-p90"} == {
        ("chat", 0.8),
        ("code", 1.5),
    }


@pytest.mark.parametrize("rule", QuantileRule)
@pytest.mark.parametrize("outlooks", [ForecastOutlooks.JOINT, ForecastOutlooks.APART])
def test_expected_demand_is_the_mean_of_the_quantiles_however_workloads_move(
    outlooks: ForecastOutlooks, rule: QuantileRule
) -> None:
    """Whether workloads move together changes the spread of their sum, never the mean of any of them."""
    forecasts = made_of(uncertain("chat", 0.1), uncertain("code"), outlooks=outlooks, rule=rule)
    for workload, months in forecasts.by_workload.items():
        for each in months:
            expected = fsum(
                row.probability * demand_in(forecasts, row.outlook, workload, each.month)
                for row in forecasts.outlooks_made
            )
            assert expected == pytest.approx(each.quantiles.mean(rule))


def demand_in(forecasts: Forecasts, outlook: str, workload: str, month: Month) -> float:
    """What the rows say by the rule of outlook effects: the last factor up to the month."""
    (demand,) = [row for row in forecasts.demand if (row.workload, row.month) == (workload, month)]
    factors = [
        row.value
        for row in forecasts.effects_made
        if (row.outlook, row.name) == (outlook, workload) and row.first_month is not None and row.first_month <= month
    ]
    assert demand.accepted_requests_per_s is not None
    return demand.accepted_requests_per_s * (factors[-1] if factors else 1.0)


def test_demand_in_an_outlook_is_the_quantile_of_every_month(tmp_path: Path) -> None:
    forecasts = forecasts_in(a_folder(tmp_path, GROWS, outlooks="joint").load().scenario)
    months = [each.month for each in forecasts.by_workload["chat"]]
    for quantile, expected in {"p10": [12, 12, 12], "p50": [16, 20, 25], "p90": [24, 36, 54]}.items():
        assert [demand_in(forecasts, quantile, "chat", month) for month in months] == pytest.approx(expected)


# ---------------------------------------------------------------------------- scenarios


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


# ---------------------------------------------------------------------------- plans


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


def audited(scenario: Scenario) -> Checks:
    checks = Checks()
    check_forecasts(Inputs(scenario), checks)
    return checks


@pytest.mark.parametrize("outlooks", ForecastOutlooks)
def test_the_audit_finds_what_is_made_of_forecasts_to_be_what_they_say(tmp_path: Path, outlooks: str) -> None:
    batch = "batch,2026-11,accepted_output_mtok,3000,4000,4100,0.01,,"
    folder = a_folder(tmp_path, GROWS, batch, outlooks=outlooks).delete("demand.csv")
    folder.write("model_dates.csv", "model,launch_date\nmodel-m,2027-01-11\n")
    verdict = audited(folder.load().scenario).verdict()
    assert verdict.findings == ()
    assert [rule.rule for rule in verdict.rules] == ["inputs.forecasts"]


def with_first_effect(scenario: Scenario, **changes: object) -> Scenario:
    first, *rest = scenario.outlook_effects
    return scenario.model_copy(update={"outlook_effects": (first.model_copy(update=changes), *rest)})


def with_first_outlook(scenario: Scenario, **changes: object) -> Scenario:
    first, *rest = scenario.outlooks
    return scenario.model_copy(update={"outlooks": (first.model_copy(update=changes), *rest)})


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda s: with_first_effect(s, value=0.8), id="a factor"),
        pytest.param(lambda s: with_first_outlook(s, probability=0.25), id="a chance"),
        pytest.param(lambda s: s.model_copy(update={"outlooks": s.outlooks[1:]}), id="an outlook that is missing"),
        pytest.param(lambda s: with_first_outlook(s, outlook="low"), id="an outlook of another name"),
    ],
)
def test_the_audit_finds_an_outlook_that_is_not_what_the_forecasts_say(
    tmp_path: Path, spoil: Callable[[Scenario], Scenario]
) -> None:
    scenario = a_folder(tmp_path, GROWS, outlooks="joint").load().scenario
    assert audited(scenario).verdict().verdict == "PASS"
    assert audited(spoil(scenario)).verdict().verdict == "FAIL"


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


def test_measures_are_those_of_typed_demand() -> None:
    row = a_forecast(measure=Measure.ACCEPTED_OUTPUT_MTOK, p50_growth_share_per_month=0.0)
    assert [each.accepted_output_mtok for each in made_of(row).demand] == [100.0] * 4
