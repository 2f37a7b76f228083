"""The sheets about sovereignty, power and carbon, and what checks them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from catalog.offerings import Offering
from contracts.terms.common import Nature
from optimizer.footprint_figures import FootprintFigures
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import ZERO, Where
from reports.functions import count_where, quoted, sum_where, total
from reports.records import Records
from reports.sheets.capacity import NodeHours
from reports.sheets.check import Check
from reports.sheets.footprint import ENERGY, TONNES, Drawn, Place, footprint_sheet
from reports.sheets.footprint_rules import RuleRow, footprint_rules_sheet
from reports.sheets.inputs import Inputs
from reports.sheets.not_cash import WORDS
from reports.sheets.power import PowerLine, power_sheet

_PLAN = "the workbook does not show the plan that was solved and audited"


@dataclass(frozen=True)
class FootprintSheets:
    """Lists of places with nodes, of what they draw in the fullest blocks, and of the rules."""

    lines: Records[Place]
    power: Records[PowerLine] | None
    rules: Records[RuleRow] | None


def footprint_sheets(
    facts: Facts, inputs: Inputs, offerings: Records[Offering], drawn: Drawn
) -> FootprintSheets | None:
    """None where the plan tells neither energy nor index."""
    lines = footprint_sheet(facts, inputs, offerings, drawn)
    if lines is None:
        return None
    power = power_sheet(facts, inputs, offerings, drawn)
    return FootprintSheets(lines, power, footprint_rules_sheet(facts, inputs, lines, power))


def footprint_checks(
    facts: Facts, sheets: FootprintSheets, hours: NodeHours, not_cash: Records[CostLine]
) -> Iterator[Check]:
    """Sheet Footprint against the plan, the node-hours that are paid for, and the price as it is counted."""
    lines, plan = sheets.lines, facts.plan
    number = len(lines.rows)
    together = lines.total("Expected node hours")
    paid = total(hours.paid.sums())
    meaning = "nodes draw that nobody pays for, or are paid for and do not draw"
    yield Check("Footprint: node-hours = node-hours paid for", together, paid, "node-hours", meaning)
    if FootprintFigures(facts.scenario).has_energy:
        energy = sum((row.energy_kwh for row in plan.footprint), Decimal(0))
        tonnes = sum((row.t_co2e for row in plan.footprint), Decimal(0))
        yield Check("Footprint: energy", total(lines.column(ENERGY)), energy, "kWh", _PLAN, number)
        yield Check("Footprint: emissions", total(lines.column(TONNES)), tonnes, "t CO2e", _PLAN, number)
    if facts.scenario.policy.carbon_price_usd_per_t:
        nature = Where(not_cash.column("Nature"), "=", quoted(WORDS[Nature.CARBON_PRICE]))
        counted = sum_where(not_cash.column("Expected USD"), nature)
        priced = lines.total("Expected price of carbon USD")
        meaning = "the price of carbon is counted otherwise than the emissions are"
        yield Check("Footprint: price as counted = emissions x price", counted, priced, "USD", meaning, number)
        yield Check("Price of carbon", counted, plan.totals.carbon_price_usd, "USD", _PLAN, number)
    if sheets.rules is not None:
        broken = count_where(Where(sheets.rules.column("Kept"), "=", quoted("FAIL")))
        text = "Rules on sovereignty, power and carbon that are broken"
        yield Check(text, broken, ZERO, "windows", "the plan breaks one of its rules")
