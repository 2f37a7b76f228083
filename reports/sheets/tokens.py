"""Calc_Tokens: Mtok served, by offering and by workload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.plan_contracts import ApiPlacement
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import sum_where, total
from reports.layout import Fmt, Kind, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.routing import WORKLOAD, Routing
from reports.sheets.tokens_bought import by_api_and_month
from reports.timeline import GROUP, ITEM, POOL, At, Band, Key, TimeSheet
from scenarios.policy import Grouping


@dataclass(frozen=True)
class Tokens:
    """The sheet and its bands."""

    sheet: Sheet
    by_offering: Band
    by_api: Band | None
    """Keys: API offer, provider, geography; None where nothing is served by the token."""
    by_group: Mapping[Grouping, Band]
    """By provider and by geography, nodes and APIs together; nothing where nothing is served by the token."""
    total: Band
    by_workload: Band


def tokens_sheet(facts: Facts, calendar: Calendar, routing: Routing, bought: Records[ApiPlacement] | None) -> Tokens:
    """Sums over the routing and over what is served by the token."""
    time = TimeSheet("Calc_Tokens", facts.months)
    time.open(
        ("Tokens served", "Accepted output tokens, in millions. Sums over the sheet Calc_Routing."),
        keys=("Item", "Provider", "Pool", "Block"),
        calendar=calendar.time,
    )
    by_offering = time.band(
        "By offering",
        [_offering(facts, o, bought) for o in facts.in_plan],
        lambda _, at: routing.mtok_of(ITEM, at, at.item),
        unit="Mtok",
        fmt=Fmt.QUANTITY,
    )
    whole = time.sum_row("All offerings", by_offering, unit="Mtok", fmt=Fmt.QUANTITY)
    by_api = None if bought is None else _by_api(time, facts, bought)
    if by_api is not None:
        whole = _with_apis(time, whole, by_api)
    by_group = {} if by_api is None else _by_group(time, by_offering, by_api)
    by_workload = time.band(
        "By workload",
        [Key(w) for w in facts.workloads],
        lambda _, at: _of_workload(routing, bought, at),
        unit="Mtok",
        fmt=Fmt.QUANTITY,
    )
    time.sum_row("All workloads", by_workload, unit="Mtok", fmt=Fmt.QUANTITY)
    return Tokens(time.sheet(), by_offering, by_api, by_group, whole, by_workload)


def _offering(facts: Facts, offering: str, bought: Records[ApiPlacement] | None) -> Key:
    geography = facts.group_of(offering, Grouping.GEOGRAPHY)
    return Key(offering, facts.provider(offering), None if bought is None else geography)


def _by_group(time: TimeSheet, by_offering: Band, by_api: Band) -> dict[Grouping, Band]:
    """What providers and geographies hold of all tokens, by the keys of offerings and APIs."""

    def added(title: str, col: int) -> Band:
        found = sorted({str(cell) for band in (by_offering, by_api) for cell in band.keys(col).values})
        band = time.band(
            title,
            [Key(group) for group in found],
            lambda _, at: _held(by_offering, col, at) + _held(by_api, col, at),
            unit="Mtok",
            fmt=Fmt.QUANTITY,
        )
        time.gap()
        return band

    return {
        Grouping.PROVIDER: added("By provider, nodes and APIs", GROUP),
        Grouping.GEOGRAPHY: added("By geography, nodes and APIs", POOL),
    }


def _held(band: Band, col: int, at: At) -> Expr:
    return sum_where(band.month(at.month), Where(band.keys(col), "=", at.item))


def _by_api(time: TimeSheet, facts: Facts, bought: Records[ApiPlacement]) -> Band:
    return time.band(
        "By the token, by API offer",
        [Key(row.api, row.provider, facts.geography_of(row)) for row in facts.apis],
        lambda _, at: by_api_and_month(bought, "Expected Mtok", at.item, at.day),
        unit="Mtok",
        fmt=Fmt.QUANTITY,
    )


def _with_apis(time: TimeSheet, nodes: Band, by_api: Band) -> Band:
    both = time.band(
        "",
        [Key("Nodes and APIs")],
        lambda _, at: nodes.at(0, at.month) + total(by_api.month(at.month)),
        unit="Mtok",
        fmt=Fmt.QUANTITY,
        kind=Kind.TOTAL,
        title_row=False,
    )
    time.gap()
    return both


def _of_workload(routing: Routing, bought: Records[ApiPlacement] | None, at: At) -> Expr:
    nodes = routing.mtok_of(WORKLOAD, at, at.item)
    if bought is None:
        return nodes
    here = Where(bought.column("Workload"), "=", at.item), Where(bought.column("Month"), "=", at.day)
    return nodes + sum_where(bought.column("Expected Mtok"), *here)
