"""Calc_Routing: which workload is served where, in which block, and the tokens and node-hours of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.calendar import Month
from reports.facts import Facts, Route
from reports.formulas import Area, Expr, Where
from reports.functions import sum_where
from reports.layout import Fmt, Kind, Sheet
from reports.sheets.calendar import Calendar
from reports.sheets.inputs import Inputs
from reports.timeline import BLOCK, GROUP, ITEM, POOL, At, Band, Key, TimeSheet


@dataclass(frozen=True)
class Routing:
    """The sheet and its four quantities, over the same rows."""

    sheet: Sheet
    tokens_per_s: Band
    nodes: Band
    mtok: Band
    node_hours: Band

    def mtok_of(self, col: int, at: At, key: Expr) -> Expr:
        """Mtok of a month, of the rows whose key in a column is the given one."""
        return sum_where(self.mtok.month(at.month), Where(self.mtok.keys(col), "=", key))

    def node_hours_of(self, at: At) -> Expr:
        """Node-hours kept busy on the row's offering."""
        return sum_where(self.node_hours.month(at.month), Where(self.node_hours.keys(ITEM), "=", at.item))

    def nodes_of(self, at: At) -> Expr:
        """Nodes kept busy on the row's offering, pool and block."""
        keys: list[tuple[Area, Expr]] = [
            (self.nodes.keys(ITEM), at.item),
            (self.nodes.keys(POOL), at.pool),
            (self.nodes.keys(BLOCK), at.block),
        ]
        return sum_where(self.nodes.month(at.month), *(Where(area, "=", key) for area, key in keys))


def routing_sheet(facts: Facts, inputs: Inputs, calendar: Calendar) -> Routing:
    """Decisions first (tokens/s, nodes), then what follows over the hours of the block."""
    time = TimeSheet("Calc_Routing", facts.months)
    time.open(
        (
            "Routing: where each workload is served",
            "Orange rows are decisions: rates and busy nodes while a load block lasts (expected, over outlooks).",
        ),
        keys=("Offering", "Workload", "Pool", "Block"),
        calendar=calendar.time,
    )
    routes = facts.routes or (Route(facts.in_plan[0], facts.workloads[0], "base", facts.blocks[0]),)
    keys = [Key(r.offering, r.workload, r.pool, r.block) for r in routes]

    def decision(title: str, unit: str, values: Mapping[tuple[Route, Month], float]) -> Band:
        band = time.band(
            title,
            keys,
            lambda i, at: values.get((routes[i], facts.months[at.month]), 0.0),
            unit=unit,
            fmt=Fmt.QUANTITY,
            kind=Kind.DECISION,
            row_total="none",
        )
        time.gap()
        return band

    def over_hours(title: str, unit: str, source: Band, *, tokens: bool) -> Band:
        def amount(i: int, at: At) -> Expr:
            hours = source.at(i, at.month) * calendar.hours_of(at)
            return hours * inputs["SecondsPerHour"] / inputs["TokensPerMtok"] if tokens else hours

        band = time.band(title, keys, amount, unit=unit, fmt=Fmt.QUANTITY)
        time.gap()
        return band

    rate = decision("Accepted output tokens served per second", "tok/s", facts.routed_tok_per_s)
    nodes = decision("Nodes kept busy, headroom included", "nodes", facts.routed_nodes)
    mtok = over_hours("Accepted output tokens served", "Mtok", rate, tokens=True)
    node_hours = over_hours("Node-hours kept busy", "node-hours", nodes, tokens=False)
    return Routing(time.sheet(), rate, nodes, mtok, node_hours)


WORKLOAD = GROUP
"""The key column that holds the workload."""
