"""Workloads are complete: shares of size classes, demand of every month, hours of the week.

A workload of which some row is refused is passed over: the row is reported, and what it would have said is unknown.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import fsum
from typing import Any, TypeVar

from catalog.findings import Code, Finding
from catalog.loading import Placed, Table
from catalog.reading_records import TreeReader
from catalog.records import Record
from contracts.calendar import HOURS_PER_WEEK, Horizon, Month
from scenarios.forecasts import Forecast, forecast_months
from scenarios.loading_tables import Tables
from scenarios.scenario import RunSettings
from scenarios.workloads import Demand, HourlyLoad

SHARE_TOLERANCE = 1e-6
R = TypeVar("R", bound=Record)


def check_workloads(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report what of a workload is missing or too much."""
    run = reader.whole.get("run")
    findings += _shares(tables)
    findings += _hours(tables)
    if isinstance(run, RunSettings):
        findings += _months(tables, Horizon(run.first_month, run.months))


def _by_workload(table: Table[R]) -> Mapping[str, list[Placed[R]]]:
    rows: dict[str, list[Placed[R]]] = defaultdict(list)
    for row in table.placed:
        rows[row.row.cells["workload"]].append(row)
    return rows


def _judged(tables: Tables, table: Table[Any]) -> Iterator[Placed[Any]]:
    """Workloads of which all rows in a table are known."""
    if not table.whole:
        return
    doubtful = {row.cells.get("workload", "") for row in table.refused}
    yield from (row for row in tables.workloads.placed if row.record.workload not in doubtful)


def _shares(tables: Tables) -> Iterator[Finding]:
    classes = _by_workload(tables.size_classes)
    for workload in _judged(tables, tables.size_classes):
        rows = classes.get(workload.record.workload, [])
        if not rows:
            hint = f"add rows for {workload.record.workload} to size_classes"
            yield Finding(Code.NO_CLASSES, workload.at(), "no size classes", "at least one", hint)
            continue
        total = fsum(row.record.request_share for row in rows)
        if abs(total - 1) > SHARE_TOLERANCE:
            hint = "the shares are of requests; correct them so that they add up to 1"
            found = f"shares that add up to {total:.9g}"
            yield Finding(Code.SHARES, rows[0].at("request_share"), found, "1 (within 0.000001)", hint)


def _months(tables: Tables, horizon: Horizon) -> Iterator[Finding]:
    last = horizon.end + -1
    span = f"{horizon.first} to {last}"
    yield from _outside(tables, horizon, span)
    demand, forecasts = _by_workload(tables.demand), _by_workload(tables.forecast)
    judged = {row.record.workload for row in _judged(tables, tables.forecast)}
    for workload in _judged(tables, tables.demand):
        name = workload.record.workload
        typed, expected = demand.get(name, []), forecasts.get(name, [])
        stated = {row.record.month for row in typed}
        if typed and expected:
            yield _two_sources(typed[0], expected[0])
        if name not in judged or (typed and expected):
            continue
        stated |= {each.month for each in forecast_months([row.record for row in expected], None, horizon.months)}
        missing = [month for month in horizon.months if month not in stated]
        if missing:
            found = f"no demand for {_listed(missing)}"
            where = f"forecast, or growth to its last row before {missing[0]}" if expected else "demand or to forecast"
            hint = f"add rows for {name} to {where}; 0 is a statement, a missing row is not"
            yield Finding(Code.NO_MONTH, workload.at(), found, f"demand for every month from {span}", hint)


def _outside(tables: Tables, horizon: Horizon, span: str) -> Iterator[Finding]:
    """Months outside the horizon; the last row of a forecast before it may reach into it."""
    hint = "delete the row, or change run.first_month or run.months"
    stated: tuple[Placed[Demand] | Placed[Forecast], ...] = (*tables.demand.placed, *tables.forecast.placed)
    for row in stated:
        month = row.record.month
        if month not in horizon and (isinstance(row.record, Demand) or month > horizon.first):
            yield Finding(Code.OUTSIDE, row.at("month"), str(month), f"a month from {span}", hint)
    for rows in _by_workload(tables.forecast).values():
        early = sorted((row for row in rows if row.record.month < horizon.first), key=lambda row: row.record.month)
        is_stated_anew = any(row.record.month == horizon.first for row in rows)
        for row in early:
            if row is not early[-1] or not row.record.carries_on or is_stated_anew:
                found = f"{row.record.month}, before the horizon"
                hint = "delete the row; only the last one before the horizon, with growth, says something of it"
                yield Finding(Code.SAYS_NOTHING, row.at("month"), found, f"a month from {span}", hint)


def _two_sources(typed: Placed[Demand], expected: Placed[Forecast]) -> Finding:
    found = f"rows here, and in {typed.row.where.file} from row {typed.row.where.row} on"
    hint = f"take {expected.record.workload} out of one of the two tables"
    return Finding(Code.TWO_SOURCES, expected.at("workload"), found, "demand from one source", hint)


def _listed(months: list[Month]) -> str:
    some = ", ".join(map(str, months[:6]))
    return some if len(months) <= 6 else f"{some} and {len(months) - 6} more"


def _hours(tables: Tables) -> Iterator[Finding]:
    loads = _by_workload(tables.hourly_load)
    for workload in _judged(tables, tables.hourly_load):
        rows: list[Placed[HourlyLoad]] = loads.get(workload.record.workload, [])
        stated = {row.record.hour_of_week for row in rows}
        if rows and len(stated) < HOURS_PER_WEEK:
            missing = [hour for hour in range(HOURS_PER_WEEK) if hour not in stated]
            found = f"{len(stated)} hours; the first one missing is {missing[0]}"
            hint = "add the missing hours, or delete all rows of the workload (its load is then flat)"
            where = rows[0].at("hour_of_week")
            yield Finding(Code.HOURS, where, found, f"hours 0 to {HOURS_PER_WEEK - 1}, once each", hint)
