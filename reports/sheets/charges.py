"""Payments and Not_Cash: every line of cost with its bill, and what of it counts where.

amount = round(quantity x unit price, cents)            expected = amount x probability of the outlook
effective in the horizon = expected x hours of service inside the horizon / hours of service
objective = expected x (share inside + weight x share after the horizon) x discount factor of the month of payment
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.terms.common import Nature
from optimizer.plan import CostLine, Usage
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import (
    compared,
    greatest,
    least,
    looked_up,
    part_of_date,
    power,
    quoted,
    ratio,
    rounded,
    sum_where,
    when,
)
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.commitments import Commitment
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow
from reports.sheets.workloads import Class

ALL_OUTLOOKS = "(all)"
NO_COMMITMENT = "(none)"
"""No id can be written like this, so nothing is found under it."""
_KIND = {
    Nature.ON_DEMAND_USAGE: ("on_demand", "usage"),
    Nature.SPOT_USAGE: ("spot", "usage"),
    Nature.RESERVED_UPFRONT: ("reserved", "upfront"),
    Nature.RESERVED_RECURRING: ("reserved", "recurring"),
    Nature.HELD_UPFRONT: ("held", "upfront"),
    Nature.HELD_RECURRING: ("held", "recurring"),
}
PENALTY, EMERGENCY = "shortfall penalty", "expected emergency"


@dataclass(frozen=True, slots=True)
class Sources:
    """The sheets that bills are made of."""

    inputs: Inputs
    offers: Records[OfferRow]
    commitments: Records[Commitment]
    usage: Records[Usage]
    workloads: Records[Class]


def payments_sheet(facts: Facts, sources: Sources) -> Records[CostLine]:
    """Every invoice line, by month of payment."""
    rows = sorted((r for r in facts.plan.cost_lines if r.nature.is_cash), key=lambda r: (r.paid_month, r.line))
    return write_records(
        Grid("Payments", "decisions"),
        "tblPay",
        [*_who(), *_service(sources.inputs), *_bill(sources), *_value(sources.inputs, "Effective USD")],
        rows,
        "Payments: invoice lines by month of payment",
        "Cash out is positive. Lines before the first month are sunk; lines after the horizon are listed in full."
        " The second page says what of each line serves the horizon, and what it adds to the objective.",
    )


def not_cash_sheet(facts: Facts, sources: Sources) -> Records[CostLine]:
    """Penalties of shortfalls and expected cost of emergencies: counted in the objective, billed by nobody."""
    rows = sorted((r for r in facts.plan.cost_lines if not r.nature.is_cash), key=lambda r: (r.paid_month, r.line))
    return write_records(
        Grid("Not_Cash", "decisions"),
        "tblNotCash",
        [*_what_not_cash(facts, sources), *_value(sources.inputs, "In horizon USD")],
        rows,
        "Not cash: shortfall penalties and expected emergencies",
        "They steer the plan and are part of its objective; they are in no invoice and in no effective cost.",
    )


def _who() -> list[Field[CostLine]]:
    return [
        Field("Line", lambda r, _: r.line),
        Field("Paid in", lambda r, _: r.paid_month.first_day, fmt=Fmt.MONTH),
        Field("Payee", lambda r, _: r.payee),
        Field("Offering", lambda r, _: r.offering),
        Field("Contract", lambda r, _: r.source),
        Field("Commitment", lambda r, _: r.order or (r.source if _KIND[r.nature][0] == "held" else NO_COMMITMENT)),
        Field("Purchase kind", lambda r, _: _KIND[r.nature][0]),
        Field("Part", lambda r, _: _KIND[r.nature][1]),
        Field("Outlook", lambda r, _: r.outlook or ALL_OUTLOOKS),
    ]


def _service(inputs: Inputs) -> list[Field[CostLine]]:
    return [
        Field("Service from", lambda r, _: r.service_first.first_day, fmt=Fmt.DATE),
        Field("Service until", lambda r, _: r.service_end.first_day, fmt=Fmt.DATE),
        Field(
            "Service hours",
            lambda _, at: (at["Service until"] - at["Service from"]) * inputs["HoursPerDay"],
            Kind.CALC,
            Fmt.WHOLE,
        ),
    ]


def _bill(sources: Sources) -> list[Field[CostLine]]:
    offers, commitments = sources.offers, sources.commitments

    def nodes(_: CostLine, at: Line) -> Expr:
        return sum_where(commitments.column("Nodes"), Where(commitments.column("Commitment"), "=", at["Commitment"]))

    def term(header: str) -> Callable[[CostLine, Line], Expr]:
        keys, values = offers.column("Contract"), offers.column(header)
        return lambda _, at: looked_up(at["Contract"], keys, values)

    def part(_: CostLine, at: Line) -> Expr:
        upfront = at["Upfront share"]
        return when(compared(at["Part"], "=", quoted("upfront")), upfront, ONE - upfront)

    calc = Kind.CALC
    return [
        Field("Nodes", nodes, Kind.LINK, Fmt.WHOLE),
        Field("Usage node hours", _usage_hours(sources.usage), Kind.LINK, Fmt.QUANTITY),
        Field(
            "Quantity node hours",
            lambda _, at: at["Nodes"] * at["Service hours"] + at["Usage node hours"],
            calc,
            Fmt.QUANTITY,
        ),
        Field("Contract price USD", term("Price USD per node hour"), Kind.LINK, Fmt.PRICE),
        Field("Upfront share", term("Upfront share"), Kind.LINK, Fmt.SHARE),
        Field("Unit price USD", lambda r, at: at["Contract price USD"] * part(r, at), calc, Fmt.PRICE),
        _amount(sources.inputs, "Quantity node hours"),
        *_expected(sources.inputs),
    ]


def _usage_hours(usage: Records[Usage]) -> Callable[[CostLine, Line], Expr]:
    def hours(_: CostLine, at: Line) -> Expr:
        return sum_where(
            usage.column("Billed node hours"),
            Where(usage.column("Contract"), "=", at["Contract"]),
            Where(usage.column("Month"), "=", at["Paid in"]),
            Where(usage.column("Outlook"), "=", at["Outlook"]),
        )

    return hours


def _what_not_cash(facts: Facts, sources: Sources) -> list[Field[CostLine]]:
    return [
        Field("Line", lambda r, _: r.line),
        Field("Paid in", lambda r, _: r.paid_month.first_day, fmt=Fmt.MONTH),
        Field("Nature", lambda r, _: PENALTY if r.nature is Nature.SHORTFALL_PENALTY else EMERGENCY),
        Field("Workload or event", lambda r, _: r.source),
        Field("Offering", lambda r, _: r.offering or "-"),
        Field("Outlook", lambda r, _: r.outlook or ALL_OUTLOOKS),
        *_service(sources.inputs),
        Field("Quantity", lambda r, _: r.quantity, Kind.DECISION, Fmt.QUANTITY),
        Field("Unit", lambda r, _: "Mtok" if r.unit == "mtok" else "node-hours"),
        Field(
            "Unit price USD",
            lambda r, _: _price_not_cash(r, facts, sources),
            Kind.LINK,
            Fmt.PRICE,
            kind_of=_link_or_input,
        ),
        _amount(sources.inputs, "Quantity"),
        *_expected(sources.inputs),
        Field("Expected quantity", lambda _, at: at["Quantity"] * at["Probability"], Kind.CALC, Fmt.QUANTITY),
    ]


def _price_not_cash(row: CostLine, facts: Facts, sources: Sources) -> object:
    """A link to the shortfall price, or to the on-demand offer that the emergency would use."""
    if row.nature is Nature.SHORTFALL_PENALTY:
        sizes = sorted(facts.scenario.size_classes, key=lambda s: (s.workload, s.size_class))
        first = [s.workload for s in sizes].index(row.source)
        return sources.workloads.cell(first, "Shortfall USD per Mtok")
    for position, offer in enumerate(sources.offers.rows):
        same = offer.terms.price_usd_per_node_hour == row.unit_price_usd
        if offer.kind == "on_demand" and offer.terms.offering == row.offering and same:
            return sources.offers.cell(position, "Price USD per node hour")
    return row.unit_price_usd


def _link_or_input(_: CostLine, what: object) -> Kind:
    return Kind.LINK if isinstance(what, Expr) else Kind.INPUT


def _amount(inputs: Inputs, quantity: str) -> Field[CostLine]:
    return Field(
        "Amount USD",
        lambda _, at: rounded(at[quantity] * at["Unit price USD"], inputs["CentDecimals"]),
        Kind.CALC,
        Fmt.CENTS,
        total=True,
    )


def _expected(inputs: Inputs) -> list[Field[CostLine]]:
    return [
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        Field("Expected USD", lambda _, at: at["Amount USD"] * at["Probability"], Kind.CALC, Fmt.CENTS, total=True),
    ]


def _value(inputs: Inputs, inside_usd: str) -> list[Field[CostLine]]:
    def inside(_: CostLine, at: Line) -> Expr:
        end = least(at["Service until"], inputs["HorizonEnd"])
        return greatest(ZERO, end - greatest(at["Service from"], inputs["ModelStart"])) * inputs["HoursPerDay"]

    def after(_: CostLine, at: Line) -> Expr:
        first = greatest(at["Service from"], inputs["HorizonEnd"])
        return greatest(ZERO, at["Service until"] - first) * inputs["HoursPerDay"]

    def elapsed(_: CostLine, at: Line) -> Expr:
        paid, start = at["Paid in"], inputs["ModelStart"]
        years = part_of_date(paid, "YEAR") - part_of_date(start, "YEAR")
        months = part_of_date(paid, "MONTH") - part_of_date(start, "MONTH")
        return greatest(ZERO, years * inputs["MonthsPerYear"] + months)

    def factor(_: CostLine, at: Line) -> Expr:
        return ONE / power(ONE + inputs["DiscountRate"], at["Months until paid"] / inputs["MonthsPerYear"])

    calc = Kind.CALC
    return [
        Field("Hours in horizon", inside, calc, Fmt.WHOLE, new_page=True),
        Field("Share in horizon", lambda _, at: ratio(at["Hours in horizon"], at["Service hours"]), calc, Fmt.SHARE),
        _money(inside_usd, lambda _, at: at["Expected USD"] * at["Share in horizon"]),
        Field("Hours after horizon", after, calc, Fmt.WHOLE),
        _money(
            "After horizon USD",
            lambda _, at: at["Expected USD"] * ratio(at["Hours after horizon"], at["Service hours"]),
        ),
        Field("Months until paid", elapsed, calc, Fmt.WHOLE),
        Field("Discount factor", factor, calc, Fmt.FACTOR),
        _money(
            "Objective USD",
            lambda _, at: (at[inside_usd] + at["After horizon USD"] * inputs["TailWeight"]) * at["Discount factor"],
        ),
        Field("USD per service hour", lambda _, at: ratio(at["Expected USD"], at["Service hours"]), calc, Fmt.PRICE),
    ]


def _money(header: str, of: Callable[[CostLine, Line], Expr]) -> Field[CostLine]:
    return Field(header, of, Kind.CALC, Fmt.CENTS, total=True)
