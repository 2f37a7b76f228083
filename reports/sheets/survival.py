"""Calc_Survival: after each event, one line per case and offering: nodes busy, left, leaned on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from catalog.offerings import Offering
from contracts.calendar import Month
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, quoted, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.block_months import BlockMonth
from reports.sheets.committed import Commitment
from reports.sheets.input_events import EventInputs
from reports.sheets.late_nodes import LATE, late_fields
from reports.sheets.surviving import Case, Surviving
from scenarios.policy import Lost


def survival_sheet(
    facts: Facts,
    cases: Sequence[Case],
    offerings: Records[Offering],
    commitments: Records[Commitment],
    blocks: Records[BlockMonth] | None,
    inputs: EventInputs,
) -> Records[Surviving]:
    """Every surviving offering of every case."""
    return write_records(
        Grid("Calc_Survival", "workings"),
        "tblSurvival",
        [*_surviving(facts), *_room(facts, commitments, blocks, inputs), *_at_list(offerings)],
        [row for case in cases for row in _offerings_of(facts, case)],
        "Survival: the capacity that each event leaves, offering by offering",
        "Spare = firm nodes left + nodes leaned on - nodes busy; it must not be below zero.",
    )


def cases_of(facts: Facts) -> list[Case]:
    """The plan's cases, those of an event together, in order of time."""
    events = {e.contingency: e for e in facts.scenario.policy.contingencies}
    asked = _asked(facts)
    order = {block: i for i, block in enumerate(facts.blocks)}
    rows = sorted(facts.plan.contingencies, key=lambda c: (c.contingency, c.month, order[c.block], c.outlook))
    return [
        Case(number, row, events[row.contingency], asked[row.outlook, row.month, row.block])
        for number, row in enumerate(rows, start=1)
    ]


def _asked(facts: Facts) -> dict[tuple[str, Month, str], dict[tuple[str, str], float]]:
    """Demand of a block: what is placed and what is short add up to it."""
    sums: dict[tuple[str, Month, str], dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    for placed in facts.plan.placements:
        at = placed.outlook, placed.month, placed.block
        sums[at][placed.workload, placed.size_class] += placed.accepted_tok_per_s
    for split in facts.plan.split_placements:
        at = split.outlook, split.month, split.block
        sums[at][split.workload, split.size_class] += split.accepted_tok_per_s
    for token in facts.plan.api_placements:
        at = token.outlook, token.month, token.block
        sums[at][token.workload, token.size_class] += token.accepted_tok_per_s
    for short in facts.plan.shortfalls:
        at = short.outlook, short.month, short.block
        sums[at][short.workload, short.size_class] += short.accepted_tok_per_s
    return sums


def _offerings_of(facts: Facts, case: Case) -> list[Surviving]:
    busy: dict[str, float] = defaultdict(float)
    for p in case.case.placements:
        busy[p.offering] += p.nodes
    for x in case.case.split_placements:
        busy[facts.split[x.split].prefill_offering] += x.prefill_nodes
        busy[facts.split[x.split].decode_offering] += x.decode_nodes
    leaned = {e.offering: e for e in case.case.emergency}
    return [
        Surviving(
            case,
            offering,
            busy.get(offering, 0.0),
            leaned[offering].on_demand_nodes if offering in leaned else 0.0,
            leaned[offering].not_firm_nodes if offering in leaned else 0.0,
        )
        for offering in sorted({*busy, *leaned})
    ]


def _surviving(facts: Facts) -> list[Field[Surviving]]:
    return [
        Field("Case", lambda r, _: r.case.id),
        Field("Event", lambda r, _: r.case.event.contingency),
        Field("Month", lambda r, _: r.case.case.month.first_day, fmt=Fmt.DATE),
        Field("Block", lambda r, _: r.case.case.block),
        *([Field[Surviving]("Outlook", lambda r, _: r.case.case.outlook)] if facts.several else []),
        Field("Lost", lambda r, _: r.case.event.name),
        Field("Offering", lambda r, _: r.offering),
        Field("Busy nodes", lambda r, _: r.busy, Kind.DECISION, Fmt.QUANTITY),
    ]


def _room(
    facts: Facts, commitments: Records[Commitment], blocks: Records[BlockMonth] | None, inputs: EventInputs
) -> list[Field[Surviving]]:
    in_blocks = [] if blocks is None else _in_blocks(facts, blocks)
    late = late_fields(facts, commitments, inputs)

    def firm(row: Surviving, at: Line) -> Expr:
        nodes = by_the_lot(row, at)
        for field in in_blocks:
            nodes = nodes + at[field.header]
        return nodes - at[LATE] if late else nodes

    def by_the_lot(row: Surviving, at: Line) -> Expr:
        if facts.several:
            return at["Firm nodes in all outlooks"] + at["Firm nodes in this outlook"]
        return _without_lost(commitments, row, at)

    def spare(_: Surviving, at: Line) -> Expr:
        leaned = at["On demand leaned on"] + at["Not firm leaned on"]
        return at["Firm nodes left"] + leaned - at["Busy nodes"]

    return [
        *(_firm_by_outlook(commitments) if facts.several else []),
        *in_blocks,
        *late,
        Field("Firm nodes left", firm, Kind.CALC, Fmt.QUANTITY if late else Fmt.WHOLE),
        Field("On demand leaned on", lambda r, _: r.on_demand, Kind.DECISION, Fmt.QUANTITY),
        Field("Not firm leaned on", lambda r, _: r.not_firm, Kind.DECISION, Fmt.QUANTITY),
        Field("Spare nodes", spare, Kind.CALC, Fmt.QUANTITY),
    ]


def _firm_by_outlook(commitments: Records[Commitment]) -> list[Field[Surviving]]:
    """What is there whatever comes, and what only the outlook of the case has."""
    same = Where(commitments.column("Outlook"), "=", quoted(ALL_OUTLOOKS))

    def own(row: Surviving, at: Line) -> Expr:
        return _without_lost(commitments, row, at, Where(commitments.column("Outlook"), "=", at["Outlook"]))

    return [
        Field(
            "Firm nodes in all outlooks",
            lambda r, at: _without_lost(commitments, r, at, same),
            Kind.CALC,
            Fmt.WHOLE,
        ),
        Field("Firm nodes in this outlook", own, Kind.CALC, Fmt.WHOLE),
    ]


def _in_blocks(facts: Facts, blocks: Records[BlockMonth]) -> list[Field[Surviving]]:
    """Nodes of blocks that serve the whole month: what is there whatever comes, and what only the outlook has."""

    def nodes(of_all: bool) -> Callable[[Surviving, Line], Expr]:
        def cell(row: Surviving, at: Line) -> Expr:
            there = (
                Where(blocks.column("Offering"), "=", at["Offering"]),
                Where(blocks.column("Month"), "=", at["Month"]),
                Where(blocks.column("Outlook"), "=", quoted(ALL_OUTLOOKS) if of_all else at["Outlook"]),
            )
            left = sum_where(blocks.column("Firm nodes"), *there)
            if row.case.event.lost is not Lost.CONTRACT or row.case.event.name not in contracts:
                return left
            lost = Where(blocks.column("Contract"), "=", at["Lost"])
            return left - sum_where(blocks.column("Firm nodes"), *there, lost)

        return cell

    contracts = {row.delivery.contract for row in blocks.rows}
    fields = [Field("Block nodes in all outlooks", nodes(True), Kind.CALC, Fmt.WHOLE)]
    if facts.several:
        fields.append(Field("Block nodes in this outlook", nodes(False), Kind.CALC, Fmt.WHOLE))
    return fields


def _without_lost(commitments: Records[Commitment], row: Surviving, at: Line, *more: Where) -> Expr:
    """Firm nodes in service, without those of a contract that is lost."""
    left = sum_where(commitments.column("Nodes"), *_active(commitments, at), *more)
    if row.case.event.lost is not Lost.CONTRACT:
        return left
    lost = Where(commitments.column("Contract"), "=", at["Lost"])
    return left - sum_where(commitments.column("Nodes"), lost, *_active(commitments, at), *more)


def _active(commitments: Records[Commitment], at: Line) -> tuple[Where, ...]:
    return (
        Where(commitments.column("Offering"), "=", at["Offering"]),
        Where(commitments.column("Firm"), "=", quoted("yes")),
        Where(commitments.column("Start"), "<=", at["Month"]),
        Where(commitments.column("End"), ">", at["Month"]),
    )


def _at_list(offerings: Records[Offering]) -> list[Field[Surviving]]:
    keys, prices = offerings.column("Offering"), offerings.column("List USD per node hour")
    calc = Kind.CALC
    return [
        Field("List USD per node hour", lambda _, at: looked_up(at["Offering"], keys, prices), Kind.LINK, Fmt.PRICE),
        Field("Busy at list USD per h", lambda _, at: at["Busy nodes"] * at["List USD per node hour"], calc, Fmt.CENTS),
        Field(
            "Leaned at list USD per h",
            lambda _, at: (at["On demand leaned on"] + at["Not firm leaned on"]) * at["List USD per node hour"],
            calc,
            Fmt.CENTS,
        ),
    ]
