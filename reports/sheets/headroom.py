"""Headroom: what may be used of a node, by workload, offering and event, where it is derived from bursts and pools."""

from __future__ import annotations

from collections import Counter

from optimizer.plan_headroom import PoolShare
from reports.facts import Facts
from reports.formulas import ONE, Expr, Where
from reports.functions import least, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.inputs import Inputs

NORMAL = "normal operation"


def headroom_sheet(facts: Facts, inputs: Inputs) -> Records[PoolShare] | None:
    """One line per workload, offering and event; None where the usable share is stated."""
    found = facts.plan.headroom
    if found is None:
        return None
    left = Counter((row.workload, row.offering, row.contingency) for row in found.left)

    def too_small(row: PoolShare, _: Line) -> int:
        return left[row.workload, row.offering, row.contingency]

    given, decided = Kind.INPUT, Kind.DECISION
    return write_records(
        Grid("Headroom", "inputs"),
        "tblHeadroom",
        [
            Field("Workload", lambda r, _: r.workload),
            Field("Offering", lambda r, _: r.offering),
            Field("In case of", lambda r, _: r.contingency or NORMAL),
            Field("Burst ratio", lambda r, _: r.burst_ratio, given, Fmt.QUANTITY),
            Field("Wait limit s", lambda r, _: "none" if r.wait_limit_s is None else r.wait_limit_s, given, Fmt.FACTOR),
            Field("Shortest service s", lambda r, _: r.shortest_service_s, given, Fmt.FACTOR),
            Field("Longest service s", lambda r, _: r.longest_service_s, given, Fmt.FACTOR),
            Field("Cells", lambda r, _: r.cells, decided, Fmt.WHOLE),
            Field("Smallest pool replicas", lambda r, _: r.smallest_replicas, decided, Fmt.QUANTITY),
            Field("Largest pool replicas", lambda r, _: r.largest_replicas, decided, Fmt.QUANTITY),
            Field("Lowest usable share", lambda r, _: r.lowest_usable_share, decided, Fmt.SHARE),
            Field("Highest usable share", lambda r, _: r.highest_usable_share, decided, Fmt.SHARE),
            Field("Usable share", lambda r, _: r.usable_share, decided, Fmt.SHARE),
            Field("Kept free", lambda _, at: ONE - at["Usable share"], Kind.CALC, Fmt.SHARE),
            Field("Bursts and cap allow", lambda _, at: _most(inputs, at), Kind.CALC, Fmt.SHARE),
            Field("Cells on too small a pool", too_small, decided, Fmt.WHOLE),
        ],
        found.pools,
        "Headroom: what may be used of a node, by the pools of this plan",
        f"Derived in {found.rounds} of at most three rounds. A cell is a month, block and outlook;"
        " the usable share is that of all cells together. Larger pools keep less free (Erlang C).",
    )


def _most(inputs: Inputs, at: Line) -> Expr:
    return least(inputs["UsableShare"], ONE / at["Burst ratio"])


def usable_share(headroom: Records[PoolShare] | None, inputs: Inputs, at: Line) -> Expr:
    """Of a line with Workload, Offering and In case of: over all its cells, or as stated."""
    if headroom is None:
        return inputs["UsableShare"]
    same = [Where(headroom.column(header), "=", at[header]) for header in ("Workload", "Offering", "In case of")]
    return sum_where(headroom.column("Usable share"), *same)
