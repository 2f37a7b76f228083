"""Eligible, Agreement_Months, Agreements: what is agreed with a provider, held against the charges on Payments.

eligible of a month = amounts of the provider's lines of the charges named, paid in the month, of the outlook or of all
discount            = round(eligible x discount share, cents)
commitment          = round(commitment a year x months inside the horizon / 12, cents)
shortfall           = max(0, commitment - (eligible - discount) of the year)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.agreement import Agreement
from contracts.terms.credit import Credit
from optimizer.plan import CostLine
from optimizer.plan_contracts import AgreementYear, SignedAgreement
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ZERO, Expr, Where
from reports.functions import compared, greatest, looked_up, quoted, rounded, size, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charges import MONTHLY_CHARGE, monthly_charge
from reports.sheets.inputs import Inputs

AGREEMENT, CREDIT = "agreement", "credit"


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """One kind of charge of a month that counts under an agreement or a credit."""

    what: str
    name: str
    provider: str
    kind: str
    outlook: str
    month: Month


def eligible_sheet(facts: Facts, payments: Records[CostLine]) -> Records[ChargeRow]:
    """One line per agreement or credit, outlook, month and kind of charge that Payments has."""

    def charged(outlook: Expr, at: Line) -> Expr:
        return sum_where(
            payments.column("Amount USD"),
            Where(payments.column("Payee"), "=", at["Provider"]),
            Where(payments.column(MONTHLY_CHARGE), "=", at[MONTHLY_CHARGE]),
            Where(payments.column("Paid in"), "=", at["Month"]),
            Where(payments.column("Outlook"), "=", outlook),
        )

    calc, cents = Kind.CALC, Fmt.CENTS
    return write_records(
        Grid("Eligible", "workings"),
        "tblEligible",
        [
            Field("For", lambda r, _: r.what),
            Field("Name", lambda r, _: r.name),
            Field("Provider", lambda r, _: r.provider),
            Field(MONTHLY_CHARGE, lambda r, _: r.kind),
            Field("Outlook", lambda r, _: r.outlook),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
            Field("Of the outlook USD", lambda _, at: charged(at["Outlook"], at), calc, cents),
            Field("Of all outlooks USD", lambda _, at: charged(quoted(ALL_OUTLOOKS), at), calc, cents),
            Field("Charged USD", lambda _, at: at["Of the outlook USD"] + at["Of all outlooks USD"], calc, cents),
        ],
        list(_charge_rows(facts, payments)),
        "Eligible charges: what counts under agreements and credits, kind by kind",
        "Lines of Payments to the provider that are paid in the month, of the outlook or of all outlooks.",
    )


def _charge_rows(facts: Facts, payments: Records[CostLine]) -> Iterator[ChargeRow]:
    known = {(row.payee, monthly_charge(row)) for row in payments.rows}
    signed = {row.agreement for row in facts.plan.agreements}
    had = {row.credit for row in facts.plan.credits}
    scenario = facts.scenario
    agreed: list[tuple[str, str, Agreement | Credit]] = [
        *((AGREEMENT, row.agreement, row) for row in scenario.agreements if row.agreement in signed),
        *((CREDIT, row.credit, row) for row in scenario.credits if row.credit in had),
    ]
    for what, name, row in agreed:
        kinds = sorted(kind.value for kind in set(row.eligible) if (row.provider, kind.value) in known)
        for outlook in facts.probability:
            for month in row.months_in(scenario.horizon):
                for kind in kinds:
                    yield ChargeRow(what, name, row.provider, kind, outlook, month)


def eligible_usd(eligible: Records[ChargeRow], what: str, name: Expr, at: Line) -> Expr:
    """Eligible charges of a month, all kinds together."""
    return sum_where(
        eligible.column("Charged USD"),
        Where(eligible.column("For"), "=", quoted(what)),
        Where(eligible.column("Name"), "=", name),
        Where(eligible.column("Outlook"), "=", at["Outlook"]),
        Where(eligible.column("Month"), "=", at["Month"]),
    )


@dataclass(frozen=True, slots=True)
class MonthAgreed:
    """A month of an agreement in an outlook."""

    signed: SignedAgreement
    outlook: str
    month: Month


def agreement_months(
    facts: Facts, inputs: Inputs, signed: Records[SignedAgreement], eligible: Records[ChargeRow]
) -> Records[MonthAgreed]:
    """One line per agreement, outlook and month of the horizon."""
    terms = {row.agreement: row for row in facts.scenario.agreements}

    def term(header: str, fmt: Fmt) -> Field[MonthAgreed]:
        keys, values = signed.column("Agreement"), signed.column(header)
        return Field(header, lambda _, at: looked_up(at["Agreement"], keys, values), Kind.LINK, fmt)

    def counts(_: MonthAgreed, at: Line) -> Expr:
        return eligible_usd(eligible, AGREEMENT, at["Agreement"], at)

    def discount(_: MonthAgreed, at: Line) -> Expr:
        return rounded(at["Eligible USD"] * at["Discount share"], inputs["CentDecimals"])

    rows = [
        MonthAgreed(row, s, month)
        for row in signed.rows
        for s in facts.probability
        for month in terms[row.agreement].months_in(facts.scenario.horizon)
    ]
    return write_records(
        Grid("Agreement_Months", "workings"),
        "tblDiscounts",
        [
            Field("Agreement", lambda r, _: r.signed.agreement),
            term("Provider", Fmt.TEXT),
            Field("Outlook", lambda r, _: r.outlook),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
            Field("Eligible USD", counts, Kind.CALC, Fmt.CENTS),
            term("Discount share", Fmt.SHARE),
            Field("Discount USD", discount, Kind.CALC, Fmt.CENTS),
        ],
        rows,
        "Agreement months: what is eligible in each month, and what is taken off",
        "The charges themselves are on sheet Eligible.",
    )


def agreements_sheet(
    facts: Facts, inputs: Inputs, signed: Records[SignedAgreement], months: Records[MonthAgreed]
) -> Records[AgreementYear]:
    """One line per contract year and outlook."""
    return write_records(
        Grid("Agreements", "decisions"),
        "tblAgreements",
        [*_year(signed), *_held(inputs, months), *_money(inputs), *_against_plan(inputs)],
        facts.plan.agreement_years,
        "Agreements: every contract year held against its commitment",
        "As far as the years lie in the horizon. What is missing is paid in the last month; months after the horizon"
        " owe their part of the commitment and stand on Payments.",
    )


def _year(signed: Records[SignedAgreement]) -> list[Field[AgreementYear]]:
    def term(header: str, fmt: Fmt) -> Field[AgreementYear]:
        keys, values = signed.column("Agreement"), signed.column(header)
        return Field(header, lambda _, at: looked_up(at["Agreement"], keys, values), Kind.LINK, fmt)

    return [
        Field("Agreement", lambda r, _: r.agreement),
        term("Tier", Fmt.TEXT),
        Field("Outlook", lambda r, _: r.outlook),
        Field("From", lambda r, _: r.first.first_day, fmt=Fmt.DATE),
        Field("Until", lambda r, _: r.end.first_day, fmt=Fmt.DATE),
        Field("Months", lambda r, _: r.end - r.first, fmt=Fmt.WHOLE),
        term("Commitment USD a year", Fmt.CENTS),
    ]


def _held(inputs: Inputs, months: Records[MonthAgreed]) -> list[Field[AgreementYear]]:
    def over_months(header: str) -> Field[AgreementYear]:
        def found(_: AgreementYear, at: Line) -> Expr:
            return sum_where(
                months.column(header),
                Where(months.column("Agreement"), "=", at["Agreement"]),
                Where(months.column("Outlook"), "=", at["Outlook"]),
                Where(months.column("Month"), ">=", at["From"]),
                Where(months.column("Month"), "<", at["Until"]),
            )

        return Field(header, found, Kind.CALC, Fmt.CENTS)

    def commitment(_: AgreementYear, at: Line) -> Expr:
        of_year = at["Commitment USD a year"] * at["Months"] / inputs["MonthsPerYear"]
        return rounded(of_year, inputs["CentDecimals"])

    def missing(_: AgreementYear, at: Line) -> Expr:
        return greatest(ZERO, at["Commitment USD"] - at["Counted USD"])

    return [
        over_months("Eligible USD"),
        over_months("Discount USD"),
        Field("Counted USD", lambda _, at: at["Eligible USD"] - at["Discount USD"], Kind.CALC, Fmt.CENTS),
        Field("Commitment USD", commitment, Kind.CALC, Fmt.CENTS),
        Field("Shortfall USD", missing, Kind.CALC, Fmt.CENTS),
    ]


def _money(inputs: Inputs) -> list[Field[AgreementYear]]:
    def expected(header: str, of: str) -> Field[AgreementYear]:
        return Field(header, lambda _, at: at[of] * at["Probability"], Kind.CALC, Fmt.CENTS, total=True)

    return [
        Field(
            "Probability",
            lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
            Kind.LINK,
            Fmt.SHARE,
        ),
        expected("Expected discount USD", "Discount USD"),
        expected("Expected shortfall USD", "Shortfall USD"),
    ]


def _against_plan(inputs: Inputs) -> list[Field[AgreementYear]]:
    def differs(_: AgreementYear, at: Line) -> Expr:
        discount = size(at["Discount USD"] - at["Discount in the plan USD"])
        return discount + size(at["Shortfall USD"] - at["Shortfall in the plan USD"])

    def same(_: AgreementYear, at: Line) -> Expr:
        """Halves of a cent are rounded to the even cent by the plan, and up by a spreadsheet."""
        allowed = inputs["ToleranceUSD"] * (at["Months"] + at["Months"])
        return when(compared(at["Differs by USD"], "<=", allowed), quoted("OK"), quoted("FAIL"))

    decision = Kind.DECISION
    return [
        Field("Discount in the plan USD", lambda r, _: r.discount_usd, decision, Fmt.CENTS, new_page=True),
        Field("Shortfall in the plan USD", lambda r, _: r.shortfall_usd, decision, Fmt.CENTS),
        Field("Differs by USD", differs, Kind.CALC, Fmt.CENTS),
        Field("Settled as planned", same, Kind.CALC),
    ]
