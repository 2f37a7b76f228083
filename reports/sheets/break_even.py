"""Calc_Break_Even and Break_Even: from which month on an order has cost less than paying by the hour.

used so far         node-hours of the order that are used: nodes x hours x utilisation of the offering (Calc_Rates)
by the hour         those node-hours at the negotiated price
advantage           by the hour, so far, less the order, so far: in cash as it is paid, and in effective cost
pays back from      the first month from which on, to the end of the horizon, the advantage is not below 0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.calendar import Month
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import (
    compared,
    greatest,
    item_at,
    last_below,
    least,
    position_of,
    quoted,
    sum_where,
    when,
)
from reports.grid import Grid
from reports.layout import Fmt, Kind, Sheet
from reports.records import Field, Line, Records, write_records
from reports.sheets.calendar import Calendar
from reports.sheets.commitments import nodes_header
from reports.sheets.committed import Commitment
from reports.sheets.inputs import Inputs
from reports.sheets.rates import Rates
from reports.timeline import MONTH_1, NUMBER_ROW, At, Band, Key, TimeSheet

NEVER = "not in the horizon"


@dataclass(frozen=True, slots=True)
class Weighed:
    """An order of nodes, and where its offering stands among those in the plan."""

    order: str
    contract: str
    offering: str
    row: int
    start: Month


@dataclass(frozen=True)
class BreakEven:
    """The workings and the list."""

    workings: Sheet
    orders: Records[Weighed]


@dataclass(frozen=True)
class Compared:
    """What orders are compared with, and by what they are billed."""

    calendar: Calendar
    commitments: Records[Commitment]
    payments: Records[CostLine]
    rates: Rates


def weighed(facts: Facts) -> tuple[Weighed, ...]:
    """Orders of nodes by start and id, each once, whatever outlooks do to it."""
    last = facts.months[-1]
    return tuple(
        Weighed(o.order, o.contract, o.offering, facts.in_plan.index(o.offering), min(o.start, last))
        for o in sorted(facts.plan.orders, key=lambda o: (o.start, o.order))
    )


def break_even_sheets(facts: Facts, inputs: Inputs, against: Compared) -> BreakEven:
    """Only for plans with orders."""
    orders = weighed(facts)
    time = TimeSheet("Calc_Break_Even", facts.months)
    time.open(
        (
            "Orders against paying by the hour",
            "The alternative buys what is used of an order, at the negotiated price, when it is used.",
        ),
        keys=("Order", "Offering", "Pool", "Block"),
        calendar=against.calendar.time,
    )
    write = _Writer(time, orders, facts, against)
    hours = write.band("Node-hours of the order", write.node_hours, unit="node-hours", fmt=Fmt.WHOLE)
    rates = against.rates
    used = write.band(
        "Of it used",
        lambda i, at: hours.at(i, at.month) * rates.utilisation.at(orders[i].row, at.month),
        unit="node-hours",
        fmt=Fmt.WHOLE,
    )
    hourly = write.money(
        "By the hour it would cost",
        lambda i, at: used.at(i, at.month) * rates.negotiated.at(orders[i].row, at.month),
    )
    cash = write.money("Cash for the order", write.paid)
    effective = write.money("Effective cost of the order", write.served)
    in_cash = write.advantage("Advantage so far, in cash", hourly, cash)
    in_cost = write.advantage("Advantage so far, in effective cost", hourly, effective)
    records = write_records(
        Grid("Break_Even", "decisions"),
        "tblBreakEven",
        _fields(inputs, time, (used, hourly, cash, effective), (in_cash, in_cost)),
        orders,
        "Break-even of orders against paying by the hour",
        "From which month on, to the end of the horizon, an order has cost no more than its use by the hour.",
    )
    return BreakEven(time.sheet(), records)


class _Writer:
    """Bands over the orders."""

    def __init__(self, time: TimeSheet, orders: tuple[Weighed, ...], facts: Facts, against: Compared) -> None:
        self.time, self.against, self.nodes = time, against, nodes_header(facts)
        self.keys = [Key(row.order, row.offering) for row in orders]

    def band(self, title: str, fill: Callable[[int, At], Expr], *, unit: str, fmt: Fmt) -> Band:
        """One row an order and a blank row."""
        band = self.time.band(title, self.keys, fill, unit=unit, fmt=fmt)
        self.time.gap()
        return band

    def money(self, title: str, fill: Callable[[int, At], Expr]) -> Band:
        """The same in dollars."""
        return self.band(title, fill, unit="USD", fmt=Fmt.MONEY)

    def node_hours(self, _: int, at: At) -> Expr:
        """Nodes of the order in the month x hours."""
        rows = self.against.commitments
        active = sum_where(
            rows.column(self.nodes),
            Where(rows.column("Commitment"), "=", at.item),
            Where(rows.column("Start"), "<=", at.day),
            Where(rows.column("End"), ">", at.day),
        )
        return at.hours * active

    def paid(self, _: int, at: At) -> Expr:
        """Payments of the month."""
        pay = self.against.payments
        paid_in = Where(pay.column("Paid in"), "=", at.day)
        return sum_where(pay.column("Expected USD"), Where(pay.column("Commitment"), "=", at.item), paid_in)

    def served(self, _: int, at: At) -> Expr:
        """Hours of the month x what an hour of the order's service costs."""
        pay = self.against.payments
        return at.hours * sum_where(
            pay.column("USD per service hour"),
            Where(pay.column("Commitment"), "=", at.item),
            Where(pay.column("Service from"), "<=", at.day),
            Where(pay.column("Service until"), ">", at.day),
        )

    def advantage(self, title: str, hourly: Band, order: Band) -> Band:
        """Cumulated: the cell on the left, plus what the month saves."""
        band = self.time.band(
            title,
            self.keys,
            lambda i, at: self.time.left_of(at.month) + hourly.at(i, at.month) - order.at(i, at.month),
            unit="USD",
            fmt=Fmt.MONEY,
            brought_forward=lambda _: 0,
        )
        self.time.gap()
        return band


def _fields(
    inputs: Inputs, time: TimeSheet, amounts: tuple[Band, ...], advantages: tuple[Band, Band]
) -> list[Field[Weighed]]:
    months = len(time.months)
    numbers = time.grid.area((NUMBER_ROW, MONTH_1), (NUMBER_ROW, MONTH_1 + months - 1))
    header = time.header_area()
    positions: dict[str, int] = {}

    def position(row: Weighed) -> int:
        return positions.setdefault(row.order, len(positions))

    def number(advantage: Band) -> Callable[[Weighed, Line], Expr]:
        def first(row: Weighed, at: Line) -> Expr:
            below = last_below(advantage.row(position(row)), ZERO - inputs["HalfCentUSD"], numbers)
            return greatest(below + ONE, position_of(at["First month"], header))

        return first

    def month(column: str) -> Callable[[Weighed, Line], Expr]:
        def shown(_: Weighed, at: Line) -> Expr:
            last = inputs["HorizonMonths"]
            inside = item_at(header, least(at[column], last))
            return when(compared(at[column], ">", last), quoted(NEVER), inside)

        return shown

    def whole(band: Band) -> Callable[[Weighed, Line], Expr]:
        return lambda row, _: band.sum(position(row))

    used, hourly, cash, effective = amounts
    calc, link = Kind.CALC, Kind.LINK
    return [
        Field("Order", lambda r, _: r.order),
        Field("Contract", lambda r, _: r.contract),
        Field("Offering", lambda r, _: r.offering),
        Field("First month", lambda r, _: r.start.first_day, fmt=Fmt.MONTH),
        Field("Node hours used", whole(used), link, Fmt.WHOLE),
        Field("By the hour USD", whole(hourly), link, Fmt.MONEY),
        Field("Cash USD", whole(cash), link, Fmt.MONEY),
        Field("Effective USD", whole(effective), link, Fmt.MONEY),
        Field("Cash month no", number(advantages[0]), calc, Fmt.WHOLE),
        Field("In cash from", month("Cash month no"), calc, Fmt.MONTH),
        Field("Cost month no", number(advantages[1]), calc, Fmt.WHOLE),
        Field("In effective cost from", month("Cost month no"), calc, Fmt.MONTH),
    ]
