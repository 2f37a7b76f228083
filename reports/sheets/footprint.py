"""Footprint: node-hours, energy, emissions and capacity of every offering, month and outlook (docs/decisions/0037)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog.offerings import Offering
from contracts.calendar import Month
from optimizer.footprint_figures import FootprintFigures
from optimizer.plan import Usage
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, Expr, Where
from reports.functions import looked_up, months_later, quoted, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.block_months import UNSERVED, BlockMonth
from reports.sheets.committed import Commitment, commitments
from reports.sheets.input_footprint import CARBON_PRICE, GRAMS_PER_TONNE
from reports.sheets.inputs import Inputs
from reports.sheets.offering_figures import GRID, INDEX, SITE_KW
from reports.sheets.usage import NO_COMMITMENT

NODE_HOURS, ENERGY, TONNES, CAPACITY, WEIGHED = (
    "Node hours",
    "Energy kWh",
    "t CO2e",
    "Capacity at list USD",
    "Capacity x index",
)

STANDING = "Nodes under commitments"
_UNSERVED = "Nodes of blocks not there"


@dataclass(frozen=True, slots=True)
class Place:
    """An offering with nodes in a month of an outlook."""

    outlook: str
    month: Month
    offering: str


@dataclass(frozen=True)
class Drawn:
    """The lists that nodes stand on."""

    committed: Records[Commitment]
    usage: Records[Usage]
    blocks: Records[BlockMonth] | None


def footprint_sheet(
    facts: Facts, inputs: Inputs, offerings: Records[Offering], drawn: Drawn
) -> Records[Place] | None:
    """One line per outlook, month and offering with nodes; None where the plan tells neither energy nor index."""
    figures = FootprintFigures(facts.scenario)
    if not (figures.has_energy or figures.has_index):
        return None
    return write_records(
        Grid("Footprint", "decisions"),
        "tblFootprint",
        [
            *_place(inputs),
            *_node_hours(facts, inputs, drawn),
            *(_energy(figures, inputs, offerings) if figures.has_energy else []),
            *(_index(offerings) if figures.has_index else []),
        ],
        places(facts),
        "Footprint: what nodes draw, emit and stand for",
        "Nodes draw used or idle. Emissions are location-based yearly averages of the grids, of operation only; a blank"
        " is not known. Tokens that are bought by the token have no figure and are not counted.",
    )


def places(facts: Facts) -> list[Place]:
    """Where nodes are held or used, by outlook, month and offering."""
    outlooks = [row.outlook for row in facts.scenario.outlooks]
    found: set[tuple[str, Month, str]] = set()
    for row in commitments(facts):
        for month in facts.months:
            if row.nodes and row.start <= month.first_day < row.end:
                found |= {(s, month, row.offering) for s in outlooks if row.outlook in (s, ALL_OUTLOOKS)}
    found |= {(row.outlook, row.month, row.offering) for row in facts.plan.usages if row.order is None}
    return [Place(*place) for place in sorted(found)]


def _place(inputs: Inputs) -> list[Field[Place]]:
    chance = Field[Place](
        "Probability",
        lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
        Kind.LINK,
        Fmt.SHARE,
    )
    return [
        Field("Outlook", lambda r, _: r.outlook),
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
        Field("Offering", lambda r, _: r.offering),
        chance,
    ]


def standing(drawn: Drawn) -> list[Field[Any]]:
    """Nodes under commitments in a month: those of all outlooks, those of one, and together."""
    nodes = drawn.committed

    def there(at: Line, outlook: Expr) -> Expr:
        return sum_where(
            nodes.column("Nodes"),
            Where(nodes.column("Offering"), "=", at["Offering"]),
            Where(nodes.column("Outlook"), "=", outlook),
            Where(nodes.column("Start"), "<=", at["Month"]),
            Where(nodes.column("End"), ">", at["Month"]),
        )

    return [*_apart("Nodes", there), Field(STANDING, lambda _, at: _both("Nodes", at), Kind.CALC, Fmt.QUANTITY)]


def _apart(what: str, of: Callable[[Line, Expr], Expr]) -> list[Field[Any]]:
    """What lines of all outlooks and lines of one say."""
    return [
        Field(f"{what} in all outlooks", lambda _, at: of(at, quoted(ALL_OUTLOOKS)), Kind.CALC, Fmt.QUANTITY),
        Field(f"{what} in this outlook", lambda _, at: of(at, at["Outlook"]), Kind.CALC, Fmt.QUANTITY),
    ]


def _both(what: str, at: Line) -> Expr:
    return at[f"{what} in all outlooks"] + at[f"{what} in this outlook"]


def not_under_orders(facts: Facts, usage: Records[Usage]) -> list[Where]:
    """Leaves out what is used of take-or-pay orders, whose nodes all stand under commitments."""
    return [Where(usage.column("Order"), "=", quoted(NO_COMMITMENT))] if facts.has_take_or_pay else []


def _node_hours(facts: Facts, inputs: Inputs, drawn: Drawn) -> list[Field[Place]]:
    usage = drawn.usage

    def by_the_hour(_: Place, at: Line) -> Expr:
        return sum_where(
            usage.column("Node hours"),
            Where(usage.column("Offering"), "=", at["Offering"]),
            Where(usage.column("Month"), "=", at["Month"]),
            Where(usage.column("Outlook"), "=", at["Outlook"]),
            *not_under_orders(facts, usage),
        )

    def hours(_: Place, at: Line) -> Expr:
        return (months_later(at["Month"], ONE) - at["Month"]) * inputs["HoursPerDay"]

    def together(_: Place, at: Line) -> Expr:
        nodes = at[STANDING]
        if drawn.blocks is not None:
            nodes = nodes - _both(_UNSERVED, at)
        return nodes * at["Hours of the month"] + at["Node hours by the hour"]

    calc, quantity = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Hours of the month", hours, calc, Fmt.WHOLE),
        *standing(drawn),
        *([] if drawn.blocks is None else _unserved(drawn.blocks)),
        Field("Node hours by the hour", by_the_hour, calc, quantity),
        Field(NODE_HOURS, together, calc, quantity),
        Field("Expected node hours", lambda _, at: at[NODE_HOURS] * at["Probability"], calc, quantity, total=True),
    ]


def _unserved(blocks: Records[BlockMonth]) -> list[Field[Any]]:
    """Nodes of capacity blocks, on average over the hours of the month that they do not serve."""

    def there(at: Line, outlook: Expr) -> Expr:
        return sum_where(
            blocks.column(UNSERVED),
            Where(blocks.column("Offering"), "=", at["Offering"]),
            Where(blocks.column("Month"), "=", at["Month"]),
            Where(blocks.column("Outlook"), "=", outlook),
        )

    return _apart(_UNSERVED, there)


def _of_offering(offerings: Records[Offering], at: Line, header: str) -> Expr:
    return looked_up(at["Offering"], offerings.column("Offering"), offerings.column(header))


def _energy(figures: FootprintFigures, inputs: Inputs, offerings: Records[Offering]) -> list[Field[Place]]:
    """Blank where a figure is not known: then nothing of it is counted, here as in the plan."""

    def is_known(row: Place) -> bool:
        return figures.t_per_node_hour(row.offering) is not None

    def linked(header: str) -> Field[Place]:
        def of(row: Place, at: Line) -> Expr | None:
            return _of_offering(offerings, at, header) if is_known(row) else None

        return Field(header, of, Kind.LINK, Fmt.FACTOR)

    def energy(row: Place, at: Line) -> Expr | None:
        return at[NODE_HOURS] * at[SITE_KW] if is_known(row) else None

    def tonnes(row: Place, at: Line) -> Expr | None:
        return at[ENERGY] * at[GRID] / inputs[GRAMS_PER_TONNE] if is_known(row) else None

    def expected(header: str) -> Field[Place]:
        def of(row: Place, at: Line) -> Expr | None:
            return at[header] * at["Probability"] if is_known(row) else None

        return Field(f"Expected {header}", of, Kind.CALC, Fmt.QUANTITY, total=True)

    def priced(row: Place, at: Line) -> Expr | None:
        return at[TONNES] * inputs[CARBON_PRICE] * at["Probability"] if is_known(row) else None

    calc, quantity = Kind.CALC, Fmt.QUANTITY
    price = Field[Place]("Expected price of carbon USD", priced, calc, Fmt.CENTS, total=True)
    return [
        linked(SITE_KW),
        Field(ENERGY, energy, calc, quantity),
        linked(GRID),
        Field(TONNES, tonnes, calc, Fmt.FACTOR),
        expected(ENERGY),
        expected(TONNES),
        *([price] if figures.scenario.policy.carbon_price_usd_per_t else []),
    ]


def _index(offerings: Records[Offering]) -> list[Field[Place]]:
    link, calc = Kind.LINK, Kind.CALC
    listed = "List USD per node hour"
    return [
        Field(listed, lambda _, at: _of_offering(offerings, at, listed), link, Fmt.PRICE),
        Field(INDEX, lambda _, at: _of_offering(offerings, at, INDEX), link, Fmt.QUANTITY),
        Field(CAPACITY, lambda _, at: at[NODE_HOURS] * at[listed], calc, Fmt.MONEY),
        Field(WEIGHED, lambda _, at: at[CAPACITY] * at[INDEX], calc, Fmt.QUANTITY),
    ]
