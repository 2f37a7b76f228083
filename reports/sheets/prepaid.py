"""Calc_Prepaid: prepayments as an asset: opening, additions, release, closing, by commitment and month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from contracts.terms.common import Nature
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, sum_where
from reports.layout import Fmt, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.charges import MAKE_UP, TRUE_UP, part_of
from reports.sheets.commitments import Commitment
from reports.sheets.inputs import Inputs
from reports.timeline import ITEM, POOL, At, Band, Key, TimeSheet


@dataclass(frozen=True)
class Prepaid:
    """The sheet and its bands."""

    sheet: Sheet
    additions: Band
    release: Band
    closing: Band
    closing_total: Band
    accrued: Accrued | None


@dataclass(frozen=True)
class Accrued:
    """Settlements of take-or-pay windows that run: owed month by month, paid at the end of the window."""

    grown: Band
    settled: Band
    closing_total: Band


def prepaid_sheet(
    facts: Facts,
    inputs: Inputs,
    calendar: Calendar,
    payments: Records[CostLine],
    commitments: Records[Commitment],
) -> Prepaid:
    """Four bands over the commitments that were or will be paid upfront."""
    time = TimeSheet("Calc_Prepaid", facts.months)
    time.open(
        (
            "Prepaid: roll-forward of upfront payments",
            "Released straight-line by the hour over the term. In the Total column of Closing stands"
            " the balance brought forward from before the first month.",
        ),
        keys=("Commitment", "Group", "Part", "Block"),
        calendar=calendar.time,
    )
    names = _prepaid(payments)
    write = _Writer(time, payments, [Key(name, pool="upfront") for name in names or ["(none)"]])
    hours_left = write.hours_left(inputs, commitments, has_any=bool(names))
    row = time.row
    time.row += len(write.keys) + 2
    additions = write.band("Additions: upfront payments of the month", lambda _, at: write.paid(at))
    release = write.band("Release: used up by the month's service", lambda _, at: write.released(at))
    closing = time.band(
        "Closing balance (Total column: brought forward)",
        write.keys,
        lambda i, at: time.left_of(at.month) + additions.at(i, at.month) - release.at(i, at.month),
        unit="USD",
        fmt=Fmt.MONEY,
        brought_forward=lambda i: write.brought_forward(inputs, hours_left.sum(i)),
    )
    closing_total = time.sum_row("All commitments", closing, unit="USD", fmt=Fmt.MONEY, with_sum=False)
    time.row, end = row, time.row
    write.band("Opening balance", lambda i, at: closing.at(i, at.month - 1), row_total="none")
    time.row = end
    accrued = _accrued(time, payments)
    return Prepaid(time.sheet(), additions, release, closing, closing_total, accrued)


def _accrued(time: TimeSheet, payments: Records[CostLine]) -> Accrued | None:
    """A true-up serves all months of its window and is paid in the last: until then it is a liability."""
    orders = sorted({r.order or "" for r in payments.rows if part_of(r) in (TRUE_UP, MAKE_UP)})
    if not orders:
        return None
    write = _Writer(time, payments, [Key(order, pool=part) for order in orders for part in (TRUE_UP, MAKE_UP)])
    grown = write.band("Accrued: true-ups less make-ups of running windows", lambda _, at: write.released(at))
    settled = write.band("Settled: paid at the end of the window", lambda _, at: write.paid(at))
    closing = time.band(
        "Accrued liability, closing (Total column: brought forward)",
        write.keys,
        lambda i, at: time.left_of(at.month) + grown.at(i, at.month) - settled.at(i, at.month),
        unit="USD",
        fmt=Fmt.MONEY,
        brought_forward=lambda _: 0,
    )
    closing_total = time.sum_row("All windows", closing, unit="USD", fmt=Fmt.MONEY, with_sum=False)
    return Accrued(grown, settled, closing_total)


def _prepaid(payments: Records[CostLine]) -> list[str]:
    upfront = (Nature.RESERVED_UPFRONT, Nature.HELD_UPFRONT)
    return sorted({r.order or r.source for r in payments.rows if r.nature in upfront})


class _Writer:
    """The rows of the roll-forward, over the prepaid commitments."""

    def __init__(self, time: TimeSheet, payments: Records[CostLine], keys: list[Key]) -> None:
        self.time, self.payments, self.keys = time, payments, keys

    def band(self, title: str, fill: Callable[[int, At], Expr], *, row_total: Literal["sum", "none"] = "sum") -> Band:
        """One row per commitment and a blank row."""
        band = self.time.band(title, self.keys, fill, unit="USD", fmt=Fmt.MONEY, row_total=row_total)
        self.time.gap()
        return band

    def paid(self, at: At) -> Expr:
        """Upfront payments of the month."""
        paid_in = Where(self.payments.column("Paid in"), "=", at.day)
        return sum_where(self.payments.column("Expected USD"), *self._row(at.item, at.pool), paid_in)

    def released(self, at: At) -> Expr:
        """Hours of the month x the prepaid price of an hour of the service that runs in it."""
        running = (
            Where(self.payments.column("Service from"), "<=", at.day),
            Where(self.payments.column("Service until"), ">", at.day),
        )
        hourly = self.payments.column("USD per service hour")
        return at.hours * sum_where(hourly, *self._row(at.item, at.pool), *running)

    def hours_left(self, inputs: Inputs, commitments: Records[Commitment], *, has_any: bool) -> Band:
        """Hours of service that remain when the plan starts; in the Total column only."""
        names, ends = commitments.column("Commitment"), commitments.column("End")

        def left(_: int) -> Expr:
            return (looked_up(self.time.key(ITEM), names, ends) - inputs["ModelStart"]) * inputs["HoursPerDay"]

        band = self.time.band(
            "Hours of service left when the plan starts",
            self.keys,
            lambda *_: None,
            unit="hours",
            fmt=Fmt.WHOLE,
            row_total=left if has_any else "none",
        )
        self.time.gap()
        return band

    def brought_forward(self, inputs: Inputs, hours_left: Expr) -> Expr:
        """What was paid before the first month and is not used up by then."""
        key, part = self.time.key(ITEM), self.time.key(POOL)
        before = Where(self.payments.column("Paid in"), "<", inputs["ModelStart"])
        hourly = sum_where(self.payments.column("USD per service hour"), *self._row(key, part), before)
        return hourly * hours_left

    def _row(self, item: Expr, part: Expr) -> tuple[Where, Where]:
        return (
            Where(self.payments.column("Commitment"), "=", item),
            Where(self.payments.column("Part"), "=", part),
        )
