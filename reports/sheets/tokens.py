"""Calc_Tokens: Mtok served, by offering and by workload."""

from __future__ import annotations

from dataclasses import dataclass

from reports.facts import Facts
from reports.layout import Fmt, Sheet
from reports.sheets.calendar import Calendar
from reports.sheets.routing import WORKLOAD, Routing
from reports.timeline import ITEM, Band, Key, TimeSheet


@dataclass(frozen=True)
class Tokens:
    """The sheet and its bands."""

    sheet: Sheet
    by_offering: Band
    total: Band
    by_workload: Band


def tokens_sheet(facts: Facts, calendar: Calendar, routing: Routing) -> Tokens:
    """Sums over the routing."""
    time = TimeSheet("Calc_Tokens", facts.months)
    time.open(
        ("Tokens served", "Accepted output tokens, in millions. Sums over the sheet Calc_Routing."),
        keys=("Item", "Provider", "Pool", "Block"),
        calendar=calendar.time,
    )
    by_offering = time.band(
        "By offering",
        [Key(o, facts.provider(o)) for o in facts.in_plan],
        lambda _, at: routing.mtok_of(ITEM, at, at.item),
        unit="Mtok",
        fmt=Fmt.QUANTITY,
    )
    total = time.sum_row("All offerings", by_offering, unit="Mtok", fmt=Fmt.QUANTITY)
    by_workload = time.band(
        "By workload",
        [Key(w) for w in facts.workloads],
        lambda _, at: routing.mtok_of(WORKLOAD, at, at.item),
        unit="Mtok",
        fmt=Fmt.QUANTITY,
    )
    time.sum_row("All workloads", by_workload, unit="Mtok", fmt=Fmt.QUANTITY)
    return Tokens(time.sheet(), by_offering, total, by_workload)
