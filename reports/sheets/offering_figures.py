"""Columns of sheet Offerings about power, grid and sovereignty; none where the plan tells neither."""

from __future__ import annotations

from catalog.offerings import Offering
from optimizer.footprint_figures import FootprintFigures
from reports.facts import Facts
from reports.formulas import ZERO, Expr
from reports.layout import Fmt, Kind
from reports.records import Field, Line
from reports.sheets.input_footprint import FULL_INDEX, WEIGHTS
from reports.sheets.inputs import Inputs

SITE_KW = "kW at the site"
GRID = "Grid g CO2e per kWh"
INDEX = "Sovereignty index"
_PARTS = {
    "ip_ownership": "IP ownership",
    "fabrication_diversity": "Fabrication diversity",
    "compiler_openness": "Compiler openness",
    "energy_integration": "Energy integration",
}


def figure_fields(facts: Facts, inputs: Inputs) -> list[Field[Offering]]:
    """What a node draws and its grid emits, and its four scores; blank where it is not known."""
    figures = FootprintFigures(facts.scenario)
    return [
        *(_energy(figures) if figures.has_energy else []),
        *(_scores(figures, inputs) if figures.has_index else []),
    ]


def _energy(figures: FootprintFigures) -> list[Field[Offering]]:
    footprint = figures.footprint

    def at_the_site(row: Offering, at: Line) -> Expr | None:
        return None if figures.kwh_per_node_hour(row.offering) is None else at["kW of a node"] * at["PUE"]

    given, fmt = Kind.INPUT, Fmt.FACTOR
    return [
        Field("kW of a node", lambda r, _: footprint.node_kw(r.offering), given, fmt),
        Field("PUE", lambda r, _: footprint.pue(r.offering), given, fmt),
        Field(SITE_KW, at_the_site, Kind.CALC, fmt),
        Field(GRID, lambda r, _: footprint.grid_g_co2e_per_kwh(r.offering), given, Fmt.QUANTITY),
    ]


def _scores(figures: FootprintFigures, inputs: Inputs) -> list[Field[Offering]]:
    def score(part: str) -> Field[Offering]:
        def of(row: Offering, _: Line) -> float:
            rating = figures.footprint.rating(row.offering)
            return 0.0 if rating is None else getattr(rating, part)

        return Field(_PARTS[part], of, Kind.INPUT, Fmt.QUANTITY)

    def index(_: Offering, at: Line) -> Expr:
        weighed = ZERO
        for part, name in WEIGHTS.items():
            weighed = weighed + inputs[name] * at[_PARTS[part]]
        return weighed / inputs[FULL_INDEX]

    return [*(score(part) for part in WEIGHTS), Field(INDEX, index, Kind.CALC, Fmt.QUANTITY)]
