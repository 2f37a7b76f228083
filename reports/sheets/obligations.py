"""Obligations: what is still to be paid after the horizon, by order or contract and year.

Years begin with the end of the horizon. Payments, not service: what is prepaid is no obligation any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import ONE, Expr, Where
from reports.functions import months_later, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charge_values import PRESENT_VALUE
from reports.sheets.charges import commitment_of, kind_of
from reports.sheets.inputs import Inputs

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Owing:
    """What is due to one payee for one commitment in one year after the horizon."""

    commitment: str
    contract: str
    payee: str
    kind: str
    year: int
    """1 for the twelve months that begin with the end of the horizon."""


def owing(facts: Facts) -> tuple[Owing, ...]:
    """Every commitment and year in which something is due, by year within a commitment."""
    return tuple(sorted(set(_due(facts)), key=lambda row: (row.contract, row.commitment, row.year)))


def _due(facts: Facts) -> Iterator[Owing]:
    end = facts.scenario.horizon.end
    for line in facts.plan.cost_lines:
        if line.nature.is_cash and line.paid_month >= end:
            year = (line.paid_month - end) // _MONTHS + 1
            yield Owing(commitment_of(line), line.source, line.payee, kind_of(line), year)


def obligations_sheet(facts: Facts, inputs: Inputs, payments: Records[CostLine]) -> Records[Owing]:
    """One line for each commitment and year; a blank one where nothing is owed."""

    def begins(_: Owing, at: Line) -> Expr:
        return months_later(inputs["HorizonEnd"], (at["Year"] - ONE) * inputs["MonthsPerYear"])

    def ends(_: Owing, at: Line) -> Expr:
        return months_later(at["From"], inputs["MonthsPerYear"])

    def due(header: str, at: Line) -> Expr:
        return sum_where(
            payments.column(header),
            Where(payments.column("Contract"), "=", at["Contract"]),
            Where(payments.column("Commitment"), "=", at["Commitment"]),
            Where(payments.column("Paid in"), ">=", at["From"]),
            Where(payments.column("Paid in"), "<", at["Until"]),
        )

    several = " Expected over the outlooks." if facts.several else ""
    return write_records(
        Grid("Obligations", "decisions"),
        "tblOwing",
        [
            Field("Contract", lambda r, _: r.contract),
            Field("Commitment", lambda r, _: r.commitment),
            Field("Payee", lambda r, _: r.payee),
            Field("Purchase kind", lambda r, _: r.kind),
            Field("Year", lambda r, _: r.year, fmt=Fmt.WHOLE),
            Field("From", begins, Kind.CALC, Fmt.DATE),
            Field("Until", ends, Kind.CALC, Fmt.DATE),
            Field("Payable USD", lambda _, at: due("Expected USD", at), Kind.CALC, Fmt.MONEY, total=True),
            Field(PRESENT_VALUE, lambda _, at: due(PRESENT_VALUE, at), Kind.CALC, Fmt.MONEY, total=True),
        ],
        owing(facts),
        "Obligations beyond the horizon, by contract and year",
        f"Payments that are still due after the horizon; years begin with its end.{several}",
    )
