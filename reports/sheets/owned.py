"""Owned and Sites: hardware that is bought, month by month of its life, and the power and space that it takes.

depreciation of a month = nodes x (capex - residual) x hours of the month / hours of the life
book value              = capex less depreciation so far: what is left at the end of the life is the residual
upkeep of a month       = nodes x upkeep x (1 + escalator) ^ full years of service
power of a month        = nodes x power of a node x PUE x hours, at its price
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.calendar import MONTHS_PER_YEAR, Month, hours_between, months_between
from contracts.terms.common import Nature
from contracts.terms.owned import Owned
from optimizer.plan import CostLine
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, looked_up, power, quoted, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.buy_list import BuyLists
from reports.sheets.charge_bills import BillCells, Bills, Cell
from reports.sheets.delivery import Delivery
from reports.sheets.inputs import Inputs
from reports.sheets.offers import OfferRow

UPKEEP = "Upkeep USD per node month"
POWER = "Site kW per node"


@dataclass(frozen=True, slots=True)
class LifeMonth:
    """A month of the life of hardware that is ordered."""

    delivery: Delivery
    month: Month
    terms: Owned


@dataclass(frozen=True, slots=True)
class SiteMonth:
    """A site in a month and outlook."""

    site: str
    month: Month
    outlook: str
    power_kw: float
    rack_units: float


@dataclass(frozen=True)
class OwnedSheets:
    """Hardware by month of its life, and sites by month of the horizon."""

    life: Records[LifeMonth]
    sites: Records[SiteMonth]

    def sum_from(self, at: Line, header: str, from_day: Expr) -> Expr:
        """A column of a commitment from a day on."""
        return sum_where(
            self.life.column(header),
            Where(self.life.column("Order"), "=", at["Commitment"]),
            Where(self.life.column("Outlook"), "=", at["Outlook"]),
            Where(self.life.column("Month"), ">=", from_day),
        )


class _Before:
    """The book value that the month above leaves, while months are written one below the other."""

    def __init__(self) -> None:
        self.above: Line | None = None

    def opening(self, row: LifeMonth, at: Line, new: Expr) -> Expr:
        """The closing value above; what is paid where a life begins."""
        begins = row.month == row.delivery.start or self.above is None
        value = new if begins or self.above is None else self.above["Closing book USD"]
        self.above = at
        return value


def owned_sheets(
    facts: Facts, inputs: Inputs, offers: Records[OfferRow], lists: BuyLists, delivered: list[Delivery]
) -> OwnedSheets | None:
    """None where no hardware is bought."""
    terms = {row.contract: row for row in facts.scenario.owned}
    rows = [
        LifeMonth(delivery, month, terms[delivery.contract])
        for delivery in delivered
        for month in months_between(delivery.start, delivery.end)
    ]
    if not rows:
        return None
    life = write_records(
        Grid("Owned", "decisions"),
        "tblOwned",
        [*_which(), *_book(lists, offers), *_running(offers), *_expected(inputs)],
        rows,
        "Owned hardware: book value, upkeep and power in each month of its life",
        "Depreciation is straight-line by the hour, from the capital expenditure down to the residual.",
    )
    return OwnedSheets(life, _sites(facts, life))


def _term(offers: Records[OfferRow], header: str, fmt: Fmt) -> Field[LifeMonth]:
    keys, values = offers.column("Contract"), offers.column(header)
    return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)


def _which() -> list[Field[LifeMonth]]:
    return [
        Field("Order", lambda r, _: r.delivery.order),
        Field("Contract", lambda r, _: r.delivery.contract),
        Field("Outlook", lambda r, _: r.delivery.outlook),
        Field("Site", lambda r, _: r.terms.site),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
        Field("Full years", lambda r, _: (r.month - r.delivery.start) // MONTHS_PER_YEAR, fmt=Fmt.WHOLE),
        Field("Hours", lambda r, _: r.month.hours, fmt=Fmt.WHOLE),
        Field("Hours of the life", lambda r, _: hours_between(r.delivery.start, r.delivery.end), fmt=Fmt.WHOLE),
    ]


def _book(lists: BuyLists, offers: Records[OfferRow]) -> list[Field[LifeMonth]]:
    before = _Before()

    def opening(row: LifeMonth, at: Line) -> Expr:
        return before.opening(row, at, at["Nodes"] * at["Capex USD per node"])

    def depreciation(_: LifeMonth, at: Line) -> Expr:
        falls = at["Capex USD per node"] - at["Residual USD per node"]
        return at["Nodes"] * falls * at["Hours"] / at["Hours of the life"]

    calc = Kind.CALC
    return [
        Field("Nodes", lambda r, at: lists.looked_up(r.delivery.order, at["Order"], "Nodes"), Kind.LINK, Fmt.WHOLE),
        _term(offers, "Capex USD per node", Fmt.MONEY),
        _term(offers, "Residual USD per node", Fmt.MONEY),
        Field("Opening book USD", opening, calc, Fmt.MONEY),
        Field("Depreciation USD", depreciation, calc, Fmt.MONEY),
        Field("Closing book USD", lambda _, at: at["Opening book USD"] - at["Depreciation USD"], calc, Fmt.MONEY),
    ]


def _running(offers: Records[OfferRow]) -> list[Field[LifeMonth]]:
    def upkeep(_: LifeMonth, at: Line) -> Expr:
        return at[UPKEEP] * power(ONE + at["Upkeep escalator"], at["Full years"])

    calc = Kind.CALC
    return [
        _term(offers, UPKEEP, Fmt.PRICE),
        _term(offers, "Upkeep escalator", Fmt.SHARE),
        Field("Upkeep of the month USD per node", upkeep, calc, Fmt.PRICE),
        Field("Upkeep USD", lambda _, at: at["Nodes"] * at["Upkeep of the month USD per node"], calc, Fmt.CENTS),
        _term(offers, POWER, Fmt.QUANTITY),
        _term(offers, "Rack units per node", Fmt.QUANTITY),
        Field("Power kW", lambda _, at: at["Nodes"] * at[POWER], calc, Fmt.QUANTITY),
        Field("Rack units", lambda _, at: at["Nodes"] * at["Rack units per node"], calc, Fmt.QUANTITY),
        Field("Power kWh", lambda _, at: at["Power kW"] * at["Hours"], calc, Fmt.QUANTITY),
        _term(offers, "Power USD per kWh", Fmt.PRICE),
        Field("Power USD", lambda _, at: at["Power kWh"] * at["Power USD per kWh"], calc, Fmt.CENTS),
    ]


def _expected(inputs: Inputs) -> list[Field[LifeMonth]]:
    def running(_: LifeMonth, at: Line) -> Expr:
        return (at["Upkeep USD"] + at["Power USD"]) * at["Probability"]

    def service(_: LifeMonth, at: Line) -> Expr:
        return at["Expected running USD"] + at["Depreciation USD"] * at["Probability"]

    chance = Field[LifeMonth](
        "Probability",
        lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
        Kind.LINK,
        Fmt.SHARE,
    )
    return [
        chance,
        Field("Expected running USD", running, Kind.CALC, Fmt.MONEY),
        Field("Expected service USD", service, Kind.CALC, Fmt.MONEY),
    ]


def _sites(facts: Facts, life: Records[LifeMonth]) -> Records[SiteMonth]:
    rows = [
        SiteMonth(site.site, month, outlook.outlook, site.power_kw, site.rack_units)
        for site in sorted(facts.scenario.sites, key=lambda row: row.site)
        for month in facts.months
        for outlook in facts.scenario.outlooks
    ]

    def taken(at: Line, header: str) -> Expr:
        site, month = Where(life.column("Site"), "=", at["Site"]), Where(life.column("Month"), "=", at["Month"])
        alike = Where(life.column("Outlook"), "=", quoted(ALL_OUTLOOKS))
        return sum_where(life.column(header), site, month, alike)

    def only_here(at: Line, header: str) -> Expr:
        site, month = Where(life.column("Site"), "=", at["Site"]), Where(life.column("Month"), "=", at["Month"])
        here = Where(life.column("Outlook"), "=", at["Outlook"])
        return sum_where(life.column(header), site, month, here)

    def within(_: SiteMonth, at: Line) -> Expr:
        over = compared(at["Power taken kW"] + at["Power taken here kW"], "<=", at["Power limit kW"])
        space = compared(at["Space taken"] + at["Space taken here"], "<=", at["Space limit"])
        return when(over, when(space, quoted("OK"), quoted("FAIL")), quoted("FAIL"))

    calc, number = Kind.CALC, Fmt.QUANTITY
    return write_records(
        Grid("Sites", "decisions"),
        "tblSites",
        [
            Field("Site", lambda r, _: r.site),
            Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
            Field("Outlook", lambda r, _: r.outlook),
            Field("Power limit kW", lambda r, _: r.power_kw, Kind.INPUT, number),
            Field("Power taken kW", lambda _, at: taken(at, "Power kW"), calc, number),
            Field("Power taken here kW", lambda _, at: only_here(at, "Power kW"), calc, number),
            Field("Space limit", lambda r, _: r.rack_units, Kind.INPUT, number),
            Field("Space taken", lambda _, at: taken(at, "Rack units"), calc, number),
            Field("Space taken here", lambda _, at: only_here(at, "Rack units"), calc, number),
            Field("Kept", within, calc),
        ],
        rows,
        "Sites: power and space that new hardware takes, against what there is",
        "Power includes cooling; space is in rack units. What only one outlook has stands apart (here).",
    )


def owned_bills(sheets: OwnedSheets | None, offers: Records[OfferRow], lists: BuyLists) -> Bills:
    """Capital and residual by the node, upkeep and power by the month of the life."""
    if sheets is None:
        return {}
    life = sheets.life

    def nodes(row: CostLine, at: Line) -> Expr:
        assert row.order is not None
        return lists.looked_up(row.order, at["Commitment"], "Nodes")

    def term(header: str, sign: Expr = ONE) -> Cell:
        keys, values = offers.column("Contract"), offers.column(header)

        def cell(_: CostLine, at: Line) -> Expr:
            found = looked_up(at["Contract"], keys, values)
            return found if sign is ONE else found * sign

        return cell

    def of_month(header: str) -> Cell:
        def cell(_: CostLine, at: Line) -> Expr:
            return sum_where(
                life.column(header),
                Where(life.column("Order"), "=", at["Commitment"]),
                Where(life.column("Outlook"), "=", at["Outlook"]),
                Where(life.column("Month"), "=", at["Service from"]),
            )

        return cell

    return {
        Nature.OWNED_CAPEX: BillCells(nodes, term("Capex USD per node")),
        Nature.OWNED_RESIDUAL: BillCells(nodes, term("Residual USD per node", ZERO - ONE)),
        Nature.OWNED_UPKEEP: BillCells(nodes, of_month("Upkeep of the month USD per node")),
        Nature.OWNED_POWER: BillCells(of_month("Power kWh"), term("Power USD per kWh")),
    }
