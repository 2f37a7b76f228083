"""Inputs: everything in which the two plans' inputs differ, in groups, and what each group does alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optimizer.comparing.differences import Difference
from optimizer.differing.diff import GroupTried, PlanDiff
from reports.grid import Grid
from reports.layout import TEXT_LIMIT, Fmt, Kind
from reports.records import Field, Records, write_records
from scenarios.changes import ChangeMade


@dataclass(frozen=True)
class InputRow:
    """One input of a group; what came of the group stands on its first line."""

    group: GroupTried
    change: ChangeMade
    is_first: bool


def inputs_sheet(diff: PlanDiff) -> Records[InputRow]:
    """Groups as they were tried, most promising first."""
    rows = [InputRow(group, made, not number) for group in diff.groups for number, made in enumerate(group.changes)]
    return write_records(
        Grid("Inputs", "inputs"),
        "tblInputs",
        _fields(),
        rows,
        "Inputs: what differs, and what it does alone",
        "Inputs of a group touch the same thing and are changed together, in the old plan's inputs, alone. The"
        " difference is that plan less the old one, with the interval in which that of the two optima lies.",
    )


def _fields() -> list[Field[InputRow]]:
    typed, decided, money = Kind.INPUT, Kind.DECISION, Fmt.CENTS
    return [
        Field("Group", lambda r, _: r.group.name, max_width=44, wrap=True),
        Field("Path", lambda r, _: r.change.path, max_width=54, wrap=True),
        Field("Old value", lambda r, _: text_of(r.change.before), typed, wrap=True, max_width=26),
        Field("New value", lambda r, _: text_of(r.change.after), typed, wrap=True, max_width=26),
        Field("Alone", _first(lambda group: group.outcome.value), decided, min_width=14),
        Field("Less the old plan USD", _first(_of(lambda found: found.usd)), decided, money),
        Field("At least USD", _first(_of(lambda found: found.at_least_usd)), decided, money),
        Field("At most USD", _first(_of(lambda found: found.at_most_usd)), decided, money),
        Field("Proven", _first(_of(lambda found: found.verdict)), decided, min_width=14),
        Field("Orders it moves", _first(lambda group: group.orders_moved), decided, Fmt.WHOLE),
        Field("Why there is no plan", _first(_reasons), decided, wrap=True, max_width=60),
    ]


def _first(of: Callable[[GroupTried], Any]) -> Callable[[InputRow, object], Any]:
    return lambda row, _: of(row.group) if row.is_first else None


def _of(part: Callable[[Difference], Any]) -> Callable[[GroupTried], Any]:
    return lambda group: None if group.difference is None else part(group.difference)


def _reasons(group: GroupTried) -> str | None:
    return "\n".join(group.reasons)[:TEXT_LIMIT] or None


def text_of(value: str | None) -> str:
    """What a cell holds, in words where it holds nothing."""
    return "(not there)" if value is None else value or "(blank)"
