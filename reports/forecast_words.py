"""Where the demand of a scenario comes from, in words: typed, or made of forecasts."""

from scenarios.forecasting import Forecasts, forecasts_of
from scenarios.forecasts import ForecastOutlooks
from scenarios.outlooks import Effect, OutlookEffect, Subject
from scenarios.scenario import Scenario


def forecasts_in(scenario: Scenario) -> Forecasts:
    """What the forecasts of a scenario come to, month by month."""
    return forecasts_of(
        scenario.forecast,
        scenario.model_dates,
        scenario.workloads,
        scenario.horizon.months,
        outlooks=scenario.run.forecast_outlooks,
        rule=scenario.run.quantile_rule,
    )


def sources_in_words(scenario: Scenario) -> str:
    """Which workloads are forecast, and what becomes of the quantiles; blank without forecasts."""
    forecasts = forecasts_in(scenario)
    if not forecasts.by_workload:
        return ""
    typed = len(scenario.workloads) > len(forecasts.by_workload)
    told = f"Forecast: {', '.join(forecasts.by_workload)}{'; other demand is typed' if typed else ''}."
    if not forecasts.outlooks_made:
        return f"{told} Planned for P50."
    how = {ForecastOutlooks.JOINT: "all at one quantile", ForecastOutlooks.APART: "each at its own"}[forecasts.outlooks]
    return f"{told} {len(forecasts.outlooks_made)} outlooks are made of the quantiles, {how}, by {forecasts.rule}."


def typed_effects(scenario: Scenario) -> tuple[OutlookEffect, ...]:
    """What is different in outlooks, without the factors that follow from quantiles: those stand on sheet Demand."""
    forecasts = forecasts_in(scenario)
    made = forecasts.uncertain if forecasts.outlooks_made else ()
    return tuple(
        row
        for row in scenario.outlook_effects
        if not (row.effect is Effect.DEMAND and row.of is Subject.WORKLOAD and row.name in made)
    )


def makes_outlooks(scenario: Scenario) -> bool:
    """Whether the outlooks are made of quantiles of forecasts."""
    return bool(forecasts_in(scenario).outlooks_made)
