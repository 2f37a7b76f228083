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
from scenarios.loading_tables import Tables
from scenarios.scenario import RunSettings
from scenarios.workloads import HourlyLoad

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
    for row in tables.demand.placed:
        if row.record.month not in horizon:
            hint = "delete the row, or change run.first_month or run.months"
            yield Finding(Code.OUTSIDE, row.at("month"), str(row.record.month), f"a month from {span}", hint)
    demand = _by_workload(tables.demand)
    for workload in _judged(tables, tables.demand):
        stated = {row.record.month for row in demand.get(workload.record.workload, [])}
        missing = [month for month in horizon.months if month not in stated]
        if missing:
            found = f"no demand for {_listed(missing)}"
            hint = f"add rows for {workload.record.workload} to demand; 0 is a statement, a missing row is not"
            yield Finding(Code.NO_MONTH, workload.at(), found, f"demand for every month from {span}", hint)


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
