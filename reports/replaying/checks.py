"""Checks of a replay: tokens add up, the bill by nature is that of the steps, shares follow from their parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.replaying.records import MonthBilled, NatureBilled, PoolOutcome, StepOutcome, WorkloadOutcome
from reports.comparison.checks import write_checks
from reports.formulas import Expr, Where
from reports.functions import count_where, quoted
from reports.records import Records
from reports.sheets.check import Check


@dataclass(frozen=True)
class Written:
    """The sheets that the checks look at."""

    ladder: Records[StepOutcome]
    workloads: Records[WorkloadOutcome]
    pools: Records[PoolOutcome]
    natures: Records[NatureBilled]
    months: Records[MonthBilled]


PARTS = (
    "As planned Mtok",
    "Moved Mtok",
    "Rented more Mtok",
    "No headroom Mtok",
    "Planned shortfall Mtok",
    "Missed Mtok",
)


def checks_sheet(written: Written) -> tuple[Records[Check], Expr]:
    """The list of checks and the name of the master check."""
    return write_checks([*_tokens(written), *_money(written)], "Checks: does this replay add up?")


def _tokens(written: Written) -> Iterator[Check]:
    workloads, last = written.workloads, len(written.ladder.rows) - 1
    parts = workloads.total(PARTS[0])
    for header in PARTS[1:]:
        parts = parts + workloads.total(header)
    asked = workloads.total("Asked Mtok")
    meaning = "a token is lost, or counted twice"
    yield Check("Tokens served, left out and missed = tokens asked", parts, asked, "Mtok", meaning)
    stepped = written.ladder.cell(last, "Missed Mtok")
    missed = workloads.total("Missed Mtok")
    yield Check("Missed by workload = missed in the last step", missed, stepped, "Mtok", meaning)
    months = written.months.total("Asked Mtok")
    yield Check("Tokens by month = tokens by workload", months, asked, "Mtok", "a month or a workload is missing")
    kept = count_where(Where(workloads.column("Kept"), "=", quoted("yes")))
    stated = sum(row.kept for row in workloads.rows)
    yield Check("Workloads kept, by formula", kept, stated, "workloads", "a verdict does not follow from its figures")


def _money(written: Written) -> Iterator[Check]:
    last = len(written.ladder.rows) - 1
    for which, position in (("Planned USD", 0), ("Replayed USD", last)):
        natures = written.natures.total(which)
        step = written.ladder.cell(position, "Effective USD")
        text = f"{which.removesuffix(' USD')} bill by nature = bill of its step"
        yield Check(text, natures, step, "USD", "a charge is missing")
