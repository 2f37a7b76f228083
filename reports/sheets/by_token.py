"""The sheets of what is served by the token, built together; None where the plan has no case."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.api import ApiOffer, Provisioned
from optimizer.plan_contracts import ApiPlacement, ProvisionedOrder
from reports.facts import Facts
from reports.records import Records
from reports.sheets.buy_units import UnitsInBlock, buy_units_sheet, unit_bills, unit_use_sheet
from reports.sheets.calendar import Calendar
from reports.sheets.charge_bills import Bills
from reports.sheets.inputs import Inputs
from reports.sheets.token_offers import api_offers_sheet, unit_offers_sheet
from reports.sheets.tokens_bought import Limited, rate_limits_sheet, token_bills, tokens_bought_sheet
from reports.sheets.workloads import Class


@dataclass(frozen=True, slots=True)
class ByToken:
    """What was considered, what is bought, and how its lines are billed."""

    offers: Records[ApiOffer]
    unit_offers: Records[Provisioned] | None
    bought: Records[ApiPlacement] | None
    limits: Records[Limited] | None
    units: Records[ProvisionedOrder] | None
    unit_use: Records[UnitsInBlock] | None
    bills: Bills


def by_token_sheets(facts: Facts, inputs: Inputs, calendar: Calendar, workloads: Records[Class]) -> ByToken | None:
    """The sheets of a plan; none where there is no API offer."""
    if not facts.scenario.api_offers:
        return None
    offers = api_offers_sheet(facts)
    contracts = unit_offers_sheet(facts) if facts.scenario.provisioned else None
    bought = tokens_bought_sheet(facts, inputs, calendar, workloads, offers) if facts.plan.api_placements else None
    paid_so = any(row.contract is None for row in facts.plan.api_placements)
    limits = rate_limits_sheet(facts, bought, offers) if bought is not None and paid_so else None
    bills: Bills = {} if bought is None else token_bills(facts, bought, offers)
    if contracts is None or not facts.plan.provisioned:
        return ByToken(offers, contracts, bought, limits, None, None, bills)
    units = buy_units_sheet(facts, inputs, contracts)
    use = None if bought is None else unit_use_sheet(facts, bought, units, contracts)
    return ByToken(offers, contracts, bought, limits, units, use, {**bills, **unit_bills(units)})
