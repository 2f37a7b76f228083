"""What finance reads beside cost and cash: rates, obligations, lease hints, break-even, built together."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offerings import Offering
from reports.facts import Facts
from reports.records import Records
from reports.sheets.break_even import BreakEven, Compared, break_even_sheets
from reports.sheets.calendar import Calendar
from reports.sheets.committed import Commitment
from reports.sheets.inputs import Inputs
from reports.sheets.lease_hints import Hinted, lease_hints_sheet
from reports.sheets.obligations import Owing, obligations_sheet
from reports.sheets.offers import OfferRow
from reports.sheets.rates import Rates, Valued, rates_sheet
from reports.sheets.routing import Routing


@dataclass(frozen=True)
class Accounts:
    """The sheets."""

    rates: Rates
    obligations: Records[Owing]
    leases: Records[Hinted]
    break_even: BreakEven | None
    """None without orders."""


@dataclass(frozen=True)
class Ground:
    """Sheets that all of them stand on."""

    facts: Facts
    inputs: Inputs
    calendar: Calendar
    offerings: Records[Offering]
    offers: Records[OfferRow]
    commitments: Records[Commitment]
    routing: Routing


def accounts_sheets(ground: Ground, valued: Valued) -> Accounts:
    """Each from the sheets that its formulas refer to."""
    facts, inputs, payments = ground.facts, ground.inputs, valued.payments
    rates = rates_sheet(facts, ground.calendar, ground.offerings, ground.offers, ground.routing, valued)
    against = Compared(ground.calendar, ground.commitments, payments, rates)
    return Accounts(
        rates=rates,
        obligations=obligations_sheet(facts, inputs, payments),
        leases=lease_hints_sheet(facts, inputs, ground.commitments, payments),
        break_even=break_even_sheets(facts, inputs, against) if facts.plan.orders else None,
    )
