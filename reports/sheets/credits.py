"""Credits: the roll-forward of every credit that is had, month by month, and the limits that it keeps.

closing = opening + added - used - expired
used    <= opening + added, share of the month's eligible charges, dollars of an invoice
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.credit import Credit
from reports.facts import Facts
from reports.formulas import ZERO, Expr
from reports.functions import compared, least, looked_up, quoted, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.agreed_months import CREDIT, ChargeRow, eligible_usd
from reports.sheets.inputs import Inputs


@dataclass(frozen=True, slots=True)
class MonthOfCredit:
    """A month of a credit in an outlook."""

    credit: Credit
    outlook: str
    month: Month
    is_first: bool
    is_last: bool


class _Above:
    """The line above, while months are written one below the other."""

    def __init__(self) -> None:
        self._above: Line | None = None
        self._here: Line | None = None

    def begin(self, at: Line) -> None:
        """A new line begins."""
        self._above, self._here = self._here, at

    def closing(self, row: MonthOfCredit) -> Expr:
        """What the month before left; nothing before the first."""
        return ZERO if row.is_first or self._above is None else self._above["Closing USD"]


def credits_sheet(
    facts: Facts, inputs: Inputs, had: Records[Credit], eligible: Records[ChargeRow]
) -> Records[MonthOfCredit]:
    """One line per credit that is had, outlook and month: a prepaid roll-forward."""
    used = {(use.credit, use.outlook, use.month): use.usd for use in facts.plan.credit_uses}
    lots = {row.credit: row.lots for row in facts.plan.credits}
    horizon = facts.scenario.horizon
    rows = [
        MonthOfCredit(credit, s, month, month == months[0], month == months[-1])
        for credit in had.rows
        if lots.get(credit.credit)
        for s in facts.probability
        for months in [credit.months_in(horizon)]
        for month in months
    ]
    above = _Above()

    def name(row: MonthOfCredit, at: Line) -> str:
        above.begin(at)
        return row.credit.credit

    def dollars(row: MonthOfCredit, _: Line) -> object:
        return used.get((row.credit.credit, row.outlook, row.month), 0)

    return write_records(
        Grid("Credits", "decisions"),
        "tblCredits",
        [
            Field("Credit", name),
            _credit_term(had, "Provider", Fmt.TEXT),
            Field("Outlook", lambda r, _: r.outlook),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
            Field("Opening USD", lambda r, _: above.closing(r), Kind.CALC, Fmt.CENTS),
            Field("Added USD", lambda r, at: _added(had, r, at), Kind.CALC, Fmt.CENTS),
            Field("Used USD", dollars, Kind.DECISION, Fmt.CENTS),
            *_closing(),
            *_limits(inputs, had, eligible),
        ],
        rows,
        "Credits: opening, added, used, expired and closing balance by month",
        "Granted credits are added in their first month of the horizon. What is left when they expire is lost, and what"
        " is left at the horizon is worth nothing in this plan.",
    )


def _credit_term(had: Records[Credit], header: str, fmt: Fmt) -> Field[MonthOfCredit]:
    keys, values = had.column("Credit"), had.column(header)
    return Field(header, lambda _, at: looked_up(at["Credit"], keys, values), Kind.LINK, fmt)


def _added(had: Records[Credit], row: MonthOfCredit, at: Line) -> Expr:
    if not row.is_first:
        return ZERO
    return looked_up(at["Credit"], had.column("Credit"), had.column("Pays for USD"))


def _closing() -> list[Field[MonthOfCredit]]:
    def left(at: Line) -> Expr:
        return at["Opening USD"] + at["Added USD"] - at["Used USD"]

    def expired(row: MonthOfCredit, at: Line) -> Expr:
        return left(at) if row.month == row.credit.last_month else ZERO

    def unused(row: MonthOfCredit, at: Line) -> Expr | None:
        return at["Closing USD"] if row.is_last else None

    return [
        Field("Expired USD", expired, Kind.CALC, Fmt.CENTS),
        Field("Closing USD", lambda _, at: left(at) - at["Expired USD"], Kind.CALC, Fmt.CENTS),
        Field("Left at the horizon USD", unused, Kind.CALC, Fmt.CENTS),
    ]


def _limits(inputs: Inputs, had: Records[Credit], eligible: Records[ChargeRow]) -> list[Field[MonthOfCredit]]:
    def charged(_: MonthOfCredit, at: Line) -> Expr:
        return eligible_usd(eligible, CREDIT, at["Credit"], at)

    def most(row: MonthOfCredit, at: Line) -> Expr:
        limits = [at["Opening USD"] + at["Added USD"], at["Eligible USD"] * at["Share of an invoice"]]
        if row.credit.invoice_cap_usd is not None:
            limits.append(looked_up(at["Credit"], had.column("Credit"), had.column("Most USD of an invoice")))
        return least(*limits)

    def kept(_: MonthOfCredit, at: Line) -> Expr:
        within = compared(at["Used USD"], "<=", at["Most USD"] + inputs["ToleranceUSD"])
        return when(within, quoted("OK"), quoted("FAIL"))

    return [
        Field("Eligible USD", charged, Kind.CALC, Fmt.CENTS, new_page=True),
        _credit_term(had, "Share of an invoice", Fmt.SHARE),
        Field("Most USD", most, Kind.CALC, Fmt.CENTS),
        Field("Within its limits", kept, Kind.CALC),
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        Field("Expected use USD", lambda _, at: at["Used USD"] * at["Probability"], Kind.CALC, Fmt.CENTS, total=True),
    ]
