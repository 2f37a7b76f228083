"""Payments: every invoice line with its bill: what it is for, its quantity, its price, and what of it counts where.

held, reserved               nodes x hours of the service
on demand, spot, use         node-hours of sheet Usage
true-up, make-up             units settled on sheet Take_or_Pay; a make-up is a credit, at a price below zero
obligation                   minimum of a month after the horizon, of sheet Calc_Minimums
migration                    a month of work or of upkeep, priced on sheet Migrations
all others                   as the sheet that bills them says (charge_bills)
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.terms.agreement import charge_of
from contracts.terms.common import Nature
from contracts.terms.reserved import Reserved
from optimizer.plan import CostLine, Usage
from reports.facts import ALL_OUTLOOKS, Facts, paid_for
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, looked_up, months_later, quoted, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charge_bills import Bills, in_outlook
from reports.sheets.charge_values import amount, expected, service, timing, value
from reports.sheets.committed import Commitment
from reports.sheets.courses import RENEWED, SWAPPED, TERM, rights_of_lines
from reports.sheets.inputs import Inputs
from reports.sheets.migrations import MigrationRow, price_of
from reports.sheets.minimums import Owed
from reports.sheets.offers import OfferRow
from reports.sheets.price_factors import has_moved_prices, price_factor
from reports.sheets.prices import Prices
from reports.sheets.take_or_pay import WindowRow
from reports.sheets.usage import NO_COMMITMENT

TRUE_UP, MAKE_UP, OBLIGATION = "true-up", "make-up", "obligation"
MIGRATION = "migration"
SPEND_COMMITMENT, PART_COVERED = "spend_commitment", "covered"
AGREEMENT, DISCOUNT, SHORTFALL, OWED = "agreement", "discount", "shortfall", "commitment"
API, PROVISIONED, SPLIT = "api", "provisioned", "split"
CREDIT, BOUGHT, USED = "credit", "purchase", "use"
MONTHLY_CHARGE = "Monthly charge"
"""To which monthly charges a line counts; only in plans with agreements or credits."""
FEE = "termination fee"
_RIGHTS = (FEE, SWAPPED, RENEWED)
"""Parts that are for rights used."""
_KIND = {
    Nature.ON_DEMAND_USAGE: ("on_demand", "usage"),
    Nature.SPOT_USAGE: ("spot", "usage"),
    Nature.RESERVED_UPFRONT: ("reserved", "upfront"),
    Nature.RESERVED_RECURRING: ("reserved", "recurring"),
    Nature.HELD_UPFRONT: ("held", "upfront"),
    Nature.HELD_RECURRING: ("held", "recurring"),
    Nature.TAKE_OR_PAY_USAGE: ("take_or_pay", "usage"),
    Nature.TAKE_OR_PAY_TRUE_UP: ("take_or_pay", TRUE_UP),
    Nature.TAKE_OR_PAY_MAKE_UP: ("take_or_pay", MAKE_UP),
    Nature.TAKE_OR_PAY_OBLIGATION: ("take_or_pay", OBLIGATION),
    Nature.TERMINATION_FEE: ("reserved", FEE),
    Nature.SWAPPED_RECURRING: ("reserved", SWAPPED),
    Nature.RENEWED_RECURRING: ("reserved", RENEWED),
    Nature.CAPACITY_BLOCK: ("capacity_block", "upfront"),
    Nature.OWNED_CAPEX: ("owned", "purchase"),
    Nature.OWNED_RESIDUAL: ("owned", "residual"),
    Nature.OWNED_UPKEEP: ("owned", "upkeep"),
    Nature.OWNED_POWER: ("owned", "power"),
    Nature.MIGRATION_ENGINEERING: (MIGRATION, "engineering"),
    Nature.MIGRATION_CAPITALISED: (MIGRATION, "engineering"),
    Nature.MIGRATION_UPKEEP: (MIGRATION, "upkeep"),
    Nature.SPEND_COMMITMENT_UPFRONT: (SPEND_COMMITMENT, "upfront"),
    Nature.SPEND_COMMITMENT_RECURRING: (SPEND_COMMITMENT, "recurring"),
    Nature.SPEND_COMMITMENT_COVERED: (SPEND_COMMITMENT, PART_COVERED),
    Nature.VOLUME_USAGE: ("volume", "usage"),
    Nature.AGREEMENT_DISCOUNT: (AGREEMENT, DISCOUNT),
    Nature.AGREEMENT_SHORTFALL: (AGREEMENT, SHORTFALL),
    Nature.AGREEMENT_OBLIGATION: (AGREEMENT, OWED),
    Nature.CREDIT_PURCHASE: (CREDIT, BOUGHT),
    Nature.CREDIT_USE: (CREDIT, USED),
    Nature.API_USAGE: (API, "tokens"),
    Nature.PROVISIONED_RECURRING: (PROVISIONED, "recurring"),
    Nature.KV_TRANSFER: (SPLIT, "transfer"),
}
_SETTLED = (TRUE_UP, MAKE_UP, OBLIGATION)
_UNITS = {
    "node_hour": "node-hours",
    "usd": "USD",
    "month": "months",
    "mtok": "Mtok",
    "lot": "lots",
    "unit_hour": "unit-hours",
    "node": "nodes",
    "node_month": "node-months",
    "kwh": "kWh",
    "gb": "GB",
}


def kind_of(row: CostLine) -> str:
    """How it was bought; a right is of an order, or of what is held."""
    kind, part = _KIND[row.nature]
    return "held" if part in _RIGHTS and row.order is None else kind


def kinds_paid(facts: Facts) -> tuple[str, ...]:
    """Purchase kinds of which something is paid, in one order for all sheets."""
    paid = {kind_of(row) for row in facts.plan.cost_lines if row.nature.is_cash}
    return tuple(dict.fromkeys(kind for kind, _ in _KIND.values() if kind in paid))


def part_of(row: CostLine) -> str:
    """Which part of the bill it is."""
    return _KIND[row.nature][1]


def commitment_of(row: CostLine) -> str:
    """The order or held contract that the line belongs to, if any."""
    return row.order or (row.source if kind_of(row) == "held" else NO_COMMITMENT)


@dataclass(frozen=True, slots=True)
class Sources:
    """The sheets that bills are made of; None where the plan has no case."""

    facts: Facts
    inputs: Inputs
    offers: Records[OfferRow]
    commitments: Records[Commitment]
    usage: Records[Usage]
    minimums: Records[Owed] | None
    windows: Records[WindowRow] | None
    migrations: Records[MigrationRow] | None
    prices: Prices | None
    bills: Bills
    """For natures that sheets of their own bill."""


def payments_sheet(sources: Sources) -> Records[CostLine]:
    """Every invoice line, by month of payment."""
    lines = sources.facts.plan.cost_lines
    rows = sorted((r for r in lines if r.nature.is_cash), key=lambda r: (r.paid_month, r.line))
    several = " Each line is due only in its outlook; expected = amount x probability." if sources.facts.several else ""
    return write_records(
        Grid("Payments", "decisions"),
        "tblPay",
        [
            *_who(sources.facts),
            *service(sources.inputs),
            *_quantity(sources),
            *_price(sources),
            amount(sources.inputs, "Quantity"),
            *expected(sources.inputs),
            *value(sources.inputs, "Effective USD"),
            *timing(sources.inputs),
        ],
        rows,
        "Payments: invoice lines by month of payment",
        "Cash out is positive. Lines before the first month are sunk; lines after the horizon are listed in full."
        f" The second page says what of each line serves the horizon, and what it adds to the objective.{several}",
    )


def _who(facts: Facts) -> list[Field[CostLine]]:
    spending = Field[CostLine]("Spending", lambda r, _: "capex" if r.nature.is_capex else "opex")
    return [
        Field("Line", lambda r, _: r.line),
        Field("Paid in", lambda r, _: r.paid_month.first_day, fmt=Fmt.MONTH),
        Field("Payee", lambda r, _: r.payee),
        Field("Offering", lambda r, _: paid_for(r)),
        Field("Contract", lambda r, _: r.source),
        Field("Commitment", lambda r, _: commitment_of(r)),
        Field("Purchase kind", lambda r, _: kind_of(r)),
        Field("Part", lambda r, _: facts.token_parts.get(r.line, part_of(r))),
        *([spending] if facts.tells_capex else []),
        *([Field[CostLine](MONTHLY_CHARGE, lambda r, _: monthly_charge(r))] if facts.has_agreed else []),
        Field("Outlook", lambda r, _: r.outlook or ALL_OUTLOOKS),
    ]


def monthly_charge(row: CostLine) -> str | None:
    """To which monthly charges of agreements and credits a line counts; None for lines that count to none."""
    kind = charge_of(row.nature, is_held=row.order is None)
    return None if kind is None else kind.value


def _quantity(sources: Sources) -> list[Field[CostLine]]:
    commitments = sources.commitments
    bounded = {k for k, terms in sources.facts.moving.items() if isinstance(terms, Reserved)}
    delivered_alike = {r.id for r in commitments.rows if r.outlook == ALL_OUTLOOKS and r.contract in bounded}

    right_of_line = rights_of_lines(sources.facts)

    def line_of_right(row: CostLine) -> int:
        """The line of Commitments with the nodes that a right is used of."""
        used, course = right_of_line[row.line], TERM if part_of(row) == FEE else part_of(row)
        return next(
            i
            for i, each in enumerate(commitments.rows)
            if each.used is used and each.course == course and each.outlook in (row.outlook, ALL_OUTLOOKS)
        )

    def nodes(row: CostLine, at: Line) -> Expr | None:
        if part_of(row) in _SETTLED or kind_of(row) == MIGRATION or row.nature in sources.bills:
            return None
        if part_of(row) in _RIGHTS:
            return commitments.cell(line_of_right(row), "Nodes")
        once = row.order is not None and row.order in delivered_alike
        return sum_where(
            commitments.column("Nodes"),
            Where(commitments.column("Commitment"), "=", at["Commitment"]),
            Where(commitments.column("Outlook"), "=", quoted(ALL_OUTLOOKS) if once else at["Outlook"]),
            *(_by_plain_course(commitments, row, at) if sources.facts.plan.rights else ()),
        )

    def used(row: CostLine, at: Line) -> Expr | None:
        if part_of(row) in (*_SETTLED, *_RIGHTS) or kind_of(row) == MIGRATION or row.nature in sources.bills:
            return None
        return _usage_hours(sources, at)

    def quantity(row: CostLine, at: Line) -> Expr | object:
        if row.nature in sources.bills:
            return sources.bills[row.nature].quantity(row, at)
        if part_of(row) in _SETTLED:
            return at["Settled units"]
        if kind_of(row) == MIGRATION:
            return row.quantity
        if kind_of(row) == "take_or_pay":
            return at["Usage node hours"]
        if part_of(row) == FEE:
            return at["Nodes"] * commitments.cell(line_of_right(row), "Hours given up")
        if part_of(row) in _RIGHTS:
            return at["Nodes"] * at["Service hours"]
        return at["Nodes"] * at["Service hours"] + at["Usage node hours"]

    def class_of(_: CostLine, what: object) -> Kind:
        return Kind.CALC if isinstance(what, Expr) else Kind.INPUT

    settled = Field[CostLine]("Settled units", lambda r, at: _settled_units(sources, r, at), Kind.LINK, Fmt.QUANTITY)
    return [
        Field("Nodes", nodes, Kind.LINK, Fmt.WHOLE),
        Field("Usage node hours", used, Kind.LINK, Fmt.QUANTITY),
        *([settled] if sources.windows is not None else []),
        Field("Quantity", quantity, Kind.CALC, Fmt.QUANTITY, kind_of=class_of),
        Field("Unit", lambda r, _: _UNITS[r.unit]),
    ]


def _by_plain_course(commitments: Records[Commitment], row: CostLine, at: Line) -> tuple[Where, ...]:
    """Nodes that serve the month by their plain term; an upfront part is for all, also for those that leave at once."""
    plain = Where(commitments.column("Course"), "=", quoted(TERM))
    if part_of(row) == "upfront":
        return (plain,)
    return (
        plain,
        Where(commitments.column("Start"), "<=", at["Service from"]),
        Where(commitments.column("End"), ">", at["Service from"]),
    )


def _usage_hours(sources: Sources, at: Line) -> Expr:
    usage = sources.usage
    order = [Where(usage.column("Order"), "=", at["Commitment"])] if sources.facts.has_take_or_pay else []
    return sum_where(
        usage.column("Billed node hours"),
        Where(usage.column("Contract"), "=", at["Contract"]),
        Where(usage.column("Month"), "=", at["Service from"]),
        Where(usage.column("Outlook"), "=", at["Outlook"]),
        *order,
    )


def _settled_units(sources: Sources, row: CostLine, at: Line) -> Expr | None:
    """Units of a true-up or a make-up from their window, of an obligation from its month."""
    part = part_of(row)
    if part not in _SETTLED or sources.windows is None or sources.minimums is None:
        return None
    records: Records[WindowRow] | Records[Owed] = sources.minimums if part == OBLIGATION else sources.windows
    header = {TRUE_UP: "True up", MAKE_UP: "Made up", OBLIGATION: "Minimum"}[part]
    return sum_where(
        records.column(header),
        Where(records.column("Order"), "=", at["Commitment"]),
        Where(records.column("Outlook"), "=", at["Outlook"]),
        Where(records.column("Month" if part == OBLIGATION else "From"), "=", at["Service from"]),
    )


def _moved_price(sources: Sources, row: CostLine, at: Line) -> Expr:
    """The price of the month, of a window that of its last; a minimum in dollars does not move."""
    assert sources.prices is not None
    assert row.order is not None
    if part_of(row) not in _SETTLED:
        return sources.prices.of(row.order, at, at["Service from"], column="Commitment")
    if not sources.facts.moves_by_unit(row.source):
        contracts, units = sources.offers.column("Contract"), sources.offers.column("USD per unit of minimum")
        return looked_up(at["Contract"], contracts, units)
    return sources.prices.of(row.order, at, months_later(at["Service until"], ZERO - ONE), column="Commitment")


def _price(sources: Sources) -> list[Field[CostLine]]:
    moved = has_moved_prices(sources.facts)

    def term(row: CostLine, at: Line, header: str) -> Expr | None:
        if kind_of(row) == MIGRATION or row.nature in sources.bills:
            return None
        return looked_up(at["Contract"], sources.offers.column("Contract"), sources.offers.column(header))

    def contract_price(row: CostLine, at: Line) -> Expr | None:
        if row.nature in sources.bills:
            own = sources.bills[row.nature].contract_price
            return None if own is None else own(row, at)
        unit = part_of(row) in _SETTLED
        if part_of(row) == SWAPPED:
            return term(row, at, "Swap USD per node hour")
        if part_of(row) not in ("upfront", *_RIGHTS) and row.order is not None and row.source in sources.facts.moving:
            return _moved_price(sources, row, at)
        return term(row, at, "USD per unit of minimum" if unit else "Price USD per node hour")

    def unit_price(row: CostLine, at: Line) -> Expr:
        if row.nature in sources.bills:
            return sources.bills[row.nature].unit_price(row, at)
        if kind_of(row) == MIGRATION:
            assert sources.migrations is not None
            return price_of(sources.migrations, row, at)
        if part_of(row) in _SETTLED:
            sign = ZERO - ONE if part_of(row) == MAKE_UP else ONE
            return at["Contract price USD"] * sign
        upfront = at["Upfront share"]
        clause = {FEE: "Termination fee share", RENEWED: "Renewal price factor"}.get(part_of(row))
        if clause is not None:
            factor = term(row, at, clause)
            assert factor is not None
            price = at["Contract price USD"] * factor
            return price * (ONE - upfront) if part_of(row) == FEE else price
        if part_of(row) == SWAPPED:
            return at["Contract price USD"]
        if part_of(row) == "usage":
            return in_outlook(sources.facts, sources.inputs, row, at)
        share = when(compared(at["Part"], "=", quoted("upfront")), upfront, ONE - upfront)
        return at["Contract price USD"] * share

    factor = Field[CostLine]("Price factor", lambda r, _: price_factor(sources.facts, r), Kind.INPUT, Fmt.FACTOR)
    return [
        Field("Contract price USD", contract_price, Kind.LINK, Fmt.PRICE),
        *([factor] if moved else []),
        Field("Upfront share", lambda r, at: term(r, at, "Upfront share"), Kind.LINK, Fmt.SHARE),
        Field("Unit price USD", unit_price, Kind.CALC, Fmt.PRICE),
    ]
