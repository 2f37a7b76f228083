"""What forecasts come to, month by month and outlook by outlook, each number worked out."""

from datetime import date
from math import fsum

import pytest

from contracts.calendar import Horizon, Month
from scenarios.forecasting import Forecasts, forecasts_of
from scenarios.forecasts import Forecast, ForecastOutlooks, Measure, ModelDates, Quantile, QuantileRule
from tests.builders import FIRST, a_workload

MONTHS = Horizon(FIRST, 4).months


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


def test_measures_are_those_of_typed_demand() -> None:
    row = a_forecast(measure=Measure.ACCEPTED_OUTPUT_MTOK, p50_growth_share_per_month=0.0)
    assert [each.accepted_output_mtok for each in made_of(row).demand] == [100.0] * 4


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
            mean = fsum(rule.chance_of(quantile) * each.quantiles.at(quantile) for quantile in Quantile)
            assert expected == pytest.approx(mean)


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


def test_demand_in_an_outlook_is_the_quantile_of_every_month() -> None:
    growth = {f"{quantile}_growth_share_per_month": g for quantile, g in (("p10", 0.0), ("p50", 0.25), ("p90", 0.5))}
    forecasts = made_of(a_forecast(p10=12.0, p50=16.0, p90=24.0, **growth), outlooks=ForecastOutlooks.JOINT)
    for quantile, expected in {"p10": [12] * 4, "p50": [16, 20, 25, 31.25], "p90": [24, 36, 54, 81]}.items():
        assert [demand_in(forecasts, quantile, "chat", month) for month in MONTHS] == pytest.approx(expected)
