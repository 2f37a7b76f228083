"""Demand and outlooks against the forecasts they are made of (docs/decisions/0028), in arithmetic of its own."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from contracts.calendar import Month
from optimizer.audit.checks import Checks
from optimizer.audit.completeness import CERTAIN
from optimizer.audit.figures import Inputs
from scenarios.forecasts import Forecast, ForecastOutlooks, Measure
from scenarios.outlooks import BASE_OUTLOOK, Effect, Subject

RULE = "inputs.forecasts"
QUANTILES = ("p10", "p50", "p90")


def check_forecasts(inputs: Inputs, checks: Checks) -> None:
    """Every month of every forecast, and every outlook that is made of them."""
    rows = _rows_of_months(inputs)
    for workload in sorted({row.workload for row in inputs.scenario.forecast}):
        for month in inputs.months:
            _check_demand(inputs, workload, month, rows.get((workload, month)), checks)
    if inputs.run.forecast_outlooks is not ForecastOutlooks.NONE:
        _check_outlooks(inputs, rows, checks)


def _rows_of_months(inputs: Inputs) -> dict[tuple[str, Month], Forecast]:
    """The row that speaks of each month: the last up to it."""
    found: dict[tuple[str, Month], Forecast] = {}
    for row in sorted(inputs.scenario.forecast, key=lambda row: row.month):
        for month in inputs.months:
            if month == row.month or (month > row.month and row.p50_growth_share_per_month is not None):
                found[row.workload, month] = row
    return found


def _value(row: Forecast, quantile: str, month: Month) -> float:
    """A quantile of a month: what the row states, grown from month to month."""
    stated = getattr(row, quantile)
    growth = getattr(row, f"{quantile}_growth_share_per_month")
    value = float(row.p50 if stated is None else stated)
    share = row.p50_growth_share_per_month if growth is None else growth
    while month > row.month:
        value, month = value * (1.0 + (share or 0.0)), month + -1
    return value


def _served_days(inputs: Inputs, workload: str, month: Month) -> float:
    """Days on which the workload's model is served, of all days of the month."""
    days = list(_days(month))
    for dates in inputs.scenario.model_dates:
        if dates.model == inputs.workloads[workload].model:
            launch, retirement = dates.launch_date or date.min, dates.retirement_date or date.max
            return sum(launch <= day < retirement for day in days) / len(days)
    return 1.0


def _days(month: Month) -> Iterator[date]:
    day = month.first_day
    while day < (month + 1).first_day:
        yield day
        day += timedelta(days=1)


def _check_demand(inputs: Inputs, workload: str, month: Month, row: Forecast | None, checks: Checks) -> None:
    place = (workload, month)
    if row is None:
        checks.true(RULE, place, False, left="a forecast", operator="without", right="this month")
        return
    planned = inputs.demand.get((workload, month))
    in_mtok = row.measure is Measure.ACCEPTED_OUTPUT_MTOK
    stated = None if planned is None else planned.accepted_output_mtok if in_mtok else planned.accepted_requests_per_s
    expected = _value(row, "p50", month) * _served_days(inputs, workload, month)
    if stated is None:
        checks.true(RULE, place, False, left="no demand", operator="but", right=f"{expected:g} {row.measure}")
    else:
        checks.close(RULE, place, stated, expected, row.measure.value)


def _check_outlooks(inputs: Inputs, rows: dict[tuple[str, Month], Forecast], checks: Checks) -> None:
    uncertain = sorted({w for (w, month), row in rows.items() if _value(row, "p10", month) < _value(row, "p90", month)})
    apart = inputs.run.forecast_outlooks is ForecastOutlooks.APART
    names = {row.outlook for row in inputs.scenario.outlooks}
    number = len(QUANTILES) ** len(uncertain) if apart else len(QUANTILES)
    checks.same(RULE, ("outlooks",), len(names), number if uncertain else 1)
    if not uncertain:
        checks.same(RULE, ("outlooks",), sorted(names), [BASE_OUTLOOK.outlook])
        return
    chances = dict(zip(QUANTILES, map(Decimal, inputs.run.quantile_rule.value.split("-")), strict=True))
    for name in sorted(names):
        levels = name.split("-") if apart else [name] * len(uncertain)
        if len(levels) != len(uncertain) or not set(levels) <= set(QUANTILES):
            checks.true(RULE, (name,), False, left=name, operator="is not", right="an outlook of quantiles")
            continue
        chance = Decimal(1)
        for level in levels if apart else levels[:1]:
            chance *= chances[level] / 100
        checks.within(RULE, (name, "probability"), inputs.probability[name], chance, "", allowed=CERTAIN)
        for workload, level in zip(uncertain, levels, strict=True):
            for month in (month for month in inputs.months if (workload, month) in rows):
                row = rows[workload, month]
                asked = _value(row, "p50", month) * _factor(inputs, name, workload, month)
                checks.close(RULE, (name, workload, month), asked, _value(row, level, month), row.measure.value)


def _factor(inputs: Inputs, outlook: str, workload: str, month: Month) -> float:
    """The workload's own factor on demand: the last one stated up to the month."""
    rows = [
        row
        for row in inputs.scenario.outlook_effects
        if (row.outlook, row.effect, row.of, row.name) == (outlook, Effect.DEMAND, Subject.WORKLOAD, workload)
        and (row.first_month is None or row.first_month <= month)
    ]
    latest = max(rows, key=lambda row: row.first_month or inputs.first, default=None)
    return 1.0 if latest is None else latest.value
