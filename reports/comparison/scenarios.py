"""Scenarios: every variant with what was changed in it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.comparing.comparison import Compared, Comparison
from reports.grid import Grid
from reports.layout import TEXT_LIMIT, Kind
from reports.records import Field, Records, write_records
from scenarios.changes import ChangeMade


@dataclass(frozen=True)
class ChangeRow:
    """One change of a variant; the base, and a variant without any change, have a line without one."""

    name: str
    parent: str
    outcome: str
    fingerprint: str
    note: str
    change: ChangeMade | None
    reasons: str


def scenarios_sheet(comparison: Comparison) -> Records[ChangeRow]:
    """The base and all variants, those without a plan, too."""
    return write_records(
        Grid("Scenarios", "inputs"),
        "tblScenarios",
        _fields(),
        list(_rows(comparison)),
        "Scenarios: what differs, and what came of it",
        "A path is table.key.column, or a key of scenario.yaml. No file was edited.",
    )


def _rows(comparison: Comparison) -> Iterator[ChangeRow]:
    base = comparison.base
    yield ChangeRow(comparison.base_name, "", "solved", base.fingerprint, "the base", None, "")
    for one in comparison.variants:
        for number, change in enumerate(one.changes or (None,)):
            yield ChangeRow(
                one.name,
                comparison.base_name,
                one.outcome.value,
                one.against.proof.fingerprint if one.against else "",
                one.note,
                change,
                "" if number else reasons_of(one),
            )


def reasons_of(one: Compared) -> str:
    """Why it has no plan, in one cell."""
    return "\n".join(one.reasons)[:TEXT_LIMIT]


def _fields() -> list[Field[ChangeRow]]:
    typed, decided = Kind.INPUT, Kind.DECISION
    return [
        Field("Scenario", lambda r, _: r.name, max_width=30),
        Field("Outcome", lambda r, _: r.outcome, decided, min_width=11),
        Field("Path", lambda r, _: r.change.path if r.change else None, max_width=54, wrap=True),
        Field("Base value", lambda r, _: _text(r.change.before) if r.change else None, typed, wrap=True, max_width=26),
        Field("New value", lambda r, _: _text(r.change.after) if r.change else None, typed, wrap=True, max_width=26),
        Field("Where it was typed", lambda r, _: (r.change.place if r.change else "") or None, max_width=26),
        Field("Why there is no plan", lambda r, _: r.reasons or None, decided, wrap=True, max_width=60),
        Field("Remark", lambda r, _: r.note or None, Kind.NOTE, wrap=True, max_width=30),
        Field("Parent", lambda r, _: r.parent or None, max_width=24),
        Field("Fingerprint of the inputs", lambda r, _: r.fingerprint or None, decided, wrap=True, max_width=36),
    ]


def _text(value: str | None) -> str:
    """What a cell holds, in words where it holds nothing."""
    if value is None:
        return "(not there)"
    return value or "(blank)"
