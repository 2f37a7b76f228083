"""Columns of Calc_Survival: firm nodes of orders of this plan that an event delivers late, or never."""

from __future__ import annotations

from collections.abc import Iterator

from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import months_later, sum_where
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records
from reports.sheets.committed import LATE_KEY, Commitment, late_key
from reports.sheets.input_events import EventInputs
from reports.sheets.surviving import Surviving
from scenarios.policy import Contingency, Lost

EVERY = "*"
LATE, ORDERS_OF, SINCE = "Late nodes", "Late orders of", "Late since"
OF_ALL, OF_THIS = "all outlooks", "this outlook"


def late_fields(facts: Facts, commitments: Records[Commitment], inputs: EventInputs) -> list[Field[Surviving]]:
    """The columns, where any event is a delivery: whose orders are late, how many nodes, and how many are not there."""
    if not inputs.delivered:
        return []
    ways = (OF_ALL, OF_THIS) if facts.several else (OF_ALL,)

    def since(row: Surviving, at: Line) -> Expr | str:
        months = inputs.late_months.get(row.case.event.contingency)
        return "-" if months is None else months_later(at["Month"], ZERO - months)

    def not_there(row: Surviving, at: Line) -> Expr:
        if not _is_late(row.case.event):
            return ZERO
        nodes = at[f"Late in {OF_ALL}"]
        for way in ways[1:]:
            nodes = nodes + at[f"Late in {way}"]
        return (ONE - inputs.delivered[row.case.event.contingency]) * nodes

    return [
        Field(ORDERS_OF, lambda r, _: r.case.event.name if _is_late(r.case.event) else "-"),
        Field(SINCE, since, Kind.CALC, Fmt.DATE),
        *(field for way in ways for field in _counted(facts, commitments, way)),
        Field(LATE, not_there, Kind.CALC, Fmt.QUANTITY),
    ]


def _is_late(event: Contingency) -> bool:
    return event.lost is Lost.DELIVERY


def _counted(facts: Facts, commitments: Records[Commitment], way: str) -> list[Field[Surviving]]:
    """What is looked for, and its nodes."""
    key = f"Key of {way}"

    def nodes(row: Surviving, at: Line) -> Expr:
        if not _is_late(row.case.event):
            return ZERO
        there = _there(commitments, at, key)
        scopes = _scopes(facts, commitments, row.case.event, at)
        found = [sum_where(commitments.column("Nodes"), *there, *scope) for scope in scopes]
        return sum(found[1:], start=found[0])

    def looked_for(row: Surviving) -> str:
        return late_key(row.offering, ALL_OUTLOOKS if way == OF_ALL else row.case.case.outlook)

    return [
        Field(key, lambda r, _: looked_for(r)),
        Field(f"Late in {way}", nodes, Kind.CALC, Fmt.WHOLE),
    ]


def _there(commitments: Records[Commitment], at: Line, key: str) -> tuple[Where, ...]:
    """In service in the month, and delivered so short a time ago."""
    start = commitments.column("Start")
    conditions = [
        Where(commitments.column(LATE_KEY), "=", at[key]),
        Where(start, "<=", at["Month"]),
        Where(commitments.column("End"), ">", at["Month"]),
    ]
    if at[SINCE].value != "-":
        conditions.append(Where(start, ">", at[SINCE]))
    return tuple(conditions)


def _scopes(
    facts: Facts, commitments: Records[Commitment], event: Contingency, at: Line
) -> Iterator[tuple[Where, ...]]:
    """Conditions on whose orders are late; they do not overlap."""
    catalog = facts.scenario.catalog
    if event.name == EVERY:
        yield ()
        return
    if any(row.provider == event.name for row in catalog.offerings):
        yield (Where(commitments.column("Provider"), "=", at[ORDERS_OF]),)
    sellers = {catalog.offering[row.offering].provider for row in facts.plan.orders if row.contract == event.name}
    if sellers - {event.name} or not any(row.provider == event.name for row in catalog.offerings):
        yield (Where(commitments.column("Contract"), "=", at[ORDERS_OF]),)
