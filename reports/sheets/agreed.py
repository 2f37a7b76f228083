"""The sheets of agreements and credits, built in two steps: terms and decisions before Payments, figures after it."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.credit import Credit
from optimizer.plan import CostLine
from optimizer.plan_contracts import AgreementYear, SignedAgreement
from reports.facts import Facts
from reports.records import Records
from reports.sheets.agreed_months import (
    ChargeRow,
    MonthAgreed,
    agreement_months,
    agreements_sheet,
    eligible_sheet,
)
from reports.sheets.agreed_signed import (
    TierRow,
    agreement_bills,
    agreements_to_sign,
    credit_bills,
    credits_to_buy,
    tiers_sheet,
)
from reports.sheets.charge_bills import Bills
from reports.sheets.credits import MonthOfCredit, credits_sheet
from reports.sheets.inputs import Inputs


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """What was considered and what is signed or bought; None where there is no case."""

    tiers: Records[TierRow] | None
    signed: Records[SignedAgreement] | None
    credits: Records[Credit] | None

    @property
    def bills(self) -> Bills:
        """How the lines of agreements and credits are billed."""
        return {
            **(agreement_bills(self.signed) if self.signed is not None else {}),
            **(credit_bills(self.credits) if self.credits is not None else {}),
        }


@dataclass(frozen=True, slots=True)
class AgreedFigures:
    """What the charges of the plan make of it; None where there is no case."""

    eligible: Records[ChargeRow] | None
    months: Records[MonthAgreed] | None
    years: Records[AgreementYear] | None
    credits: Records[MonthOfCredit] | None


def agreed_terms(facts: Facts, inputs: Inputs) -> AgreedTerms:
    """Before Payments, which looks up prices here."""
    scenario = facts.scenario
    return AgreedTerms(
        tiers=tiers_sheet(facts) if scenario.agreements else None,
        signed=agreements_to_sign(facts, inputs) if facts.plan.agreements else None,
        credits=credits_to_buy(facts) if scenario.credits else None,
    )


def agreed_figures(facts: Facts, inputs: Inputs, terms: AgreedTerms, payments: Records[CostLine]) -> AgreedFigures:
    """After Payments, whose amounts are added up here."""
    if not facts.has_agreed:
        return AgreedFigures(None, None, None, None)
    eligible = eligible_sheet(facts, payments)
    months = years = credits = None
    if terms.signed is not None:
        months = agreement_months(facts, inputs, terms.signed, eligible)
        years = agreements_sheet(facts, inputs, terms.signed, months)
    if terms.credits is not None and facts.plan.credits:
        credits = credits_sheet(facts, inputs, terms.credits, eligible)
    return AgreedFigures(eligible, months, years, credits)
