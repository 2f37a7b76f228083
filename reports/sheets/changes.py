"""Changes: every order beside what was approved of it, what the difference is worth, and how much may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from contracts.terms.api import Provisioned
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.owned import Owned
from contracts.terms.spend_commitment import SpendCommitment
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.order_values import SignedTerms, order_usd, signed_terms
from optimizer.plan import Order
from optimizer.plan_changes import OrderChange
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, quoted, size, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import FIRST_ROW, Field, Line, Records, write_records
from reports.sheets.input_stability import MOST_ORDERS, MOST_USD, PRICE
from reports.sheets.inputs import Inputs

NO_LIMIT = "no limit"


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An order that is compared, with its terms and the days between which it is paid."""

    change: OrderChange
    terms: SignedTerms
    first: date
    end: date
    """First day that is not paid any more."""

    @property
    def by_the_hour(self) -> bool:
        """Whether one of it is worth a price for each of its hours."""
        return not isinstance(self.terms, Owned | TakeOrPay)

    @property
    def per(self) -> str:
        """What the price is for."""
        if isinstance(self.terms, Owned):
            return "node"
        if isinstance(self.terms, TakeOrPay):
            return "node-hour of the minimum" if self.terms.unit == "node_hour" else "USD of the minimum"
        return {Provisioned: "unit-hour", SpendCommitment: "hour"}.get(type(self.terms), "node-hour")

    @property
    def minimum_units(self) -> Decimal:
        """Under take-or-pay, what a node is owed for over its term."""
        assert isinstance(self.terms, TakeOrPay)
        ramp = sum((self.terms.ramp_share(month) for month in range(self.terms.term_months)), Decimal(0))
        return self.terms.minimum_units_per_lot * ramp / self.terms.lot_nodes

    @property
    def price_usd(self) -> Decimal:
        """On average over the term, where it rises with the years."""
        worth = order_usd(self.terms, self.change.start)
        if isinstance(self.terms, Owned):
            return worth
        if isinstance(self.terms, TakeOrPay):
            return worth / self.minimum_units
        return worth / (24 * (self.end - self.first).days)


def compares_orders(facts: Facts) -> bool:
    """Whether orders are compared with approved ones."""
    return bool(facts.plan.changes_of_orders) or facts.scenario.policy.stability is not None


def change_rows(facts: Facts) -> list[ChangeRow]:
    """Every order that is planned or was approved, by contract and start."""
    terms = signed_terms(facts.scenario)
    return [_row(change, terms[change.contract]) for change in facts.plan.changes_of_orders]


def _row(change: OrderChange, terms: SignedTerms) -> ChangeRow:
    if isinstance(terms, CapacityBlock):
        return ChangeRow(change, terms, terms.first_day, terms.end_day)
    return ChangeRow(change, terms, change.start.first_day, (change.start + terms.term_months).first_day)


def changes_sheet(facts: Facts, inputs: Inputs, orders: Records[Order]) -> Records[ChangeRow]:
    """One line per order; the limits stand beside the sums of all lines."""
    grid, rows = Grid("Changes", "decisions"), change_rows(facts)
    records = write_records(
        grid,
        "tblChanges",
        [*_which(), *_sizes(orders), *_worth(inputs), *_told(), *_priced(facts, inputs)],
        rows,
        "Changes: the plan against the orders that were approved last",
        "Only orders that are signed before the outlook is known. The value of an order is all that is signed: under"
        " take-or-pay the minimum of the term, of owned hardware its capital expenditure. An order of another month"
        " is another order. Approved orders that cannot be made any more are no change; sheet Log names them.",
    )
    _write_limits(records, facts, inputs)
    return records


def _which() -> list[Field[ChangeRow]]:
    return [
        Field("Contract", lambda r, _: r.change.contract),
        Field("Start", lambda r, _: r.change.start.first_day, fmt=Fmt.DATE),
    ]


def _sizes(orders: Records[Order]) -> list[Field[ChangeRow]]:
    def planned(row: ChangeRow, at: Line) -> object:
        """From the buy list; dollars an hour and units stand on lists of their own."""
        if isinstance(row.terms, Provisioned | SpendCommitment):
            return row.change.planned
        return sum_where(
            orders.column("Nodes"),
            Where(orders.column("Contract"), "=", at["Contract"]),
            Where(orders.column("Start"), "=", at["Start"]),
        )

    def kind(_: ChangeRow, what: object) -> Kind:
        return Kind.LINK if isinstance(what, Expr) else Kind.DECISION

    def what(_: ChangeRow, at: Line) -> Expr:
        same = compared(at["Change"], "=", ZERO)
        new, dropped = compared(at["Approved"], "=", ZERO), compared(at["Planned"], "=", ZERO)
        resized = when(dropped, quoted("dropped"), quoted("resized"))
        return when(same, quoted("as approved"), when(new, quoted("new"), resized))

    calc = Kind.CALC
    return [
        Field("Approved", lambda r, _: r.change.approved, Kind.INPUT, Fmt.QUANTITY),
        Field("Planned", planned, Kind.LINK, Fmt.QUANTITY, kind_of=kind),
        Field("Change", lambda _, at: at["Planned"] - at["Approved"], calc, Fmt.QUANTITY),
        Field("What", what, calc),
    ]


def _worth(inputs: Inputs) -> list[Field[ChangeRow]]:
    def units(row: ChangeRow, at: Line) -> object:
        if row.by_the_hour:
            return (at["Paid until"] - at["Paid from"]) * inputs["HoursPerDay"]
        return row.minimum_units if isinstance(row.terms, TakeOrPay) else 1

    def kind(_: ChangeRow, what: object) -> Kind:
        return Kind.CALC if isinstance(what, Expr) else Kind.INPUT

    calc, money = Kind.CALC, Fmt.CENTS
    return [
        Field("Paid from", lambda r, _: r.first, fmt=Fmt.DATE),
        Field("Paid until", lambda r, _: r.end, fmt=Fmt.DATE),
        Field("Signed price USD", lambda r, _: r.price_usd, Kind.INPUT, Fmt.PRICE),
        Field("Price per", lambda r, _: r.per),
        Field("Times in the term", units, calc, Fmt.QUANTITY, kind_of=kind),
        Field("Value of one USD", lambda _, at: at["Signed price USD"] * at["Times in the term"], calc, money),
        Field("Changed USD", lambda _, at: size(at["Change"]) * at["Value of one USD"], calc, money, total=True),
    ]


def _told() -> list[Field[ChangeRow]]:
    def differs(_: ChangeRow, at: Line) -> Expr:
        return when(compared(at["Change"], "=", ZERO), ZERO, ONE)

    return [Field("Differs", differs, Kind.CALC, Fmt.WHOLE, total=True)]


def _priced(facts: Facts, inputs: Inputs) -> list[Field[ChangeRow]]:
    """What the policy counts for a change; nothing where it has no price."""
    stability = facts.scenario.policy.stability
    if stability is None or not stability.price_per_changed_usd:
        return []
    return [
        Field(
            "Price of the change USD",
            lambda _, at: at["Changed USD"] * inputs[PRICE],
            Kind.CALC,
            Fmt.CENTS,
            total=True,
        )
    ]


def _write_limits(records: Records[ChangeRow], facts: Facts, inputs: Inputs) -> None:
    """Under the lines: what the policy allows, what is reached, and what is left."""
    stability = facts.scenario.policy.stability
    if stability is None:
        return
    limits = [
        ("Changed value, USD", MOST_USD, "Changed USD", stability.changed_usd_at_most, Fmt.CENTS),
        ("Orders that differ", MOST_ORDERS, "Differs", stability.changed_orders_at_most, Fmt.WHOLE),
    ]
    grid, row = records.grid, FIRST_ROW + max(1, len(records.rows)) + 1
    for col, text in enumerate(("Limit of the policy", "", "At most", "Reached", "Left", "Kept")):
        if text:
            grid.put(row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL)
    for label, name, header, most, fmt in limits:
        row += 1
        grid.put(row, 0, label)
        reached = grid.put(row, 3, records.total(header), kind=Kind.CALC, fmt=fmt)
        if most is None:
            grid.put(row, 2, NO_LIMIT, kind=Kind.NOTE)
            continue
        limit = grid.put(row, 2, inputs[name], kind=Kind.LINK, fmt=fmt)
        grid.put(row, 4, limit - reached, kind=Kind.CALC, fmt=fmt)
        grid.put(row, 5, kept(inputs, reached, limit), kind=Kind.CALC)


def kept(inputs: Inputs, reached: Expr, limit: Expr) -> Expr:
    """OK where no more is reached than allowed, to the cent and the share that rounding takes."""
    allowed = limit + inputs["ToleranceUSD"] + inputs["ToleranceShare"] * limit
    return when(compared(reached, "<=", allowed), quoted("OK"), quoted("FAIL"))
