"""The sheets of spend commitments, built together; None where the plan has no case."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.plan import Usage
from optimizer.plan_contracts import Coverage
from reports.facts import Facts
from reports.records import Records
from reports.sheets.calendar import Calendar
from reports.sheets.charge_bills import Bills
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow
from reports.sheets.spend_offers import RateRow, spend_offers_sheet
from reports.sheets.spend_signed import SpendLists, spend_lists
from reports.sheets.spend_use import MonthOfSpend, coverage_bills, coverage_sheet, spend_use_sheet


@dataclass(frozen=True, slots=True)
class SignedSpend:
    """What is signed, what it covers, and what is used of it."""

    lists: SpendLists
    coverage: Records[Coverage]
    use: Records[MonthOfSpend]
    bills: Bills


@dataclass(frozen=True, slots=True)
class Spend:
    """What was considered and what is signed."""

    offers: Records[RateRow]
    signed: SignedSpend | None

    @property
    def bills(self) -> Bills:
        """How the lines of commitments are billed."""
        return {} if self.signed is None else self.signed.bills


def spend_sheets(
    facts: Facts, inputs: Inputs, calendar: Calendar, offers: Records[OfferRow], usage: Records[Usage]
) -> Spend | None:
    """The sheets of a plan; none where there is no commitment to sign."""
    if not facts.scenario.spend_commitments:
        return None
    rates = spend_offers_sheet(facts, offers)
    if not facts.plan.committed_spend:
        return Spend(rates, None)
    lists = spend_lists(facts, inputs, rates)
    coverage = coverage_sheet(facts, inputs, calendar, rates)
    use = spend_use_sheet(facts, inputs, lists, coverage, usage)
    bills = {**lists.bills(), **coverage_bills(facts, inputs, rates, coverage)}
    return Spend(rates, SignedSpend(lists, coverage, use, bills))
