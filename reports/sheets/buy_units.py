"""Buy_Units and Unit_Use: provisioned throughput to sign, and how busy its units are in each block."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.api import Provisioned
from contracts.terms.common import Nature
from optimizer.plan import CostLine
from optimizer.plan_contracts import ApiPlacement, ProvisionedOrder
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import Expr, Where
from reports.functions import looked_up, months_later, quoted, ratio, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charge_bills import BillCells, Bills
from reports.sheets.inputs import Inputs
from reports.sheets.signing import expected_value, forms, probability


def buy_units_sheet(facts: Facts, inputs: Inputs, offers: Records[Provisioned]) -> Records[ProvisionedOrder]:
    """One line per order; units and start are decisions, all else follows from the contract."""
    terms = {row.contract: row for row in facts.scenario.provisioned}
    rows = sorted(facts.plan.provisioned, key=lambda r: (r.outlook is not None, r.order_by, r.order))
    waits = any(row.outlook for row in rows) and facts.several
    more = "Do NOT sign lines with an outlook before it is known. " if waits else ""
    return write_records(
        Grid("Buy_Units", "decisions"),
        "tblUnits",
        [*_which(), *_terms(offers), *_money(inputs), *forms(terms)],
        rows,
        "Units to sign: provisioned throughput, soonest deadline first",
        f"{more}Orange cells are the decisions. Units are paid in every hour of their term, used or not; how busy they"
        " are is on sheet Unit_Use.",
    )


def _which() -> list[Field[ProvisionedOrder]]:
    return [
        Field("Order", lambda r, _: r.order),
        Field("Only if", lambda r, _: r.outlook or ALL_OUTLOOKS, Kind.DECISION),
        Field("Order by", lambda r, _: r.order_by, Kind.DECISION, Fmt.DATE),
        Field("Contract", lambda r, _: r.contract),
        Field("Units", lambda r, _: r.units, Kind.DECISION, Fmt.WHOLE),
        Field("Start", lambda r, _: r.start.first_day, Kind.DECISION, Fmt.DATE),
    ]


def _terms(offers: Records[Provisioned]) -> list[Field[ProvisionedOrder]]:
    contract = offers.column("Contract")

    def term(header: str, fmt: Fmt = Fmt.TEXT) -> Field[ProvisionedOrder]:
        values = offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], contract, values), Kind.LINK, fmt)

    return [
        term("API"),
        term("Provider"),
        term("Term months", Fmt.WHOLE),
        Field("End", lambda _, at: months_later(at["Start"], at["Term months"]), Kind.CALC, Fmt.DATE),
        term("USD per unit hour", Fmt.PRICE),
    ]


def _money(inputs: Inputs) -> list[Field[ProvisionedOrder]]:
    def value(_: ProvisionedOrder, at: Line) -> Expr:
        return at["Units"] * (at["End"] - at["Start"]) * inputs["HoursPerDay"] * at["USD per unit hour"]

    calc, money = Kind.CALC, Fmt.MONEY
    return [
        Field("Order value USD", value, calc, money),
        Field("Monthly on average USD", lambda _, at: at["Order value USD"] / at["Term months"], calc, money),
        probability(inputs),
        expected_value(),
    ]


def unit_bills(units: Records[ProvisionedOrder]) -> Bills:
    """Units x hours of the service, at the price of a unit-hour."""

    def term(at: Line, header: str) -> Expr:
        return looked_up(at["Commitment"], units.column("Order"), units.column(header))

    def quantity(_: CostLine, at: Line) -> Expr:
        return term(at, "Units") * at["Service hours"]

    def price(_: CostLine, at: Line) -> Expr:
        return term(at, "USD per unit hour")

    return {Nature.PROVISIONED_RECURRING: BillCells(quantity, price)}


@dataclass(frozen=True, slots=True)
class UnitsInBlock:
    """Units of a contract in a block in which they carry something."""

    contract: str
    month: Month
    block: str
    outlook: str


def unit_use_sheet(
    facts: Facts,
    bought: Records[ApiPlacement],
    units: Records[ProvisionedOrder],
    offers: Records[Provisioned],
) -> Records[UnitsInBlock]:
    """One line per outlook, contract, month and block: units kept busy by the mix, against those that are there."""
    order = {block: i for i, block in enumerate(facts.blocks)}
    rows = sorted(
        {
            UnitsInBlock(r.contract, r.month, r.block, r.outlook)
            for r in facts.plan.api_placements
            if r.contract is not None
        },
        key=lambda r: (r.contract, r.month, order[r.block], r.outlook),
    )

    def rate(header: str) -> Field[UnitsInBlock]:
        def added(_: UnitsInBlock, at: Line) -> Expr:
            return sum_where(
                bought.column(header),
                Where(bought.column("Carried by"), "=", at["Contract"]),
                Where(bought.column("Month"), "=", at["Month"]),
                Where(bought.column("Block"), "=", at["Block"]),
                Where(bought.column("Outlook"), "=", at["Outlook"]),
            )

        return Field(header, added, Kind.CALC, Fmt.QUANTITY)

    def per_unit(header: str) -> Field[UnitsInBlock]:
        keys, values = offers.column("Contract"), offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, Fmt.QUANTITY)

    def busy(_: UnitsInBlock, at: Line) -> Expr:
        uncached = at["Uncached input tok per s"] / at["Uncached input tok per s per unit"]
        return uncached + at["Output tok per s"] / at["Output tok per s per unit"]

    def signed(at: Line, outlook: Expr) -> Expr:
        return sum_where(
            units.column("Units"),
            Where(units.column("Contract"), "=", at["Contract"]),
            Where(units.column("Start"), "<=", at["Month"]),
            Where(units.column("End"), ">", at["Month"]),
            Where(units.column("Only if"), "=", outlook),
        )

    calc, number = Kind.CALC, Fmt.QUANTITY
    return write_records(
        Grid("Unit_Use", "workings"),
        "tblUnitUse",
        [
            Field("Contract", lambda r, _: r.contract),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.DATE),
            Field("Block", lambda r, _: r.block),
            Field("Outlook", lambda r, _: r.outlook),
            rate("Uncached input tok per s"),
            rate("Output tok per s"),
            per_unit("Uncached input tok per s per unit"),
            per_unit("Output tok per s per unit"),
            Field("Units busy", busy, calc, number),
            Field("Units in any case", lambda _, at: signed(at, quoted(ALL_OUTLOOKS)), calc, Fmt.WHOLE),
            Field("Units in this outlook", lambda _, at: signed(at, at["Outlook"]), calc, Fmt.WHOLE),
            Field("Units there", lambda _, at: at["Units in any case"] + at["Units in this outlook"], calc, Fmt.WHOLE),
            Field("Share used", lambda _, at: ratio(at["Units busy"], at["Units there"]), calc, Fmt.SHARE),
            Field("Units to spare", lambda _, at: at["Units there"] - at["Units busy"], calc, number),
        ],
        rows,
        "Unit use: provisioned units, kept busy and there",
        "Blocks in which a contract carries nothing are not listed; its units are paid in them all the same.",
    )
