"""Calc_Cash: what leaves the account in each month, and what lies before and after the horizon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.plan import CostLine
from reports.facts import IN_HOUSE, Facts, alone
from reports.formulas import Expr, Operator, Where
from reports.functions import quoted, sum_where
from reports.layout import Fmt, Sheet
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.effective import paid_kinds
from reports.sheets.inputs import Inputs
from reports.timeline import ITEM, At, Band, Key, TimeSheet


@dataclass(frozen=True)
class Cash:
    """The sheet and its bands."""

    sheet: Sheet
    total: Band
    by_kind: Band
    present_value: Band
    before: Band
    after: Band
    capex: Band | None
    """The part that is capital expenditure; None where nothing could be."""


def cash_sheet(facts: Facts, inputs: Inputs, calendar: Calendar, payments: Records[CostLine]) -> Cash:
    """By offering and kind, cumulated, discounted; sums outside the horizon in the Total column only."""
    time = TimeSheet("Calc_Cash", facts.months)
    time.open(
        (
            "Cash: payments by month",
            "Month of payment, undiscounted. Upfront amounts fall into the first month of service.",
        ),
        keys=("Item", "Provider", "Kind", "Block"),
        calendar=calendar.time,
    )
    work = [Key(IN_HOUSE, "migrations")] if facts.plan.migrations else []
    apart = [Key(alone(p), p) for p in facts.paid_alone]
    keys = [*(Key(o, facts.provider(o)) for o in facts.in_plan), *apart, *work]
    by_offering = _band(time, "By offering", keys, _paid(payments, "Offering"))
    total = time.sum_row("Cash in the horizon", by_offering, unit="USD", fmt=Fmt.MONEY)
    by_kind = _band(time, "By purchase kind", [Key(k) for k in paid_kinds(facts)], _paid(payments, "Purchase kind"))
    time.gap()
    capex = _capex(time, payments) if facts.tells_capex else None
    _cumulative(time, total)
    present_value = time.band(
        "Discounted, month 1 at par",
        [Key("Present value of cash")],
        lambda i, at: total.at(i, at.month) * calendar.discount.at(0, at.month),
        unit="USD",
        fmt=Fmt.MONEY,
    )
    time.gap()
    start, end = inputs["ModelStart"], inputs["HorizonEnd"]
    before = _outside(time, "Paid before the first month (sunk, held contracts)", keys, payments, ("<", start))
    time.gap()
    after = _outside(time, "Payable after the horizon (contracts that go on)", keys, payments, (">=", end))
    return Cash(time.sheet(), total, by_kind, present_value, before, after, capex)


def _band(time: TimeSheet, title: str, keys: list[Key], fill: Callable[[int, At], Expr]) -> Band:
    return time.band(title, keys, fill, unit="USD", fmt=Fmt.MONEY)


def _paid(payments: Records[CostLine], key: str) -> Callable[[int, At], Expr]:
    return lambda _, at: sum_where(
        payments.column("Expected USD"),
        Where(payments.column(key), "=", at.item),
        Where(payments.column("Paid in"), "=", at.day),
    )


def _capex(time: TimeSheet, payments: Records[CostLine]) -> Band:
    def capitalised(_: int, at: At) -> Expr:
        spending = Where(payments.column("Spending"), "=", quoted("capex"))
        return sum_where(payments.column("Expected USD"), spending, Where(payments.column("Paid in"), "=", at.day))

    band = _band(time, "Of it capital expenditure (the rest is operating)", [Key("Capitalised work")], capitalised)
    time.gap()
    return band


def _cumulative(time: TimeSheet, total: Band) -> None:
    """Running total: the cell on the left plus this month's cash; the Total column starts it at 0."""
    time.band(
        "Cumulated",
        [Key("Cash so far")],
        lambda _, at: time.left_of(at.month) + total.at(0, at.month),
        unit="USD",
        fmt=Fmt.MONEY,
        brought_forward=lambda _: 0,
    )
    time.gap()


def _outside(
    time: TimeSheet,
    title: str,
    keys: list[Key],
    payments: Records[CostLine],
    when: tuple[Operator, Expr],
) -> Band:
    operator, day = when

    def amount(_: int) -> Expr:
        offering = Where(payments.column("Offering"), "=", time.key(ITEM))
        return sum_where(payments.column("Expected USD"), offering, Where(payments.column("Paid in"), operator, day))

    return time.band(title, keys, lambda *_: None, unit="USD", fmt=Fmt.MONEY, row_total=amount)
