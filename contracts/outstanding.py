"""Outstanding: what a commitment still has to pay after a month, as signed, and what leaving it would spare.

Meanings: docs/decisions/0035. For a month t, with `due` by month of payment and the exits that can be declared after t:

    outstanding[t]  =  sum of due after t  -  max(0, the most that such an exit saves)

An exit saves the recurring lines from the month on in which it leaves, less its fee. None of them is paid before its
month of service, and that is after t, so what an exit saves is the same for every t.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from contracts.calendar import Horizon, Month, months_between
from contracts.courses import Commitment, recurring_from, termination_bill
from contracts.terms.common import BillLine, Nature
from contracts.terms.take_or_pay import TakeOrPay, obligation_bill, windows

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Exit:
    """A month from which on the buyer may have left, and the last day to declare it."""

    leaves: Month
    declare_by: date


@dataclass(frozen=True, slots=True)
class Delivered:
    """The months of a commitment as promised, and as an outlook delivers them."""

    start: Month
    end: Month
    """First month that is no longer served, as promised."""
    delay_months: int = 0

    @property
    def delivered_start(self) -> Month:
        """First month that is served."""
        return self.start + self.delay_months

    @property
    def delivered_end(self) -> Month:
        """First month that is no longer served."""
        return self.end + self.delay_months


def exits(terms: Commitment, served: Delivered, first: Month, order_date: date) -> tuple[Exit, ...]:
    """Every exit from `first` on that the right to terminate allows, also beyond the horizon; none without it."""
    if terms.terminable_after_months is None:
        return ()
    earliest = max(first, served.start + terms.terminable_after_months, served.delivered_start)
    notice = timedelta(days=terms.termination_notice_days)
    found = (Exit(month, month.first_day - notice) for month in months_between(earliest, served.end))
    return tuple(exit_ for exit_ in found if exit_.declare_by >= order_date)


@dataclass(frozen=True, slots=True)
class Saving:
    """What an exit spares, its fee taken off, and the last day to declare it."""

    declare_by: date
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Owed:
    """What a commitment pays, by month of payment, and what exits would spare of it."""

    due: tuple[tuple[Month, Decimal], ...]
    savings: tuple[Saving, ...] = ()

    def after(self, month: Month) -> Decimal:
        """Dollars that are still to be paid after a month by who leaves as soon as it pays."""
        still_due = sum((usd for paid, usd in self.due if paid > month), NOTHING)
        left = (saving.usd for saving in self.savings if saving.declare_by >= (month + 1).first_day)
        return still_due - max(left, default=NOTHING) if self.savings and still_due else still_due


def owed_as_billed(lines: Iterable[BillLine]) -> Owed:
    """What the lines of a bill come to, by the month in which they are paid."""
    by_month: dict[Month, Decimal] = defaultdict(Decimal)
    for line in lines:
        by_month[line.paid_month] += line.exact_usd
    return Owed(tuple(sorted(by_month.items())))


def owed_with_exits(
    terms: Commitment,
    nodes: int,
    lines: tuple[BillLine, ...],
    *,
    served: Delivered,
    left: Iterable[Exit],
    horizon: Horizon,
) -> Owed:
    """What a bill comes to, and what each exit would spare of it."""
    savings = []
    for exit_ in left:
        given_up = sum((line.exact_usd for line in recurring_from(lines, exit_.leaves)), NOTHING)
        bill = termination_bill(terms, nodes, exit_.leaves, served.delivered_end, horizon)
        fee = sum((line.exact_usd for line in bill), NOTHING)
        if given_up > fee:
            savings.append(Saving(exit_.declare_by, given_up - fee))
    return Owed(owed_as_billed(lines).due, tuple(savings))


def owed_for_capital(lines: Iterable[BillLine]) -> Owed:
    """What owned hardware must pay once it is ordered: upkeep and power can be stopped, the residual is hoped for."""
    return owed_as_billed(line for line in lines if line.nature is Nature.OWNED_CAPEX)


def owed_under_take_or_pay(terms: TakeOrPay, lots: int, start: Month, horizon: Horizon) -> Owed:
    """The minimum of every window in equal parts over its months, and that of every month after the horizon."""
    due: dict[Month, Decimal] = defaultdict(Decimal)
    for window in windows(terms, start, horizon):
        minimum = window.minimum_units_per_lot * lots * window.price_usd_per_unit
        for month in window.months:
            due[month] += minimum / len(window.months)
    for line in obligation_bill(terms, lots, start, horizon):
        due[line.service_first] += line.exact_usd
    return Owed(tuple(sorted(due.items())))
