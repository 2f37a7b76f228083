"""Calc_Nodes and Calc_Node_Hours: capacity needed and available, in each block and over the month."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.plan import Usage
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import member_max, ratio, sum_where
from reports.layout import Fmt, Sheet
from reports.records import Records
from reports.sheets.block_months import BlockMonth
from reports.sheets.calendar import Calendar
from reports.sheets.commitments import nodes_header
from reports.sheets.committed import Commitment
from reports.sheets.routing import Routing
from reports.timeline import ITEM, At, Band, Key, TimeSheet

HELD, RESERVED, ON_DEMAND, SPOT = "held", "reserved", "on_demand", "spot"
TAKE_OR_PAY, VOLUME = "take_or_pay", "volume"
BLOCK = "capacity_block"
_KEYS = ("Offering", "Provider", "Kind or pool", "Block")


def kinds_of(facts: Facts) -> tuple[str, ...]:
    """Ways in which nodes are bought; take-or-pay and volume only where something is bought so."""
    more = ((TAKE_OR_PAY, facts.has_take_or_pay), (VOLUME, bool(facts.plan.volume)))
    return (*lotted(facts), ON_DEMAND, SPOT, *(kind for kind, is_there in more if is_there))


def lotted(facts: Facts) -> tuple[str, ...]:
    """Kinds whose nodes are there in every hour, used or not; blocks and hardware only where there are some."""
    return (HELD, RESERVED, *facts.by_the_node)


@dataclass(frozen=True)
class Nodes:
    """Nodes block by block."""

    sheet: Sheet
    committed: Band
    ordered: Band | None
    """Nodes under take-or-pay, used or not."""
    spare: Band


@dataclass(frozen=True)
class NodeHours:
    """Node-hours month by month."""

    sheet: Sheet
    paid: Band
    """By offering and purchase kind, running or not."""
    needed: Band
    """By offering."""


def nodes_sheet(
    facts: Facts,
    calendar: Calendar,
    commitments: Records[Commitment],
    usage: Records[Usage],
    routing: Routing,
    blocks: Records[BlockMonth] | None,
) -> Nodes:
    """Under contract, by the hour, needed, spare."""
    time = TimeSheet("Calc_Nodes", facts.months)
    time.open(
        (
            "Nodes: needed and available in each load block",
            "Nodes of different offerings do not add up, so there is no total. Below zero would be a fault."
            + (" Expected nodes, over the outlooks." if facts.several else ""),
        ),
        keys=_KEYS,
        calendar=calendar.time,
    )

    def under_contract(_: int, at: At) -> Expr:
        if at.pool.value == BLOCK and blocks is not None:
            return sum_where(
                blocks.column("Expected average nodes"),
                Where(blocks.column("Offering"), "=", at.item),
                Where(blocks.column("Month"), "=", at.day),
            )
        return _active(facts, commitments, at)

    committed = time.band(
        "Nodes under contract, in every hour of the month",
        [Key(o, facts.provider(o), kind) for o in facts.in_plan for kind in lotted(facts)],
        under_contract,
        unit="nodes",
        fmt=Fmt.QUANTITY if facts.several or blocks is not None else Fmt.WHOLE,
        row_total="none",
    )
    time.gap()
    ordered = _ordered(time, facts, commitments) if facts.has_take_or_pay else None
    needed, spare = _by_block(time, facts, usage, routing, committed)
    time.band(
        "Nodes needed in the busiest block of the month",
        [Key(o, facts.provider(o)) for o in facts.in_plan],
        lambda _, at: member_max(needed.keys(ITEM), at.item, needed.month(at.month)),
        unit="nodes",
        fmt=Fmt.QUANTITY,
        row_total="none",
    )
    return Nodes(time.sheet(), committed, ordered, spare)


def _ordered(time: TimeSheet, facts: Facts, commitments: Records[Commitment]) -> Band:
    band = time.band(
        "Nodes ordered under take-or-pay, used or not (those that are used stand below)",
        [Key(o, facts.provider(o), TAKE_OR_PAY) for o in facts.in_plan],
        lambda _, at: _active(facts, commitments, at),
        unit="nodes",
        fmt=Fmt.QUANTITY if facts.several else Fmt.WHOLE,
        row_total="none",
    )
    time.gap()
    return band


def _active(facts: Facts, commitments: Records[Commitment], at: At) -> Expr:
    return sum_where(
        commitments.column(nodes_header(facts)),
        Where(commitments.column("Offering"), "=", at.item),
        Where(commitments.column("Kind"), "=", at.pool),
        Where(commitments.column("Start"), "<=", at.day),
        Where(commitments.column("End"), ">", at.day),
    )


def _by_block(
    time: TimeSheet, facts: Facts, usage: Records[Usage], routing: Routing, committed: Band
) -> tuple[Band, Band]:
    keys = [Key(o, facts.provider(o), pool, block) for o, pool in facts.pools for block in facts.blocks]

    def by_hour(_: int, at: At) -> Expr:
        return sum_where(
            usage.column("Expected working nodes"),
            Where(usage.column("Offering"), "=", at.item),
            Where(usage.column("Pool"), "=", at.pool),
            Where(usage.column("Block"), "=", at.block),
            Where(usage.column("Month"), "=", at.day),
        )

    def left(i: int, at: At) -> Expr:
        if keys[i].pool == SPOT:
            return hourly.at(i, at.month) - needed.at(i, at.month)
        owned = sum_where(committed.month(at.month), Where(committed.keys(ITEM), "=", at.item))
        return owned + hourly.at(i, at.month) - needed.at(i, at.month)

    hourly = time.band(
        "Nodes bought by the hour (spot: working nodes)",
        keys,
        by_hour,
        unit="nodes",
        fmt=Fmt.QUANTITY,
        row_total="none",
    )
    time.gap()
    needed = time.band(
        "Nodes needed", keys, lambda _, at: routing.nodes_of(at), unit="nodes", fmt=Fmt.QUANTITY, row_total="none"
    )
    time.gap()
    spare = time.band("Spare nodes", keys, left, unit="nodes", fmt=Fmt.QUANTITY, row_total="none")
    time.gap()
    return needed, spare


def node_hours_sheet(
    facts: Facts, calendar: Calendar, usage: Records[Usage], routing: Routing, nodes: Nodes
) -> NodeHours:
    """Paid for, needed, idle, and how well used."""
    time = TimeSheet("Calc_Node_Hours", facts.months)
    time.open(
        (
            "Node-hours: paid for and needed over the month",
            "Idle = paid for and not needed: unused commitments, and spot nodes under recovery."
            + (" Nodes under take-or-pay count whole, used or not." if facts.has_take_or_pay else ""),
        ),
        keys=_KEYS,
        calendar=calendar.time,
    )
    every, always = kinds_of(facts), lotted(facts)
    kinds = [Key(o, facts.provider(o), kind) for o in facts.in_plan for kind in every]

    def paid_for(i: int, at: At) -> Expr:
        if kinds[i].pool in always:
            row = len(always) * (i // len(every)) + always.index(kinds[i].pool)
            return nodes.committed.at(row, at.month) * at.hours
        if kinds[i].pool == TAKE_OR_PAY and nodes.ordered is not None:
            return nodes.ordered.at(i // len(every), at.month) * at.hours
        return sum_where(
            usage.column("Expected node hours"),
            Where(usage.column("Offering"), "=", at.item),
            Where(usage.column("Purchase kind"), "=", at.pool),
            Where(usage.column("Month"), "=", at.day),
        )

    paid = time.band("Paid for, by purchase kind", kinds, paid_for, unit="node-hours", fmt=Fmt.WHOLE)
    time.gap()
    keys = [Key(o, facts.provider(o)) for o in facts.in_plan]
    needed = time.band("Needed", keys, lambda _, at: routing.node_hours_of(at), unit="node-hours", fmt=Fmt.WHOLE)
    time.gap()
    _idle(time, keys, paid, needed)
    return NodeHours(time.sheet(), paid, needed)


def _idle(time: TimeSheet, keys: list[Key], paid: Band, needed: Band) -> None:
    def all_paid(_: int, at: At) -> Expr:
        return sum_where(paid.month(at.month), Where(paid.keys(ITEM), "=", at.item))

    available = time.band("Paid for, all kinds", keys, all_paid, unit="node-hours", fmt=Fmt.WHOLE)
    time.gap()
    time.band(
        "Idle",
        keys,
        lambda i, at: available.at(i, at.month) - needed.at(i, at.month),
        unit="node-hours",
        fmt=Fmt.WHOLE,
    )
    time.gap()
    time.band(
        "Share in use",
        keys,
        lambda i, at: ratio(needed.at(i, at.month), available.at(i, at.month)),
        unit="share",
        fmt=Fmt.SHARE,
        row_total=lambda i: ratio(needed.sum(i), available.sum(i)),
    )
