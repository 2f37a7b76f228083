"""Not_Cash: penalties, expected emergencies and prices of the policy: in the objective, billed by nobody."""

from __future__ import annotations

from contracts.terms.common import Nature
from optimizer.plan import CostLine
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records
from reports.sheets.charge_values import amount, expected, service, value
from reports.sheets.input_footprint import CARBON_PRICE
from reports.sheets.input_stability import PRICE
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow
from reports.sheets.workloads import Class

PENALTY, EMERGENCY = "shortfall penalty", "expected emergency"
WORDS = {
    Nature.SHORTFALL_PENALTY: PENALTY,
    Nature.EMERGENCY_EXPECTED: EMERGENCY,
    Nature.STABILITY_PRICE: "price of a change",
    Nature.CARBON_PRICE: "price of carbon",
}
_UNITS = {"mtok": "Mtok", "usd": "changed USD", "t_co2e": "t CO2e"}


def not_cash_sheet(
    facts: Facts, inputs: Inputs, offers: Records[OfferRow], workloads: Records[Class]
) -> Records[CostLine]:
    """Every line that nobody bills."""
    rows = sorted((r for r in facts.plan.cost_lines if not r.nature.is_cash), key=lambda r: (r.paid_month, r.line))
    return write_records(
        Grid("Not_Cash", "decisions"),
        "tblNotCash",
        [
            *_who(),
            *service(inputs),
            *_bill(facts, inputs, offers, workloads),
            *value(inputs, "In horizon USD"),
        ],
        rows,
        "Not cash: penalties, expected emergencies and prices of the policy",
        "They steer the plan and are part of its objective; they are in no invoice and in no effective cost.",
    )


def others_not_billed(records: Records[CostLine]) -> tuple[str, ...]:
    """What else there is besides penalties and emergencies."""
    known = tuple(dict.fromkeys(WORDS[row.nature] for row in records.rows))
    return tuple(words for words in known if words not in (PENALTY, EMERGENCY))


def _who() -> list[Field[CostLine]]:
    return [
        Field("Line", lambda r, _: r.line),
        Field("Paid in", lambda r, _: r.paid_month.first_day, fmt=Fmt.MONTH),
        Field("Nature", lambda r, _: WORDS[r.nature]),
        Field("Source", lambda r, _: r.source),
        Field("Offering", lambda r, _: r.offering or "-"),
        Field("Outlook", lambda r, _: r.outlook or ALL_OUTLOOKS),
    ]


def _bill(facts: Facts, inputs: Inputs, offers: Records[OfferRow], workloads: Records[Class]) -> list[Field[CostLine]]:
    return [
        Field("Quantity", lambda r, _: r.quantity, Kind.DECISION, Fmt.QUANTITY),
        Field("Unit", lambda r, _: _UNITS.get(r.unit, "node-hours")),
        Field(
            "Unit price USD",
            lambda r, _: _price(r, facts, inputs, offers, workloads),
            Kind.LINK,
            Fmt.PRICE,
            kind_of=_link_or_input,
        ),
        amount(inputs, "Quantity"),
        *expected(inputs),
        Field("Expected quantity", lambda _, at: at["Quantity"] * at["Probability"], Kind.CALC, Fmt.QUANTITY),
    ]


def _price(
    row: CostLine, facts: Facts, inputs: Inputs, offers: Records[OfferRow], workloads: Records[Class]
) -> object:
    """A link to the price of the policy or workload, or to the offer that the emergency would use; else as it moved."""
    if row.nature is Nature.STABILITY_PRICE:
        return inputs[PRICE]
    if row.nature is Nature.CARBON_PRICE:
        return inputs[CARBON_PRICE]
    if row.nature is Nature.SHORTFALL_PENALTY:
        sizes = sorted(facts.scenario.size_classes, key=lambda s: (s.workload, s.size_class))
        first = [s.workload for s in sizes].index(row.source)
        return workloads.cell(first, "Shortfall USD per Mtok")
    for position, offer in enumerate(offers.rows):
        same = offer.terms.price_usd_per_node_hour == row.unit_price_usd
        if offer.kind == "on_demand" and offer.terms.offering == row.offering and same:
            return offers.cell(position, "Price USD per node hour")
    return row.unit_price_usd


def _link_or_input(_: CostLine, what: object) -> Kind:
    return Kind.LINK if isinstance(what, Expr) else Kind.INPUT
