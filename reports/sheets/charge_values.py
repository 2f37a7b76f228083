"""What of a line of cost counts where: columns that Payments and Not_Cash share.

prepaid under, accrued under = what the line is carried as on Calc_Prepaid while it is paid and not used, or used and
not paid; a line for one month of service that is paid in this month is neither
amount = round(quantity x unit price, cents)            expected = amount x probability of the outlook
effective in the horizon = expected x hours of service inside the horizon / hours of service
objective = expected x (share inside + weight x share after the horizon) x discount factor of the month of payment
"""

from __future__ import annotations

from collections.abc import Callable

from optimizer.plan import CostLine
from reports.formulas import ONE, ZERO, Expr
from reports.functions import compared, greatest, least, looked_up, part_of_date, power, ratio, rounded, when
from reports.layout import Fmt, Kind
from reports.records import Field, Line
from reports.sheets.inputs import Inputs

PREPAID, ACCRUED = "Prepaid under", "Accrued under"
OPEN_AT_START = "Open at start USD"
"""Paid before the first month and not yet used, or used before it and not yet paid."""
PRESENT_VALUE = "Present value USD"


def service(inputs: Inputs) -> list[Field[CostLine]]:
    """The months of service and their hours."""
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


def timing(inputs: Inputs) -> list[Field[CostLine]]:
    """Under which name a line is carried until it is used, or until it is paid; blank where it is neither."""

    def open_at_start(_: CostLine, at: Line) -> Expr:
        served = at["Effective USD"] + at["After horizon USD"]
        paid_before = compared(at["Paid in"], "<", inputs["ModelStart"])
        return when(paid_before, served, at["Expected USD"] - served)

    return [
        Field(PREPAID, lambda r, _: carried_under(r) if is_paid_ahead(r) else None),
        Field(ACCRUED, lambda r, _: carried_under(r) if is_paid_behind(r) else None),
        _money(OPEN_AT_START, open_at_start),
        _money(PRESENT_VALUE, lambda _, at: at["Expected USD"] * at["Discount factor"]),
    ]


def carried_under(row: CostLine) -> str:
    """The order or, where there is none, the contract."""
    return row.order or row.source


def is_paid_ahead(row: CostLine) -> bool:
    """Paid before or when its service begins, and not wholly used in the month of payment."""
    return row.paid_month <= row.service_first and row.service_end > row.paid_month + 1


def is_paid_behind(row: CostLine) -> bool:
    """Paid after its service has begun, for service of earlier months."""
    return row.paid_month > row.service_first


def amount(inputs: Inputs, quantity: str) -> Field[CostLine]:
    """Quantity x unit price, rounded once."""
    return Field(
        "Amount USD",
        lambda _, at: rounded(at[quantity] * at["Unit price USD"], inputs["CentDecimals"]),
        Kind.CALC,
        Fmt.CENTS,
        total=True,
    )


def expected(inputs: Inputs) -> list[Field[CostLine]]:
    """The amount weighed with the probability of its outlook."""
    return [
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        Field("Expected USD", lambda _, at: at["Amount USD"] * at["Probability"], Kind.CALC, Fmt.CENTS, total=True),
    ]


def value(inputs: Inputs, inside_usd: str) -> list[Field[CostLine]]:
    """The parts inside and after the horizon, and what they add to the objective."""

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
