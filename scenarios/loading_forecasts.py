"""Forecasts agree with themselves, with the tables beside them, and with the outlooks that are asked of them."""

from collections.abc import Iterator

from catalog.findings import Code, Finding, shown
from catalog.loading import Placed
from catalog.reading_records import TreeReader
from contracts.calendar import Horizon, Month
from scenarios.forecasting import MOST_APART, Forecasts, forecasts_of
from scenarios.forecasts import Forecast, ForecastMonth, ForecastOutlooks, ModelDates
from scenarios.loading_tables import Tables
from scenarios.outlooks import BASE_OUTLOOK, Effect, Subject
from scenarios.scenario import RunSettings

OUTLOOKS_KEY = "run.forecast_outlooks"


def forecasts_in(tables: Tables, run: RunSettings) -> Forecasts:
    """What the forecasts of a scenario come to."""
    return forecasts_of(
        tables.forecast.records,
        tables.model_dates.records,
        tables.workloads.records,
        Horizon(run.first_month, run.months).months,
        outlooks=run.forecast_outlooks,
        rule=run.quantile_rule,
    )


def known_outlooks(tables: Tables, run: RunSettings | None) -> frozenset[str] | None:
    """Names of the outlooks, typed or made; None if they could not all be read."""
    typed = tables.outlooks.names("outlook")
    if not tables.outlooks.whole or (run is None and tables.forecast.placed and not typed):
        return None
    made: frozenset[str] = frozenset()
    if run is not None and run.forecast_outlooks is not ForecastOutlooks.NONE:
        forecasts = forecasts_in(tables, run)
        if not _is_read(tables) or forecasts.too_many:
            return None
        made = frozenset(row.outlook for row in forecasts.outlooks_made)
    return typed | made or frozenset({BASE_OUTLOOK.outlook})


def check_forecasts(reader: TreeReader, tables: Tables, findings: list[Finding], warnings: list[Finding]) -> None:
    """Report forecasts that contradict themselves or their models, and outlooks that cannot be made of them."""
    run = reader.whole.get("run")
    if not isinstance(run, RunSettings):
        return
    forecasts = forecasts_in(tables, run)
    findings += _not_rising(tables, forecasts)
    findings += _demand_out_of_service(tables)
    warnings += _cut_months(tables, forecasts)
    if run.forecast_outlooks is ForecastOutlooks.NONE:
        warnings += _quantiles_unused(tables, forecasts)
    elif _is_read(tables):
        findings += _outlooks_twice(reader, tables, run)
        findings += _too_many(reader, forecasts)
        findings += _no_factor(tables, forecasts)
        findings += _effects_twice(tables, forecasts)
        warnings += _nothing_uncertain(reader, forecasts)


def _is_read(tables: Tables) -> bool:
    """Whether every row is known that outlooks are made of."""
    return all(table.whole and not table.refused for table in (tables.forecast, tables.model_dates, tables.workloads))


def _rows(tables: Tables) -> dict[tuple[str, Month], Placed[Forecast]]:
    return {(row.record.workload, row.record.month): row for row in tables.forecast.placed}


def _all_months(forecasts: Forecasts) -> Iterator[ForecastMonth]:
    for months in forecasts.by_workload.values():
        yield from months


def _not_rising(tables: Tables, forecasts: Forecasts) -> Iterator[Finding]:
    """The first month of each row; later ones follow from it."""
    rows, told = _rows(tables), set()
    for each in _all_months(forecasts):
        key = (each.row.workload, each.row.month)
        if not each.quantiles.rise and key not in told:
            told.add(key)
            found = _three(each)
            hint = "correct the quantiles, or their growth, so that P10 <= P50 <= P90 in every month"
            yield Finding(Code.QUANTILES, rows[key].at("p50"), found, "quantiles that rise", hint)


def _three(each: ForecastMonth) -> str:
    now = each.quantiles
    return f"P10 {now.p10:.6g}, P50 {now.p50:.6g}, P90 {now.p90:.6g} in {each.month}"


def _demand_out_of_service(tables: Tables) -> Iterator[Finding]:
    dates = {row.model: row for row in tables.model_dates.records}
    model_of = {row.workload: row.model for row in tables.workloads.records}
    for row in tables.demand.placed:
        stated = row.record.accepted_output_mtok or row.record.accepted_requests_per_s or 0.0
        model = dates.get(model_of.get(row.record.workload, ""))
        if model is not None and stated > 0 and model.in_service_share(row.record.month) == 0:
            found = f"demand in {row.record.month}, when {model.model} {_not_served(model, row.record.month)}"
            hint = "state 0, or correct the dates of the model"
            yield Finding(Code.OUT_OF_SERVICE, row.at("month"), found, "demand while the model is served", hint)


def _not_served(model: ModelDates, month: Month) -> str:
    if model.launch_date is not None and model.launch_date > month.first_day:
        return f"is not yet served (launch {model.launch_date})"
    return f"is no longer served (retirement {model.retirement_date})"


def _cut_months(tables: Tables, forecasts: Forecasts) -> Iterator[Finding]:
    """One note for each model and month; which workloads it is of does not change it."""
    model_of = {row.workload: row.model for row in tables.workloads.records}
    places = {row.record.model: row for row in tables.model_dates.placed}
    cut = {
        (model_of[each.row.workload], each.month): each.in_service_share
        for each in _all_months(forecasts)
        if 0 < each.in_service_share < 1 and each.row.workload in model_of
    }
    for (model, month), share in sorted(cut.items()):
        row = places[model]
        column = "launch_date"
        if row.record.launch_date is None or Month(row.record.launch_date.year, row.record.launch_date.month) != month:
            column = "retirement_date"
        found = f"{share:.0%} of {month}; its days in service ask {1 / share:.2f} times the mean that is planned"
        hint = "a date on the first of a month leaves nothing to average"
        yield Finding(Code.CUT_MONTH, row.at(column), found, "whole months", hint)


def _quantiles_unused(tables: Tables, forecasts: Forecasts) -> Iterator[Finding]:
    if forecasts.uncertain:
        first = next(row for row in tables.forecast.placed if row.record.workload in forecasts.uncertain)
        found = f"quantiles of {_some(forecasts.uncertain)}, and a plan for P50"
        hint = f"set {OUTLOOKS_KEY} to joint or apart to plan for them, or leave p10 and p90 blank"
        yield Finding(Code.QUANTILES_UNUSED, first.at("p10"), found, "outlooks made of the quantiles", hint)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _outlooks_twice(reader: TreeReader, tables: Tables, run: RunSettings) -> Iterator[Finding]:
    if tables.outlooks.placed:
        found = f"{run.forecast_outlooks}, and {len(tables.outlooks.placed)} rows of outlooks"
        hint = "take outlooks.csv away (outlook_effects may name the outlooks that are made), or set the key to none"
        yield Finding(Code.OUTLOOKS_TWICE, reader.where(OUTLOOKS_KEY), found, "outlooks from one source", hint)


def _too_many(reader: TreeReader, forecasts: Forecasts) -> Iterator[Finding]:
    if forecasts.too_many:
        number = len(forecasts.uncertain)
        found = f"{number} uncertain workloads: {3**number:,} outlooks"
        hint = "use joint, or leave p10 and p90 blank where a workload matters less"
        where = reader.where(OUTLOOKS_KEY)
        yield Finding(Code.TOO_MANY_OUTLOOKS, where, found, f"at most {MOST_APART} uncertain workloads apart", hint)


def _no_factor(tables: Tables, forecasts: Forecasts) -> Iterator[Finding]:
    """The first month of each row in which an outlook would have to make something of nothing."""
    rows, told = _rows(tables), set()
    for each in _all_months(forecasts):
        key = (each.row.workload, each.row.month)
        if each.quantiles.p50 == 0 < each.quantiles.p90 and key not in told:
            told.add(key)
            hint = "state a small P50, or the chance that it comes in outlooks and outlook_effects of your own"
            expected = "P50 above 0 where P90 is, because an outlook is a factor on P50"
            yield Finding(Code.NO_FACTOR, rows[key].at("p50"), _three(each), expected, hint)


def _effects_twice(tables: Tables, forecasts: Forecasts) -> Iterator[Finding]:
    for row in tables.outlook_effects.placed:
        effect = row.record
        if effect.effect is Effect.DEMAND and effect.of is Subject.WORKLOAD and effect.name in forecasts.uncertain:
            found = f"a factor on {shown(effect.name)}, whose outlooks are made of its forecast"
            hint = f"delete the row, or set {OUTLOOKS_KEY} to none and state the outlooks yourself"
            yield Finding(Code.OUTLOOKS_TWICE, row.at("name"), found, "demand of an outlook from one source", hint)


def _nothing_uncertain(reader: TreeReader, forecasts: Forecasts) -> Iterator[Finding]:
    if not forecasts.uncertain:
        found = f"{forecasts.outlooks}, and no forecast with P10 below P90"
        hint = "state p10 and p90 in forecast, or delete the key; it changes nothing"
        yield Finding(Code.NOTHING_UNCERTAIN, reader.where(OUTLOOKS_KEY), found, "an uncertain forecast", hint)
