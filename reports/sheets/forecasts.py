"""Forecasts on the sheet Demand: quantiles of every month, the share of it in service, and the demand made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.formulas import Expr
from reports.layout import Fmt, Kind
from reports.timeline import At, Band, Key, TimeSheet
from scenarios.forecasting import Forecasts
from scenarios.forecasts import ForecastMonth, Measure, Quantile

FROM_DEMAND, FROM_FORECAST = "demand", "forecast"
_UNITS = {Measure.ACCEPTED_REQUESTS_PER_S: "requests/s", Measure.ACCEPTED_OUTPUT_MTOK: "Mtok"}
_WORDS = {Measure.ACCEPTED_REQUESTS_PER_S: "requests per second", Measure.ACCEPTED_OUTPUT_MTOK: "output tokens"}


@dataclass(frozen=True)
class ForecastBands:
    """Demand that is made of forecasts, by measure."""

    rows: Mapping[Measure, tuple[Band, Mapping[str, int]]]
    """The band of each measure, and the row of each workload in it."""

    def plus_made(self, typed: Expr, measure: Measure, workload: str, month: int) -> Expr:
        """What is typed for a workload and month, and what its forecast makes of them."""
        band, rows = self.rows.get(measure, (None, {}))
        return typed if band is None or workload not in rows else typed + band.at(rows[workload], month)


def forecast_bands(time: TimeSheet, forecasts: Forecasts) -> ForecastBands:
    """Quantiles, shares in service and what follows, for each measure that some forecast is in."""
    made = {}
    for measure in _UNITS:
        months = {
            workload: {time.months.index(each.month): each for each in rows if each.row.measure is measure}
            for workload, rows in forecasts.by_workload.items()
        }
        counted = {workload: rows for workload, rows in months.items() if rows}
        if counted:
            made[measure] = _made(time, measure, counted), {workload: row for row, workload in enumerate(counted)}
    return ForecastBands(made)


def _made(time: TimeSheet, measure: Measure, months: Mapping[str, Mapping[int, ForecastMonth]]) -> Band:
    """A month that the workload states in another measure is 0 here."""
    unit, words, workloads = _UNITS[measure], _WORDS[measure], list(months)
    each = [(workload, quantile) for workload in workloads for quantile in Quantile]

    def quantile_of(i: int, at: At) -> float:
        workload, quantile = each[i]
        month = months[workload].get(at.month)
        return 0.0 if month is None else month.quantiles.at(quantile)

    quantiles = time.band(
        f"Forecast of accepted {words}, with the model in service for the whole month",
        [Key(workload, None, FROM_FORECAST, quantile.upper()) for workload, quantile in each],
        quantile_of,
        unit=unit,
        fmt=Fmt.QUANTITY,
        kind=Kind.INPUT,
        row_total="sum" if unit == "Mtok" else "none",
    )
    time.gap()

    def share_of(i: int, at: At) -> float:
        month = months[workloads[i]].get(at.month)
        return 0.0 if month is None else month.in_service_share

    keys = [Key(workload, None, FROM_FORECAST) for workload in workloads]
    title = "Share of the month in which the model is in service"
    shares = time.band(title, keys, share_of, unit="share", fmt=Fmt.SHARE, kind=Kind.INPUT, row_total="none")
    time.gap()
    middle = list(Quantile).index(Quantile.P50)

    def planned(i: int, at: At) -> Expr:
        return quantiles.at(i * len(Quantile) + middle, at.month) * shares.at(i, at.month)

    made = time.band(
        f"Made of forecasts: accepted {words} at P50, in service",
        [Key(workload, None, FROM_FORECAST, Quantile.P50.upper()) for workload in workloads],
        planned,
        unit=unit,
        fmt=Fmt.QUANTITY,
        row_total="sum" if unit == "Mtok" else "none",
    )
    time.gap()
    return made
