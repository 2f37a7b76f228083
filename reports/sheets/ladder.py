"""Calc_Ladder: what is held and new by month and offering: what begins, what ends, what takes its place, what is owed.

under contract      = month before + begin - end
begin               first day of service: orders, held contracts, renewals, nodes swapped in
end                 the term is over, nodes have left or were swapped, a renewal is over
still to be paid    invoice lines of held contracts and reserved orders that are paid in the month or later
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import sum_where
from reports.layout import Fmt, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.capacity import HELD, RESERVED
from reports.sheets.commitments import nodes_header
from reports.sheets.committed import Commitment
from reports.sheets.courses import RENEWED, SWAPPED, TERM
from reports.timeline import At, Band, Key, TimeSheet


@dataclass(frozen=True)
class Ladder:
    """The sheet, and the bands that must close."""

    sheet: Sheet
    before: Band
    begins: tuple[Band, ...]
    ends: Band
    serving: Band


def ladder_sheet(
    facts: Facts, calendar: Calendar, commitments: Records[Commitment], payments: Records[CostLine]
) -> Ladder | None:
    """Nodes under contract by offering and month, and what is still owed for them; None where there are none."""
    if not commitments.rows:
        return None
    time = TimeSheet("Calc_Ladder", facts.months)
    time.open(
        (
            "Ladder: what is held and new, what ends when, and what takes its place",
            "Under contract = month before + begin - end. Nodes that are renewed or swapped in begin again."
            + (" Expected nodes, over the outlooks." if facts.several else ""),
        ),
        keys=("Item", "Provider", "Kind", "Course"),
        calendar=calendar.time,
    )
    write = _Writer(time, facts, commitments)
    start, end = commitments.column("Start"), commitments.column("End")
    title = "Under contract in the month before"
    before = write.nodes(title, lambda at: (Where(start, "<", at.day), Where(end, ">=", at.day)))
    begins = tuple(
        write.nodes(title, lambda at: (Where(start, "=", at.day),), course=course)
        for title, course in (
            ("Begin: held and new", TERM),
            ("Begin: renewed", RENEWED),
            ("Begin: swapped in", SWAPPED),
        )
        if course == TERM or any(row.course == course for row in commitments.rows)
    )
    ends = write.nodes("End: term over, left, swapped, or renewal over", lambda at: (Where(end, "=", at.day),))
    serving = write.nodes("Under contract", lambda at: (Where(start, "<=", at.day), Where(end, ">", at.day)))
    _still_owed(time, payments)
    return Ladder(time.sheet(), before, begins, ends, serving)


class _Writer:
    """Bands of nodes by offering."""

    def __init__(self, time: TimeSheet, facts: Facts, commitments: Records[Commitment]) -> None:
        self._time, self._facts, self._commitments = time, facts, commitments

    def nodes(self, title: str, which: Callable[[At], tuple[Where, ...]], *, course: str | None = None) -> Band:
        """Nodes of the lines of Commitments for which the conditions hold."""
        facts, commitments = self._facts, self._commitments
        told = course is not None and bool(facts.plan.rights)

        def count(_: int, at: At) -> Expr:
            by_course = (Where(commitments.column("Course"), "=", at.block),) if told else ()
            return sum_where(
                commitments.column(nodes_header(facts)),
                Where(commitments.column("Offering"), "=", at.item),
                *by_course,
                *which(at),
            )

        band = self._time.band(
            title,
            [Key(o, facts.provider(o), block=course if told else None) for o in facts.in_plan],
            count,
            unit="nodes",
            fmt=Fmt.QUANTITY if facts.several else Fmt.WHOLE,
            row_total="none",
        )
        self._time.gap()
        return band


def _still_owed(time: TimeSheet, payments: Records[CostLine]) -> None:
    """What can no longer be avoided by using less: paid in the month or later, also after the horizon."""

    def owed(_: int, at: At) -> Expr:
        return sum_where(
            payments.column("Expected USD"),
            Where(payments.column("Purchase kind"), "=", at.item),
            Where(payments.column("Paid in"), ">=", at.day),
        )

    time.band(
        "Still to be paid from the month on, used or not",
        [Key(HELD), Key(RESERVED)],
        owed,
        unit="USD",
        fmt=Fmt.MONEY,
        row_total="none",
    )
