"""Tiers, Buy_Agreements, Buy_Credits: what could be agreed with a provider, what to sign, what to buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contracts.terms.agreement import Agreement, AgreementTier
from contracts.terms.common import Nature
from contracts.terms.credit import Credit
from optimizer.agreed import Agreed
from optimizer.plan import CostLine
from optimizer.plan_contracts import SignedAgreement
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr
from reports.functions import looked_up, rounded
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charge_bills import BillCells, Bills
from reports.sheets.inputs import Inputs
from reports.sheets.signing import quoted_by, to_fill_in

IN_FORCE, GRANTED = "in force", "granted"
"""In place of the day to sign, where nothing is to be signed."""


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier that was considered."""

    agreement: Agreement
    tier: AgreementTier
    is_signed: bool


def tiers_sheet(facts: Facts) -> Records[TierRow]:
    """One line per tier of every agreement."""
    signed = {(row.agreement, row.tier) for row in facts.plan.agreements}
    agreements = {row.agreement: row for row in facts.scenario.agreements}
    rows = [
        TierRow(agreements[tier.agreement], tier, (tier.agreement, tier.tier) in signed)
        for tier in sorted(facts.scenario.agreement_tiers, key=lambda t: (t.agreement, t.commitment_usd_per_year))
    ]
    return write_records(
        Grid("Tiers", "inputs"),
        "tblTiers",
        _tier_fields(facts),
        rows,
        "Tiers: agreements considered, their commitments and discounts",
        "At most one tier of an agreement is signed. Eligible charges, less the discount, count towards it.",
    )


def _tier_fields(facts: Facts) -> list[Field[TierRow]]:
    return [
        Field("Agreement", lambda r, _: r.agreement.agreement),
        Field("Tier", lambda r, _: r.tier.tier),
        Field("Provider", lambda r, _: r.agreement.provider),
        Field("In force", lambda r, _: r.agreement.in_force, Kind.INPUT),
        Field("Signed", lambda r, _: r.is_signed, Kind.DECISION),
        Field("Start", lambda r, _: r.agreement.start.first_day, Kind.INPUT, Fmt.DATE),
        Field("Years", lambda r, _: r.agreement.years, Kind.INPUT, Fmt.WHOLE),
        Field("Commitment USD a year", lambda r, _: r.tier.commitment_usd_per_year, Kind.INPUT, Fmt.CENTS),
        Field("Discount share", lambda r, _: r.tier.discount_share, Kind.INPUT, Fmt.SHARE),
        Field("Eligible charges", lambda r, _: ", ".join(r.agreement.eligible), Kind.INPUT, wrap=True),
        Field("Quote", lambda r, _: r.agreement.quote, Kind.INPUT),
        Field("Quote valid until", lambda r, _: r.agreement.quote_valid_until, Kind.INPUT, Fmt.DATE),
        Field("Fictitious", lambda r, _: r.agreement.fictitious, Kind.INPUT),
        Field("Pricing rule", lambda r, _: r.agreement.pricing_rule, Kind.INPUT, wrap=True, max_width=60),
        Field("Source", lambda r, _: facts.source_of(r.tier)),
    ]


def agreements_to_sign(facts: Facts, inputs: Inputs) -> Records[SignedAgreement]:
    """Agreements to sign, soonest first, after those in force."""
    terms = {(row.agreement, row.tier): row for row in facts.scenario.agreement_tiers}
    agreements = {row.agreement: row for row in facts.scenario.agreements}

    def owed(_: SignedAgreement, at: Line) -> Expr:
        return at["Commitment USD a year"] * at["Years"]

    def a_month(_: SignedAgreement, at: Line) -> Expr:
        return rounded(at["Commitment USD a year"] / inputs["MonthsPerYear"], inputs["CentDecimals"])

    money = Fmt.CENTS
    return write_records(
        Grid("Buy_Agreements", "decisions"),
        "tblBuyAgreements",
        [
            Field("Agreement", lambda r, _: r.agreement),
            Field("Order by", lambda r, _: r.order_by or IN_FORCE, Kind.DECISION, Fmt.DATE),
            Field("Tier", lambda r, _: r.tier, Kind.DECISION),
            Field("Provider", lambda r, _: agreements[r.agreement].provider),
            Field("Start", lambda r, _: r.start.first_day, Kind.INPUT, Fmt.DATE),
            Field("End", lambda r, _: r.end.first_day, Kind.INPUT, Fmt.DATE),
            Field("Years", lambda r, _: agreements[r.agreement].years, Kind.INPUT, Fmt.WHOLE),
            Field(
                "Commitment USD a year",
                lambda r, _: terms[r.agreement, r.tier].commitment_usd_per_year,
                Kind.INPUT,
                money,
            ),
            Field("Discount share", lambda r, _: terms[r.agreement, r.tier].discount_share, Kind.INPUT, Fmt.SHARE),
            Field("Commitment of all years USD", owed, Kind.CALC, money),
            Field("After the horizon USD a month", a_month, Kind.CALC, money),
            *quoted_by(lambda r: agreements[r.agreement], lambda r: "" if r.order_by else IN_FORCE),
            *to_fill_in(),
        ],
        sorted(facts.plan.agreements, key=lambda r: (r.order_by or date.min, r.agreement)),
        "Agreements: which tier to sign, soonest deadline first",
        "Orange cells are the decisions. What is missing of a commitment at the end of a contract year is billed; years"
        " are held against it on sheet Agreements.",
    )


def credits_to_buy(facts: Facts) -> Records[Credit]:
    """Credits that are had or could be bought, with the lots of the plan."""
    lots = {row.credit: row.lots for row in facts.plan.credits}
    agreed = Agreed(facts.scenario)

    def itself(row: Credit) -> Credit:
        return row

    def days(row: Credit) -> date | str:
        return agreed.buy_by(row) or GRANTED

    return write_records(
        Grid("Buy_Credits", "decisions"),
        "tblBuyCredits",
        [
            Field("Credit", lambda r, _: r.credit),
            Field("Order by", lambda r, _: days(r), Kind.DECISION, Fmt.DATE),
            Field("Lots", lambda r, _: lots.get(r.credit, 0), Kind.DECISION, Fmt.WHOLE),
            Field("Provider", lambda r, _: r.provider),
            Field("Price USD a lot", lambda r, _: r.price_usd, Kind.INPUT, Fmt.CENTS),
            Field("Balance USD a lot", lambda r, _: r.balance_usd, Kind.INPUT, Fmt.CENTS),
            Field("Cost USD", lambda _, at: at["Lots"] * at["Price USD a lot"], Kind.CALC, Fmt.CENTS, total=True),
            Field("Pays for USD", lambda _, at: at["Lots"] * at["Balance USD a lot"], Kind.CALC, Fmt.CENTS, total=True),
            Field("First month", lambda r, _: r.first_month.first_day, Kind.INPUT, Fmt.MONTH),
            Field("Last month", lambda r, _: r.last_month.first_day, Kind.INPUT, Fmt.MONTH),
            Field("Share of an invoice", lambda r, _: r.invoice_share_cap, Kind.INPUT, Fmt.SHARE),
            Field("Most USD of an invoice", lambda r, _: r.invoice_cap_usd, Kind.INPUT, Fmt.CENTS),
            Field("Eligible charges", lambda r, _: ", ".join(r.eligible), Kind.INPUT, wrap=True),
            Field("Most lots", lambda r, _: r.lots_at_most, Kind.INPUT, Fmt.WHOLE),
            *quoted_by(itself, lambda r: "" if r.is_prepaid else GRANTED),
            Field("Source", lambda r, _: facts.source_of(r)),
            *to_fill_in(),
        ],
        list(agreed.credits.values()),
        "Credits: lots to buy, and what is granted",
        "Orange cells are the decisions. Lots are paid in the first month and lost after the last; how they are used"
        " is on sheet Credits.",
    )


def agreement_bills(signed: Records[SignedAgreement]) -> Bills:
    """Discounts at the share of the tier; what is missing, and what is owed after the horizon, dollar for dollar."""

    def term(at: Line, header: str) -> Expr:
        return looked_up(at["Contract"], signed.column("Agreement"), signed.column(header))

    return {
        Nature.AGREEMENT_DISCOUNT: BillCells(_stated, lambda _, at: ZERO - term(at, "Discount share")),
        Nature.AGREEMENT_SHORTFALL: BillCells(_stated, lambda *_: ONE),
        Nature.AGREEMENT_OBLIGATION: BillCells(lambda _, at: term(at, "After the horizon USD a month"), lambda *_: ONE),
    }


def credit_bills(had: Records[Credit]) -> Bills:
    """Lots at their price; what is used, as a credit."""

    def term(at: Line, header: str) -> Expr:
        return looked_up(at["Contract"], had.column("Credit"), had.column(header))

    return {
        Nature.CREDIT_PURCHASE: BillCells(lambda _, at: term(at, "Lots"), lambda _, at: term(at, "Price USD a lot")),
        Nature.CREDIT_USE: BillCells(_stated, lambda *_: ZERO - ONE),
    }


def _stated(row: CostLine, _: Line) -> object:
    """As the plan has it; the sheets Agreements and Credits hold it against the charges of the month."""
    return row.quantity
