"""Calc_Prepaid: what is paid before it is used, and used before it is paid, by contract and month.

prepaid      an asset:     brought forward + additions (paid ahead of service) - release (used by the month) = closing
accrued      a liability:  brought forward + grown (used in the month) - settled (paid in the month) = closing

Every line of Payments that is for other months than the one in which it is paid is in one of the two, whatever it is
for: upfront parts, blocks, credits, capital expenditure, months due in advance; true-ups, windows, shortfalls, months
due later. So cash less effective cost of a month is what the two have moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import sum_where
from reports.layout import Fmt, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.charge_values import (
    ACCRUED,
    OPEN_AT_START,
    PREPAID,
    carried_under,
    is_paid_ahead,
    is_paid_behind,
)
from reports.timeline import ITEM, At, Band, Key, TimeSheet


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
    """Service that is used and not yet paid: settlements of windows that run, months that are due later."""

    grown: Band
    settled: Band
    closing: Band
    closing_total: Band


def prepaid_sheet(facts: Facts, calendar: Calendar, payments: Records[CostLine]) -> Prepaid:
    """Bands over all that is paid ahead, then over all that is paid behind."""
    time = TimeSheet("Calc_Prepaid", facts.months)
    time.open(
        (
            "Prepaid and accrued: roll-forward of what is not paid when it is used",
            "Released straight-line by the hour over the service. In the Total column of closing balances stands"
            " the balance brought forward from before the first month.",
        ),
        keys=("Contract or order", "Group", "Part", "Block"),
        calendar=calendar.time,
    )
    ahead = _names(row for row in payments.rows if is_paid_ahead(row))
    write = _Writer(time, payments, PREPAID, [Key(name) for name in ahead or ["(none)"]])
    row = time.row
    time.row += len(write.keys) + 2
    additions = write.band("Additions: paid in the month, ahead of service", lambda _, at: write.paid(at))
    release = write.band("Release: used up by the month's service", lambda _, at: write.used(at))
    closing = write.closing("Prepaid, closing (Total column: brought forward)", additions, release)
    closing_total = time.sum_row("All prepaid", closing, unit="USD", fmt=Fmt.MONEY, with_sum=False)
    time.row, end = row, time.row
    write.band("Opening balance", lambda i, at: closing.at(i, at.month - 1), row_total="none")
    time.row = end
    accrued = _accrued(time, payments)
    return Prepaid(time.sheet(), additions, release, closing, closing_total, accrued)


def _accrued(time: TimeSheet, payments: Records[CostLine]) -> Accrued | None:
    """A true-up serves all months of its window and is paid in the last: until then it is a liability."""
    behind = _names(row for row in payments.rows if is_paid_behind(row))
    if not behind:
        return None
    write = _Writer(time, payments, ACCRUED, [Key(name) for name in behind])
    grown = write.band("Accrued: used in the month, to be paid behind", lambda _, at: write.used(at))
    settled = write.band("Settled: paid in the month, behind its service", lambda _, at: write.paid(at))
    title = "Accrued liability, closing (Total column: brought forward)"
    closing = write.closing(title, grown, settled)
    closing_total = time.sum_row("All accrued", closing, unit="USD", fmt=Fmt.MONEY, with_sum=False)
    return Accrued(grown, settled, closing, closing_total)


def _names(rows: Iterable[CostLine]) -> list[str]:
    return sorted({carried_under(row) for row in rows})


class _Writer:
    """The rows of one roll-forward, over what is carried in it."""

    def __init__(self, time: TimeSheet, payments: Records[CostLine], carried: str, keys: list[Key]) -> None:
        self.time, self.payments, self.keys = time, payments, keys
        self._carried = payments.column(carried)

    def band(self, title: str, fill: Callable[[int, At], Expr], *, row_total: Literal["sum", "none"] = "sum") -> Band:
        """One row for each name and a blank row."""
        band = self.time.band(title, self.keys, fill, unit="USD", fmt=Fmt.MONEY, row_total=row_total)
        self.time.gap()
        return band

    def closing(self, title: str, more: Band, less: Band) -> Band:
        """The cell on the left, plus what comes, less what goes."""
        return self.time.band(
            title,
            self.keys,
            lambda i, at: self.time.left_of(at.month) + more.at(i, at.month) - less.at(i, at.month),
            unit="USD",
            fmt=Fmt.MONEY,
            brought_forward=lambda _: self._sum(OPEN_AT_START, self.time.key(ITEM)),
        )

    def paid(self, at: At) -> Expr:
        """Payments of the month."""
        return self._sum("Expected USD", at.item, Where(self.payments.column("Paid in"), "=", at.day))

    def used(self, at: At) -> Expr:
        """Hours of the month x the price of an hour of the service that runs in it."""
        return at.hours * self._sum(
            "USD per service hour",
            at.item,
            Where(self.payments.column("Service from"), "<=", at.day),
            Where(self.payments.column("Service until"), ">", at.day),
        )

    def _sum(self, header: str, name: Expr, *conditions: Where) -> Expr:
        return sum_where(self.payments.column(header), Where(self._carried, "=", name), *conditions)
